"""Who reads the feeds: requests and reported subscribers, by day, feed and kind of reader.

Counting adds no query to a request: each process counts in memory, and a background thread writes
the counts to the database once a minute and at exit. IP addresses and user agents are not stored,
only the name of the reader.
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
