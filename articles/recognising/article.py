"""Reads the lines of one article into its fields."""

import re
from dataclasses import replace
from itertools import chain

from articles.document.layout import drafting_of
from articles.document.model import CITATIONS, IMPLICATIONS, POINTS
from articles.fields import IMPLICATION_FIELDS
from articles.recognising.account import Fate
from articles.recognising.citations import Cited, citations_behind, cited_in
from articles.recognising.collecting import is_citation, tags_in
from articles.recognising.draft import LEAD, Draft
from articles.recognising.headlines import (
    PARTS_OF_IMPLICATIONS,
    Label,
    has_unknown_label,
    headline_of,
    starts_a_part,
)
from articles.recognising.inline import divided, with_full_label
from articles.recognising.labels import (
    ASIDE,
    DATE,
    DRAFTED_BY,
    HEADLINE,
    PUBLISHER,
    READ_BY,
    SECTION,
    TAGS,
    starts_with_number,
)
from articles.recognising.pieces import (
    Piece,
    says_nothing,
)
from articles.recognising.splitting import (
    BOLD_LEVEL,
    Line,
    Look,
    has_only_tags,
    is_markup,
    is_table_head,
)
from articles.rules import hidden_text
from articles.rules.dates import find_day_cited
from articles.rules.lines import MAX_LINES

NAMES = (HEADLINE, DATE, PUBLISHER, DRAFTED_BY, READ_BY, CITATIONS, TAGS)
_HASHTAGS = re.compile(r"^(?:#[^\s#]+[\s,、]*)+$")


