"""Turns the HTML of a clipboard into Markdown.

Chat pages, mails and web pages also put their text on the clipboard as HTML, which has the
headings, lists and links that plain text lacks. Such HTML has any size and any mistake. `_Plain`
therefore writes it anew in one pass: few kinds of tags, each closed, and not deep. The others come
after it: nh3 does work that grows with the square of the depth, and markdownify calls itself for
each level.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator

import nh3

MAX_TAGS = 15_000  # that begin or end elements
MAX_DEPTH = 40  # tags in each other; the text of deeper ones is kept
MAX_ITEMS = 200  # of one list, since markdownify counts those above each

_HEADINGS = {f"h{level}" for level in range(1, 7)}
_BLOCKS = _HEADINGS | {"p", "div", "section", "article", "blockquote", "pre", "ul", "ol", "li"}
_TABLES = {"table", "thead", "tbody", "tr", "td", "th"}
_INLINE = {"a", "b", "strong", "i", "em", "code"}
_VOID = {"br", "hr"}
_LISTS = {"ul", "ol"}
_DROP = "!"  # written for an element that goes with all that is in it
KEPT = _BLOCKS | _TABLES | _INLINE | _VOID
# Elements whose text is not the page's.
_DROPPED = {
    *("head", "title", "script", "style", "template", "noscript", "svg", "iframe", "object"),
    *("button", "select", "textarea", "audio", "video", "canvas"),
}
_RAW = {"script", "style", "title", "textarea", "iframe", "noscript"}  # no tags within
_NEVER_CLOSED = {*_VOID, "img", "input", "meta", "link", "col", "source", "wbr", "area", "base"}
_CLOSE_THEMSELVES = {"p", "li", "tr", "td", "th"}  # one begins where the one before it ends

_NAME = re.compile(r"/?[a-zA-Z][^\s/>]*")
_ATTRIBUTES = re.compile(r"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+""")
_VALUE = re.compile(
    r"""(?:^|[\s"'/])(href|style|start|hidden)(?:=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))|(?=[\s/]|$))""",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|mso-hide", re.I
)
_WEIGHT = re.compile(r"font-weight\s{0,9}:\s{0,9}(\w+)", re.I)
_AUTOLINK = re.compile(r"<(https?://[^<>\s]+)>")
_BLANK_LINES = re.compile(r"\n{3,}")


class TooLargeError(ValueError):
    """There are more tags in the HTML than it is worth to look at."""


