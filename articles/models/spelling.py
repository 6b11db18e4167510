"""Words that mean the same, for the search."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField
from articles.rules.text import fold, tidy_name

MOST_NAMES, LONGEST_NAME = 12, 60


def names_in(line: str) -> list[str]:
    """The names in a line with commas, tidied, each once."""
    tidied = (tidy_name(part) for part in line.split(","))
    return list({fold(name): name for name in tidied if name}.values())


def validate_names(line: str) -> None:
    """Raise ValidationError unless these are two names or more, and not too many or too long."""
    names = names_in(line)
    if not 2 <= len(names) <= MOST_NAMES:
        sentence = _("Write two words or more that mean the same, at most %(limit)d, with commas.")
        raise ValidationError(sentence, params={"limit": MOST_NAMES})
    if not all(any(letter.isalnum() for letter in name) for name in names):
        raise ValidationError(_("Every word needs a letter, a syllable or a digit."))
    if any(len(name) > LONGEST_NAME for name in names):
        sentence = _("Shorten the words to at most %(limit)d characters each.")
        raise ValidationError(sentence, params={"limit": LONGEST_NAME})


class Spelling(models.Model):
    """A line of words that mean the same (`콘텐츠, 컨텐츠`). A search for one finds the others."""

    line = LineField(
        _("words"),
        max_length=400,
        unique=True,
        validators=[validate_names],
        help_text=_("With commas between them: 콘텐츠, 컨텐츠"),
    )

    class Meta:
        verbose_name = _("spelling")
        verbose_name_plural = _("spellings")
        ordering = ["line"]
        constraints = [
            models.CheckConstraint(condition=~Q(line=""), name="spelling_has_words"),
        ]

    def __str__(self):
        return self.line

    @property
    def names(self) -> list[str]:
        return names_in(self.line)
