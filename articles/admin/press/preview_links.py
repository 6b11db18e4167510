"""The page on which an editor shares a digest with somebody who has no account."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.admin.display import status_badge, zoned
from articles.admin.fields import LineFormField
from articles.admin.permissions import may_change
from articles.digests import preview_links
from articles.login.desk_page import desk_page
from articles.models import Digest, PreviewLink
from articles.rules.text import whole_number

MAX_RECIPIENT = PreviewLink._meta.get_field("recipient").max_length


class PreviewLinkForm(forms.Form):
    recipient = LineFormField(
        label=gettext_lazy("For whom"),
        help_text=gettext_lazy("A note for the desk, so that you know later whose link this is."),
        max_length=MAX_RECIPIENT,
        required=False,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Works for"),
        coerce=int,
        choices=lambda: [(days, _in_words(days)) for days in preview_links.DAYS],
        initial=preview_links.DEFAULT_DAYS,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})


def _in_words(days):
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def page(model_admin, request, pk):
    """List, create and revoke the preview links of a digest. A POST with `revoke`, the key of a
    link, revokes it; any other POST creates one."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied  # the same answer whether or not the digest exists
    digest = get_object_or_404(Digest, pk=pk)
    if not may_change(request.user, digest):
        raise PermissionDenied
    if request.method == "POST" and "revoke" in request.POST:
        return _revoke(model_admin, request, digest)
    form, address = PreviewLinkForm(request.POST or None), None
    refusal = preview_links.why_not(digest)
    if not refusal and request.method == "POST" and form.is_valid():
        try:
            _link, token = preview_links.make(digest, by=request.user, **form.cleaned_data)
        except preview_links.NotAllowed as problem:
            refusal = str(problem)
        except Digest.DoesNotExist as error:
            raise Http404 from error
        else:
            address = settings.SITE_URL + reverse("articles:preview-link", args=[token])
            form = PreviewLinkForm()
    if refusal:
        model_admin.message_user(request, refusal, messages.ERROR)
        return redirect("admin:articles_digest_change", digest.pk)
    return _page(model_admin, request, digest, {"form": form, "address": address})


def beside_form(model_admin, request, digest, context):
    """Whether the form links to the page."""
    may_give = digest and context["may_save"]
    refusal = may_give and preview_links.why_not(digest, context["is_public"])
    return {"show_preview_links": bool(may_give and not refusal)}


def _revoke(model_admin, request, digest):
    links = digest.preview_links.all()
    link = get_object_or_404(links, pk=whole_number(request.POST["revoke"]))
    preview_links.revoke(link, by=request.user)
    model_admin.message_user(request, _("The link does not work any more."), messages.SUCCESS)
    if preview_links.why_not(digest):
        return redirect("admin:articles_digest_change", digest.pk)
    return redirect("admin:articles_digest_preview_links", digest.pk)


def _page(model_admin, request, digest, context):
    links = digest.preview_links.select_related("author")
    context = {
        "title": _("Preview links"),
        "subtitle": str(digest),
        "digest": digest,
        "status": status_badge(digest),
        "rows": [_row(link) for link in links],
        "media": model_admin.media + forms.Media(js=["js/copy.js"]),
        **context,
    }
    return desk_page(model_admin, request, "articles/digest/preview_links", context)


def _row(link):
    is_over = link.expires_at <= timezone.now()
    return {
        "link": link,
        "made": zoned(link.created_at),
        "expires": zoned(link.expires_at),
        "viewed": link.last_viewed_at and zoned(link.last_viewed_at),
        "state": _("Revoked") if link.revoked_at else _("Expired") if is_over else _("Works"),
        "works": not (link.revoked_at or is_over),
    }
