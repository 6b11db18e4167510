"""Reads tables whose cells are the labelled parts of articles."""

import re
from itertools import groupby

from articles.recognising.labels import (
    CITATIONS,
    HEADLINE,
    INDUSTRY,
    OUTLOOK,
    POINTS,
    SECTION,
    TECHNICAL,
    meaning,
)
from articles.recognising.splitting import Line, Look

_CELL = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s{0,3}/?>", re.IGNORECASE)
_MARKER = re.compile(r"^(?:[-*+•·▪]|\d{1,2}[.)])\s+")
_PARTS = {TECHNICAL, INDUSTRY, OUTLOOK, POINTS, CITATIONS, HEADLINE}


def with_table_parts(lines: list[Line]) -> list[Line]:
    """The lines. Of a table with labels in its first column or row, each cell is a line of its
    own; a row with a headline begins an article if no headings do."""
    has_headings = any(
        line.look is Look.HEADING and line.level > 1 and not meaning(line.content) for line in lines
    )
    found: list[Line] = []
    for is_table, group in groupby(lines, _is_row):
        run = list(group)
        rows = [(line, _cells(line)) for line in run if not _is_divider(line)] if is_table else []
        if 0 < len(rows) < len(run):
            run = _of_first_column(rows) or _of_first_row(rows, has_headings) or run
        found += run
    return found


def _is_row(line: Line) -> bool:
    return line.look is Look.BLOCK and line.content.startswith("|")  # code has no content


def _is_divider(line: Line) -> bool:
    return not line.text.strip("|:- \t") and "-" in line.text


def _cells(line: Line) -> list[str]:
    return [cell.strip() for cell in _CELL.split(line.text.strip().strip("|"))]


def _of_first_column(rows: list[tuple[Line, list[str]]]) -> list[Line]:
    """The lines of a table whose first column has the labels; none if it has not."""
    names = [meaning(cells[0]) for _line, cells in rows]
    labelled = sum(name in _PARTS for name in names)
    if labelled < 2 or any(len(cells) != 2 for _line, cells in rows) or not all(names[1:]):
        return []
    found: list[Line] = []
    for (line, cells), name in zip(rows, names, strict=True):
        found += _labelled(line, cells[0], cells[1], cells[0]) if name else [_head(line)]
    return found


def _of_first_row(rows: list[tuple[Line, list[str]]], has_headings: bool) -> list[Line]:
    """The lines of a table whose first row has the labels; none if it has not."""
    (head, names), *rest = rows
    meanings = [meaning(name) for name in names]
    if HEADLINE not in meanings and meanings.count(SECTION) == 1:  # `뉴스`
        meanings[meanings.index(SECTION)] = HEADLINE
    is_list = len(rest) > 1 or HEADLINE in meanings
    is_whole = all(len(cells) == len(names) for _line, cells in rest)
    if len(_PARTS & {*meanings}) < 2 or not rest or not is_whole:
        return []
    if is_list and (has_headings or HEADLINE not in meanings):
        return []
    found: list[Line] = []
    for line, cells in rest:
        # What has no known label, and so is other text, comes first.
        order = sorted(range(len(names)), key=lambda place: bool(meanings[place]))
        if is_list:
            found.append(_headline(line, cells, meanings))
            order = [place for place in order if not _is_in_headline(cells[place], meanings[place])]
        parts = [part for place in order for part in _labelled(line, names[place], cells[place])]
        found += parts if any(one.number == head.number for one in found) else [_head(head), *parts]
    return found


def _is_in_headline(cell: str, name: str) -> bool:
    return name == HEADLINE or cell.isdecimal()


def _headline(line: Line, cells: list[str], meanings: list[str]) -> Line:
    """The headline of a row, with the numbers that count it."""
    pairs = list(zip(cells, meanings, strict=True))
    text = " ".join(cell for cell, name in pairs if _is_in_headline(cell, name))
    title = next(cell for cell, name in pairs if name == HEADLINE)
    return Line(line.number, text, Look.HEADING, title, level=6)


def _head(line: Line) -> Line:
    """The row above the cells, which has no more than labels."""
    return Line(line.number, line.text, Look.TEXT, line.text)


def _labelled(line: Line, label: str, cell: str, told: str = "") -> list[Line]:
    """A cell as lines below its label. `told` are the words of the label in the row itself."""
    name = label.strip("*_ ")
    pieces = [_MARKER.sub("", piece.strip()) for piece in _BREAK.split(cell)]
    pieces = [piece for piece in pieces if piece]
    start = f"**{name}:**"
    if meaning(label) == POINTS and len(pieces) > 1:
        breaks = " ".join([told, *_BREAK.findall(cell)]).strip()
        head = Line(line.number, breaks, Look.TEXT, start)
        items = [Line(line.number, piece, Look.ITEM, piece, indent=2) for piece in pieces]
        return [head, *items]
    if not pieces:
        return [Line(line.number, told, Look.TEXT, start)] if told else []
    return [Line(line.number, f"{told} {cell}".strip(), Look.TEXT, f"{start} {' '.join(pieces)}")]
