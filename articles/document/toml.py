"""Front matter in TOML: read like YAML, every value as a string, and written as it was."""

import datetime as dt
import json
import re
import tomllib
from typing import Any

from django.utils.translation import gettext as _

from articles.document.model import MAX_DEPTH, FrontMatter, refusal

_KEY = re.compile(r"""[ \t]*(["']?)([\w-]+)\1[ \t]*=""")
_TABLE = re.compile(r"[ \t]*\[")
_PLACE = re.compile(r"\(at line (\d+)")
_WORDS = re.compile(r"""[\w.\-"' \t]+""")
_ONE_LINE = ("title", "date")  # what is written again when it changes
_NOTHING = object()


def parse(lines: list[str]) -> FrontMatter:
    """Parse the lines between the fences; the first of them is line 2. Raises DocumentError."""
    values = {key: plain(value) for key, value in _loaded("\n".join(lines)).items()}
    numbers, source, loose = _keys_by_line(lines, values), [], []
    if long := [key for key in _ONE_LINE if key in values and key not in numbers.values()]:
        raise refusal(1, _("Write “%(key)s” of the front matter in one line."), key=long[0])
    for number, line in enumerate(lines, start=2):
        if number not in numbers:
            loose.append(line)
            continue
        source += [["", "\n".join(loose)]] if loose else []
        source.append([numbers[number], line])
        loose = []
    source += [["", "\n".join(loose)]] if loose else []
    return FrontMatter(values, {key: number for number, key in numbers.items()}, source)


def value(text: str, key: str) -> object:
    """The value of a key in its text."""
    return plain(_loaded(text).get(key, ""))


def entry(key: str, value: str) -> str:
    """A key with its value as a string."""
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def _keys_by_line(lines: list[str], values: dict[str, Any]) -> dict[int, str]:
    """The keys that have a line of their own, by its number. Text that only looks like a key, in a
    string over several lines, is none."""
    found: dict[str, int] = {}
    again: set[str] = set()
    for number, line in enumerate(lines, start=2):
        if _TABLE.match(line):
            break
        key = _KEY.match(line)
        if key and _alone(line, key[2]) == values.get(key[2], _NOTHING):
            again |= {key[2]} & found.keys()
            found[key[2]] = number
    return {number: key for key, number in found.items() if key not in again}


def _alone(line: str, key: str) -> object:
    try:
        return plain(tomllib.loads(line.rstrip("\r")).get(key, ""))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _loaded(text: str) -> dict[str, Any]:
    _refuse_long_keys(text)
    try:
        return tomllib.loads(text.removesuffix("\r"))
    except RecursionError as error:
        message = _("The front matter has lists within lists. Use at most %(limit)d levels.")
        raise refusal(1, message, limit=MAX_DEPTH) from error
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        message = _(
            "This line of the front matter is no TOML. Write it as key = “value”, with straight "
            "quotation marks, and close them and brackets."
        )
        # Without a place it is the end.
        line = int(place[1]) if place else text.count("\n") + 1
        raise refusal(line + 1, message) from error


def _refuse_long_keys(text: str) -> None:
    """Refuse keys of very many parts, which take the parser a square of the time."""
    for words in _WORDS.finditer(text):
        is_key = text[words.end() : words.end() + 1] in ("=", "]")
        if is_key and words[0].count(".") > MAX_DEPTH:
            message = _("The front matter has lists within lists. Use at most %(limit)d levels.")
            raise refusal(text.count("\n", 0, words.start()) + 2, message, limit=MAX_DEPTH)


def plain(value: object, depth: int = 0) -> str | list[Any] | dict[str, Any]:
    """A value of TOML or JSON with strings for all that is no list and no table. Raises
    DocumentError if it is too deep."""
    if depth > MAX_DEPTH:
        message = _("The front matter has lists within lists. Use at most %(limit)d levels.")
        raise refusal(1, message, limit=MAX_DEPTH)
    if isinstance(value, list):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date | dt.time):  # a datetime is a date
        return value.isoformat()
    return "" if value is None else str(value)
