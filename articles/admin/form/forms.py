"""The forms of the desk."""

import uuid
import weakref

from django import forms
from django.forms.formsets import ORDERING_FIELD_NAME
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.fields import (
    CitationsFormField,
    FormKeyField,
    LineFormField,
    MarkdownFormField,
    PointsFormField,
    StorylineFormField,
    TagsFormField,
    TakenField,
    line_errors,
)
from articles.admin.form import storylines
from articles.admin.form.correction_question import CorrectionQuestion
from articles.admin.form.desk_fields import DeskFields
from articles.admin.form.other_text import OtherTextFields
from articles.admin.form.pictures import PictureFields
from articles.admin.form.schedule_question import ScheduleQuestion
from articles.admin.permissions import may_change
from articles.admin.widgets import DayWidget, LineWidget, MarkdownWidget
from articles.digests import diffing, posted, public_text
from articles.fields import IMPLICATION_FIELDS, INPUTS, TYPED_FIELDS, In, Kind, names
from articles.models import Article, Correction, Digest
from articles.rules import lengths
from articles.rules.text import parse_key


class FieldOfForm(forms.BoundField):
    """A field that does not keep its form alive.

    Django's does, and its form keeps it: the thousand fields of a large digest then wait for the
    garbage collector, in which no thread answers.
    """

    def __init__(self, form, field, name):
        super().__init__(form, field, name)
        self.form = weakref.proxy(form)


class TypedForm(forms.ModelForm):
    """A form whose instance only checks what was typed: `editing.write` saves the merged text.

    So the database is not asked about each constraint for each row. The fields themselves refuse
    what would break one.
    """

    bound_field_class = FieldOfForm

    def _post_clean(self):
        self.instance.validate_constraints = _ask_nothing
        super()._post_clean()


def _ask_nothing(exclude=None):
    """In place of a query for each constraint."""


