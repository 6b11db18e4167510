"""What earlier pushes for a day did, as their rows record it.

`Push.articles` has one object for each article of a push:

    number    its place in the push, from 1
    key       the program's own id for it; may be empty
    headline  as handed in
    uid       the article of the digest that it is or became; None if it waits as a whole
    fate      a `Fate`
    suggested the fields that wait as suggestions
    why       a sentence on why it was not written; None if it was
    pushed    the article as handed in, by FIELDS
    content   the article as it was stored afterwards; None if nothing was written
    before    the article as it was stored before; None if there was none, or nothing was written
"""

import datetime as dt
import enum
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from articles.digests import revisions
from articles.digests.diffing import ARTICLE_FIELDS
from articles.fields import IMPLICATION_FIELDS
from articles.models import Article, Digest, Program, Push, Revision
from articles.rules.addresses import comparison_key
from articles.rules.hidden_text import shown, shown_line
from articles.rules.lines import without_unread
from articles.rules.text import fold

Content = dict[str, Any]
Entry = dict[str, Any]
# A draft has few pushes and few saves. More than these are not looked through.
MAX_PUSHES = 100
MAX_ENTRIES = 10_000
MAX_REVISIONS = 50
# Only people at the desk say which articles belong together.
FIELDS = tuple(name for name in ARTICLE_FIELDS if name != "storyline")
KEPT = dt.timedelta(days=90)
# The fields in which a program says something.
SAID = ("headline", "points", "citations", "tags", *IMPLICATION_FIELDS, "other")


class Fate(enum.StrEnum):
    """What became of an article of a push."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    SUGGESTED = "suggested"
    DELETED = "deleted"  # an editor deleted it; it stays out
    MOVED = "moved"  # it is in another digest by now


WRITTEN = (Fate.ADDED, Fate.REPLACED)


@dataclass(frozen=True)
class Signs:
    """What an article is known by besides a key: the pages that it cites, its headline, and all
    that it says."""

    pages: frozenset[str]
    headline: str
    text: Hashable

    def meet(self, other: "Signs") -> bool:
        """Whether two articles cite the same page, have the same headline, or say the same."""
        same_headline = bool(self.headline) and self.headline == other.headline
        return same_headline or bool(self.pages & other.pages) or self.text == other.text


@dataclass
class Record:
    """The entries of earlier pushes for a day, newest first, as far as they still tell something:
    those of all programs (`everybodys`), and the program's `own`. `undone` has the uids of articles
    that left with their push. `own_digest` has what the program said last of the digest itself."""

    everybodys: list[Entry] = field(default_factory=list)
    own: list[Entry] = field(default_factory=list)
    undone: set[str] = field(default_factory=set)
    own_digest: dict[str, str] = field(default_factory=dict)

    def own_of(self, uid: str) -> Iterator[Entry]:
        return (entry for entry in self.own if entry["uid"] == uid)

    def last_written(self, uid: str) -> Content | None:
        """The article as the program's last push left it; None if the program never wrote it."""
        return next((e["content"] for e in self.own_of(uid) if e["fate"] in WRITTEN), None)

    def waiting_under(self, key: str) -> Content | None:
        """What the program handed in last under a key, if it waited as a whole article."""
        entry = next((entry for entry in self.own if key and entry["key"] == key), None)
        return entry["pushed"] if entry and not entry["uid"] else None

    def last_pushed(self, uid: str) -> Content | None:
        """The article as the program handed it in last; None if it never did."""
        return next((entry["pushed"] for entry in self.own_of(uid)), None)


def of_day(day: dt.date, program: Program) -> Record:
    """The record of a day, as a program needs it."""
    record = Record()
    seen: set[tuple[str, str]] = set()
    seen_own: set[tuple[str, str]] = set()
    count = 0
    pushes = Push.objects.filter(date=day).exclude(outcome=Push.Outcome.REFUSED)
    rows = pushes.order_by("-pk").values_list("program", "articles", "account", "undone_at")
    # One at a time: a push can have some megabytes.
    for program_id, entries, account, undone_at in rows[:MAX_PUSHES].iterator(chunk_size=1):
        count += len(entries)
        if count > MAX_ENTRIES:
            break
        if program_id == program.pk:  # undoing leaves the texts of the digest itself
            for name, text in account.get("pushed", {}).items():
                record.own_digest.setdefault(name, text)
        if undone_at:
            record.undone |= set(account.get("removed", ()))
            continue
        record.everybodys += _newest(entries, seen)
        if program_id == program.pk:
            record.own += _newest(entries, seen_own)
    return record


