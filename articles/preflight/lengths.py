"""Texts that are stored, but are longer than readers get along with."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.preflight.checked import CheckedDigest, Place
from articles.preflight.findings import Found, Severity, rule
from articles.rules import lengths
from articles.rules.lines import is_too_long_for_tag


@rule(
    "title-too-long",
    Severity.ERROR,
    gettext_lazy("Title too long"),
    gettext_lazy("Shorten the title."),
    is_fault=True,
)
def title_too_long(digest: CheckedDigest) -> Iterator[Found]:
    if len(digest.title) > lengths.TITLE:
        yield _found(digest.place("title"), digest.title, lengths.TITLE)


@rule(
    "headline-too-long",
    Severity.ERROR,
    gettext_lazy("Headline too long"),
    gettext_lazy("Shorten the headline. The details belong into the summary."),
    is_fault=True,
)
def headline_too_long(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        if len(article.headline) > lengths.HEADLINE:
            yield _found(article.place("headline"), article.headline, lengths.HEADLINE)


@rule(
    "tag-too-long",
    Severity.ERROR,
    gettext_lazy("Tag too long"),
    gettext_lazy("Shorten it, or separate its parts with commas."),
    is_fault=True,
)
def tag_too_long(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        for tag in article.tags:
            if is_too_long_for_tag(tag, lengths.TAG):
                sentence = _("“%(tag)s” is too long for a tag. Use at most %(limit)d characters.")
                params = {"tag": f"{tag[:20]}…", "limit": lengths.TAG}
                yield Found(article.place("tags"), sentence % params, tag)


@rule(
    "text-too-long",
    Severity.WARNING,
    gettext_lazy("Text too long"),
    gettext_lazy("Shorten it, or say why readers need all of it."),
)
def text_too_long(digest: CheckedDigest) -> Iterator[Found]:
    if len(digest.introduction) > lengths.INTRODUCTION:
        place = digest.place("introduction")
        yield _found(place, digest.introduction, lengths.INTRODUCTION)
    for article in digest.articles:
        for passage in article.body:
            is_point = passage.place.field == "points"
            limit = lengths.POINT if is_point else lengths.IMPLICATION
            if len(passage.text) > limit:
                yield _found(passage.place, passage.text, limit)
        for passage in article.other:
            if len(passage.text) > lengths.OTHER:
                yield _found(passage.place, passage.text, lengths.OTHER)


def _found(place: Place, text: str, limit: int) -> Found:
    return Found(place, _("This has more than %(limit)d characters.") % {"limit": limit}, text)
