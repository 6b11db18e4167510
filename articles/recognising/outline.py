"""Finds where articles begin in a text."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from articles.document import MAX_ARTICLES
from articles.recognising.citations import cited_in
from articles.recognising.citations_above import with_citations_below
from articles.recognising.headlines import headline_of, label_of
from articles.recognising.labels import (
    CITATIONS,
    HEADLINE,
    SECTION,
    bare,
    meaning,
    starts_with_number,
)
from articles.recognising.listed import is_long, with_listed_titles, with_run_in_titles
from articles.recognising.splitting import BOLD_LEVEL, Line, Look
from articles.recognising.titles import is_title_in_bold, labelled_headlines, names_digest
from articles.rules.dates import find_day

_COUNT = re.compile(r"^(\d{1,2})\s+(?=[^\d\s])")


@dataclass
class Span:
    """Some lines below a heading. `head` is None for the lines before the first heading."""

    head: Line | None
    lines: list[Line] = field(default_factory=list)
    is_article: bool = False


@dataclass(frozen=True)
class _Candidate:
    """A heading that may begin an article, and the text directly below it. `has_proof` says that
    this has a label of an article's part or a citation, `is_labelled` that it has such a label;
    `is_leaf` that no candidate of a deeper level comes before the next one of its own level or
    above."""

    line: Line
    text: str
    has_proof: bool
    is_labelled: bool
    is_leaf: bool
    is_brief: bool  # at most a paragraph is directly below it
    is_below_rule: bool

    @property
    def has_text(self) -> bool:
        return bool(self.text)


def spans(lines: list[Line]) -> list[Span]:
    """The text as spans: what comes before the first heading, articles, and sections."""
    lines = with_run_in_titles(with_listed_titles(lines))
    candidates = _candidates(lines)
    level = _article_level(candidates)
    starts: set[int] = set()
    heads: set[int] = set()
    if level is None or _is_digest_alone(candidates):
        lines, starts = labelled_headlines(lines)
        heads = {c.line.number for c in candidates} if starts else set()
    if level is not None and not starts:
        starts = {c.line.number for c in _articles(candidates, level)}
        heads = {c.line.number for c in candidates if c.line.level <= level}
        heads |= _sections(lines, level) | _citations_of_all(lines, level, len(starts))
    found = [Span(None)]
    for line in with_citations_below(_without_count(lines, starts), starts):
        if (line.number in starts or line.number in heads) and line.look is Look.HEADING:
            found.append(Span(line, is_article=line.number in starts))
        else:
            found[-1].lines.append(line)
    return found


def _is_digest_alone(candidates: list[_Candidate]) -> bool:
    """Whether no heading is there but one of the digest."""
    return len(candidates) == 1 and names_digest(candidates[0].line.content)


def _without_count(lines: list[Line], starts: set[int]) -> list[Line]:
    """The lines; if the headlines are counted without a dot (`1 제목`, `2 제목`), without that."""
    heads = [line for line in lines if line.number in starts]
    counts = [match and int(match[1]) for match in (_COUNT.match(line.content) for line in heads)]
    if len(heads) < 2 or counts != list(range(1, len(heads) + 1)):
        return lines
    return [
        replace(line, content=_COUNT.sub("", line.content)) if line.number in starts else line
        for line in lines
    ]


def _sections(lines: list[Line], level: int) -> set[int]:
    return {
        line.number
        for line in lines
        if line.look is Look.HEADING
        and (line.level < level or (line.level == level and meaning(line.content) == SECTION))
    }


def _citations_of_all(lines: list[Line], level: int, articles: int) -> set[int]:
    """The heading of the sources of the whole digest: the only such one, of the articles' level or
    below a rule with several citations to the end."""
    found = [
        place
        for place, line in enumerate(lines)
        if line.look is Look.HEADING and meaning(line.content) == CITATIONS
    ]
    if articles < 2 or len(found) != 1:
        return set()
    place = found[0]
    is_last = lines[place].number in _below_rules(lines) and _are_citations(lines[place + 1 :])
    return {lines[place].number} if lines[place].level == level or is_last else set()


def _are_citations(lines: list[Line]) -> bool:
    """Whether the lines are several citations and nothing else."""
    filled = [line for line in lines if line.look not in (Look.BLANK, Look.RULE)]
    cited = [cited_in(line.content) for line in filled]
    return len(filled) > 1 and all(one is not None and one.is_alone for one in cited)


def _without_gathering(candidates: list[_Candidate], level: int) -> list[_Candidate]:
    """The candidates. One that only gathers others, which have its level then, is left out."""
    gone: set[int] = set()
    raised: set[int] = set()
    for place, candidate in enumerate(candidates):
        if not _is_article(candidate, level) or candidate.has_proof or not candidate.is_brief:
            continue
        below = list(_below(candidates, place))
        # If it has text, bold lines may divide that.
        gathers = all(c.line.level < BOLD_LEVEL for c in below) or not candidate.has_text
        if len(below) > 1 and gathers:
            gone.add(place)
            raised |= {c.line.number for c in below}
    return [
        replace(c, line=replace(c.line, level=level)) if c.line.number in raised else c
        for place, c in enumerate(candidates)
        if place not in gone
    ]


def _below(candidates: list[_Candidate], place: int) -> Iterator[_Candidate]:
    """The candidates of deeper levels that follow one directly."""
    level = candidates[place].line.level
    for index in range(place + 1, len(candidates)):
        if candidates[index].line.level <= level:
            return
        yield candidates[index]


def _articles(candidates: list[_Candidate], level: int) -> list[_Candidate]:
    """The candidates that begin articles. If some sections have articles with proof, those of
    sections without any are none: they sum up, or ask questions."""
    sections: list[list[_Candidate]] = [[]]
    for candidate in _without_gathering(candidates, level):
        if candidate.line.level < level:
            sections.append([])
        if _is_article(candidate, level):
            sections[-1].append(candidate)
    proved = [c for found in sections for c in found if all(one.has_proof for one in found)]
    first = next(filter(None, sections), [])
    is_any_proved = len(proved) > 1 and all(c.has_proof for c in first)
    found = [
        candidate
        for group in sections
        for candidate in group
        if not is_any_proved or any(c.has_proof for c in group)
    ]
    return _without_postscript(found)[: MAX_ARTICLES + 1]  # with one too many the post is refused


def _without_postscript(found: list[_Candidate]) -> list[_Candidate]:
    """The articles without the last ones, if a rule stands above these, but not above the others,
    and only the others have proof."""
    last = max((place for place, c in enumerate(found, 1) if c.has_proof), default=0)
    articles, rest = found[:last], found[last:]
    are_divided = sum(c.is_below_rule for c in articles) * 2 > len(articles)
    is_postscript = bool(rest) and rest[0].is_below_rule and len(articles) > 1 and not are_divided
    return articles if is_postscript and all(c.has_proof for c in articles) else found


def _is_article(candidate: _Candidate, level: int) -> bool:
    """Whether a candidate begins an article: one of the level of articles, or a heading above it
    that has no such articles but what an article has."""
    if candidate.line.level == level:
        return True
    return candidate.line.level < level and candidate.is_leaf and candidate.has_proof


def _candidates(lines: list[Line]) -> list[_Candidate]:
    headings = [line for line in lines if line.look is Look.HEADING and _may_be_headline(line)]
    headings = _without_titles(headings)
    # Of the lines that an item was taken apart into, the first counts.
    indexes = {line.number: index for index, line in reversed([*enumerate(lines)])}
    below_rules = _below_rules(lines)
    found = []
    for place, line in enumerate(headings):
        following = headings[place + 1] if place + 1 < len(headings) else None
        stop = indexes[following.number] if following else len(lines)
        below = _until_above(line, lines[indexes[line.number] + 1 : stop])
        filled = [one for one in below if one.look not in (Look.BLANK, Look.RULE)]
        labels = {label.meaning for one in filled if (label := label_of(one))}
        found.append(
            _Candidate(
                line=line,
                text="\n".join(one.text.strip() for one in filled),
                is_labelled=bool(labels - {SECTION, CITATIONS}),
                has_proof=bool(headline_of(line.content).citations) or any(map(_is_proof, below)),
                is_leaf=following is None or following.level <= line.level,
                is_brief=len(filled) <= 1,
                is_below_rule=line.number in below_rules,
            )
        )
    return _without_repeated(found)


def _below_rules(lines: list[Line]) -> set[int]:
    """The numbers of lines with a rule above them and nothing between."""
    found, last = set(), Look.BLANK
    for line in lines:
        if last is Look.RULE:
            found.add(line.number)
        last = last if line.look is Look.BLANK else line.look
    return found


def _until_above(head: Line, below: list[Line]) -> list[Line]:
    """The lines up to a heading of a higher level, even if that is a label, or up to a rule with
    text above it."""
    found: list[Line] = []
    for line in below:
        is_end = line.look is Look.HEADING and line.level < head.level
        if is_end or (line.look is Look.RULE and any(one.text.strip() for one in found)):
            break
        found.append(line)
    return found


def _without_titles(headings: list[Line]) -> list[Line]:
    """The headings without those of the first level that name the digest, if others are there."""
    titles = {line.number for line in headings if line.level == 1 and names_digest(line.content)}
    first = headings[:1]
    if first and first[0].level == BOLD_LEVEL and is_title_in_bold(first[0].content):
        titles.add(first[0].number)
    return [line for line in headings if line.number not in titles] or headings


def _without_repeated(candidates: list[_Candidate]) -> list[_Candidate]:
    """The candidates without headings that recur, such as `### 배경` in each article. Of two equal
    ones, the first stays if only it has proof: the other is about it."""
    groups: dict[str, list[_Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(_name(candidate.line), []).append(candidate)
    recurring = [group for group in groups.values() if len(group) > 1]
    places, firsts = _places(candidates)
    levels = Counter(group[0].line.level for group in recurring)
    is_any_proved = any(candidate.has_proof for candidate in candidates)
    gone: set[int] = set()
    for group in recurring:
        numbers = [candidate.line.number for candidate in group]
        are_beside = len({places[number] for number in numbers}) == 1
        leads = levels[group[0].line.level] == 1 and numbers[0] in firsts
        leads = leads and (group[0].has_proof or not is_any_proved)
        if _counts(group[0].line) or (are_beside and _are_articles(group, leads)):
            continue
        keeps_first = len(group) == 2 and group[0].has_proof
        gone |= {*numbers[keeps_first:]}
    left = [candidate for candidate in candidates if candidate.line.number not in gone]
    return left or candidates


def _places(candidates: list[_Candidate]) -> tuple[dict[int, tuple[int, int]], set[int]]:
    """The level of each candidate and the number of the one of a higher level that it is below, by
    its number; and the numbers of those that are the first of their level there."""
    places: dict[int, tuple[int, int]] = {}
    firsts: set[int] = set()
    above = [(0, 0)]
    for candidate in candidates:
        level, number = candidate.line.level, candidate.line.number
        is_first = True
        while above[-1][0] >= level:
            is_first &= above.pop()[0] != level
        places[number] = level, above[-1][1]
        firsts |= {number} if is_first else set()
        above.append((level, number))
    return places, firsts


def _are_articles(group: list[_Candidate], leads: bool) -> bool:
    """Whether equal headings beside each other begin articles whose texts differ. `leads` says that
    one of them is the first heading there: what recurs in each article stands below another."""
    texts = {candidate.text for candidate in group}
    if len(texts) < len(group) or "" in texts:
        return False
    are_counted = len({candidate.line.content for candidate in group}) == len(group)
    are_labelled = len(group) == 2 and all(candidate.is_labelled for candidate in group)
    is_proved = {candidate.has_proof for candidate in group}
    return are_counted or are_labelled or (leads and len(is_proved) == 1)


def _may_be_headline(line: Line) -> bool:
    named = meaning(line.content)
    if named or counts_a_day(line.content):  # `## 제목` may be just that
        return named == HEADLINE and line.level < BOLD_LEVEL
    label = label_of(line)
    if label is not None:
        return label.meaning == HEADLINE
    if line.level >= BOLD_LEVEL:  # `**Note:**` introduces what follows
        is_label = line.content.rstrip("*_ ").endswith((":", "："))
        return starts_with_number(line.content) or not is_label or is_long(_name(line))
    return True


def counts_a_day(text: str) -> bool:
    """Whether a heading is a day with at most a word or two, as `2026-01-03 — 5 stories`."""
    found = find_day(text)
    return found is not None and len(bare(text[: found.start] + text[found.end :])) <= 12


def _name(line: Line) -> str:
    return bare(line.content).casefold()


def _counts(line: Line) -> bool:
    return headline_of(line.content).only_counts


def _is_proof(line: Line) -> bool:
    if line.look not in (Look.HEADING, Look.ITEM, Look.TEXT):
        return False
    label = label_of(line)
    if label is not None:
        return label.meaning != SECTION
    cited = cited_in(line.content)
    return cited is not None and cited.is_alone


def _article_level(candidates: list[_Candidate]) -> int | None:
    """The level of the articles' headings, looked for from the top down; None without any."""
    levels = sorted({candidate.line.level for candidate in candidates})
    for place, level in enumerate(levels):
        deeper = [c for c in candidates if c.line.level in levels[place + 1 :]]
        if not deeper or not _is_above_articles(
            [c for c in candidates if c.line.level == level], deeper
        ):
            return level
    return None


