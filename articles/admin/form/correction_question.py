"""The question asked about a change of a public digest: a correction, or a typo?"""

from dataclasses import dataclass

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.fields import MarkdownFormField
from articles.admin.widgets import MarkdownWidget
from articles.models import Correction

TYPO, CORRECTION = "typo", "correction"
WHOLE = "digest"
ANSWER = ("change_kind", "correction_text", "correction_about")
FIELDS = (*ANSWER, "show_changes")


class Unanswered(Exception):
    """The text of a public digest changed, and the editor did not say whether it is a correction
    or a typo."""


@dataclass(frozen=True)
class Answer:
    """`kind` is TYPO or CORRECTION. `about` is WHOLE, the uid of an article, or empty for the
    changed part."""

    kind: str
    text: str
    about: str
    shows_changes: bool


class KindWidget(forms.RadioSelect):
    """Radio buttons inside an element that has the field's id."""

    def id_for_label(self, id_, index=None):
        return id_ if index is None else super().id_for_label(id_, index)


class CorrectionQuestion(forms.Form):
    """Fields in the form of a digest, present only while readers can see it.

    The admin sets `is_unanswered` on the class when a save was refused because the answer was
    missing.
    """

    is_unanswered = False

    class Media:
        css = {"all": ["css/admin-corrections.css"]}

    change_kind = forms.ChoiceField(
        label=gettext_lazy("Correction or typo?"),
        choices=[
            (TYPO, gettext_lazy("A typo, or something else that readers need not be told")),
            (CORRECTION, gettext_lazy("A correction: readers are told what was wrong")),
        ],
        widget=KindWidget,
        required=False,
    )
    correction_text = MarkdownFormField(
        label=gettext_lazy("What readers are told"),
        help_text=gettext_lazy("What was wrong, and what it says now. Readers see this."),
        max_length=Correction._meta.get_field("text").max_length,
        widget=MarkdownWidget,
        required=False,
    )
    correction_about = forms.ChoiceField(label=gettext_lazy("It stands at"), required=False)
    show_changes = forms.BooleanField(
        label=gettext_lazy("Show readers what changed"),
        help_text=gettext_lazy("Leave this out if the old words must not be seen any more."),
        initial=True,
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        digest = self.instance
        self.is_public = digest.is_public
        if self.is_public:
            articles = digest.articles.order_by("position").values_list("uid", "headline")
            self.fields["correction_about"].choices = [
                ("", _("The article that changed; if there are several, the whole digest")),
                (WHOLE, _("The whole digest")),
                *((str(uid), headline) for uid, headline in articles),
            ]
        else:
            for name in FIELDS:
                del self.fields[name]

    @property
    def asks(self):
        return "change_kind" in self.fields

    @property
    def answer(self) -> Answer | None:
        """The answer. Valid forms only."""
        values = [self.cleaned_data.get(name) for name in FIELDS]
        return Answer(*values) if values[0] else None

    @cached_property
    def changed_data(self):
        """The changed fields without the answer, which is not part of the digest."""
        return [name for name in super().changed_data if name not in FIELDS]

    def clean(self):
        cleaned = super().clean()
        if not self.asks or "change_kind" in self.errors:
            return cleaned
        kind = self.cleaned_data["change_kind"]
        if self.is_unanswered and not kind:
            sentence = _(
                "Readers have this digest. Say whether your change is a correction or a typo, "
                "then save again."
            )
            self.add_error("change_kind", sentence)
        is_empty = not self.cleaned_data.get("correction_text", "").strip()
        if kind == CORRECTION and is_empty and "correction_text" not in self.errors:
            self.add_error("correction_text", _("Write what was wrong, and what it says now."))
        return cleaned
