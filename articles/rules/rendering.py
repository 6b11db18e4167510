"""Renders Markdown to HTML, and embeds JSON in HTML. Only this module marks text as safe.

Remarks in a text are for editors (see `articles.rules.hidden_text`); they are removed first.

comrak parses the text (with Korean-friendly emphasis: `**한글**은`) and nh3 sanitises the result.
Sanitising is always the last step. Of typed HTML a few inline elements work (see
`articles.rules.typed_html`); comrak never meets it, and escapes what is left of it.
"""

import html
import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import quote

import comrak
import nh3
from django.utils.safestring import SafeString, mark_safe

from articles.rules import typed_html
from articles.rules.hidden_text import shown
from articles.rules.links import linked, own_path
from articles.rules.text import clean, collapse, composed

INLINE_TAGS = typed_html.ELEMENTS | {"a", "br", "code"}
BLOCK_TAGS = INLINE_TAGS | {
    *("blockquote", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"),
    *("table", "tbody", "td", "th", "thead", "tr"),
}
DOCUMENT_TAGS = BLOCK_TAGS | {"h2", "img"}
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"alt", "src"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}
URL_SCHEMES = {"http", "https", "mailto"}

# The depth to which nested quotes are kept. The cost of sanitising grows with the square of it.
MAX_QUOTES = 50

_MAY_LINK = re.compile(r"[\])][(:\[]|<https?:", re.IGNORECASE)
_HREF = re.compile(r'<a href="([^"]*)"')
_SRC = re.compile(r'(?<=<img src=")[^"]*')
_QUOTE = re.compile(r"<(/?)blockquote>\n")
_HEADING = re.compile(r"<(/?)h([1-6])>")
# A tag as the sanitiser writes it: nothing else has a `<`, and no value a `"`.
_TAG = re.compile(r'<[^"<>]*(?:"[^"]*"[^"<>]*)*>')
# What the sanitiser leaves of a link whose address is not allowed.
_NO_LINK = re.compile(r'<a(?: (?:title|rel)="[^"]*")*>(.*?)</a>', re.DOTALL)
# The start of a footnote. Markdown would take its text for the address of a link.
_NOTE = re.compile(r"\[(?=\^[^\[\]\n]*\]:)")
_NO_DEFINITION = "\ufdd2"  # a noncharacter, which cleaned texts do not have
# Put before a line, it stops `1.` or `#` from starting a block. It is punctuation, so emphasis
# right after it opens as at the start of a line (CommonMark 0.31, left-flanking delimiter runs).
_GUARD = "\u2042"

_JSON_ESCAPED = re.compile("[<>&\u2028\u2029]")


def render(text: str, base: str = "") -> SafeString:
    """Render a Markdown text of several blocks. Headings start at level 3.

    `base` is the page that links within the site start from: its path, or its absolute address
    where the text leaves the site. Without one, such links are only their text.
    """
    return mark_safe(_sanitise(_to_html(shown(text), base), BLOCK_TAGS, base))


def render_inline(text: str, base: str = "") -> SafeString:
    """Render one line of Markdown without a block element around it. `base` is that of `render`."""
    line = " ".join(shown(text).split("\n")).strip()
    html_text = _to_html(_GUARD + line, base) if line else ""
    return mark_safe(_sanitise(html_text, INLINE_TAGS, base).replace(_GUARD, "", 1).strip())


def render_document(text: str, address_of: Callable[[str], str]) -> SafeString:
    """Render a document of the software itself, whose lines flow. Its headings keep their level,
    and its pictures are shown, each from the address that `address_of` has for the written one."""
    text, tags = typed_html.set_aside(clean(text))
    html_text = comrak.render_markdown(text, _extensions(), None, _options(hardbreaks=False))
    html_text = typed_html.put_back(html_text, tags)
    html_text = _SRC.sub(lambda m: html.escape(address_of(html.unescape(m[0]))), html_text)
    return mark_safe(_cleaner(DOCUMENT_TAGS, has_own_paths=True).clean(html_text))


def preview(text: str) -> SafeString:
    """Render the text of a field beside the field. Its links within the site start from the home
    page."""
    return render(text, "/")


def links_in(text: str, base: str) -> list[str]:
    """The addresses of the links and pictures of a Markdown text, in order. `base` is that of
    `render`."""
    if not _MAY_LINK.search(text):
        return []
    return [html.unescape(href) for href in _HREF.findall(render(text, base))]


