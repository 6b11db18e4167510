"""Reads the body of a document, the lines after the front matter, line by line."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from articles.document import headlines, layout, stuffing
from articles.document.draft import Draft, Entry, Growing, label_of, parse_correction
from articles.document.headlines import heading_of
from articles.document.model import (
    CAPTION,
    CITATIONS,
    CORRECTIONS,
    HEADLINE,
    IMPLICATIONS,
    MAX_ARTICLES,
    MAX_CORRECTION_LENGTH,
    NOTES,
    POINTS,
    RULE,
    UNREAD,
    DocumentError,
    named,
)
from articles.fields import IMPLICATION_FIELDS
from articles.rules.lengths import LONGEST_LINE, LONGEST_TEXT
from articles.rules.lines import MAX_LINES, parse_tags, tag_errors

_LABELLED = re.compile(r"^[-*+•][ \t]+\*\*(.+?)(?:\*\*[ \t]*[:：]|[:：]\*\*)[ \t]*(.*)$")


class Body:
    """The parts read so far. `units` are the digest's own, each with the blank lines before it.

    `handle` takes a line that starts nothing new: an item of the present part, or other text. A
    line that starts inside a comment or a fence belongs to the text in which that began.
    `has_picture` tells whether a picture with a uid exists; if not, its line is other text.
    A heading “# …” above everything else becomes the title if it equals `title`, or if that is
    empty.
    """

    def __init__(
        self,
        first_line: int,
        *,
        tags: Iterable[str] = (),
        needs_publishers: bool = True,
        has_picture: Callable[[str], bool],
        zone: ZoneInfo | None = None,
        title: str | None = None,
    ) -> None:
        self.has_picture = has_picture
        self.zone = zone
        self.expected_title, self.title = title, ""
        self.number = first_line - 1
        self.tags = list(tags)
        self.needs_publishers = needs_publishers
        self.introduction = ""
        self._introduction: Growing | None = None
        self.corrections: list[Entry] = []
        self.articles: list[Draft] = []
        self.units: list[Growing] = []
        self.errors: list[tuple[int, str]] = []
        self.languages: set[str] = set()
        self.gap: list[str] = []
        self.handle = self._in_introduction
        # Whether the current line starts, and ends, inside a comment or a fence.
        self.is_within = self.opens = False
        self.ending = ""  # a carriage return, if the current line ends in another way than most

    @property
    def language(self) -> str:
        return "en" if self.languages == {"en"} else "ko"

    @property
    def end(self) -> str:
        """The text after the last unit."""
        return "".join(f"\n{line}" for line in self.gap)

    def read(self, lines: list[str]) -> None:
        """Read the lines, at most up to one article too many, then call `finish`."""
        is_mixed = any(line.endswith("\r") for line in lines)
        bare = [line.removesuffix("\r") for line in lines] if is_mixed else lines
        within = stuffing.lines_within(bare, layout.is_structure)
        for index, line in enumerate(bare):
            self.is_within, self.opens = index in within, index + 1 in within
            if is_mixed:
                self.ending = lines[index][len(line) :]
            self._read_line(line)
            if len(self.articles) > MAX_ARTICLES:
                self._refuse_article()
                break

    def _read_line(self, line: str) -> None:
        self.number += 1
        if not line.strip():
            self.gap.append(line + self.ending)
        elif self.is_within:
            self._go_on(line)
        elif layout.is_headline(line):
            self._start_article(line)
        elif not self.articles:
            self._before_articles(line)
        elif self._draft.anchor == RULE:
            self.handle(line)
        elif layout.RULE_LINE.match(line):
            self._end_article(line)
        elif section := layout.section_of(line):
            self._start_section(line, *section)
        elif note := layout.note_of(line):
            self._note(line, *note)
        else:
            self.handle(line)

    def finish(self) -> None:
        text = str(self._introduction or "")
        self.introduction = stuffing.unstuffed(text, layout.ends_introduction).strip()
        if len(self.introduction) > LONGEST_TEXT:
            message = _("The introduction is too long. Use at most %(limit)d characters.")
            self._refuse(message, limit=LONGEST_TEXT)
        if not self.articles:
            self._refuse(_("The post has no article. An article starts with a line “## headline”."))
        for draft in self.articles:
            if any(text.length > LONGEST_TEXT for _after, text in draft.other):
                message = _("The other text of this article is too long for %(limit)d characters.")
                self.errors.append((draft.line, message % {"limit": LONGEST_TEXT}))
            self.errors += [(draft.line, sentence) for sentence in tag_errors(draft.tags)]
            if max(len(draft.points), len(draft.citations), len(draft.tags)) > MAX_LINES:
                message = _("This article has more than %(limit)d points, citations or tags.")
                self.errors.append((draft.line, message % {"limit": MAX_LINES}))
        if self.errors:
            raise DocumentError(self.errors)

    # Lines that start something

    def _start_article(self, line: str) -> None:
        headline = headlines.read(line)
        if len(headline.text) > LONGEST_LINE:
            message = _("The headline is too long. Use at most %(limit)d characters.")
            self._refuse(message, limit=LONGEST_LINE)
        if self.opens:
            message = _("The comment in this headline does not end. End it in the same line.")
            self._refuse(message)
        self.articles.append(Draft(headline, self.number, list(self.tags)))
        self._take(line)
        self.handle = self._in_picture

    def _start_section(self, line: str, part: str, language: str) -> None:
        draft = self._draft
        if part in draft.headings or (part in draft.order and part != CITATIONS):
            message = _("This article already has “%(label)s”. Put both parts under one heading.")
            self._refuse(message, label=heading_of(line))
        self.languages.add(language)
        draft.begin(part)
        draft.headings.append(part)
        draft.labels[part] = heading_of(line)
        self._take(line)
        self.handle = {
            CITATIONS: self._in_citations,
            POINTS: self._in_points,
            IMPLICATIONS: self._in_implications,
            CORRECTIONS: self._in_corrections,
        }[part]

    def _note(self, line: str, name: str, language: str, value: str) -> None:
        draft = self._draft
        if name in draft.notes:
            self._refuse(_("This article already has “%(label)s”."), label=line.split(":")[0])
        draft.begin(NOTES)
        draft.notes[name] = value
        draft.labels[name] = label_of(line)
        if name == "tags":
            draft.tags = parse_tags(value)
        elif name == "drafted_by":
            draft.texts[name] = layout.drafting_of(value)
        else:
            draft.texts[name] = value
        self._take(line)
        self.handle = self._in_other

    def _end_article(self, line: str) -> None:
        draft = self._draft
        draft.anchor, draft.is_in_other, draft.has_rule = RULE, False, True
        self._take(line)
        self.handle = self._in_other

    # Before the first article

    def _before_articles(self, line: str) -> None:
        section = layout.section_of(line)
        if section and section[0] == CORRECTIONS and not self.corrections:
            self.languages.add(section[1])
            self._take(line)
            self.handle = self._in_digest_corrections
        else:
            self.handle(line)

    def _in_introduction(self, line: str) -> None:
        if self._introduction:
            self._introduction.add(self._joined(line))
            self._extend(line)
        elif not self.units and (title := headlines.title_in(line, self.expected_title)):
            self.title = title
            self._take(line)
        else:
            self._introduction = Growing(line)
            self._take(line)

    def _in_digest_corrections(self, line: str) -> None:
        if not self._correct(line, self.corrections):
            message = _("A correction starts with “- ” and its time, such as %(time)s.")
            self._refuse(message, time="2026-01-03T09:00:00+09:00")
            self._take(line)

    # Items

    def _in_picture(self, line: str) -> None:
        """Read the first line below the headline, unless it starts something else."""
        picture = layout.picture_of(line)
        if picture and self.has_picture(picture.uid) and not self.opens:
            self._draft.picture = picture
            self._take(line)
            self.handle = self._below_picture
        else:
            self.handle = self._in_citations
            self._in_citations(line)

    def _below_picture(self, line: str) -> None:
        picture, found = self._draft.picture, layout.picture_note_of(line)
        is_there = picture and (
            picture.credit or (found and found[0] == CAPTION and picture.caption)
        )
        if not picture or not found or is_there or self.opens:
            self.handle = self._in_citations
            self._in_citations(line)
            return
        name, value = found
        self._draft.picture = replace(picture, **{name: value})
        self._draft.labels[name] = label_of(line)
        self._take(line)

    def _in_citations(self, line: str) -> None:
        citation = layout.citation_in(line)
        if citation is None or (self.opens and not citation.is_understood):
            self._start_other(line)
        elif self.needs_publishers and not citation.publisher:
            self._refuse(_("The publisher is missing. Write it as [publisher](address)."))
        else:
            self._draft.cite(citation, line)
            if not citation.is_understood and (found := named(label_of(line), (UNREAD,))):
                self.languages.add(found[1])
            self._take(line)

    def _in_points(self, line: str) -> None:
        bullet = layout.BULLET.match(line)
        if not bullet or self.opens:  # a point must fit on one line
            self._start_other(line)
            return
        point = bullet[1].strip()
        if len(point) > LONGEST_TEXT:
            message = _("This point has %(length)d characters. Shorten it to %(limit)d.")
            self._refuse(message, length=len(point), limit=LONGEST_TEXT)
        if len(self._draft.points) > MAX_LINES:  # refused: keep no more of them
            self.gap = []
            return
        self._draft.points.append(point)
        self._take(line)

    def _in_implications(self, line: str) -> None:
        draft = self._draft
        if line.startswith(stuffing.INDENT) and draft.implications:
            self._go_on_with_implication(line)
            return
        labelled = _LABELLED.match(line)
        found = named(labelled[1], IMPLICATION_FIELDS) if labelled else None
        if not labelled or not found or found[0] in draft.implications:
            self._start_other(line)
            return
        name, language = found
        self.languages.add(language)
        draft.labels[name] = labelled[1].strip()
        draft.implications[name] = Growing(labelled[2])
        self._check_length(draft.implications[name], 0, LONGEST_TEXT)
        self._take(line)

    def _go_on_with_implication(self, line: str) -> None:
        implication = self._draft.implications[next(reversed(self._draft.implications))]
        self._go_on_with(implication, line, LONGEST_TEXT)

    def _in_corrections(self, line: str) -> None:
        if not self._correct(line, self._draft.corrections):
            self._start_other(line)

    def _correct(self, line: str, corrections: list[Entry]) -> bool:
        """Add a correction, or a line to the last one; False if the line is neither."""
        if line.startswith(stuffing.INDENT) and corrections:
            self._go_on_with(corrections[-1].text, line, MAX_CORRECTION_LENGTH)
        elif correction := parse_correction(line, self.zone):
            self._take_correction(line, correction, corrections)
        else:
            return False
        return True

    def _take_correction(self, line: str, correction: Entry, corrections: list[Entry]) -> None:
        if len(corrections) > MAX_LINES:  # is refused: no more of them are kept
            self.gap = []
            return
        if len(corrections) == MAX_LINES:
            message = _(
                "This is one correction more than the %(limit)d that fit in one place. Leave some "
                "out."
            )
            self._refuse(message, limit=MAX_LINES)
        self._check_length(correction.text, 0, MAX_CORRECTION_LENGTH)
        corrections.append(correction)
        self._take(line)

    def _go_on(self, line: str) -> None:
        """Continue the text in which a comment began, whatever the line looks like."""
        if self.handle == self._in_introduction:
            self._in_introduction(line)
        elif self.handle in (self._in_digest_corrections, self._in_corrections):
            corrections = self._draft.corrections if self.articles else self.corrections
            if not corrections:  # it began in a line that is refused
                self._extend(line)
                return
            self._go_on_with(corrections[-1].text, line, MAX_CORRECTION_LENGTH)
        elif self.handle == self._in_implications:
            self._go_on_with_implication(line)
        elif self._draft.is_in_other:
            self._draft.extend_other(self._joined(line))
            self._extend(line)
        else:  # the comment began in a headline, which is refused
            self._extend(line)

    def _start_other(self, line: str) -> None:
        self._draft.start_other(line)
        self._take(line)
        self.handle = self._in_other

    def _in_other(self, line: str) -> None:
        draft = self._draft
        if not draft.is_in_other:
            self._start_other(line)
        elif draft.anchor == HEADLINE and layout.is_citation(line) and line[0] != " ":
            self._in_citations(line)
            self.handle = self._in_citations
        else:
            draft.extend_other(self._joined(line))
            self._extend(line)

    # The spelling of the file

    def _take(self, line: str) -> None:
        """Start a unit with the line and the blank lines before it."""
        units = self._draft.units if self.articles else self.units
        units.append(Growing("\n".join([*self.gap, line + self.ending])))
        self.gap = []

    def _extend(self, line: str) -> None:
        """Extend the last unit by the line and the blank lines before it."""
        units = self._draft.units if self.articles else self.units
        units[-1].add("".join(f"\n{text}" for text in [*self.gap, line + self.ending]))
        self.gap = []

    def _joined(self, line: str, indent: str = "") -> str:
        """What a line adds to a text, with the blank lines before it, without indentation."""
        lines = [*(blank.removesuffix("\r") for blank in self.gap), line]
        return "".join(f"\n{text.removeprefix(indent)}" for text in lines)

    @property
    def _draft(self) -> Draft:
        return self.articles[-1]

    def _go_on_with(self, text: Growing, line: str, limit: int) -> None:
        before = text.length
        text.add(self._joined(line, stuffing.INDENT))
        self._check_length(text, before, limit)
        self._extend(line)

    def _check_length(self, text: Growing, before: int, limit: int) -> None:
        """Refuse the line that made a text too long; `before` is the length without that line."""
        if before <= limit < text.length:
            message = _("This text has %(length)d characters. Shorten it to %(limit)d.")
            self._refuse(message, length=text.length, limit=limit)

    def _refuse_article(self) -> None:
        message = _(
            "This is one article more than the %(limit)d that fit into a digest. Leave some out."
        )
        self._refuse(message, limit=MAX_ARTICLES)

    def _refuse(self, message: str, **params: object) -> None:
        self.errors.append((self.number, message % params if params else message))
