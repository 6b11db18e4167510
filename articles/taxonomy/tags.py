"""Tags renamed, merged and deleted, with a word in the history of every digest that has them.

What a tag is called is on pages that readers have, so that only those who may publish do any of it.
Each function locks the digests concerned before the tags, as saving a digest does, and counts
their versions up: a form that was opened before then keeps the change instead of undoing it.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from articles.changes import site_version
from articles.digests import naming, schedules
from articles.digests.permissions import require
from articles.models import Digest, Tag, TaggedArticle, TagRedirect
from articles.rules.text import unique_slug

PUBLISH = "articles.publish_digest"


@transaction.atomic
def rename(tag: Tag, name: str, *, new_address: bool = False, by=None) -> Tag:
    """Give a tag another name, and an address made from it only if asked for.

    The old address leads to the new one. Raises PermissionDenied.
    """
    require(by, "articles.change_tag", PUBLISH)
    digests = lock_digests_with([tag])
    naming.settle()  # what has come out by its schedule is known from here on
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    old, tag.name = tag.name, name
    if new_address and _change_address(tag):
        _show(tag)
    tag.save()
    tag.tagged_articles.exclude(typed_as="").update(typed_as="")
    if tag.name != old:
        note = _("Tag “%(old)s” renamed to “%(new)s”") % {"old": old, "new": tag.name}
        record(digests, by, note)
    return tag


@transaction.atomic
def describe(tag: Tag, description: str, *, by=None) -> None:
    """Give a tag the sentence that readers find on its page. Raises PermissionDenied."""
    require(by, "articles.change_tag", PUBLISH)
    changed = Tag.objects.filter(pk=tag.pk).exclude(description=description)
    if changed.update(description=description):
        _show(tag)


@transaction.atomic
def merge(tags: Iterable[Tag], target: Tag, *, by=None) -> int:
    """Give every article of the tags the target instead, and the tags' addresses to it.

    Tags that are gone already are passed over. Returns the number of tags merged. Raises
    PermissionDenied, or Tag.DoesNotExist if the target is gone.
    """
    require(by, "articles.change_tag", "articles.delete_tag", PUBLISH)
    wanted = {tag.pk for tag in tags} - {target.pk}
    lock_digests_with([*Tag.objects.filter(pk__in=wanted)])
    naming.settle()  # what has come out by its schedule is known from here on
    rows = Tag.objects.select_for_update().filter(pk__in=[*wanted, target.pk]).order_by("pk")
    locked = {tag.pk: tag for tag in rows}
    if target.pk not in locked:
        raise Tag.DoesNotExist
    target = locked.pop(target.pk)
    # Again, because a digest can have got one of the tags before they were locked.
    digests = lock_digests_with(locked.values())
    for tag in locked.values():
        has_target = TaggedArticle.objects.filter(tag=target).values("content_object")
        tag.tagged_articles.exclude(content_object__in=has_target).update(tag=target, typed_as="")
        tag.redirects.update(tag=target)
        _keep_address(tag, target)
    names = ", ".join(f"“{tag.name}”" for tag in locked.values())
    Tag.objects.filter(pk__in=locked).delete()
    naming.settle()
    record(digests, by, _("Tags %(tags)s merged into “%(tag)s”") % {"tags": names, "tag": target})
    return len(locked)


@transaction.atomic
def delete(tag: Tag, *, by=None, seen: int | None = None) -> bool:
    """Take a tag from all its articles. `seen` is the number of articles the editor was shown;
    if it is another by now, nothing happens and False is returned. Raises PermissionDenied."""
    require(by, "articles.delete_tag", PUBLISH)
    digests = lock_digests_with([tag])
    if seen is not None and tag.tagged_articles.count() != seen:
        return False
    Tag.objects.filter(pk=tag.pk).delete()
    record(digests, by, _("Tag “%(tag)s” deleted") % {"tag": tag.name})
    return True


def lock_digests_with(tags: Iterable[Tag]) -> list[Digest]:
    """The digests with an article that has one of the tags, locked in a fixed order."""
    tagged = TaggedArticle.objects.filter(tag__in=[tag.pk for tag in tags])
    digests = Digest.objects.select_for_update().order_by("pk")
    return list(digests.filter(pk__in=tagged.values("content_object__digest")))


def record(digests: Iterable[Digest], author, note: str) -> None:
    """Keep a revision of every digest, which must be locked."""
    for digest in digests:
        schedules.commit(digest, by=author, note=note[:300])


def _change_address(tag) -> bool:
    """Make the slug from the name; whether it is another one then."""
    old = Tag(slug=tag.slug, is_known=tag.is_known)
    if tag.is_known:
        tag.slug = naming.address_for(tag, tag.name)
    else:
        tags = Tag.objects.exclude(pk=tag.pk).values_list("slug", flat=True)
        redirects = TagRedirect.objects.exclude(tag=tag).values_list("slug", flat=True)
        tag.slug = unique_slug(tag.name, [*tags, *redirects])
    if tag.slug != old.slug:
        TagRedirect.objects.filter(slug=tag.slug).delete()
        _keep_address(old, tag)
    return tag.slug != old.slug


def _keep_address(old, tag):
    """Let the address that a tag had lead to another one, or to itself; readers only if they knew
    it."""
    known = {"tag": tag, "is_known": old.is_known}
    TagRedirect.objects.update_or_create(slug=old.slug, defaults=known)


def _show(tag):
    """Say that readers see something else, if they know of the tag."""
    if Tag.objects.in_use().filter(pk=tag.pk).exists():
        site_version.move()
