"""Web addresses: which site they belong to, and which of them lead to the same page.

These are pure functions on text. They never look up or fetch an address.
"""

import contextlib
import hashlib
import re
import unicodedata
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

# Parts of a host name that say how a page is served, not which site it belongs to.
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
_AMP_SEGMENT = re.compile(r"/amp(?:\.html?)?/?$", re.IGNORECASE)
_PIECES = re.compile(
    r"(?P<start>https?://[^/?#]*)(?P<path>[^?#]*)(?P<query>(?:\?[^#]*)?)(?P<fragment>(?:#.*)?)",
    re.IGNORECASE,
)
_AMP_START = re.compile(r"^/amp(?=/)", re.IGNORECASE)
_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_AMP_CACHE = re.compile(r"[\w-]+\.cdn\.ampproject\.org")
_AMP_CACHE_PATH = re.compile(r"/[cvi]/(?:s/)?([^/]+)(/.*)?")
_AMP_VIEWER_PATH = re.compile(r"/amp/(?:s/)?([^/]*\.[^/]+)(/.*)?")
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z.]{2,6}")
_DEFAULT_PORTS = (None, 80, 443)
# RFC 1035 allows no longer host name. The cost of IDNA grows with the square of the length.
_MAX_HOST = 253
# An encoded slash, question mark, number sign or semicolon is not the same as a bare one.
_KEPT_ENCODED = re.compile(r"(%(?:2[fF]|3[bBfF]|23))")


def comparison_key(url: str) -> str:
    """The same 64 hexadecimal digits for all addresses of one page, for an indexed column."""
    return hashlib.sha256(normalise(url).encode(errors="surrogatepass")).hexdigest()


def normalise(url: str) -> str:
    """An address without everything that does not distinguish pages, for comparison only.

    It drops the scheme and its default port, `www.` and `m.`, AMP forms, trackers, a slash at the
    end, and the fragment unless it is a route (`#/…`, `#!…`). It sorts the parameters, puts the
    host in small letters, and writes IDN and other non-ASCII text in one form. With `https://` in
    front, the result is an address that normalises to itself. Text that is not an address is
    returned unchanged.
    """
    try:
        parts = urlsplit(url.strip())
        host, path = _without_amp_cache(parts)
        if not host:
            return url
        address = f"{_host(host)}{_port(parts)}{_path(path)}{_query(parts.query)}"
        return address + _route(parts.fragment)
    except ValueError:  # from urlsplit, or for a lone surrogate, which cannot be encoded
        return url


def path_from_wsgi(path: str) -> str:
    """Decode a WSGI path: its bytes read as Latin-1 become text (PEP 3333)."""
    return path if path.isascii() else path.encode("latin-1").decode(errors="replace")


def domain_of(url: str) -> str:
    """The host of an address in small letters, without labels such as `www.` or `m.`."""
    return _without_serving_labels((urlsplit(url).hostname or "").lower())


def detours_of(url: str) -> list[str]:
    """The parts of an address that make a detour to the page: AMP, mobile hosts, trackers."""
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


def without_detours(url: str) -> str:
    """The address without trackers, `/amp` and Google's AMP cache; all else stays byte for byte.

    It leads to the same page: its comparison key is the same. Hosts such as `m.` stay, since the
    page need not have another, and so does `.amp` in the name of a file.
    """
    try:
        parts = urlsplit(url)
        host, inner = _without_amp_cache(parts)
    except ValueError:
        return url
    match = _PIECES.fullmatch(url)
    if match is None or not host:
        return url
    start, path = match["start"], match["path"]
    if host != (parts.hostname or "").lower():
        start, path = f"https://{host}", inner
    shorter = f"{start}{_without_amp(path)}{_without_trackers(match['query'])}{match['fragment']}"
    return shorter if normalise(shorter) == normalise(url) else url


def _without_amp(path: str) -> str:
    while True:
        shorter = _AMP_START.sub("", _AMP_SEGMENT.sub("", path))
        if shorter == path:
            return path
        path = shorter


def _without_trackers(query: str) -> str:
    pairs = query[1:].split("&")
    kept = [pair for pair in pairs if not _TRACKERS.fullmatch(pair.partition("=")[0])]
    return query if kept == pairs else f"?{'&'.join(kept)}" if kept else ""


def _without_amp_cache(parts: SplitResult) -> tuple[str, str]:
    """The host and path of the page behind Google's AMP cache or viewer, else of the address
    itself."""
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
    """The host in the letters of its own script, as IDNA (RFC 3490) decodes it; IPv6 in
    brackets."""
    if ":" in host:
        return f"[{host}]"
    host = host.lower().rstrip(".")
    if len(host) > _MAX_HOST:
        return _without_serving_labels(host)
    with contextlib.suppress(UnicodeError):  # not a valid IDN: compared as written
        host = host.encode("idna").decode("ascii").lower().encode("ascii").decode("idna")
    return _without_serving_labels(host)


def _port(parts: SplitResult) -> str:
    return "" if parts.port in _DEFAULT_PORTS else f":{parts.port}"


def _path(path: str) -> str:
    """The path without detours. It loops because `/amp/index.html` contains two of them."""
    path = re.sub(r"/{2,}", "/", _recode(path, safe="/:@!$&'()*+,;=~")).rstrip("/")
    while True:
        shorter = _AMP_START.sub("", _AMP_END.sub("", _INDEX_PAGE.sub("", path))).rstrip("/")
        if shorter == path:
            return path
        path = shorter


def _query(query: str) -> str:
    """The parameters in alphabetical order. `+` is a blank, and `a` equals `a=`."""
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
    """Percent-encode text in one way. Reserved characters stay as they were written."""
    parts = _KEPT_ENCODED.split(text)
    return "".join(
        part.upper() if index % 2 else _encode(part, safe) for index, part in enumerate(parts)
    )


def _encode(text: str, safe: str) -> str:
    """Encode UTF-8 text in its composed form (NFC). Other bytes, such as EUC-KR, stay unchanged."""
    data = unquote_to_bytes(text)
    with contextlib.suppress(UnicodeDecodeError):
        data = unicodedata.normalize("NFC", data.decode()).encode()
    return quote(data, safe=safe)
