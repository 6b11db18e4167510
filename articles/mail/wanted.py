"""What a service is to have, what it has, and the requests in between."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from articles.mail.letters import Letter
from articles.outgoing import json_templates, requests
from articles.outgoing.requests import Answer

MAX_ANSWER = 4 * 1024 * 1024
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


class Failed(Exception):
    """A request failed, as its `answer` says."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.error)
        self.answer = answer


@dataclass(frozen=True)
class Wanted:
    """A mail for a service. `mode` is one of `MailService.Mode`; with `scheduled`, `send_at` is an
    aware moment in the future."""

    uid: str
    name: str
    letter: Letter
    url: str
    date: dt.date
    mode: str
    send_at: dt.datetime | None = None


@dataclass(frozen=True)
class There:
    """A mail that a service has, with its own id and state."""

    id: str
    status: str


@dataclass(frozen=True)
class CalledBack:
    """Whether nobody gets a mail any more; if somebody has it, `because` says so."""

    is_done: bool
    because: str = ""
    status: str = ""


def asked(method: str, address: str, headers: Mapping[str, str], value: Any = None) -> Any:
    """The JSON that an address answers; None if it answers nothing. Raises Failed."""
    body = None if value is None else json_templates.as_bytes(value)
    private = settings.WEBHOOK_PRIVATE_NETWORKS
    reply = requests.ask(
        method, address, body, {**JSON, **headers}, private=private, most=MAX_ANSWER
    )
    if not reply.answer.is_ok:
        raise Failed(reply.answer)
    if not reply.body.strip():
        return None
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise not_understood(reply.answer.status) from error


def not_understood(status: int | None = 200) -> Failed:
    """For an answer of another form than the service documents."""
    return Failed(Answer(status, _("The service answered something that is not understood.")))


def utc(moment: dt.datetime) -> str:
    """A moment as services read it, such as 2026-01-03T07:30:00Z."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
