"""Emails in Buttondown (https://docs.buttondown.com/api-emails-introduction, version 2026-04-01).

An email has the id of ours in its metadata. It is created as a draft, and then sent or scheduled,
so that a process that dies in between leaves something that the next one finds.
"""

import datetime as dt
from typing import Any
from urllib.parse import quote, urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from articles.mail.wanted import CalledBack, There, Wanted, asked, not_understood, utc
from articles.models import MailService

Mode = MailService.Mode
VERSION = "2026-04-01"
DRAFT = "draft"
# Nobody has it yet. Deleting it cancels what is scheduled.
HELD = {DRAFT, "scheduled", "errored", "suppressed", "managed_by_rss"}
GONE = {"deleted"}
KEY = "newsroom"  # of the metadata
MOST_PAGES = 5
DAYS_LOOKED_AT = 10
FANCY = "<!-- buttondown-editor-mode: fancy -->"  # HTML, not Markdown


def make(service: MailService, wanted: Wanted) -> There:
    """Let the service have the email once, in the state that is wanted. Raises Failed."""
    there = find(service, wanted.uid) or _create(service, wanted)
    if there.status == DRAFT and wanted.mode != Mode.DRAFT:
        change: dict[str, Any] = {"status": "about_to_send"}
        if wanted.mode == Mode.SCHEDULED and wanted.send_at:
            change = {"status": "scheduled", "publish_date": utc(wanted.send_at)}
        return _there(asked("PATCH", _address(service, there), _headers(service), change))
    return there


def call_back(service: MailService, uid: str) -> CalledBack:
    """Let nobody get the email any more, as far as that is possible. Raises Failed."""
    there = find(service, uid)
    if there is None or there.status in GONE:
        return CalledBack(True)
    if there.status not in HELD:
        return CalledBack(False, _("It had been sent, or was being sent."), there.status)
    asked("DELETE", _address(service, there), _headers(service))
    return CalledBack(True)


def find(service: MailService, uid: str) -> There | None:
    """The email with our id, among those of the last days. Raises Failed."""
    since = timezone.now().astimezone(dt.UTC).date() - dt.timedelta(days=DAYS_LOOKED_AT)
    query = {"creation_date__start": since.isoformat(), "ordering": "-creation_date"}
    query["excluded_fields"] = "body"
    for page in range(1, MOST_PAGES + 1):
        address = f"{_root(service)}?{urlencode(query | {'page': str(page)})}"
        answer = asked("GET", address, _headers(service))
        try:
            found = [each for each in answer["results"] if each["metadata"].get(KEY) == uid]
            is_last = not answer.get("next")
        except (KeyError, TypeError, AttributeError) as error:
            raise not_understood() from error
        if found or is_last:
            return _there(found[0]) if found else None
    return None


def _create(service: MailService, wanted: Wanted) -> There:
    letter = wanted.letter
    email = {
        "subject": letter.subject,
        "body": FANCY + letter.html,
        "template": "naked",
        "status": DRAFT,
        "description": letter.preheader,
        "canonical_url": wanted.url,
        "metadata": {KEY: wanted.uid},
    }
    headers = {**_headers(service), "X-Idempotency-Key": wanted.uid}
    return _there(asked("POST", _root(service), headers, email))


def _there(email: Any) -> There:
    try:
        return There(str(email["id"]), str(email["status"]))
    except (KeyError, TypeError) as error:
        raise not_understood() from error


def _address(service: MailService, there: There) -> str:
    return f"{_root(service)}/{quote(there.id, safe='')}"


def _root(service: MailService) -> str:
    return f"{service.address.rstrip('/')}/v1/emails"


def _headers(service: MailService) -> dict[str, str]:
    return {"Authorization": f"Token {service.authorization}", "X-API-Version": VERSION}
