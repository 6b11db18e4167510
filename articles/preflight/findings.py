"""Findings, and the registry of the rules that yield them.

A rule is a function from a `CheckedDigest` to `Found` values. The decorator `rule` gives it a code,
a severity, a name and an advice; `findings` runs all rules that are not switched off.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import ngettext

from articles.preflight.archive import Earlier
from articles.preflight.checked import CheckedDigest, Place


class Severity(StrEnum):
    """An error blocks publication, a warning needs a reason, a hint is only shown."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True)
class Finding:
    """One thing to look at before publication.

    `article` is an article's uid or None for the digest itself, `field` a field of the snapshot,
    `line` counts from 1 within points or citations. `key` stays the same as long as the text
    concerned does: it does not depend on the desk's language or on the place of the article.
    `earlier` is the article that this one may follow up.
    """

    code: str
    severity: Severity
    article: str | None
    field: str | None
    line: int | None
    sentence: str
    advice: str
    key: str
    earlier: Earlier | None = None

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON, without the article that it is compared with."""
        found = asdict(self) | {"severity": self.severity.value}
        del found["earlier"]
        return found


def counted(found: Iterable[dict[str, Any]]) -> str:
    """How many findings, as `Finding.as_dict` writes them, there are of each severity, in the
    active language."""
    levels = Counter(finding["severity"] for finding in found)
    errors, warnings, hints = (levels[level.value] for level in Severity)
    counts = (
        ngettext("%(count)d error", "%(count)d errors", errors) % {"count": errors},
        ngettext("%(count)d warning", "%(count)d warnings", warnings) % {"count": warnings},
        ngettext("%(count)d hint", "%(count)d hints", hints) % {"count": hints},
    )
    return ", ".join(counts) + "."


def names(found: Iterable[Finding]) -> list[str]:
    """The names of the rules that these findings are of, each once, in the active language."""
    return list(dict.fromkeys(str(RULES[finding.code].name) for finding in found))


@dataclass(frozen=True)
class Found:
    """The result of a rule: the place, a sentence in the active language, and the text concerned.

    The text concerned must contain everything that the finding depends on, and nothing else.
    `earlier` is an earlier article on the same news.
    """

    place: Place
    sentence: str
    text: str
    earlier: Earlier | None = None


Look = Callable[[CheckedDigest], Iterable[Found]]


@dataclass(frozen=True)
class Rule:
    code: str
    severity: Severity
    name: Promise = field(repr=False)
    advice: Promise = field(repr=False)
    look: Look = field(repr=False)
    is_fault: bool = False


RULES: dict[str, Rule] = {}
_ORDER = list(Severity)


def rule(
    code: str, severity: Severity, name: Promise, advice: Promise, *, is_fault: bool = False
) -> Callable[[Look], Look]:
    """Register a rule. `name` and `advice` are lazy translations: what its findings are called
    where they are counted, and what to do about them. The rule of a fault cannot be switched off:
    a text with that fault cannot be given to readers."""

    def register(look: Look) -> Look:
        RULES[code] = Rule(code, severity, name, advice, look, is_fault)
        return look

    return register


def findings(digest: CheckedDigest, rules: Iterable[Rule]) -> list[Finding]:
    """The findings of these rules: errors first, then in reading order."""
    found = [(rule, found) for rule in rules for found in rule.look(digest)]
    found.sort(key=lambda pair: (_ORDER.index(pair[0].severity), pair[1].place.order))
    return list(_with_keys(found))


def _with_keys(pairs: list[tuple[Rule, Found]]) -> Iterator[Finding]:
    """Give each finding its key. Equal texts in one field are numbered from the second on."""
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
            earlier=found.earlier,
        )


def _key(parts: list[Any]) -> str:
    # json escapes to ASCII, so that a lone surrogate in a typed text can be hashed.
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
