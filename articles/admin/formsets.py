"""All articles of a digest in one form, and how they are written."""

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.forms.formsets import ORDERING_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _

from articles import editing
from articles.admin.widgets import OrderWidget


class ArticleFormSet(BaseInlineFormSet):
    ordering_widget = OrderWidget

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields[ORDERING_FIELD_NAME].label = _("Place")
        # Django drops the row of an article that is gone; the desk's template shows it.
        form.fields["id"].error_messages["invalid_choice"] = _(
            "Someone deleted this article while you had it open. Its text is kept only here: "
            "copy it to a new article."
        )

    def in_shown_order(self):
        """All forms as they stood on the page; sent back with errors, in the order typed."""
        if not self.is_bound:
            return self.forms
        return sorted(self.forms, key=_posted_place)

    @property
    def kept_forms(self):
        """Forms of the articles that there shall be, in their order. Valid formsets only."""
        forms = [form for form in self.initial_forms if form.instance.pk]
        forms += [form for form in self.extra_forms if form.has_changed()]
        return sorted((form for form in forms if form not in self.deleted_forms), key=_place)

    def save(self, commit=True):
        """Write texts, citations, tags, deletions and order of all articles.

        The digest must be locked and saved. Sets `is_changed` and what the admin's log asks.
        """
        kept = self.kept_forms
        removed = [form.instance for form in self.deleted_forms if form.instance.pk]
        written = [form for form in kept if form.instance.pk is None or form.has_changed()]
        self.new_objects = [form.instance for form in written if form.instance.pk is None]
        self.changed_objects = [
            (form.instance, form.changed_data) for form in written if form.instance.pk
        ]
        self.deleted_objects = list(removed)
        for article in removed:
            article.delete()
        self._set_slugs(kept, written)
        is_moved = self._write(kept, written)
        self.is_changed = bool(written or removed or is_moved)
        return [form.instance for form in written]

    def _set_slugs(self, kept, written):
        """Slugs follow headlines until an article was published.

        Those about to change are freed first, so that two articles can swap headlines.
        """
        renamed = [form for form in written if _is_renamed(form)]
        freed = [form.instance.pk for form in renamed if form.instance.pk]
        if freed:
            own_slug = Concat(Value("-"), Cast("pk", CharField()))
            self.instance.articles.filter(pk__in=freed).update(slug=own_slug)
        taken = {form.instance.slug for form in kept if form not in renamed}
        for form in renamed:
            editing.set_slug(form.instance, taken)
            taken.add(form.instance.slug)

    def _write(self, kept, written):
        """Save the written forms and number all kept ones; returns whether any changed place.

        While articles change places the old positions are out of the way.
        """
        digest = self.instance
        before = dict(digest.articles.values_list("pk", "position"))
        places = {form.instance.pk: place for place, form in enumerate(kept, start=1)}
        moved = any(places.get(pk) != position for pk, position in before.items())
        if moved:
            editing.set_aside(digest)
        for place, form in enumerate(kept, start=1):
            form.instance.position = place
            if form in written:
                self._write_article(form)
        if moved:
            editing.set_order(digest, [form.instance for form in kept])
        return moved

    def _write_article(self, form):
        article = form.instance
        article.digest = self.instance
        article.save()
        if "citation_lines" in form.changed_data:
            editing.set_citations(article, form.cleaned_data["citation_lines"])
        if "tag_names" in form.changed_data:
            editing.set_tags(article, form.cleaned_data["tag_names"])


def _is_renamed(form):
    article = form.instance
    return not article.feed_id and (not article.slug or "headline" in form.changed_data)


def _posted_place(form):
    posted = form.data.get(form.add_prefix(ORDERING_FIELD_NAME), "")
    return int(posted) if posted.isdecimal() else float("inf")


def _place(form):
    """Sort key of a valid form. Of two with the same number, the one that was moved gives way
    in the direction it came from: up goes before, down goes after the one that stayed."""
    place = form.cleaned_data.get(ORDERING_FIELD_NAME)
    if place is None:
        return (float("inf"), 0)
    before = form.fields[ORDERING_FIELD_NAME].initial
    return (place, -1 if before is None or place < before else int(place > before))
