"""Links and pictures in the HTML that the parser of Markdown writes.

Pictures become links to their files. With a base, addresses within the site become those of this
site; without one, they are left for the sanitiser to remove.
"""

import html
import re
from urllib.parse import unquote, urljoin, urlsplit

from django.utils.translation import pgettext

_PART = re.compile(
    r'<a href="(?P<href>[^"]*)"(?P<title>[^>]*)>(?P<empty></a>)?'
    r'|(?P<end></a>)|<img src="(?P<src>[^"]*)" alt="(?P<alt>[^"]*)"[^>]*>'
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_OWN_PATH = re.compile(r"/(?:[^/\\\s][^\\\s]*)?")


def linked(html_text: str, base: str) -> str:
    """HTML with links that lead somewhere, each with a text. `base` is the address of the page that
    relative addresses start from: a path of this site, an absolute address, or empty."""
    if "<a href=" not in html_text and "<img src=" not in html_text:
        return html_text
    is_in_link = False

    def replaced(part: re.Match[str]) -> str:
        nonlocal is_in_link
        if part["end"]:
            is_in_link = False
            return part[0]
        if part["src"] is not None:
            text = part["alt"].strip() or html.escape(_name_of(html.unescape(part["src"])))
            return text if is_in_link else _link(part["src"], "", base) + text + "</a>"
        opening = _link(part["href"], part["title"], base)
        if part["empty"]:
            address = html.unescape(part["href"])
            return f"{opening}{html.escape(unquote(address))}</a>" if address else ""
        is_in_link = True
        return opening

    return _PART.sub(replaced, html_text)


def own_path(address: str) -> str | None:
    """A relative address if it is a path of this site, else None."""
    return address if _OWN_PATH.fullmatch(address) else None


def _link(address: str, title: str, base: str) -> str:
    resolved = _resolved(html.unescape(address), base) if base else None
    href = address if resolved is None else html.escape(resolved)
    return f'<a href="{href}"{title}>'


def _resolved(address: str, base: str) -> str | None:
    """The address that a relative one stands for, or None for others."""
    if not address or _SCHEME.match(address) or address.startswith("//"):
        return None
    try:
        return urljoin(base, address)
    except ValueError:
        return None


def _name_of(address: str) -> str:
    """The name of a picture's file, or the word for one without a name."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    name = unquote(parts.path).rpartition("/")[2].strip() if parts.scheme != "data" else ""
    return name or pgettext("in place of a picture without a name", "Picture")
