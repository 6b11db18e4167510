"""Reads a whole text: its front matter, its title and day, its articles, and what stands around
them."""

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from articles.document import (
    ArticleText,
    Document,
    OtherText,
    anchored,
    front_matter,
)
from articles.document.model import RULE
from articles.document.stamps import parse_stamp
from articles.recognising.account import Account, Fate
from articles.recognising.article import Article
from articles.recognising.chatter import is_closing, is_disclaimer, is_greeting
from articles.recognising.citations import links_in
from articles.recognising.headers import header_of
from articles.recognising.headlines import headline_of, label_of
from articles.recognising.html_blocks import with_html_blocks
from articles.recognising.inline import with_bracketed_labels, with_label_items
from articles.recognising.labels import ORNAMENTS, SECTION, bare, meaning
from articles.recognising.moments import moment_of
from articles.recognising.outline import Span, counts_a_day, spans
from articles.recognising.references import with_addresses, with_notes
from articles.recognising.splitting import Line, Look, is_markup, split
from articles.recognising.tables import with_table_parts
from articles.recognising.titles import names_digest
from articles.recognising.unwrapping import unwrapped
from articles.rules.dates import find_day, read_day
from articles.rules.lines import is_too_long_for_tag
from articles.rules.text import clean, composed, script_of, without_invisible

_TO_ANCHOR = re.compile(r"\]\(#[^)]*\)")


@dataclass(frozen=True)
class Recognised:
    """What was found in a text. `date` and `title` are None and empty if the text has none.
    `other_days` are those of headings of further digests, by their lines."""

    date: dt.date | None
    stamp: dt.datetime | None
    title: str
    introduction: str
    language: str
    front_matter: dict[str, Any]
    articles: list[ArticleText]
    account: Account = field(compare=False)
    other_days: dict[int, dt.date] = field(default_factory=dict)

    def document(self, day: dt.date, zone: ZoneInfo) -> Document:
        """The text as a document of a day, in the usual spelling."""
        stamp = self.stamp if self.stamp and self.stamp.astimezone(zone).date() == day else None
        return anchored(
            Document(
                date=day,
                stamp=stamp or dt.datetime.combine(day, dt.time(), zone),
                title=self.title or day.isoformat(),
                introduction=self.introduction,
                language=self.language,
                front_matter=self.front_matter,
                articles=self.articles,
            )
        )


def recognise(
    text: str, zone: ZoneInfo, *, day: dt.date | None = None, name: str = ""
) -> Recognised:
    """Read a text in any form. `day` is the day that the caller knows, such as that of the file's
    name; `name` is the title of a text that has none. Never refuses anything."""
    reading = _Reading(zone, day, name)
    text = without_invisible(clean(composed(text)))
    reading.read(text.split("\n"))
    return reading.result()


