"""Addresses of citations: cited before, invalid, or not canonical."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.preflight.checked import CheckedArticle, CheckedCitation, CheckedDigest
from articles.preflight.findings import Found, Severity, rule
from articles.rules.addresses import detours_of
from articles.rules.lines import read_citation
from articles.rules.nameless import shown_headline


@rule(
    "source-repeated-in-article",
    Severity.ERROR,
    gettext_lazy("Citation twice in one article"),
    gettext_lazy("Remove one of the two lines."),
)
def repeated_in_article(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        met: dict[str, int | None] = {}
        for citation in article.citations:
            line = met.setdefault(citation.key, citation.place.line)
            if citation.key and line != citation.place.line:
                sentence = _("This is the same citation as in line %(line)d of this article.")
                yield Found(citation.place, sentence % {"line": line}, citation.key)


@rule(
    "source-repeated-in-issue",
    Severity.WARNING,
    gettext_lazy("Citation in two articles"),
    gettext_lazy("Join the two articles, or cite what each of them is really based on."),
)
def repeated_in_digest(digest: CheckedDigest) -> Iterator[Found]:
    first: dict[str, CheckedArticle] = {}
    for article in digest.articles:
        for citation in {
            citation.key: citation for citation in reversed(article.citations)
        }.values():
            other = first.setdefault(citation.key, article)
            if citation.key and other is not article:
                sentence = _("Article %(number)d, “%(headline)s”, has the same citation.")
                params = {"number": other.number, "headline": shown_headline(other.headline)}
                yield Found(citation.place, sentence % params, f"{citation.key} {other.uid}")


@rule(
    "source-repeated-from-earlier",
    Severity.WARNING,
    gettext_lazy("Citation of an earlier digest"),
    gettext_lazy("Say what is new since then and cite that, or leave the article out."),
)
def repeated_from_earlier(digest: CheckedDigest) -> Iterator[Found]:
    for citation in digest.citations:
        earlier = digest.archive.cited.get(citation.key)
        if earlier:
            sentence = _("The digest of %(date)s already has this citation, in “%(headline)s”.")
            params = {
                "date": earlier.date.isoformat(),
                "headline": shown_headline(earlier.headline),
            }
            text = f"{citation.key} {earlier.date}"
            yield Found(citation.place, sentence % params, text, earlier)


@rule(
    "citation-not-understood",
    Severity.ERROR,
    gettext_lazy("Citation not understood"),
    gettext_lazy("Mend the line, or remove it. Readers do not get it."),
    is_fault=True,
)
def not_understood(digest: CheckedDigest) -> Iterator[Found]:
    for citation in digest.citations:
        if citation.is_line:
            problem = _problem(citation.publisher, digest.date)
            yield Found(citation.place, problem, citation.publisher)


def _problem(line: str, near: dt.date | None) -> str:
    """What is wrong with a line."""
    try:
        read_citation(line, near)
    except ValueError as problem:
        return str(problem)
    return _("This line is understood by now. Save the digest again.")


@rule(
    "address-invalid",
    Severity.ERROR,
    gettext_lazy("Not a web address"),
    gettext_lazy("Give the full address, starting with https://."),
)
def address_invalid(digest: CheckedDigest) -> Iterator[Found]:
    for citation in digest.citations:
        if citation.is_line:
            continue
        if not citation.url:
            yield Found(citation.place, _("This citation has no address."), "")
        elif not citation.is_address:
            sentence = _("“%(url)s” is not a web address.") % {"url": citation.url[:200]}
            yield Found(citation.place, sentence, citation.url)


@rule(
    "address-not-canonical",
    Severity.WARNING,
    gettext_lazy("Not the page's own address"),
    gettext_lazy("Open the page itself and copy its address without these parts."),
)
def address_not_canonical(digest: CheckedDigest) -> Iterator[Found]:
    for citation in digest.citations:
        detours = _detours(citation)
        if detours:
            sentence = _("The address is not the page's own: it has %(parts)s.")
            yield Found(citation.place, sentence % {"parts": ", ".join(detours)}, citation.url)


def _detours(citation: CheckedCitation) -> list[str]:
    return [f"“{part}”" for part in detours_of(citation.url)] if citation.is_address else []
