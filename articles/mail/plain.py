"""Rendered Markdown as plain text, as a person would type it into a mail."""

from html.parser import HTMLParser

from articles.rules.rendering import render, render_inline
from articles.rules.text import collapse

_BLOCKS = {
    *("blockquote", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table", "tr"),
    "ul",
}
_CELLS = {"td", "th"}


def text_of(markdown: str, base: str) -> str:
    """A Markdown text of several blocks. Paragraphs have an empty line between them, items of
    lists a hyphen or their number, quotes `> `. A link is followed by its address in brackets.

    `base` is the absolute address that links within the site start from.
    """
    return _read(render(markdown, base))


def line_of(markdown: str, base: str) -> str:
    """One line of Markdown, with the addresses of its links."""
    return collapse(_read(render_inline(markdown, base)))


def _read(html_text: str) -> str:
    reader = _Reader()
    reader.feed(html_text)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Reads what the sanitiser writes: well-formed, with few elements, and with little nesting."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[tuple[str, bool]] = []  # text, and whether a list goes on with it
        self._words: list[str] = []
        self._lists: list[int | None] = []  # the next number of each open list; None for bullets
        self._mark = ""
        self._quotes = self._cells = 0
        self._links: list[tuple[str, int]] = []
        self._is_kept = self._is_in_list = self._is_row = False

    def text(self) -> str:
        self._end_block()
        parts: list[str] = []
        for block, is_tight in self._blocks:
            parts += ["\n" if is_tight else "\n\n"] if parts else []
            parts.append(block)
        return "".join(parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in _BLOCKS:
            self._end_block()
        if tag in ("ul", "ol"):
            start = named.get("start") or "1"
            self._lists.append(int(start) if tag == "ol" and start.isdecimal() else None)
            if tag == "ol" and self._lists[-1] is None:
                self._lists[-1] = 1
        elif tag == "li":
            self._mark = self._next_mark()
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._is_kept = True
        elif tag == "hr":
            self._words.append("* * *")
            self._end_block()
        elif tag == "br":
            self._words.append("\n")
        elif tag in _CELLS:
            self._words.append(" | " if self._cells else "")
            self._cells += 1
        elif tag == "a":
            self._links.append((named.get("href") or "", len(self._words)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            address, start = self._links.pop()
            said = "".join(self._words[start:]).strip()
            if address and said not in (address, address.removeprefix("mailto:")):
                self._words.append(f" ({address.removeprefix('mailto:')})")
        if tag in _BLOCKS:
            self._end_block()
            self._cells = 0
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "blockquote":
            self._quotes -= 1
        elif tag == "pre":
            self._is_kept = False

    def handle_data(self, data: str) -> None:
        self._words.append(data if self._is_kept else data.replace("\n", " "))

    def _next_mark(self) -> str:
        if not self._lists:
            return "- "
        indent, number = "  " * (len(self._lists) - 1), self._lists[-1]
        if number is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number}. "

    def _end_block(self) -> None:
        text, self._words = "".join(self._words), []
        lines = [line if self._is_kept else collapse(line) for line in text.split("\n")]
        text = "\n".join(lines).strip("\n" if self._is_kept else None)
        if not text:
            return
        is_tight = bool(self._mark and self._is_in_list) or (self._is_row and self._cells > 0)
        self._is_row = self._cells > 0
        first, self._mark = self._mark, ""
        later = " " * len(first)
        marked = [(first if not n else later) + line for n, line in enumerate(text.split("\n"))]
        quote = "> " * self._quotes
        self._blocks.append(("\n".join(quote + line for line in marked), is_tight))
        self._is_in_list = bool(self._lists)
