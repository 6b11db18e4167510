"""The names and slugs of tags, storylines and publishers, from when readers first meet them.

Until then a name belongs to the desk: each draft shows it as it was typed there, and its slug is
any free one. These do not affect what readers see. `settle` sets the final name and slug as if
hidden rows did not exist: a hidden row that has the slug gets another one. After that, both stay
until a user who may publish changes them.

Names of scheduled digests are settled in advance, in the order of publication, because no job runs
at that hour.
"""

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import Q

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
from articles.querysets import PLANNED, SEEN, first_met, planned_digests
from articles.rules.text import is_slug_of, slugify, unique_slug

Named = Tag | Storyline | Publisher
# What takes its name from the text of an article, and the former slugs that are not free for it.
TYPED = (Tag, Storyline)
_REDIRECTS: dict[Any, Any] = {Tag: TagRedirect, Storyline: StorylineRedirect}
MOST_ATTEMPTS = 5
# Longer slugs are cut, to leave room for a number.
_COMMON = 70
# Starts of slugs in one query: a database refuses expressions that are too deep.
_AT_ONCE = 100


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
    known, former = _known_slugs(type(row), [text], besides=[row.pk])
    slug = unique_slug(text, known | _of_others(former, row))
    if slug != row.slug:
        _make_way(type(row), slug)
    return slug


def _settle(digest: Digest | None) -> None:
    digests = None if digest is None else [digest.pk, *planned_digests()]
    for links, named, article in (
        (TaggedArticle.objects, "tag", "content_object"),
        (StorylineEntry.objects, "storyline", "article"),
        (Citation.objects, "publisher", "article"),
    ):
        first: dict[int, Any] = {}
        for link in first_met(links, named, article, digests):
            first.setdefault(getattr(link, f"{named}_id"), link)
        if first:
            model = links.model._meta.get_field(named).related_model
            _name_all(first, cast(type[Named], model))


def _name_all(first: dict[int, Any], model: type[Named]) -> None:
    """Settle the rows (primary keys) that these links lead to, in order."""
    rows = _rows(model).select_for_update().filter(pk__in=first, is_known=False).order_by("pk")
    unknown = {row.pk: row for row in rows}
    met = [(unknown[pk], link) for pk, link in first.items() if pk in unknown]
    texts = [_text(row, link) for row, link in met if link.stage != SEEN]
    # Those met now are left out: they get their slugs here.
    known, former = _known_slugs(model, texts, besides=unknown)
    as_they_are = []
    for row, link in met:
        # What has been seen already has its name and slug.
        is_changed = link.stage != SEEN and _name(row, link, known | _of_others(former, row))
        row.is_known = link.stage != PLANNED
        if is_changed:
            row.save(update_fields=["name", "slug", "is_known", *_derived(row)])
        elif row.is_known:
            as_they_are.append(row.pk)
        known.add(row.slug)
    if as_they_are:
        _rows(model).filter(pk__in=as_they_are).update(is_known=True)


def _name(row: Named, link: Any, taken: set[str]) -> bool:
    """Give the row its name and slug. Returns whether one of them is another now."""
    before, text, is_made = (row.name, row.slug), _text(row, link), _is_made(row)
    if isinstance(row, TYPED):
        row.name = text
    if is_made or row.slug in taken:
        slug = unique_slug(text, taken)
        if slug != row.slug:
            _make_way(type(row), slug)
            row.slug = slug
    return (row.name, row.slug) != before


def _text(row: Named, link: Any) -> str:
    """What the slug of a row is made of."""
    if isinstance(row, TYPED):
        return link.typed_as or row.name
    return row.name if _is_made(row) else row.slug


def _is_made(row: Named) -> bool:
    """Whether the slug is made from the name. One that was typed by hand stays if it can."""
    return isinstance(row, TYPED) or is_slug_of(row.slug, row.name)


def _rows(model: type[Named]) -> Any:
    """The model's manager, untyped: mypy cannot infer what both models share."""
    return model.objects


def _derived(row: Named) -> list[str]:
    return ["folded"] if isinstance(row, TYPED) else []


def _known_slugs(
    model: type[Named], texts: Collection[str], besides: Collection[int]
) -> tuple[set[str], dict[str, int]]:
    """The slugs that readers know and that may equal a slug of one of the texts: those of rows,
    except the rows in `besides` (primary keys), and former ones with the rows that had them.
    A publisher may get another one's former slug; tags and storylines may not."""
    known: set[str] = set()
    former: dict[str, int] = {}
    starts = sorted({slugify(text)[:_COMMON] for text in texts})
    for at in range(0, len(starts), _AT_ONCE):
        like = reduce(or_, (Q(slug__startswith=start) for start in starts[at : at + _AT_ONCE]))
        others = _rows(model).filter(like).exclude(pk__in=besides)
        slugs = dict(others.values_list("slug", "is_known"))
        known.update(slug for slug, is_known in slugs.items() if is_known)
        if not all(slugs.values()):
            # Public by a schedule or through an older version of the software, and not marked as
            # known yet.
            met = others.in_use().filter(is_known=False)
            known.update(met.values_list("slug", flat=True))
        if redirects := _REDIRECTS.get(model):
            found = redirects.objects.filter(like, is_known=True)
            former.update(found.values_list("slug", model._meta.model_name))
    return known, former


def _of_others(former: dict[str, int], row: Named) -> set[str]:
    return {slug for slug, pk in former.items() if pk != row.pk}


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
