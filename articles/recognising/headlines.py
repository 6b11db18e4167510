"""Cleans headlines, and tells labels from other text."""

import datetime as dt
import html
import re
from dataclasses import dataclass, replace

from articles.recognising.citations import Link, cited_in, links_in
from articles.recognising.labels import (
    ASIDE,
    CITATIONS,
    COUNTED,
    IMPLICATIONS,
    INDUSTRY,
    ORDINAL,
    ORNAMENTS,
    OUTLOOK,
    SECTION,
    TAGS,
    TECHNICAL,
    bare,
    meaning,
    meaning_of_end,
)
from articles.recognising.splitting import MAX_HEADING, Line, Look, origin_of
from articles.rules.lines import CitationLine
from articles.rules.text import collapse

MAX_LABEL = 40
_NUMBER = re.compile(
    r"^\s*(?:\(?\d{1,3}[.)、．](?!\d)\s*|\[\d{1,3}\](?!\()\s*|#\d{1,3}\b[.:]?\s*|\d{1,3}\s*[:：-]\s+"
    rf"|(?:{COUNTED})\s*#?\d{{1,3}}\s*[.:：)-]\s*|{ORDINAL}\s*[.:：)–-]\s*)",
    re.IGNORECASE,
)
_SCORE = re.compile(
    r"\s*(?:[⭐🔥★☆]\ufe0f?\s*)+(?:\d+(?:\.\d+)?(?:\s*/\s*\d+)?)?\s*$|\s*[(\[]?\b\d+(?:\.\d+)?/10\b[)\]]?\s*$"
    r"|\s+`?#\d{1,3}`?\s*$"
)
_ATTRIBUTES = re.compile(r"\s*\{[:#][^{}]*\}\s*$")
# `**[한빛일보]** [제목](…)`
_PUBLISHER = re.compile(r"^\W{0,4}\*\*\s*\[([^\[\]]{1,40})\]\s*\*\*[\s:：-]*(?=\[)")
_BOLD_START = re.compile(r"^(?:\d{1,3}[.)]\s*|[^\w\[*]{0,4})\*\*(?!\s*\[[^\[\]]*\]\s*\*\*)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
# A headline that only counts: `기사 1`, `News 2`, `3`, `첫 번째 소식`.
_COUNTS = re.compile(
    rf"(?:기사|뉴스|소식|news|story|article|item|新闻|ニュース|뉴스\s?기사)?\s*#?\d{{0,3}}|{ORDINAL}",
    re.IGNORECASE,
)
_ALL_BOLD = re.compile(r"(\*\*|__)((?:(?!\1).)+[:：](?:(?!\1).)+)\1")
_SLANTED = re.compile(r"^([*_])(?!\1)([^*_]{1,60}[:：])\1(?!\1)")
_BOTH = re.compile(r"(?<!\*)\*{3}(?!\*)|(?<!_)_{3}(?!_)")  # bold and slanted
_BOLD_LABEL = re.compile(
    r"^(\*\*|__)(?P<label>[^*_]{1,60}?)\1\s*(?P<sign>[:：]|[-–—]\s)?\s*(?P<rest>.*)$"
)
# `(출처: 한빛 https://…)`
_BRACKETED_ORIGIN = re.compile(r"[(（]((?:출처|원문|source)s?\s*[:：].+)[)）]", re.IGNORECASE)
_BARE_LABEL = re.compile(r"^(?P<label>[^:：]{1,40}?)\s*[:：]\s*(?P<rest>.*)$")
_CLOSED_LABEL = re.compile(r"^(?P<label>[^:：()（）]{1,30}[)）])\s*(?P<rest>.*)$")
_DASHED_LABEL = re.compile(r"^(?P<label>[^-–—]{1,30}?)\s+[-–—]\s+(?P<rest>\S.*)$")
_BOXED_LABEL = re.compile(
    r"^[\[【<](?P<label>[^\[\]【】<>]{1,30})[\]】>](?!\()\s*[:：]?\s*(?P<rest>.*)$"
)


@dataclass(frozen=True)
class Headline:
    """A headline without its ornaments, and the addresses that it linked to."""

    text: str
    citations: list[CitationLine]
    source: str = ""  # a publisher and a day that stood behind it

    @property
    def only_counts(self) -> bool:
        return bool(_COUNTS.fullmatch(self.text))


def headline_of(content: str, near: dt.date | None = None) -> Headline:
    """A headline without number, emoji, score, closing marks and Markdown."""
    text, source = _ATTRIBUTES.sub("", content.strip()), ""
    if sourced := origin_of(text, near):
        text, source = sourced
    cited = cited_in(text, near)
    publisher = _PUBLISHER.match(text)
    if publisher:
        text = text[publisher.end() :]
    bold_end = text.rfind("**") if _BOLD_START.match(text) else len(text)
    for link in reversed(links_in(text)):
        kept = _kept(link) if link.start < bold_end else ""
        text = text[: link.start] + kept + text[link.end :]
    text = html.unescape(_ESCAPED.sub(r"\1", _MARKS.sub(r"\2", _MARKS.sub(r"\2", text))))
    text = re.sub(r"\s*[(（]\s*[)）]", "", text).strip(" \t*_#|–—·:：")
    text = _without_ornaments(_SCORE.sub("", text)).strip()
    if text.startswith("【") and text.endswith("】"):
        text = text[1:-1]
    text = collapse(text)
    citations = cited.citations if cited else []
    if publisher and citations:
        citations[0] = replace(citations[0], publisher=publisher[1])
    # The headline's own words are not the name of a publisher.
    return Headline(
        text, [replace(c, publisher="") if c.publisher in text else c for c in citations], source
    )


def _kept(link: Link) -> str:
    """The text of a link that belongs to the headline."""
    is_label = meaning(link.text) == CITATIONS or bare(link.text).isdigit()
    return "" if is_label else link.text


def _without_ornaments(text: str) -> str:
    # Only in so many characters: each number that is taken off copies all that follows it.
    text, rest = text[:MAX_HEADING], text[MAX_HEADING:]
    while True:
        shorter = text.lstrip("■◆●◎★☆◈▣◼▶ \t")
        if match := ORNAMENTS.match(shorter):
            shorter = shorter[match.end() :]
        shorter = _NUMBER.sub("", shorter, count=1) or shorter
        if shorter == text:
            break
        text = shorter
    text += rest
    ends = list(ORNAMENTS.finditer(text))
    if ends and ends[-1].end() == len(text) and ends[-1].start() > 0:
        text = text[: ends[-1].start()]
    return text.strip()


@dataclass(frozen=True)
class Label:
    """The meaning of a label, and the text that follows it in its line. `is_plain` says that only
    a colon or a bracket marks it as a label; `is_by_end` that only its last word is known."""

    meaning: str
    rest: str
    is_plain: bool = False
    is_by_end: bool = False


def label_of(line: Line) -> Label | None:
    """The label that a line begins with; None if it begins with none."""
    if line.look not in (Look.HEADING, Look.ITEM, Look.TEXT):
        return None
    text = line.content
    if ornament := ORNAMENTS.match(text):
        text = text[ornament.end() :]
    text = re.sub(r"^(?:\(?\d{1,2}[.)]\s|>\s|※)\s*", "", text).strip()
    if bracketed := _BRACKETED_ORIGIN.fullmatch(text):
        text = bracketed[1]
    text = _SLANTED.sub(r"**\2**", _BOTH.sub("**", text, count=2), count=1)
    if whole := _ALL_BOLD.fullmatch(text):
        text = whole[2]
    if (found := meaning(text)) and (line.look is not Look.ITEM or _is_marked(line, text)):
        return Label(found, "")
    for pattern in (_BOLD_LABEL, _BOXED_LABEL, _BARE_LABEL, _CLOSED_LABEL):
        match = pattern.match(text)
        found = meaning(match["label"]) if match else ""
        is_plain = pattern in (_BARE_LABEL, _CLOSED_LABEL)
        is_by_end = bool(match and not found and not is_plain and match["rest"])
        if match and is_by_end:
            found = meaning_of_end(match["label"])
        if match and found and found != SECTION:
            rest = match["rest"].strip(" \t|｜")
            rest = "" if _is_ornament(rest) else rest
            return Label(found, rest, is_plain, is_by_end)
    match = _DASHED_LABEL.match(text)
    if match and (found := meaning(match["label"])) in (TECHNICAL, INDUSTRY, OUTLOOK, CITATIONS):
        return Label(found, match["rest"].strip(), True)
    return None


def _is_ornament(text: str) -> bool:
    """Whether a text is only a rating such as `★★★★☆`."""
    return bool(ORNAMENTS.fullmatch(text + " "))


def has_unknown_label(line: Line) -> bool:
    """Whether a line begins with a label in bold type that is not known."""
    match = _BOLD_LABEL.match(line.content)
    if not match:
        return False
    label = match["label"].strip()
    is_label = bool(match["sign"]) or label.endswith((":", "：", "」", "】", "]"))
    return is_label and label_of(line) is None


def _is_marked(line: Line, text: str) -> bool:
    """Whether bold type, a colon or a picture marks a list item as a label."""
    return line.is_pictured or text.startswith(("**", "__")) or text.endswith((":", "："))


def starts_a_part(line: Line, within_points: bool) -> Label | None:
    """The label of a line, unless the line is rather a point of the summary."""
    label = label_of(line)
    if label is None or not within_points or line.look is not Look.ITEM or not label.is_plain:
        return label
    is_clear = label.meaning in (CITATIONS, TAGS, ASIDE) or (
        label.meaning in (TECHNICAL, INDUSTRY, OUTLOOK) and len(line.content.split(":")[0]) >= 5
    )
    return label if is_clear or not label.rest else None


def is_part(label: Label | None) -> bool:
    """Whether a label is that of a part of an article."""
    return label is not None and label.meaning not in (SECTION, "")


PARTS_OF_IMPLICATIONS = (TECHNICAL, INDUSTRY, OUTLOOK, IMPLICATIONS)
