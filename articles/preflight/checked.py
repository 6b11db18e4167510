"""A digest's snapshot as the rules read it.

Reading is tolerant, since checks also run on half-typed forms, where any value may be missing or
of a wrong type. Malformed values read as empty.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from articles.fields import IMPLICATION_FIELDS
from articles.models import text_hash
from articles.preflight.archive import Archive
from articles.preflight.tuning import Tuning
from articles.rules import lengths
from articles.rules.addresses import comparison_key, domain_of
from articles.rules.validators import is_web_address

DIGEST_FIELDS = ("date", "title", "introduction")
ARTICLE_FIELDS = (
    *("headline", "citations", "points", *IMPLICATION_FIELDS),
    *("picture_credit", "other", "tags"),
)
# The most that is checked of a text and of a list, which limits the duration of a check. One
# character more than any text should have, so that a longer one is noticed.
MAX_LENGTH = lengths.OTHER + 1
MAX_ITEMS = 200

_CODE_SPAN = re.compile(r"`[^`\n]*`")
_LINK_TARGET = re.compile(r"\]\([^()\s]*\)")


@dataclass(frozen=True)
class Place:
    """A place in a digest. `number` is the article's place from 1, or 0 for the digest itself."""

    article: str | None = None
    field: str | None = None
    line: int | None = None
    number: int = 0

    @property
    def order(self) -> tuple[int, int, int]:
        """Sort key in reading order; a whole sorts before its parts."""
        fields = ARTICLE_FIELDS if self.number else DIGEST_FIELDS
        return self.number, fields.index(self.field) if self.field else -1, self.line or 0


@dataclass(frozen=True)
class Passage:
    """A text that is not blank, and its place."""

    place: Place
    text: str

    @cached_property
    def prose(self) -> str:
        """The text with Markdown code and link targets replaced by signs of the same length."""
        if "`" not in self.text and "](" not in self.text:
            return self.text
        text = _CODE_SPAN.sub(lambda code: "`" + "·" * (len(code[0]) - 2) + "`", self.text)
        return _LINK_TARGET.sub(lambda link: "](" + "·" * (len(link[0]) - 3) + ")", text)


@dataclass(frozen=True)
class CheckedCitation:
    """A citation; `number` is its article's. `published_on` is None if missing or malformed."""

    place: Place
    publisher: str
    url: str
    published_on: dt.date | None

    @property
    def is_line(self) -> bool:
        """Whether it is a line that is not understood; `publisher` then is the line."""
        return bool(self.publisher) and not self.url

    @cached_property
    def key(self) -> str:
        """A key that addresses of the same page share; empty if it is not an address."""
        return comparison_key(self.url) if self.is_address else ""

    @cached_property
    def is_address(self) -> bool:
        return is_web_address(self.url)

    @cached_property
    def domain(self) -> str:
        return domain_of(self.url) if self.is_address else ""


@dataclass(frozen=True)
class CheckedArticle:
    """One article. `points` and `citations` keep their line numbers although blank points are left
    out; `other` are texts outside the fields; `picture` is the picture's permanent id, empty
    without one. `text_hash` is that of the text that people sign."""

    uid: str
    number: int
    headline: str
    slug: str
    points: list[Passage]
    implications: dict[str, str]
    citations: list[CheckedCitation]
    other: list[Passage]
    tags: list[str]
    picture: str
    picture_credit: str
    drafted_by: str
    text_hash: str
    storyline: str = ""

    def place(self, field: str | None = None, line: int | None = None) -> Place:
        return Place(self.uid, field, line, self.number)

    def passage(self, field: str) -> Passage:
        text = self.headline if field == "headline" else self.implications[field]
        return Passage(self.place(field), text)

    @cached_property
    def written_implications(self) -> list[Passage]:
        return [
            self.passage(name) for name in IMPLICATION_FIELDS if self.implications[name].strip()
        ]

    @cached_property
    def body(self) -> list[Passage]:
        return [*self.points, *self.written_implications]

    @cached_property
    def passages(self) -> list[Passage]:
        head = [self.passage("headline")] if self.headline.strip() else []
        return [*head, *self.body]


