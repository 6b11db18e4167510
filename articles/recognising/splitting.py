"""Splits a text into lines that know what they look like."""

import datetime as dt
import enum
import html
import re
from dataclasses import dataclass, replace

from articles.document.code_elements import lines_of_code
from articles.recognising.labels import ORNAMENTS, meaning, starts_with_number
from articles.rules import hidden_text
from articles.rules.dates import find_day, find_day_cited

BOLD_LEVEL, MARKED_LEVEL = 7, 8  # below the six levels of Markdown's headings
# A longer line is text, even if it looks like a heading.
MAX_HEADING, MAX_BOLD_HEADING = 1_000, 200
MAX_SOURCE = 40


class Look(enum.Enum):
    """What a line looks like."""

    BLANK = enum.auto()
    HEADING = enum.auto()
    ITEM = enum.auto()  # of a list
    TEXT = enum.auto()
    RULE = enum.auto()
    BLOCK = enum.auto()  # code, comments and tables, which are kept as they are


@dataclass(frozen=True)
class Line:
    """`text` is the whole line, `content` the part without marker or indent. `level` is that of a
    heading; `indent` the column of a list item's content or of other text."""

    number: int
    text: str
    look: Look
    content: str = ""
    level: int = 0
    indent: int = 0

    @property
    def numbered(self) -> tuple[int, str]:
        return self.number, self.text

    @property
    def is_pictured(self) -> bool:
        """Whether a picture or a sign stands where most lists have a dash or a number."""
        start = self.text.lstrip()[:1]
        return self.look is Look.ITEM and not (start.isdigit() or start in "-*+•·(")


_HEADING = re.compile(r"^(#{1,6}(?=\s)|#{2,6}(?=[^\s#!]))(.*)$")
_CLOSING = re.compile(r"\s#+$")
# A line in bold type, perhaps numbered; links may follow it.
_BOLD = re.compile(
    r"^(?:(?:\d{1,3}[.)]|[^\w\s*_<>|!\[(+•‣·-]{1,4})\s*)?(\*\*|__)(?=\S)(.+?)\1"
    rf"(?:\s*[|—–·]?\s*\(?\[[^\[\]]*\]\([^()\s]*\)\)?){{0,5}}\s*(?:{ORNAMENTS.pattern})?$"
)
_BOLD_AND_MORE = re.compile(r"^(?:\d{1,3}[.)]\s*)?(\*\*|__)(?=\S)(.{4,}?)\1\s*[-–—|｜(（]")
_SOURCE = re.compile(
    r"^(.{4,}\S)\s*(?:[(（]([^()（）\[\]]{2,60})[)）]|\s[-–—|]\s([^-–—|()（）\[\]]{2,60}))$"
)
# `제목 | 이름 | 1월 2일`
_BARRED = re.compile(r"^(.{4,}?\S)\s*[|｜]\s*([^|｜]{1,40}[|｜][^|｜]{4,30})$")
# Any day tells whether a text has one without a year.
ANY_DAY = dt.date(2000, 1, 1)
_SETEXT = re.compile(r"^(?:=+|-{2,})$")
_RULE = re.compile(
    r"^(?:-[ \t]{0,3}){2,}-$|^(?:\*[ \t]{0,3}){2,}\*$|^(?:_[ \t]{0,3}){2,}_$|^[=─━—═]{3,}$"
)
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
# Some type no blank behind the dash. Before a digit it may be a sign.
_ITEM = re.compile(
    r"^(\s*)((?:[-*+•‣·・▪▫◦●○∙→➤➡▶►]|\(?\d{1,3}[.)]|[①-⑳])\s+|[•‣▪◦・]\s*|-(?=[가-힣]))(?=\S)"
)
_PICTURED = re.compile(rf"^(\s*)({ORNAMENTS.pattern})(?=\S)")
# Signs at the start of a line that serve as a heading: `■ 제목`, `【제목】`.
_MARKED = re.compile(
    r"^(?:[■◆●◎★☆◈▣◼]\s*(?=\S)|【(?=[^】]{2,}】$)|(?:[0-9]\ufe0f?\u20e3\s*)+(?=\S))"
)
# `> [!note]- 요약`, as Obsidian and GitHub have it.
CALLOUT = re.compile(r"^(>\s?|)\[!\w{1,20}\][+-]?\s*")
_DEFINITION = re.compile(r"^[:：]\s+(?=\S)")  # below the label that it explains
_TABLE = re.compile(r"^\|.*\|$")
# Tags without text that arrange a page: anchors, line breaks, boxes.
_TAGS_ONLY = re.compile(
    r"^\s*(?:(?:</?(?:a|br|hr|p|div|span|center|ul|ol|details|aside)\b[^<>]*>|&nbsp;)\s*)+$"
    r"|^:{3,}\s*$",
    re.IGNORECASE,
)
_LAST_BREAK = re.compile(r"(?<=\S)\s{0,9}<br\s{0,3}/?>\s*$", re.IGNORECASE)
_TO_OPEN = re.compile(r"(?<=\S)\s?(?:자세히\s?)?(?:보기|펼치기|열기|접기)$")
_ANY_TAG = re.compile(r"</?(?!https?:)[a-zA-Z][^<>]*>")
# A link of HTML: its address and its text. With limits, since a line may repeat a part of it.
HTML_LINK = re.compile(
    r"<a\b[^<>]{0,500}?href=[\"'](https?://[^\"'<>]{1,3000})[\"'][^<>]{0,500}>([^<>]{0,1000})</a>",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"(?<=\))\{:[^{}]{0,200}\}")  # of a link, in kramdown
