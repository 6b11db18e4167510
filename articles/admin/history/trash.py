"""Deleting digests into the trash, and the page that restores them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from articles.admin.display import author_of, zoned
from articles.digests import publishing, trash
from articles.login.desk_page import desk_page
from articles.models import Digest, Revision
from articles.rules import nameless
from articles.rules.text import whole_number

SEEN_PREFIX = "seen-"


class TrashMixin:
    """Deletes through `articles.digests.trash`, after a confirmation that names what is deleted."""

    def changelist_view(self, request, extra_context=None):
        """Delete many in one transaction; ask again if one of them was changed meanwhile."""
        if request.POST.get("action") != "delete_selected":
            return super().changelist_view(request, extra_context)
        try:
            with transaction.atomic():
                return super().changelist_view(request, extra_context)
        except publishing.Stale as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except publishing.Stale as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        except Digest.DoesNotExist:  # another editor deleted it a moment ago
            return redirect("admin:articles_digest_changelist")

    def delete_model(self, request, obj):
        trash.delete(obj, by=request.user, version=_seen(request, obj))

    def delete_queryset(self, request, queryset):
        for digest in queryset.order_by("pk"):
            trash.delete(digest, by=request.user, version=_seen(request, digest))

    def response_delete(self, request, obj_display, obj_id):
        sentence = _("“%(digest)s” is in the trash for %(days)d days.")
        words = sentence % {"digest": obj_display, "days": trash.KEPT_DAYS}
        link = format_html(
            '<a href="{}">{}</a>', reverse("admin:articles_digest_trash"), _("Open the trash")
        )
        self.message_user(request, format_html("{} {}", words, link), messages.SUCCESS)
        return redirect("admin:articles_digest_changelist")


def page(model_admin, request):
    """The deletions of the last thirty days; a POST restores one of them."""
    if not request.user.has_perm(trash.PERMISSION):
        raise PermissionDenied
    if request.method == "POST":
        return _restore(model_admin, request)
    context = {
        "title": _("Trash"),
        "media": model_admin.media,
        "kept_days": trash.KEPT_DAYS,
        "rows": [_row(revision) for revision in trash.deleted()],
    }
    return desk_page(model_admin, request, "articles/digest/trash", context)


def _restore(model_admin, request):
    revision = get_object_or_404(Revision, pk=whole_number(request.POST.get("revision")))
    try:
        digest = trash.restore(revision, by=request.user)
    except trash.NotAllowed as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
        return redirect("admin:articles_digest_trash")
    model_admin.log_change(request, digest, _("Restored from the trash"))
    model_admin.message_user(request, _("The digest is back."), messages.SUCCESS)
    return redirect("admin:articles_digest_change", digest.pk)


def _seen(request, digest):
    """The version that the confirmation showed; 0, which no digest has, if it is malformed."""
    seen = request.POST.get(f"{SEEN_PREFIX}{digest.pk}")
    return None if seen is None else whole_number(seen) or 0


def _row(revision):
    date = revision.data["date"]
    title = nameless.shown_title(revision.data["title"])
    return {
        "revision": revision.pk,
        "date": date,
        "name": title if date in title else f"{date} {title}",
        "who": author_of(revision),
        "when": zoned(revision.created_at),
        "days_left": trash.days_left(revision),
        "headlines": [
            nameless.shown_headline(article["headline"]) for article in revision.data["articles"]
        ],
    }
