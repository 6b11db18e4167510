"""Finds the articles here that the articles of a push are: by the program's key, by the same text,
by a cited page, or by the same headline. Never by place: a program may hand in its articles in any
order, or only some of them."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from articles.models import Digest
from articles.posts.pushes import record
from articles.posts.pushes.record import Content, Record, Signs

_One = TypeVar("_One")
_Sign = tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """An article of a push: its place from 1, the program's key, and its content as a snapshot
    would hold it."""

    number: int
    key: str
    content: Content

    @property
    def signs(self) -> Signs:
        return record.signs_of(self.content)


@dataclass(frozen=True)
class Match:
    """`uid` is the article of the digest that is meant; None if there is none. `gone` is the uid of
    an article that was there; `day` is that of the digest which has it now, None if it was
    deleted."""

    uid: str | None = None
    gone: str | None = None
    day: dt.date | None = None


def match(
    wanted: Sequence[Wanted],
    present: Mapping[str, Content],
    known: Record,
    day: dt.date,
    digest: Digest | None,
) -> list[Match]:
    """A match for each article of a push. No two have the same article."""
    signs = {one.number: one.signs for one in wanted}
    keyed = _by_key(wanted, known)
    found = {number: uid for number, uid in keyed.items() if uid in present}
    taken = set(found.values())
    here = {uid: record.signs_of(text) for uid, text in present.items() if uid not in taken}
    found |= meet(_without(signs, found), here)
    # A whole article that waited, and that an editor took since.
    former = {
        one.number: record.signs_of(waited)
        for one in wanted
        if (waited := known.waiting_under(one.key))
    }
    free = {uid: one for uid, one in here.items() if uid not in found.values()}
    found |= meet(_without(former, found), free)
    gone = {number: uid for number, uid in keyed.items() if uid not in known.undone}
    gone = _without(gone, found)
    if left := _without(signs, [*found, *gone]):
        gone |= meet(left, record.gone(day, digest, known, set(present)))
    days = record.days_of(gone.values()) if gone else {}
    return [
        Match(
            uid=found.get(one.number),
            gone=gone.get(one.number),
            day=days.get(gone.get(one.number, "")),
        )
        for one in wanted
    ]


def meet(wanted: Mapping[int, Signs], there: Mapping[str, Signs]) -> dict[int, str]:
    """Pairs of articles with common signs: the whole text, else a page and the headline, else a
    page that no other article of either side cites, else the headline."""
    found = _by_text(wanted, there)
    for signs_in in (_pages_with_headline, _pages, _headline):
        left = _without(wanted, found)
        free = {uid: signs for uid, signs in there.items() if uid not in found.values()}
        by_sign = _index(free, signs_in)
        shared = Counter(sign for signs in left.values() for sign in signs_in(signs))
        for number, signs in left.items():
            uids = [
                uid
                for sign in sorted(signs_in(signs))
                if len(by_sign.get(sign, ())) == 1 and shared[sign] == 1
                for uid in by_sign[sign]
                if uid not in found.values()
            ]
            if uids:
                found[number] = uids[0]
    return found


def _by_key(wanted: Sequence[Wanted], known: Record) -> dict[int, str]:
    """The uids that the program's keys stand for, as its newest pushes used them."""
    uids: dict[str, str] = {}
    for entry in known.own:
        if entry["key"] and entry["uid"]:
            uids.setdefault(entry["key"], entry["uid"])
    found: dict[int, str] = {}
    for one in wanted:
        uid = uids.get(one.key) if one.key else None
        if uid and uid not in found.values():
            found[one.number] = uid
    return found


def _by_text(wanted: Mapping[int, Signs], there: Mapping[str, Signs]) -> dict[int, str]:
    """Pairs of articles that say the same. It does not matter which of several is which."""
    uids: dict[object, list[str]] = {}
    for uid in reversed(list(there)):
        uids.setdefault(there[uid].text, []).append(uid)
    same = {number: uids.get(signs.text) for number, signs in wanted.items()}
    return {number: free.pop() for number, free in same.items() if free}


def _index(
    there: Mapping[str, Signs], signs_in: Callable[[Signs], set[_Sign]]
) -> dict[_Sign, list[str]]:
    by_sign: dict[_Sign, list[str]] = {}
    for uid, signs in there.items():
        for sign in signs_in(signs):
            by_sign.setdefault(sign, []).append(uid)
    return by_sign


def _pages_with_headline(signs: Signs) -> set[_Sign]:
    return {(page, signs.headline) for page in signs.pages if signs.headline}


def _pages(signs: Signs) -> set[_Sign]:
    return {(page,) for page in signs.pages}


def _headline(signs: Signs) -> set[_Sign]:
    return {(signs.headline,)} if signs.headline else set()


def _without(numbered: Mapping[int, _One], left_out: Collection[int]) -> dict[int, _One]:
    return {number: one for number, one in numbered.items() if number not in left_out}
