"""Front matter in JSON, as Hugo reads it: an object at the start of a text."""

import json
from typing import Any

from articles.document.model import DocumentError
from articles.document.toml import plain


def read(text: str) -> tuple[dict[str, Any], int] | None:
    """The values of the object with which a text begins, each as a string, a list or an object,
    and the number of lines that it takes; None if the text begins with none, or is no more than it,
    as a digest in JSON is."""
    start = len(text) - len(text.lstrip())
    if not text[start:].startswith("{"):
        return None
    try:
        found, end = json.JSONDecoder().raw_decode(text, start)
        values = plain(found)
    except (ValueError, RecursionError, DocumentError):
        return None
    is_alone = not text[end:].split("\n", 1)[0].strip()
    is_digest = not text[end:].strip() or (isinstance(found, dict) and "articles" in found)
    if not isinstance(values, dict) or not values or not is_alone or is_digest:
        return None
    return values, text.count("\n", 0, end) + 1
