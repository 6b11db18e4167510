"""Decides what of a push is written and what waits: a program's words never beat a person's.

These are pure functions on values, but for the ids of new articles.
"""

import uuid
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as field_of
from typing import Any

from django.utils.translation import gettext as _

from articles.posts.pushes import record
from articles.posts.pushes.matching import Match, Wanted
from articles.posts.pushes.record import Content, Entry, Fate, Record

# The fields for which a program may suggest a text. It cannot say the others.
SUGGESTED = tuple(name for name in record.SAID if name != "other")
# What a new article has before anybody at the desk sees it.
BARE: dict[str, Any] = {"slug": "", "layout": {}, "storyline": ""}
LISTS = ("citations", "tags")  # taking a suggestion adds what is missing
OWN_TEXTS = ("title", "introduction")
OTHER = "other."  # followed by the part after which the text stands


@dataclass(frozen=True)
class Suggested:
    """A text that waits: for a field of the article `uid`, for a field of the digest (no uid), or a
    whole new article (no field). `former` is the same new article as it was handed in before."""

    uid: str | None
    field: str
    value: Any
    former: Content | None = field_of(default=None, compare=False)


@dataclass(frozen=True)
class State:
    """The digest that a push meets: its snapshot, and why nothing may be written into it, as a
    sentence (empty if it is a draft that nobody has open). `ready` has the uids of articles that a
    person signed or marked as ready. `decided` are suggestions of the program that were
    decided before."""

    data: dict[str, Any]
    why_closed: str = ""
    ready: Collection[str] = ()
    decided: Sequence[Suggested] = ()


@dataclass
class Plan:
    """What a push does. `data` is the digest as it will be stored, `wished` as it would be if
    editors took all suggestions. `entries` are those of `Push.articles`."""

    data: dict[str, Any]
    wished: dict[str, Any]
    entries: list[Entry] = field_of(default_factory=list)
    suggestions: list[Suggested] = field_of(default_factory=list)


def plan(
    own: dict[str, str],
    wanted: Sequence[Wanted],
    matches: Sequence[Match],
    state: State,
    known: Record,
) -> Plan:
    """The plan for a push with the digest's `own` texts and its articles."""
    planning = _Planning(state, known)
    for one, match in zip(wanted, matches, strict=True):
        planning.article(one, match)
    for name in OWN_TEXTS:
        planning.own_text(name, own[name])
    return planning.finished()


class _Planning:
    def __init__(self, state: State, known: Record):
        self.state, self.known = state, known
        self.stored = {article["uid"]: article for article in state.data["articles"]}
        self.decided = set(map(said_by, state.decided))
        self.written: dict[str, dict[str, Any]] = {}
        self.texts: dict[str, str] = {}
        self.entries: list[Entry] = []
        self.suggestions: list[Suggested] = []

    def article(self, one: Wanted, match: Match) -> None:
        if match.uid is not None:
            self._known_article(one, match.uid)
        elif match.gone:
            why = _("An editor deleted it, so it stays out.")
            if match.day:
                why = _("It is in the digest of %(day)s by now.") % {"day": match.day}
            self._enter(one, match.gone, Fate.MOVED if match.day else Fate.DELETED, why=why)
        elif self.state.why_closed:
            whole = Suggested(None, "", one.content, self.known.waiting_under(one.key))
            if self._is_decided(whole):
                self._enter(one, None, Fate.UNCHANGED, why=_("An editor decided about it before."))
            else:
                self.suggestions.append(whole)
                self._enter(one, None, Fate.SUGGESTED, why=self.state.why_closed)
        else:
            uid = str(uuid.uuid4())
            self.written[uid] = {"uid": uid, **BARE, **one.content}
            self._enter(one, uid, Fate.ADDED)

    def _known_article(self, one: Wanted, uid: str) -> None:
        article = self.stored[uid]
        present = record.content_of(article)
        if record.text_of(one.content) == record.text_of(present):
            self._enter(one, uid, Fate.UNCHANGED)
        elif not (why := self._why_not_replaced(uid, present)):
            self.written[uid] = {**article, **one.content}
            self._enter(one, uid, Fate.REPLACED, before=present)
        elif found := list(self._news(one.content, uid, present)):
            self.suggestions += found
            names = [suggested.field for suggested in found]
            self._enter(one, uid, Fate.SUGGESTED, why=why, suggested=names)
        else:
            why = _("It says nothing that this program has not said before.")
            self._enter(one, uid, Fate.UNCHANGED, why=why)

    def _why_not_replaced(self, uid: str, present: Content) -> str:
        last = self.known.last_written(uid)
        if self.state.why_closed:
            return self.state.why_closed
        if last is None:
            return _("This program did not write the article that is there.")
        if last != present:
            return _("Somebody changed the article since this program wrote it.")
        return (
            _("Somebody signed the article or marked it as ready.")
            if uid in self.state.ready
            else ""
        )

    def _news(self, new: Content, uid: str, present: Content) -> Iterator[Suggested]:
        """Suggestions for what the program says now, and neither said before nor is there."""
        before = self.known.last_pushed(uid)
        for suggested in _suggestions(new, uid, present):
            said = before is not None and record.is_same(
                suggested.field, value_of(before, suggested.field), suggested.value
            )
            if not said and not self._is_decided(suggested):
                yield suggested

    def _is_decided(self, suggested: Suggested) -> bool:
        return said_by(suggested) in self.decided

    def own_text(self, name: str, text: str) -> None:
        """A text of the digest itself: written if it is the program's own or empty, suggested if
        the program wrote an earlier one, else left alone."""
        present, before = self.state.data[name], self.known.own_digest.get(name)
        if not text or record.is_same(name, text, present):
            return
        if not self.state.why_closed and present in ("", before):
            self.texts[name] = text
        elif before not in (None, text):
            suggested = Suggested(None, name, text)
            self.suggestions += [] if self._is_decided(suggested) else [suggested]

    def _enter(
        self,
        one: Wanted,
        uid: str | None,
        fate: Fate,
        *,
        why: str | None = None,
        suggested: Sequence[str] = (),
        before: Content | None = None,
    ) -> None:
        entry = {
            "number": one.number,
            "key": one.key,
            "headline": one.content["headline"],
            "uid": uid,
            "fate": fate.value,
            "suggested": list(suggested),
            "why": why,
            "pushed": one.content,
            "content": None,
            "before": before,
        }
        self.entries.append(entry)

    def finished(self) -> Plan:
        articles = [self.written.get(uid, article) for uid, article in self.stored.items()]
        articles += [text for uid, text in self.written.items() if uid not in self.stored]
        data = {**self.state.data, **self.texts, "articles": articles}
        wished = with_suggestions(data, self.suggestions)
        return Plan(data, wished, self.entries, self.suggestions)


