"""The public pages as bytes, and the addresses they link to."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404
from django.urls import Resolver404, get_resolver, resolve
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from articles.backup.archive import Refused

# These describe the process, or must not be followed, or answer a query.
NOT_PAGES = {"healthz", "readyz", "metrics", "preview-link", "preview-link-picture", "search"}
LINK = re.compile(rb'\shref="([^"#]+)')
IMAGES = re.compile(rb'\ssrc(?:set)?="([^"]+)"')
XML_ITEM = re.compile(rb"<(item|entry)\b[^>]*>.*?</\1>", re.DOTALL)
XML_ID = re.compile(rb"<(guid|id)\b[^>]*>(.*?)</\1>", re.DOTALL)


@dataclass(frozen=True)
class Page:
    status: int
    kind: str
    body: bytes


def fetch(address: str) -> Page:
    """The response to a GET of an address (path and query) of this site, without any middleware.

    Raises Refused if the page fails, since a failed page cannot be compared.
    """
    try:
        response = _view(_request(address))
    except Http404:
        return Page(404, "", b"")
    except Exception as error:
        raise Refused(
            _("%(address)s cannot be shown, so it cannot be compared: %(reason)s")
            % {"address": address, "reason": error}
        ) from error
    body = b"".join(response) + response.get("Location", "").encode()
    return Page(response.status_code, response.get("Content-Type", ""), body)


def not_found() -> Page:
    """The response to a GET of an address that does not exist."""
    handler = get_resolver().resolve_error_handler(404)
    response = handler(_request("/404.html"), exception=Http404())
    return Page(response.status_code, response["Content-Type"], response.content)


def links(address: str, page: Page) -> Iterator[str]:
    """The links of a page to other public pages and to pictures, as they are written there."""
    shown = (part.split()[0] for found in IMAGES.findall(page.body) for part in found.split(b", "))
    for written in dict.fromkeys([*LINK.findall(page.body), *shown, *_older_items(page)]):
        parts = urlsplit(urljoin(settings.SITE_URL + address, html.unescape(written.decode())))
        if f"{parts.scheme}://{parts.netloc}" == settings.SITE_URL and _is_page(parts):
            path = iri_to_uri(parts.path)  # one spelling, however the page writes it
            yield path + (f"?{parts.query}" if parts.query else "")


def _older_items(page):
    """The `next_url` of a JSON Feed, which leads to older items. XML feeds have links for that."""
    if not page.kind.startswith("application/feed+json"):
        return
    if older := json.loads(page.body).get("next_url"):
        yield older.encode()


def feed_items(page: Page) -> dict[bytes, bytes]:
    """The items of a feed by permanent id; empty for any other page."""
    if "json" in page.kind and page.status == 200:
        found = json.loads(page.body)
        items = found.get("items", ()) if isinstance(found, dict) else ()
        return {item["id"].encode(): json.dumps(item).encode() for item in items}
    if "xml" not in page.kind:
        return {}
    items = [match[0] for match in XML_ITEM.finditer(page.body)]
    return {found[2]: item for item in items if (found := XML_ID.search(item))}


def _request(address):
    parts = urlsplit(address)
    site = urlsplit(settings.SITE_URL)
    environ = {
        "PATH_INFO": unquote(parts.path).encode().decode("latin-1"),
        "QUERY_STRING": parts.query,
        "HTTP_HOST": site.netloc,
        "wsgi.url_scheme": site.scheme,
    }
    setup_testing_defaults(environ)
    return WSGIRequest(environ)


def _view(request):
    match = resolve(request.path_info)
    request.resolver_match = match
    return match.func(request, *match.args, **match.kwargs)


def _is_page(parts):
    """Whether an address is a page of the app. With a query it counts only as a page of a list,
    not as a search or as a combination of filters."""
    query = parse_qsl(parts.query)
    if len(query) > 1 or (query and query[0][0] == "q"):
        return False
    try:
        match = resolve(unquote(parts.path))
    except Resolver404:
        return False
    return match.app_names == ["articles"] and match.url_name not in NOT_PAGES
