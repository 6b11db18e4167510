"""Parses text into a plain document. Nothing is dropped: text that fits no field is kept in place.
Text that could not be written back exactly is refused with its line."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from articles.document import front_matter, json_front_matter
from articles.document.body import Body
from articles.document.code_elements import lines_of_code
from articles.document.day_and_title import Named, named, take_title
from articles.document.draft import Growing, order_of
from articles.document.layout import Unit, article_units, digest_units, is_headline
from articles.document.line_ends import LF, line_of, unified
from articles.document.model import Document, FrontMatter, any_picture, refusal
from articles.document.snapshots import from_snapshot, to_snapshot
from articles.document.spelling import own_writing
from articles.document.writing import BOM, write
from articles.rules.text import find_forbidden

LANGUAGES = ("ko", "en")


def parse(
    text: str,
    zone: ZoneInfo,
    has_picture: Callable[[str], bool] = any_picture,
    *,
    day: dt.date | None = None,
) -> Document:
    """Read a digest document. `zone` is the site's; `has_picture` tells whether a picture with a
    uid exists. If it does not, its line is other text. `day` is that of the file name, if it names
    one; then the front matter may lack the date and the title, or be missing.

    Writing the document gives back the text, byte for byte, also after it was stored. Raises
    DocumentError with each line that cannot be used.
    """
    _refuse_control_characters(text)
    unified_text, newline = unified(text.removeprefix(BOM))
    lines = unified_text.split("\n")
    front, fences, start = _front_of(lines, may_lack=day is not None)
    _refuse_headlines_in_code(lines, start)
    own = named(front, zone, day)
    body = Body(
        start + 1,
        tags=front_matter.tags_of(front.values),
        has_picture=has_picture,
        zone=zone,
        title=own.title if day and not own.is_untitled else None,
    )
    body.read(lines[start:])
    body.finish()
    take_title(own, body.title)
    document = _document(front, own, body)
    document.layout.update(_form(text, newline, fences))
    document.layout.update(_deviations(document, front, body))
    document = _with_own_writing(document, body)
    _refuse_difference(text, document, zone)
    return document


def _form(text: str, newline: str, fences: list[str]) -> Iterator[tuple[str, Any]]:
    if fences != ["---", "---"]:
        yield "fences", fences
    if text.startswith(BOM):
        yield "bom", True
    if newline != LF:
        yield "newline", newline


def _deviations(document: Document, front: FrontMatter, body: Body) -> Iterator[tuple[str, Any]]:
    if front.source != front_matter.usual_texts(document):
        yield "front", front.source
    if order := order_of(document.corrections):
        yield "corrected", order
    if body.end != "\n":
        yield "end", body.end


def _front_of(lines: list[str], *, may_lack: bool) -> tuple[FrontMatter, list[str], int]:
    """The front matter, its fences, and the index of the line after it."""
    if json_front_matter.read("\n".join(lines)):
        message = _("The front matter is JSON. Write it between two lines of three hyphens.")
        raise refusal(1, message)
    if may_lack and not front_matter.FENCE.match(lines[0]):
        return FrontMatter({}, {}, []), [], 0
    end = front_matter.end_of(lines)
    front = front_matter.parse(lines[:end], may_be_empty=may_lack)
    if not front.values and any(map(is_headline, lines[:end])):  # between two rules
        return FrontMatter({}, {}, []), [], 0
    return front, [lines[0], lines[end]], end + 1


def _document(front: FrontMatter, own: Named, body: Body) -> Document:
    language = front.values.get("lang")
    if language not in LANGUAGES:
        language = body.language
    return Document(
        date=own.date,
        stamp=own.stamp,
        title=own.title,
        introduction=body.introduction,
        language=language,
        front_matter={key: value for key, value in front.values.items() if key != "title"},
        articles=[draft.text(language) for draft in body.articles],
        corrections=[entry.finished() for entry in body.corrections],
        layout=own.layout,
        notices=own.notices,
    )


def _refuse_control_characters(text: str) -> None:
    text = text.removeprefix(BOM)
    forbidden = find_forbidden(text)
    if forbidden:
        line = line_of(text, forbidden.start())
        message = _("The line holds the control character %(code)s. Remove it.")
        raise refusal(line, message, code=f"U+{ord(forbidden[0]):04X}")


def _refuse_headlines_in_code(lines: list[str], start: int) -> None:
    """Refuse a text in which a line of code, but not of a fence, would begin an article."""
    for index in sorted(lines_of_code(lines[start:])):
        if is_headline(lines[start + index]):
            message = _("The line is code in an element. Put the code between lines of ```.")
            raise refusal(start + index + 1, message)


def _with_own_writing(document: Document, body: Body) -> Document:
    """The document with the spelling of its file. If the file's units differ in number from the
    usual ones, nothing is recorded here, and `_refuse_difference` finds the difference."""
    document.layout.update(_own(digest_units(document), body.units))
    articles = [
        replace(
            article, layout=article.layout | _own(article_units(document, article), draft.units)
        )
        for article, draft in zip(document.articles, body.articles, strict=True)
    ]
    return replace(document, articles=articles)


def _own(usual: Iterable[Unit], written: list[Growing]) -> dict[str, Any]:
    usual = list(usual)
    return own_writing(usual, list(map(str, written))) if len(usual) == len(written) else {}


def _refuse_difference(text: str, document: Document, zone: ZoneInfo) -> None:
    """Check the invariant of this module for each text: it is written as it was read, also from the
    snapshot in which the site stores it."""
    uids = [str(number) for number, _article in enumerate(document.articles)]
    written = write(from_snapshot(to_snapshot(document, uids), zone))
    if written == text:
        return
    lines, others = (unified(each.removeprefix(BOM))[0].split("\n") for each in (text, written))
    pairs = zip(lines, others, strict=False)
    shared = min(len(lines), len(others))
    index = next((i for i, (a, b) in enumerate(pairs) if a != b), shared - 1)
    message = _("This line cannot be kept as it is written. Write it as “%(usual)s”.")
    raise refusal(index + 1, message, usual=others[index].strip()[:120])