class DigestForm(CorrectionQuestion, ScheduleQuestion, TypedForm):
    """A digest without its articles.

    The admin sets attributes on the class of each request: `user`, the values `taken_up` from a
    working copy, and `is_strict`, as `FormState` has it. `form_key` is new each time the form is
    opened.
    """

    user = None
    taken_up = {}
    is_strict = False
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    form_key = FormKeyField(required=False, widget=forms.HiddenInput)
    taken_suggestions = TakenField(required=False)

    class Meta:
        model = Digest
        fields = ["date", "title", "language", "introduction"]
        field_classes = {"title": LineFormField, "introduction": MarkdownFormField}
        widgets = {"date": DayWidget, "title": LineWidget, "introduction": MarkdownWidget}
        error_messages = {
            "date": {"required": gettext_lazy("Choose the day of this digest.")},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        if "language" in self.fields:
            # For callable defaults, Django compares with a hidden initial field.
            self.fields["language"].show_hidden_initial = False
        if self.instance.pk:
            self.initial["version"] = self.instance.version
        self.initial |= {"form_key": uuid.uuid4(), **self.taken_up}

    def is_multipart(self):
        """Pictures are sent with the form if there is no script."""
        return True

    def clean(self):
        """Lock the digest, and those of the earlier articles that it follows up, until the end of
        the admin's transaction.

        Of two concurrent saves, the second then sees the result of the first and merges with it.
        """
        cleaned = super().clean()
        version = cleaned.get("version")
        if self.instance.pk is None:
            if version:
                self._offer_to_make_anew()
            return cleaned
        locked = storylines.lock(self.instance, self.data)
        if not version or version > locked.version:
            sentence = _(
                "The form came without its version. Nothing was saved. Open the page anew."
            )
            self.add_error(None, sentence)
        elif not may_change(self.user, locked):
            self.add_error(None, _("Only editors change a digest that readers see."))
        elif "title" in cleaned:
            own = {"title": cleaned["title"], "articles": []}
            opened = None if self.is_strict else version
            for finding in public_text.new_faults(locked, own, opened):
                self.add_error("title", f"{finding.sentence} {finding.advice}")
        return cleaned

    def _offer_to_make_anew(self):
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = ""
        self.add_error(
            None,
            _(
                "Someone deleted this digest while you had it open. Your text is still here: "
                "save again to make the digest anew."
            ),
        )

    def snapshot(self, base):
        """The digest's own fields in the form of a snapshot; fields that are not on the form come
        from `base`. Valid forms only."""
        own = [name for name in diffing.DIGEST_FIELDS if name in self.fields]
        return {**base, **posted.Reading().own(self.data, own)}


class ArticleForm(DeskFields, OtherTextFields, PictureFields, TypedForm):
    """One article, with its citations and tags as text."""

    longest_headline = lengths.HEADLINE
    points = PointsFormField(
        label=gettext_lazy("Summary points"),
        help_text=gettext_lazy("One point a line. Pasted bullets are removed."),
        required=False,
    )
    citation_lines = CitationsFormField(
        label=gettext_lazy("Citations"),
        help_text=gettext_lazy("One a line: publisher | address | date. The date may be left out."),
        required=False,
    )
    tag_names = TagsFormField(
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Separated by commas."),
        required=False,
    )
    storyline = StorylineFormField(
        label=gettext_lazy("Storyline"),
        help_text=gettext_lazy(
            "The name of news that goes on over several days. A new name begins a storyline."
        ),
        required=False,
        widget=LineWidget(attrs={"list": "desk-storylines"}),
    )
    follows = forms.UUIDField(required=False)

    class Meta:
        model = Article
        fields = TYPED_FIELDS
        field_classes = dict.fromkeys(names(In.FORM, Kind.LINE), LineFormField) | dict.fromkeys(
            IMPLICATION_FIELDS, MarkdownFormField
        )
        widgets = {
            **dict.fromkeys(names(In.FORM, Kind.LINE), LineWidget),
            **dict.fromkeys(IMPLICATION_FIELDS, MarkdownWidget),
            "read_by": LineWidget(attrs={"list": "desk-names"}),
        }

    @property
    def media(self):
        """The scripts of the fields, the same for all rows. Each request has its own class."""
        kind = type(self)
        if "media_of_rows" not in vars(kind):
            kind.media_of_rows = super().media
        return kind.media_of_rows

    @cached_property
    def changed_data(self):
        """The changed fields without the row's uid and place, which blank rows have too."""
        own = (ORDERING_FIELD_NAME, "uid", "assignee_was", "is_ready_was", "is_signed_was")
        return [name for name in super().changed_data if name not in own]

    @property
    def posted_uid(self):
        return self.data.get(self.add_prefix("uid"))

    def add_fault(self, finding):
        """Refuse a fault that only a draft may have, at its field."""
        words = f"{finding.sentence} {finding.advice}"
        error = line_errors([(finding.line, words)]) if finding.line else words
        self.add_error(INPUTS[finding.field], error)

    @cached_property
    def article_uid(self):
        """The article's permanent id. A new row gets the same id on each submission of a form, so
        that a form submitted twice adds the article once."""
        key = parse_key(self.data.get("form_key"))
        made = uuid.uuid5(key, self.prefix) if key else uuid.uuid4()
        return str(self.cleaned_data["uid"] or made)


class CorrectionForm(forms.ModelForm):
    class Meta:
        model = Correction
        fields = ["article", "text"]
        field_classes = {"text": MarkdownFormField}
        widgets = {"text": MarkdownWidget}
        error_messages = {
            "text": {"required": gettext_lazy("Write what was wrong, and what it says now.")}
        }

    def __init__(self, *args, digest, **kwargs):
        super().__init__(*args, **kwargs)
        article = self.fields["article"]
        article.queryset = digest.articles.order_by("position")
        article.empty_label = _("The whole digest")
        article.required = False
