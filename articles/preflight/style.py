"""House style: consistent full stops, quotation marks and spaces."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.preflight.checked import CheckedArticle, CheckedDigest, Passage
from articles.preflight.findings import Found, Severity, rule

CLOSING = "\"'”’)]）」』*_`"
_BLANKS = re.compile(r"(?<=[^\s]) [ \u00a0\u3000]+(?=[^\s])")
_FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
# A straight single quote between letters, or before a year, is an apostrophe.
_STRAIGHT_SINGLE = re.compile(r"(?<![A-Za-z0-9])'(?!\d\ds?\b)(?=[^\s'])|(?<=[^\sA-Za-z0-9'])'")
_FEET_AND_INCHES = re.compile(r"(?<=\d)['\"]")


@rule(
    "full-stops-mixed",
    Severity.HINT,
    gettext_lazy("Full stops mixed"),
    gettext_lazy("End all of them with a full stop, or none."),
)
def full_stops_mixed(digest: CheckedDigest) -> Iterator[Found]:
    """The summary points are one list, and the implications are another."""
    for article in digest.articles:
        for passages in (article.points, article.written_implications):
            yield from _uneven(passages)


@rule(
    "quotes-mixed",
    Severity.HINT,
    gettext_lazy("Quotation marks mixed"),
    gettext_lazy("Use “ ” and ‘ ’ all through the article."),
)
def quotes_mixed(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        if not any(sign in passage.prose for passage in article.passages for sign in "“”‘’"):
            continue
        straight = next(filter(_has_straight_quote, article.passages), None)
        if straight:
            sentence = _("Straight quotation marks stand beside curly ones in this article.")
            yield Found(straight.place, sentence, _quoting_text(article))


@rule(
    "double-space",
    Severity.HINT,
    gettext_lazy("More than one blank"),
    gettext_lazy("Leave one blank."),
)
def double_space(digest: CheckedDigest) -> Iterator[Found]:
    for passage in digest.passages:
        for match in doubled_blanks(passage)[:1]:
            before = passage.text[max(0, match.start() - 15) : match.start()]
            sentence = _("There is more than one blank after “%(before)s”.") % {"before": before}
            yield Found(passage.place, sentence, passage.text)


def doubled_blanks(passage: Passage) -> list[re.Match[str]]:
    """Where more than one blank is between two words, outside of code."""
    code = [match.span() for match in _FENCED.finditer(passage.text)]
    found = _BLANKS.finditer(passage.prose)
    return [match for match in found if not any(a < match.start() < b for a, b in code)]


def _uneven(passages: list[Passage]) -> Iterator[Found]:
    """One finding for a list that mixes both kinds, at the first text of the rarer kind."""
    ends = [(passage, ends_with_full_stop(passage.prose)) for passage in passages]
    stopped = [passage for passage, stops in ends if stops is True]
    bare = [passage for passage, stops in ends if stops is False]
    if not stopped or not bare:
        return
    fewer = min(stopped, bare, key=len)
    sentence = _("%(stopped)d of these %(all)d texts end with a full stop, the others do not.")
    params = {"stopped": len(stopped), "all": len(stopped) + len(bare)}
    # Not the texts themselves: the finding depends only on how they end.
    kinds = "".join(".-"[stops is False] for _passage, stops in ends)
    yield Found(fewer[0].place, sentence % params, kinds)


def ends_with_full_stop(text: str) -> bool | None:
    """None if it ends with another sign: a question or exclamation mark, an ellipsis, a colon."""
    end = text.rstrip().rstrip(CLOSING).rstrip()[-3:]
    if end.endswith(("...", "..")) or end[-1:] in "!?…！？:：;":
        return None
    return end[-1:] in ".。．"


def _has_straight_quote(passage: Passage) -> bool:
    text = _FEET_AND_INCHES.sub(lambda sign: " ", passage.prose)
    return '"' in text or _STRAIGHT_SINGLE.search(text) is not None


def _quoting_text(article: CheckedArticle) -> str:
    signs = set("\"'“”‘’")
    return "\n".join(p.text for p in article.passages if signs.intersection(p.text))
