"""The question asked about a save that would bring errors into a scheduled digest: fix them first,
or save anyway and cancel the schedule?"""

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.display import zoned
from articles.admin.form.correction_question import KindWidget
from articles.models import Digest
from articles.preflight import Finding

MEND, CANCEL = "mend", "cancel"
FIELD = "schedule_choice"


class Doubted(Exception):
    """A save would bring errors into a scheduled digest, and the user did not agree to that.

    `data` is the snapshot that would be saved; `prefixes` maps the uid of each article in it to the
    prefix of its row in the form.
    """

    def __init__(
        self, digest: Digest, data: dict, prefixes: dict[str, str], findings: list[Finding]
    ):
        super().__init__(findings)
        self.publish_at = digest.publish_at
        self.data, self.prefixes, self.findings = data, prefixes, findings


class ScheduleQuestion(forms.Form):
    """A field in the form of a digest, shown only after a save was refused. The admin then sets
    `doubt` on the class."""

    doubt: Doubted | None = None

    schedule_choice = forms.ChoiceField(
        label=gettext_lazy("This digest is scheduled"),
        choices=[
            (MEND, gettext_lazy("Go back and mend them. The digest stays scheduled.")),
            (
                CANCEL,
                gettext_lazy(
                    "Save all the same and cancel the schedule. Readers do not get the digest "
                    "until somebody schedules or publishes it again."
                ),
            ),
        ],
        initial=MEND,
        widget=KindWidget,
        required=False,
    )

    @property
    def cancels_schedule(self) -> bool:
        """Whether the user agrees to cancel the schedule. Valid forms only."""
        return self.cleaned_data.get(FIELD) == CANCEL

    @cached_property
    def changed_data(self):
        """The changed fields without the answer, which is not part of the digest."""
        return [name for name in super().changed_data if name != FIELD]

    def clean(self):
        cleaned = super().clean()
        if self.doubt:
            sentence = _(
                "Nothing is saved yet. The digest comes out on %(time)s by itself, and your change "
                "would bring errors into it. Mend them and save again, or say that you save all "
                "the same."
            )
            self.add_error(FIELD, sentence % {"time": zoned(self.doubt.publish_at)})
            self.data = self.data.copy()
            self.data[self.add_prefix(FIELD)] = MEND
        return cleaned
