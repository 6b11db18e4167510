"""Addresses of sources: cited before, not valid, not the page's own."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.preflight.findings import Found, Severity, rule
from articles.preflight.issue import Issue, Source, Story
from articles.rules.addresses import detours_of


@rule(
    "source-repeated-in-article",
    Severity.ERROR,
    gettext_lazy("Remove one of the two lines."),
)
def repeated_in_article(issue: Issue) -> Iterator[Found]:
    for story in issue.stories:
        met: dict[str, int | None] = {}
        for source in story.sources:
            line = met.setdefault(source.key, source.place.line)
            if source.key and line != source.place.line:
                sentence = _("This is the same source as in line %(line)d of this article.")
                yield Found(source.place, sentence % {"line": line}, source.key)


@rule(
    "source-repeated-in-issue",
    Severity.WARNING,
    gettext_lazy("Join the two articles, or cite what each of them is really based on."),
)
def repeated_in_issue(issue: Issue) -> Iterator[Found]:
    first: dict[str, Story] = {}
    for story in issue.stories:
        for source in {source.key: source for source in reversed(story.sources)}.values():
            other = first.setdefault(source.key, story)
            if source.key and other is not story:
                sentence = _("Article %(number)d, “%(headline)s”, cites the same source.")
                params = {"number": other.number, "headline": other.headline}
                yield Found(source.place, sentence % params, f"{source.key} {other.uid}")


@rule(
    "source-repeated-from-earlier",
    Severity.WARNING,
    gettext_lazy("Say what is new since then and cite that, or leave the article out."),
)
def repeated_from_earlier(issue: Issue) -> Iterator[Found]:
    for source in issue.sources:
        earlier = issue.archive.cited.get(source.key)
        if earlier:
            sentence = _("The issue of %(date)s already cites this source, in “%(headline)s”.")
            params = {"date": earlier.date.isoformat(), "headline": earlier.headline}
            yield Found(source.place, sentence % params, f"{source.key} {earlier.date}")


@rule(
    "address-invalid",
    Severity.ERROR,
    gettext_lazy("Give the full address, starting with https://."),
)
def address_invalid(issue: Issue) -> Iterator[Found]:
    for source in issue.sources:
        if not source.url:
            yield Found(source.place, _("This source has no address."), "")
        elif not source.is_address:
            sentence = _("“%(url)s” is not a web address.") % {"url": source.url[:200]}
            yield Found(source.place, sentence, source.url)


@rule(
    "address-not-canonical",
    Severity.WARNING,
    gettext_lazy("Open the page itself and copy its address without these parts."),
)
def address_not_canonical(issue: Issue) -> Iterator[Found]:
    for source in issue.sources:
        detours = _detours(source)
        if detours:
            sentence = _("The address is not the page's own: it has %(parts)s.")
            yield Found(source.place, sentence % {"parts": ", ".join(detours)}, source.url)


def _detours(source: Source) -> list[str]:
    return [f"“{part}”" for part in detours_of(source.url)] if source.is_address else []
