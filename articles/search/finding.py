"""Queries the index: hits that readers may see now, in pages."""

import datetime as dt
import re
import time
import uuid
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from articles.rules.hidden_text import shown_line
from articles.rules.paths import path_to
from articles.rules.rendering import filled
from articles.rules.text import composed, language_of
from articles.search import hit_rows, indexed_text, marking, ranks, tables, walking
from articles.search.queries import Query, Unusable
from articles.search.ranks import Rank
from articles.search.stretches import BRIEF, FIRST, Stretches

HITS_A_PAGE = 20
SECONDS = 1.0
_CURSOR = re.compile(r"(?:(?P<rank>[1-4])-)?(?P<key>[0-9]{1,18})")
_HIT = """
  <article class="hit">
    <h2><a href="{}" lang="{}" dir="auto">{}</a></h2>
    {}
    <p class="origin">
      <time datetime="{}">{}</time>
      {} {}
    </p>
  </article>
"""
_SNIPPET = '<p class="snippet" lang="{}">{}</p>'


@dataclass(frozen=True)
class Hit:
    """What is shown of an article, texts as HTML with marked hits. `uid` is its permanent id."""

    uid: uuid.UUID
    address: str
    day: dt.date
    language: str
    headline: SafeString
    headline_language: str
    snippet: SafeString
    publishers: SafeString
    tags: SafeString

    @property
    def html(self) -> SafeString:
        """The hit as an element of the page of hits. Plain Python: a page has twenty."""
        passage = filled(_SNIPPET, self.language, self.snippet) if self.snippet else ""
        return filled(
            _HIT,
            self.address,
            self.headline_language,
            self.headline,
            passage,
            self.day.isoformat(),
            _written(self.day, get_language()),
            self.publishers,
            self.tags,
        )


@dataclass(frozen=True)
class Cursor:
    """A place in the order of hits: the next ones have this rank and a key below `key`, or a later
    rank. Written `rank-key` in an address."""

    rank: Rank
    key: int

    @property
    def is_by_day(self) -> bool:
        """Whether it is a place among all hits by day, the newest first."""
        return self.rank is Rank.ANY

    def __str__(self) -> str:
        return str(self.key) if self.rank is Rank.ANY else f"{self.rank.value}-{self.key}"


@dataclass(frozen=True)
class Page:
    """Hits in order. `more` is the place where the next ones begin, None if there are none.

    `is_cut` says that the time was over before the page was full. `looked_back_to` is then the last
    day that was searched, if the newest hits were asked for.
    """

    hits: list[Hit] = field(default_factory=list)
    more: Cursor | None = None
    is_cut: bool = False
    looked_back_to: dt.date | None = None

    @property
    def html(self) -> SafeString:
        """All hits, one after the other."""
        return marking.together(hit.html for hit in self.hits)


def cursor(text: str) -> Cursor | None:
    """The place in the order that an address names; None if there is no such place."""
    if not (found := _CURSOR.fullmatch(text)):
        return None
    rank = Rank(int(found["rank"])) if found["rank"] else Rank.ANY
    return Cursor(rank, int(found["key"]))


def find(query: Query, after: Cursor | None = None, *, newest: bool = False) -> Page:
    """The first page of hits, or the one from a place on: those that have everything in the
    headline first, with `newest` by day alone.

    The search has a time limit. When it is reached, the page has the hits found so far, and a place
    to continue from. Raises Unusable if nothing could be searched in time.
    """
    found, stopped_at = _gather(query, _places(query, after, newest=newest))
    page, rest = found[:HITS_A_PAGE], found[HITS_A_PAGE:]
    hits = _hits(query, [article for _rank, _key, article in page])
    if rest:
        return Page(hits, more=Cursor(*page[-1][:2]))
    if stopped_at is not None:
        day = tables.day_of(stopped_at.key) if stopped_at.rank is Rank.ANY else None
        return Page(hits, more=stopped_at, is_cut=True, looked_back_to=day)
    return Page(hits)


