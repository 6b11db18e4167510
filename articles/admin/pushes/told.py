"""Tells editors what became of a push: its articles, its lines, and what preflight said of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.form.conflicts import label_of
from articles.admin.form.findings import Name
from articles.admin.form.findings import place_of as place_of_finding
from articles.admin.form.paste_account import item, part_label, shown_list
from articles.digests import revisions
from articles.models import Article, Digest
from articles.posts.pushes import leaving_out, markdown_reading, quality, record
from articles.posts.pushes.record import Fate
from articles.preflight import Severity
from articles.recognising import Entry
from articles.recognising import Fate as LineFate
from articles.rules.nameless import shown_headline
from articles.rules.text import clean

# Lines and characters of a text that a page shows.
MAX_LINES, MAX_CHARACTERS = 3_000, 300_000
MAX_FINDINGS = 100
FATES = {
    Fate.ADDED: gettext_lazy("added"),
    Fate.REPLACED: gettext_lazy("replaced"),
    Fate.UNCHANGED: gettext_lazy("unchanged"),
    Fate.SUGGESTED: gettext_lazy("suggested"),
    Fate.DELETED: gettext_lazy("deleted before"),
    Fate.MOVED: gettext_lazy("moved before"),
}
UNTOUCHED, EDITED, GONE = "untouched", "edited", "gone"
SINCE = {
    UNTOUCHED: gettext_lazy("as it came"),
    EDITED: gettext_lazy("edited"),
    GONE: gettext_lazy("deleted"),
}
LINE_FATES = {
    LineFate.GUESSED: gettext_lazy("Guessed"),
    LineFate.OTHER: gettext_lazy("Not placed (kept as other text)"),
    LineFate.LEFT_OUT: gettext_lazy("Left out"),
}


@dataclass(frozen=True)
class Finding:
    """A finding as a push keeps it. `article` is the number of an article of the push."""

    article: int | None
    field: str | None
    line: int | None
    severity: str
    sentence: str
    advice: str


def articles_of(push) -> list[dict]:
    """What became of each article, and what editors did with those that were written."""
    uids = {entry["uid"] for entry in push.articles if entry["uid"]}
    places = {
        str(uid): f"{change_url(digest)}#articles-{position - 1}"
        for uid, digest, position in Article.objects.filter(uid__in=uids).values_list(
            "uid", "digest", "position"
        )
    }
    present = revisions.contents_of(uids)
    out = leaving_out.reasons(uids)
    return [
        _article(entry, places, present) | {"left_out": out.get(entry["uid"])}
        for entry in push.articles
    ]


def _article(entry, places, present):
    since = "" if entry["fate"] not in record.WRITTEN else _since(entry, present)
    return {
        "number": entry["number"],
        "headline": shown_headline(entry["headline"]),
        "url": places.get(entry["uid"], ""),
        "fate": entry["fate"],
        "fate_name": FATES[entry["fate"]],
        "suggested": ", ".join(str(label(name)) for name in entry["suggested"]),
        "why": entry["why"] or "",
        "since": since,
        "since_name": SINCE.get(since, ""),
    }


def _since(entry, present):
    now = present.get(entry["uid"])
    if now is None:
        return GONE
    before = entry["content"]
    is_same = all(record.is_same(name, before[name], now[name]) for name in quality.FIELDS)
    return UNTOUCHED if is_same else EDITED


def label(name):
    """The desk's name of a field that a suggestion is about."""
    return label_of(name, Digest if name in ("title", "introduction") else Article)


def text_of(push) -> str:
    """The content as text, whatever its bytes are."""
    return clean(bytes(push.content).decode("utf-8-sig", errors="replace"))


def lines_of(push) -> list[dict]:
    """The lines of the text that a page shows, each with its number and its fate."""
    fates = {
        number: entry.fate.value
        for entry in _entries(push, text_of(push).split("\n"))
        for number in range(entry.first, min(entry.last, MAX_LINES) + 1)
    }
    lines = text_of(push)[:MAX_CHARACTERS].split("\n")[:MAX_LINES]
    return [
        {"number": number, "text": text, "fate": fates.get(number, "")}
        for number, text in enumerate(lines, start=1)
    ]


def is_cut(push) -> bool:
    """Whether a page shows only the beginning of the text."""
    text = text_of(push)
    return len(text) > MAX_CHARACTERS or text.count("\n") >= MAX_LINES


def _entries(push, lines) -> list[Entry]:
    """What the reader said of the lines; empty if it says nothing of lines."""
    reading = push.account.get("reading", {})
    if reading.get("exact") and push.media_type == markdown_reading.MEDIA_TYPE:
        return list(_others_of_exact(push, lines))
    return [
        Entry(each["first"], each["last"], LineFate(each["fate"]), each["part"])
        for each in reading.get("entries", [])
    ]


def _others_of_exact(push, lines) -> Iterator[Entry]:
    """The texts without a field. The exact reader does not say in which lines they are, so they are
    looked for in their order; those that are spelled otherwise are left out."""
    start = 0
    for article in push.articles:
        for other in article["pushed"]["other"]:
            head = [line.strip() for line in other["text"].split("\n")]
            found = (n for n in range(start, len(lines)) if lines[n].strip() == head[0])
            place = next(found, None)
            if place is not None:
                start = min(place + len(head), len(lines))
                yield Entry(place + 1, start, LineFate.OTHER, "other")


def share_of(push) -> str:
    """How much of the text was recognised, in words; empty if nobody knows."""
    share = push.account.get("reading", {}).get("share")
    return "" if share is None else _("%(share)s %% recognised") % {"share": percent(share)}


def percent(share) -> int:
    """A share in whole per cent. Only all of it is 100, and only nothing is 0."""
    return min(max(round(share * 100), share > 0), 100 if share >= 1 else 99)


def accounts_of(push) -> list[dict]:
    """Lists of the lines that are not simply in a field."""
    lines = text_of(push).split("\n")
    entries = _entries(push, lines)
    lists = [
        (heading, [_item(entry, lines) for entry in entries if entry.fate is fate])
        for fate, heading in LINE_FATES.items()
    ]
    return [shown_list(str(heading), items) for heading, items in lists if items]


def _item(entry, lines):
    text = " ".join(filter(None, map(str.strip, lines[entry.first - 1 : entry.last])))
    name = part_label(entry.part) if entry.fate is LineFate.GUESSED else ""
    return item([entry], text, name) | {"first": entry.first}


def findings_of(push) -> list[dict]:
    """What preflight said when the push came, by severity, the most severe first."""
    found = [
        Finding(**{name: each.get(name) for name in Finding.__dataclass_fields__})
        for each in push.findings[:MAX_FINDINGS]
    ]
    groups = []
    for severity in Severity:
        rows = [
            {"finding": each, "place": place_of_finding(each, each.article and Name(each.article))}
            for each in found
            if each.severity == severity.value
        ]
        groups.append({"name": severity.value, "rows": rows})
    return [group for group in groups if group["rows"]]


def errors_of(push) -> list[dict]:
    """Why a push was refused: sentences with their places."""
    return [
        {
            "place": capfirst(_("line %(number)d") % {"number": error["line"]})
            if error.get("line")
            else error.get("pointer", ""),
            "sentence": error["detail"],
        }
        for error in push.account.get("errors", [])
    ]


def change_url(pk):
    return reverse("admin:articles_digest_change", args=[pk])
