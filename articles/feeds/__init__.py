"""Feeds in RSS 2.0, Atom 1.0 and JSON Feed 1.1. See docs/feeds.md.

`items` defines an item, `channels` the feeds and their contents, `documents` splits a channel into
linked documents, `generators` writes a document, and `views` answers over HTTP.
"""