@dataclass(frozen=True)
class CheckedDigest:
    """A digest. `moment` is the aware time of its publication, past or future, if known; `zone` is
    the site's time zone, `slug` the name of the post's file if it came from one. `signed` has the
    uids of articles under whose present text is a signature."""

    date: dt.date | None
    moment: dt.datetime | None
    title: str
    introduction: str
    language: str
    slug: str
    articles: list[CheckedArticle]
    zone: ZoneInfo
    archive: Archive = dataclasses.field(repr=False)
    tuning: Tuning = dataclasses.field(repr=False)
    signed: frozenset[str] = frozenset()
    lacks_imprint: bool = False

    def place(self, field: str | None = None) -> Place:
        return Place(None, field)

    @property
    def citations(self) -> list[CheckedCitation]:
        return [citation for article in self.articles for citation in article.citations]

    @cached_property
    def passages(self) -> list[Passage]:
        """Every text that readers will see, in order."""
        own = [(name, getattr(self, name)) for name in ("title", "introduction")]
        head = [Passage(self.place(name), text) for name, text in own if text.strip()]
        return head + [passage for article in self.articles for passage in article.passages]


def articles_of(data: dict[str, Any]) -> list[CheckedArticle]:
    """The articles of a snapshot; one without a uid is identified by its number."""
    articles, taken = [], set()
    for number, value in enumerate(_items(data.get("articles")), start=1):
        article = value if isinstance(value, dict) else {}
        uid = _text(article.get("uid"))
        uid = uid if uid and uid not in taken else f"#{number}"
        taken.add(uid)
        articles.append(_article(article, uid, number))
    return articles


def date_of(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def moment_of(data: dict[str, Any]) -> dt.datetime | None:
    """The publication time of a snapshot's digest: the first one, else the planned one."""
    for name in ("published_at", "publish_at"):
        try:
            moment = dt.datetime.fromisoformat(_text(data.get(name)))
        except ValueError:
            continue
        if moment.tzinfo:
            return moment
    return None


def text_of(data: dict[str, Any], name: str) -> str:
    return _text(data.get(name))


def _article(article: dict[str, Any], uid: str, number: int) -> CheckedArticle:
    points = enumerate(map(_text, _items(article.get("points"))), start=1)
    citations = enumerate(_items(article.get("citations")), start=1)
    return CheckedArticle(
        uid=uid,
        number=number,
        headline=text_of(article, "headline"),
        slug=text_of(article, "slug"),
        points=[
            Passage(Place(uid, "points", line, number), text)
            for line, text in points
            if text.strip()
        ],
        implications={name: text_of(article, name) for name in IMPLICATION_FIELDS},
        citations=list(_citations(citations, uid, number)),
        other=[
            Passage(Place(uid, "other", None, number), text)
            for text in map(_text_of_other, _items(article.get("other")))
            if text.strip()
        ],
        tags=[tag for tag in map(_text, _items(article.get("tags"))) if tag.strip()],
        picture=text_of(article, "picture"),
        picture_credit=text_of(article, "picture_credit"),
        drafted_by=text_of(article, "drafted_by"),
        text_hash=_hash(article),
        storyline=text_of(article, "storyline"),
    )


def _hash(article: dict[str, Any]) -> str:
    """The hash of the text that people sign; empty for malformed values, which nobody can sign."""
    try:
        return text_hash(article)
    except (LookupError, TypeError, AttributeError, ValueError):
        return ""


def _text_of_other(value: object) -> str:
    return text_of(value, "text") if isinstance(value, dict) else ""


def _citations(
    citations: Iterable[tuple[int, object]], uid: str, number: int
) -> Iterator[CheckedCitation]:
    for line, value in citations:
        citation = value if isinstance(value, dict) else {}
        yield CheckedCitation(
            place=Place(uid, "citations", line, number),
            publisher=text_of(citation, "publisher").strip(),
            url=text_of(citation, "url").strip(),
            published_on=date_of(citation.get("published_on")),
        )


def _text(value: object) -> str:
    return value[:MAX_LENGTH] if isinstance(value, str) else ""


def _items(value: object) -> list[Any]:
    return value[:MAX_ITEMS] if isinstance(value, list) else []
