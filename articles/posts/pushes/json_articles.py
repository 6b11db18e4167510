"""The articles of a push in JSON."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from articles.document import ANCHORS, MAX_ARTICLES, ArticleText, OtherText
from articles.document.model import picture_uid
from articles.fields import IMPLICATION_FIELDS, NOTE_FIELDS
from articles.models.excerpt import MAX_EXCERPT
from articles.posts.pushes.json_values import Value
from articles.posts.pushes.pushed import PushedArticle
from articles.rules import hidden_text
from articles.rules.addresses import comparison_key
from articles.rules.lengths import LONGEST_LINE, LONGEST_TEXT
from articles.rules.lines import (
    MAX_CITATION_LENGTH,
    MAX_LINES,
    MAX_PUBLISHER_LENGTH,
    CitationLine,
    LineErrors,
    citation_or_line,
    parse_points,
    parse_tags,
    read_citations,
    tag_errors,
)
from articles.rules.text import clean, collapse, one_line
from articles.rules.validators import MAX_URL_LENGTH, is_web_address

MAX_ID_LENGTH = 200  # of the program's own id
# Together they are shorter than a citation line may be.
CITATION_LIMITS = {"publisher": 500, "url": MAX_URL_LENGTH, "published_on": 100}
EXCERPT = "excerpt"
# Keys that `json_document` writes, and what a program says about its own: they say nothing new.
PLACES = ("id", "url", "page", "slug")
# Keys for what only people at the desk decide.
PUBLIC = ("status", "publish_at", "published_at", "updated_at")
ONLY_THE_DESKS = frozenset([*PLACES, *PUBLIC, *NOTE_FIELDS, "corrections", "picture"])

_TEXTS = frozenset(
    ["headline", "points", *IMPLICATION_FIELDS, "citations", "unread_citations", "tags", "other"]
)
_KNOWN = _TEXTS | ONLY_THE_DESKS | {"key"}
_One = TypeVar("_One")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass
class LeftOut:
    """What of a document is not taken. `unknown` and `public` are names of keys, `pictures`
    addresses, `empty` the numbers of articles without any text. `has_loose_excerpt` says that an
    excerpt has no address of a page."""

    unknown: list[str] = field(default_factory=list)
    public: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    is_signed: bool = False
    is_corrected: bool = False
    has_loose_excerpt: bool = False

    def note(self, value: Value, known: frozenset[str]) -> None:
        """Note what a digest or an article says besides its texts."""
        self.unknown += value.others(known)
        self.public += [name for name in PUBLIC if value[name].raw not in (None, "", "draft")]
        self.is_corrected |= value["corrections"].says_something
        # That a program drafted it is what counts anyway.
        self.is_signed |= value["read_by"].says_something
        self.is_signed |= value["drafted_by"].says_something and value["drafted_by"].raw != "ai"
        self.pictures += _addresses(value["picture"])


def read(value: Value, day: dt.date, left_out: LeftOut) -> list[PushedArticle]:
    """The articles of a list. `day` is that of the digest, for days without a year."""
    found: list[PushedArticle] = []
    for number, item in enumerate(value.items(MAX_ARTICLES), start=1):
        if not item.is_object():
            continue
        known_problems = len(item.notes.problems)
        text, key = _text(item, day, left_out), item["key"].line(MAX_ID_LENGTH)
        article = PushedArticle(text, number, key, _excerpts(item["citations"], text, left_out))
        if article.key and any(article.key == other.key for other in found):
            item["key"].refuse(_("Another article has the same key. Give each its own."))
        left_out.note(item, _KNOWN)
        says_something = article.key or article.text != ArticleText("")
        if says_something or len(item.notes.problems) > known_problems:
            found.append(article)
        elif names := list(item.others(_KNOWN)):
            message = _("This article has no key that is known here, only: %(names)s.")
            item.refuse(message % {"names": listed(names)})
        else:
            left_out.empty.append(number)
    return found


def listed(names: list[str], limit: int = 10) -> str:
    """Names for a sentence, each once."""
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:limit]) + (", …" if len(unique) > limit else "")


def _text(value: Value, day: dt.date, left_out: LeftOut) -> ArticleText:
    implications: dict[str, Any]
    implications = {name: value[name].text(LONGEST_TEXT).strip() for name in IMPLICATION_FIELDS}
    return ArticleText(
        headline=value["headline"].line(LONGEST_LINE),
        citations=_citations(value, day, left_out),
        points=_points(value["points"]),
        **implications,
        tags=_tags(value["tags"]),
        other=_other(value["other"], left_out),
    )


def _points(value: Value) -> list[str]:
    """One text is read as editors type points, one a line. Those of a list stay as they are, each
    as one line."""
    if value.is_text:
        return _typed(value, parse_points)
    texts = (item.text(LONGEST_TEXT) for item in value.items(MAX_LINES))
    points = (" ".join(filter(None, map(str.strip, text.split("\n")))) for text in texts)
    return list(filter(None, points))


def _citations(value: Value, day: dt.date, left_out: LeftOut) -> list[CitationLine]:
    """The citations of an article, with the lines of a draft that are not understood at their
    places."""
    cited = value["citations"]
    if cited.is_text:
        citations = _typed(cited, lambda text: read_citations(text, day))
    else:
        found = (_citation(item, day, left_out) for item in cited.items(MAX_LINES))
        citations = [citation for citation in found if citation]
    for item in value["unread_citations"].objects(MAX_LINES):
        left_out.unknown += item.others(frozenset(["place", "line"]))
        place = item["place"].place(len(citations))
        if line := item["line"].line(MAX_CITATION_LENGTH):
            citations.insert(place, CitationLine(line, "", None))
    if len(citations) > MAX_LINES:
        message = _("With these, the article has %(count)d citations. At most %(limit)d fit in.")
        numbers = {"count": len(citations), "limit": MAX_LINES}
        value["unread_citations"].refuse(message % numbers)
    return citations


def _citation(value: Value, day: dt.date, left_out: LeftOut) -> CitationLine | None:
    """A citation as the site writes it, else as the line that an editor would type."""
    if value.is_text:
        line = value.line(MAX_CITATION_LENGTH)
        return citation_or_line(line, day) if line else None
    if value.raw is None or not value.is_object():
        return None
    left_out.unknown += value.others(frozenset([*CITATION_LIMITS, EXCERPT]))
    parts = [value[name].line(limit) for name, limit in CITATION_LIMITS.items()]
    publisher, url, published_on = collapse(parts[0]), parts[1], day_of(parts[2])
    is_exact = is_web_address(url) and len(publisher) <= MAX_PUBLISHER_LENGTH
    if is_exact and not hidden_text.are_in(publisher) and (published_on or not parts[2]):
        return CitationLine("" if publisher == url else publisher, url, published_on)
    line = " | ".join(filter(None, parts))
    found = citation_or_line(line, day) if line else None
    if found and found.url and url.startswith(("http", "www.")) and not found.url.endswith(url):
        return CitationLine(line, "", None)  # what is behind a blank would be its publisher
    return found


def _excerpts(cited: Value, article: ArticleText, left_out: LeftOut) -> dict[str, str]:
    """What the pages say that an article cites, by the comparison keys of their addresses."""
    found: dict[str, str] = {}
    pages = {comparison_key(citation.url) for citation in article.citations if citation.url}
    rows = cited.raw if isinstance(cited.raw, list) else []
    for index, row in enumerate(rows):
        if not isinstance(row, dict) or row.get(EXCERPT) is None:
            continue
        excerpt = Value(row[EXCERPT], cited.notes, f"{cited.pointer}/{index}/{EXCERPT}")
        if not (text := excerpt.text(MAX_EXCERPT).strip()):
            continue
        url = one_line(clean(row["url"])) if isinstance(row.get("url"), str) else ""
        if (key := comparison_key(url)) in pages:
            found[key] = text
        else:
            left_out.has_loose_excerpt = True
    return found


def _typed(value: Value, parse: Callable[[str], list[_One]]) -> list[_One]:
    """What a text has, one a line, as editors type it."""
    try:
        return parse(value.text(LONGEST_TEXT))
    except LineErrors as error:
        for number, sentence in error.errors:
            message = _("Line %(line)d: %(problem)s")
            value.refuse(message % {"line": number, "problem": sentence})
        return []


def _tags(value: Value) -> list[str]:
    names: dict[str, None] = {}
    for item in value.items(MAX_LINES):
        own = parse_tags(item.text(LONGEST_LINE))
        for sentence in tag_errors(own):
            item.refuse(sentence)
        names |= dict.fromkeys(own)
    if len(names) > MAX_LINES:
        value.refuse(_("These are too many tags. Use at most %(limit)d.") % {"limit": MAX_LINES})
    return list(names)


def _other(value: Value, left_out: LeftOut) -> list[OtherText]:
    texts = []
    for item in value.objects(MAX_LINES):
        left_out.unknown += item.others(frozenset(["after", "text"]))
        if item["after"].raw not in ANCHORS:
            message = _("This must be one of: %(names)s.")
            item["after"].refuse(message % {"names": ", ".join(ANCHORS)})
        elif text := item["text"].text(LONGEST_TEXT).strip("\n").rstrip():
            texts.append(OtherText(item["after"].raw, text))
    return texts


def day_of(text: Any) -> dt.date | None:
    """The day that a value is, written 2026-01-03; None for any other value."""
    try:
        return dt.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except (TypeError, ValueError):
        return None


def _addresses(picture: Value) -> list[str]:
    """The address of a picture, unless this site gave it; of one without address, the key."""
    if not picture.says_something:
        return []
    url = picture.raw.get("url") if isinstance(picture.raw, dict) else picture.raw
    address = one_line(url)[:MAX_URL_LENGTH] if isinstance(url, str) else "picture"
    is_ours = picture_uid(address) and address.startswith(f"{settings.SITE_URL}/")
    return [] if is_ours else [address]
