"""Templates of JSON that admins write for receivers with a form of their own.

A value is inserted into the texts of the template after parsing, so no value can change the
structure.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

NESTING = 20
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def check(template: str, names: Mapping[str, str]) -> None:
    """Raise ValidationError unless a template is JSON that has placeholders of these names only."""
    try:
        filled = fill(template, dict.fromkeys(names, ""))
        as_bytes(filled)
    except json.JSONDecodeError as error:
        raise ValidationError(slip(error)) from error
    except UnicodeEncodeError as error:
        raise ValidationError(
            _("The template has half a letter, which JSON cannot send.")
        ) from error
    except ValueError as error:
        raise ValidationError(
            _("The template is no JSON: %(reason)s.") % {"reason": str(error).rstrip(".")}
        ) from error
    if not isinstance(filled, dict | list):
        raise ValidationError(_("The template must be an object or a list of JSON."))


def slip(error: json.JSONDecodeError) -> str:
    """A sentence with the place at which a text is no JSON."""
    message = _("This is not JSON: it goes wrong at character %(column)d of line %(line)d.")
    return message % {"column": error.colno, "line": error.lineno}


def fill(template: str, values: Mapping[str, str]) -> Any:
    """The JSON value of a template with the values of its placeholders.

    Raises ValueError for what is no JSON or too deep, ValidationError for an unknown placeholder.
    """
    try:
        return _filled(json.loads(template, parse_constant=_no_number), values)
    except RecursionError as error:
        raise ValueError(_("it is nested too deeply")) from error


def as_bytes(value: Any) -> bytes:
    """JSON for a request."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _filled(part: Any, values: Mapping[str, str], depth: int = 0) -> Any:
    if depth > NESTING:
        raise ValueError(_("it is nested too deeply"))
    if isinstance(part, dict):
        return {key: _filled(each, values, depth + 1) for key, each in part.items()}
    if isinstance(part, list):
        return [_filled(each, values, depth + 1) for each in part]
    return _PLACEHOLDER.sub(lambda m: _value(m[1], values), part) if isinstance(part, str) else part


def _no_number(name: str) -> Any:
    raise ValueError(_("%(name)s is no number of JSON") % {"name": name})


def _value(name: str, values: Mapping[str, str]) -> str:
    if name not in values:
        known = ", ".join(values)
        sentence = _("The placeholder “%(name)s” is unknown. There are: %(known)s.")
        raise ValidationError(sentence % {"name": name, "known": known})
    return values[name]
