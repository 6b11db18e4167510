"""The names and slugs of tags, storylines and publishers, from when readers first meet them.

Until then a name belongs to the desk: each draft shows it as it was typed there, and its slug is
any free one. These do not affect what readers see. `settle` sets the final name and slug as if
hidden rows did not exist: a hidden row that has the slug gets another one. After that, both stay
until a user who may publish changes them.

Names of scheduled digests are settled in advance, in the order of publication, because no job runs
at that hour.
"""

from collections.abc import Collection
from typing import Any, cast

from django.db import IntegrityError, transaction

from articles.models import (
    Citation,
    Digest,
    Publisher,
    Storyline,
    StorylineEntry,
    StorylineRedirect,
    Tag,
    TaggedArticle,
    TagRedirect,
)
from articles.querysets import PLANNED, SEEN, first_met
from articles.rules.text import is_slug_of, slugify, unique_slug

Named = Tag | Storyline | Publisher
# What takes its name from the text of an article, and the former slugs that are not free for it.
TYPED = (Tag, Storyline)
_REDIRECTS: dict[Any, Any] = {Tag: TagRedirect, Storyline: StorylineRedirect}
MOST_ATTEMPTS = 5
# Longer slugs are cut, to leave room for a number.
_COMMON = 70


def settle(digest: Digest | None = None) -> None:
    """Settle the names and slugs of everything that readers have met or will meet by a schedule.

    Call it after every change of a digest that is published or scheduled, in the same transaction.
    Without a digest it covers all digests.
    """
    for _attempt in range(1, MOST_ATTEMPTS):
        try:
            with transaction.atomic():
                return _settle(digest)
        except IntegrityError:  # another process took the same slug at this moment
            continue
    return _settle(digest)


def address_for(row: Named, text: str) -> str:
    """A free slug made from a text, for a row that readers know. A hidden row that has the slug
    gets another one."""
    slug = unique_slug(text, _known_slugs(row, text))
    if slug != row.slug:
        _make_way(type(row), slug)
    return slug


def _settle(digest: Digest | None) -> None:
    for links, named, article in (
        (TaggedArticle.objects.select_related("tag"), "tag", "content_object"),
        (StorylineEntry.objects.select_related("storyline"), "storyline", "article"),
        (Citation.objects.select_related("publisher"), "publisher", "article"),
    ):
        first: dict[int, Any] = {}
        for link in first_met(links, named, article, digest):
            first.setdefault(getattr(link, f"{named}_id"), link)
        if first:
            model = links.model._meta.get_field(named).related_model
            _name_all(first, cast(type[Named], model))


def _name_all(first: dict[int, Any], model: type[Named]) -> None:
    """Settle the rows (primary keys) that these links lead to, in order."""
    rows = _rows(model).select_for_update().filter(pk__in=first, is_known=False).order_by("pk")
    unknown = {row.pk: row for row in rows}
    given: set[str] = set()
    for pk, link in first.items():
        if row := unknown.get(pk):
            if link.stage != SEEN:  # else readers have it already, unchanged
                _name(row, link, given, pending=unknown)
            row.is_known = link.stage != PLANNED
            row.save(update_fields=["name", "slug", "is_known", *_derived(row)])
            given.add(row.slug)


def _name(row: Named, link: Any, given: set[str], pending: Collection[int]) -> None:
    if isinstance(row, TYPED):
        row.name, is_made = link.typed_as or row.name, True
    else:
        is_made = is_slug_of(row.slug, row.name)
    taken = given | _known_slugs(row, row.name if is_made else row.slug, pending)
    if is_made:
        slug = unique_slug(row.name, taken)
    else:  # typed by hand
        slug = unique_slug(row.slug, taken) if row.slug in taken else row.slug
    if slug != row.slug:
        _make_way(type(row), slug)
        row.slug = slug


def _rows(model: type[Named]) -> Any:
    """The model's manager, untyped: mypy cannot infer what both models share."""
    return model.objects


def _derived(row: Named) -> list[str]:
    return ["folded"] if isinstance(row, TYPED) else []


def _known_slugs(row: Named, text: str, pending: Collection[int] = ()) -> set[str]:
    """The slugs of other rows that readers know and that may equal a slug of the text. A publisher
    may get another one's former slug; tags and storylines may not. Rows in `pending` (primary keys)
    are left out: they get their slugs later."""
    like = {"slug__startswith": slugify(text)[:_COMMON]}
    others = _rows(type(row)).filter(**like).exclude(pk=row.pk)
    known = others.filter(is_known=True)
    # Public by a schedule or through an older version of the software, and not marked as known yet.
    met = others.in_use().filter(is_known=False).exclude(pk__in=pending)
    slugs = {*known.values_list("slug", flat=True), *met.values_list("slug", flat=True)}
    if redirects := _REDIRECTS.get(type(row)):
        former = redirects.objects.filter(is_known=True, **like)
        former = former.exclude(**{row._meta.model_name or "": row.pk})
        slugs |= set(former.values_list("slug", flat=True))
    return slugs


def _make_way(model: type[Named], slug: str) -> None:
    """Give the hidden row that has this slug, if there is one, another slug made from its name."""
    holder = _rows(model).filter(slug=slug, is_known=False).first()
    if holder:
        like = {"slug__startswith": slugify(holder.name)[:_COMMON]}
        taken = {slug, *_rows(model).filter(**like).values_list("slug", flat=True)}
        for redirects in _REDIRECTS.values():
            taken |= set(redirects.objects.filter(**like).values_list("slug", flat=True))
        holder.slug = unique_slug(holder.name, taken)
        holder.save(update_fields=["slug"])
