"""Reads a push in JSON, in the form of `docs/push.schema.json`.

That is the form which `articles.posts.json_document` writes, but only `articles` is required, and
citations and points may be lines as editors type them. What a draft may have is taken with its
faults; preflight tells them. Refused is what has another shape or does not fit in.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from articles.document import Document
from articles.models import Digest
from articles.posts import json_document
from articles.posts.linked_publishers import with_known_publishers
from articles.posts.pushes import json_articles, json_values
from articles.posts.pushes.json_articles import ONLY_THE_DESKS, LeftOut, listed
from articles.posts.pushes.json_values import Value
from articles.posts.pushes.markdown_reading import not_corrected, not_fetched, not_signed
from articles.posts.pushes.pushed import PushedDigest
from articles.rules.lengths import LONGEST_LINE, LONGEST_TEXT

MEDIA_TYPE = "application/json"
_FIXED = {"format": json_document.FORMAT, "version": json_document.VERSION}
_TEXTS = frozenset([*_FIXED, "date", "title", "language", "introduction", "articles"])
_KNOWN = _TEXTS | ONLY_THE_DESKS


def read(content: bytes, day: dt.date) -> PushedDigest:
    """Read JSON as the digest of that day. Raises Refused with the places."""
    return _with_known_publishers(as_written(content, day), day)


def as_written(content: bytes, day: dt.date) -> PushedDigest:
    """The digest with its citations as they are: those without a publisher have none. It needs no
    database. Raises Refused with the places."""
    document = json_values.parse(content)
    digest = _digest(document, day) if document.is_object() else None
    json_values.refuse_if_wrong(document)
    assert digest  # noqa: S101 - that it is no object was refused
    return digest


def day_in(content: bytes) -> dt.date | None:
    """The day that a document says it is for; None if it says none. Raises Refused."""
    document = json_values.parse(content)
    return json_articles.day_of(document["date"].raw) if isinstance(document.raw, dict) else None


def _digest(document: Value, day: dt.date) -> PushedDigest:
    left_out = LeftOut()
    left_out.note(document, _KNOWN)
    _check_frame(document, day)
    title = document["title"].line(LONGEST_LINE)
    introduction = document["introduction"].text(LONGEST_TEXT).strip()
    articles = json_articles.read(document["articles"], day, left_out)
    return PushedDigest(
        title=title,
        introduction=introduction,
        language=document["language"].raw or "",
        articles=articles,
        reading={"media_type": MEDIA_TYPE, "exact": True, "share": 1.0, "entries": []},
        notices=list(_notices(left_out, document)),
    )


def _check_frame(document: Value, day: dt.date) -> None:
    """Note problems of what stands around the texts."""
    for name, known in _FIXED.items():
        if document[name].raw not in (None, known) or document[name].raw is True:
            message = _("Only “%(value)s” is known here.")
            document[name].refuse(message % {"value": known})
    language = document["language"].raw
    if language not in (None, "", *Digest.Language.values):
        names = ", ".join(Digest.Language.values)
        document["language"].refuse(_("This must be one of: %(names)s.") % {"names": names})
    date = document["date"].raw
    if date is not None and not json_articles.day_of(date):
        document["date"].refuse(_("This must be a day, written as 2026-01-03."))
    elif date not in (None, day.isoformat()):
        message = _("The document is for %(date)s, but was sent for %(day)s. Mend one of the two.")
        document["date"].refuse(message % {"date": date, "day": day})
    if document["articles"].raw is None:
        document.refuse(_("The list “articles” is missing. Add it."))


def _notices(left_out: LeftOut, document: Value) -> Iterator[str]:
    """What of the document is not taken: a sentence for each kind."""
    if left_out.is_signed:
        yield not_signed()
    if left_out.is_corrected:
        yield not_corrected()
    if left_out.public:
        message = _("Not taken: %(names)s. Only editors decide when readers get a digest.")
        yield message % {"names": listed(left_out.public)}
    if left_out.pictures:
        yield not_fetched(list(dict.fromkeys(left_out.pictures)))
    if left_out.unknown:
        message = _("Not taken, since no such keys are known here: %(names)s.")
        yield message % {"names": listed(left_out.unknown)}
    if left_out.has_loose_excerpt:
        yield _("An excerpt without the web address of its page is left out.")
    if left_out.empty:
        message = _("Articles without any text are left out: %(numbers)s.")
        yield message % {"numbers": listed(list(map(str, left_out.empty)))}
    if document.notes.lost_characters:
        yield _("Control characters in the texts are left out.")


def _with_known_publishers(digest: PushedDigest, day: dt.date) -> PushedDigest:
    """The digest with a publisher for each address, as imported posts get them."""
    midnight = dt.datetime.combine(day, dt.time(), ZoneInfo(settings.TIME_ZONE))
    texts = [article.text for article in digest.articles]
    own = (digest.title, digest.introduction, digest.language)
    named = with_known_publishers(Document(day, midnight, *own, {}, texts)).articles
    articles = [
        replace(article, text=text) for article, text in zip(digest.articles, named, strict=True)
    ]
    return replace(digest, articles=articles)