class _Reading:
    def __init__(self, zone: ZoneInfo, day: dt.date | None, name: str) -> None:
        self.zone, self.day, self.name = zone, day, name
        self.account = Account()
        self.stamp: dt.datetime | None = None
        self.title = ""
        self._is_day_alone = False  # whether the title is only a day
        self.footnotes: dict[str, Line] = {}
        self.tags: list[str] = []
        self.values: dict[str, Any] = {}
        self.introduction: list[Line] = []
        self.articles: list[Article] = []
        self.other_days: dict[int, dt.date] = {}
        self.trailing: list[list[Line]] = []  # after each article, what belongs to none

    def read(self, texts: list[str]) -> None:
        start = self._front_matter(texts)
        lines = split("\n" * start + "\n".join(self._unwrapped(texts, start)))
        lines = with_html_blocks(lines[start:])
        lines = with_bracketed_labels(with_label_items(with_table_parts(lines)))
        lines, addresses = with_addresses(lines)
        self._tell(addresses, Fate.STRUCTURE, "address")
        lines, self.footnotes = with_notes(lines)
        found = spans(self._with_title_above(lines))
        self._find_title(found)
        if not any(span.is_article for span in found):
            found = self._as_one_article(found)
        last = next((span for span in reversed(found) if span.is_article), None)
        for span in found:
            if span.is_article:
                number = len(self.articles) + 1
                article = Article(span.head, number, self.account, self.day, self.footnotes)
                lines = self._without_closing(span.lines) if span is last else span.lines
                article.take(lines)
                self.articles.append(article)
                self.trailing.append([])
            else:
                self._outside(span)

    # Front matter, day and title

    def _front_matter(self, texts: list[str]) -> int:
        """Read the front matter; returns the index of the line after it."""
        header = header_of(texts)
        if header is None:
            return 0
        lines = [(number, texts[number - 1]) for number in range(header.first + 1, header.end + 1)]
        kept = " ".join([*header.values, *map(str, header.values.values())])
        self.account.add(lines, Fate.PLACED, "front_matter", kept=kept)
        self._take_values(header.values)
        for index in range(header.first, header.end):
            texts[index] = ""
        return header.end if not any(texts[: header.first]) else 0

    def _take_values(self, values: dict[str, Any]) -> None:
        self.tags = [tag for tag in front_matter.tags_of(values) if not is_too_long_for_tag(tag)]
        title = values.pop("title", None)
        if isinstance(title, str):
            self.title = " ".join(title.split())
        if found := moment_of(values, self.zone):
            key, self.stamp = found
            if key == "date":  # in the spelling of a stamp
                values["date"] = _stamp_of(values["date"], self.stamp, self.zone)
        if self.day is None and self.stamp:
            self.day = self.stamp.astimezone(self.zone).date()
        self.values = values

    def _unwrapped(self, texts: list[str], start: int) -> list[str]:
        """The lines below the front matter without what wraps a whole answer."""
        lines, fence = unwrapped(texts[start:])
        for index, text in fence.items():
            self._tell([Line(start + index + 1, text, Look.TEXT)], Fate.LEFT_OUT, "fence")
        return lines

    def _find_title(self, found: list[Span]) -> None:
        """Take the title and the day from the headings above the articles, and the day else from
        any line there."""
        above = list(takewhile(lambda span: not span.is_article, found))
        heads = [line for span in above for line in [span.head, *span.lines] if line]
        for line in heads:
            if line.look is Look.HEADING and (line.level == 1 or names_digest(line.content)):
                self._take_title(line, above)
        for line in heads:
            self._day_in(line.text)

    def _with_title_above(self, lines: list[Line]) -> list[Line]:
        """The lines; the title of the front matter, if it is repeated above headings of its level,
        is a heading above these."""
        heads = [line for line in lines if line.look is Look.HEADING and not meaning(line.content)]
        names = [bare(line.content) for line in heads]
        levels = [line.level for line in heads]
        if not self.title or bare(self.title) not in names[:1] or levels.count(levels[0]) < 2:
            return lines
        return [replace(line, level=1) if line is heads[0] else line for line in lines]

    def _take_title(self, line: Line, above: list[Span]) -> None:
        self._day_in(line.content)
        title = _title(line.content)
        has_words = read_day(title) is None
        if meaning(line.content) == SECTION or (self.title and not self._is_day_alone):
            return
        self._is_day_alone = not has_words
        self.title = title
        self._tell([line], Fate.PLACED, "title", kept=title)
        for span in above:
            span.head = None if span.head is line else span.head
            span.lines = [one for one in span.lines if one is not line]

    def _day_in(self, text: str) -> None:
        if self.day is None and (found := find_day(text)):
            self.day = found.day

    def _as_one_article(self, found: list[Span]) -> list[Span]:
        lines = [
            line for span in found for line in [*([span.head] if span.head else []), *span.lines]
        ]
        is_there = any(line.look not in (Look.BLANK, Look.RULE) for line in lines)
        return [Span(None, lines, is_article=True)] if is_there else []

    # Text that belongs to no article

    def _outside(self, span: Span) -> None:
        if span.head:
            self._tell([span.head], Fate.STRUCTURE, SECTION)
            self._note_other_day(span.head)
        kept: list[Line] = []
        for block in _blocks(span.lines):
            text = "\n".join(line.text for line in block)
            if all(line.look is Look.RULE for line in block):
                continue
            if block[0].look is Look.HEADING and meaning(block[0].content):
                self._tell(block, Fate.STRUCTURE, SECTION)
                continue
            if (is_closing if self.articles else is_greeting)(text):
                self._tell(block, Fate.LEFT_OUT, "chatter")
            elif all(is_markup(line) for line in block):
                self._tell(block, Fate.LEFT_OUT, "markup")
            elif _is_contents(block):
                self._tell(block, Fate.LEFT_OUT, "contents")
            else:
                kept += [Line(0, "", Look.BLANK)] * bool(kept) + block
        if self.articles:
            self.trailing[-1] += kept
        else:
            self.introduction += [Line(0, "", Look.BLANK)] * bool(self.introduction) + kept

    def _note_other_day(self, head: Line) -> None:
        found = find_day(head.content) if self.articles and counts_a_day(head.content) else None
        if found and found.day != self.day:
            self.other_days[head.number] = found.day

    def _without_closing(self, lines: list[Line]) -> list[Line]:
        """The lines of the last article without the phrase that ends an answer."""
        blocks = _blocks(lines)
        for block in [blocks[-1]] if blocks else []:
            text = "\n".join(line.text for line in block)
            is_plain = all(line.look is Look.TEXT and label_of(line) is None for line in block)
            if len(blocks) > 1 and blocks[-2][-1].look is Look.HEADING:
                is_plain = False  # the only text of a part
            # A note about the answer may stand directly below the last text.
            is_note = block[-1].look is Look.TEXT and is_disclaimer(block[-1].text)
            gone = block if is_plain and is_closing(text) else block[-1:] if is_note else []
            self._tell(gone, Fate.LEFT_OUT, "chatter")
            numbers = {line.number for line in gone}
            return [line for line in lines if line.number not in numbers]
        return lines

    def _tell(self, lines: list[Line], fate: Fate, part: str, kept: str | None = None) -> None:
        self.account.add(
            [line.numbered for line in lines if line.text.strip()], fate, part, kept=kept
        )

    # The result

    def result(self) -> Recognised:
        for article in self.articles:
            if not article.headline.text:
                article.headline = headline_of(self.title or self.name)
        articles = [article.finish(is_only=len(self.articles) == 1) for article in self.articles]
        self._keep_footnotes()
        pairs = zip(articles, self.trailing, strict=True)
        articles = [self._with_trailing(*pair) for pair in pairs]
        self._tell(self.introduction, Fate.PLACED, "introduction")
        only = articles[0].headline if len(articles) == 1 else ""
        return Recognised(
            date=self.day,
            stamp=self.stamp,
            title=self.title or self.name or only,
            introduction="\n".join(line.text for line in self.introduction).strip(),
            language=_language(articles, self.values),
            front_matter=self.values,
            articles=[self._with_tags(article) for article in articles],
            account=self.account.sorted(),
            other_days=self.other_days,
        )

    def _with_tags(self, article: ArticleText) -> ArticleText:
        """An article without tags of its own has those of the front matter."""
        return replace(article, tags=article.tags or self.tags)

    def _keep_footnotes(self) -> None:
        """Keep the footnotes that no article cites."""
        followed = {name for article in self.articles for name in article.followed}
        rest = [line for name, line in self.footnotes.items() if name not in followed]
        if self.articles:
            self.trailing[-1] += rest
        else:
            self.introduction += rest

    def _with_trailing(self, article: ArticleText, trailing: list[Line]) -> ArticleText:
        """An article with the text below it that belongs to none."""
        self._tell(trailing, Fate.OTHER, "other")
        text = "\n".join(line.text for line in trailing).strip()
        return replace(article, other=[*article.other, OtherText(RULE, text)]) if text else article


