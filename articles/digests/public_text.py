"""Faults that only a draft may have: no title, no headline, a citation that is not understood."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles import preflight
from articles.digests import revisions
from articles.models import Digest
from articles.preflight import Finding

OUT = (Digest.Status.SCHEDULED, Digest.Status.PUBLISHED)
MAX_HEADLINE = 60


class Unfit(ValidationError):
    """A text has faults that the state of its digest does not allow; `findings` has them, and the
    messages name the article and the line of each."""

    def __init__(self, findings: list[Finding], data: dict[str, Any]) -> None:
        super().__init__(told(findings, data))
        self.findings = findings


def require(digest: Digest, data: dict[str, Any]) -> None:
    """Raises Unfit if a snapshot has faults that the state of the digest does not allow."""
    if found := faults(digest, data):
        raise Unfit(found, data)


def may_have_any_fault(digest: Digest) -> bool:
    """Whether the digest is a draft that readers never had."""
    return digest.status not in OUT and digest.published_at is None


def faults(digest: Digest, data: dict[str, Any]) -> list[Finding]:
    """The faults of a snapshot that the state of the digest does not allow: all of them once
    readers have it or will have it by a schedule. What readers had keeps a title and headlines."""
    if may_have_any_fault(digest):
        return []
    found = preflight.faults(data)
    if not found or digest.status in OUT:
        return found
    had = digest.articles.exclude(feed_id="").values_list("uid", flat=True)
    kept = set(map(str, had))
    is_withdrawn = digest.status == Digest.Status.WITHDRAWN
    return [
        finding
        for finding in found
        if (finding.code == "title-missing" and is_withdrawn)
        or (finding.code == "headline-missing" and finding.article in kept)
    ]


def new_faults(digest: Digest, data: dict[str, Any], opened: int | None) -> list[Finding]:
    """The faults of a text that is typed on the version `opened`, without those that it was opened
    with: another editor mended them, and what is untouched merges with that. None for `opened`
    leaves none out."""
    found = faults(digest, data)
    if not found or opened is None or opened >= digest.version:
        return found
    base = revisions.at_version(digest, opened)
    known = {finding.key for finding in preflight.faults(base)} if base else set()
    return [finding for finding in found if finding.key not in known]


def told(findings: list[Finding], data: dict[str, Any]) -> list[str]:
    """The findings in words, each with the number, the headline and the line that it is about."""
    return [_told(finding, data) for finding in findings]


def _told(finding: Finding, data: dict[str, Any]) -> str:
    articles = {article["uid"]: place for place, article in enumerate(data["articles"], start=1)}
    number = articles.get(finding.article)
    if number is None:
        return finding.sentence
    headline = data["articles"][number - 1]["headline"].strip()
    place = [_("Article %(number)s") % {"number": number}]
    place += [f"“{Truncator(headline).chars(MAX_HEADLINE)}”"] if headline else []
    place += [_("line %(number)d") % {"number": finding.line}] if finding.line else []
    return f"{' · '.join(place)}: {finding.sentence}"
