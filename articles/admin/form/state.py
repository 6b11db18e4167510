"""What one request for the form of a digest knows besides what was sent."""

from dataclasses import dataclass, field

from articles.admin.form.schedule_question import Doubted
from articles.models import WorkingCopy


@dataclass(frozen=True)
class FormState:
    """`taken_up` is the draft that fills the form; `refused_pictures` has a sentence for the prefix
    of each row whose file was refused. A save that was refused asks: for a kind of change if it
    `is_unanswered`, about a schedule if there is a `doubt`."""

    taken_up: WorkingCopy | None = None
    refused_pictures: dict[str, str] = field(default_factory=dict)
    is_unanswered: bool = False
    doubt: Doubted | None = None