HTML_BOLD = re.compile("</?(?:strong|b)>", re.IGNORECASE)
_MARKS = re.compile(
    r"[ \t]?:contentReference\[oaicite:\d+\](?:\{index=\d+\})?|[ \t]?【\d+(?::\d+)?†[^】]{0,60}】"
    r"|[ \t]?\ue200[^\ue201\n]{0,200}\ue201|oai_citation[:_]\d+‡"
)
_TAG = re.compile(r"^\s{0,3}</?(?!https?:)[a-zA-Z][^<>]*>", re.IGNORECASE)


def split(text: str) -> list[Line]:
    """The lines of a text, numbered from 1. Lines inside comments and fences of code are blocks."""
    texts = text.split("\n")
    within = {*hidden_text.lines_within(text, _never), *lines_of_code(texts)}
    lines: list[Line] = []
    fence = ""
    for index, raw in enumerate(texts):
        number = index + 1
        mark = _FENCE.match(raw)
        if fence:
            lines.append(Line(number, raw, Look.BLOCK))
            if mark and mark[1].startswith(fence) and not raw.strip().strip(fence[0]):
                fence = ""
        elif index in within or not (start := raw.lstrip()) or start.startswith("<!--"):
            lines.append(Line(number, raw, Look.BLOCK if raw.strip() else Look.BLANK))
        elif mark:
            fence = mark[1]
            lines.append(Line(number, raw, Look.BLOCK))
        else:
            line = _line(number, _LAST_BREAK.sub("", _with_links(raw)))
            lines.append(replace(line, text=raw))
    if fence:  # which nothing closes
        lines.append(Line(len(texts) + 1, fence, Look.BLOCK))
    return _with_underlined(lines)


def _with_links(raw: str) -> str:
    """A line with its links and bold type of HTML as those of Markdown, and without a model's marks
    for its sources, unless it has code."""
    if "`" in raw:
        return raw
    raw = _ATTRIBUTES.sub("", raw)
    return HTML_BOLD.sub("**", HTML_LINK.sub(r"[\2](\1)", _MARKS.sub("", raw)))


def has_marks(text: str) -> bool:
    """Whether a text has marks with which a language model refers to sources of its own."""
    return bool(_MARKS.search(text))


def _html(number: int, raw: str) -> Line:
    """A line that starts with a tag of HTML. One with a link or a label is read like Markdown."""
    text = _ANY_TAG.sub("", HTML_LINK.sub(r"[\2](\1)", raw)).strip()
    if "<summary" in raw.lower():
        text = _TO_OPEN.sub("", text)
    if "](" in text or ("<summary" in raw.lower() and meaning(text)):
        look = Look.ITEM if "<li" in raw.lower() else Look.TEXT
        return Line(number, raw, look, html.unescape(text))
    return Line(number, raw, Look.BLOCK, raw.strip())


def has_only_tags(line: Line) -> bool:
    return line.look is Look.BLOCK and not _ANY_TAG.sub("", line.text).strip()


def is_markup(line: Line) -> bool:
    """Whether a line has only tags of HTML, such as an anchor."""
    return line.look is Look.TEXT and bool(_TAGS_ONLY.match(line.text))


def is_table_head(line: Line) -> bool:
    """Whether a line is the head of a table whose cells are lines of their own."""
    return line.look is Look.TEXT and bool(_TABLE.match(line.text.strip()))


