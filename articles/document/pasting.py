"""Reads articles pasted into the form: the body of a document, with or without front matter."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from articles.document import front_matter
from articles.document.body import Body
from articles.document.model import (
    ArticleText,
    DocumentError,
    FrontMatter,
    any_picture,
    refusal,
)
from articles.document.stamps import parse_stamp
from articles.rules.lengths import LONGEST_LINE
from articles.rules.text import clean


@dataclass(frozen=True)
class Pasted:
    """The parts found in a pasted text; missing parts are None or empty."""

    date: dt.date | None
    title: str
    introduction: str
    articles: list[ArticleText]


def parse_articles(
    text: str, zone: ZoneInfo, has_picture: Callable[[str], bool] = any_picture
) -> Pasted:
    """Read articles that an editor pasted into the form, with or without front matter.

    The body has the grammar of a post, but a citation may be only an address, as in the form.
    Values that the form has itself, such as the date, may be missing. `has_picture` is that of
    `parse`. Raises DocumentError.
    """
    lines = clean(text).lstrip("\ufeff").split("\n")
    blank = next((index for index, line in enumerate(lines) if line.strip()), 0)
    try:
        return _parse(lines[blank:], zone, has_picture)
    except DocumentError as error:
        raise DocumentError([(line + blank, words) for line, words in error.errors]) from error


def _parse(lines: list[str], zone: ZoneInfo, has_picture: Callable[[str], bool]) -> Pasted:
    date, title, start, tags = None, "", 0, []
    if front_matter.FENCE.match(lines[0]):
        start = front_matter.end_of(lines) + 1
        front = front_matter.parse(lines[: start - 1])
        date, title = _date(front.values.get("date"), zone), _title(front)
        tags = front_matter.tags_of(front.values)
    body = Body(
        first_line=start + 1, tags=tags, needs_publishers=False, has_picture=has_picture, zone=zone
    )
    body.read(lines[start:])
    body.finish()
    return Pasted(date, title, body.introduction, [d.text(body.language) for d in body.articles])


def _date(value: object, zone: ZoneInfo) -> dt.date | None:
    try:
        return parse_stamp(value, zone).astimezone(zone).date()
    except ValueError:
        return None


def _title(front: FrontMatter) -> str:
    title = front.values.get("title")
    if not isinstance(title, str):
        return ""
    title = title.strip()
    if len(title) > LONGEST_LINE or "\n" in title:
        message = _("The title is too long. Use one line of at most %(limit)d characters.")
        raise refusal(front.lines["title"], message, limit=LONGEST_LINE)
    return title
