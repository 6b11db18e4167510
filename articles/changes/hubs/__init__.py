"""Telling WebSub hubs that feeds have changed (W3C Recommendation WebSub, 2018).

A change leaves a row in the queue within its own transaction, so that none is lost and none is
told that did not happen; `run_due` makes pings of the rows and sends them. See docs/websub.md.
"""

from articles.changes.hubs.links import element_links, link_header
from articles.changes.hubs.queue import note, queue_pings
from articles.changes.hubs.sending import forget, send_due

__all__ = ["element_links", "forget", "link_header", "note", "queue_pings", "send_due"]