def markdown_of(text: str) -> str:
    """The Markdown of an HTML text: its headings, lists, bold type, links and tables, without
    scripts, comments and what the page hides. Raises TooLargeError."""
    clean = nh3.clean(
        _Plain().read(text),
        tags=KEPT,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    # A parser of HTML comes with it, 7 MB in each process, for a paste now and then.
    from markdownify import ATX, MarkdownConverter

    # Nothing is escaped: the text may be Markdown already. Blanks at the end of a line break it.
    converter = MarkdownConverter(
        heading_style=ATX,
        bullets="-",
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
    )
    lines = _AUTOLINK.sub(r"\1", converter.convert(clean)).split("\n")
    text = "\n".join(line if line.strip() else "" for line in lines)
    return _BLANK_LINES.sub("\n\n", text).strip()


class _Plain:
    """Writes HTML anew in one pass."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.open: list[tuple[str, str]] = []  # names, with what is written for each
        self.counts: Counter[str] = Counter()  # of the open names
        self.tags = self.depth = self.dropped = 0
        self.items: list[int] = []  # of each open list

    def read(self, text: str) -> str:
        """The HTML with few kinds of tags, each closed."""
        for part in _parts(text):
            if isinstance(part, tuple):
                self._tag(*part)
            elif not self.dropped:
                self.out.append(part.replace("<", "&lt;"))
        while self.open:
            self._close()
        return "".join(self.out)

    def _tag(self, name: str, attributes: str) -> None:
        self.tags += 1
        if self.tags > MAX_TAGS:
            raise TooLargeError
        if name.startswith("/"):
            self._end(name[1:])
        elif name in _VOID:
            self.out.append("" if self.dropped else f"<{name}>")
        elif name not in _NEVER_CLOSED:
            if name in _CLOSE_THEMSELVES and self.open and self.open[-1][0] == name:
                self._close()
            self._start(name, _values(attributes))

    def _start(self, name: str, values: dict[str, str]) -> None:
        style = values.get("style", "")
        written = _written(name, style)
        if name in _DROPPED or "hidden" in values or _INVISIBLE.search(style):
            written = _DROP
            self.dropped += 1
        elif self.dropped or self.depth == MAX_DEPTH:
            written = ""
        self.open.append((name, written))
        self.counts[name] += 1
        if written and written != _DROP:
            self.depth += 1
            self._write(written, values)

    def _write(self, name: str, values: dict[str, str]) -> None:
        if name == "li" and self.items:
            self._divide()
        if name in _LISTS:
            start = values.get("start", "")
            self.items.append(int(start) if re.fullmatch(r"[0-9]{1,4}", start) else 1)
            self.out.append(f'<{name} start="{self.items[-1]}">')
        elif name == "a":
            self.out.append(f'<a href="{html.escape(html.unescape(values.get("href", "")))}">')
        else:
            self.out.append(f"<{name}>")

    def _divide(self) -> None:
        """End a numbered list that has very many items, and begin another that goes on."""
        if self.open[-2:-1] and self.open[-2][1] == "ol" and self.items[-1] % MAX_ITEMS == 0:
            self.out.append(f'</ol><ol start="{self.items[-1]}">')
        self.items[-1] += 1

    def _end(self, name: str) -> None:
        if self.counts[name]:
            while self._close() != name:
                pass

    def _close(self) -> str:
        """Close what was opened last; returns its name."""
        name, written = self.open.pop()
        self.counts[name] -= 1
        if written == _DROP:
            self.dropped -= 1
        elif written:
            self.depth -= 1
            self.out.append(f"</{written}>")
            if written in _LISTS:
                self.items.pop()
        return name


def _parts(text: str) -> Iterator[str | tuple[str, str]]:
    """The text of an HTML text, and its tags, each as its name and the rest. A name such as
    `/p` ends an element."""
    place = 0
    while (start := text.find("<", place)) >= 0:
        if start > place:
            yield text[place:start]
        if text.startswith(("<!", "<?"), start):
            end = "-->" if text.startswith("<!--", start) else ">"
            place = _after(end, text, start)
        elif name := _NAME.match(text, start + 1):
            attributes = _ATTRIBUTES.match(text, name.end())
            place = attributes.end() if attributes else name.end()
            yield name[0].lower(), text[name.end() : place]
            place = _after(">", text, place)
            if name[0].lower() in _RAW:
                ending = re.compile(f"</{name[0]}", re.IGNORECASE).search(text, place)
                place = ending.start() if ending else len(text)
        else:
            yield "<"
            place = start + 1
    if place < len(text):
        yield text[place:]


def _after(mark: str, text: str, start: int) -> int:
    """The place after a mark, that of the text's end if there is none."""
    found = text.find(mark, start)
    return found + len(mark) if found >= 0 else len(text)


def _values(attributes: str) -> dict[str, str]:
    """The values of the attributes that matter here."""
    found: dict[str, str] = {}
    for match in _VALUE.finditer(attributes):
        found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
    return found


def _written(name: str, style: str) -> str:
    """The tag that is written for one. What is bold is told by its style if there is one."""
    weight = _WEIGHT.search(style)
    is_bold = weight and re.fullmatch(r"bold|bolder|[6-9]00", weight[1])
    if name in ("b", "strong", "span") and weight:
        return "b" if is_bold else ""
    return name if name in KEPT else ""
