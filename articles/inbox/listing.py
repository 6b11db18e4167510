"""The list of candidates for whoever decides: filters, counts, and pages by key.

No query here grows with what was decided long ago, and none counts an offset.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from articles.inbox import origins, used
from articles.models import Arrival, Candidate
from articles.rules.text import collapse, whole_number

PER_PAGE = 50
MAX_QUERY = 100
State = Candidate.State
USED = "used"
# The tabs of the list. Those that readers have are chosen ones, told apart.
TABS = (State.NEW.value, State.PARKED.value, State.CHOSEN.value, USED, State.REJECTED.value)


@dataclass(frozen=True)
class Filters:
    """What is shown. `alike` is the group of a candidate."""

    tab: str = State.NEW.value
    origin: str = ""
    words: str = ""
    alike: int | None = None

    @property
    def query(self) -> dict[str, str]:
        """As parameters of an address; the usual values are left out."""
        named = {"origin": self.origin, "q": self.words, "alike": str(self.alike or "")}
        if self.tab != State.NEW:
            named["state"] = self.tab
        return {name: value for name, value in named.items() if value}


@dataclass
class Shown:
    """A candidate as it is shown: with the names of its origins, how many others are like it, and
    where its page is in a digest, or why its article was left out."""

    candidate: Candidate
    origins: list[str] = field(default_factory=list)
    others: int = 0
    place: used.Place | None = None
    left_out: str = ""


def filters(values: dict[str, str]) -> Filters:
    """Filters from the parameters of an address; what is not understood filters nothing."""
    tab = values.get("state", "")
    return Filters(
        tab=tab if tab in TABS else State.NEW.value,
        origin=values.get("origin", "")[:30],
        words=collapse(values.get("q", ""))[:MAX_QUERY],
        alike=whole_number(values.get("alike")),
    )


def rows(chosen: Filters, *, start: str = "") -> list[Candidate]:
    """The candidates of a page, at most PER_PAGE + 1: the last one tells that there are more.
    `start` is the key of the first one, as `key_of` makes it."""
    found = _filtered(chosen)
    if place := _place(start):
        day, turn, pk = place
        on_day = Q(turn__gt=turn) | Q(turn=turn, pk__gte=pk)
        found = found.filter(Q(listed_on__lt=day) | Q(Q(listed_on=day) & on_day))
    return list(found.order_by("-listed_on", "turn", "pk")[: PER_PAGE + 1])


def key_of(candidate: Candidate) -> str:
    """The place of a candidate in the list, for addresses."""
    return f"{candidate.listed_on:%Y%m%d}.{candidate.turn}.{candidate.pk}"


def tab_of(candidate: Candidate) -> str:
    """The tab that has a candidate; that of the new ones for one that no tab has."""
    if candidate.state not in TABS:
        return State.NEW.value
    is_out = Candidate.objects.filter(used.is_used(), pk=candidate.pk, state=State.CHOSEN).exists()
    return USED if is_out else str(candidate.state)


def waiting() -> int:
    """How many candidates are new."""
    return Candidate.objects.filter(state=State.NEW).count()


def counts() -> dict[str, int]:
    """How many candidates each tab has. Two queries."""
    by_state = dict(Candidate.objects.order_by().values_list("state").annotate(count=Count("pk")))
    out = Candidate.objects.filter(used.is_used(), state=State.CHOSEN).count()
    numbers = {tab: by_state.get(tab, 0) for tab in TABS}
    return numbers | {USED: out, State.CHOSEN.value: numbers[State.CHOSEN.value] - out}


def origins_of_new() -> list[tuple[str, str, int]]:
    """The origins that have new candidates, with their names and numbers, by name."""
    new = Arrival.objects.filter(candidate__state=State.NEW).order_by()
    numbers = dict(new.values_list("origin").annotate(count=Count("pk")))
    named = origins.names(numbers)
    found = [(origin, named[origin], count) for origin, count in numbers.items()]
    return sorted(found, key=lambda row: row[1].casefold())


def shown(candidates: Sequence[Candidate]) -> list[Shown]:
    """The candidates with all that is shown beside them, in seven queries for all of them."""
    by_key = {each.pk: Shown(each) for each in candidates}
    arrivals = list(
        Arrival.objects.filter(candidate__in=by_key)
        .order_by("pk")
        .values_list("candidate", "origin")
    )
    named = origins.names(origin for _key, origin in arrivals)
    for key, origin in arrivals:
        by_key[key].origins.append(named[origin])
    groups = {each.alike for each in candidates if each.alike}
    like = Candidate.objects.filter(alike__in=groups).exclude(state=State.EXPIRED).order_by()
    sizes = dict(like.values_list("alike").annotate(count=Count("pk"))) if groups else {}
    places, reasons = used.places(candidates), used.left_out(candidates)
    for row in by_key.values():
        row.others = max(0, sizes.get(row.candidate.alike, 1) - 1)
        row.place = places.get(row.candidate.pk)
        row.left_out = reasons.get(row.candidate.pk, "")
    return list(by_key.values())


def _filtered(chosen: Filters) -> QuerySet[Candidate]:
    found = Candidate.objects.all()
    if chosen.alike is not None:
        found = found.filter(alike=chosen.alike).exclude(state=State.EXPIRED)
    elif chosen.tab == USED:
        found = found.filter(used.is_used(), state=State.CHOSEN)
    elif chosen.tab == State.CHOSEN:
        found = found.filter(~used.is_used(), state=State.CHOSEN)
    else:
        found = found.filter(state=chosen.tab)
    if chosen.origin:
        found = found.filter(arrivals__origin=chosen.origin)
    if chosen.words:
        words = Q(title__icontains=chosen.words) | Q(publisher__icontains=chosen.words)
        found = found.filter(words)
    return found


def _place(text: str) -> tuple[dt.date, int, int] | None:
    day, _dot, rest = text.partition(".")
    turn, _dot, pk = rest.partition(".")
    numbers = whole_number(day), whole_number(turn), whole_number(pk)
    if None in numbers:
        return None
    try:
        date = dt.datetime.strptime(day, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    return date, numbers[1] or 0, numbers[2] or 0