def _never(_line: str) -> bool:
    return False


def _line(number: int, raw: str) -> Line:
    if not raw.strip(" \t\u3000\u00a0>"):
        return Line(number, raw, Look.BLANK)
    if len(raw) <= MAX_HEADING and (found := _heading(number, raw)):
        return found
    if _TABLE.match(raw.strip()):
        return Line(number, raw, Look.BLOCK, raw.strip())
    if _TAG.match(raw) and not _TAGS_ONLY.match(raw):
        return _html(number, raw)
    for pattern in (_ITEM, _PICTURED):
        if item := pattern.match(raw):
            marker = 2 if pattern is _PICTURED else len(item[2])
            column = len(item[1].expandtabs(4)) + marker
            return Line(number, raw, Look.ITEM, raw[item.end() :].strip(), indent=column)
    start = CALLOUT.sub(r"\1", _DEFINITION.sub("", raw.lstrip()))
    return Line(number, raw, Look.TEXT, start.rstrip(), indent=len(raw) - len(start))


def _heading(number: int, raw: str) -> Line | None:
    """A heading of any kind, or a rule; None for any other line."""
    text = raw.strip()
    if len(raw) - len(raw.lstrip()) > 3:  # code, or nested in a list
        return None
    if not text.strip("#"):
        return Line(number, raw, Look.RULE)  # a heading without words
    if heading := _HEADING.match(text):
        content = _CLOSING.sub("", f" {heading[2].strip()}").strip()
        return Line(number, raw, Look.HEADING, content, len(heading[1]))
    if _RULE.match(text):
        return Line(number, raw, Look.RULE)
    if len(raw) > MAX_BOLD_HEADING:
        return None
    bold = _BOLD.match(text) or _bold_with_source(text)
    if bold and bold[1] not in bold[2]:
        return Line(number, raw, Look.HEADING, text, BOLD_LEVEL)
    if _MARKED.match(text):
        return Line(number, raw, Look.HEADING, text, MARKED_LEVEL)
    return None


def _bold_with_source(text: str) -> re.Match[str] | None:
    """A line in bold type with a name and a day behind it, as `**제목** — 이름, 1월 2일`."""
    bold = _BOLD_AND_MORE.match(text)
    return bold if bold and origin_of(text) and not meaning(bold[2]) else None


def origin_of(text: str, near: dt.date | None = None) -> tuple[str, str] | None:
    """A headline and the source behind it: a publisher and a day in brackets or after a dash. A
    day after `near`, the digest's, is that of an event."""
    match = _BARRED.match(text) or _SOURCE.match(text)
    source = (match[2] or match[match.re.groups]) if match else ""
    found = find_day(source, near or ANY_DAY)
    if not found and (later := find_day_cited(source, near or ANY_DAY)):
        # `개막 – 서울서 오늘` has no publisher.
        found = later if source[: later.start].rstrip().endswith((",", "·", "|", "，")) else None
    if not match or not found or (near and found.day > near):
        return None
    is_last = not source[found.end :].strip()
    is_named = 0 < len(source[: found.start].strip(" ,|·")) <= MAX_SOURCE
    return (match[1], source) if is_last and is_named else None


def _with_underlined(lines: list[Line]) -> list[Line]:
    """The lines with setext headings: a short line alone above a line of `=` or `-`."""
    for index in range(1, len(lines)):
        above, line = lines[index - 1], lines[index]
        is_shallow = max(map(_depth, (above.text, line.text))) < 4  # else code
        is_alone = index == 1 or lines[index - 2].look in (Look.BLANK, Look.RULE)
        if (
            above.look is Look.TEXT
            and is_alone
            and is_shallow
            and _SETEXT.match(line.text.strip())
            and _is_title(above)
        ):
            level = 1 if "=" in line.text else 2
            lines[index - 1] = replace(above, look=Look.HEADING, level=level)
            lines[index] = replace(line, look=Look.RULE)
    return lines


def _depth(text: str) -> int:
    return len(text) - len(text.lstrip())


def _is_title(line: Line) -> bool:
    """Whether a line may be a title: short, no sentence, no address."""
    text = line.content
    ends_like_one = not text.endswith((".", "。", ":", "：", ")", "!", "?", "다"))
    is_shown = "://" not in text and not hidden_text.are_in(text)
    return len(text) <= 120 and is_shown and (ends_like_one or starts_with_number(text))
