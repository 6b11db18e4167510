"""Renames, merges and deletes tags, with a note in the history of every digest that has them.

Readers see the names of tags, so only users who may publish can do this. Each function locks the
digests before the tags, in the same order as saving a digest does. It also increments the versions
of the digests, so that saving a form opened before keeps the change instead of undoing it.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from articles.changes import site_version
from articles.digests import naming, schedules
from articles.digests.permissions import require
from articles.models import Digest, Tag, TagAlias, TaggedArticle, TagProposal, TagRedirect
from articles.rules.text import unique_slug
from articles.taxonomy import merging

PUBLISH = "articles.publish_digest"


@transaction.atomic
def rename(tag: Tag, name: str, *, new_address: bool = False, by=None) -> Tag:
    """Rename a tag. With `new_address`, its slug is made from the new name.

    The old address redirects to the new one. Aliases stay. Raises PermissionDenied.
    """
    require(by, "articles.change_tag", PUBLISH)
    digests = lock_digests_with([tag])
    naming.settle()  # so that names published by a schedule count as known
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    old, tag.name = tag.name, name
    if new_address and _change_address(tag):
        _show(tag)
    tag.save()
    tag.aliases.filter(folded=tag.folded).delete()
    tag.tagged_articles.exclude(typed_as="").update(typed_as="")
    if tag.name != old:
        note = _("Tag “%(old)s” renamed to “%(new)s”") % {"old": old, "new": tag.name}
        record(digests, by, note)
    return tag


@transaction.atomic
def describe(tag: Tag, description: str, *, by=None) -> None:
    """Set the sentence that readers see on the tag's page. Raises PermissionDenied."""
    require(by, "articles.change_tag", PUBLISH)
    changed = Tag.objects.filter(pk=tag.pk).exclude(description=description)
    if changed.update(description=description):
        _show(tag)


@transaction.atomic
def merge(tags: Iterable[Tag], target: Tag, *, by=None) -> int:
    """Replace the tags with the target in every article, and redirect their addresses to it. Their
    names and aliases become aliases of the target.

    Tags that no longer exist are skipped. Returns the number of tags merged. Raises
    PermissionDenied, or Tag.DoesNotExist if the target no longer exists.
    """
    require(by, "articles.change_tag", "articles.delete_tag", PUBLISH)
    target, merged, digests = merging.lock(tags, target, lock_digests_with)
    for tag in merged:
        has_target = TaggedArticle.objects.filter(tag=target).values("content_object")
        tag.tagged_articles.exclude(content_object__in=has_target).update(tag=target, typed_as="")
        tag.redirects.update(tag=target)
        _keep_address(tag, target)
        _keep_words(tag, target)
    names = merging.remove(merged, target)
    record(digests, by, _("Tags %(tags)s merged into “%(tag)s”") % {"tags": names, "tag": target})
    return len(merged)


@transaction.atomic
def delete(tag: Tag, *, by=None, seen: int | None = None) -> bool:
    """Remove a tag from all its articles and delete it. `seen` is the number of articles that the
    editor saw. If the number is different now, nothing happens and False is returned. Raises
    PermissionDenied."""
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
    """Store a revision of every digest. The digests must be locked."""
    for digest in digests:
        schedules.commit(digest, by=author, note=note[:300])


def _change_address(tag) -> bool:
    """Make the slug from the name. Returns whether the slug changed."""
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
    """Redirect a tag's old address to another tag, or to its own new address. Readers can use it
    only if they knew the tag by it."""
    known = {"tag": tag, "is_known": old.is_known}
    TagRedirect.objects.update_or_create(slug=old.slug, defaults=known)


def _keep_words(tag, target):
    """Let the target have a tag's name and aliases as its own aliases, and what was proposed. For
    an article that both were proposed for, a decision comes before an open proposal."""
    tag.aliases.update(tag=target)
    alias = {"tag": target, "name": tag.name}
    TagAlias.objects.update_or_create(folded=tag.folded, defaults=alias)
    state = TagProposal.State.OPEN
    decided = tag.proposals.exclude(state=state).values_list("article_uid", flat=True)
    target.proposals.filter(state=state, article_uid__in=decided).delete()
    proposed = TagProposal.objects.filter(tag=target).values("article_uid")
    tag.proposals.exclude(article_uid__in=proposed).update(tag=target)


def _show(tag):
    """Record a public change, if readers know the tag."""
    if Tag.objects.in_use().filter(pk=tag.pk).exists():
        site_version.move()
