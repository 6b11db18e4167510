"""One rendered page: every response about it that does not need Django."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.http import parse_etags, parse_http_date_safe

from articles.pages.inputs import Inputs
from articles.rules.encodings import DENSEST, ENCODERS, encoded, encoded_once, preferred

# The headers for one encoding (RFC 9110, section 15.4.5 for a 304).
_OF_BODY = {"content-length", "content-encoding", "etag"}
_ON_NOT_MODIFIED = {
    *("cache-control", "content-location", "date", "expires", "vary", "last-modified"),
    *("content-security-policy", "access-control-allow-origin", "link"),
}

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Variant:
    """A page in one encoding: its bytes, and the headers of a 200 and of a 304."""

    body: bytes
    ok: Headers
    not_modified: Headers


@dataclass(frozen=True, slots=True)
class Page:
    """`variants` has one entry per encoding; "identity" is the uncompressed body. `is_densest`
    says whether the others are as small as they get. `inputs` is what the page was made from, if
    that is known."""

    etag: str
    modified: int | None
    variants: dict[str, Variant]
    size: int
    is_densest: bool = False
    inputs: Inputs | None = None

    def answer(self, environ: dict, start_response) -> Iterable[bytes]:
        variant = self.variants[preferred(environ.get("HTTP_ACCEPT_ENCODING", ""), self.variants)]
        if self._is_known(environ):
            start_response("304 Not Modified", variant.not_modified)
            return []
        start_response("200 OK", variant.ok)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [variant.body]

    def bodies(self) -> dict[str, bytes]:
        """The body in every encoding."""
        return {name: variant.body for name, variant in self.variants.items()}

    def _is_known(self, environ):
        """Whether the client has a current copy, by the precedence of RFC 9110, section 13.2.2."""
        tags = environ.get("HTTP_IF_NONE_MATCH")
        if tags is not None:
            return tags.removeprefix("W/") == self.etag or self._is_among(tags)
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        if since is None or self.modified is None:
            return False
        moment = parse_http_date_safe(since)
        return moment is not None and self.modified <= moment

    def _is_among(self, tags):
        known = parse_etags(tags)
        return known == ["*"] or self.etag in {tag.removeprefix("W/") for tag in known}


def make(
    headers: Headers, body: bytes, former: Page | None = None, inputs: Inputs | None = None
) -> Page | None:
    """The page from a complete, uncompressed response; None if the response has no entity tag.
    `former` is the page at the same address before the last change: if the body is still the same,
    it is not compressed again."""
    by_name = {name.lower(): value for name, value in headers}
    etag = by_name.get("etag", "").removeprefix("W/")
    if not etag or "set-cookie" in by_name or "content-encoding" in by_name:
        return None
    modified = by_name.get("last-modified")
    kept = [(name, value) for name, value in headers if name.lower() not in _OF_BODY]
    is_same = former is not None and former.variants["identity"].body == body
    bodies = former.bodies() if is_same else {name: encoded(body, name) for name in ENCODERS}
    variants = {
        name: _variant(kept, etag, name, data) for name, data in bodies.items() if data is not None
    }
    moment = modified and parse_http_date_safe(modified)
    is_densest = is_same and former.is_densest
    return Page(etag, moment, variants, _size(variants), is_densest, inputs)


def densest(page: Page) -> Page:
    """The same page in as few bytes as possible. It takes tens of milliseconds, without Python's
    lock. The tag stays: that of a compressed page is weak, so it promises the same content, not the
    same bytes (RFC 9110, section 8.8.1)."""
    plain = page.variants["identity"]
    variants = dict(page.variants)
    for name, encode in DENSEST.items():
        known = variants.get(name)
        if known and len(shorter := encode(plain.body)) < len(known.body):
            variants[name] = _with_body(known, shorter)
    return replace(page, variants=variants, size=_size(variants), is_densest=True)


def missing(headers: Headers, body: bytes, accepted: str) -> tuple[Headers, bytes]:
    """The headers and the body of a 404 for a client with this Accept-Encoding header. They come
    from a complete, uncompressed response that varies by that header."""
    name = preferred(accepted, ENCODERS)
    shorter = None if name == "identity" else encoded_once(body, name)
    if shorter is None or ("Vary", "Accept-Encoding") not in headers:
        return headers, body
    kept = [(key, value) for key, value in headers if key.lower() != "content-length"]
    kept += [("Content-Encoding", name), ("Content-Length", str(len(shorter)))]
    return kept, shorter


def _size(variants):
    return sum(len(variant.body) + 2_000 for variant in variants.values())


def _with_body(variant, body):
    kept = [(name, value) for name, value in variant.ok if name != "Content-Length"]
    return replace(variant, body=body, ok=[*kept, ("Content-Length", str(len(body)))])


def _variant(kept, etag, name, body):
    # All variants share one tag. It is weak if the bytes differ from those it was computed from
    # (RFC 9110, 8.8.1).
    validator = ("ETag", etag if name == "identity" else f"W/{etag}")
    encoding = [] if name == "identity" else [("Content-Encoding", name)]
    ok = [*kept, validator, *encoding, ("Content-Length", str(len(body)))]
    short = [pair for pair in kept if pair[0].lower() in _ON_NOT_MODIFIED]
    return Variant(body, ok, [*short, validator])
