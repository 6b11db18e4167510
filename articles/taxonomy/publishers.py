"""Renames and merges publishers, with a note in the history of every digest that cites them."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from articles.digests import naming
from articles.digests.permissions import require
from articles.models import Citation, Digest, Publisher, PublisherDomain, PublisherRedirect
from articles.taxonomy import tags

PERMISSIONS = ["articles.change_publisher", "articles.delete_publisher", tags.PUBLISH]


@transaction.atomic
def merge(publishers: Iterable[Publisher], target: Publisher, *, by=None) -> int:
    """Move every citation, domain and address of the publishers to the target, and delete the
    publishers.

    Publishers that no longer exist are skipped. Returns the number merged. Raises PermissionDenied,
    or Publisher.DoesNotExist if the target no longer exists.
    """
    require(by, *PERMISSIONS)
    wanted = {publisher.pk for publisher in publishers} - {target.pk}
    lock_digests_citing(wanted)
    naming.settle()  # so that names published by a schedule count as known
    rows = Publisher.objects.select_for_update().filter(pk__in=[*wanted, target.pk])
    locked = {publisher.pk: publisher for publisher in rows.order_by("pk")}
    if target.pk not in locked:
        raise Publisher.DoesNotExist
    target = locked.pop(target.pk)
    # Again: a digest may have cited one of them before the lock.
    digests = lock_digests_citing(locked)
    Citation.objects.filter(publisher__in=locked).update(publisher=target)
    PublisherDomain.objects.filter(publisher__in=locked).update(publisher=target)
    PublisherRedirect.objects.filter(publisher__in=locked).update(publisher=target)
    for publisher in locked.values():
        keep_address(publisher.slug, target, is_known=publisher.is_known)
    names = ", ".join(f"“{publisher.name}”" for publisher in locked.values())
    Publisher.objects.filter(pk__in=locked).delete()
    naming.settle()
    note = _("Publishers %(publishers)s merged into “%(publisher)s”")
    tags.record(digests, by, note % {"publishers": names, "publisher": target.name})
    return len(locked)


def keep_address(slug: str, publisher: Publisher, *, is_known: bool) -> None:
    """Redirect a publisher's former address to this publisher. `is_known` says whether readers knew
    that publisher by it. If they did not, the address does not work for them, unless it worked
    before."""
    if not is_known and PublisherRedirect.objects.filter(slug=slug, is_known=True).exists():
        return
    defaults = {"publisher": publisher, "is_known": is_known}
    PublisherRedirect.objects.update_or_create(slug=slug, defaults=defaults)


def lock_digests_citing(publishers: Iterable[int]) -> list[Digest]:
    """The digests that cite one of the publishers (primary keys), locked in a fixed order."""
    cited = Citation.objects.filter(publisher__in=list(publishers)).values("article__digest")
    return list(Digest.objects.select_for_update().filter(pk__in=cited).order_by("pk"))


def note_rename(publisher: Publisher, old: str, digests: Iterable[Digest], *, by=None) -> None:
    """Store a revision of every digest that cites a publisher under its new name."""
    note = _("Publisher “%(old)s” renamed to “%(new)s”")
    tags.record(digests, by, note % {"old": old, "new": publisher.name})
