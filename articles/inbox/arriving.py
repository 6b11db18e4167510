"""The one way in: pages become candidates, each once, however many origins have them.

Arrivals take turns, so that two origins that have the same page at the same moment make one
candidate of it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.inbox import alike
from articles.models import Arrival, Candidate, OriginDay
from articles.models.excerpt import MAX_EXCERPT
from articles.rules import times
from articles.rules.addresses import comparison_key
from articles.rules.lengths import HEADLINE
from articles.rules.lines import MAX_PUBLISHER_LENGTH
from articles.rules.text import clean, collapse, language_of
from articles.rules.validators import MAX_URL_LENGTH, is_web_address

MOST_A_DAY = 500  # from one origin
MOST_AT_ONCE = 500
NEW, KNOWN, REFUSED, TOO_MANY = "new", "known", "refused", "too-many"
State = Candidate.State
# The origin of the row whose lock arrivals hold, and which counts them all.
EVERYBODY = ""
_LATER = {State.NEW, State.PARKED}  # what these lack may still come


@dataclass(frozen=True)
class Found:
    """A page as an origin has it. Texts are plain."""

    url: str
    title: str = ""
    publisher: str = ""
    published_on: dt.date | None = None
    excerpt: str = ""
    language: str = ""
    score: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a page. `why` is a sentence if nothing did."""

    fate: str
    candidate: Candidate | None = None
    why: str = ""


@transaction.atomic
def take(
    found: Sequence[Found], origin: str, *, by: User | None = None, program: str = ""
) -> list[Outcome]:
    """Take pages from an origin; returns what became of each, in order. Of more than MOST_AT_ONCE,
    and of more than MOST_A_DAY on a day, the rest is not taken.

    A person (`by`) or a program is named in the audit trail. What a person brings comes back if it
    had expired.
    """
    now = timezone.now()
    day = _locked(origin, timezone.localdate(now))
    batch = _Batch(origin, MOST_A_DAY - day.came, now, is_back=by is not None)
    outcomes = batch.take([_tidied(page) for page in found])
    _store(list(batch.new.values()), day.came)
    Arrival.objects.bulk_create(
        Arrival(candidate=candidate, origin=origin, came_at=now) for candidate in batch.came
    )
    _count(day, len(batch.came), sum(outcome.fate == TOO_MANY for outcome in outcomes))
    _record(origin, len(batch.came), by, program)
    return outcomes


class _Batch:
    """Pages that come together. `new` has the candidates that are still to be saved by their keys,
    `came` those that this origin did not bring before."""

    def __init__(self, origin: str, room: int, now: dt.datetime, *, is_back: bool) -> None:
        self._origin, self._room, self._now, self._is_back = origin, room, now, is_back
        self.new: dict[str, Candidate] = {}
        self.came: list[Candidate] = []

    def take(self, pages: Sequence[Found | str]) -> list[Outcome]:
        """What becomes of each; a text is why a page cannot be taken."""
        keys = {comparison_key(page.url) for page in pages if isinstance(page, Found)}
        rows = Candidate.objects.select_for_update().filter(url_key__in=keys).order_by("pk")
        known = {candidate.url_key: candidate for candidate in rows}
        arrivals = Arrival.objects.filter(origin=self._origin, candidate__in=known.values())
        self._arrived = set(arrivals.values_list("candidate__url_key", flat=True))
        return [
            Outcome(REFUSED, why=page)
            if isinstance(page, str)
            else self._one(page, known, is_beyond=number >= MOST_AT_ONCE)
            for number, page in enumerate(pages)
        ]

    def _one(self, page: Found, known: dict[str, Candidate], *, is_beyond: bool) -> Outcome:
        key = comparison_key(page.url)
        candidate = known.get(key) or self.new.get(key)
        if key not in self._arrived and (is_beyond or len(self.came) >= self._room):
            return Outcome(TOO_MANY, why=_over_sentence())
        if candidate is None:
            candidate = self.new[key] = _candidate(page, key, self._now)
            fate = NEW
        else:
            _complete(candidate, page, is_back=self._is_back)
            fate = KNOWN
        if key not in self._arrived:
            self._arrived.add(key)
            self.came.append(candidate)
        return Outcome(fate, candidate)


def _locked(origin: str, day: dt.date) -> OriginDay:
    """The row of an origin and a day. Whoever has it, has the lock of all arrivals."""
    for name in (EVERYBODY, origin):
        OriginDay.objects.get_or_create(origin=name, day=day)
        row = OriginDay.objects.select_for_update().get(origin=name, day=day)
    return row


def _tidied(page: Found) -> Found | str:
    """The page with texts that can be stored, or why it cannot be taken, as a sentence."""
    url = page.url.strip()
    if len(url) > MAX_URL_LENGTH:
        message = _("This address is too long. One of at most %(limit)d characters can be kept.")
        return message % {"limit": MAX_URL_LENGTH}
    if not is_web_address(url):
        message = _(
            "“%(url)s” is not a web address. Give the full address, starting with https://."
        )
        return message % {"url": clean(url)[:80]}
    day = page.published_on
    title = collapse(clean(page.title))[:HEADLINE].rstrip()
    return replace(
        page,
        url=url,
        title=title,
        publisher=collapse(clean(page.publisher))[:MAX_PUBLISHER_LENGTH].rstrip(),
        published_on=day if day is not None and times.is_possible(day) else None,
        excerpt=clean(page.excerpt).strip()[:MAX_EXCERPT].rstrip(),
        language=page.language or language_of(title, default=""),
    )


def _candidate(page: Found, key: str, now: dt.datetime) -> Candidate:
    return Candidate(
        url=page.url,
        url_key=key,
        title=page.title,
        publisher=page.publisher,
        published_on=page.published_on,
        excerpt=page.excerpt,
        language=page.language,
        score=page.score,
        came_at=now,
        listed_on=timezone.localdate(now),
        turn=0,
    )


def _complete(candidate: Candidate, page: Found, *, is_back: bool) -> None:
    """Fill in what an undecided candidate lacks. Nothing that it has is replaced."""
    if is_back and candidate.state == State.EXPIRED:
        candidate.state = State.NEW
        candidate.listed_on, candidate.turn = timezone.localdate(), 0
    elif candidate.state not in _LATER:
        return
    before = vars(candidate).copy()
    for name in ("title", "publisher", "published_on", "excerpt", "language"):
        if not getattr(candidate, name):
            setattr(candidate, name, getattr(page, name))
    if page.score is not None:
        candidate.score = max(
            page.score, candidate.score if candidate.score is not None else page.score
        )
    if candidate.pk and (is_back or vars(candidate) != before):
        candidate.save()


def _store(new: list[Candidate], came: int) -> None:
    """Save new candidates; those with the highest scores get the first turns."""
    ranked = sorted(new, key=lambda each: -(each.score if each.score is not None else 0.0))
    for turn, candidate in enumerate(ranked, start=came + 1):
        candidate.turn = turn
    Candidate.objects.bulk_create(new)
    alike.group(new)


def _count(day: OriginDay, came: int, dropped: int) -> None:
    if came or dropped:
        day.came += came
        day.dropped += dropped
        day.save(update_fields=["came", "dropped"])


def _record(origin: str, came: int, by: User | None, program: str) -> None:
    """Feeds are polled all day, and leave no rows."""
    if came and (by or program):
        detail = {"origin": origin, "candidates": came}
        audit.record("candidates-came", by=by, program=program, target=origin, detail=detail)


def _over_sentence() -> str:
    message = _("At most %(most)d candidates a day come from one origin. Send the best ones first.")
    return message % {"most": MOST_A_DAY}
