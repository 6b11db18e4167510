"""Headlines as readers get them: plain text, from headings that Markdown may mark up."""

import re
from typing import Any, NamedTuple

from articles.rules import hidden_text
from articles.rules.addresses import domain_of
from articles.rules.lengths import LONGEST_LINE
from articles.rules.lines import CitationLine
from articles.rules.validators import is_web_address

HEADING = re.compile(r"^(#{1,6})(?:[ \t]+(.*?))?[ \t]*$")
_CLOSING = re.compile(r"(?:(?:^|\s+)#+)?(?:\s*\{#[\w:.-]+\})?\s*$")
_MARK = re.compile(
    r"(?P<code>(?<!`)(`+)(?!`).+?(?<!`)\2(?!`))"
    r"|(?P<bold>(?<![\\*])\*\*(?=[^\s*])(?P<starred>.{1,400}?)(?<=[^\s*])\*\*(?!\*)"
    r"|(?<![\\\w])__(?=[^\s_])(?P<lined>.{1,400}?)(?<=[^\s_])__(?!\w))"
)
_LINK = re.compile(
    r"(?<![!\\])\[(?P<text>(?:\\.|\[[^\[\]]*\]|[^\[\]\\])+)\]"
    r"\((?:<(?P<angled>[^<>\s]+)>|(?P<url>[^()\s<]+(?:\([^()\s]*\)[^()\s]*)*))"
    r"""(?:[ \t]+(?:"[^"]*"|'[^']*'))?\)"""
)
_ESCAPED = re.compile(r"\\([\\\[\]])")
_MOST = 1_000  # a longer line stays as it is written


class Headline(NamedTuple):
    """`text` is plain. `urls` are the addresses that the heading links to; `is_link` says that the
    whole heading is one link."""

    text: str
    urls: list[str]
    is_link: bool


def heading_of(line: str) -> str:
    """The text of a heading, as it is written."""
    match = HEADING.match(line)
    return ((match and match[2]) or "").strip()


def read(line: str) -> Headline:
    """The headline in a line “## …”, without a link, marks of bold text and closing hashes. A
    headline with a comment stays as it is written."""
    written = heading_of(line)
    if len(written) > _MOST or not re.search(r"[#*_\[{]", written) or hidden_text.are_in(written):
        return Headline(written, [], False)
    closed = _CLOSING.sub("", written)
    bare = _without_bold(closed)
    links = [link for link in _LINK.finditer(bare) if is_web_address(_url(link))]
    text = bare
    for link in reversed(links):
        inner = _ESCAPED.sub(r"\1", link["text"])
        text = text[: link.start()] + inner + text[link.end() :]
    text = text.strip()
    if not text or hidden_text.are_in(text):
        return Headline(written, [], False)
    is_link = len(links) == 1 and links[0][0] == bare.strip()
    return Headline(text, list(dict.fromkeys(_url(link) for link in links)), is_link)


def _url(link: re.Match[str]) -> str:
    return link["url"] or link["angled"]


def title_in(line: str, expected: str | None) -> str:
    """The title in a line “# …”; empty for any other line, or if it cannot be a title. If another
    one is expected, it is none; nothing is if that is None."""
    heading = HEADING.match(line)
    if expected is None or not heading or len(heading[1]) > 1 or hidden_text.are_in(line):
        return ""
    title = read(line).text
    fits = len(title) <= LONGEST_LINE and title == (expected or title)
    return title if fits else ""


def linked(text: str, url: str) -> str:
    """A headline as a heading that is a link."""
    return "[{}]({})".format(re.sub(r"([\\\[\]])", r"\\\1", text), url)


def citation_of(url: str) -> CitationLine:
    """The citation of an address to which a headline links."""
    return CitationLine(domain_of(url), url, None)


def linked_to(headline: str, citations: list[CitationLine]) -> list[Any]:
    """`linked` of a layout: a headline, and the citations that only it gives."""
    return [headline, *([citation.url, citation.publisher] for citation in citations)]


def _without_bold(text: str) -> str:
    if "**" not in text and "__" not in text:
        return text
    return _MARK.sub(lambda mark: mark["code"] or mark["starred"] or mark["lined"], text)
