"""Campaigns in listmonk (https://listmonk.app/docs/apis/campaigns/, version 6).

A campaign has the id of ours as a tag. It is created as a draft, and then started or scheduled, so
that a process that dies in between leaves something that the next one finds.
"""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from articles.mail.wanted import CalledBack, There, Wanted, asked, not_understood, utc
from articles.models import MailService

Mode = MailService.Mode
DRAFT, SCHEDULED, RUNNING, PAUSED = "draft", "scheduled", "running", "paused"
CANCELLED, FINISHED = "cancelled", "finished"
LOOKED_AT = 100  # the newest campaigns, in case it does not filter them


def make(service: MailService, wanted: Wanted) -> There:
    """Let the service have the campaign once, in the state that is wanted. Raises Failed."""
    there = find(service, wanted.uid) or _create(service, wanted)
    if there.status == DRAFT and wanted.mode != Mode.DRAFT:
        return _set(service, there, SCHEDULED if wanted.mode == Mode.SCHEDULED else RUNNING)
    return there


def call_back(service: MailService, uid: str) -> CalledBack:
    """Let nobody get the campaign any more, as far as that is possible. Raises Failed."""
    there = find(service, uid)
    if there is None or there.status == CANCELLED:
        return CalledBack(True, status=CANCELLED if there else "")
    if there.status == FINISHED:
        return CalledBack(False, _("It had been sent to the whole list."), there.status)
    if there.status in (RUNNING, PAUSED):
        there = _set(service, there, CANCELLED)
        return CalledBack(False, _("A part of the list had it; the rest gets nothing."), CANCELLED)
    if there.status == SCHEDULED:
        there = _set(service, there, DRAFT)
    asked("DELETE", f"{_root(service)}/{there.id}", _headers(service))
    return CalledBack(True)


def find(service: MailService, uid: str) -> There | None:
    """The campaign with a tag of ours. Raises Failed.

    The documentation calls the filter `tags`, the program reads `tag`; what comes is looked at
    again, the newest first.
    """
    query = [("tag", tag_of(uid)), ("tags", tag_of(uid)), ("no_body", "true")]
    query += [("order_by", "created_at"), ("order", "DESC"), ("per_page", str(LOOKED_AT))]
    answer = asked("GET", f"{_root(service)}?{urlencode(query)}", _headers(service))
    try:
        found = [each for each in answer["data"]["results"] if tag_of(uid) in each["tags"]]
    except (KeyError, TypeError) as error:
        raise not_understood() from error
    return _there(found[0]) if found else None


def tag_of(uid: str) -> str:
    return f"newsroom-{uid}"


def _create(service: MailService, wanted: Wanted) -> There:
    letter = wanted.letter
    campaign: dict[str, Any] = {
        "name": wanted.name,
        "subject": letter.subject,
        "lists": service.lists,
        "type": "regular",
        "content_type": "html",
        "body": letter.html,
        "altbody": letter.text,
        "messenger": "email",
        "tags": [tag_of(wanted.uid)],
    }
    if service.list_template:
        campaign["template_id"] = service.list_template
    if wanted.send_at:
        campaign["send_at"] = utc(wanted.send_at)
    return _told(asked("POST", _root(service), _headers(service), campaign))


def _set(service: MailService, there: There, status: str) -> There:
    address = f"{_root(service)}/{there.id}/status"
    return _told(asked("PUT", address, _headers(service), {"status": status}))


def _told(answer: Any) -> There:
    try:
        return _there(answer["data"])
    except (KeyError, TypeError) as error:
        raise not_understood() from error


def _there(campaign: Any) -> There:
    try:
        return There(str(int(campaign["id"])), str(campaign["status"]))
    except (KeyError, TypeError, ValueError) as error:
        raise not_understood() from error


def _root(service: MailService) -> str:
    return f"{service.address.rstrip('/')}/api/campaigns"


def _headers(service: MailService) -> dict[str, str]:
    """The key is `api_user:token`, as listmonk shows it."""
    return {"Authorization": f"token {service.authorization}"}
