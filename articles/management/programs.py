"""The program that a command names."""

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from articles.models import Program


def program_named(name: str) -> Program:
    """The program of that name, or a new one that is not saved yet. Raises CommandError for a name
    that no program can have."""
    if found := Program.objects.filter(name=name).first():
        return found
    program = Program(name=name)
    try:
        program.full_clean()
    except ValidationError as error:
        sentence = _("A program has a name of 1 to %(limit)d characters.")
        limit = Program._meta.get_field("name").max_length
        raise CommandError(sentence % {"limit": limit}) from error
    return program
