"""A cache of rendered public pages in memory, in front of Django.

`front.Front` is a WSGI callable around Django's. It answers from its cache: complete responses,
validators, 304, HEAD. It passes every other request to Django.

A page is stored only if its view marked the request as public (`mark_public`); the look of the
response does not matter. The page is rendered from a request without the client's own headers. It
is served only while the site version is the one that it was rendered for.
"""
