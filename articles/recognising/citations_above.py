"""Moves citations that stand above each headline below it."""

from articles.recognising.citations import cited_in
from articles.recognising.headlines import label_of
from articles.recognising.labels import CITATIONS
from articles.recognising.splitting import Line, Look


def with_citations_below(lines: list[Line], starts: set[int]) -> list[Line]:
    """The lines; if citations stand directly above each of the headlines, whose numbers are
    `starts`, and none below the last one, these follow their headlines instead."""
    heads = [place for place, line in enumerate(lines) if line.number in starts]
    pairs = [(_first_above(lines, place), place) for place in heads]
    is_each = bool(pairs) and all(first < place for first, place in pairs)
    if not is_each or any(map(_is_citation, lines[heads[-1] :])):
        return lines
    found = list(lines)
    for first, place in pairs:
        found[first : place + 1] = [lines[place], *lines[first:place]]
    return found


def _first_above(lines: list[Line], place: int) -> int:
    """The place of the first of the citations that stand directly above a line; its own if there
    are none."""
    end = place
    while end and lines[end - 1].look is Look.BLANK:
        end -= 1
    first = end
    while first and _is_citation(lines[first - 1]):
        first -= 1
    return first if first < end else place


def _is_citation(line: Line) -> bool:
    """Whether a line is a citation after its label."""
    label = label_of(line)
    if line.look is Look.HEADING or label is None or label.meaning != CITATIONS:
        return False
    cited = cited_in(label.rest)
    return cited is not None and cited.is_alone
