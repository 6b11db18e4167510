"""Finds headlines in lists: items that begin with a linked or a bold title."""

import re
from dataclasses import replace

from articles.recognising.citations import Link, links_in
from articles.recognising.headlines import is_part, label_of
from articles.recognising.labels import CITATIONS, SECTION, bare, meaning, starts_with_number
from articles.recognising.splitting import Line, Look, origin_of
from articles.recognising.titles import names_digest

# Below headings in bold type: list items that are headlines.
ITEM_LEVEL = 9
_BOLD_TITLE = re.compile(
    r"^(\*\*[^*]{4,200}?(?:[:：]\*\*|\*\*(?=\s*(?:[:：–—-]|\(?\[|$))))",
)
# A title in bold type, and text behind it in the same line.
_RUN_IN = re.compile(
    r"^\W{0,4}(\d{1,3}[.)]\s*)?(\*\*|__)(?=\S)((?:(?!\2).){4,200}?)\2(?=\s*[-–—:：|.(（]|\s+\S)"
)
_SECTION = re.compile(
    r"(?:\S+\s){0,3}?\S{0,8}(?:소식|뉴스|기사|동향|news|stories|headlines|updates|ニュース|新闻)",
    re.IGNORECASE,
)
_BOLD_ALONE = re.compile(r"^(\*\*|__)(?=\S)[^*]{2,200}\1$")
_SOURCE = re.compile(r"\s*[(（][^()（）\[\]]{2,60}[)）]")
_BEFORE_TITLE = re.compile(r"\W*(?:\*\*[^*]{1,40}\*\*|\[[^\[\]]{1,40}\]|【[^】]{1,40}】)?\W*")


def with_run_in_titles(lines: list[Line]) -> list[Line]:
    """The lines; if only the digest and its sections have headings, each paragraph or item that
    begins with a title in bold type is a heading, and what follows that a line of its own. Each
    must have a citation or a labelled part, or be counted within the bold type."""
    found = {line.number: match for line in lines if (match := _run_in(line))}
    top = min((line.indent for line in lines if line.number in found), default=0)
    found = {
        one.number: found[one.number] for one in lines if one.number in found and one.indent <= top
    }
    bodies: list[list[Line]] = []
    for line in lines:
        if line.look is Look.HEADING and not _is_above_articles(line):
            return lines
        if line.number in found:
            bodies.append([line])
        elif bodies and line.look is Look.ITEM and line.indent <= bodies[-1][0].indent:
            if bodies[-1][0].look is Look.ITEM:
                return lines  # an item without such a title
            bodies[-1].append(line)
        elif bodies:
            bodies[-1].append(line)
    are_counted = all(starts_with_number(match[3]) for match in found.values())
    if len(found) < 2 or not (are_counted or all(map(_has_part, bodies))):
        return lines
    return [part for line in lines for part in _without_run_in(line, found.get(line.number))]


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


def _is_above_articles(line: Line) -> bool:
    """Whether a heading is that of the digest or of a section, such as `기타 소식`."""
    is_named = names_digest(line.content) or meaning(line.content) == SECTION
    return is_named or bool(_SECTION.fullmatch(bare(line.content)))


def _run_in(line: Line) -> re.Match[str] | None:
    """The title in bold type with which a line of text begins, if it has the length of one."""
    match = _RUN_IN.match(line.content) if line.look in (Look.ITEM, Look.TEXT) else None
    if not match or label_of(line) or (len(match[3].split()) < 3 and len(match[3]) < 12):
        return None
    return match


def _without_run_in(line: Line, match: re.Match[str] | None) -> list[Line]:
    if match is None:
        return [line]
    end = _with_source(line.content, match.end())
    return _divided(line, match[3].rstrip(" .:：") + line.content[match.end() : end], end)


def _has_part(body: list[Line]) -> bool:
    return any(links_in(line.content) or is_part(label_of(line)) for line in body)


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
    return _divided(line, line.content[:end].rstrip(" :："), end)


def _divided(line: Line, title: str, end: int) -> list[Line]:
    """A line as a heading and the text behind it."""
    head = replace(line, look=Look.HEADING, level=ITEM_LEVEL, content=title)
    rest = line.content[end:].lstrip(" -–—:：*_|.").rstrip(" -–—:：*_")
    if not rest:
        return [head]
    # Each has its own words of the line, so that none is there twice.
    place = line.text.rfind(rest)
    if place < 0:  # a link of HTML, which was read as one of Markdown
        return [head, Line(line.number, rest, Look.TEXT, rest)]
    before, behind = line.text[:place], line.text[place:]
    return [replace(head, text=before), Line(line.number, behind, Look.TEXT, rest)]
