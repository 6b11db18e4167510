"""Feeds: what readers of RSS 2.0, Atom 1.0 and JSON Feed 1.1 get. See docs/feeds.md.

`items` says what an item is, `channels` which feeds there are and what is in them, `documents` how
a channel is cut into documents that lead from one to the next, `generators` how one is written,
and `views` how it is answered over HTTP.
"""
