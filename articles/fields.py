"""Model fields that hold only text every output can carry.

Whatever way a value takes to the database (form, import, `bulk_create`, `update`), it
passes `get_prep_value`, so no control character, lone surrogate or carriage return is
ever stored.
"""

import json

from django.db import models
from markdownx.models import MarkdownxField

from articles.rules.text import clean

# What an article says beyond its points, in its order.
IMPLICATION_FIELDS = ("technical_significance", "industry_impact", "outlook")


class CleanTextMixin:
    def to_python(self, value):
        value = super().to_python(value)
        return clean(value) if isinstance(value, str) else value

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return clean(value) if isinstance(value, str) else value

    def pre_save(self, model_instance, add):
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class LineField(CleanTextMixin, models.CharField):
    """Text of one line."""


class MarkdownField(CleanTextMixin, MarkdownxField):
    """Markdown text, edited with a preview."""


class _Unescaped(json.JSONEncoder):
    def __init__(self, **options):
        super().__init__(**options | {"ensure_ascii": False})


class UnescapedJSONField(models.JSONField):
    """JSON in which letters stand for themselves: escaped, Korean takes twice the room."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options | {"encoder": _Unescaped})

    def deconstruct(self):
        name, path, arguments, options = super().deconstruct()
        del options["encoder"]
        return name, path, arguments, options


class PointsField(UnescapedJSONField):
    """A list of one-line Markdown texts, in order."""

    def get_prep_value(self, value):
        if isinstance(value, list):
            value = [clean(point) if isinstance(point, str) else point for point in value]
        return super().get_prep_value(value)
