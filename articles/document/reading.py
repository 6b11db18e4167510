"""Parses text into a plain document. Nothing is dropped: text that fits no field is kept in place.
Text that could not be written back exactly is refused with its line."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from articles.document import front_matter
from articles.document.body import Body
from articles.document.draft import Growing
from articles.document.layout import Unit, article_units, digest_units, own_writing
from articles.document.model import Document, any_picture, refusal
from articles.document.writing import BOM, write
from articles.rules.text import find_forbidden

LANGUAGES = ("ko", "en")


def parse(text: str, zone: ZoneInfo, has_picture: Callable[[str], bool] = any_picture) -> Document:
    """Read a digest document. `zone` is for stamps without a time zone; `has_picture` tells whether
    a picture with a uid exists. If it does not, its line is other text.

    Writing the document gives back the text, byte for byte. Raises DocumentError with each line
    that cannot be used.
    """
    _refuse_control_characters(text)
    body_text, form = _without_form(text)
    lines = body_text.split("\n")
    end = front_matter.end_of(lines)
    front = front_matter.parse(lines[1:end])
    stamp, title = front_matter.stamp_and_title(front, zone)
    body = Body(end + 2, tags=front_matter.tags_of(front.values), has_picture=has_picture)
    body.read(lines[end + 1 :])
    body.finish()
    language = front.values.get("lang")
    if language not in LANGUAGES:
        language = body.language
    document = Document(
        date=stamp.date(),
        stamp=stamp,
        title=title,
        introduction=body.introduction,
        language=language,
        front_matter={key: value for key, value in front.values.items() if key != "title"},
        articles=[draft.text(language) for draft in body.articles],
        corrections=[entry.finished() for entry in body.corrections],
        layout=form,
    )
    if [lines[0], lines[end]] != ["---", "---"]:
        document.layout["fences"] = [lines[0], lines[end]]
    if front.source != front_matter.usual_texts(document):
        document.layout["front"] = front.source
    if body.end != "\n":
        document.layout["end"] = body.end
    document = _with_own_writing(document, body)
    _refuse_difference(text, document)
    return document


def _refuse_control_characters(text: str) -> None:
    forbidden = find_forbidden(text.removeprefix(BOM))
    if forbidden:
        line = text.count("\n", 0, forbidden.start()) + 1
        message = _("The line holds the control character %(code)s. Remove it.")
        raise refusal(line, message, code=f"U+{ord(forbidden[0]):04X}")


def _without_form(text: str) -> tuple[str, dict[str, Any]]:
    """The text with line feeds only, and the byte order mark and line ends it had."""
    form: dict[str, Any] = {}
    if text.startswith(BOM):
        text, form["bom"] = text.removeprefix(BOM), True
    if "\r" in text:
        newline = "\r\n" if "\r\n" in text else "\r"
        text, form["newline"] = text.replace(newline, "\n"), newline
        if "\r" in text:
            line = text.count("\n", 0, text.index("\r")) + 1
            raise refusal(line, _("The file mixes kinds of line ends. Save it with one of them."))
    return text, form


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


def _refuse_difference(text: str, document: Document) -> None:
    """Check the invariant of this module for each text: it is written as it was read."""
    written = write(document)
    if written == text:
        return
    lines, others = text.split("\n"), written.split("\n")
    pairs = zip(lines, others, strict=False)
    shared = min(len(lines), len(others))
    index = next((i for i, (a, b) in enumerate(pairs) if a != b), shared - 1)
    message = _("This line cannot be kept as it is written. Write it as “%(usual)s”.")
    raise refusal(index + 1, message, usual=others[index].strip()[:120])
