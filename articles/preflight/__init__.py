"""Preflight: checks that an editor should look at before a digest is published.

It only reads: three queries, one more for a stored digest and for articles drafted with AI help,
and two more if texts link within the site; no network. Each rule is
in the module of its subject. Rules can be switched off (PREFLIGHT_OFF) and tuned
(PREFLIGHT_LIMITS, PREFLIGHT_ALLOWED_WORDS).
"""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from articles.models import Digest
from articles.preflight import (  # noqa: F401  (importing a module registers its rules)
    citations,
    dates,
    headlines,
    imprint,
    languages,
    leftovers,
    lengths,
    markup,
    numbers,
    own_links,
    parts,
    portals,
    signatures,
    style,
)
from articles.preflight.archive import Archive, look_up
from articles.preflight.checked import (
    CheckedArticle,
    CheckedDigest,
    articles_of,
    date_of,
    moment_of,
    text_of,
)
from articles.preflight.findings import RULES, Finding, Rule, Severity, counted, findings, names
from articles.preflight.tuning import OFF, Tuning, current

__all__ = ["CODES", "FAULTS", "Finding", "Severity", "alone", "check", "counted", "faults", "names"]

CODES = tuple(RULES)
# The codes of what only a draft may have. PREFLIGHT_OFF does not switch them off.
FAULTS = frozenset(code for code, rule in RULES.items() if rule.is_fault)


def check(
    data: dict[str, Any], *, digest: Digest | None = None, is_for_readers: bool = False
) -> list[Finding]:
    """The findings about a snapshot, errors first, each severity in document order.

    The snapshot may also come from a form or a file: missing or malformed values read as empty and
    raise nothing. `digest` is the stored digest of the snapshot, if there is one, so that it is not
    compared with itself; only then is the imprint missed. `is_for_readers` compares it only with
    what readers have. Sentences are in the active language.
    """
    tuning = current()
    date, articles = date_of(data.get("date")), articles_of(data)
    cited = [
        citation for article in articles for citation in article.citations if citation.is_address
    ]
    archive = look_up(
        keys=[citation.key for citation in cited],
        domains=[citation.domain for citation in cited],
        before=date,
        days=tuning.limits["headline_days"],
        leave_out=digest,
        is_for_readers=is_for_readers,
    )
    rules = _rules(tuning)
    asks = digest is not None and any(rule.code == imprint.CODE for rule in rules)
    checked = replace(
        _checked(data, articles, archive),
        signed=signatures.signed(articles),
        lacks_imprint=asks and imprint.is_missing(),
    )
    return findings(checked, rules)


def alone(data: dict[str, Any]) -> list[Finding]:
    """The findings about a snapshot by itself, without the archive; needs no query."""
    rules = [rule for rule in _rules(current()) if rule.code != own_links.CODE]
    return findings(_checked(data, articles_of(data), Archive()), rules)


def _rules(tuning: Tuning) -> list[Rule]:
    """The rules that are on, each with its severity."""
    off = tuning.off | ({signatures.UNSIGNED} if tuning.unsigned == OFF else set())
    rules = [rule for code, rule in RULES.items() if rule.is_fault or code not in off]
    return [
        replace(rule, severity=Severity(tuning.unsigned))
        if rule.code == signatures.UNSIGNED
        else rule
        for rule in rules
    ]


def faults(data: dict[str, Any]) -> list[Finding]:
    """The findings that only a draft may have; see `FAULTS`. Needs no query."""
    rules = [rule for rule in RULES.values() if rule.is_fault]
    return findings(_checked(data, articles_of(data), Archive()), rules)


def _checked(
    data: dict[str, Any], articles: list[CheckedArticle], archive: Archive
) -> CheckedDigest:
    return CheckedDigest(
        date=date_of(data.get("date")),
        moment=moment_of(data),
        title=text_of(data, "title"),
        introduction=text_of(data, "introduction"),
        language=text_of(data, "language") or settings.LANGUAGE_CODE,
        slug=text_of(data, "slug"),
        articles=articles,
        zone=ZoneInfo(settings.TIME_ZONE),
        archive=archive,
        tuning=current(),
    )