def with_suggestions(data: dict[str, Any], suggestions: Sequence[Suggested]) -> dict[str, Any]:
    """A snapshot as it would be with all suggestions."""
    articles = {article["uid"]: dict(article) for article in data["articles"]}
    own = {}
    for number, suggested in enumerate(suggestions):
        if not suggested.field:
            uid = f"suggested-{number}"
            articles[uid] = {"uid": uid, **BARE, **suggested.value}
        elif suggested.uid is None:
            own[suggested.field] = suggested.value
        else:
            _set(articles[suggested.uid], suggested.field, suggested.value)
    return {**data, **own, "articles": list(articles.values())}


def value_of(content: Content, name: str) -> Any:
    """The value of a field as suggestions name it: `other.points` is the text after the points."""
    if not name.startswith(OTHER):
        return content[name]
    part = name.removeprefix(OTHER)
    return "\n\n".join(row["text"] for row in content["other"] if row["after"] == part)


def said_by(suggested: Suggested) -> Hashable:
    """What a suggestion says, and about which place: equal for those that say the same."""
    if suggested.field:
        return suggested.uid, suggested.field, record.meaning(suggested.field, suggested.value)
    return record.text_of(suggested.value)


def _suggestions(new: Content, uid: str, present: Content) -> Iterator[Suggested]:
    """A suggestion for each field in which the new content says something else. Nothing is to be
    emptied, and for a list only what is missing counts."""
    parts = dict.fromkeys(f"{OTHER}{row['after']}" for row in new["other"])
    for name in (*SUGGESTED, *parts):
        value, there = value_of(new, name), value_of(present, name)
        if not value or record.is_same(name, value, there):
            continue
        if name in LISTS and not missing(name, value, there):
            continue
        yield Suggested(uid, name, value)


def missing(name: str, value: Sequence[Any], there: Sequence[Any]) -> list[Any]:
    """The items of a list that another one lacks."""
    known = {record.meaning(name, [item]) for item in there}
    return [item for item in value if record.meaning(name, [item]) not in known]


def _set(article: dict[str, Any], name: str, value: Any) -> None:
    if name in LISTS:
        value = [*article[name], *missing(name, value, article[name])]
    if not name.startswith(OTHER):
        article[name] = value
        return
    part = name.removeprefix(OTHER)
    others = [row for row in article["other"] if row["after"] != part]
    article["other"] = [*others, {"after": part, "text": value}]