def _newest(entries: Iterable[Entry], seen: set[tuple[str, str]]) -> Iterator[Entry]:
    """The entries that tell something of an article or a key that no newer one told, without what
    no later push needs. `seen` is what newer ones told."""
    for entry in entries:
        told = set(_told(entry))
        if not told <= seen:
            seen |= told
            yield {name: entry[name] for name in ("key", "uid", "fate", "pushed", "content")}


def _told(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry["key"]:
        yield "key", entry["key"]
    if entry["uid"]:
        yield "article", entry["uid"]
        yield "article of key", entry["key"]
        if entry["fate"] in WRITTEN:
            yield "written", entry["uid"]


def forget_refused() -> int:
    """Delete refused pushes after KEPT; returns their number. The others are the history of their
    digests, and stay."""
    old = Push.objects.filter(outcome=Push.Outcome.REFUSED, received_at__lt=timezone.now() - KEPT)
    return old.delete()[0]


def gone(
    day: dt.date, digest: Digest | None, record: Record, present: set[str]
) -> dict[str, Signs]:
    """The articles that were in the digest of a day and are not any more, by uid, as far as pushes
    and the history tell, as they were last. Articles of pushes that were undone are not among
    them."""
    found: dict[str, Signs] = {}
    for entry in record.everybodys:
        if entry["uid"] and entry["uid"] not in found:
            found[entry["uid"]] = signs_of(entry["content"] or entry["pushed"])
    kept = Revision.objects.filter(date=day, digest=None, kind=Revision.Kind.DELETED)
    if digest:
        kept = Revision.objects.filter(digest=digest, kind=Revision.Kind.SAVED)
    for schema, articles in kept.order_by("-pk").values_list("schema", "data__articles")[
        :MAX_REVISIONS
    ]:
        for article in articles if schema <= revisions.SCHEMA else ():
            if article["uid"] not in found:
                found[article["uid"]] = signs_of(article)
    return {uid: signs for uid, signs in found.items() if uid not in present | record.undone}


def writer_of(digest: Digest, uid: str) -> Push | None:
    """The push that last wrote an article of a digest; None if no program wrote it."""
    pushes = digest.pushes.filter(undone_at=None).exclude(outcome=Push.Outcome.REFUSED)
    rows = pushes.select_related("program").defer("content", "account").order_by("-pk")
    for push in rows[:MAX_PUSHES].iterator(chunk_size=1):
        if any(e["uid"] == uid and e["fate"] in WRITTEN for e in push.articles):
            return push
    return None


def days_of(uids: Iterable[str]) -> dict[str, dt.date]:
    """The days of the digests that have these articles now, by uid."""
    rows = Article.objects.filter(uid__in=list(uids)).values_list("uid", "digest__date")
    return {str(uid): day for uid, day in rows}


def signs_of(article: Content) -> Signs:
    """The signs of an article in a snapshot."""
    cited = without_unread(article["citations"])
    pages = frozenset(comparison_key(citation["url"]) for citation in cited)
    return Signs(pages, fold(shown_line(article["headline"])), text_of(article))


def text_of(article: Content) -> Hashable:
    """All that an article in a snapshot says; equal for articles that say the same."""
    # Snapshots of schema 2 and earlier have no other texts.
    return tuple(meaning(name, article.get(name, ())) for name in SAID)


def content_of(article: dict[str, Any]) -> Content:
    """The fields of an article in a snapshot that people and programs write."""
    return {name: article[name] for name in FIELDS}


def contents(data: dict[str, Any]) -> dict[str, Content]:
    """The contents of all articles of a snapshot by uid, in their order."""
    return {article["uid"]: content_of(article) for article in data["articles"]}


def is_same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same to readers: tags in any spelling, citations by the
    page and its day, other texts without their remarks, which documents do not have."""
    return meaning(name, one) == meaning(name, other)


def meaning(name: str, value: Any) -> Hashable:
    """What a value of a field says, for comparing."""
    if name == "tags":
        return tuple(dict.fromkeys(fold(shown_line(tag)) for tag in value))
    if name == "citations":
        return tuple(
            (comparison_key(c["url"]), c["published_on"]) if c["url"] else c["publisher"]
            for c in value
        )
    if name == "other":
        texts = ((row["after"], shown(row["text"]).strip()) for row in value)
        return tuple((part, text) for part, text in texts if text)
    if name in ("title", "headline"):
        return shown_line(value).strip()
    if isinstance(value, str):
        return shown(value).strip()
    return tuple(text for line in value if (text := shown(line).strip()))
