"""Tells WebSub hubs that feeds have changed (W3C Recommendation WebSub, 2018).

A change adds a row to a queue in its own transaction. So no committed change is lost, and hubs
never hear of a change that was rolled back. `run_due` turns the rows into pings and sends them. See
docs/websub.md.
"""

from articles.changes.hubs.links import element_links, link_header
from articles.changes.hubs.queue import note, queue_pings
from articles.changes.hubs.sending import forget, send_due

__all__ = ["element_links", "forget", "link_header", "note", "queue_pings", "send_due"]
