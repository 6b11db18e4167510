"""The differences between two snapshots of a digest, word by word.

These are pure functions on values. A snapshot is as `revisions` makes it, or None for nothing.
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
# Words of an alphabet or of Hangul stay whole, and so do numbers with their commas and points. Han,
# kana and other punctuation are compared character by character, because Han and kana are written
# without blanks.
_WORDS = re.compile(
    r"(?:\d+[.,])*[^\W\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]+|\s+|.",
    re.DOTALL,
)


# About 0.3 seconds of CPU time: enough for the longest introduction after a complete rewrite.
MAX_STEPS = 2_500_000
# The cost of splitting a text into words, per character.
STEPS_A_CHARACTER = 4


@dataclass
class Effort:
    """The number of steps left for comparing. Texts that share one instance share its limit."""

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

    Positions count from 1. A position is None on the side that does not have the article. `moved`
    means that it changed its order relative to articles that stayed.
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
    """The changed `fields` of the digest itself, and all its articles in their new order."""

    fields: list[FieldChange]
    articles: list[ArticleChange]

    def __bool__(self) -> bool:
        return bool(self.fields or self.changed_articles)

    @property
    def changed_articles(self) -> list[ArticleChange]:
        return [article for article in self.articles if article.kind != SAME or article.moved]

    @property
    def size(self) -> tuple[int, int]:
        """The number of added and of removed characters."""
        added = removed = 0
        for field in [*self.fields, *(f for a in self.articles for f in a.fields)]:
            added += sum(len(s.text) for s in field.segments if s.kind == ADDED)
            removed += sum(len(s.text) for s in field.segments if s.kind == REMOVED)
        return added, removed


def compare(
    before: dict[str, Any] | None, after: dict[str, Any] | None, effort: Effort | None = None
) -> DigestChange:
    """The change from one snapshot to another. The comparison has its own `effort` by default. When
    little of it is left, only the beginnings and ends of texts are matched, then nothing at all."""
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
    """Both texts as one list of segments. Neighbouring segments have different kinds."""
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
    """A change as JSON for storage. There is one row for the digest itself and one per changed
    article, with `uid` (None for the digest), `headline`, `kind`, and `fields` with their `name`
    and `segments`."""
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
    """A field of a snapshot as the form shows it."""
    is_rows = isinstance(value, list) and value and isinstance(value[0], dict)
    if is_rows and "text" in value[0]:
        return "\n\n".join(other["text"] for other in value)
    if is_rows:
        return format_citations([citation_from(citation) for citation in value])
    if isinstance(value, list):
        return "\n".join(value)
    return value or ""


class _Matcher(SequenceMatcher[str]):
    """Finds the common parts of two lists of words, while there is effort left.

    `SequenceMatcher` takes minutes for a long text that repeats one character, and for texts whose
    words differ at every second place: each search in a range takes one step per pair of equal
    words.
    """

    # Attributes of the parent that its type stubs omit.
    a: list[str]
    b: list[str]
    b2j: dict[str, list[int]]

    def __init__(self, old: list[str], new: list[str], effort: Effort) -> None:
        # White space alone does not count as a match.
        super().__init__(str.isspace, old, new, autojunk=False)
        self._effort = effort
        steps = (1 + len(self.b2j.get(word, ())) for word in old)
        self._steps = list(accumulate(steps, initial=0))

    def find_longest_match(  # type: ignore[override]  # the parent passes all four arguments
        self, alo: int, ahi: int, blo: int, bhi: int
    ) -> Match:
        steps = self._steps[ahi] - self._steps[alo]
        if steps <= self._effort.steps:
            self._effort.steps -= steps
            return super().find_longest_match(alo, ahi, blo, bhi)
        return self._same_end(alo, ahi, blo, bhi)

    def _same_end(self, alo: int, ahi: int, blo: int, bhi: int) -> Match:
        """The words that both ranges begin with; if there are none, the words that both end
        with."""
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
            yield FieldChange(name, _replaced(old, new))  # an id has no words to compare
            continue
        # Other text can stay the same but move to another place in its article.
        if old != new or (name == "other" and _places(before) != _places(after)):
            yield FieldChange(name, compare_words(old, new, effort))


def _replaced(old: str, new: str) -> list[Segment]:
    return [Segment(kind, text) for kind, text in ((REMOVED, old), (ADDED, new)) if text]


def _places(data: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(other["after"] for other in data.get("other", [])))


def _interleaved(old: list[str], new: list[str]) -> list[str]:
    """All ids in the new order. Each removed id follows the id that it used to follow."""
    order = list(new)
    for index, uid in enumerate(old):
        if uid not in new:
            place = order.index(old[index - 1]) + 1 if index else 0
            order.insert(place, uid)
    return order


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The smallest set of ids whose moves explain the new order."""
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
