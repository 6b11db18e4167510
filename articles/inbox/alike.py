"""Candidates with similar titles are shown as belonging together. Nothing is merged."""

from collections.abc import Sequence

from articles.models import Candidate
from articles.preflight import tuning
from articles.preflight.archive import Earlier
from articles.preflight.headlines import Recent

COMPARED = 1_000  # candidates that came last


def group(new: Sequence[Candidate]) -> None:
    """Give saved candidates the group (`alike`) of a similar one that came before, which begins one
    if it has none. The cost grows with their number times COMPARED."""
    if not any(candidate.title for candidate in new):
        return
    keys = {candidate.pk for candidate in new}
    before = Candidate.objects.exclude(state=Candidate.State.EXPIRED).exclude(title="")
    before = before.exclude(pk__in=keys).only("pk", "title", "alike", "listed_on")
    # The first of a group comes first.
    rows = [*reversed(before.order_by("-pk")[:COMPARED]), *new]
    recent = Recent([Earlier(candidate.listed_on, candidate.title) for candidate in rows])
    percent = tuning.current().limits["headline_similarity"]
    changed: dict[int, Candidate] = {}
    for index in range(len(rows) - len(new), len(rows)):
        first = next((other for other in recent.like(index, percent) if other < index), None)
        if first is None:
            continue
        leader, candidate = rows[first], rows[index]
        if leader.alike is None:
            leader.alike = leader.pk
        candidate.alike = leader.alike
        changed |= {leader.pk: leader, candidate.pk: candidate}
    Candidate.objects.bulk_update(changed.values(), ["alike"], batch_size=100)
