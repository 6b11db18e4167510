"""The units of a document in order, in the usual spelling.

A unit is a line, or a few that belong together, with the number of blank lines before it. The
usual spelling follows from the fields alone; `spelling` knows how a file deviates from it.

An article's layout has `order` of its parts, `headed` (parts with a heading although they are
empty, or that usually have none), `labels` by name, `implications` (their order), `tags` and
`storyline` (as they were spelled), `rule` (False if none follows), `link` (the address to which the
whole headline links) and `linked` (the headline, and what only it cites: addresses with
publishers). A digest's layout has `front` (see front_matter), `fences`, `bom`, `newline`, `end`
(the text after the last unit), `day` (if the stamp does not give it), `heading` (if the title is a
first line “# …”) and `title` (if nothing gives it). Both have `corrected` if corrections are not in
the order of time.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from articles.document import front_matter, headlines
from articles.document.headlines import HEADING
from articles.document.model import (
    AUTHORSHIP,
    CAPTION,
    CITATIONS,
    CORRECTIONS,
    CREDIT,
    HEADLINE,
    IMPLICATIONS,
    MAX_ALT_LENGTH,
    MAX_CAPTION_LENGTH,
    MAX_CREDIT_LENGTH,
    NOTES,
    PARTS,
    PICTURE,
    POINTS,
    RULE,
    UNREAD,
    ArticleText,
    CorrectionText,
    Document,
    OtherText,
    PictureText,
    label,
    named,
    picture_uid,
)
from articles.document.stuffing import indented, stuffed
from articles.fields import IMPLICATION_FIELDS, NOTE_FIELDS
from articles.rules import hidden_text
from articles.rules.lines import MAX_CITATION_LENGTH, CitationLine, parse_citation, storyline_errors
from articles.rules.text import fold, tidy_name

RULE_LINE = re.compile(r"^(?:-{3,}|\*{3,}|_{3,})\s*$")
BULLET = re.compile(r"^[-*+•][ \t]+(.*\S)\s*$")
NOTE = re.compile(r"^([^\W\d][\w ]{0,20}?)[ \t]*[:：](?:\s+(.*?))?\s*$")
PICTURE_LINE = re.compile(r"^!\[((?:\\.|[^\]\\])*)\]\((\S+)\)[ \t]*$")
HEADED = (CITATIONS, POINTS, IMPLICATIONS, CORRECTIONS)
NOTE_LINES = ("tags", *NOTE_FIELDS)
MAX_NOTE_LENGTH = 100


class Unit(NamedTuple):
    """`name` is the kind, with a number in a list; `gap` is the usual number of blank lines."""

    name: str
    text: str
    gap: int

    @property
    def hash(self) -> str:
        return hashlib.sha256(f"{self.part}\n{self.text}".encode()).hexdigest()[:16]

    @property
    def part(self) -> str:
        return self.name.split(":")[0]


def digest_units(document: Document) -> Iterator[Unit]:
    """The units between the front matter and the first article."""
    if document.layout.get("heading"):
        yield Unit("heading:title", f"# {document.title}", 1)
    if document.introduction:
        yield Unit("introduction", stuffed(document.introduction, ends_introduction), 1)
    yield from _corrections(document.corrections, document.language, document.layout)


def article_units(document: Document, article: ArticleText) -> Iterator[Unit]:
    """One article from its headline to the rule below it. Other text of a part that the article has
    not stands at the part before it, and is written as it has to be there."""
    article = _anchored(document, article)
    yield _headline(article)
    yield from _picture(document, article)
    yield from _other(article, HEADLINE)
    for part in _order(article):
        yield from _part(document, article, part)
        yield from _other(article, part)
    if article.layout.get("rule", True):
        yield Unit(RULE, "---", 1)
    yield from _other(article, RULE)


def _headline(article: ArticleText) -> Unit:
    link, text = article.layout.get("link"), article.headline
    if link and text and any(citation.url == link for citation in article.citations):
        text = headlines.linked(text, link)
    return Unit(HEADLINE, f"## {text}".rstrip(), 1)


def _is_in_headline(citation: CitationLine, article: ArticleText) -> bool:
    """Whether the headline is written with the link that gives a citation."""
    headline, *linked = article.layout["linked"]
    is_linked = [citation.url, citation.publisher] in linked and not citation.published_on
    if not is_linked or not article.headline:
        return False
    return article.layout.get("link") == citation.url or article.headline == headline


def _part(document: Document, article: ArticleText, part: str) -> Iterator[Unit]:
    language, layout = document.language, article.layout
    labels, headed = layout.get("labels", {}), layout.get("headed", [])
    if part == CORRECTIONS:
        yield from _corrections(article.corrections, language, layout)
        return
    if part == NOTES:
        yield from _named(part, _notes(document, article), 1)
        return
    items = {CITATIONS: _citations, POINTS: _points, IMPLICATIONS: _implications}[part]
    texts = dict(items(article, language, labels))
    has_heading = part in headed or (texts and part != CITATIONS)
    if has_heading:
        yield Unit(f"heading:{part}", f"### {label(part, language, labels)}", 1)
    yield from _named(part, texts.items(), 0 if has_heading else 1)


def _picture(document: Document, article: ArticleText) -> Iterator[Unit]:
    picture = article.picture
    if picture is None:
        return
    alt = re.sub(r"([\\\[\]])", r"\\\1", picture.alt)
    yield Unit(PICTURE, f"![{alt}]({picture.address})", 1)
    labels = article.layout.get("labels", {})
    for name, text in ((CAPTION, picture.caption), (CREDIT, picture.credit)):
        if text:
            yield Unit(f"{PICTURE}:{name}", f"{label(name, document.language, labels)}: {text}", 0)


def _named(part: str, texts: Iterable[tuple[object, str]], first_gap: int) -> Iterator[Unit]:
    for index, (name, text) in enumerate(texts):
        yield Unit(f"{part}:{name}", text, 0 if index else first_gap)


def _citations(
    article: ArticleText, language: str, labels: dict[str, str]
) -> Iterable[tuple[int, str]]:
    used = [label(name, language, labels) for name in ("published", UNREAD)]
    shown = article.citations
    if "linked" in article.layout:
        shown = [citation for citation in shown if not _is_in_headline(citation, article)]
    return enumerate(citation_line(citation, *used) for citation in shown)


def citation_line(citation: CitationLine, published: str, unread: str) -> str:
    """A citation as a Markdown link followed by its date. The last two are labels."""
    if not citation.is_understood:
        return f"{unread}: {citation.publisher.strip()}"
    publisher = re.sub(r"([\\\]])", r"\\\1", citation.publisher)
    link = f"[{publisher}]({citation.url})"
    date = citation.published_on
    return f"{link} - {published}: {date.isoformat()}" if date else link


def _points(
    article: ArticleText, language: str, labels: dict[str, str]
) -> Iterable[tuple[int, str]]:
    return enumerate(f"- {point}" for point in article.points)


def _implications(
    article: ArticleText, language: str, labels: dict[str, str]
) -> Iterator[tuple[str, str]]:
    first = article.layout.get("implications", [])
    for name in [*first, *(name for name in IMPLICATION_FIELDS if name not in first)]:
        text = getattr(article, name)
        if text or name in first:
            line = f"- **{label(name, language, labels)}**: {indented(text)}"
            yield name, line if text else line.rstrip()


def _corrections(
    corrections: list[CorrectionText], language: str, layout: dict[str, Any]
) -> Iterator[Unit]:
    if corrections or CORRECTIONS in layout.get("headed", []):
        heading = label(CORRECTIONS, language, layout.get("labels", {}))
        yield Unit("heading:corrections", f"### {heading}", 1)
    if order := layout.get("corrected"):
        places = {time: place for place, time in enumerate(order)}
        corrections = sorted(corrections, key=lambda c: places.get(c.utc, len(places)))
    texts = (f"- {c.corrected_at.isoformat()} {indented(c.text)}" for c in corrections)
    yield from _named(CORRECTIONS, enumerate(texts), 0)


def _notes(document: Document, article: ArticleText) -> Iterator[tuple[str, str]]:
    """The tags, unless they equal those of the front matter, and the authorship."""
    language, labels = document.language, article.layout.get("labels", {})
    spelled = article.layout.get("tags")
    inherited = front_matter.tags_of(document.front_matter)
    tags = article.tags
    if spelled is not None and _folded(spelled) == _folded(tags):
        tags = spelled
    if spelled is not None or _folded(tags) != _folded(inherited):
        yield "tags", f"{label('tags', language, labels)}: {', '.join(tags)}".rstrip()
    for name in NOTE_FIELDS:
        if value := getattr(article, name):
            spelled = article.layout.get(name)
            if name == "storyline" and spelled and fold(spelled) == fold(value):
                value = spelled
            words = AUTHORSHIP[language][value] if name == "drafted_by" else value
            yield name, f"{label(name, language, labels)}: {words}"


def _folded(tags: list[str]) -> list[str]:
    return [fold(tag) for tag in tags]


def anchored(document: Document) -> Document:
    """The document with each other text moved to a part that its article has. Texts that end up
    at the same part are joined, since they are read back as one."""
    return replace(document, articles=[_anchored(document, one) for one in document.articles])


def _anchored(document: Document, article: ArticleText) -> ArticleText:
    if not article.other:
        return article
    texts: dict[str, list[str]] = {}
    anchor = HEADLINE
    for part in (HEADLINE, *_order(article), RULE):
        has_rule = part == RULE and article.layout.get("rule", True)
        if has_rule or (part in PARTS and any(_part(document, article, part))):
            anchor = part
        found = [other.text for other in article.other if other.after == part]
        texts.setdefault(anchor, []).extend(found)
    other = [OtherText(after, "\n\n".join(found)) for after, found in texts.items() if found]
    return replace(article, other=other)


def _order(article: ArticleText) -> list[str]:
    first = article.layout.get("order", [])
    return [*first, *(part for part in PARTS if part not in first)]


def _other(article: ArticleText, anchor: str) -> Iterator[Unit]:
    for other in article.other:
        if other.after == anchor:
            yield Unit(f"other:{anchor}", stuffed(other.text, *in_other(anchor)), 1)


def is_headline(line: str) -> bool:
    heading = HEADING.match(line)
    if not heading or len(heading[1]) != 2:
        return False
    # A heading whose text is only a comment starts nothing.
    return not heading[2] or bool(hidden_text.shown(heading[2]).strip())


def is_structure(line: str) -> bool:
    """Whether a line starts or ends something anywhere in an article."""
    return bool(is_headline(line) or RULE_LINE.match(line) or section_of(line) or note_of(line))


def ends_introduction(line: str) -> bool:
    section = section_of(line)
    return is_headline(line) or (section is not None and section[0] == CORRECTIONS)


def ends_other(line: str, anchor: str) -> bool:
    """Whether a line of other text is read as the start of something else."""
    if is_headline(line):
        return True
    if anchor == RULE:
        return False
    if anchor == HEADLINE and is_citation(line):
        return True
    return is_structure(line)


def in_other(anchor: str) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    """Whether the first line, and any further line, of other text is read as something else."""
    return partial(begins_part, anchor=anchor), partial(ends_other, anchor=anchor)


def begins_part(line: str, anchor: str) -> bool:
    """Whether the first line of other text is read as another item of the part above it."""
    if ends_other(line, anchor):
        return True
    if anchor == HEADLINE:
        return is_citation(line) or bool(picture_of(line) or picture_note_of(line))
    if anchor == CITATIONS:
        return is_citation(line)
    return anchor in (POINTS, IMPLICATIONS, CORRECTIONS) and bool(BULLET.match(line))


def section_of(line: str) -> tuple[str, str] | None:
    """The part that a heading starts, and the language of its label."""
    heading = HEADING.match(line)
    if not heading or len(heading[1]) < 3:
        return None
    return named(heading[2] or "", HEADED)


def note_of(line: str) -> tuple[str, str, str] | None:
    """The name, language and value of a line of notes; None for any other line. Notes hold names,
    which leave no room for a comment."""
    match = NOTE.match(line)
    if not match or not (found := named(match[1], NOTE_LINES)) or hidden_text.are_in(line):
        return None
    name, value = found[0], match[2] or ""
    is_storyline = tidy_name(value) and not storyline_errors(value)
    fits = {"tags": True, "drafted_by": drafting_of(value), "storyline": is_storyline}
    return (*found, value) if fits.get(name, 0 < len(value) <= MAX_NOTE_LENGTH) else None


def picture_of(line: str) -> PictureText | None:
    """The picture of this line, without the lines below it; None for any other line."""
    match = PICTURE_LINE.match(line)
    if not match or not picture_uid(match[2]):
        return None
    alt = re.sub(r"\\([\\\[\]])", r"\1", match[1]).strip()
    return PictureText(match[2], alt) if 0 < len(alt) <= MAX_ALT_LENGTH else None


def picture_note_of(line: str) -> tuple[str, str] | None:
    """CAPTION or CREDIT with its text; None for any other line."""
    match = NOTE.match(line)
    if not match or not (found := named(match[1], (CAPTION, CREDIT))):
        return None
    limits = {CAPTION: MAX_CAPTION_LENGTH, CREDIT: MAX_CREDIT_LENGTH}
    value = match[2] or ""
    return (found[0], value) if 0 < len(value) <= limits[found[0]] else None


def drafting_of(words: str) -> str:
    """The kind of authorship that a document's words stand for; empty for other words."""
    known = {text.casefold(): key for by in AUTHORSHIP.values() for key, text in by.items()}
    return known.get(words.casefold(), "")


def citation_in(line: str) -> CitationLine | None:
    """The citation of this line; it has no publisher if the line is only an address."""
    match = NOTE.match(line) if ":" in line or "：" in line else None
    if match and named(match[1], (UNREAD,)) and 0 < len(match[2] or "") <= MAX_CITATION_LENGTH:
        return CitationLine(match[2], "", None)
    try:
        # `[![…](…)](…)` is a picture that leads somewhere.
        return parse_citation(line) if "://" in line and "[![" not in line else None
    except ValueError:
        return None


def is_citation(line: str) -> bool:
    citation = citation_in(line)
    return citation is not None and bool(citation.publisher)
