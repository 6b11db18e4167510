"""The digest as a mail: how it looks in both forms, and one copy for whoever looks at it."""

from smtplib import SMTPException

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.admin.display import status_badge
from articles.changes import audit
from articles.login.desk_page import desk_page
from articles.mail.letters import MAX_BYTES, letter_of
from articles.models import Digest
from articles.outgoing import mail

# The policy of the mail in its frame. A mail has its styles inline, so they are allowed here and
# nowhere else; the sandbox lets nothing run, whatever is in the mail.
POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-same-origin"],
}


def page(model_admin, request, pk):
    """Both forms of the mail. A POST sends it to the address of the user's own account."""
    digest = _digest(model_admin, request, pk)
    if request.method == "POST":
        _send(request, digest)
        return redirect("admin:articles_digest_mail", digest.pk)
    letter = letter_of(digest)
    context = {
        "title": _("As a mail"),
        "subtitle": str(digest),
        "digest": digest,
        "status": status_badge(digest),
        "letter": letter,
        "size": filesizeformat(letter.size),
        "most": filesizeformat(MAX_BYTES),
        "has_mail": mail.is_set_up(),
        "address": request.user.email,
        "campaigns": digest.campaigns.select_related("service"),
        "media": model_admin.media + Media(css={"all": ["css/admin-mail.css"]}),
    }
    response = desk_page(model_admin, request, "articles/digest/mail", context)
    response._csp_update = {"frame-src": [SELF]}
    return response


def html(model_admin, request, pk):
    """The mail itself, for the frame of the page."""
    digest = _digest(model_admin, request, pk)
    letter = letter_of(digest, pictures_at=reverse("admin:articles_digest_pictures"))
    response = HttpResponse(letter.html)
    response._csp_config = POLICY | {"img-src": [SELF, settings.SITE_URL]}
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _digest(model_admin, request, pk):
    if not model_admin.has_view_permission(request):
        raise PermissionDenied  # the same answer whether or not the digest exists
    return get_object_or_404(Digest, pk=pk)


def _send(request, digest):
    address = request.user.email
    if not (mail.is_set_up() and address):
        messages.warning(request, _("Nothing is sent: there is no mail server or no address."))
        return
    letter = letter_of(digest)
    headers = {"Content-Language": letter.language}
    try:
        mail.send_page_now(letter.subject, letter.text, letter.html, [address], headers)
    except (SMTPException, OSError, UnicodeError) as error:
        told = _("The mail server of EMAIL_URL does not take the mail: %(reason)s.")
        messages.error(request, told % {"reason": type(error).__name__})
        return
    audit.record("mail-tried", by=request.user, digest=digest)
    messages.success(request, _("Sent to %(address)s.") % {"address": address})
