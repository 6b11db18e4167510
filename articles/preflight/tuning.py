"""Settings of the checks: rules switched off, limits, allowed words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

OFF = "off"
LIMITS = {
    "source_age_days": 7,  # older citations are reported
    "sources_min": 2,
    "points_min": 2,
    "points_max": 8,
    "point_length_min": 10,  # characters
    "point_length_max": 200,
    "headline_days": 30,  # how far back headlines are compared
    "headline_similarity": 60,  # per cent; see headlines.py
}


@dataclass(frozen=True)
class Tuning:
    off: frozenset[str]
    unsigned: str  # the severity of articles that nobody signed, or "off"
    limits: Mapping[str, int]
    allowed_words: tuple[str, ...]

    def without_allowed_words(self, text: str) -> str:
        """The text with each allowed foreign word replaced by a space."""
        return _allowed(self.allowed_words).sub(" ", text) if self.allowed_words else text


def current() -> Tuning:
    return Tuning(
        off=frozenset(settings.PREFLIGHT_OFF),
        unsigned=settings.UNSIGNED_ARTICLES,
        limits=LIMITS | settings.PREFLIGHT_LIMITS,
        allowed_words=tuple(settings.PREFLIGHT_ALLOWED_WORDS),
    )


def mistakes(codes: Iterable[str]) -> list[str]:
    """English sentences about invalid settings; `codes` are those of all rules."""
    tuning = current()
    known = set(codes)
    sentences = [
        f"PREFLIGHT_OFF names {code!r}, which is no rule. Rules are: {', '.join(sorted(known))}."
        for code in sorted(tuning.off - known)
    ]
    sentences += [
        f"PREFLIGHT_LIMITS names {name!r}, which is no limit. Limits are: {', '.join(LIMITS)}."
        for name in sorted(tuning.limits.keys() - LIMITS.keys())
    ]
    for least, most in (("points_min", "points_max"), ("point_length_min", "point_length_max")):
        if tuning.limits[least] > tuning.limits[most]:
            sentences.append(f"PREFLIGHT_LIMITS has a larger {least} than {most}. Swap them.")
    return sentences


@lru_cache(maxsize=8)
def _allowed(words: tuple[str, ...]) -> re.Pattern[str]:
    """Matches whole Latin words in any case, and runs of other scripts anywhere."""
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    return re.compile(
        rf"(?<![A-Za-z0-9])(?:{'|'.join(longest_first)})(?![A-Za-z0-9])", re.IGNORECASE
    )
