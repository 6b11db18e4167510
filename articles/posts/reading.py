"""Reads a post with the exact reader, or with the tolerant one where that places more of it."""

import datetime as dt
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from articles import document, recognising
from articles.document import Document, DocumentError
from articles.pictures import files
from articles.posts.post_files import PostFile
from articles.recognising import Account, Recognised
from articles.rules.text import find_forbidden

# Reading takes time for each line, even if it is empty: a megabyte of them held the turn of all
# pushes for fifteen seconds. A digest of 500 articles has a fifth of so many.
MAX_POST_LINES = 50_000


@dataclass(frozen=True)
class ReadPost:
    """A post as a document, the account of its reading, and whether it has the exact form.
    Citations for which the post gives no publisher have none. `warnings` are sentences about what
    the post says and the document does not."""

    document: Document
    account: Account
    exact: bool
    warnings: list[str] = field(default_factory=list)


def read(file: PostFile, text: str, zone: ZoneInfo, read_as: str = recognising.AUTO) -> ReadPost:
    """Read the text of a post file. The exact reader reads what is spelled as this site spells it.
    Raises DocumentError if the text has no day or no article, or if `read_as` asks for the exact
    form and the text does not have it."""
    if text.count("\n") >= MAX_POST_LINES:
        message = _("The post has more than %(limit)d lines. Remove empty ones, or split it.")
        raise DocumentError([(MAX_POST_LINES + 1, message % {"limit": MAX_POST_LINES})])
    try:
        return _read(text, zone, read_as, file.day)
    except DocumentError:
        if file.day or not file.day_around:
            raise
        return _read(text, zone, read_as, file.day_around)


def _read(text: str, zone: ZoneInfo, read_as: str, day: dt.date | None) -> ReadPost:
    try:
        exact = document.parse(text, zone, files.exists, day=day)
    except DocumentError:
        if read_as == recognising.EXACT or find_forbidden(text.removeprefix("\ufeff")):
            raise
        found = recognising.recognise(text, zone, day=day)
        if not found.articles:
            raise
        return _recognised(found, zone)
    if read_as != recognising.EXACT and recognising.needs_tolerance(text):
        found = recognising.recognise(text, zone, day=day)
        if found.articles:
            return _recognised(found, zone)
    is_ours = not exact.layout and not any(article.layout for article in exact.articles)
    if read_as != recognising.EXACT and not is_ours and recognising.has_unplaced(exact):
        found = recognising.recognise(text, zone, day=day)
        if recognising.prefers(found, exact):
            return _recognised(found, zone)
    lines = text.count("\n") + 1
    account = recognising.exact_account(exact.articles, exact.introduction, lines)
    return ReadPost(exact, account, exact=True)


def _recognised(found: Recognised, zone: ZoneInfo) -> ReadPost:
    if len(found.articles) > document.MAX_ARTICLES:
        message = _("The post has %(count)d articles. At most %(limit)d fit into a digest.")
        numbers = {"count": len(found.articles), "limit": document.MAX_ARTICLES}
        raise DocumentError([(1, message % numbers)])
    if found.date is None:
        message = _("The post names no day. Name its file after the day: 2026-01-03-news.md.")
        raise DocumentError([(1, message)])
    post = found.document(found.date, zone)
    written = found.front_matter.get("date")
    post, warnings = _dated(post, written, zone) if written else (post, [])
    message = _(
        "Line %(line)d begins the digest of %(day)s, whose articles are in this one. Split it."
    )
    warnings += [message % {"line": n, "day": day} for n, day in found.other_days.items()]
    return ReadPost(post, found.account, exact=False, warnings=warnings)


def _dated(post: Document, written: object, zone: ZoneInfo) -> tuple[Document, list[str]]:
    """A post with the hour of the date that its front matter has, and what is to be told of it."""
    try:
        stamp = document.moment_on(written, zone, post.date)
    except ValueError:
        message = _("“%(date)s” is not a date. Write it as 2026-01-03 07:00:00 +0900.")
        return post, [message % {"date": written}]
    if stamp.astimezone(zone).date() == post.date:
        post = replace(post, stamp=stamp)
    if post.date in document.days_of(written, zone):
        return post, []
    message = _("The digest is that of %(day)s, but the front matter says %(date)s.")
    return post, [message % {"day": post.date, "date": written}]
