"""The changes of a correction as readers can open them: changed words with some context."""

from django import template
from django.utils.translation import gettext as _

from articles.digests import diffing
from articles.models import Article, Citation, Digest
from articles.rules.hidden_text import are_in, shown, shown_line

AROUND = 40  # characters of unchanged text shown beside a change
ELLIPSIS = "…"
# Tags, storylines and the language only classify a text, so they are omitted.
OF_DIGEST = {name: Digest._meta.get_field(name) for name in ("title", "introduction")}
OF_ARTICLE = {
    name: Article._meta.get_field(name)
    for name in diffing.ARTICLE_FIELDS
    if name not in ("tags", "citations", "storyline")
}

register = template.Library()


@register.filter
def what_changed(correction):
    """Rows of `uid`, `headline`, `kind` and `fields`, each with `label` and `segments` of (kind,
    text). Added and removed articles have only their headline."""
    rows = [_row(row) for row in correction.changes]
    return [row for row in rows if row["fields"] or row["kind"] != diffing.CHANGED]


def _row(row):
    is_whole = row["kind"] in (diffing.ADDED, diffing.REMOVED)
    fields = [] if is_whole else [_field(row["uid"], field) for field in row["fields"]]
    return {
        "uid": row["uid"],
        "headline": shown_line(row["headline"]),
        "kind": row["kind"] if is_whole else diffing.CHANGED,
        "fields": [field for field in fields if field],
    }


def _field(uid, field):
    """The field with its label for readers; None if readers do not see it."""
    name = field["name"]
    segments = _shortened(_shown(field["segments"]))
    if all(kind == diffing.SAME for kind, _text in segments):
        return None
    if uid and name == "citations":
        return {"label": Citation._meta.verbose_name_plural, "segments": segments}
    model_field = (OF_ARTICLE if uid else OF_DIGEST).get(name)
    if model_field is None:
        return None
    if name == "picture":
        words = {diffing.REMOVED: _("the former picture"), diffing.ADDED: _("another picture")}
        segments = [(kind, words[kind]) for kind, _uid in segments]
    if model_field.choices:
        names = dict(model_field.choices)
        segments = [(kind, names.get(text, text)) for kind, text in segments]
    return {"label": model_field.verbose_name, "segments": segments}


def _shown(segments):
    """The changes of the text that readers see, if the full text has comments of editors."""
    texts = [
        "".join(text for kind, text in segments if kind != left_out)
        for left_out in (diffing.ADDED, diffing.REMOVED)
    ]
    if not any(map(are_in, texts)):
        return segments
    found = diffing.compare_words(*map(shown, texts))
    return [(segment.kind, segment.text) for segment in found]


def _shortened(segments):
    """The segments, with long unchanged runs cut to the words beside the changes."""
    last = len(segments) - 1
    return [
        (kind, _cut(text, index > 0, index < last) if kind == diffing.SAME else text)
        for index, (kind, text) in enumerate(segments)
    ]


def _cut(text, follows_change, precedes_change):
    if len(text) <= AROUND * (follows_change + precedes_change) + len(ELLIPSIS):
        return text
    head = _to_last_blank(text[:AROUND]) if follows_change else ""
    tail = _from_first_blank(text[-AROUND:]) if precedes_change else ""
    return f"{head}{ELLIPSIS}{tail}"


def _to_last_blank(text):
    """Drop the cut word at the end if the text has spaces (Chinese and Japanese have none)."""
    return text[: text.rfind(" ") + 1] or text


def _from_first_blank(text):
    return text[max(text.find(" "), 0) :]
