"""What a scenario found out, and what was counted on the way."""

import statistics
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One row of the table: the fault, what was done, what was counted, what was expected of it,
    and whether that held."""

    fault: str
    done: str
    counts: str
    expected: str
    held: bool

    def as_row(self) -> str:
        cells = (self.fault, self.done, self.counts, self.expected, "yes" if self.held else "NO")
        return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


HEADINGS = Result("fault", "what was done", "counted", "expected", True).as_row()
HEADINGS = HEADINGS.replace("| yes |", "| held |") + "\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Answer:
    """`status` is a number, or the name of the exception there was instead; `at` the moment of the
    end by `time.monotonic`, `seconds` how long it took."""

    path: str
    status: int | str
    at: float
    seconds: float


class Counts:
    """Answers to many requests."""

    def __init__(self, answers: list[Answer], good: tuple = (200, 304)):
        self.answers, self.good = answers, good

    @property
    def errors(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.status not in self.good]

    @property
    def slowest(self) -> float:
        return max((answer.seconds for answer in self.answers), default=0.0)

    @property
    def p95(self) -> float:
        seconds = [answer.seconds for answer in self.answers]
        return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else self.slowest

    def of(self, *paths: str) -> "Counts":
        return Counts([a for a in self.answers if a.path in paths], self.good)

    def since(self, moment: float) -> "Counts":
        return Counts([a for a in self.answers if a.at >= moment], self.good)

    def __str__(self):
        kinds = Counter(str(answer.status) for answer in self.errors)
        what = ", ".join(f"{number} × {kind}" for kind, number in kinds.most_common())
        errors = f"{len(self.errors)} errors" + (f" ({what})" if what else "")
        return f"{len(self.answers)} requests, {errors}, p95 {self.p95:.3f} s"
