"""The digest document: the Markdown form in which digests are exchanged.

This package has the only parser and the only writer of that form. Parsing turns text into plain
values, and writing turns them back into the same bytes. Neither uses the database or files.
`docs/document-format.md` describes the form.
"""

from articles.document.front_matter import for_readers, tags_of
from articles.document.headlines import linked_to
from articles.document.layout import anchored
from articles.document.model import (
    ANCHORS,
    IMPLICATION_LABELS,
    MAX_ARTICLES,
    ArticleText,
    CorrectionText,
    Document,
    DocumentError,
    OtherText,
    PictureText,
)
from articles.document.pasting import Pasted, parse_articles
from articles.document.readiness import not_for_readers, not_for_readers_by_lines
from articles.document.reading import parse
from articles.document.snapshots import from_snapshot, published_at, to_snapshot
from articles.document.stamps import day_in_name, days_of, moment_on, parse_stamp
from articles.document.writing import write

__all__ = [
    "ANCHORS",
    "IMPLICATION_LABELS",
    "MAX_ARTICLES",
    "ArticleText",
    "CorrectionText",
    "Document",
    "DocumentError",
    "OtherText",
    "Pasted",
    "PictureText",
    "anchored",
    "day_in_name",
    "days_of",
    "for_readers",
    "from_snapshot",
    "linked_to",
    "moment_on",
    "not_for_readers",
    "not_for_readers_by_lines",
    "parse",
    "parse_articles",
    "parse_stamp",
    "published_at",
    "tags_of",
    "to_snapshot",
    "write",
]
