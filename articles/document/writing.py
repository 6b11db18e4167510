"""Writes a plain document as text."""

from itertools import chain

from articles.document import fences, front_matter
from articles.document.layout import article_units, digest_units
from articles.document.line_ends import LF, restored
from articles.document.model import Document
from articles.document.spelling import spell
from articles.rules import hidden_text

BOM = "\ufeff"


def write(document: Document) -> str:
    """The document as its layout says. Without a layout it has the usual spelling: line feeds, one
    blank line between parts, a rule after every article and a line feed at the end.

    An unclosed comment or fence is closed, so that it does not swallow what follows its text."""
    layout = document.layout
    units = [spell(unit, layout) for unit in digest_units(document)]
    for article in document.articles:
        units += [spell(unit, article.layout) for unit in article_units(document, article)]
    units = [_closed(unit) for unit in units[:-1]] + units[-1:]
    text = "\n".join(chain(front_matter.write(document), units)) + layout.get("end", "\n")
    text = restored(text, layout.get("newline", LF))
    return BOM + text if layout.get("bom") else text


def _closed(unit: str) -> str:
    unit += hidden_text.missing_end(unit)
    return unit + fences.missing_end(unit) if fences.may_be_in(unit) else unit
