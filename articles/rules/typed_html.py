"""HTML tags that people type in Markdown. A few inline elements work; of all other tags readers get
only the text.

Tags are set aside before Markdown is parsed, with a sign for each, and put back afterwards. So the
parser of Markdown never meets typed HTML: nothing in its output was typed, and no typed tag can
begin a block. Signs consist of noncharacters, which cleaned texts do not have.
"""

import html
import re
from urllib.parse import quote

from articles.rules.text import clean, collapse

ELEMENTS = frozenset(["abbr", "b", "del", "em", "i", "kbd", "mark", "strong", "sub", "sup"])
# How many typed elements can be open at once. Further ones show their text only.
MAX_OPEN = 10

# Nothing in a tag can be an opening sign, so each part of a text is scanned once: what the
# lookahead found is not given back. A possessive group would do the same, but up to Python 3.11.4
# it takes with it what its last repetition could not match.
_TYPED = re.compile(
    r"""\\[\\<]|</?[A-Za-z][A-Za-z0-9-]*+"""
    r"""(?:[\s/](?=((?:[^<>"'\n]+|\n[ \t]*(?=[A-Za-z/])|"[^"<\n]*"|'[^'<\n]*')*))\1)?>"""
)
_NAME = re.compile(r"<(/?)([A-Za-z0-9-]+)")
_TITLE, _ALT = (
    re.compile(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
    for name in ("title", "alt")
)
_DROPPED, _BREAK = "\ufdd0", "\ufdd1"
# Punctuation at both ends, as a tag has: emphasis beside it opens and closes as beside a tag.
_SIGN = "\u2042\ufdd0{}\ufdd0\u2042"
_SIGNS = re.compile(_SIGN.format(r"(\d+)"))
_ENCODED_SIGNS = re.compile(quote(_SIGN.format("N")).replace("N", r"(\d+)"))
_PARTS = re.compile(rf"<(?P<end>/?)(?P<name>[a-z0-9]+)[^>]*>|{_SIGN.format('(?P<sign>[0-9]+)')}")
_VOID = {"br", "hr", "img", "input"}
_BROKEN_TWICE = re.compile(rf"{_BREAK}[ \t]*+<br />\n")
# Lines and paragraphs in which nothing is left.
_LINE = re.compile(rf"(?:(?<=<p>)|(?<=<li>)|(?<=<br />\n)){_DROPPED}[{_DROPPED} \t]*+<br />\n")
_LAST_LINE = re.compile(rf"<br />\n{_DROPPED}[{_DROPPED} \t]*+(?=</(?:p|li)>)")
_PARAGRAPH = re.compile(rf"<p>{_DROPPED}[{_DROPPED} \t]*+</p>\n?")


def set_aside(text: str) -> tuple[str, list[str]]:
    """A cleaned Markdown text with signs in place of its tags, and the tags."""
    if "<" not in text:
        return text, []
    numbers: dict[str, int] = {}

    def sign(match: re.Match[str]) -> str:
        if match[0][0] == "\\":
            return match[0]
        return _SIGN.format(numbers.setdefault(match[0], len(numbers)))

    return _TYPED.sub(sign, text), list(numbers)


def put_back(html_text: str, tags: list[str]) -> str:
    """The HTML of a text with the tags that were set aside: as elements where they form pairs, as
    text in code, and else not at all. `html_text` comes from the parser of Markdown."""
    pieces = _Pieces(tags)
    at = 0
    for part in _PARTS.finditer(html_text):
        pieces.out.append(html_text[at : part.start()])
        at = part.end()
        if part["sign"]:
            pieces.add_typed(tags[int(part["sign"])])
        else:
            pieces.add_parsed(part[0], part["name"], is_end=bool(part["end"]))
    text = "".join([*pieces.out, html_text[at:]])
    text = _LAST_LINE.sub("", _LINE.sub("", _BROKEN_TWICE.sub("<br />\n", text)))
    text = _PARAGRAPH.sub("", text).replace(_DROPPED, "")
    return text.replace(_BREAK, "<br />\n")


class _Pieces:
    """The pieces of the result. `open` has every element that is open, outermost first: its name,
    and the place of its piece if it was typed."""

    def __init__(self, tags: list[str]) -> None:
        self.tags = tags
        self.out: list[str] = []
        self.open: list[tuple[str, int | None, str]] = []
        self.count = 0  # of open typed elements

    def add_parsed(self, tag: str, name: str, *, is_end: bool) -> None:
        """Add a tag of the parser's own. It closes all typed elements that began inside it."""
        if _DROPPED in tag:
            tag = _SIGNS.sub("", tag)
        if "%EF%B7%90" in tag:
            tag = _ENCODED_SIGNS.sub(lambda sign: quote(self.tags[int(sign[1])], safe="/=:"), tag)
        self.out.append(tag)
        if is_end:
            while self.open and self.open.pop()[1] is not None:
                self.count -= 1
        elif name not in _VOID:
            self.open.append((name, None, ""))

    def add_typed(self, tag: str) -> None:
        name = _NAME.match(tag)
        is_end, element = (bool(name[1]), name[2].lower()) if name else (False, "")
        if self.open and self.open[-1][0] == "code":
            self.out.append(html.escape(tag))
        elif element == "br" and not is_end:
            self.out.append(_BREAK)
        elif element == "img" and (text := _attribute(_ALT, tag)):
            self.out.append(html.escape(text))
        else:
            self.out.append(_DROPPED)
            if element in ELEMENTS and is_end:
                self._close(element)
            elif element in ELEMENTS and not tag.endswith("/>") and self.count < MAX_OPEN:
                self.open.append((element, len(self.out) - 1, tag))
                self.count += 1

    def _close(self, element: str) -> None:
        """Let the last open element of that name work, if it began in the same parsed element."""
        for depth, (name, place, tag) in enumerate(reversed(self.open), 1):
            if place is None:
                return
            if name == element:
                self.out[place], self.out[-1] = _opening(name, tag), f"</{name}>"
                del self.open[-depth:]
                self.count -= depth
                return


def _opening(name: str, tag: str) -> str:
    title = _attribute(_TITLE, tag) if name == "abbr" else ""
    return f'<{name} title="{html.escape(title)}">' if title else f"<{name}>"


def _attribute(pattern: re.Pattern[str], tag: str) -> str:
    match = pattern.search(tag)
    return collapse(clean(html.unescape(match[1] or match[2] or match[3] or ""))) if match else ""
