"""The mails that a site without a mail server writes into a folder (`EMAIL_URL=file:///…`).

Links that open an account are shown to superusers alone, since whoever has one becomes its owner.
"""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as POLICY_OF_MAILS
from email.utils import parsedate_to_datetime

from csp.constants import SELF
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.admin.display import zoned
from articles.admin.press.mail import POLICY
from articles.login.desk_page import desk_page
from articles.outgoing.mail_folder import newest
from articles.serving.logs import redact

SHOWN = 50
MAX_BYTES = 5 * 1024 * 1024
PUBLISH = "articles.publish_digest"


def urls(site):
    """The URL patterns of the list, of a mail, and of its HTML in a frame."""

    def view(answer):
        def asked(request, **named):
            _refuse(request)
            return answer(site, request, **named)

        return site.admin_view(require_safe(asked))

    return [
        path("mails/", view(page), name="mails"),
        path("mails/<str:name>/", view(mail), name="mails_mail"),
        path("mails/<str:name>/html/", view(html), name="mails_html"),
    ]


def page(site, request):
    rows = [_row(file.name, _read(file)) for file in newest(settings.MAIL_FOLDER)[:SHOWN]]
    context = {"title": _("Mails in the folder"), "rows": rows, "folder": settings.MAIL_FOLDER}
    return desk_page(site, request, "mails/page", context)


def mail(site, request, name):
    message = _named(name)
    context = _row(name, message) | {
        "title": message["Subject"] or _("A mail"),
        "text": _shown(request, message, "plain"),
        "has_html": message.get_body(("html",)) is not None,
        "media": Media(css={"all": ["css/admin-mail.css"]}),
    }
    response = desk_page(site, request, "mails/mail", context)
    response._csp_update = {"frame-src": [SELF]}
    return response


def html(site, request, name):
    response = HttpResponse(_shown(request, _named(name), "html"))
    response._csp_config = POLICY | {"img-src": [SELF, settings.SITE_URL]}
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _refuse(request):
    """The same answer to all who may not, whether or not there is a folder."""
    if not request.user.has_perm(PUBLISH):
        raise PermissionDenied
    if not settings.MAIL_FOLDER:
        raise Http404


def _named(name) -> EmailMessage:
    """The mail of a name, which is one of those that are listed."""
    for file in newest(settings.MAIL_FOLDER):
        if file.name == name:
            return _read(file)
    raise Http404


def _read(file) -> EmailMessage:
    with file.open("rb") as stream:
        return message_from_bytes(stream.read(MAX_BYTES), policy=POLICY_OF_MAILS)


def _shown(request, message, form):
    body = message.get_body((form,))
    text = body.get_content() if body else ""
    return text if request.user.is_superuser else redact(text)


def _row(name, message):
    return {
        "name": name,
        "subject": message["Subject"],
        "to": message["To"],
        "at": zoned(parsedate_to_datetime(message["Date"])),
    }
