"""The current contents of the form of a digest, before it is valid or saved."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from articles.digests import posted, revisions
from articles.models import Digest

MAX_CHARACTERS = 300_000


def is_too_long(request):
    """Whether the posted text is too long to be read between two key strokes."""
    return sum(map(len, request.POST.values())) > MAX_CHARACTERS


def digest_of(model_admin, request, pk):
    """The stored digest of the form, or None for a new one; raises PermissionDenied.

    A digest that was deleted meanwhile counts as new, as it does when the form is saved.
    """
    digest = Digest.objects.filter(pk=pk).first() if pk else None
    if digest:
        allowed = model_admin.has_change_permission(request, digest)
    else:
        allowed = model_admin.has_add_permission(request)
    if not allowed:
        raise PermissionDenied
    return digest


def snapshot(model_admin, request, digest):
    """The form as a snapshot, and the prefix of each article's row by the article's uid in it.

    The uid of a row that is not saved yet is its prefix. Fields that this user may not change have
    their stored values.
    """
    base = revisions.snapshot(digest) if digest else _blank()
    fixed = model_admin.get_readonly_fields(request, digest)
    fields = [(name, value) for name, value in request.POST.items() if name not in fixed]
    return posted.snapshot(fields, base, is_cut=True)


def _blank():
    digest = Digest(date=timezone.localdate())
    texts = {name: getattr(digest, name) for name in ("title", "introduction", "language")}
    return {"date": digest.date.isoformat(), **texts}
