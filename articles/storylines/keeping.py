"""Renames, merges, splits and deletes storylines, with a note in the history of every digest.

Readers see the names of storylines, so only users who may publish can do this. As for tags, each
function locks the digests first and increments their versions, so that saving a form opened before
keeps the change. Former addresses redirect.
"""

from collections.abc import Collection, Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from articles.changes import site_version
from articles.digests import naming
from articles.digests.permissions import require
from articles.digests.publishing import PUBLISH, NotAllowed
from articles.models import Digest, Storyline, StorylineEntry, StorylineRedirect
from articles.rules.text import unique_slug
from articles.taxonomy import merging, tags

CHANGE, DELETE = "articles.change_storyline", "articles.delete_storyline"


@transaction.atomic
def rename(
    storyline: Storyline, name: str, *, new_address: bool = False, by: User | None = None
) -> Storyline:
    """Rename a storyline. With `new_address`, its slug is made from the new name, and the old
    address redirects to it. Raises PermissionDenied."""
    require(by, CHANGE, PUBLISH)
    digests = _lock([storyline])
    naming.settle()  # so that names published by a schedule count as known
    storyline = Storyline.objects.select_for_update().get(pk=storyline.pk)
    old, storyline.name = storyline.name, name
    if new_address and _change_address(storyline):
        _show([storyline.pk])
    storyline.save()
    storyline.entries.exclude(typed_as="").update(typed_as="")
    if storyline.name != old:
        note = _("Storyline “%(old)s” renamed to “%(new)s”")
        tags.record(digests, by, note % {"old": old, "new": storyline.name})
    return storyline


@transaction.atomic
def merge(storylines: Iterable[Storyline], target: Storyline, *, by: User | None = None) -> int:
    """Move every entry of the storylines to the target, and redirect their addresses to it.

    Storylines that no longer exist are skipped. Returns the number merged. Raises PermissionDenied,
    or Storyline.DoesNotExist if the target no longer exists.
    """
    require(by, CHANGE, DELETE, PUBLISH)
    target, merged, digests = merging.lock(storylines, target, _lock)
    StorylineEntry.objects.filter(storyline__in=merged).update(storyline=target, typed_as="")
    StorylineRedirect.objects.filter(storyline__in=merged).update(storyline=target)
    for storyline in merged:
        _keep_address(storyline.slug, target, is_known=storyline.is_known)
    names = merging.remove(merged, target)
    note = _("Storylines %(storylines)s merged into “%(storyline)s”")
    tags.record(digests, by, note % {"storylines": names, "storyline": target.name})
    return len(merged)


@transaction.atomic
def split(
    storyline: Storyline, articles: Collection[int], name: str, *, by: User | None = None
) -> Storyline:
    """Move some of the articles (primary keys) to a new storyline of this name, which must be free.

    The address stays with the others; when too few of those are left for a page, it redirects to
    the new one. Raises PermissionDenied, or NotAllowed if none or all of them would move.
    """
    require(by, CHANGE, PUBLISH)
    moved = StorylineEntry.objects.filter(storyline=storyline, article__in=articles)
    digests = _lock_with(moved)
    naming.settle()
    storyline = Storyline.objects.select_for_update().get(pk=storyline.pk)
    if not moved.exists() or moved.count() == storyline.entries.count():
        raise NotAllowed(_("Choose some of the articles, and leave at least one."))
    if Storyline.objects.same_as(name):
        raise NotAllowed(_("There is a storyline “%(name)s” already.") % {"name": name})
    new = Storyline.objects.create(name=name)
    moved.update(storyline=new, typed_as="")
    naming.settle()
    new.refresh_from_db()
    _keep_address(storyline.slug, new, is_known=storyline.is_known)
    note = _("Split from the storyline “%(old)s”: “%(new)s”")
    tags.record(digests, by, note % {"old": storyline.name, "new": new.name})
    return new


@transaction.atomic
def delete(storyline: Storyline, *, by: User | None = None) -> None:
    """Remove all articles from a storyline and delete it. Raises PermissionDenied."""
    require(by, DELETE, PUBLISH)
    digests = _lock([storyline])
    Storyline.objects.filter(pk=storyline.pk).delete()
    tags.record(digests, by, _("Storyline “%(name)s” deleted") % {"name": storyline.name})


def _lock(storylines: Iterable[Storyline]) -> list[Digest]:
    """The digests with an entry in one of the storylines, locked in a fixed order."""
    keys = [storyline.pk for storyline in storylines]
    return _lock_with(StorylineEntry.objects.filter(storyline__in=keys))


def _lock_with(entries) -> list[Digest]:
    digests = Digest.objects.select_for_update().order_by("pk")
    return list(digests.filter(pk__in=entries.values("article__digest")))


def _change_address(storyline: Storyline) -> bool:
    """Make the slug from the name. Returns whether it changed."""
    old, is_known = storyline.slug, storyline.is_known
    if is_known:
        storyline.slug = naming.address_for(storyline, storyline.name)
    else:
        others = Storyline.objects.exclude(pk=storyline.pk).values_list("slug", flat=True)
        former = StorylineRedirect.objects.exclude(storyline=storyline)
        storyline.slug = unique_slug(
            storyline.name, [*others, *former.values_list("slug", flat=True)]
        )
    if storyline.slug != old:
        StorylineRedirect.objects.filter(slug=storyline.slug).delete()
        _keep_address(old, storyline, is_known=is_known)
    return storyline.slug != old


def _keep_address(slug: str, storyline: Storyline, *, is_known: bool) -> None:
    """Redirect an address to a storyline, for readers only if they knew one by it."""
    known = {"storyline": storyline, "is_known": is_known}
    StorylineRedirect.objects.update_or_create(slug=slug, defaults=known)


def _show(keys: Collection[int]) -> None:
    """Record a public change, if readers know one of the storylines."""
    if Storyline.objects.in_use().filter(pk__in=keys).exists():
        site_version.move()
