"""Who reads the feeds: requests and reported subscribers, by day, feed and kind of reader.

Counting costs a request no query: every process counts in memory, and a thread of its own writes
that to the database once a minute and when the process ends. Addresses and user agents are not
kept, only the name of the reader.
"""

from articles.feeds.readers.counting import Counting, flush, note
from articles.feeds.readers.names import BROWSER, OTHER, UNNAMED
from articles.feeds.readers.totals import Reader, forget, readers

__all__ = [
    "BROWSER",
    "OTHER",
    "UNNAMED",
    "Counting",
    "Reader",
    "flush",
    "forget",
    "note",
    "readers",
]
