"""The public site as static files, for any file server and for the time after this software.

The pages are the ones that visitors get. They are found by following links from the home page,
from each published day and from each address without parameters.
"""

import hashlib
import html
import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils.translation import gettext as _

from articles.backup import pages, static_names
from articles.backup.archive import Refused
from articles.models import Digest
from articles.pages import sitemaps
from articles.posts.folder import ExportError, Folder, Report, is_below
from articles.rules.paths import path_to

# Lists the files of a copy, one per line. A directory with this file is a copy; an export removes
# only the files listed.
LISTING = ".newsroom-copy"
MAX_NAME_BYTES = 200
_LINK = re.compile(rb'(<(?:a|link)\b[^>]*?\shref=")([^"]+)(?=")')
# The search needs a server, so copies omit its form and the link to its page.
_FINDER = re.compile(rb'<form class="finder".*?</form>|<li class="to-search">.*?</li>', re.DOTALL)
_NAMED = re.compile(rb'<meta property="og:image" content="([^"]+)"|<loc>([^<]+)</loc>')


def copy_site(
    directory: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> Report:
    """Copy every public page into a directory that is empty or holds an earlier copy.

    Removes from the copy what is no longer public. `progress` gets the numbers of pages done and of
    pages known so far. Raises ExportError.
    """
    with Folder(directory) as folder:
        copy = _Copy(folder)
        waiting = deque(dict.fromkeys(_starts()))
        seen = set(waiting)
        while waiting:
            progress(len(seen) - len(waiting), len(seen))
            address = waiting.popleft()
            if copy.has_card(address):
                continue
            page = _fetch(address)
            if page.status != 200:
                continue
            copy.put_page(address, page)
            found = dict.fromkeys(link for link in _links(address, page) if link not in seen)
            seen.update(found)
            waiting.extend(found)
        progress(len(seen), len(seen))
        copy.put_page("/404.html", pages.not_found())
        copy.put_static_files()
        copy.remove_the_rest()
    return folder.report


def _starts() -> Iterator[str]:
    """The home page, addresses without parameters, what `robots.txt` names, and the published days,
    newest first."""
    yield reverse("articles:home")
    _prefix, own = get_resolver().namespace_dict["articles"]
    names = {name for name in own.reverse_dict if isinstance(name, str)}
    for name in sorted(names - pages.NOT_PAGES):
        try:
            yield reverse(f"articles:{name}")
        except NoReverseMatch:
            continue  # the address needs parameters
    for first in sitemaps.older_decades():
        yield path_to("sitemap-decade", first)
    for digest in Digest.objects.published().newest_first().iterator():
        yield digest.get_absolute_url()


def _links(address: str, page: pages.Page) -> Iterator[str]:
    """The links of a page, and what it names only for machines: its card, parts of sitemaps."""
    yield from pages.links(address, page)
    for found in dict.fromkeys(match[1] or match[2] for match in _NAMED.finditer(page.body)):
        named = html.unescape(found.decode()).removeprefix(settings.SITE_URL)
        if named.startswith("/") and not named.startswith(settings.STATIC_URL):
            yield named


def _fetch(address: str) -> pages.Page:
    try:
        return pages.fetch(address)
    except Refused as error:
        message = _("%(address)s cannot be shown, so it cannot be copied: %(reason)s")
        names = {"address": address, "reason": error.__cause__}
        raise ExportError(message % names) from error


class _Copy:
    """A copy in a folder. The listing is written together with the files, so it is complete."""

    def __init__(self, folder: Folder):
        self.folder = folder
        self.listed = self._listed()
        self.put_names: set[str] = set()
        self.static: set[str] = set()

    def _listed(self) -> set[str]:
        listing = self.folder.root / LISTING
        if listing.is_file():
            return set(filter(None, listing.read_text("utf-8").split("\n")))
        # Ignore dot names: they belong to version control or to the host.
        if any(not path.name.startswith(".") for path in self.folder.root.iterdir()):
            message = _(
                "%(directory)s has files that are no copy of this site. Name an empty directory."
            )
            raise ExportError(message % {"directory": self.folder.name})
        return set()

    def put_page(self, address: str, page: pages.Page) -> None:
        body = page.body
        if page.kind.startswith("application/manifest+json"):
            self.static |= static_names.named_in_json(body)
        if page.kind.startswith("text/html"):
            self.static |= static_names.named_in_html(body)
            body = _relinked(address, _FINDER.sub(b"", body))
        self._put(_file_of(_static_address(address)), body)

    def has_card(self, address: str) -> bool:
        """Whether the address is a social card that an earlier run copied; cards never change."""
        name = _file_of(_static_address(address))
        is_there = name.startswith("cards/") and (self.folder.root / name).is_file()
        if not is_there or name not in self.listed:
            return False
        self.put_names.add(name)
        self.folder.report.unchanged += 1
        return True

    def put_static_files(self) -> None:
        for name in sorted(self.static):
            data = _static_file(unquote(name))
            self._put(settings.STATIC_URL.strip("/") + f"/{name}", data)

    def remove_the_rest(self) -> None:
        for name in sorted(self.listed - self.put_names):
            if _is_below(name):
                self.folder.remove(name)
        self.folder.replace(LISTING, "".join(f"{n}\n" for n in sorted(self.put_names)).encode())

    def _put(self, name: str, data: bytes) -> None:
        if not _is_below(name):
            raise ExportError(_("%(name)s cannot be the name of a file.") % {"name": name})
        self.put_names.add(name)
        self.folder.write(name, data)


def _static_file(name: str) -> bytes:
    """A collected static file, or one of the source tree if nothing is collected."""
    try:
        if staticfiles_storage.exists(name):
            with staticfiles_storage.open(name) as file:
                return file.read()
        path = finders.find(name)
    except (SuspiciousFileOperation, ValueError):
        path = None  # the name leads outside the static files
    if path is None:
        message = _("The static file %(name)s is missing. Run collectstatic first.")
        raise ExportError(message % {"name": name})
    return Path(path).read_bytes()


# Addresses and files


def _relinked(address: str, body: bytes) -> bytes:
    """A page with its links changed to pages of the copy, which is served from the root of any
    host. The canonical address stays."""

    def replaced(match: re.Match) -> bytes:
        if b'rel="canonical"' in match[1]:
            return match[0]
        written = html.unescape(match[2].decode())
        target = urlsplit(urljoin(settings.SITE_URL + address, written))
        if written.startswith("#") or f"{target.scheme}://{target.netloc}" != settings.SITE_URL:
            return match[0]
        link = _static_address(target.path + (f"?{target.query}" if target.query else ""))
        fragment = f"#{target.fragment}" if target.fragment else ""
        return match[1] + html.escape(link + fragment).encode()

    return _LINK.sub(replaced, body)


def _static_address(address: str) -> str:
    """The path in a copy for an address (path and query): `/tags/ai/?before=2026-01-03` becomes
    `/tags/ai/before/2026-01-03/`."""
    parts = urlsplit(address)
    query = parse_qsl(parts.query)
    if parts.query and (len(query) != 1 or not parts.path.endswith("/")):
        return address
    path = parts.path + "".join(f"{_plain(name)}/{_plain(value)}/" for name, value in query)
    return "/".join(map(_short, path.split("/")))


def _plain(text: str) -> str:
    """The text quoted for a URL; only letters of any script, digits, `_` and `-` are kept."""
    return quote(re.sub(r"[^\w-]", "-", text))


def _short(part: str) -> str:
    """A part of a path. If it is too long for a file name, its end is replaced by a hash; the
    file's extension stays."""
    name = unquote(part)
    if len(name.encode()) <= MAX_NAME_BYTES:
        return part
    stem, ending = re.fullmatch(r"(.+?)(\.[a-z]{2,5})?", name, re.DOTALL).groups("")
    kept = stem.encode()[: MAX_NAME_BYTES - 20 - len(ending)].decode(errors="ignore")
    return quote(f"{kept}-{hashlib.sha256(stem.encode()).hexdigest()[:16]}{ending}")


def _file_of(path: str) -> str:
    return unquote(path).lstrip("/") + ("index.html" if path.endswith("/") else "")


def _is_below(name: str) -> bool:
    return is_below(name) and LISTING not in name.split("/")
