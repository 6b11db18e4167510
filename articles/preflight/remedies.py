"""What a program can mend of an article by itself: addresses, leftovers, blanks and full stops.

A remedy answers one finding of preflight. It is taken only if that finding goes and no other comes,
so that mending an article twice changes nothing more, and one without findings stays as it is.
These are pure functions on snapshots, in the active language.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from articles import preflight
from articles.fields import IMPLICATION_FIELDS
from articles.preflight.checked import Passage, Place
from articles.preflight.findings import Finding
from articles.preflight.leftovers import PHOTO_IN_BRACKETS
from articles.preflight.style import CLOSING, doubled_blanks, ends_with_full_stop
from articles.rules import hidden_text
from articles.rules.addresses import without_detours

Text = dict[str, Any]  # an article of a snapshot
Slot = tuple[str, int | None]  # a field, and the line within points or citations, from 1
MOST_STEPS = 100
MOST_OFFERS = 20
_BLANK = " \u00a0\u3000"
# A full stop behind a line that begins so would be part of its markup.
_BLOCKS = ("```", "~~~", "|", "#", "    ", "\t", "[", ">", "<")


@dataclass(frozen=True)
class Change:
    """One text of an article before and after. `line` counts from 1 within points or citations."""

    field: str
    line: int | None
    before: str
    after: str


@dataclass(frozen=True)
class Mended:
    """An article after its remedies, the findings that they answer, and each changed text."""

    article: Text
    findings: list[Finding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def mend(data: dict[str, Any], uid: str, key: str | None = None) -> Mended:
    """Mend an article of a snapshot: all that can be mended, or only the finding with a `key`."""
    before = article = next(one for one in data["articles"] if one["uid"] == uid)
    answered: list[Finding] = []
    found = _findings(data, article)
    for _step in range(MOST_STEPS):
        wanted = [each for each in found if key in (None, each.key)]
        step = next(filter(None, (_answer(data, article, found, each) for each in wanted)), None)
        if step is None:
            break
        article, finding, found = step
        answered.append(finding)
        if key:
            break
    return Mended(article, answered, list(changes(before, article)))


def offers(data: dict[str, Any], uid: str) -> dict[str, Mended]:
    """What mending each finding of an article would change, by the key of the finding; only those
    that can be mended, at most MOST_OFFERS, since each costs a whole check."""
    article = next(one for one in data["articles"] if one["uid"] == uid)
    found = _findings(data, article)
    mendable = [each for each in found if each.code in _REMEDIES and each.article]
    answers = (_answer(data, article, found, each) for each in mendable[:MOST_OFFERS])
    return {
        finding.key: Mended(mended, [finding], list(changes(article, mended)))
        for mended, finding, _left in filter(None, answers)
    }


def changes(before: Text, after: Text) -> Iterator[Change]:
    """The texts in which two states of an article differ."""
    texts = dict(_texts(after))
    for (name, line), text in _texts(before):
        if texts[name, line] != text:
            yield Change(name, line, text, texts[name, line])


def _findings(data: dict[str, Any], article: Text) -> list[Finding]:
    return preflight.alone(data | {"title": "", "introduction": "", "articles": [article]})


def _answer(
    data: dict[str, Any], article: Text, found: list[Finding], finding: Finding
) -> tuple[Text, Finding, list[Finding]] | None:
    """The article after the remedy for a finding, and what is found then; None if there is no
    remedy that only helps."""
    remedy = _REMEDIES.get(finding.code)
    mended = remedy(article, finding) if remedy and finding.article else None
    if mended is None or mended == article:
        return None
    left = _findings(data, mended)
    before, after = (Counter(each.code for each in some) for some in (found, left))
    helps = after[finding.code] < before[finding.code] and after <= before
    return (mended, finding, left) if helps else None


def _texts(article: Text) -> Iterator[tuple[Slot, str]]:
    yield ("headline", None), article["headline"]
    for line, point in enumerate(article["points"], start=1):
        yield ("points", line), point
    for name in IMPLICATION_FIELDS:
        yield (name, None), article[name]
    for line, citation in enumerate(article["citations"], start=1):
        yield ("citations", line), citation["url"]


def _with_text(article: Text, slot: Slot, text: str) -> Text:
    name, line = slot
    if line is None:
        return article | {name: text}
    items = list(article[name])
    items[line - 1] = items[line - 1] | {"url": text} if name == "citations" else text
    return article | {name: items}


def _at_place(change: Callable[[str], str | None]) -> Callable[[Text, Finding], Text | None]:
    """The remedy that changes the one text at the place of a finding, unless it says None."""

    def remedy(article: Text, finding: Finding) -> Text | None:
        slot = (finding.field or "", finding.line)
        text = dict(_texts(article)).get(slot)
        changed = None if text is None else change(text)
        return None if changed is None else _with_text(article, slot, changed)

    return remedy


def _with_single_blanks(text: str) -> str:
    found = doubled_blanks(Passage(Place(), text))
    edges = [0, *(edge for match in found for edge in match.span()), len(text)]
    # The parts alternate between text and blanks, text first.
    parts = (text[a:b] for a, b in pairwise(edges))
    return "".join(" " if number % 2 else part for number, part in enumerate(parts))


def _without_photo_notes(text: str) -> str | None:
    """Without brackets such as `(사진 포함)`; None if nothing else is left. Code and addresses of
    links stay."""
    pieces, at = [], 0
    for match in PHOTO_IN_BRACKETS.finditer(Passage(Place(), text).prose):
        pieces.append(text[at : match.start()])
        at, end = match.end(), match.end()
        rest = text[end:]
        if match.start() == 0:
            at += len(rest) - len(rest.lstrip(_BLANK))
        elif text[match.start()] in _BLANK and rest[:1].isalnum():
            pieces.append(" ")
    text = "".join([*pieces, text[at:]])
    return text if text.strip() else None


def _with_even_full_stops(article: Text, finding: Finding) -> Text | None:
    """All points, or all implications, end alike: as most of them do. If as many do as do not, or
    one that ends with a full stop has several sentences, all get one."""
    names = ["points"] if finding.field == "points" else list(IMPLICATION_FIELDS)
    texts = {slot: text for slot, text in _texts(article) if slot[0] in names and text.strip()}
    prose = {slot: Passage(Place(), text).prose for slot, text in texts.items()}
    ends = {slot: ends_with_full_stop(text) for slot, text in prose.items()}
    stopped, bare = ([s for s in ends if ends[s] is stops] for stops in (True, False))
    adds = len(stopped) >= len(bare) or any(_has_sentences(prose[slot]) for slot in stopped)
    for slot in bare if adds else stopped:
        changed = _with_stop(texts[slot]) if adds else _without_stop(texts[slot], prose[slot])
        if changed is None:
            return None
        article = _with_text(article, slot, changed)
    return article


def _has_sentences(text: str) -> bool:
    return any(f"{stop} " in text for stop in ".。．!?")


def _with_stop(text: str) -> str | None:
    """None if a full stop behind the text would not be one of its sentences."""
    last = text.rstrip().split("\n")[-1]
    is_block = last.startswith(_BLOCKS) or "```" in text or hidden_text.are_in(text)
    kept = text.rstrip()
    return None if is_block else f"{kept}.{text[len(kept) :]}"


def _without_stop(text: str, prose: str) -> str | None:
    end = len(prose.rstrip().rstrip(CLOSING).rstrip())
    if hidden_text.are_in(text) or text[end - 1 : end] not in (".", "。", "．"):
        return None
    return text[: end - 1] + text[end:]


_REMEDIES: dict[str, Callable[[Text, Finding], Text | None]] = {
    "address-not-canonical": _at_place(without_detours),
    "photo-credit": _at_place(_without_photo_notes),
    "double-space": _at_place(_with_single_blanks),
    "full-stops-mixed": _with_even_full_stops,
}
