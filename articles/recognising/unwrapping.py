"""Takes off what stands around a whole answer: fences, what a model thought first, marks of
quotation, an indent, backslashes."""

import re
import textwrap
from itertools import groupby

from articles.recognising.labels import SECTION, meaning
from articles.recognising.splitting import CALLOUT

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*(?:markdown|md|text|txt)?\s*$", re.IGNORECASE)
_NAMED = re.compile(r"markdown|md", re.IGNORECASE)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s")
_THOUGHT = re.compile(r"^\s*<(think|thinking|thought|reasoning)>", re.IGNORECASE)
_QUOTED = re.compile(r"^\s{0,3}>\s?")
_QUOTED_HEADING = re.compile(r"^\s{0,3}>\s{0,3}#{1,6}\s")
_ESCAPED_HEADING = re.compile(r"^\s{0,3}\\#(?:\\?#){0,5}\s")
_ESCAPED = re.compile(r"\\([#*_>`~\[\]()+.!|-])")


def unwrapped(texts: list[str]) -> tuple[list[str], dict[int, str]]:
    """The lines as they stand within what wraps them, and the lines of that by their indexes;
    blank lines have the place of these."""
    found = {index: texts[index] for index in [*_thoughts(texts), *_fences(texts)]}
    lines = ["" if index in found else text for index, text in enumerate(texts)]
    lines = _unquoted(_unescaped(lines))
    return textwrap.dedent("\n".join(lines)).split("\n"), found


def has_thoughts(text: str) -> bool:
    """Whether a text begins with what a model thought before its answer."""
    return bool(_thoughts(text.split("\n")))


def _thoughts(texts: list[str]) -> range:
    """The indexes of the lines with what a model thought, from `<think>` to `</think>`."""
    first = next((index for index, text in enumerate(texts) if text.strip()), 0)
    opening = _THOUGHT.match(texts[first]) if texts else None
    end = f"</{opening[1]}>".casefold() if opening else ""
    last = next((i for i, text in enumerate(texts) if end and end == text.strip().casefold()), -1)
    return range(first, last + 1)


def _fences(texts: list[str]) -> list[int]:
    """The indexes of the lines that fence the whole answer, or each of its articles."""
    fences = [index for index, text in enumerate(texts) if _FENCE.match(text)]
    opening, closing = fences[::2], fences[1::2]
    if len(fences) == 1 and _NAMED.search(texts[fences[0]]):
        return fences  # the answer was cut off
    filled = [index for index, text in enumerate(texts) if text.strip()]
    if len(fences) == 2 and fences == [filled[0], filled[-1]]:
        return fences if any(map(_HEADING.match, texts)) else []
    are_pairs = len(opening) == len(closing) and all(_NAMED.search(texts[one]) for one in opening)
    if not are_pairs or any(_NAMED.search(texts[one]) for one in closing):
        return []
    within = {n for pair in zip(opening, closing, strict=True) for n in range(*pair)}
    outside = (text for index, text in enumerate(texts) if index not in within)
    return fences if len(opening) == 1 or not any(map(_HEADING.match, outside)) else []


def _unescaped(lines: list[str]) -> list[str]:
    """The lines without backslashes before their signs, if all headings have them."""
    is_escaped = any(map(_ESCAPED_HEADING.match, lines)) and not any(map(_HEADING.match, lines))
    return [_ESCAPED.sub(r"\1", line) for line in lines] if is_escaped else lines


def _is_part(quoted: str) -> bool:
    """Whether a quoted line is the label of a part alone, so that the part is quoted."""
    return meaning(CALLOUT.sub("", _QUOTED.sub("", quoted, count=1))) not in ("", SECTION)


def _unquoted(lines: list[str]) -> list[str]:
    """The lines without the marks of quotation around everything, or around headings and what
    follows them."""
    filled = [line for line in lines if line.strip()]
    is_whole = len(filled) > 1 and all(map(_QUOTED.match, filled))
    found: list[str] = []
    for is_quoted, group in groupby(lines, lambda line: bool(_QUOTED.match(line))):
        run = list(group)
        if is_quoted and (is_whole or any(map(_QUOTED_HEADING.match, run)) or _is_part(run[0])):
            run = [_QUOTED.sub("", line, count=1) for line in run]
        found += run
    return found
