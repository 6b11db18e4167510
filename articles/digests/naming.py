"""What tags and publishers are called, and at which address, from when readers meet them.

Until then a name is the desk's own: it is spelled in each draft as it was typed there, and its slug
is one that happens to be free. Nothing of that decides what readers see. `settle` gives a name that
readers meet its spelling and its address, as if the desk had nothing hidden: whatever hidden holds
the address is moved aside. From then on both stay, until somebody who may publish changes them.

What a schedule will bring out is settled in the order of the hours, since nothing runs at the hour.
"""

from collections.abc import Collection
from typing import Any, cast

from django.db import IntegrityError, transaction

from articles.models import Citation, Digest, Publisher, Tag, TaggedArticle, TagRedirect
from articles.querysets import PLANNED, SEEN, first_met
from articles.rules.text import is_slug_of, slugify, unique_slug

Named = Tag | Publisher
MOST_ATTEMPTS = 5
# Longer slugs are cut to make room for a number.
_COMMON = 70


def settle(digest: Digest | None = None) -> None:
    """Give what readers have met, and what is scheduled, its name and address.

    Call it after every change of a digest that readers have or will have, in the transaction of the
    change. Without a digest it looks at all there are.
    """
    for _attempt in range(1, MOST_ATTEMPTS):
        try:
            with transaction.atomic():
                return _settle(digest)
        except IntegrityError:  # somebody else gave the same address away at this moment
            continue
    return _settle(digest)


def address_for(row: Named, text: str) -> str:
    """The address made from a text for something that readers know, free from now on: what is
    hidden makes way."""
    slug = unique_slug(text, _known_slugs(row, text))
    if slug != row.slug:
        _make_way(type(row), slug)
    return slug


def _settle(digest: Digest | None) -> None:
    for links, named, article in (
        (TaggedArticle.objects.select_related("tag"), "tag", "content_object"),
        (Citation.objects.select_related("publisher"), "publisher", "article"),
    ):
        first: dict[int, Any] = {}
        for link in first_met(links, named, article, digest):
            first.setdefault(getattr(link, f"{named}_id"), link)
        if first:
            model = links.model._meta.get_field(named).related_model
            _name_all(first, cast(type[Named], model))


def _name_all(first: dict[int, Any], model: type[Named]) -> None:
    """Settle the rows (primary keys) that are met by these links, in their order."""
    rows = _rows(model).select_for_update().filter(pk__in=first, is_known=False).order_by("pk")
    unknown = {row.pk: row for row in rows}
    given: set[str] = set()
    for pk, link in first.items():
        if row := unknown.get(pk):
            if link.stage != SEEN:  # else readers have it already, as it is
                _name(row, link, given, pending=unknown)
            row.is_known = link.stage != PLANNED
            row.save(update_fields=["name", "slug", "is_known", *_derived(row)])
            given.add(row.slug)


def _name(row: Named, link: Any, given: set[str], pending: Collection[int]) -> None:
    if isinstance(row, Tag):
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
    """The manager of the one or the other; mypy cannot tell what both have."""
    return model.objects


def _derived(row: Named) -> list[str]:
    return ["folded"] if isinstance(row, Tag) else []


def _known_slugs(row: Named, text: str, pending: Collection[int] = ()) -> set[str]:
    """The addresses that readers know of others, and that a slug of the text might be. A publisher
    may get the former address of another one, a tag may not. Those of rows that are `pending`
    (primary keys) are given later."""
    like = {"slug__startswith": slugify(text)[:_COMMON]}
    others = _rows(type(row)).filter(**like).exclude(pk=row.pk)
    known = others.filter(is_known=True)
    # Out by a schedule, or by the last version, and not noted yet.
    met = others.in_use().filter(is_known=False).exclude(pk__in=pending)
    slugs = {*known.values_list("slug", flat=True), *met.values_list("slug", flat=True)}
    if isinstance(row, Tag):
        former = TagRedirect.objects.filter(is_known=True, **like).exclude(tag=row.pk)
        slugs |= set(former.values_list("slug", flat=True))
    return slugs


def _make_way(model: type[Named], slug: str) -> None:
    """Give whatever hidden has an address another one, made from its name until readers meet it."""
    holder = _rows(model).filter(slug=slug, is_known=False).first()
    if holder:
        like = {"slug__startswith": slugify(holder.name)[:_COMMON]}
        taken = {slug, *_rows(model).filter(**like).values_list("slug", flat=True)}
        taken |= set(TagRedirect.objects.filter(**like).values_list("slug", flat=True))
        holder.slug = unique_slug(holder.name, taken)
        holder.save(update_fields=["slug"])
