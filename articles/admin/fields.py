"""Form fields that keep text as typed and report the line with the error."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.widgets import (
    CitationsWidget,
    LinesWidget,
    LineWidget,
    MarkdownWidget,
    TagsWidget,
)
from articles.rules import lines
from articles.rules.text import clean, fold, one_line, parse_key, whole_number

MAX_TAKEN = 1_000  # suggestions
TOO_LONG = gettext_lazy("This has %(show_value)d characters. Shorten it to %(limit_value)d.")


class TextFormField(forms.CharField):
    """Text of any number of lines, without characters that must not be stored.

    White space at the ends is kept, so that saving an untouched form changes nothing. The HTML has
    no `maxlength`, since browsers silently cut pasted text.
    """

    def __init__(self, *, strip=False, **kwargs):
        super().__init__(strip=strip, **kwargs)
        self.error_messages["max_length"] = TOO_LONG

    def to_python(self, value):
        return clean(super().to_python(value))

    def widget_attrs(self, widget):
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class LineFormField(TextFormField):
    """Text of one line; pasted line breaks become spaces."""

    widget = LineWidget

    def __init__(self, **kwargs):
        super().__init__(strip=True, **kwargs)

    def to_python(self, value):
        return one_line(super().to_python(value))


class StorylineFormField(LineFormField):
    """The name of a storyline."""

    def validate(self, value):
        super().validate(value)
        if errors := lines.storyline_errors(value):
            raise ValidationError(errors)


class MarkdownFormField(TextFormField):
    widget = MarkdownWidget

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widget.label = self.label or ""


class FormKeyField(forms.UUIDField):
    """The key of an open form. It never counts as a change; an invalid key becomes None."""

    def to_python(self, value):
        return parse_key(value)

    def has_changed(self, initial, data):
        return False


class TakenField(forms.CharField):
    """The numbers of the suggestions that were typed into the form, separated by commas. They never
    count as a change. Whatever is not a number is left out."""

    widget = forms.HiddenInput

    def to_python(self, value):
        numbers = map(whole_number, (value or "").split(",")[:MAX_TAKEN])
        return [number for number in numbers if number is not None]

    def has_changed(self, initial, data):
        return False


class LinesFormField(forms.Field):
    """A list that is edited as text. Subclasses implement `read` and `write`."""

    widget = LinesWidget

    def prepare_value(self, value):
        return value if isinstance(value, str) else self.write(value or [])

    def to_python(self, value):
        try:
            return self.read(clean(value or ""))
        except lines.LineErrors as problem:
            raise line_errors(problem.errors) from problem

    def has_changed(self, initial, data):
        """Compare the parsed values, not the spelling; unreadable text is compared as text."""
        before = self.prepare_value(initial)
        try:
            return self.to_python(before) != self.to_python(data)
        except ValidationError:
            return clean(before) != clean(data or "")


class PointsFormField(LinesFormField):
    read = staticmethod(lines.parse_points)
    write = staticmethod(lines.format_points)


class CitationsFormField(LinesFormField):
    """Citations. A line that is not understood is a value too: it is saved as typed."""

    widget = CitationsWidget
    read = staticmethod(lines.read_citations)
    write = staticmethod(lines.format_citations)


class TagsFormField(LinesFormField):
    widget = TagsWidget
    read = staticmethod(lines.parse_tags)
    write = staticmethod(", ".join)

    def validate(self, value):
        super().validate(value)
        errors = lines.tag_errors(value)
        if len(value) > lines.MAX_LINES:
            message = _("These are too many tags. Use at most %(limit)d.")
            errors = [message % {"limit": lines.MAX_LINES}]
        if errors:
            raise ValidationError(errors, code="max_length")

    def has_changed(self, initial, data):
        """Spellings of the same tag count as equal."""
        before = [fold(name) for name in self.to_python(self.prepare_value(initial))]
        return before != [fold(name) for name in self.to_python(data)]


def line_errors(errors):
    """One ValidationError for (line number, sentence) pairs."""
    message = _("Line %(line)d: %(problem)s")
    return ValidationError(
        [message % {"line": number, "problem": problem} for number, problem in errors],
        code="invalid_line",
    )
