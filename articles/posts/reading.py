"""Reads a post with the exact reader, or with the tolerant one where that places more of it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from articles import document, recognising
from articles.document import Document, DocumentError
from articles.pictures import files
from articles.posts.post_files import PostFile
from articles.recognising import Account
from articles.rules.text import find_forbidden


@dataclass(frozen=True)
class ReadPost:
    """A post as a document, the account of its reading, and whether it has the exact form.
    Citations for which the post gives no publisher have none."""

    document: Document
    account: Account
    exact: bool


def read(file: PostFile, text: str, zone: ZoneInfo, read_as: str = recognising.AUTO) -> ReadPost:
    """Read the text of a post file. Raises DocumentError if it has no day or no article, or if
    `read_as` asks for the exact form and the text does not have it."""
    try:
        exact = document.parse(text, zone, files.exists, day=file.day)
    except DocumentError:
        if read_as == recognising.EXACT or find_forbidden(text.removeprefix("\ufeff")):
            raise
        return _recognised(file, text, zone)
    if read_as != recognising.EXACT and recognising.has_unplaced(exact):
        found = recognising.recognise(text, zone, day=file.day)
        if recognising.prefers(found, exact):
            return _recognised(file, text, zone)
    lines = text.count("\n") + 1
    account = recognising.exact_account(exact.articles, exact.introduction, lines)
    return ReadPost(exact, account, exact=True)


def _recognised(file: PostFile, text: str, zone: ZoneInfo) -> ReadPost:
    found = recognising.recognise(text, zone, day=file.day)
    if not found.articles:
        raise DocumentError([(1, _("The post has no text that could be an article."))])
    if found.date is None:
        message = _("The post names no day. Name its file after the day: 2026-01-03-news.md.")
        raise DocumentError([(1, message)])
    return ReadPost(found.document(found.date, zone), found.account, exact=False)
