"""What a digest's state allows, in addition to the permissions that Django checks."""

from articles.models import Digest

Status = Digest.Status


def may_change(user, digest):
    """A digest that is public or scheduled may be changed only by users who may publish."""
    is_out = digest.status in (Status.SCHEDULED, Status.PUBLISHED)
    return not is_out or may_publish(user)


def may_publish(user):
    """Whether a user may change what readers see."""
    return user.has_perm("articles.publish_digest")


def is_deletable(digest):
    """Whether the digest was never public and is not scheduled."""
    return digest.published_at is None and digest.status in (Status.DRAFT, Status.IN_REVIEW)
