"""What may be done to a digest in its state, beyond the permissions Django checks."""

from articles.models import Digest

Status = Digest.Status


def may_change(user, digest):
    """What readers see, or will by themselves, is changed only by those who may publish."""
    is_out = digest.status in (Status.SCHEDULED, Status.PUBLISHED)
    return not is_out or may_publish(user)


def may_publish(user):
    """Whether somebody may change what readers see."""
    return user.has_perm("articles.publish_digest")


def is_deletable(digest):
    """Whether readers never had it and none are promised it."""
    return digest.published_at is None and digest.status in (Status.DRAFT, Status.IN_REVIEW)
