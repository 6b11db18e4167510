"""Content encodings of a response, and how to choose one for a client (RFC 9110, section
12.5.3)."""

import gzip
import zlib
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import lru_cache, partial

import brotli

PREFERENCE = ("br", "gzip", "identity")
# Deterministic: equal input gives equal output, so an unchanged page keeps its bytes.
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=5),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
    "identity": bytes,
}
_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "identity": bytes,
}
# Sixty times the work for an eighth fewer bytes: for what is sent often and is not waited for.
DENSEST: dict[str, Callable[[bytes], bytes]] = {"br": partial(brotli.compress, quality=11)}
# Below this size compression costs more than it saves: the response fits in one packet anyway.
MIN_COMPRESSED = 200
MAX_HEADER_LENGTH = 500


def preferred(header: str, available: Collection[str]) -> str:
    """The best of the available encodings that `Accept-Encoding` allows.

    "identity" must be available. If the client rates several encodings equally, the smaller one
    wins. A client that forbids all of them gets "identity": the RFC advises this rather than a 406.
    """
    return next(name for name in _order(header[:MAX_HEADER_LENGTH]) if name in available)


def encoded(body: bytes, name: str) -> bytes | None:
    """The body in an encoding; None if encoding it saves nothing."""
    if name == "identity":
        return body
    if len(body) < MIN_COMPRESSED:
        return None
    shorter = ENCODERS[name](body)
    return shorter if len(shorter) < len(body) else None


def has_content(found: bytes, name: str, body: bytes) -> bool:
    """Whether bytes are a body in an encoding, made by any encoder."""
    with suppress(OSError, EOFError, zlib.error, brotli.error):
        return _DECODERS[name](found) == body
    return False


@lru_cache(maxsize=16)
def encoded_once(body: bytes, name: str) -> bytes | None:
    """The same as `encoded`, for a body that is sent again and again."""
    return encoded(body, name)


@lru_cache(maxsize=512)
def _order(header: str) -> tuple[str, ...]:
    """The encodings that a header allows, the best first; "identity" is always the last resort."""
    weights = _weights(header)
    allowed = {name: weights.get(name, weights.get("*", 0.0)) for name in PREFERENCE}
    allowed["identity"] = weights.get("identity", 0.0001)
    liked = sorted(filter(allowed.get, PREFERENCE), key=lambda name: -allowed[name])
    return (*liked, "identity")


def _weights(header: str) -> dict[str, float]:
    found = {}
    for part in header.lower().split(","):
        name, _, parameter = part.partition(";")
        key, _, value = parameter.partition("=")
        weight = 1.0
        if key.strip() == "q":
            try:
                weight = min(max(float(value), 0.0), 1.0)
            except ValueError:
                weight = 0.0
        found[name.strip()] = weight
    found.setdefault("gzip", found.get("x-gzip", found.get("*", 0.0)))
    return found
