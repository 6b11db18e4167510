"""The code in a page of the documentation, so that tests can run it."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_HEADING = re.compile(r"^#+ (.*)$")
_FENCE = re.compile(r"^```(\w+)$")


def code_blocks(page, heading, language):
    """The blocks of a language below a heading, in order."""
    found, section, block = [], "", None
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
        if block is None and (opened := _FENCE.match(line)):
            block = (section, opened[1], [])
        elif block and line == "```":
            found.append((block[0], block[1], "\n".join(block[2]) + "\n"))
            block = None
        elif block:
            block[2].append(line)
        elif title := _HEADING.match(line):
            section = title[1]
    return [text for *place, text in found if place == [heading, language]]


def rows(page, heading):
    """The cells of the tables below a heading, as they are written, without the heads."""
    section, found = "", []
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
        if title := _HEADING.match(line):
            section = title[1]
        elif section == heading and line.startswith("|"):
            found.append([cell.strip() for cell in line.strip("|").split(" | ")])
    heads = {place - 1 for place, cells in enumerate(found) if set("".join(cells)) <= set("-|")}
    return [
        cells for place, cells in enumerate(found) if place not in heads and place - 1 not in heads
    ]
