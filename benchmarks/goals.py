"""What the benchmarks are to reach, and how each tells what it measured.

`everything.py` names a file in the environment, in which each benchmark adds a line per figure. A
benchmark that runs alone adds nothing.
"""

import json
import os
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = "BENCHMARK_FIGURES"
ENGINES = ("sqlite", "postgresql")
PAGES = ("day page", "home", "feed", "article", "tag")


@dataclass(frozen=True)
class Goal:
    """A limit in some unit. `by` chooses which of the values has to keep it."""

    limit: float
    unit: str = ""
    is_least: bool = False
    by: Callable[[list[float]], float] = statistics.median

    def __str__(self):
        return f"{'≥' if self.is_least else '≤'} {self.limit:g} {self.unit}".rstrip()

    def is_reached(self, values: list[float]) -> bool:
        value = self.by(values)
        return value >= self.limit if self.is_least else value <= self.limit


GOALS = {
    **{f"{page}, site ÷ nginx": Goal(0.45, is_least=True) for page in PAGES},
    "feed 304, site ÷ nginx": Goal(0.35, is_least=True),
    **{f"{page}, files mode ÷ nginx": Goal(0.97, is_least=True) for page in (*PAGES, "feed 304")},
    "CPU of a finished day page": Goal(45, "µs"),
    "p99 with a change a second ÷ without, site": Goal(2),
    "p99 with a change a second ÷ without, files mode": Goal(2),
    **{
        f"p99 with slow saves ÷ without, {kind}, {engine}": Goal(2)
        for kind in ("site", "files mode")
        for engine in ENGINES
    },
    "memory of both workers": Goal(120, "MB", by=max),
    "memory at the end ÷ in the middle": Goal(1.05),
    "first page of each kind in a new worker": Goal(20, "ms", by=max),
    "home page shows a new digest after": Goal(100, "ms"),
    "day page shows a new digest after": Goal(100, "ms"),
    "feed shows a new digest after": Goal(100, "ms"),
    "CPU of a new day page": Goal(5, "ms"),
    "CPU of the form of ten articles": Goal(100, "ms"),
    "CPU of the list of digests": Goal(30, "ms"),
    "CPU of a save": Goal(60, "ms"),
    "CPU of findings": Goal(40, "ms"),
    "CPU of a new page of hits": Goal(6, "ms"),
    "CPU of a page of hits asked before": Goal(3, "ms"),
    **{f"p95 of each kind of search, {engine}": Goal(50, "ms", by=max) for engine in ENGINES},
    **{f"each page, 100 years ÷ 10 years, {engine}": Goal(1.1, by=max) for engine in ENGINES},
    **{f"import of ten years, {engine}": Goal(120, "s") for engine in ENGINES},
    **{f"CPU of a list of candidates, {engine}": Goal(100, "ms") for engine in ENGINES},
    **{f"polling of 200 feeds, {engine}": Goal(60, "s", by=max) for engine in ENGINES},
    "a post of twice the length ÷ the post": Goal(2.5, by=max),
}


def tell(name: str, values: Iterable[float]) -> None:
    """Add the values, in the unit of the goal with that name, to the file of figures. Raises
    KeyError if there is no such goal."""
    GOALS[name]
    values = [round(value, 4) for value in values]
    if values and (path := os.environ.get(FILE)):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps([name, values], ensure_ascii=False) + "\n")


def table(path: Path) -> str:
    """The Markdown table of all goals beside the figures in a file. What was told again counts
    once, as it was told last."""
    lines = path.read_text(encoding="utf-8").splitlines()
    told = dict(json.loads(line) for line in lines)
    rows = ["| what | goal | lowest | median | highest | |", "|---|---|---|---|---|---|"]
    rows += [_row(name, goal, told.get(name)) for name, goal in GOALS.items()]
    return "\n".join(rows) + "\n"


def _row(name, goal, values):
    if not values:
        return f"| {name} | {goal} | – | – | – | not measured |"
    shown = (f"{value:.3g}" for value in (min(values), statistics.median(values), max(values)))
    verdict = "holds" if goal.is_reached(values) else "**misses**"
    return f"| {name} | {goal} | {' | '.join(shown)} | {verdict} |"
