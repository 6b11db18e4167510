"""What a receiver gets: the body of a request and its headers, in the receiver's own form.

A body leaves the house. It says the kind of the event, the day, who did it, counts and a link, and
nothing that anybody wrote in a digest.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from email.header import Header
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import AuditEntry, Digest, Webhook
from articles.notices.events import KINDS, Event
from articles.notices.sentences import sentence
from articles.outgoing import json_templates

Form = Webhook.Form
TEST = "test"
# Kinds whose first word says what they are about; the others are about a digest.
_SUBJECTS = ("push", "deadline", "schedule", "mail")
JSON = {"Content-Type": "application/json"}
DISCORD_LENGTH, TELEGRAM_LENGTH = 2000, 4096  # characters that they take


@dataclass(frozen=True)
class Message:
    """What is said of an event. `at` is when it happened; `date` and `url` are texts."""

    kind: str
    at: dt.datetime
    sentence: str
    url: str
    date: str = ""
    articles: int = 0

    @property
    def type(self) -> str:
        """The kind with full stops, such as `digest.sent_back` (Standard Webhooks, event types)."""
        if self.kind == TEST:
            return "webhook.test"
        subject, _hyphen, rest = self.kind.partition("-")
        if subject not in _SUBJECTS:
            subject, rest = "digest", self.kind
        return f"{subject}.{rest.replace('-', '_')}"

    @property
    def line(self) -> str:
        return f"{self.sentence} {self.url}"


def message_of(event: Event) -> Message:
    """The message of an event, in the active language."""
    if event.kind == TEST:
        said = _("This is a test of the webhook “%(name)s”.") % {"name": event.entry.target}
        url = settings.SITE_URL + reverse("admin:index")
        return Message(TEST, event.entry.at, said, url)
    return Message(
        event.kind,
        event.entry.at,
        sentence(event),
        settings.SITE_URL + event.path,
        event.date.isoformat() if event.date else "",
        event.counts.get("articles", 0),
    )


def example(kind: str) -> Message:
    """A message of a kind that shows what a receiver would get. Nothing of it happened."""
    now = timezone.now()
    today = timezone.localdate(now)
    detail = {"due_at": now.isoformat(), "status": "draft", "in_it": 7, "errors": 2, "unsigned": 1}
    target = f"{_('Morning script')} {today}"
    entry = AuditEntry(action=kind, at=now, actor_name=_("Kim"), target=target, detail=detail)
    counts = {"articles": 7, "pushed": 7, "suggestions": 2}
    return message_of(Event(kind, entry, Digest(pk=1, date=today), kind == "published", counts))


def examples(kinds: list[str]) -> list[tuple[str, Message]]:
    """(label, message) of each kind."""
    return [(str(KINDS[kind]), example(kind)) for kind in kinds if kind in KINDS]


def test_of(webhook: Webhook) -> Message:
    """The message of a test, as if it happened now."""
    entry = AuditEntry(action="webhook-tested", at=timezone.now(), target=str(webhook))
    return message_of(Event(TEST, entry))


def body(webhook: Webhook, message: Message) -> tuple[bytes, dict[str, str]]:
    """The body for a webhook, and the headers that belong to its form."""
    if webhook.form == Form.NTFY:
        return message.sentence.encode(), _for_ntfy(message)
    return json_templates.as_bytes(_SHAPES[webhook.form](webhook, message)), JSON


def check_template(template: str) -> None:
    """Raise ValidationError unless a template is JSON that has known placeholders only."""
    json_templates.check(template, _values(example("published")))


def _values(message: Message) -> dict[str, str]:
    """The placeholders of an own template."""
    return {
        "sentence": message.sentence,
        "kind": message.type,
        "date": message.date,
        "articles": str(message.articles),
        "url": message.url,
        "site": settings.SITE_NAME,
    }


def _standard(webhook: Webhook, message: Message) -> dict[str, Any]:
    moment = message.at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    data: dict[str, Any] = {"sentence": message.sentence, "url": message.url}
    if message.date:
        data |= {"date": message.date, "articles": message.articles}
    return {"type": message.type, "timestamp": moment, "data": data}


def _for_slack(webhook: Webhook, message: Message) -> dict[str, Any]:
    """Slack reads `&`, `<` and `>` as its own signs, such as `<!channel>`."""
    said = message.sentence
    for sign, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        said = said.replace(sign, escaped)
    return {"text": f"{said} {message.url}"}


def _for_discord(webhook: Webhook, message: Message) -> dict[str, Any]:
    """Nobody is mentioned, whatever a name looks like."""
    return {"content": message.line[:DISCORD_LENGTH], "allowed_mentions": {"parse": []}}


def _for_telegram(webhook: Webhook, message: Message) -> dict[str, Any]:
    return {"chat_id": webhook.chat, "text": message.line[:TELEGRAM_LENGTH]}


def _for_ntfy(message: Message) -> dict[str, str]:
    """ntfy takes the text as the body, and the rest as headers, encoded by RFC 2047."""
    title = Header(settings.SITE_NAME, "utf-8", maxlinelen=10_000).encode()
    return {"Content-Type": "text/plain; charset=utf-8", "Title": title, "Click": message.url}


def _for_own(webhook: Webhook, message: Message) -> Any:
    return json_templates.fill(webhook.template, _values(message))


_SHAPES: dict[str, Callable[[Webhook, Message], Any]] = {
    Form.JSON: _standard,
    Form.SLACK: _for_slack,
    Form.DISCORD: _for_discord,
    Form.TELEGRAM: _for_telegram,
    Form.OWN: _for_own,
}