def plain(text: str) -> str:
    """The text that a reader sees of a Markdown text, in one line and not escaped."""
    return _text_of(render(text))


def plain_line(text: str) -> str:
    """The text that a reader sees of one line of Markdown, not escaped."""
    return _text_of(render_inline(text))


def marked_text(parts: Iterable[str]) -> SafeString:
    """Plain text as HTML, with every second of its parts in `<mark>`; the first is not marked."""
    escaped = [html.escape(part) for part in parts]
    escaped[1::2] = [f"<mark>{part}</mark>" for part in escaped[1::2]]
    return SafeString("".join(escaped))


def filled(pattern: str, *texts: str) -> SafeString:
    """HTML with texts in place of its `{}`: those that are not safe are escaped. As
    Django's `format_html`, but only for texts, and in less time."""
    escaped = [text if isinstance(text, SafeString) else html.escape(text) for text in texts]
    return SafeString(pattern.format(*escaped))


def json_data(value: dict[str, Any] | list[Any]) -> SafeString:
    """JSON for a data block (`<script type="application/ld+json">`). No text in it can end the
    block.

    `<`, `>`, `&` and the line ends that JavaScript knows but JSON does not are written as escapes.
    Every JSON parser reads them as the same characters.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(_JSON_ESCAPED.sub(lambda char: f"\\u{ord(char[0]):04x}", text))


def _text_of(clean_html: str) -> str:
    return collapse(html.unescape(_TAG.sub("", clean_html)))


def _to_html(text: str, base: str) -> str:
    """Convert Markdown to HTML that is not safe yet. Headings move down two levels, images become
    links, and quotes that are nested too deeply lose their element."""
    text, tags = typed_html.set_aside(composed(clean(text)))
    text = _NOTE.sub(f"{_NO_DEFINITION}[", text)
    html_text = comrak.render_markdown(text, _extensions(), None, _options())
    html_text = html_text.replace(_NO_DEFINITION, "").replace(quote(_NO_DEFINITION), "")
    html_text = typed_html.put_back(html_text, tags) if tags else html_text
    html_text = _without_deep_quotes(html_text)
    html_text = _HEADING.sub(lambda m: f"<{m[1]}h{min(int(m[2]) + 2, 6)}>", html_text)
    return linked(html_text, base)


def _without_deep_quotes(html_text: str) -> str:
    """Remove `blockquote` elements below the limit. Typed HTML has none by now, so every one here
    comes from the parser."""
    if html_text.count("<blockquote>") <= MAX_QUOTES:
        return html_text
    depth = 0

    def kept(match: re.Match[str]) -> str:
        nonlocal depth
        depth += 0 if match[1] else 1
        is_kept = depth <= MAX_QUOTES
        depth -= 1 if match[1] else 0
        return match[0] if is_kept else ""

    return _QUOTE.sub(kept, html_text)


@cache
def _extensions() -> comrak.ExtensionOptions:
    extensions = comrak.ExtensionOptions()
    extensions.cjk_friendly_emphasis = True
    extensions.strikethrough = True
    extensions.table = True
    return extensions


@cache
def _options(hardbreaks: bool = True) -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.hardbreaks = hardbreaks
    options.escape = True  # what looks like HTML, but was not set aside
    return options


def _sanitise(html_text: str, tags: frozenset[str], base: str = "") -> str:
    """Sanitise HTML, and unwrap links that have no address left. Paths of this site are addresses
    only if there is a base."""
    cleaner = _cleaner(tags, bool(base))
    cleaned = cleaner.clean(html_text)
    without_them, count = _NO_LINK.subn(r"\1", cleaned)
    return cleaner.clean(without_them) if count else cleaned


@cache
def _cleaner(tags: frozenset[str], has_own_paths: bool) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(tags),
        attributes={tag: names for tag, names in ATTRIBUTES.items() if tag in tags},
        url_schemes=URL_SCHEMES,
        url_relative=own_path if has_own_paths else "deny",
        link_rel="noopener",
        # A wide table scrolls on its own, which a keyboard can do only with the focus (WCAG 2.1.1).
        set_tag_attribute_values={"table": {"tabindex": "0"}} if "table" in tags else None,
    )
