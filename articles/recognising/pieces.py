"""Joins lines to the points and texts of an article."""

import re
import textwrap
from dataclasses import dataclass, field, replace

from articles.recognising.citations import links_in, only_calls
from articles.recognising.labels import ORNAMENTS
from articles.recognising.splitting import Line, Look
from articles.rules.text import collapse

# Prose directly below a headline is its summary if there is this much of it at most.
MOST_PARAGRAPHS, MAX_PARAGRAPH = 5, 1_000
FOOTNOTE = re.compile(r"[ \t]?\[\^([^\]\s]{0,40})\]")

_NO_SUMMARY = re.compile(
    r"^\W*(?:요약\s?(?:없음|불가|실패|하지 못)|no summary|summary (?:is )?(?:not |un)available"
    r"|暂无摘要|无摘要|要約なし)",
    re.IGNORECASE,
)
_ONLY_PICTURES = re.compile(
    r"(?:\[?!\[[^\]]*\]\([^()\s]*\)(?:\]\([^()\s]*\))?\s*|!\[\[[^\[\]]*\]\]\s*)+"
)
_ONLY_TIME = re.compile(r"\W*\d{1,2}:\d{2}(?::\d{2})?\W*")


@dataclass
class Piece:
    """Lines that belong together: a paragraph, or a list item with what is nested in it."""

    lines: list[Line]
    own: list[str]
    nested: list[list[str]] = field(default_factory=list)

    @property
    def is_item(self) -> bool:
        return self.lines[0].look is Look.ITEM

    @property
    def is_quoted(self) -> bool:
        return self.lines[0].text.lstrip().startswith(">")

    def leads_to(self, following: "Piece | None") -> bool:
        """Whether it is a sentence that only leads to a list."""
        is_last_sign = FOOTNOTE.sub("", self.text).endswith((":", "："))
        return not self.is_item and is_last_sign and following is not None and following.is_item

    @property
    def text(self) -> str:
        """The piece in one line; nested text follows a dash."""
        own = collapse(" ".join(self.own))
        if ornament := ORNAMENTS.match(own):
            own = own[ornament.end() :] or own
        nested = "; ".join(collapse(" ".join(texts)) for texts in self.nested)
        return f"{own} – {nested}" if nested else own


def names_of_footnotes(pieces: list[Piece], lines: list[Line]) -> set[str]:
    """The names of the footnotes that pieces and lines refer to."""
    texts = [text for piece in pieces for part in (piece.own, *piece.nested) for text in part]
    texts += [line.content for line in lines]
    return {name for text in texts for name in FOOTNOTE.findall(text)}


def take_out(footnotes: set[str], pieces: list[Piece], texts: list[list[Line]]) -> None:
    """Take the marks of footnotes out of pieces and texts."""
    for piece in pieces:
        for part in (piece.own, *piece.nested):
            part[:] = [without_marks(text, footnotes) for text in part]
    for lines in texts:
        lines[:] = [replace(one, content=without_marks(one.content, footnotes)) for one in lines]


def without_marks(text: str, footnotes: set[str]) -> str:
    """A text without the marks of footnotes."""
    return FOOTNOTE.sub(lambda mark: "" if mark[1] in footnotes else mark[0], text)


def is_summary(lead: list[Piece]) -> bool:
    """Whether the text directly below the headline serves as the summary: a list, or a few
    short paragraphs."""
    if not lead or any(piece.is_item or piece.is_quoted for piece in lead):
        return bool(lead)
    is_short = all(len(piece.text) <= MAX_PARAGRAPH for piece in lead)
    return is_short and len(lead) <= MOST_PARAGRAPHS


def filled(lines: list[Line]) -> list[Line]:
    """The lines that are not blank."""
    return [line for line in lines if line.text.strip()]


def raw(lines: list[Line]) -> str:
    """The lines as they stand in the text, without their common indent."""
    text = textwrap.dedent("\n".join(line.text for line in lines))
    return text.strip()


def markdown(lines: list[Line]) -> str:
    """The lines of a text that may have several paragraphs and a list."""
    is_list = sum(line.look is Look.ITEM for line in lines) > 1
    texts = "\n".join(_written(line, is_list) for line in lines)
    return textwrap.dedent(texts).strip()


def _written(line: Line, is_list: bool) -> str:
    if line.look is Look.BLOCK:
        return line.text
    if line.look is not Look.ITEM or not is_list:
        return line.content
    start = line.text.lstrip()
    marker = start.split()[0] if start[0].isdigit() else "-"
    return f"{' ' * (len(line.text) - len(start))}{marker} {line.content}"


def says_nothing(line: Line) -> bool:
    """Whether a line is only an hour, pictures or a link to subscribe, or says that there is no
    summary."""
    links = links_in(line.content) if line.content.startswith("[") else []
    if links and only_calls(links) and links[-1].end == len(line.content):
        return True
    return bool(
        _NO_SUMMARY.search(line.content)
        or _ONLY_TIME.fullmatch(line.content)
        or _ONLY_PICTURES.fullmatch(line.content)
    )
