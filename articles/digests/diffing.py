"""What changed between two snapshots of a digest, readable by word.

Pure values in and out: snapshots as `revisions` makes them, or None for nothing.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import accumulate
from typing import Any

from articles.fields import In, names
from articles.rules.lines import citation_from, format_citations

SAME, ADDED, REMOVED = "same", "added", "removed"
CHANGED = "changed"

DIGEST_FIELDS = ("date", "title", "introduction", "language")
ARTICLE_FIELDS = names(In.DIFF)
# Words of an alphabet or of Hangul stay whole, and numbers with their commas and points; Han and
# kana, written without blanks, are compared sign by sign, and so is other punctuation.
_WORDS = re.compile(
    r"(?:\d+[.,])*[^\W\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]+|\s+|.",
    re.DOTALL,
)


# About 0.3 seconds of CPU time, enough for the longest introduction written anew.
MAX_STEPS = 2_500_000
# What taking a text apart costs, for each of its characters.
STEPS_A_CHARACTER = 4


@dataclass
class Effort:
    """How many steps comparing may still take. Texts that share one take no longer together."""

    steps: int = MAX_STEPS


@dataclass(frozen=True)
class Segment:
    """A run of text that is SAME, ADDED or REMOVED."""

    kind: str
    text: str


@dataclass(frozen=True)
class FieldChange:
    """A field by its name, with its whole text in segments."""

    name: str
    segments: list[Segment]


@dataclass(frozen=True)
class ArticleChange:
    """An article that is ADDED, REMOVED, CHANGED or SAME.

    Positions count from 1 and are None on the side where the article is not; `moved` means that
    it changed places with articles that stayed.
    """

    uid: str
    kind: str
    headline: str
    before: int | None
    after: int | None
    moved: bool
    fields: list[FieldChange]


@dataclass(frozen=True)
class DigestChange:
    """`fields` of the digest itself and all its articles, in their order after the change."""

    fields: list[FieldChange]
    articles: list[ArticleChange]

    def __bool__(self) -> bool:
        return bool(self.fields or self.changed_articles)

    @property
    def changed_articles(self) -> list[ArticleChange]:
        return [article for article in self.articles if article.kind != SAME or article.moved]

    @property
    def size(self) -> tuple[int, int]:
        """How many characters were added and removed."""
        added = removed = 0
        for field in [*self.fields, *(f for a in self.articles for f in a.fields)]:
            added += sum(len(s.text) for s in field.segments if s.kind == ADDED)
            removed += sum(len(s.text) for s in field.segments if s.kind == REMOVED)
        return added, removed


def compare(
    before: dict[str, Any] | None, after: dict[str, Any] | None, effort: Effort | None = None
) -> DigestChange:
    """The change from one snapshot to another. Where there is little `effort` left (by default the
    comparison has its own), texts are alike at their ends only, then not at all."""
    effort = effort or Effort()
    before, after = before or {}, after or {}
    old = {article["uid"]: article for article in before.get("articles", [])}
    new = {article["uid"]: article for article in after.get("articles", [])}
    moved = _moved([uid for uid in old if uid in new], [uid for uid in new if uid in old])
    places = list(old), list(new)
    articles = [
        _article_change(uid, old.get(uid), new.get(uid), places, uid in moved, effort)
        for uid in _interleaved(*places)
    ]
    return DigestChange(list(_field_changes(before, after, DIGEST_FIELDS, effort)), articles)


def compare_words(before: str, after: str, effort: Effort | None = None) -> list[Segment]:
    """Both texts as one run of segments; neighbouring segments differ in kind."""
    effort = effort or Effort()
    if effort.steps <= 0:
        return _replaced(before, after)
    effort.steps -= STEPS_A_CHARACTER * (len(before) + len(after))
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    segments: list[Segment] = []
    matcher = _Matcher(old, new, effort)
    for operation, i, j, k, m in matcher.get_opcodes():
        if operation == "equal":
            segments.append(Segment(SAME, "".join(old[i:j])))
            continue
        if j > i:
            segments.append(Segment(REMOVED, "".join(old[i:j])))
        if m > k:
            segments.append(Segment(ADDED, "".join(new[k:m])))
    return segments


def as_rows(change: DigestChange) -> list[dict[str, Any]]:
    """A change as JSON, to be kept: for the digest itself and each article that changed, its `uid`
    (None for the digest), `headline`, `kind`, and `fields` with their `name` and `segments`."""
    own = [{"uid": None, "headline": "", "kind": CHANGED, "fields": _field_rows(change.fields)}]
    return (own if change.fields else []) + [
        {
            "uid": article.uid,
            "headline": article.headline,
            "kind": article.kind,
            "fields": _field_rows(article.fields),
        }
        for article in change.changed_articles
    ]


def _field_rows(fields: list[FieldChange]) -> list[dict[str, Any]]:
    return [
        {"name": field.name, "segments": [[part.kind, part.text] for part in field.segments]}
        for field in fields
    ]


def field_text(value: Any) -> str:
    """A field of a snapshot as editors see it in the form."""
    is_rows = isinstance(value, list) and value and isinstance(value[0], dict)
    if is_rows and "text" in value[0]:
        return "\n\n".join(other["text"] for other in value)
    if is_rows:
        return format_citations([citation_from(citation) for citation in value])
    if isinstance(value, list):
        return "\n".join(value)
    return value or ""


class _Matcher(SequenceMatcher[str]):
    """Finds what two lists of words share, while there is effort left.

    Its parent takes minutes for long texts of one sign, and for ones of which words all differ in
    turn: each of its looks at a stretch takes a step for every pair of equal words there.
    """

    # What the parent has, unsaid in its types.
    a: list[str]
    b: list[str]
    b2j: dict[str, list[int]]

    def __init__(self, old: list[str], new: list[str], effort: Effort) -> None:
        # Blanks alone are no resemblance.
        super().__init__(str.isspace, old, new, autojunk=False)
        self._effort = effort
        steps = (1 + len(self.b2j.get(word, ())) for word in old)
        self._steps = list(accumulate(steps, initial=0))

    def find_longest_match(  # type: ignore[override]  # the parent gives all four
        self, alo: int, ahi: int, blo: int, bhi: int
    ) -> Match:
        steps = self._steps[ahi] - self._steps[alo]
        if steps <= self._effort.steps:
            self._effort.steps -= steps
            return super().find_longest_match(alo, ahi, blo, bhi)
        return self._same_end(alo, ahi, blo, bhi)

    def _same_end(self, alo: int, ahi: int, blo: int, bhi: int) -> Match:
        """The words that both stretches begin with; if there are none, those they end with."""
        most, size = min(ahi - alo, bhi - blo), 0
        while size < most and self.a[alo + size] == self.b[blo + size]:
            size += 1
        if size:
            return Match(alo, blo, size)
        while size < most and self.a[ahi - 1 - size] == self.b[bhi - 1 - size]:
            size += 1
        return Match(ahi - size, bhi - size, size)


def _article_change(
    uid: str,
    old: dict[str, Any] | None,
    new: dict[str, Any] | None,
    places: tuple[list[str], list[str]],
    moved: bool,
    effort: Effort,
) -> ArticleChange:
    kind = ADDED if old is None else REMOVED if new is None else SAME
    fields = list(_field_changes(old or {}, new or {}, ARTICLE_FIELDS, effort))
    if kind == SAME and fields:
        kind = CHANGED
    return ArticleChange(
        uid=uid,
        kind=kind,
        headline=(new or old or {})["headline"],
        before=places[0].index(uid) + 1 if old else None,
        after=places[1].index(uid) + 1 if new else None,
        moved=moved,
        fields=fields,
    )


def _field_changes(
    before: dict[str, Any], after: dict[str, Any], fields: tuple[str, ...], effort: Effort
) -> Iterator[FieldChange]:
    for name in fields:
        old, new = field_text(before.get(name)), field_text(after.get(name))
        if name == "picture" and old != new:
            yield FieldChange(name, _replaced(old, new))  # words of an id mean nothing
            continue
        # Other text that only went to another place of its article reads the same.
        if old != new or (name == "other" and _places(before) != _places(after)):
            yield FieldChange(name, compare_words(old, new, effort))


def _replaced(old: str, new: str) -> list[Segment]:
    return [Segment(kind, text) for kind, text in ((REMOVED, old), (ADDED, new)) if text]


def _places(data: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(other["after"] for other in data.get("other", [])))


def _interleaved(old: list[str], new: list[str]) -> list[str]:
    """All ids in the new order, each removed one after the one it used to follow."""
    order = list(new)
    for index, uid in enumerate(old):
        if uid not in new:
            place = order.index(old[index - 1]) + 1 if index else 0
            order.insert(place, uid)
    return order


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The fewest ids whose moving explains the new order of the same ids."""
    rank = {uid: place for place, uid in enumerate(old)}
    tails: list[int] = []
    chains: list[list[str]] = []
    for uid in new:
        place = bisect_left(tails, rank[uid])
        chain = [*(chains[place - 1] if place else []), uid]
        if place == len(tails):
            tails.append(rank[uid])
            chains.append(chain)
        else:
            tails[place], chains[place] = rank[uid], chain
    return set(new) - set(chains[-1] if chains else [])
