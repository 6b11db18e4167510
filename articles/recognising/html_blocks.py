"""Reads headings, paragraphs and lists of HTML, as pages and exported posts have them."""

import re
from dataclasses import replace

from articles.recognising.splitting import HTML_BOLD, HTML_LINK, Line, Look

_STARTS = re.compile(r"\s*</?(?:h[1-6]|p|ul|ol|li)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(h[1-6]|p|ul|ol|li|div|section|article)\b[^<>]*>", re.IGNORECASE)
# What Markdown has, too.
_MARKS = (
    (HTML_LINK, r"[\2](\1)"),
    (HTML_BOLD, "**"),
    (re.compile(r"</?(?:em|i)>", re.IGNORECASE), "*"),
    (re.compile(r"<br\s{0,3}/?>", re.IGNORECASE), " "),
    (re.compile(r"</?(?:span|font|u|a)\b[^<>]*>", re.IGNORECASE), ""),
)


def with_html_blocks(lines: list[Line]) -> list[Line]:
    """The lines; one that begins with a heading, a paragraph or a list of HTML as a line for each
    of these. Lines of code and comments stay."""
    return [part for line in lines for part in (_parts(line) or [line])]


def _parts(line: Line) -> list[Line]:
    is_code = line.look is Look.BLOCK and not line.content
    if is_code or line.look in (Look.BLANK, Look.RULE) or not _STARTS.match(line.text):
        return []
    found: list[Line] = []
    tags, start = list(_TAG.finditer(line.text)), 0
    ends = [*(tag.start() for tag in tags[1:]), len(line.text)]
    for tag, end in zip(tags, ends, strict=True):
        if content := _markdown(_TAG.sub("", line.text[tag.start() : end])):
            name = "" if tag[1] else tag[2].lower()
            found.append(_line(line, line.text[start:end], name, content))
            start = end
    if found:
        found[-1] = replace(found[-1], text=found[-1].text + line.text[start:])
    return found


def _line(line: Line, text: str, name: str, content: str) -> Line:
    column = len(line.text) - len(line.text.lstrip())
    if name.startswith("h"):
        return replace(line, text=text, look=Look.HEADING, content=content, level=int(name[1]))
    if name == "li":
        return replace(line, text=text, look=Look.ITEM, content=content, indent=column + 2)
    return Line(line.number, text, Look.TEXT, content)


def _markdown(text: str) -> str:
    for pattern, written in _MARKS:
        text = pattern.sub(written, text)
    return " ".join(text.replace("&nbsp;", " ").split())
