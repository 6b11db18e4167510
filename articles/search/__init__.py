"""Full-text search over every article that readers can see.

    query = search.parse("GPU칩 -중국", spellings=search.known())   # or raises search.Unusable
    page = search.find(query)                        # hits, those in headlines first
    page = search.find(query, page.more)             # the next ones
    search.offers("반두체", spellings=…)             # other words, where nothing is found

    search.index(digest)     in the transaction that saved a digest
    search.remove(digest)    before it is deleted
    search.rebuild()         the whole index

`terms` splits text into words, `queries` parses what readers type, `forgiving` finds other ways to
write it, `spellings` what the desk says is the same, `indexed_text` selects the texts of an
article, `ranks` orders hits, `tables` searches in either database, `walking` does it for several
ranks at once, `seeking` finds words in a text, `marking` shows hits, `offering` guesses what was
meant. docs/search.md is for readers and operators.
"""

from articles.search.finding import HITS_A_PAGE, Cursor, Hit, Page, cursor, find
from articles.search.indexing import index, rebuild, remove, renew, text_of
from articles.search.offering import Offer, offers
from articles.search.queries import MAX_LENGTH, Query, Unusable, parse
from articles.search.spellings import known
from articles.search.tables import Text

__all__ = [
    "HITS_A_PAGE",
    "MAX_LENGTH",
    "Cursor",
    "Hit",
    "Offer",
    "Page",
    "Query",
    "Text",
    "Unusable",
    "cursor",
    "find",
    "index",
    "known",
    "offers",
    "parse",
    "rebuild",
    "remove",
    "renew",
    "text_of",
]
