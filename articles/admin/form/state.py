"""State of one request for the form of a digest, besides the posted data."""

from dataclasses import dataclass, field

from articles.admin.form.schedule_question import Doubted
from articles.models import WorkingCopy


@dataclass(frozen=True)
class FormState:
    """`taken_up` is the draft that fills the form. `refused_pictures` has a sentence for each row
    whose file was refused, by prefix. After a refused save, `is_unanswered` asks for the kind of
    change, `doubt` asks about the schedule, and `is_strict` refuses also faults that the form was
    opened with. After a save, `rows` has the uids of the articles by the prefix of their row,
    and `is_merged` is whether it met the saves of others."""

    taken_up: WorkingCopy | None = None
    refused_pictures: dict[str, str] = field(default_factory=dict)
    is_unanswered: bool = False
    doubt: Doubted | None = None
    is_strict: bool = False
    rows: dict[str, str] = field(default_factory=dict)
    is_merged: bool = False
