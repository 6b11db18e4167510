"""What a check says, and the register of the rules that say it.

A rule is a function from a `CheckedDigest` to `Found` values. The decorator `rule` gives it a code,
a severity and an advice; `findings` runs all that are not switched off.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from articles.preflight.checked import CheckedDigest, Place


class Severity(StrEnum):
    """An error stops publication, a warning asks for a reason, a hint is only said."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True)
class Finding:
    """One thing to look at before press.

    `article` is an article's uid or None for the digest itself, `field` a field of the snapshot,
    `line` counts from 1 within points or citations. `key` stays the same while the text concerned
    does, in any language of the desk and wherever the article is moved to.
    """

    code: str
    severity: Severity
    article: str | None
    field: str | None
    line: int | None
    sentence: str
    advice: str
    key: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"severity": self.severity.value}


@dataclass(frozen=True)
class Found:
    """What a rule yields: where, the sentence in the active language, and the text concerned.

    The text concerned must hold all that the finding depends on, and nothing else.
    """

    place: Place
    sentence: str
    text: str


Look = Callable[[CheckedDigest], Iterable[Found]]


@dataclass(frozen=True)
class Rule:
    code: str
    severity: Severity
    advice: Promise = field(repr=False)
    look: Look = field(repr=False)


RULES: dict[str, Rule] = {}
_ORDER = list(Severity)


def rule(code: str, severity: Severity, advice: Promise) -> Callable[[Look], Look]:
    """Register a rule; `advice` is a lazy translation that says what to do about its findings."""

    def register(look: Look) -> Look:
        RULES[code] = Rule(code, severity, advice, look)
        return look

    return register


def findings(digest: CheckedDigest, off: Iterable[str]) -> list[Finding]:
    """What the rules that are not `off` find: errors first, then as the digest is read."""
    rules = [rule for code, rule in RULES.items() if code not in set(off)]
    found = [(rule, found) for rule in rules for found in rule.look(digest)]
    found.sort(key=lambda pair: (_ORDER.index(pair[0].severity), pair[1].place.order))
    return list(_with_keys(found))


def _with_keys(pairs: list[tuple[Rule, Found]]) -> Iterator[Finding]:
    """A text that stands twice in one field gives two findings, so the second is numbered."""
    met: Counter[str] = Counter()
    for rule, found in pairs:
        place = found.place
        parts = [rule.code, place.article or "", place.field or "", found.text]
        met[repr(parts)] += 1
        number = met[repr(parts)]
        yield Finding(
            code=rule.code,
            severity=rule.severity,
            article=place.article,
            field=place.field,
            line=place.line,
            sentence=found.sentence,
            advice=str(rule.advice),
            key=_key(parts if number == 1 else [*parts, number]),
        )


def _key(parts: list[Any]) -> str:
    # ASCII by escapes, so that a lone surrogate in a typed text can be hashed as well.
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
