"""Tells editors what a reading of a pasted text found, before it fills the form."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.admin.form.forms import ArticleForm
from articles.fields import IMPLICATION_FIELDS, INPUTS, NOTE_FIELDS
from articles.recognising import Account, Entry, Fate, Reading
from articles.recognising.labels import ORNAMENTS, meaning
from articles.rules.dates import find_day_cited
from articles.rules.text import clean, whole_number

# Shown of a list, of an item's text, and of the numbers of its lines.
MAX_ITEMS, MAX_TEXT, MAX_RUNS = 100, 200, 12
_IN_FIELDS = (Fate.PLACED, Fate.GUESSED)
_SHOWN = ("points", "citations", *IMPLICATION_FIELDS, "tags", "picture", *NOTE_FIELDS)


def told(reading: Reading, text: str, day: dt.date | None = None) -> dict:
    """What the form shows of a reading: `found` before it is filled, and `filled` after it, with
    `unplaced` if some text is in no field. `day` is the day near which others are."""
    account = _Account(reading, clean(text).split("\n"), reading.date or day)
    lists = [
        (_("To be checked"), [_notice(sentence) for sentence in reading.notices]),
        (_("Guessed"), account.guessed()),
        (_("Not placed (kept as other text)"), account.others()),
        (_("Left out"), account.left_out()),
    ]
    shown = [shown_list(heading, items) for heading, items in lists if items]
    articles = len(reading.articles)
    return {
        "found": {
            "heading": _articles_found(articles),
            "digest": account.digest(),
            "articles": [_article(article) for article in reading.articles],
            "lists": shown,
            "whole": "" if shown else _("All of the text has its place."),
        },
        "filled": ngettext("%(count)d article filled.", "%(count)d articles filled.", articles)
        % {"count": articles},
        "unplaced": _unplaced(len(account.others())),
    }


def _articles_found(count: int) -> str:
    text = ngettext("%(count)d article found", "%(count)d articles found", count)
    return text % {"count": count}


def _unplaced(count: int) -> str:
    text = ngettext(
        "%(count)d text is not placed: it is in “Other text after the implications”.",
        "%(count)d texts are not placed: they are in “Other text after the implications”.",
        count,
    )
    return text % {"count": count} if count else ""


def _article(article) -> dict:
    """The headline of an article, and which of its fields have something."""
    found = []
    for name in _SHOWN:
        value = getattr(article, name)
        if value:
            count = f" {len(value)}" if isinstance(value, list) else ""
            found.append(f"{part_label(name)}{count}")
    return {
        "headline": article.headline or _("(without a headline)"),
        "fields": " · ".join(found) or _("only a headline"),
    }


def part_label(name: str) -> str:
    """The name of an article's field on the form; empty for other parts."""
    field = ArticleForm.base_fields.get(INPUTS.get(name, ""))
    return str(field.label) if field else ""


def shown_list(heading: str, items: list[dict]) -> dict:
    """A list as it is told: its heading, not too many items, and how many more there are."""
    more = len(items) - MAX_ITEMS
    text = ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
    return {"heading": heading, "items": items[:MAX_ITEMS], "more": text if more > 0 else ""}


