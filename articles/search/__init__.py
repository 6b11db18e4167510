"""Full-text search over every article that readers can see.

    query = search.parse("GPU칩 -중국", tags=("반도체",))   # or raises search.Unusable
    page = search.find(query, before=None)                  # hits, newest first

    search.index(digest)     in the transaction that saved a digest
    search.remove(digest)    before it is deleted
    search.rebuild()         the whole index

`terms` splits text into words, `queries` parses what readers type, `indexed_text` selects the texts
of an article, `tables` searches in either database, `marking` shows hits. docs/search.md is for
readers and operators.
"""

from articles.search.finding import HITS_A_PAGE, Hit, Page, find
from articles.search.indexing import index, rebuild, remove, text_of
from articles.search.queries import MAX_LENGTH, Query, Unusable, parse
from articles.search.tables import Text

__all__ = [
    "HITS_A_PAGE",
    "MAX_LENGTH",
    "Hit",
    "Page",
    "Query",
    "Text",
    "Unusable",
    "find",
    "index",
    "parse",
    "rebuild",
    "remove",
    "text_of",
]
