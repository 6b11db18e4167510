"""Merging lists of three versions: the lines of a text, a set of names, and an order.

These are pure functions. Items are compared as a whole.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

List = list[Any]


class _Hunk(NamedTuple):
    """The items of the base from `start` to `end` became `items`."""

    start: int
    end: int
    items: tuple[str, ...]

    @property
    def grows(self) -> bool:
        return len(self.items) > self.end - self.start


@dataclass(frozen=True)
class Order:
    """The order of all keys in two ways, `led_by_mine` and `led_by_theirs`, and which sides moved
    keys. It `is_torn` if they moved them differently."""

    i_moved: bool
    they_moved: bool
    is_torn: bool
    led_by_mine: list[str]
    led_by_theirs: list[str]


def merge_lines(
    base: List, mine: List, theirs: List, subject_of: Callable[[Any], object] = repr
) -> List | None:
    """The lines with the changes of both sides; None if only a person can tell.

    That is so if both changed the same line, or added lines at the same place; if a side changed
    the order; and if two lines, now or afterwards, are about the same subject.
    """
    sides = [[json.dumps(item, sort_keys=True) for item in side] for side in (base, mine, theirs)]
    before, own, other = sides
    if any(len(set(side)) < len(side) for side in sides):
        return None
    if _is_moved(before, own, before) or _is_moved(before, other, before):
        return None
    hunks = sorted({*_hunks(before, own), *_hunks(before, other)})
    if any(_meet(one, next_one) for one, next_one in pairwise(hunks)):
        return None
    merged = [json.loads(item) for item in _applied(before, hunks)]
    subjects = {subject_of(item) for item in merged}
    return merged if len(subjects) == len(merged) else None


def merge_names(
    base: list[str], mine: list[str], theirs: list[str], key_of: Callable[[str], str]
) -> list[str]:
    """A set of names with what both sides added and without what either removed: in my order if I
    changed it, else in theirs. Names with the same key are spellings of one name."""
    before, own, other = ({key_of(name): name for name in side} for side in (base, mine, theirs))
    added = {*own, *other} - before.keys()
    stay = own.keys() & other.keys() | added
    order = merge_order(list(before), list(own), list(other), stay)
    leading = order.led_by_mine if order.i_moved else order.led_by_theirs
    # A spelling of theirs stays unless I changed it.
    mine_changed = {key: name for key, name in own.items() if before.get(key) != name}
    names = own | other | mine_changed
    return [names[key] for key in leading if key in stay]


def merge_order(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str], stay: Collection[str]
) -> Order:
    """The order of the keys of three versions. Only keys that `stay` count as moved. A new key
    follows the key that it follows on its side."""
    i_moved, they_moved = _is_moved(base, mine, stay), _is_moved(base, theirs, stay)
    known = set(base) & set(stay)
    own, other = ([key for key in side if key in known] for side in (mine, theirs))
    return Order(
        i_moved=i_moved,
        they_moved=they_moved,
        is_torn=i_moved and they_moved and own != other,
        led_by_mine=_completed(mine, theirs, base),
        led_by_theirs=_completed(theirs, mine, base),
    )


def _is_moved(base: Sequence[str], side: Sequence[str], stay: Collection[str]) -> bool:
    """Whether keys that both have and that stay are in another order."""
    common = set(base) & set(side) & set(stay)
    return [key for key in base if key in common] != [key for key in side if key in common]


def _completed(leading: Sequence[str], *others: Sequence[str]) -> list[str]:
    """The leading order, with the further keys of the others after the keys that they follow
    there."""
    order = list(leading)
    for side in others:
        before = None
        for key in side:
            if key not in order:
                order.insert(order.index(before) + 1 if before is not None else 0, key)
            before = key
    return order


def _hunks(base: list[str], side: list[str]) -> Iterator[_Hunk]:
    """The changes of a side that moved nothing. A replacement of lines by as many lines is one
    change for each line."""
    place = {item: index for index, item in enumerate(base)}
    start, items = 0, list[str]()
    for item in [*side, None]:
        if item is not None and item not in place:
            items.append(item)
            continue
        end = len(base) if item is None else place[item]
        if len(items) == end - start:
            yield from (_Hunk(start + n, start + n + 1, (new,)) for n, new in enumerate(items))
        else:
            yield _Hunk(start, end, tuple(items))
        start, items = end + 1, []


def _meet(one: _Hunk, next_one: _Hunk) -> bool:
    """Whether two changes, in order, concern the same lines, or leave open whose new line comes
    first."""
    is_open = one.end == next_one.start and one.grows and next_one.grows
    return one.end > next_one.start or is_open


def _applied(base: list[str], hunks: list[_Hunk]) -> Iterator[str]:
    done = 0
    for hunk in hunks:
        yield from base[done : hunk.start]
        yield from hunk.items
        done = hunk.end
    yield from base[done:]