class Article(Draft):
    """An article whose lines are being read."""

    def take(self, lines: list[Line]) -> None:
        for line in chain.from_iterable(map(divided, lines)):
            is_among_parts = self.part in PARTS_OF_IMPLICATIONS
            self._take(with_full_label(line) if is_among_parts else line)
            self.is_after_blank = line.look is Look.BLANK

    def _take(self, line: Line) -> None:
        if line.look is Look.BLANK:
            self._blank(line)
        elif line.look is Look.RULE:
            self._rule()
        elif line.look is Look.BLOCK:
            self._block(line)
        elif is_markup(line):
            self._tell([line], Fate.LEFT_OUT, "markup")
        elif is_table_head(line):
            self._tell([line], Fate.STRUCTURE, "table")
        elif self._goes_on(line):
            pass
        elif label := starts_a_part(line, self._is_within_points(line)):
            self._start_part(line, label)
        elif line.look is Look.HEADING and not self._is_item(line):
            self._start_aside(line)
        else:
            self._content(line)

    def _is_within_points(self, line: Line) -> bool:
        """Whether a line may be one of the points below a label: it is set in as far as they."""
        is_below = self.part == POINTS and self.is_below_label
        first = self.points[0].lines[0] if self.points else line
        return is_below and not (line.look is Look.ITEM and line.indent < first.indent)

    def _rule(self) -> None:
        """A rule ends the part above it, unless nothing stands above it."""
        self.open = None
        if self.lead or self.points or self.texts:
            self.part = ASIDE

    # Lines that start a part

    def _start_part(self, line: Line, label: Label) -> None:
        self.open = None
        in_names = label.meaning in NAMES and hidden_text.are_in(line.content)
        one_line = {HEADLINE: self._headline, DATE: self._day, PUBLISHER: self._publisher}
        one_line |= {DRAFTED_BY: self._note, READ_BY: self._note}
        if in_names:  # which have no room for hidden text
            self._start_other(line)
        elif (
            label.is_by_end and label.meaning in IMPLICATION_FIELDS and label.meaning in self.texts
        ):
            self._start_aside(line)
        elif label.meaning in one_line:
            one_line[label.meaning](line, label)
        elif label.meaning == ASIDE and label.rest and line.look is not Look.HEADING:
            self._start_other(line)
        elif label.meaning in (SECTION, ASIDE):
            self._start_aside(line)
        elif label.meaning == CITATIONS:
            self._cite_after_label(line, label)
        elif label.meaning == TAGS:
            self._tag(line, label.rest)
        else:
            self.part, self.is_below_label = label.meaning, not label.rest
            self.label_level = line.level
            if label.rest:
                self._in_part(replace(line, content=label.rest, look=Look.TEXT))
            else:
                self._tell([line], Fate.STRUCTURE, label.meaning)

    def _start_aside(self, line: Line) -> None:  # its heading and text are other text
        self.part = ASIDE
        self._start_other(line)

    def _headline(self, line: Line, label: Label) -> None:
        if self.headline.text and not self.headline.only_counts:
            self._start_other(line)
            return
        headline = headline_of(label.rest, self.near)
        self.citations.add(Cited(headline.citations, ""))
        self.headline_lines.append(line)
        self.headline = headline if headline.text else self.headline

    def _day(self, line: Line, label: Label) -> None:
        found = find_day_cited(label.rest, self.near)
        if not found:
            self._content(line)
            return
        self.citations.day = found.day
        self.citations.lines.append(line)

    def _publisher(self, line: Line, label: Label) -> None:
        if cited := cited_in(label.rest, self.near):
            self._cite(line, cited)
        elif not self.citations.name_publisher(line, label.rest):
            self._content(line)

    def _note(self, line: Line, label: Label) -> None:
        value = drafting_of(label.rest) if label.meaning == DRAFTED_BY else label.rest
        if not 0 < len(value) <= 100 or label.meaning in self.notes or not label.is_plain:
            self._content(line)
            return
        self.notes[label.meaning] = value
        self._tell([line], Fate.PLACED, label.meaning, kept=label.rest)

    def _tag(self, line: Line, text: str) -> None:
        if not text:
            self.part = TAGS
            self._tell([line], Fate.STRUCTURE, TAGS)
            return
        names = tags_in(text)
        found = list(dict.fromkeys([*self.tags, *names]))
        self.tags, beyond = found[:MAX_LINES], found[MAX_LINES:]
        self._tell([line], Fate.PLACED, TAGS, kept=" ".join(names))
        if beyond:  # more than an article holds
            self._start_other(replace(line, text=", ".join(beyond)))

    def _cite_after_label(self, line: Line, label: Label) -> None:
        cited = cited_in(label.rest, self.near) if label.rest else None
        if cited:
            self._cite(line, cited)
        elif label.rest:
            if not self.citations.name_publisher(line, label.rest):
                self._start_other(line)
        else:
            self.part = CITATIONS
            self._tell([line], Fate.STRUCTURE, CITATIONS)

    # Lines of the present part

    def _content(self, line: Line) -> None:
        if hidden_text.are_in(line.content):
            self._in_part(line)
        elif _HASHTAGS.match(line.text.strip()):
            self._tag(line, line.text)
        elif self.part == TAGS:
            self._tag(line, line.content)
        else:
            cited = cited_in(line.content, self.near)
            if self.part in (LEAD, POINTS, ASIDE) and self.citations.take_dateline(line):
                return
            if cited and (self.part == CITATIONS or is_citation(line, cited, self.near)):
                self._cite(line, cited)
            else:
                self._in_part(line)

    def _without_sources(self, line: Line) -> Line:
        """A line without the citations behind its sentence, which are added to the article's."""
        found = citations_behind(line.content, self.near)
        if found is None or hidden_text.are_in(line.text) or not self.citations.has_room(found[1]):
            return line
        self.beside[line.numbered] = self.citations.add(found[1])
        return replace(line, content=found[0])

    def _in_part(self, line: Line) -> None:
        if says_nothing(line):
            self._start_other(line)
            return
        if self.part == POINTS and self._ends_points(line):
            self.part = ASIDE
        if self.part in (LEAD, POINTS) and line.look is Look.TEXT and has_unknown_label(line):
            self._start_other(line)
            return
        if self._is_of_no_part(line):
            self._start_aside(line)
            return
        if self.part in (LEAD, POINTS, *PARTS_OF_IMPLICATIONS):
            line = self._without_sources(line)
        if self.part in (LEAD, POINTS):
            pieces = self.lead if self.part == LEAD else self.points
            self.open = Piece([line], [line.content.lstrip("> ")])
            pieces.append(self.open)
            self.anchor = self.anchor if self.part == LEAD else POINTS
        elif self.part in PARTS_OF_IMPLICATIONS:
            self._text(line)
        else:
            self._start_other(line)
            self.part = ASIDE

    def _is_of_no_part(self, line: Line) -> bool:
        """Whether a line beside the implications, each in a line of its own, has a label that is
        not known, as `**사회적 의미**: …`."""
        are_in_lines = self.part in IMPLICATION_FIELDS and not self.is_below_label
        return are_in_lines and self.part in self.texts and has_unknown_label(line)

    def _ends_points(self, line: Line) -> bool:
        """Whether a line follows a list of points as prose."""
        is_below_list = bool(self.points) and self.points[-1].is_item and self.is_after_blank
        return is_below_list and line.look is Look.TEXT and line.content == line.text.strip()

    def _text(self, line: Line) -> None:
        self.texts.setdefault(self.part, []).append(line)
        self.anchor = IMPLICATIONS

    def _goes_on(self, line: Line) -> bool:
        """Whether a line is nested in the open piece or continues it; then it is added to it."""
        piece = self.open
        if piece is None or starts_a_part(line, self._is_within_points(line)):
            return False
        is_nested = line.look is Look.ITEM and piece.is_item and line.indent > piece.lines[0].indent
        is_broken = not piece.is_item and piece.lines[-1].text.endswith(("  ", "\\"))
        is_continued = line.look is Look.TEXT and (line.indent >= 2 or not self.is_after_blank)
        is_continued = is_continued and not is_broken
        if not (is_nested or is_continued) or _HASHTAGS.match(line.text.strip()):
            return False
        cited = cited_in(line.content, self.near)
        if cited and is_citation(line, cited, self.near):
            return False
        line = self._without_sources(line)
        if is_nested:
            piece.nested.append([line.content])
        elif piece.nested:
            piece.nested[-1].append(line.content)
        else:
            piece.own.append(line.content.lstrip("> "))
        piece.lines.append(line)
        return True

    def _blank(self, line: Line) -> None:
        if self.open and not self.open.is_item:
            self.open = None
        if self.part in PARTS_OF_IMPLICATIONS and self.part in self.texts:
            if self.is_below_label:
                self.texts[self.part].append(line)
            else:
                self.part = ASIDE
        elif self.part == ASIDE and self.other:
            self.other[-1][1].append(line)

    def _is_item(self, line: Line) -> bool:
        """Whether a line that looks like a bold heading is rather a point, or goes on with a
        text."""
        if line.level < BOLD_LEVEL or self.part not in (POINTS, *PARTS_OF_IMPLICATIONS):
            return False
        return line.level != self.label_level or starts_with_number(line.content)

    def _block(self, line: Line) -> None:
        if self.part == CITATIONS and has_only_tags(line):
            self._tell([line], Fate.LEFT_OUT, "markup")
        elif self.part in PARTS_OF_IMPLICATIONS and self.part in self.texts:
            self._text(line)
        else:
            self._start_other(line)
