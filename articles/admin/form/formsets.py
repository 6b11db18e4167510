"""All articles of a digest in one formset."""

from django import forms
from django.forms.formsets import ORDERING_FIELD_NAME
from django.forms.models import BaseInlineFormSet, BaseModelFormSet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from articles.admin.form import desk_fields, other_text, storylines
from articles.admin.form import pictures as picture_fields
from articles.admin.widgets import OrderWidget
from articles.digests import assigning, posted, public_text, revisions
from articles.digests.posted import FOLLOWS
from articles.fields import TYPED_FIELDS
from articles.models import Article
from articles.rules.lines import citation_from
from articles.rules.text import whole_number


class ArticleFormSet(BaseInlineFormSet):
    """Rows of articles, identified by `uid` instead of by rows in the database.

    For Django, every row is new. A form with errors therefore shows everything that was typed, even
    if others deleted or moved articles meanwhile; the merge of snapshots compares it with the
    database. Without a `user` there are no assignees, ready marks, signatures or comments. `opened`
    is the version that the form was opened on, as `public_text.new_faults` takes it.
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
        user=None,
        refused_pictures=None,
        opened=None,
        **kwargs,
    ):
        self.user, self.refused_pictures = user, refused_pictures or {}
        self.opened = opened
        if data is None and "initial" in kwargs:
            self.extra = len(kwargs["initial"])  # the rows of a working copy
        elif data is None and instance is not None and instance.pk:
            self.instance = instance
            kwargs["initial"] = [self._initial(text) for text in self.stored["articles"]]
            self.extra = self.extra + len(kwargs["initial"])
        super().__init__(data, files, instance, **kwargs)

    def initial_form_count(self):
        return 0

    def total_form_count(self):
        """Show all stored articles; the limit applies only to saving."""
        return super().total_form_count() if self.is_bound else self.extra

    def get_queryset(self):
        return Article.objects.none()

    def add_fields(self, form, index):
        """Omit Django's fields for the primary key and the digest."""
        super(BaseModelFormSet, self).add_fields(form, index)
        form.fields[ORDERING_FIELD_NAME].label = _("Place")
        form.fields["uid"] = forms.UUIDField(required=False, widget=forms.HiddenInput)
        form.shelf = self.shelf
        if self.user:
            self.desk.add_to(form)
        else:
            for name in desk_fields.FIELDS:
                del form.fields[name]

    def _initial(self, text):
        return {
            **{name: text[name] for name in ("uid", "points", "storyline", "picture")},
            "citation_lines": list(map(citation_from, text["citations"])),
            "tag_names": text["tags"],
            **{name: text[name] for name in TYPED_FIELDS},
            **other_text.initial(text["other"]),
            **desk_fields.initial(self.desk.rows.get(text["uid"])),
        }

    @cached_property
    def stored(self):
        """The stored digest as a snapshot; without articles if it is new."""
        return revisions.snapshot(self.instance) if self.instance.pk else {"articles": []}

    @cached_property
    def shelf(self):
        return picture_fields.Shelf(self)

    @cached_property
    def desk(self):
        return desk_fields.Desk(self)

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        if self.is_bound and form.posted_uid in self._uids:
            form.empty_permitted = False  # an existing article, even if all fields were emptied
        return form

    @property
    def _uids(self):
        if not hasattr(self, "_known_uids"):
            rows = self.instance.articles.values_list("uid", flat=True) if self.instance.pk else []
            self._known_uids = {str(uid) for uid in rows}
        return self._known_uids

    def in_shown_order(self):
        """All forms in the order of the page; after an error, in the order the user chose."""
        if not self.is_bound:
            return self.forms
        return sorted(self.forms, key=_posted_place)

    def clean(self):
        """Refuse faults that only a draft may have, each at its field."""
        super().clean()
        if public_text.may_have_any_fault(self.instance):
            return
        rows = {form.posted_uid or form.prefix: form for form in self._kept()}
        reading = posted.Reading(self.instance.date)
        articles = [_texts(reading, form, None) | {"uid": uid} for uid, form in rows.items()]
        data = {"title": "-", "articles": articles}
        for finding in public_text.new_faults(self.instance, data, self.opened):
            rows[finding.article].add_fault(finding)

    def articles(self, base, day):
        """The articles in the form of a snapshot, in their order. Valid formsets only.

        `base` is the snapshot that the form was opened on. Values that did not change are taken
        from it exactly. `day` is the day of the digest.
        """
        before = {article["uid"]: article for article in base.get("articles", [])}
        kept = self._kept()
        places = {uid: place for place, uid in enumerate(before, start=1)}
        kept.sort(key=lambda form: _place(form, places))
        reading = posted.Reading(day)
        return [_article(reading, form, before.get(form.article_uid)) for form in kept]

    def desk_changes(self) -> dict[str, assigning.Change]:
        """Changes besides the texts, by article uid. Valid formsets only."""
        if not self.user:
            return {}
        changes = {form.article_uid: form.desk_change() for form in self._kept()}
        return {uid: change for uid, change in changes.items() if change}

    def prefixes(self) -> dict[str, str]:
        """The prefix of each kept row, by article uid. Valid formsets only."""
        return {form.article_uid: form.prefix for form in self._kept()}

    def followed(self) -> dict[str, str]:
        """The ticked earlier article by the uid of the article that follows it up. Valid formsets
        only."""
        ticked = {form.article_uid: form.cleaned_data.get(FOLLOWS) for form in self._kept()}
        return {uid: str(earlier) for uid, earlier in ticked.items() if earlier}

    def storylines(self):
        return storylines.names()

    def _kept(self):
        return [form for form in self.forms if self._is_kept(form)]

    def _is_kept(self, form):
        is_used = form.has_changed() or not form.empty_permitted
        return is_used and not self._should_delete_form(form)

    def note_changes(self, change):
        """Set the attributes that the admin's log reads, from a `diffing.DigestChange`."""
        kinds = {article.uid: article.kind for article in change.articles}
        names = {article.uid: article.headline for article in change.articles}
        self.new_objects = [Article(headline=names[u]) for u in kinds if kinds[u] == "added"]
        self.deleted_objects = [Article(headline=names[u]) for u in kinds if kinds[u] == "removed"]
        self.changed_objects = [
            (Article(headline=article.headline), [field.name for field in article.fields])
            for article in change.articles
            if article.kind == "changed"
        ]


def _article(reading, form, before):
    """A valid row in the form of a snapshot. It has no slug; saving chooses one."""
    layout = before["layout"] if before else {}
    return {"uid": form.article_uid, **_texts(reading, form, before), "layout": layout}


def _texts(reading, form, before):
    posted_names = {name: form.add_prefix(name) for name in form.fields}
    values = {name: form.data[key] for name, key in posted_names.items() if key in form.data}
    return reading.article(values, before)


def _posted_place(form):
    posted = whole_number(form.data.get(form.add_prefix(ORDERING_FIELD_NAME)))
    return float("inf") if posted is None else posted


def _place(form, places):
    """Sort key of a valid form. If two have the same number, the one that was moved yields in the
    direction it came from: moved up, it goes before the other; moved down, after it."""
    place = form.cleaned_data.get(ORDERING_FIELD_NAME)
    if place is None:
        return (float("inf"), 0)
    before = places.get(str(form.cleaned_data["uid"]))
    return (place, -1 if before is None or place < before else int(place > before))