def _stamp_of(written: str, moment: dt.datetime, zone: ZoneInfo) -> str:
    """A date of front matter as it is written, or else its moment in the usual spelling."""
    try:
        parse_stamp(written, zone)
    except ValueError:
        return f"{moment:%Y-%m-%d %H:%M:%S %z}"
    return written


def _is_contents(block: list[Line]) -> bool:
    """Whether lines are a table of contents: items that link to headings, with labels between."""
    items = [line for line in block if line.look is Look.ITEM]
    return bool(items) and all(_TO_ANCHOR.search(line.text) for line in items)


def _title(text: str) -> str:
    """The words of a heading, without the marks of Markdown and the ornaments around them."""
    for link in reversed(links_in(text)):
        if link.text:
            text = text[: link.start] + link.text + text[link.end :]
    text = text.replace("**", "").replace("`", "")
    ornament = ORNAMENTS.match(text)
    return " ".join((text[ornament.end() :] if ornament else text).split()) or text


def _blocks(lines: list[Line]) -> list[list[Line]]:
    """The lines in groups without blank lines; rules and headings are groups of their own."""
    groups: list[list[Line]] = [[]]
    for line in lines:
        if line.look in (Look.RULE, Look.HEADING):
            groups += [[line], []]
        elif line.text.strip():
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _language(articles: list[ArticleText], values: dict[str, Any]) -> str:
    if values.get("lang") in ("ko", "en"):
        return str(values["lang"])
    text = " ".join(article.headline for article in articles)
    return "ko" if script_of(text) in ("hangul", None) else "en"
