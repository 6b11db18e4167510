"""Finished public pages in memory, in front of Django.

`front.Front` is a WSGI callable around Django's. What it has in its store it answers itself:
bytes as they go over the wire, validators, 304, HEAD. Everything else it hands on.

A page enters only if the view that made it said so on its own request (`mark_public`), never by
what the answer looks like; it is rendered for nobody in particular, from a request stripped of
whatever a client sent; and it is served only while the site's version is the one it was made for.
"""
