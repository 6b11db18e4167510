"""Search: every article that readers can see, by what is written in it.

    query = search.parse("GPU칩 -중국", topics=("반도체",))   # or raises search.Unusable
    page = search.find(query, before=None)                  # hits, the newest first

    search.index(digest)     in the transaction that saved a digest
    search.remove(digest)    before it is deleted
    search.rebuild()         all of it again

`terms` says what is a word, `queries` what readers may type, `indexed_text` what of an article is
searched, `tables` how either database finds it, `marking` how hits are shown. docs/search.md is for
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
