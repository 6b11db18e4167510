"""What in a page, or in HTML within a feed, could run, load or lead to something it must not.

A page's own scripts, style sheets and frames are known by their addresses; nothing else of the kind
may be there. Addresses are read as browsers read them (https://url.spec.whatwg.org/).
"""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import html5lib

OWN_HOST = "testserver"
OWN_SCRIPTS = ("/static/", "/admin/jsi18n/")
# Elements that never stand in any page here, whatever is in them.
NEVER = {
    *("applet", "area", "audio", "base", "embed", "frame", "frameset", "math", "marquee"),
    *("object", "param", "portal", "style", "video", "xmp", "plaintext", "listing", "noembed"),
    *("fencedframe", "bgsound", "isindex", "image", "animate", "set", "foreignObject"),
}
ADDRESSES = {
    *("href", "src", "action", "formaction", "data", "poster", "background", "cite", "ping"),
    *("longdesc", "manifest", "codebase", "profile", "icon"),
}
LINK_SCHEMES = {"http", "https", "mailto"}
_IGNORED = re.compile(r"[\t\n\r]")
_ENDS = "".join(map(chr, range(0x21)))
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_OWN_PATH = re.compile(r"(?![/\\]{2})/|[#?]|\Z")
# No page here asks for more of a link, a form or a frame than this.
_OWN_FRAME = {"sandbox": "allow-same-origin"}


def in_page(source: str) -> list[str]:
    """Everything active in a whole page, in words."""
    return list(_active(html5lib.parse(source, namespaceHTMLElements=False)))


def in_fragment(source: str) -> list[str]:
    """Everything active in HTML that readers of a feed put into pages of their own."""
    found = html5lib.parseFragment(source, namespaceHTMLElements=False)
    elements = [element for element in found.iter() if isinstance(element.tag, str)]
    scripts = [shown(one) for one in elements if one.tag in ("script", "iframe", "form", "link")]
    return scripts + list(_active(found))


def scheme_of(address: str) -> str:
    """The scheme that a browser sees in an address, in small letters; empty if it has none."""
    match = _SCHEME.match(_IGNORED.sub("", address.strip(_ENDS)))
    return match[1].lower() if match else ""


def _active(root) -> Iterator[str]:
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag == "DOCUMENT_FRAGMENT":
            continue
        if not _is_own(element):
            yield f"element: {shown(element)}"
        for name, value in element.attrib.items():
            if not _is_inert(element, name.rpartition("}")[2].lower(), value):
                yield f"attribute {name}: {shown(element)}"


def _is_own(element) -> bool:
    name = element.tag.rpartition("}")[2]
    if name in NEVER:
        return False
    if name == "script":
        return _is_own_script(element)
    if name == "iframe":
        return dict(element.attrib).items() >= _OWN_FRAME.items() and "src" not in element.attrib
    if name == "use":
        return all(value.startswith("#") for value in element.attrib.values())
    if name == "link":
        return _is_own_address(element.get("href", "")) or element.get("rel") == "canonical"
    if name == "meta":
        return element.get("http-equiv") is None
    return True


def _is_own_script(element) -> bool:
    if element.get("type") == "application/ld+json":
        json.loads(element.text)
        return set(element.attrib) == {"type"}
    return element.get("src", "").startswith(OWN_SCRIPTS) and not (element.text or "").strip()


def _is_inert(element, name: str, value: str) -> bool:
    if name.startswith("on") or name in ("style", "srcdoc", "attributename"):
        return False
    if name == "autofocus":  # the desk has it in short forms of its own
        return element.tag in ("input", "textarea", "select", "button")
    if name == "srcset":
        return all(_is_own_address(one.split()[0]) for one in value.split(",") if one.strip())
    if name not in ADDRESSES:
        return True
    if element.tag == "a" and name == "href":
        feed = value.replace("feed://", "http://", 1).removeprefix("feed:")
        return scheme_of(value) in LINK_SCHEMES or _is_own_address(feed)
    return _is_own_address(value)


def _is_own_address(value: str) -> bool:
    """Of this site, absolute or by its path."""
    if scheme_of(value):
        return urlsplit(value).hostname == OWN_HOST
    return _OWN_PATH.match(_IGNORED.sub("", value.strip(_ENDS))) is not None


def shown(element) -> str:
    return f"<{element.tag} {dict(element.attrib)}>"[:300]