class _Account:
    """The account of a reading, beside the lines of the text."""

    def __init__(self, reading: Reading, lines: list[str], near: dt.date | None) -> None:
        self.reading, self.lines, self.near = reading, lines, near
        self.account: Account = reading.account
        self.kept: dict[int | None, set[str]] = {}  # ornaments of the result, by article

    def digest(self) -> str:
        """What was found for the digest itself."""
        reading = self.reading
        found = [
            date_format(reading.date) if reading.date else "",
            reading.title,
            _("introduction") if reading.introduction else "",
        ]
        text = " · ".join(filter(None, found))
        return _("Digest: %(found)s") % {"found": text} if text else ""

    def guessed(self) -> list[dict]:
        return [
            item([entry], self._text(entry), part_label(entry.part))
            for entry in self.account.entries
            if entry.fate is Fate.GUESSED
        ]

    def others(self) -> list[dict]:
        if self.reading.exact:
            return list(self._others_of_exact())
        return [
            item([entry], self._text(entry))
            for entry in self.account.entries
            if entry.fate is Fate.OTHER
        ]

    def left_out(self) -> list[dict]:
        """Lines that are nowhere, words of other lines that are nowhere, and last the numbers and
        ornaments, which are in many lines."""
        items = []
        small: list[tuple[Entry, list[str]]] = []
        for entry in self.account.entries:
            if entry.fate is Fate.LEFT_OUT:
                items.append(item([entry], self._text(entry)))
                continue
            words = self._lost(entry) if entry.fate in _IN_FIELDS else []
            numbers = [word for word in words if whole_number(word) is not None]
            if len(numbers) < len(words):
                items.append(item([entry], " ".join(words)))
                numbers = []
            if numbers := [*numbers, *self._ornaments(entry)]:
                small.append((entry, numbers))
        if small:
            entries = [entry for entry, _found in small]
            words = dict.fromkeys(word for _entry, found in small for word in found)
            items.append(item(entries, " ".join(words), _("numbers and emoji")))
        return items

    def _others_of_exact(self) -> Iterator[dict]:
        """The texts without a field; the exact reader's account lacks the lines of these."""
        starts = [article.line for article in self.reading.articles]
        ends = [*starts[1:], len(self.lines) + 1]
        for article, start, end in zip(self.reading.articles, starts, ends, strict=True):
            for other in article.other:
                head = other.text.split("\n")
                found = (
                    number
                    for number in range(start, end)
                    if self.lines[number - 1].strip() == head[0].strip()
                )
                start = next(found, start)
                last = min(start + len(head) - 1, end - 1)
                yield item([Entry(start, last, Fate.OTHER, "other")], other.text)

    def _text(self, entry: Entry) -> str:
        found = self.lines[entry.first - 1 : entry.last]
        return " ".join(filter(None, map(str.strip, found)))

    def _lost(self, entry: Entry) -> list[str]:
        """The words of an entry's lines that are nowhere, without labels and the day, which has
        another form now."""
        words = entry.dropped[: 2 * MAX_TEXT].split()
        found = []
        place = 0
        while place < len(words):
            ends = range(min(len(words), place + 5), place, -1)
            label = next((end for end in ends if meaning(" ".join(words[place:end]))), None)
            if label is None:
                found.append(words[place])
            place = label or place + 1
        day = find_day_cited(self._text(entry), self.near) if found else None
        if day and entry.part in ("citations", "title"):
            in_day = self._text(entry)[day.start : day.end]
            found = [word for word in found if word not in in_day]
        return found

    def _ornaments(self, entry: Entry) -> list[str]:
        """The emoji of an entry's lines that the result lacks."""
        found = _ornaments_in(self._text(entry))
        if found and entry.article not in self.kept:
            self.kept[entry.article] = set(_ornaments_in(self._result(entry.article)))
        return [one for one in found if one not in self.kept[entry.article]]

    def _result(self, number: int | None) -> str:
        """The texts of an article, or those of the digest."""
        if not number:
            return f"{self.reading.title}\n{self.reading.introduction}"
        article = self.reading.articles[number - 1]
        texts = [getattr(article, name) for name in IMPLICATION_FIELDS]
        return "\n".join([article.headline, *article.points, *texts, *article.tags])


def _ornaments_in(text: str) -> list[str]:
    return " ".join(match[0] for match in ORNAMENTS.finditer(text)).split()


def item(entries: list[Entry], text: str, name: str = "") -> dict:
    """An item of a list: the numbers of its lines, its words, and the name of the field."""
    short = f"{text[:MAX_TEXT]}…" if len(text) > MAX_TEXT else text
    return {"lines": _lines(entries), "words": short, "name": name}


def _notice(sentence: str) -> dict:
    return {"lines": "", "words": sentence, "name": ""}


def _lines(entries: list[Entry]) -> str:
    numbers = sorted({n for entry in entries for n in range(entry.first, entry.last + 1)})
    runs = list(_runs(numbers))
    texts = [f"{first}–{last}" if last > first else str(first) for first, last in runs]
    shown = ", ".join(texts[:MAX_RUNS]) + ("…" if len(texts) > MAX_RUNS else "")
    if len(numbers) == 1:
        return _("Line %(lines)s") % {"lines": shown}
    return _("Lines %(lines)s") % {"lines": shown}


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each run of consecutive numbers."""
    for _place, group in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _place, number in group]
        yield run[0], run[-1]
