"""All articles of a digest in one form."""

from django import forms
from django.forms.formsets import ORDERING_FIELD_NAME
from django.forms.models import BaseInlineFormSet, BaseModelFormSet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from articles.admin.form import desk_fields, other_text
from articles.admin.form import pictures as picture_fields
from articles.admin.widgets import OrderWidget
from articles.digests import assigning, editing, posted
from articles.fields import TYPED_FIELDS
from articles.models import Article
from articles.rules.lines import CitationLine
from articles.rules.text import whole_number


class ArticleFormSet(BaseInlineFormSet):
    """Rows of articles, known by their `uid` and not by what the database has at the moment.

    To Django every row is a new one. What was typed therefore comes back whole with errors,
    whatever others deleted or moved meanwhile; comparing it with the database is left to the
    merge of snapshots. Who is not `at_the_desk` sees no assignees, ready marks and comments.
    """

    ordering_widget = OrderWidget
    default_error_messages = BaseInlineFormSet.default_error_messages | {
        "too_many_forms": _lazy("A digest holds at most %(num)d articles. Nothing was saved.")
    }

    def __init__(
        self,
        data=None,
        files=None,
        instance=None,
        *,
        at_the_desk=False,
        refused_pictures=None,
        **kwargs,
    ):
        self.at_the_desk, self.refused_pictures = at_the_desk, refused_pictures or {}
        if data is None and "initial" in kwargs:
            self.extra = len(kwargs["initial"])  # a working copy, taken up as it was
        elif data is None and instance is not None and instance.pk:
            kwargs["initial"] = [_initial(article) for article in _articles(instance)]
            self.extra = self.extra + len(kwargs["initial"])
        super().__init__(data, files, instance, **kwargs)

    def initial_form_count(self):
        return 0

    def total_form_count(self):
        """All stored articles are shown, however many they are; the limit is one for saving."""
        return super().total_form_count() if self.is_bound else self.extra

    def get_queryset(self):
        return Article.objects.none()

    def add_fields(self, form, index):
        """Without Django's fields for the primary key and the digest."""
        super(BaseModelFormSet, self).add_fields(form, index)
        form.fields[ORDERING_FIELD_NAME].label = _("Place")
        form.fields["uid"] = forms.UUIDField(required=False, widget=forms.HiddenInput)
        form.shelf = self.shelf
        if self.at_the_desk:
            self.desk.add_to(form)
        else:
            for name in desk_fields.FIELDS:
                del form.fields[name]

    @cached_property
    def shelf(self):
        return picture_fields.Shelf(self)

    @cached_property
    def desk(self):
        return desk_fields.Desk(self)

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        if self.is_bound and form.posted_uid in self._uids:
            form.empty_permitted = False  # emptied by mistake or not, it is an article
        return form

    @property
    def _uids(self):
        if not hasattr(self, "_known_uids"):
            rows = self.instance.articles.values_list("uid", flat=True) if self.instance.pk else []
            self._known_uids = {str(uid) for uid in rows}
        return self._known_uids

    def in_shown_order(self):
        """All forms as they stood on the page; sent back with errors, in the order typed."""
        if not self.is_bound:
            return self.forms
        return sorted(self.forms, key=_posted_place)

    def articles(self, base):
        """The articles as a snapshot has them, in their order. Valid formsets only.

        `base` is the snapshot that the form was opened on: what reads the same as there is
        taken from there to the letter.
        """
        before = {article["uid"]: article for article in base.get("articles", [])}
        kept = self._kept()
        places = {uid: place for place, uid in enumerate(before, start=1)}
        kept.sort(key=lambda form: _place(form, places))
        reading = posted.Reading()
        return [_article(reading, form, before.get(form.article_uid)) for form in kept]

    def desk_changes(self) -> dict[str, assigning.Change]:
        """What was changed by article uid, besides the texts. Valid formsets only."""
        if not self.at_the_desk:
            return {}
        changes = {form.article_uid: form.desk_change() for form in self._kept()}
        return {uid: change for uid, change in changes.items() if change}

    def prefixes(self) -> dict[str, str]:
        """The prefix of each kept row by its article's uid. Valid formsets only."""
        return {form.article_uid: form.prefix for form in self._kept()}

    def _kept(self):
        kept = [form for form in self.forms if form.has_changed() or not form.empty_permitted]
        return [form for form in kept if form not in self.deleted_forms]

    def note_changes(self, change):
        """Set what the admin's log asks for, from a `diffing.DigestChange`."""
        kinds = {article.uid: article.kind for article in change.articles}
        names = {article.uid: article.headline for article in change.articles}
        self.new_objects = [Article(headline=names[u]) for u in kinds if kinds[u] == "added"]
        self.deleted_objects = [Article(headline=names[u]) for u in kinds if kinds[u] == "removed"]
        self.changed_objects = [
            (Article(headline=article.headline), [field.name for field in article.fields])
            for article in change.articles
            if article.kind == "changed"
        ]


def _articles(digest):
    rows = digest.articles.select_related("picture").order_by("position")
    return rows.prefetch_related("citations__publisher", "tagged_articles__tag")


def _initial(article):
    return {
        "uid": article.uid,
        "points": article.points,
        "citation_lines": [
            CitationLine(citation.publisher.name, citation.url, citation.published_on)
            for citation in article.citations.all()
        ],
        "tag_names": editing.tag_names(article),
        **{name: getattr(article, name) for name in TYPED_FIELDS},
        "picture": str(article.picture.uid) if article.picture else "",
        **other_text.initial(article.other),
        **desk_fields.initial(article),
    }


def _article(reading, form, before):
    """A valid row as a snapshot has it, and without a slug, which saving finds."""
    posted_names = {name: form.add_prefix(name) for name in form.fields}
    values = {name: form.data[key] for name, key in posted_names.items() if key in form.data}
    layout = before["layout"] if before else {}
    return {"uid": form.article_uid, **reading.article(values, before), "layout": layout}


def _posted_place(form):
    posted = whole_number(form.data.get(form.add_prefix(ORDERING_FIELD_NAME)))
    return float("inf") if posted is None else posted


def _place(form, places):
    """Sort key of a valid form. Of two with the same number, the one that was moved gives way
    in the direction it came from: up goes before, down goes after the one that stayed."""
    place = form.cleaned_data.get(ORDERING_FIELD_NAME)
    if place is None:
        return (float("inf"), 0)
    before = places.get(str(form.cleaned_data["uid"]))
    return (place, -1 if before is None or place < before else int(place > before))
