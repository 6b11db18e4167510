"""The public part of a digest's snapshot: its texts without comments, and without empty parts.

Front matter and layout are unchanged; `articles.document.front_matter` says which keys are for
readers.
"""

import datetime as dt

from articles.fields import IMPLICATION_FIELDS, In, Kind, names
from articles.pages import timelines
from articles.rules.hidden_text import shown, shown_line
from articles.rules.lines import without_unread

_LINES = [name for name in names(In.JSON, Kind.LINE) if name not in ("headline", "picture_alt")]


def of(data: dict) -> dict:
    """A copy of the snapshot with only what readers get."""
    return data | {
        "title": shown_line(data["title"]),
        "introduction": shown(data["introduction"]),
        "articles": [_article(article) for article in data["articles"]],
        "corrections": _texts(data["corrections"]),
        "layout": _layout(data["layout"]),
    }


def with_shown_storylines(data: dict) -> dict:
    """A snapshot without the names of storylines that have no page: a draft may have begun them."""
    names = (article["storyline"] for article in data["articles"])
    hidden = timelines.without_pages(names, dt.date.fromisoformat(data["date"]))
    if not hidden:
        return data
    articles = [
        article | {"storyline": "" if article["storyline"] in hidden else article["storyline"]}
        for article in data["articles"]
    ]
    return data | {"articles": articles}


def _article(data: dict) -> dict:
    alt = data["picture_alt"]
    return data | {
        "headline": shown_line(data["headline"]),
        "points": [text for point in data["points"] if (text := shown(point)).strip()],
        **{name: shown(data[name]) for name in IMPLICATION_FIELDS},
        "picture_alt": shown_line(alt) if alt else "",
        **{name: shown(data[name]).strip() for name in _LINES},
        "tags": list(map(shown_line, data["tags"])),
        "storyline": shown_line(data["storyline"]),
        "citations": [
            citation | {"publisher": shown_line(citation["publisher"])}
            for citation in without_unread(data["citations"])
        ],
        "other": _texts(data["other"]),
        "layout": _layout(data["layout"]),
    }


def _texts(rows: list[dict]) -> list[dict]:
    return [row | {"text": text} for row in rows if (text := shown(row["text"])).strip()]


def _layout(layout: dict) -> dict:
    """The layout of an article without spellings that contain comments."""
    spelled = layout.get("spelled")
    if not spelled:
        return layout
    for_readers = {
        key: value
        for key, value in spelled.items()
        if not isinstance(value, str) or shown(value) == value
    }
    return layout | {"spelled": for_readers}
