"""The tolerant reader: recognises articles in Markdown as people and language models write it.

The exact reader (`articles.document`) reads one form and gives it back byte for byte. This one
takes any form. It recognises what it can, keeps the rest as other text, and ends with an account:
what became which field, what was guessed, what was left out, each with its line. It uses neither
the database nor files.
"""

from articles.recognising.account import Account, Entry, Fate
from articles.recognising.choosing import (
    AUTO,
    EXACT,
    READ_AS,
    Reading,
    exact_account,
    has_article,
    has_unplaced,
    needs_tolerance,
    prefers,
    read_articles,
)
from articles.recognising.reading import Recognised, recognise

__all__ = [
    "AUTO",
    "EXACT",
    "READ_AS",
    "Account",
    "Entry",
    "Fate",
    "Reading",
    "Recognised",
    "exact_account",
    "has_article",
    "has_unplaced",
    "needs_tolerance",
    "prefers",
    "read_articles",
    "recognise",
]
