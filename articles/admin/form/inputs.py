"""Values of a snapshot as the inputs of the form show them."""

from articles.digests import diffing
from articles.digests.posted import OTHER
from articles.fields import INPUTS

# The box for other text that every row has.
OTHER_BOX = f"{OTHER}implications"


def name_of(field):
    """The input of a field of a snapshot; `other.points` is the text after the points."""
    name, _dot, part = field.partition(".")
    return f"{OTHER}{part}" if part else INPUTS.get(name, name)


def text_of(field, value):
    """A value as it would be typed."""
    return ", ".join(value) if field == "tags" else diffing.field_text(value)


def of_article(content):
    """An article of a snapshot as the texts of a new row, by input and in the order of the form.
    Fields that it lacks are left out; all its other text is in the one box that a new row has."""
    typed = {
        name_of(name): text_of(name, content[name])
        for name in INPUTS
        if name in content and name != "other"
    }
    return typed | {OTHER_BOX: diffing.field_text(content.get("other"))}
