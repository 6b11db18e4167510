"""Any other service: one request with JSON of an own template.

It cannot be asked what it has. So it may get a mail twice if its answer was lost, both times with
the same `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
"""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from articles.mail.letters import Letter
from articles.mail.wanted import CalledBack, Failed, There, Wanted, utc
from articles.models import MailService
from articles.outgoing import json_templates, requests
from articles.outgoing.requests import Answer


def make(service: MailService, wanted: Wanted) -> There:
    """Send the mail to the service. Raises Failed."""
    try:
        body = json_templates.as_bytes(json_templates.fill(service.template, _values(wanted)))
    except (ValueError, ValidationError) as error:
        raise Failed(Answer(0, _("The template cannot be filled in."))) from error
    headers = {"Content-Type": "application/json", "Idempotency-Key": wanted.uid}
    if service.authorization:
        headers["Authorization"] = service.authorization
    private = settings.WEBHOOK_PRIVATE_NETWORKS
    answer = requests.post(service.address, body, headers, private=private)
    if not answer.is_ok:
        raise Failed(answer)
    return There("", wanted.mode)


def call_back(service: MailService, uid: str) -> CalledBack:
    """Nothing can be called back from a service that cannot be asked."""
    return CalledBack(False, _("This service cannot be told to. Look what can be done there."))


def check_template(template: str) -> None:
    """Raise ValidationError unless a template is JSON that has known placeholders only."""
    json_templates.check(template, _values(_EXAMPLE))


def _values(wanted: Wanted) -> dict[str, str]:
    """The placeholders of a template."""
    return {
        "subject": wanted.letter.subject,
        "preheader": wanted.letter.preheader,
        "html": wanted.letter.html,
        "text": wanted.letter.text,
        "language": wanted.letter.language,
        "date": wanted.date.isoformat(),
        "url": wanted.url,
        "site": settings.SITE_NAME,
        "id": wanted.uid,
        "mode": wanted.mode,
        "send_at": utc(wanted.send_at) if wanted.send_at else "",
    }


_EXAMPLE = Wanted("", "", Letter("", "", "", "", "", True), "", dt.date(2026, 1, 3), "draft")
