"""An archive of invented news, and questions whose best answers are known.

Every article has one subject of `relevance/subjects.txt`: its headline and points are of it. Its
outlook mentions three other subjects in passing. So it is known what answers a question without
asking any search: grade 3 for an article of the subject, 1 for one that mentions it, 0 for others.
"""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "relevance"
FIRST_DAY = dt.date(2025, 1, 1)
DAYS, A_DAY = 60, 8
PUBLISHERS = ("한빛일보", "새벽신문", "누리경제", "두루뉴스", "Morning Ledger")
# Prime to the number of subjects, so that each meets all others.
_STEPS = (7, 11, 17)


@dataclass
class Subject:
    key: str
    headlines: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    mention: str = ""


@dataclass(frozen=True)
class Invented:
    """An article: its day, its subject, the number of its headline from 1, those it mentions."""

    day: dt.date
    subject: Subject
    number: int
    mentioned: tuple[Subject, ...]

    @property
    def headline(self) -> str:
        return self.subject.headlines[self.number - 1]

    @property
    def outlook(self) -> str:
        return " ".join(f"{each.mention}." for each in self.mentioned)


@dataclass(frozen=True)
class Question:
    """What a reader types, and the subjects meant by it, each with the number of the headline that
    answers best, 0 if all do."""

    kind: str
    text: str
    subjects: dict[str, int]

    def grade(self, article: Invented) -> int:
        """How well an article answers the question, from 0 to 3."""
        best = self.subjects.get(article.subject.key)
        if best is not None:
            return 3 if best in (0, article.number) else 1
        return int(any(each.key in self.subjects for each in article.mentioned))


def subjects() -> list[Subject]:
    found: list[Subject] = []
    for paragraph in (FOLDER / "subjects.txt").read_text().split("\n\n")[1:]:
        key, *lines = paragraph.strip().splitlines()
        subject = Subject(key)
        for line in lines:
            sign, text = line.split(" ", 1)
            if sign == "!":
                subject.headlines.append(text)
            elif sign == "-":
                subject.points.append(text)
            else:
                subject.mention = text
        found.append(subject)
    return found


def articles() -> list[Invented]:
    """The articles of all days, in order; the same at every call."""
    known = subjects()
    made = []
    for number in range(DAYS * A_DAY):
        place, turn = number % len(known), number // len(known)
        subject = known[place]
        mentioned = tuple(known[(place + step * (turn + 1)) % len(known)] for step in _STEPS)
        made.append(
            Invented(
                FIRST_DAY + dt.timedelta(days=number // A_DAY),
                subject,
                turn % len(subject.headlines) + 1,
                tuple(each for each in mentioned if each is not subject),
            )
        )
    return made


def questions() -> list[Question]:
    lines = (FOLDER / "questions.txt").read_text().splitlines()
    found = []
    for line in lines:
        if line.startswith("#"):
            continue
        kind, text, meant = (part.strip() for part in line.split("|"))
        pairs = (each.partition("/") for each in meant.split())
        found.append(Question(kind, text, {key: int(best or 0) for key, _, best in pairs}))
    return found
