"""How good the pushes of each program were lately, and what editors changed in them afterwards.

The work is bounded: it is about the last thirty days, and of each day of a program about the newest
pushes only. Texts are compared word by word while there is effort left; after that, articles still
count as edited, but their words are not counted.
"""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db.models import Count
from django.utils import timezone

from articles.digests import diffing, revisions
from articles.digests.diffing import ARTICLE_FIELDS
from articles.fields import NOTE_FIELDS, In, names
from articles.models import LeftOut, Program, Push, Suggestion
from articles.posts.pushes import record
from articles.posts.pushes.record import Content

DAYS = 30
WEEK = 7
# Of all that came, and of the pushes of a program for one day.
MAX_PUSHES, MAX_OF_DAY = 5_000, 8
MAX_CODES = 3
# What a program can say of an article. Pictures and who read it are a person's to add.
FIELDS = tuple(
    name for name in ARTICLE_FIELDS if name not in (*NOTE_FIELDS, "picture", *names(In.PICTURE))
)
_WORD = re.compile(r"\w+")


@dataclass
class Fates:
    """What became of articles that pushes wrote. `words` has, for each field, how many words were
    compared and how many of them were added or removed."""

    untouched: int = 0
    edited: int = 0
    deleted: int = 0
    words: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def written(self) -> int:
        return self.untouched + self.edited + self.deleted

    @property
    def untouched_share(self) -> float | None:
        return self.untouched / self.written if self.written else None

    @property
    def shares(self) -> list[tuple[str, float]]:
        """The share of changed words of each field that has any, the largest first."""
        found = [(name, changed / all_) for name, (all_, changed) in self.words.items() if changed]
        return sorted(found, key=lambda pair: -pair[1])


@dataclass(frozen=True)
class Week:
    """Seven days that end with `last`. Shares are None if nothing came or was written."""

    last: dt.date
    pushes: int
    recognised: float | None
    untouched: float | None


@dataclass(frozen=True)
class Quality:
    """The pushes of one program in the last thirty days. `recognised` is the median share of their
    text that is in fields. `findings` are the most frequent codes with their number per article.
    `left_out` has the reasons for which editors left articles out, by `LeftOut.Reason`, with their
    numbers, the most frequent first. `weeks` are in order of time."""

    program: Program
    pushes: int
    refused: int
    recognised: float | None
    findings: list[tuple[str, float]]
    fates: Fates
    taken: int
    dismissed: int
    left_out: list[tuple[str, int]]
    weeks: list[Week]


@dataclass(frozen=True)
class _Row:
    """A push without its texts. `week` counts back from 0, the one that ends today."""

    pk: int
    program: int
    date: dt.date
    week: int
    outcome: str
    share: float | None
    is_undone: bool

    @property
    def is_refused(self) -> bool:
        return self.outcome == Push.Outcome.REFUSED


@dataclass
class _Texts:
    """What pushes wrote: contents by program, week and uid. `known` has the articles of each
    program that are among them. `findings` and `articles` count by program."""

    written: dict[tuple[int, int], dict[str, Content]] = field(default_factory=dict)
    known: set[tuple[int, str]] = field(default_factory=set)
    findings: dict[int, Counter[str]] = field(default_factory=dict)
    articles: Counter[int] = field(default_factory=Counter)

    @property
    def uids(self) -> set[str]:
        return {uid for contents in self.written.values() for uid in contents}


def recent(now: dt.datetime | None = None) -> list[Quality]:
    """The quality of each program of which something came in the last thirty days, by name."""
    now = now or timezone.now()
    rows = _rows(now)
    if not rows:
        return []
    texts = _texts(rows)
    present = revisions.contents_of(texts.uids)
    effort = diffing.Effort()
    fates = {
        key: judge(((content, present.get(uid)) for uid, content in contents.items()), effort)
        for key, contents in texts.written.items()
    }
    decided, out = _decided(now), _left_out(now)
    today = timezone.localdate(now, timezone.get_default_timezone())
    programs = Program.objects.filter(pk__in={row.program for row in rows}).order_by("name")
    return [
        Quality(
            program=program,
            pushes=len(own := [row for row in rows if row.program == program.pk]),
            refused=sum(row.is_refused for row in own),
            recognised=_recognised(own),
            findings=_frequent(texts, program.pk),
            fates=together(each for (pk, _week), each in fates.items() if pk == program.pk),
            taken=decided[program.pk, Suggestion.Status.TAKEN],
            dismissed=decided[program.pk, Suggestion.Status.DISMISSED],
            left_out=out[program.pk].most_common(),
            weeks=_weeks(own, fates, today),
        )
        for program in programs
    ]


def judge(pairs: Iterable[tuple[Content, Content | None]], effort: diffing.Effort) -> Fates:
    """The fates of articles, each as its push left it and as it is now; None if it is gone."""
    fates = Fates()
    for before, now in pairs:
        if now is None:
            fates.deleted += 1
            continue
        changed = [name for name in FIELDS if not record.is_same(name, before[name], now[name])]
        fates.edited += bool(changed)
        fates.untouched += not changed
        for name in FIELDS:
            counted = _words(before[name], now[name], effort)
            fates.words[name] = _sum(fates.words.get(name, (0, 0)), counted)
    return fates


