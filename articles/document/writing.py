"""Writes a plain document as text."""

from itertools import chain

from articles.document import front_matter
from articles.document.layout import article_units, digest_units, spell
from articles.document.model import Document
from articles.rules import hidden_text

BOM = "\ufeff"


def write(document: Document) -> str:
    """The document as its layout says. Without a layout it has the usual spelling: line feeds, one
    blank line between parts, a rule after every article and a line feed at the end.

    An unclosed comment is closed, so that it does not swallow what follows its text."""
    layout = document.layout
    fences = layout.get("fences", ["---", "---"])
    units = [spell(unit, layout) for unit in digest_units(document)]
    for article in document.articles:
        units += [spell(unit, article.layout) for unit in article_units(document, article)]
    units = [unit + hidden_text.missing_end(unit) for unit in units[:-1]] + units[-1:]
    lines = chain([fences[0]], front_matter.write(document), [fences[1]], units)
    text = "\n".join(lines) + layout.get("end", "\n")
    text = text.replace("\n", layout.get("newline", "\n"))
    return BOM + text if layout.get("bom") else text
