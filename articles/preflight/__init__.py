"""Preflight: what an editor should look at before a digest goes to press.

Reads only: three queries, no network. Every rule is in a module named for its subject and can be
switched off (PREFLIGHT_OFF) and tuned (PREFLIGHT_LIMITS, PREFLIGHT_ALLOWED_WORDS).
"""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from articles.models import Digest
from articles.preflight import (  # noqa: F401  (importing a module registers its rules)
    dates,
    headlines,
    languages,
    leftovers,
    markup,
    numbers,
    parts,
    portals,
    sources,
    style,
)
from articles.preflight.archive import look_up
from articles.preflight.findings import RULES, Finding, Severity, findings
from articles.preflight.issue import Issue, date_of, moment_of, stories_of, text_of
from articles.preflight.tuning import current

__all__ = ["CODES", "Finding", "Severity", "check"]

CODES = tuple(RULES)


def check(data: dict[str, Any], *, digest: Digest | None = None) -> list[Finding]:
    """The findings about a snapshot, errors first, each kind in document order.

    The snapshot may also be put together from a form or a file: whatever is missing or broken in
    it reads as empty and raises nothing. `digest` is the stored digest that it is of, if there is
    one, so that it is not compared with itself. Sentences are in the active language.
    """
    tuning = current()
    date, stories = date_of(data.get("date")), stories_of(data)
    cited = [source for story in stories for source in story.sources if source.is_address]
    issue = Issue(
        date=date,
        moment=moment_of(data),
        title=text_of(data, "title"),
        introduction=text_of(data, "introduction"),
        language=text_of(data, "language") or settings.LANGUAGE_CODE,
        slug=text_of(data, "slug"),
        stories=stories,
        zone=ZoneInfo(settings.TIME_ZONE),
        archive=look_up(
            keys=[source.key for source in cited],
            domains=[source.domain for source in cited],
            before=date,
            days=tuning.limits["headline_days"],
            leave_out=digest,
        ),
        tuning=tuning,
    )
    return findings(issue, tuning.off)