def together(parts: Iterable[Fates]) -> Fates:
    """Several fates as one."""
    whole = Fates()
    for part in parts:
        whole.untouched += part.untouched
        whole.edited += part.edited
        whole.deleted += part.deleted
        for name, counted in part.words.items():
            whole.words[name] = _sum(whole.words.get(name, (0, 0)), counted)
    return whole


def _words(before: Any, now: Any, effort: diffing.Effort) -> tuple[int, int]:
    """How many words two values of a field have together, and how many of them the other lacks;
    none if there is no effort left to tell."""
    old, new = diffing.field_text(before), diffing.field_text(now)
    if old == new:
        return 2 * len(_WORD.findall(old)), 0
    if effort.steps <= 0:
        return 0, 0
    whole = changed = 0
    for segment in diffing.compare_words(old, new, effort):
        count = len(_WORD.findall(segment.text))
        whole += count * (2 if segment.kind == diffing.SAME else 1)
        changed += count if segment.kind != diffing.SAME else 0
    return whole, changed


def _sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


def _rows(now: dt.datetime) -> list[_Row]:
    """The pushes of the last thirty days, newest first."""
    zone = timezone.get_default_timezone()
    today = timezone.localdate(now, zone)
    pushes = Push.objects.filter(received_at__gt=_since(now), received_at__lte=now)
    rows = pushes.order_by("-received_at", "-pk").values_list(
        *("pk", "program", "date", "received_at", "outcome"),
        *("account__reading__share", "undone_at"),
    )
    return [
        _Row(pk, program, date, _week(at, today, zone), outcome, share, undone_at is not None)
        for pk, program, date, at, outcome, share, undone_at in rows[:MAX_PUSHES]
    ]


def _since(now: dt.datetime) -> dt.datetime:
    return now - dt.timedelta(days=DAYS)


def _week(moment: dt.datetime, today: dt.date, zone: dt.tzinfo) -> int:
    return (today - timezone.localdate(moment, zone)).days // WEEK


def _texts(rows: Sequence[_Row]) -> _Texts:
    """What the newest pushes of each day wrote. Findings are those of the newest one alone, which
    has what the others had."""
    met: Counter[tuple[int, dt.date]] = Counter()
    chosen: dict[int, tuple[_Row, bool]] = {}
    for row in rows:
        day = row.program, row.date
        if not row.is_refused and met[day] < MAX_OF_DAY:
            chosen[row.pk] = row, not met[day]
            met[day] += 1
    texts = _Texts()
    found = Push.objects.filter(pk__in=list(chosen)).order_by("-received_at", "-pk")
    for pk, entries, findings in found.values_list("pk", "articles", "findings").iterator(100):
        row, is_newest = chosen[pk]
        if is_newest:
            codes = texts.findings.setdefault(row.program, Counter())
            codes.update(finding["code"] for finding in findings if finding["article"])
            texts.articles[row.program] += len(entries)
        if not row.is_undone:
            _note_written(texts, row, entries)
    return texts


def _note_written(texts: _Texts, row: _Row, entries: list[record.Entry]) -> None:
    """Only the newest text of a program for an article counts."""
    own = texts.written.setdefault((row.program, row.week), {})
    for entry in entries:
        key = row.program, entry["uid"]
        if entry["fate"] in record.WRITTEN and key not in texts.known:
            texts.known.add(key)
            own[entry["uid"]] = {name: entry["content"][name] for name in FIELDS}


def _frequent(texts: _Texts, program: int) -> list[tuple[str, float]]:
    codes, articles = texts.findings.get(program, Counter()), texts.articles[program]
    return [(code, count / articles) for code, count in codes.most_common(MAX_CODES) if articles]


def _decided(now: dt.datetime) -> Counter[tuple[int, str]]:
    """How many suggestions of the last thirty days ended in which way, by program."""
    rows = Suggestion.objects.filter(push__received_at__gt=_since(now)).order_by()
    counted = rows.values_list("push__program", "status").annotate(count=Count("pk"))
    return Counter({(program, status): count for program, status, count in counted})


def _left_out(now: dt.datetime) -> defaultdict[int, Counter[str]]:
    """How many articles of each program editors left out in the last thirty days, by reason."""
    rows = LeftOut.objects.standing().filter(left_out_at__gt=_since(now), program__isnull=False)
    counted: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for program, reason in rows.order_by("reason").values_list("program", "reason"):
        counted[program][reason] += 1
    return counted


def _recognised(rows: Iterable[_Row]) -> float | None:
    shares = [row.share for row in rows if row.share is not None]
    return median(shares) if shares else None


def _weeks(rows: Sequence[_Row], fates: dict[tuple[int, int], Fates], today: dt.date) -> list[Week]:
    weeks = []
    for number in reversed(range(-(-DAYS // WEEK))):
        own = [row for row in rows if row.week == number]
        fate = fates.get((rows[0].program, number), Fates())
        last = today - dt.timedelta(days=number * WEEK)
        weeks.append(Week(last, len(own), _recognised(own), fate.untouched_share))
    return weeks
