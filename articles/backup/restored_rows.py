"""Validates restored rows by the rules of the forms, since rows of a backup bypass the forms."""

from collections.abc import Iterator

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from articles.backup.archive import Refused
from articles.backup.tables import name_of
from articles.models import HubPing
from articles.rules.validators import validate_web_address

ROWS_AT_ONCE = 200
# Addresses without validators, since this software writes them. The desk links to them.
ADDRESSES = {(HubPing, "hub"), (HubPing, "topic")}


def refuse_impossible_rows() -> None:
    """Raise Refused with the first value that no form would accept.

    Checks each field of this app's models: length, choices and validators (slugs, addresses, days).
    Call it once the database is migrated to the present version.
    """
    for model in apps.get_app_config("articles").get_models(include_auto_created=True):
        for key, field, value in _values(model):
            try:
                _check(model, field, value)
            except ValidationError as error:
                raise Refused(
                    _("No form would take this: %(part)s, row %(key)s, %(field)s: %(reason)s")
                    % {
                        "part": name_of(model),
                        "key": key,
                        "field": field.name,
                        "reason": " ".join(error.messages),
                    }
                ) from error


def _values(model) -> Iterator[tuple]:
    """(primary key, field, value) of each value to check."""
    fields = [field for field in model._meta.local_concrete_fields if _has_rules(model, field)]
    if not fields:
        return
    rows = model._base_manager.order_by("pk").values_list("pk", *(each.attname for each in fields))
    for key, *values in rows.iterator(chunk_size=ROWS_AT_ONCE):
        for field, value in zip(fields, values, strict=True):
            if value not in field.empty_values:
                yield key, field, value


def _has_rules(model, field):
    if field.primary_key or field.is_relation or field.generated:
        return False
    return bool(
        field.choices or field.validators or _shape(field) or (model, field.name) in ADDRESSES
    )


def _shape(field):
    """The type of a JSON field's values, if its default tells it."""
    is_json = isinstance(field, models.JSONField)
    return field.default if is_json and field.default in (list, dict) else None


def _check(model, field: models.Field, value) -> None:
    field.run_validators(value)
    if field.choices and value not in dict(field.flatchoices):
        message = field.error_messages["invalid_choice"]
        raise ValidationError(message, code="invalid_choice", params={"value": value})
    if (shape := _shape(field)) and not isinstance(value, shape):
        raise ValidationError(field.error_messages["invalid"], code="invalid")
    if (model, field.name) in ADDRESSES:
        validate_web_address(value)