def has_hits(query: Query) -> bool:
    """Whether there is a hit at all, as far as the time goes."""
    try:
        found, _stopped_at = _gather(query, _places(query, None, newest=True), most=1)
    except Unusable:
        return False
    return bool(found)


def _places(query: Query, after: Cursor | None, *, newest: bool) -> list[tuple[Rank, int, int]]:
    """The ranks to look at, each with the lowest and the highest key."""
    low, high = tables.span(query.start, query.end)
    found = ranks.of(query, newest=newest or (after is not None and after.rank is Rank.ANY))
    if after is None:
        return [(rank, low, high) for rank in found]
    tops = {after.rank: min(high, after.key - 1)}
    return [(rank, low, tops.get(rank, high)) for rank in found if rank >= after.rank]


def _gather(
    query: Query, places: list[tuple[Rank, int, int]], most: int = HITS_A_PAGE + 1
) -> tuple[list[tuple[Rank, int, uuid.UUID]], Cursor | None]:
    """Ranks, keys and ids of the first hits, at most so many. The second value is the place where
    the search was when the time was over; None if enough was found or nothing is left."""
    until = time.monotonic() + SECONDS
    found: list[tuple[Rank, int, uuid.UUID]] = []
    reached = None
    first = FIRST if most > 1 else BRIEF
    may_be_rare = not query.excluded  # the index has nothing of those
    is_rare = may_be_rare and (len(query.wanted) > 1 or most == 1)
    looks, ends = walking.Looks(query, places), cache(tables.ends)
    for rank, low, high in places:
        stretches = Stretches(low, ends(low, high), first=first, is_rare=is_rare)
        for number, (bottom, top) in enumerate(stretches):
            missing, seconds = most - len(found), until - time.monotonic()
            if not missing:
                return found, None
            try:
                if seconds <= 0:
                    raise tables.OutOfTime
                rows = (
                    tables.look(query, bottom, top, missing, rank=rank, walk=False, seconds=seconds)
                    if number
                    else looks.newest(rank, bottom, top, missing, seconds)
                )
            except tables.OutOfTime as error:
                if reached is None:
                    message = _("The search took too long. Try again in a moment.")
                    raise Unusable(message) from error
                return found, Cursor(rank, top + 1)
            found += [(rank, key, article) for key, article in rows]
            has_none = may_be_rare and looks.found_none
            stretches.tell(len(rows), most - len(found), is_rare=has_none)
            reached = bottom
    return found, None


def _hits(query: Query, ids: list[uuid.UUID]) -> list[Hit]:
    """The hits in the order of the ids, without those that readers may not see any more."""
    known = hit_rows.public_articles(ids)
    keys = [row["pk"] for row in known.values()]
    publishers, tags = hit_rows.publishers(keys), hit_rows.tags(keys)
    pieces = query.pieces
    # The same few names are in many hits.
    publisher = cache(lambda name: marking.publisher(name, pieces))
    tag = cache(lambda name: marking.tag(name, pieces))
    return [
        _hit(
            pieces,
            row,
            marking.together(map(publisher, publishers.get(row["pk"], ()))),
            marking.together(map(tag, tags.get(row["pk"], ()))),
        )
        for row in (known[uid] for uid in ids if uid in known)
    ]


@lru_cache(maxsize=1_000)
def _written(day: dt.date, _language: str | None) -> str:
    """The day in the language of the page."""
    return date_format(day, "DATE_FORMAT")


def _hit(
    pieces: list[str],
    row: dict[str, Any],
    publishers: SafeString,
    tags: SafeString,
) -> Hit:
    passage = marking.best(indexed_text.body(row), pieces)
    headline = composed(shown_line(row["headline"]))
    day, language = row["date"], row["language"]
    return Hit(
        uid=row["uid"],
        address=path_to("article", day, row["slug"]),
        day=day,
        language=language,
        headline=marking.marked(headline, pieces),
        headline_language=language_of(headline, default=language),
        snippet=marking.snippet(passage, pieces),
        publishers=publishers,
        tags=tags,
    )
