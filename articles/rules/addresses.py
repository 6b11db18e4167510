"""Web addresses: whose they are, and which of them lead to the same page.

Pure text in and out; nothing is ever looked up or fetched.
"""

import contextlib
import hashlib
import re
import unicodedata
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

# Parts of a host name that say how a page is served, not whose it is.
_SERVING_LABELS = ("www.", "m.", "amp.", "mobile.")
# Query parameters that say where a reader came from or how a page is shown, not which page it is.
_TRACKERS = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|at_(?:medium|campaign|custom\d)|fbclid|gclid|gclsrc|dclid|gad_source"
    r"|wbraid|gbraid|yclid|msclkid|twclid|ttclid|igshid|igsh|mibextid|mc_[ce]id|_hs(?:enc|mi)"
    r"|_ga|_gl|mkt_tok|vero_id|oly_(?:anon|enc)_id|s_kwcid|srsltid|guccounter|guce_referrer\w*"
    r"|cmpid|ncid|sr_share|smid|spm|ref_src|ref_url|__twitter_impression"
    r"|amp|outputtype|output_type|amp_js_v|usqp",
    re.IGNORECASE,
)
_AMP_END = re.compile(r"(?:/amp(?:\.html?)?|\.amp(?:\.html?)?)$", re.IGNORECASE)
_AMP_START = re.compile(r"^/amp(?=/)", re.IGNORECASE)
_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_AMP_CACHE = re.compile(r"[\w-]+\.cdn\.ampproject\.org")
_AMP_CACHE_PATH = re.compile(r"/[cvi]/(?:s/)?([^/]+)(/.*)?")
_AMP_VIEWER_PATH = re.compile(r"/amp/(?:s/)?([^/]*\.[^/]+)(/.*)?")
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z.]{2,6}")
_DEFAULT_PORTS = (None, 80, 443)
# No name of a host is longer (RFC 1035), and what IDNA costs grows with the square of the length.
_MAX_HOST = 253
# An encoded slash, question mark, number sign or semicolon is not the same as a bare one.
_KEPT_ENCODED = re.compile(r"(%(?:2[fF]|3[bBfF]|23))")


def comparison_key(url: str) -> str:
    """The same 64 hexadecimal digits for all addresses of one page, for an indexed column."""
    return hashlib.sha256(normalise(url).encode(errors="surrogatepass")).hexdigest()


def normalise(url: str) -> str:
    """An address without all that does not tell one page from another, for comparing only.

    Scheme and its default port, `www.` and `m.`, AMP forms, trackers, the order of parameters, the
    fragment unless it is a route (`#/…`, `#!…`), a slash at the end, letter case of the host, and
    whether IDN and other non-ASCII text is written in its own letters or encoded. With `https://`
    in front, the result is an address that normalises to itself. Text that is no address comes
    back as it is.
    """
    try:
        parts = urlsplit(url.strip())
        host, path = _without_amp_cache(parts)
        if not host:
            return url
        address = f"{_host(host)}{_port(parts)}{_path(path)}{_query(parts.query)}"
        return address + _route(parts.fragment)
    except ValueError:  # urlsplit's, or a lone surrogate, which no encoding has
        return url


def path_from_wsgi(path: str) -> str:
    """The text of a path that WSGI gives as the Latin-1 reading of its bytes (PEP 3333)."""
    return path if path.isascii() else path.encode("latin-1").decode(errors="replace")


def domain_of(url: str) -> str:
    """The host of an address in small letters, without labels such as `www.` or `m.`."""
    return _without_serving_labels((urlsplit(url).hostname or "").lower())


def detours_of(url: str) -> list[str]:
    """The parts of an address that lead to a page by a detour: AMP, mobile hosts, trackers."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return []
    labels = _SERVING_LABELS[1:] if host.count(".") > 1 else ()
    detours = [label for label in labels if host.startswith(label)]
    if host and _without_amp_cache(parts)[0] != host:
        return [host]
    path = parts.path.rstrip("/")
    matches = [pattern.search(path) for pattern in (_AMP_START, _AMP_END)]
    detours += [match[0] for match in matches if match]
    names = [pair.partition("=")[0] for pair in parts.query.split("&")]
    return list(dict.fromkeys(detours + [name for name in names if _TRACKERS.fullmatch(name)]))


def _without_amp_cache(parts: SplitResult) -> tuple[str, str]:
    """Host and path of the page that Google's AMP cache or viewer serves, else the address's."""
    host = (parts.hostname or "").lower()
    if _AMP_CACHE.fullmatch(host):
        inner = _AMP_CACHE_PATH.fullmatch(parts.path)
    else:
        inner = _GOOGLE.fullmatch(host) and _AMP_VIEWER_PATH.fullmatch(parts.path)
    return (inner[1].lower(), inner[2] or "") if inner else (host, parts.path)


def _without_serving_labels(host: str) -> str:
    while host.count(".") > 1 and host.startswith(_SERVING_LABELS):
        host = host.partition(".")[2]
    return host


def _host(host: str) -> str:
    """In the letters of its own script, as IDNA (RFC 3490) decodes them; IPv6 in brackets."""
    if ":" in host:
        return f"[{host}]"
    host = host.lower().rstrip(".")
    if len(host) > _MAX_HOST:
        return _without_serving_labels(host)
    with contextlib.suppress(UnicodeError):  # no valid IDN: compared as it is written
        host = host.encode("idna").decode("ascii").lower().encode("ascii").decode("idna")
    return _without_serving_labels(host)


def _port(parts: SplitResult) -> str:
    return "" if parts.port in _DEFAULT_PORTS else f":{parts.port}"


def _path(path: str) -> str:
    """Taken off again and again, because `/amp/index.html` is two detours."""
    path = re.sub(r"/{2,}", "/", _recode(path, safe="/:@!$&'()*+,;=~")).rstrip("/")
    while True:
        shorter = _AMP_START.sub("", _AMP_END.sub("", _INDEX_PAGE.sub("", path))).rstrip("/")
        if shorter == path:
            return path
        path = shorter


def _query(query: str) -> str:
    """Parameters in alphabetical order; `+` is a blank, and `a` the same as `a=`."""
    pairs = []
    for pair in filter(None, query.split("&")):
        name, _, value = (_encode(part.replace("+", " "), safe="") for part in pair.partition("="))
        if not _TRACKERS.fullmatch(name):
            pairs.append(f"{name}={value}")
    return "?" + "&".join(sorted(pairs)) if pairs else ""


def _route(fragment: str) -> str:
    if not fragment.startswith(("/", "!")):
        return ""
    return "#" + _recode(fragment, safe="/:@!$&'()*+,;=~?")


def _recode(text: str, safe: str) -> str:
    """Percent-encoding written in one way, reserved characters left as they were written."""
    parts = _KEPT_ENCODED.split(text)
    return "".join(
        part.upper() if index % 2 else _encode(part, safe) for index, part in enumerate(parts)
    )


def _encode(text: str, safe: str) -> str:
    """Composed (NFC) if it is UTF-8; other bytes, such as EUC-KR, stay what they are."""
    data = unquote_to_bytes(text)
    with contextlib.suppress(UnicodeDecodeError):
        data = unicodedata.normalize("NFC", data.decode()).encode()
    return quote(data, safe=safe)
