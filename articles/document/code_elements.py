"""Finds code that stands in an element of HTML or Liquid instead of a fence: `<pre>` and
`{% highlight %}`. Nothing in it is meant as structure."""

import re
from collections.abc import Sequence

from articles.document.fences import inner_lines

_OPENING = re.compile(
    r"\s{0,3}(?:<(?P<tag>pre|script|style)\b|\{%-?\s*(?P<liquid>highlight|raw)\b)", re.IGNORECASE
)
# A rule and a headline below it.
_NEXT_ARTICLE = re.compile(r"^---[ \t]*\n\s*## ", re.MULTILINE)


def lines_of_code(lines: Sequence[str]) -> set[int]:
    """The numbers, from 0, of the lines of such elements, with those of both their tags. An element
    that nothing closes, that begins in a fence, or in which one article follows another is none."""
    found: set[int] = set()
    unclosed: set[str] = set()
    passed: dict[str, int] = {}  # by name, up to where openings are none
    openings = [(index, opening) for index, line in enumerate(lines) if (opening := _opening(line))]
    fenced = inner_lines(lines) if openings else set()
    for index, opening in openings:
        name = (opening["tag"] or opening["liquid"]).lower()
        if index in fenced or index in found or name in unclosed or index < passed.get(name, 0):
            continue
        end = _end_of(opening)
        last = next((n for n in range(index, len(lines)) if end.search(lines[n])), -1)
        inside = "\n".join(lines[index:last])
        articles = [match.end() for match in _NEXT_ARTICLE.finditer(inside)]
        if last < 0:
            unclosed.add(name)
        elif articles:
            passed[name] = index + inside.count("\n", 0, articles[-1])
        else:
            found.update(range(index, last + 1))
    return found


def _opening(line: str) -> re.Match[str] | None:
    return _OPENING.match(line) if "<" in line or "{%" in line else None


def _end_of(opening: re.Match[str]) -> re.Pattern[str]:
    name = opening["tag"] or opening["liquid"]
    form = rf"</{name}\s*>" if opening["tag"] else rf"\{{%-?\s*end{name}\b"
    return re.compile(form, re.IGNORECASE)
