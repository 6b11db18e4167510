"""Takes off what stands around a whole answer: a fence, marks of quotation, an indent."""

import re
import textwrap
from itertools import groupby

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*(?:markdown|md|text)?\s*$", re.IGNORECASE)
_QUOTED = re.compile(r"^\s{0,3}>\s?")
_QUOTED_HEADING = re.compile(r"^\s{0,3}>\s{0,3}#{1,6}\s")


def unwrapped(texts: list[str]) -> tuple[list[str], dict[int, str]]:
    """The lines as they stand within what wraps them, and the lines of a fence around them by
    their indexes; blank lines have the place of these."""
    fences = [index for index, text in enumerate(texts) if _FENCE.match(text)]
    found: dict[int, str] = {}
    if len(fences) == 2 and re.search(r"markdown|md", texts[fences[0]], re.IGNORECASE):
        found = {index: texts[index] for index in fences}
    lines = ["" if index in found else text for index, text in enumerate(texts)]
    lines = _unquoted(lines)
    return textwrap.dedent("\n".join(lines)).split("\n"), found


def _unquoted(lines: list[str]) -> list[str]:
    """The lines without the marks of quotation around everything, or around headings and what
    follows them."""
    filled = [line for line in lines if line.strip()]
    is_whole = len(filled) > 1 and all(map(_QUOTED.match, filled))
    found: list[str] = []
    for is_quoted, group in groupby(lines, lambda line: bool(_QUOTED.match(line))):
        run = list(group)
        if is_quoted and (is_whole or any(map(_QUOTED_HEADING.match, run))):
            run = [_QUOTED.sub("", line, count=1) for line in run]
        found += run
    return found
