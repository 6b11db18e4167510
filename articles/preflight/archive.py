"""Stored data that a digest is compared with: earlier digests and publishers, in three queries."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from django.db.models import Q

from articles.models import Article, Citation, Digest, Publisher

MAX_HEADLINES = 1_000


@dataclass(frozen=True)
class Earlier:
    """An article of an earlier digest, and the name of its storyline if it has one."""

    date: dt.date
    headline: str
    uid: str = ""
    storyline: str = ""


@dataclass(frozen=True)
class Archive:
    """`cited` has the latest use of each comparison key. `domains` maps known domains, those
    asked for and those of portals, to whether it is a portal's. `portals` are portals' names."""

    cited: dict[str, Earlier] = field(default_factory=dict)
    headlines: list[Earlier] = field(default_factory=list)
    domains: dict[str, bool] = field(default_factory=dict)
    portals: set[str] = field(default_factory=set)


def look_up(
    *,
    keys: Iterable[str],
    domains: Iterable[str],
    before: dt.date | None,
    days: int,
    leave_out: Digest | None,
    is_for_readers: bool = False,
) -> Archive:
    """Stored data about these comparison keys and domains, and the headlines of `days` days.

    Includes only digests of days before `before`, or all if it is None. Excludes the digest
    `leave_out` and withdrawn digests, with `is_for_readers` all that are not public.
    """
    these = partial(_earlier, before, leave_out, is_for_readers)
    known, portals = _publishers(set(domains))
    return Archive(
        cited=_cited(set(keys), these),
        headlines=_headlines(before, days, these) if before else [],
        domains=known,
        portals=portals,
    )


def _earlier(
    before: dt.date | None, leave_out: Digest | None, is_for_readers: bool, prefix: str
) -> Q:
    condition = ~Q(**{f"{prefix}status": Digest.Status.WITHDRAWN})
    if before:
        condition &= Q(**{f"{prefix}date__lt": before})
    if leave_out is not None:
        condition &= ~Q(**{f"{prefix}pk": leave_out.pk})
    if is_for_readers:
        condition &= Q(**{f"{prefix}pk__in": Digest.objects.published().values("pk")})
    return condition


def _cited(keys: set[str], these: Callable[[str], Q]) -> dict[str, Earlier]:
    rows = (
        Citation.objects.filter(these("article__digest__"), url_key__in=keys)
        .order_by("article__digest__date")
        .values_list("url_key", *(f"article__{name}" for name in _OF_EARLIER))
    )
    return {key: _read(*row) for key, *row in rows}


def _headlines(before: dt.date, days: int, these: Callable[[str], Q]) -> list[Earlier]:
    """Earlier headlines, newest first."""
    try:
        first = before - dt.timedelta(days=days)
    except OverflowError:
        first = dt.date.min
    rows = (
        Article.objects.filter(these("digest__"), digest__date__gte=first)
        .order_by("-digest__date", "position")
        .values_list(*_OF_EARLIER)
    )
    return [_read(*row) for row in rows[:MAX_HEADLINES]]


_OF_EARLIER = ("digest__date", "headline", "uid", "storyline_entry__storyline__name")


def _read(date: dt.date, headline: str, uid: uuid.UUID, storyline: str | None) -> Earlier:
    return Earlier(date, headline, str(uid), storyline or "")


def _publishers(domains: set[str]) -> tuple[dict[str, bool], set[str]]:
    """Also looks up the parent domains of the given ones, down to two labels."""
    labels = [domain.split(".") for domain in domains]
    wanted = {".".join(parts[start:]) for parts in labels for start in range(len(parts) - 1)}
    rows = (
        Publisher.objects.filter(Q(is_portal=True) | Q(domains__domain__in=wanted))
        .order_by()
        .values_list("name", "is_portal", "domains__domain")
    )
    known, portals = {}, set()
    for name, is_portal, domain in rows:
        if is_portal:
            portals.add(name)
        if domain:
            known[domain] = is_portal
    return known, portals
