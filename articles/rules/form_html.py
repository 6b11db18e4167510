"""The HTML of form fields and inputs, made without templates.

The desk's form of ten articles has 300 inputs, and a template costs many times as much as the line
that comes of it. Inputs and errors are written as Django's own templates write them. Django marks
as safe what a renderer of forms returns. So everything is escaped here.
"""

from collections.abc import Callable
from html import escape
from typing import Any

from django.forms import BoundField
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData
from django.utils.text import capfirst

Context = dict[str, Any]

_INPUTS = ("checkbox", "date", "email", "hidden", "number", "password", "text", "time", "url")
_OPTION = "django/forms/widgets/select_option.html"
_FIELD = "articles/field"  # no file has this name


class FormRenderer(TemplatesSetting):
    """Renders forms with the site's templates, except for plain inputs, their errors, and what
    `as_field_group` writes."""

    field_template_name = _FIELD

    def render(
        self, template_name: str, context: Context, request: HttpRequest | None = None
    ) -> str:
        write = _WRITERS.get(template_name)
        written = write(context) if write else None
        return super().render(template_name, context, request) if written is None else written


def _field(context: Context) -> str:
    """A field with its label, its errors or else its `faults`, and its help."""
    field = context["field"]
    errors, is_required = field.errors, field.field.required
    faults = "" if errors else "".join(map(_fault, getattr(field, "faults", ())))
    return f"""\
<div class="field field-{_escaped(field.name)}{" errors" if errors else ""}">
  <label for="{_escaped(field.id_for_label)}"{' class="required"' if is_required else ""}>\
{conditional_escape(capfirst(str(field.label)))}</label>
  {errors if errors else ""}
  {faults}
  {field}
  {_help(field) if field.help_text else ""}
</div>
"""


def _fault(sentence: str) -> str:
    return f'<p class="field-fault" data-fault>{conditional_escape(sentence)}</p>'


def _help(field: BoundField) -> str:
    name = f"{_escaped(field.auto_id)}_helptext"
    return f'<p class="help" id="{name}">{conditional_escape(field.help_text)}</p>'


def _input(context: Context) -> str:
    widget = context["widget"]
    value = "" if widget["value"] is None else f' value="{_escaped(widget["value"])}"'
    named = f'type="{_escaped(widget["type"])}" name="{_escaped(widget["name"])}"'
    return f"<input {named}{value}{_attributes(widget)}>"


def _textarea(context: Context) -> str:
    widget = context["widget"]
    text = conditional_escape(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_escaped(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>'


def _select(context: Context) -> str | None:
    """None for options that have a template of their own."""
    widget = context["widget"]
    parts = [f'<select name="{_escaped(widget["name"])}"{_attributes(widget)}>']
    for name, options, _number in widget["optgroups"]:
        if any(option["template_name"] != _OPTION for option in options):
            return None
        parts += [f'\n  <optgroup label="{conditional_escape(name)}">'] if name else []
        parts += [f"\n  {_option(option)}\n" for option in options]
        parts += ["\n  </optgroup>"] if name else []
    return "".join([*parts, "\n</select>"])


def _option(option: Context) -> str:
    label = conditional_escape(localize(option["label"]))
    return f'<option value="{_escaped(option["value"])}"{_attributes(option)}>{label}</option>'


def _errors(context: Context) -> str:
    if not context["errors"]:
        return ""
    field = getattr(context["errors"], "field_id", None)
    name = f' id="{conditional_escape(field)}_error"' if field else ""
    lines = "".join(f"<li>{conditional_escape(error)}</li>" for error in context["errors"])
    return f'<ul class="{conditional_escape(context["error_class"])}"{name}>{lines}</ul>'


def _attributes(widget: Context) -> str:
    return "".join(
        f" {_escaped(name)}" if value is True else f' {_escaped(name)}="{_escaped(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _escaped(value: object) -> str:
    return str(value) if isinstance(value, SafeData) else escape(str(value))


_WRITERS: dict[str, Callable[[Context], str | None]] = {
    **{f"django/forms/widgets/{name}.html": _input for name in _INPUTS},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
    "django/forms/errors/list/default.html": _errors,
    "django/forms/errors/list/ul.html": _errors,
    _FIELD: _field,
}
