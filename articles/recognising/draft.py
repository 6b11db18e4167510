"""Holds what was read of one article, and gives it as plain values."""

import datetime as dt
from dataclasses import replace
from itertools import chain, takewhile

from articles.document import ArticleText, OtherText
from articles.document.model import CITATIONS, IMPLICATIONS, POINTS
from articles.document.model import HEADLINE as AT_HEADLINE
from articles.recognising.account import Account, Fate
from articles.recognising.citations import Cited, cited_in
from articles.recognising.collecting import CitationList
from articles.recognising.headlines import Headline, headline_of
from articles.recognising.implied import divided_by_leads
from articles.recognising.labels import DRAFTED_BY, HEADLINE, INDUSTRY, OUTLOOK, READ_BY, TECHNICAL
from articles.recognising.pieces import (
    Piece,
    filled,
    is_summary,
    markdown,
    names_of_footnotes,
    raw,
    take_out,
    without_marks,
)
from articles.recognising.splitting import Line
from articles.rules.lines import MAX_LINES

LEAD = "lead"  # what stands directly below the headline


class Draft:
    """What was read of an article. `near` is the digest's day, for dates without a year."""

    def __init__(
        self,
        head: Line | None,
        number: int,
        account: Account,
        near: dt.date | None,
        footnotes: dict[str, Line] | None = None,
    ):
        self.number, self.account, self.near = number, account, near
        self.footnotes = footnotes or {}
        self.head = head
        title = without_marks(head.content, {*self.footnotes}) if head else ""
        self.headline = headline_of(title, near) if head else Headline("", [])
        self.headline_lines = [head] if head else []
        self.citations = CitationList(self.headline.citations, near)
        if head and (source := self.headline.source):
            self.citations.name_publisher(replace(head, text=source), source)
            self.headline_lines = [replace(head, text=head.text.replace(source, ""))]
        self.lead: list[Piece] = []
        self.points: list[Piece] = []
        self.texts: dict[str, list[Line]] = {}
        self.tags: list[str] = []
        self.notes: dict[str, str] = {}
        self.other: list[tuple[str, list[Line]]] = []
        self.anchor = AT_HEADLINE
        self.part = LEAD
        # Whether the present part stands below its label, and whether the last line was blank.
        self.is_below_label = self.is_after_blank = False
        self.label_level = 0  # of the label, if it is a heading
        # The piece that the next line may go on with.
        self.open: Piece | None = None
        self.followed: set[str] = set()  # names of footnotes
        # The words of the citations behind a line's sentence.
        self.beside: dict[tuple[int, str], str] = {}

    def _cite(self, line: Line, cited: Cited) -> None:
        if not self.citations.has_room(cited):
            self._start_other(line)
            return
        kept = self.citations.add(cited)
        if self.anchor == AT_HEADLINE:
            self.anchor = CITATIONS
        self._tell([line], Fate.PLACED, CITATIONS, kept=kept)
        self.open = None

    # Other text

    def _start_other(self, line: Line) -> None:
        self.open = None
        if self.other and self.other[-1][0] == self.anchor:
            self.other[-1][1].append(line)
        else:
            self.other.append((self.anchor, [line]))

    def _tell(self, lines: list[Line], fate: Fate, part: str, kept: str | None = None) -> None:
        numbered = [line.numbered for line in lines]
        if kept is not None:
            kept = " ".join([kept, *(self.beside.pop(line.numbered, "") for line in lines)])
        self.account.add(numbered, fate, part, article=self.number, kept=kept)

    # The result

    def finish(self, is_only: bool) -> ArticleText:
        """The article as plain values. Tells the account where each line went."""
        self._tell(self.headline_lines, Fate.PLACED, HEADLINE, kept=self.headline.text)
        self._follow_footnotes(is_only)
        points = self._points()
        texts = self._texts()
        self._tell_datelines()
        other = [OtherText(after, text) for after, lines in self.other if (text := raw(lines))]
        for _after, lines in self.other:
            self._tell([line for line in lines if line.text.strip()], Fate.OTHER, "other")
        return ArticleText(
            headline=self.headline.text,
            citations=self.citations.finished(),
            points=points,
            technical_significance=texts.get(TECHNICAL, ""),
            industry_impact=texts.get(INDUSTRY, ""),
            outlook=texts.get(OUTLOOK, ""),
            tags=self.tags,
            drafted_by=self.notes.get(DRAFTED_BY, ""),
            read_by=self.notes.get(READ_BY, ""),
            other=other,
            line=self.head.number if self.head else 1,
        )

    def _points(self) -> list[str]:
        pieces, fate = self.points, Fate.PLACED
        if not pieces and is_summary(self.lead):
            pieces, fate = self.lead, Fate.GUESSED
            if self.lead[0].is_quoted:  # a summary above longer prose
                pieces = list(takewhile(lambda piece: piece.is_quoted, self.lead))
            pieces = [
                piece
                for piece, following in zip(pieces, [*pieces[1:], None], strict=True)
                if not piece.leads_to(following)
            ]
        beyond = [line for piece in self.points[MAX_LINES:] for line in piece.lines]
        if beyond:  # more than an article holds
            self.other.append((POINTS, beyond))
        pieces = pieces[:MAX_LINES]
        used = {id(piece) for piece in pieces}
        rest = [line for piece in self.lead if id(piece) not in used for line in piece.lines]
        if rest:
            self.other.insert(0, (AT_HEADLINE, rest))
        for piece in pieces:
            self._tell(piece.lines, fate, POINTS, kept=piece.text)
        return [piece.text for piece in pieces]

    def _follow_footnotes(self, is_only: bool) -> None:
        """Cite what the footnotes of the article's text refer to, and take their marks out. The
        only article cites all of them."""
        pieces, texts = [*self.lead, *self.points], list(self.texts.values())
        names = names_of_footnotes(pieces, [*chain(*texts), *self.headline_lines])
        for name, line in self.footnotes.items():
            cited = cited_in(line.content, self.near) if name in names or is_only else None
            if cited:
                self._cite(line, cited)
                self.followed.add(name)
        take_out({"", *self.followed}, pieces, texts)

    def _texts(self) -> dict[str, str]:
        whole = self.texts.pop(IMPLICATIONS, [])
        found = {name: markdown(lines) for name, lines in self.texts.items()}
        for name, lines in self.texts.items():
            self._tell(filled(lines), Fate.PLACED, name, kept=found[name])
        parts = divided_by_leads(whole) if not found else {}
        for name, lines in (parts or {INDUSTRY: whole}).items():
            text = markdown(lines)
            if text and name in found:
                self.other.append((IMPLICATIONS, lines))
            elif text:
                found[name] = text
                self._tell(filled(lines), Fate.GUESSED, name, kept=text)
        return found

    def _tell_datelines(self) -> None:
        """Tell the account where lines with only a publisher or a day went."""
        if self.citations:
            self._tell(self.citations.lines, Fate.PLACED, CITATIONS, kept=self.citations.words)
        elif self.citations.lines:
            self.other.append((AT_HEADLINE, self.citations.lines))
