"""Renames and merges publishers, with a note in the history of every digest that cites them."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from articles.digests.permissions import require
from articles.models import Citation, Digest, Publisher, PublisherDomain, PublisherRedirect
from articles.taxonomy import merging, tags

PERMISSIONS = ["articles.change_publisher", "articles.delete_publisher", tags.PUBLISH]


@transaction.atomic
def merge(publishers: Iterable[Publisher], target: Publisher, *, by=None) -> int:
    """Move every citation, domain and address of the publishers to the target, and delete the
    publishers.

    Publishers that no longer exist are skipped. Returns the number merged. Raises PermissionDenied,
    or Publisher.DoesNotExist if the target no longer exists.
    """
    require(by, *PERMISSIONS)
    target, merged, digests = merging.lock(publishers, target, lock_digests_citing)
    Citation.objects.filter(publisher__in=merged).update(publisher=target)
    PublisherDomain.objects.filter(publisher__in=merged).update(publisher=target)
    PublisherRedirect.objects.filter(publisher__in=merged).update(publisher=target)
    for publisher in merged:
        keep_address(publisher.slug, target, is_known=publisher.is_known)
    names = merging.remove(merged, target)
    note = _("Publishers %(publishers)s merged into “%(publisher)s”")
    tags.record(digests, by, note % {"publishers": names, "publisher": target.name})
    return len(merged)


def keep_address(slug: str, publisher: Publisher, *, is_known: bool) -> None:
    """Redirect a publisher's former address to this publisher. `is_known` says whether readers knew
    that publisher by it. If they did not, the address does not work for them, unless it worked
    before."""
    if not is_known and PublisherRedirect.objects.filter(slug=slug, is_known=True).exists():
        return
    defaults = {"publisher": publisher, "is_known": is_known}
    PublisherRedirect.objects.update_or_create(slug=slug, defaults=defaults)


def lock_digests_citing(publishers: Iterable[Publisher]) -> list[Digest]:
    """The digests that cite one of the publishers, locked in a fixed order."""
    cited = Citation.objects.filter(publisher__in=list(publishers)).values("article__digest")
    return list(Digest.objects.select_for_update().filter(pk__in=cited).order_by("pk"))


def note_rename(publisher: Publisher, old: str, digests: Iterable[Digest], *, by=None) -> None:
    """Store a revision of every digest that cites a publisher under its new name."""
    note = _("Publisher “%(old)s” renamed to “%(new)s”")
    tags.record(digests, by, note % {"old": old, "new": publisher.name})
