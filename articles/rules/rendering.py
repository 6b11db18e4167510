"""Renders Markdown to HTML, and embeds JSON in HTML. Only this module marks text as safe.

Remarks in a text are for editors (see `articles.rules.hidden_text`); they are removed first.

comrak parses the text (with Korean-friendly emphasis: `**한글**은`) and nh3 sanitises the result.
Sanitising is always the last step.
"""

import html
import json
import re
from functools import cache
from typing import Any

import comrak
import nh3
from django.utils.safestring import SafeString, mark_safe

from articles.rules.hidden_text import shown
from articles.rules.text import clean, collapse

INLINE_TAGS = frozenset({"a", "br", "code", "del", "em", "strong"})
BLOCK_TAGS = INLINE_TAGS | {
    *("blockquote", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"),
    *("table", "tbody", "td", "th", "thead", "tr"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
URL_SCHEMES = {"http", "https", "mailto"}

# The depth to which nested quotes are kept. The cost of sanitising grows with the square of it.
MAX_QUOTES = 50

_QUOTE = re.compile(r"<(/?)blockquote>\n")
_HEADING = re.compile(r"<(/?)h([1-6])>")
# A tag as the sanitiser writes it: nothing else has a `<`, and no value a `"`.
_TAG = re.compile(r'<[^"<>]*(?:"[^"]*"[^"<>]*)*>')
# What the sanitiser leaves of a link whose address is not allowed.
_NO_LINK = re.compile(r'<a(?: title="[^"]*")? rel="noopener">(.*?)</a>', re.DOTALL)
_IMAGE = re.compile(r'<img src="([^"]*)" alt="([^"]*)"[^>]*>')
# Put before a line, it stops `1.` or `#` from starting a block. It is punctuation, so emphasis
# right after it opens as at the start of a line (CommonMark 0.31, left-flanking delimiter runs).
_GUARD = "\u2042"

_JSON_ESCAPED = re.compile("[<>&\u2028\u2029]")


def render(text: str) -> SafeString:
    """Render a Markdown text of several blocks. Headings start at level 3."""
    return mark_safe(_sanitise(_to_html(shown(text)), BLOCK_TAGS))


def render_inline(text: str) -> SafeString:
    """Render one line of Markdown without a block element around it."""
    line = " ".join(shown(text).split("\n")).strip()
    html_text = _to_html(_GUARD + line) if line else ""
    return mark_safe(_sanitise(html_text, INLINE_TAGS).replace(_GUARD, "", 1).strip())


def plain(text: str) -> str:
    """The text that a reader sees of a Markdown text, in one line and not escaped."""
    return _text_of(render(text))


def plain_line(text: str) -> str:
    """The text that a reader sees of one line of Markdown, not escaped."""
    return _text_of(render_inline(text))


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


def _to_html(text: str) -> str:
    """Convert Markdown to HTML that is not safe yet. Headings move down two levels, images become
    links, and quotes that are nested too deeply lose their element."""
    html_text = comrak.render_markdown(clean(text), _extensions(), None, _options())
    html_text = _without_deep_quotes(html_text)
    html_text = _HEADING.sub(lambda m: f"<{m[1]}h{min(int(m[2]) + 2, 6)}>", html_text)
    return _IMAGE.sub(r'<a href="\1">\2</a>', html_text)


def _without_deep_quotes(html_text: str) -> str:
    """Remove `blockquote` elements below the limit. Typed HTML is escaped by now, so every element
    here comes from the parser."""
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
def _options() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.hardbreaks = True
    options.escape = True  # typed HTML is shown as it was typed
    return options


def _sanitise(html_text: str, tags: frozenset[str]) -> str:
    """Sanitise HTML, and unwrap links that have no address left."""
    cleaner = _cleaner(tags)
    cleaned = cleaner.clean(html_text)
    without_them, count = _NO_LINK.subn(r"\1", cleaned)
    return cleaner.clean(without_them) if count else cleaned


@cache
def _cleaner(tags: frozenset[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(tags),
        attributes={tag: names for tag, names in ATTRIBUTES.items() if tag in tags},
        url_schemes=URL_SCHEMES,
        url_relative="deny",
        link_rel="noopener",
    )