def _is_above_articles(own: list[_Candidate], deeper: list[_Candidate]) -> bool:
    """Whether articles rather begin below these headings, which are a title or sections."""
    levels: dict[int, list[_Candidate]] = {}
    for candidate in deeper:
        levels.setdefault(candidate.line.level, []).append(candidate)
    share = _share_proved(own)
    if any(
        (_proved(below) >= max(2, _proved(own) * 2) and share < 0.4)
        or (len(below) >= max(2, len(own)) and _share_proved(below) >= max(0.6, share + 0.25))
        for below in levels.values()
    ):
        return True
    if share >= 0.5 and (len(own) > 1 or min(levels) >= BOLD_LEVEL):
        return False
    if len(own) == 1:
        return len(deeper) > 1 or not own[0].has_proof or own[0].line.level == 1
    if any(len(below) > 1 and _share_proved(below) > max(0.5, share) for below in levels.values()):
        return True
    below = levels[min(levels)]
    if sum(c.has_text for c in own) * 2 < len(own):
        return min(levels) < BOLD_LEVEL or len(below) > len(own)
    return len(below) >= len(own) and all(starts_with_number(c.line.content) for c in below)


def _share_proved(candidates: list[_Candidate]) -> float:
    return _proved(candidates) / len(candidates)


def _proved(candidates: list[_Candidate]) -> int:
    return sum(c.has_proof for c in candidates)
