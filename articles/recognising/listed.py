"""Finds headlines in lists: items that begin with a linked or a bold title."""

import re
from dataclasses import replace

from articles.recognising.citations import Link, links_in
from articles.recognising.headlines import is_part, label_of
from articles.recognising.labels import CITATIONS, bare, meaning
from articles.recognising.splitting import Line, Look, origin_of

# Below headings in bold type: list items that are headlines.
ITEM_LEVEL = 9
_BOLD_TITLE = re.compile(
    r"^(\*\*[^*]{4,200}?(?:[:：]\*\*|\*\*(?=\s*(?:[:：–—-]|\(?\[|$))))",
)
_BOLD_ALONE = re.compile(r"^(\*\*|__)(?=\S)[^*]{2,200}\1$")
_SOURCE = re.compile(r"\s*[(（][^()（）\[\]]{2,60}[)）]")
_BEFORE_TITLE = re.compile(r"\W*(?:\*\*[^*]{1,40}\*\*|\[[^\[\]]{1,40}\]|【[^】]{1,40}】)?\W*")


def with_listed_titles(lines: list[Line]) -> list[Line]:
    """The lines; if the headings have nothing below them but lists of linked titles, each of these
    items is a heading, and what follows its link a line of its own."""
    has_headings = any(line.look is Look.HEADING for line in lines)
    groups: list[list[Line]] = [] if has_headings else [[]]
    is_of_citations = False
    for line in lines:
        if line.look is Look.HEADING:
            groups.append([])
            is_of_citations = meaning(line.content) == CITATIONS
        elif is_of_citations:
            pass  # their titles are those of cited pages
        elif groups and line.look not in (Look.BLANK, Look.RULE):
            groups[-1].append(line)
    filled = [group for group in groups if group]
    listed = [group for group in filled if any(line.look is Look.ITEM for line in group)]
    if not has_headings and (items := _titles_of_parts(filled[0] if filled else [])):
        return [_as_heading(line) if line.number in items else line for line in lines]
    titled = [group for group in listed if _is_list_of_titles(group)]
    if not listed or len(listed) * 2 <= len(filled) or len(titled) * 2 < len(listed):
        return lines
    inside = {line.number for group in titled for line in group}
    return [
        part for line in lines for part in (_taken_apart(line) if line.number in inside else [line])
    ]


def _is_list_of_titles(group: list[Line]) -> bool:
    if not group or group[0].look is not Look.ITEM:
        return False
    for line, following in zip(group, [*group[1:], None], strict=True):
        if line.look is not Look.ITEM or line.indent > 4:
            continue
        end = _title_end(line)
        is_bold_alone = end == len(line.content) and not links_in(line.content)
        if not end or (is_bold_alone and (following is None or following.indent <= line.indent)):
            return False
    return True


def _titles_of_parts(group: list[Line]) -> set[int]:
    """The numbers of the items in bold type that have the labelled parts of an article nested
    below them; none if another item is beside them."""
    items = [line for line in group if line.look is Look.ITEM]
    top = items[0].indent if items else 0
    found: set[int] = set()
    parts = 0
    for line in group[group.index(items[0]) :] if items else []:
        if line.indent > top:
            parts += is_part(label_of(line)) and line.indent <= top + 4
            continue
        is_bold = bool(_BOLD_ALONE.match(line.content)) and not meaning(line.content)
        if line.look is not Look.ITEM or not is_bold or (found and not parts):
            return set()
        found.add(line.number)
        parts = 0
    return found if parts else set()


def _as_heading(line: Line) -> Line:
    return replace(line, look=Look.HEADING, level=ITEM_LEVEL)


def _title_end(line: Line) -> int:
    """The place where the title ends with which a list item begins; 0 if it has none."""
    if link := _title_link(line):
        return link.end
    bold = _BOLD_TITLE.match(line.content)
    return bold.end(1) if bold and is_long(bare(bold[1])) and not meaning(bold[1]) else 0


def is_long(text: str) -> bool:
    return len(text) >= 20 or len(text.split()) >= 4


def _title_link(line: Line) -> Link | None:
    """The link with which a list item begins, after a publisher in bold type or brackets, if its
    text is a title."""
    links = links_in(line.content)
    if not links or _BEFORE_TITLE.fullmatch(line.content[: links[0].start]) is None:
        return None
    text = bare(links[0].text)
    return links[0] if is_long(text) else None


def _with_source(content: str, end: int) -> int:
    """The end of a title with its bold type, and with a publisher and a day in brackets."""
    if content.startswith("**") and content.startswith("**", end):
        end += 2
    source = _SOURCE.match(content, end)
    return source.end() if source and origin_of(f"제목 제목{source[0]}") else end


def _taken_apart(line: Line) -> list[Line]:
    end = _title_end(line) if line.look is Look.ITEM and line.indent <= 4 else 0
    if not end:
        return [line]
    end = _with_source(line.content, end)
    title = line.content[:end].rstrip(" :：")
    head = replace(line, look=Look.HEADING, level=ITEM_LEVEL, content=title)
    rest = line.content[end:].strip(" -–—:：*_")
    if not rest:
        return [head]
    # Each has its own words of the line, so that none is there twice.
    place = line.text.rfind(rest)
    if place < 0:  # a link of HTML, which was read as one of Markdown
        return [head, Line(line.number, rest, Look.TEXT, rest)]
    before, behind = line.text[:place], line.text[place:]
    return [replace(head, text=before), Line(line.number, behind, Look.TEXT, rest)]
