"""The part of JSON Schema (2020-12) that the project's own schemas use."""

import re

TYPES = {"object": dict, "array": list, "string": str, "null": type(None), "integer": int}
# Keywords that only inform people, or, like the type, are checked first.
NOTES = {"$schema", "$defs", "title", "description", "format", "type"}


def faults(value, schema, root=None, place="$"):
    """Sentences about violations; an unknown keyword is an error of the test."""
    root = root or schema
    wrong = list(_type(value, schema["type"], root, place)) if "type" in schema else []
    yield from wrong
    for keyword, wanted in schema.items():
        if not wrong and keyword not in NOTES:
            yield from CHECKS[keyword](value, wanted, root, place)


def strictly(schema):
    """A copy of the schema that allows only the keys it names."""
    if isinstance(schema, list):
        return [strictly(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: strictly(value) for key, value in schema.items()}
    return inner | {"unnamed": False} if isinstance(schema.get("required"), list) else inner


def _required(value, names, root, place):
    if isinstance(value, dict):
        yield from (f"{place} lacks {name}" for name in names if name not in value)


def _properties(value, named, root, place):
    for name, schema in named.items():
        if name in value:
            yield from faults(value[name], schema, root, f"{place}.{name}")
    unknown = set(value) - set(named)
    if unknown and root.get("unnamed") is False:
        yield f"{place} has {sorted(unknown)}"


def _items(value, schema, root, place):
    for index, item in enumerate(value if isinstance(value, list) else []):
        yield from faults(item, schema, root, f"{place}[{index}]")


def _type(value, wanted, root, place):
    names = [wanted] if isinstance(wanted, str) else wanted
    is_odd = isinstance(value, bool) and "boolean" not in names  # for Python, True is a number
    if is_odd or not isinstance(value, tuple(TYPES[name] for name in names)):
        yield f"{place} is no {wanted}: {value!r}"


def _pattern(value, pattern, root, place):
    if isinstance(value, str) and not re.search(pattern, value):
        yield f"{place} does not match {pattern}: {value!r}"


def _min_length(value, length, root, place):
    if isinstance(value, str) and len(value) < length:
        yield f"{place} is too short: {value!r}"


def _max_length(value, length, root, place):
    if isinstance(value, str) and len(value) > length:
        yield f"{place} is too long: {len(value)}"


def _max_items(value, count, root, place):
    if isinstance(value, list) and len(value) > count:
        yield f"{place} has too many items: {len(value)}"


def _minimum(value, least, root, place):
    if isinstance(value, int) and value < least:
        yield f"{place} is below {least}: {value}"


def _enum(value, wanted, root, place):
    if not any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in wanted):
        yield f"{place} is {value!r}"


def _any_of(value, schemas, root, place):
    if all(list(faults(value, schema, root, place)) for schema in schemas):
        yield f"{place} fits none: {value!r}"


CHECKS = {
    "required": _required,
    "properties": _properties,
    "unnamed": lambda value, wanted, root, place: (),
    "items": _items,
    "pattern": _pattern,
    "minLength": _min_length,
    "anyOf": _any_of,
    "const": lambda v, wanted, root, place: [] if v == wanted else [f"{place} is {v!r}"],
    "enum": _enum,
    "maxLength": _max_length,
    "maxItems": _max_items,
    "minimum": _minimum,
    "$ref": lambda v, ref, root, place: faults(
        v, root["$defs"][ref.rsplit("/", 1)[1]], root, place
    ),
}
