"""The day and the title of a document: from its front matter, its file name, or its first lines."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from articles.document.model import DocumentError, FrontMatter
from articles.document.stamps import days_of, moment_on, parse_stamp
from articles.rules.lengths import LONGEST_LINE


@dataclass
class Named:
    """What a document is called. `layout` says what its front matter lacks; `notices` say it to
    the user."""

    date: dt.date
    stamp: dt.datetime
    title: str
    is_untitled: bool = False  # a draft, whose title is still to be written
    layout: dict[str, Any] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


def named(front: FrontMatter, zone: ZoneInfo, day: dt.date | None) -> Named:
    """The day and title of a post; the title is empty if the post is a draft without one. `day` is
    that of its file name or of its address, None if there is none; only with it may the date be
    missing. Raises DocumentError with each of the two that cannot be used."""
    errors: list[tuple[int, str]] = []
    stamp = _stamp(front, zone, day, errors)
    title = front.values.get("title", "")
    if not isinstance(title, str) or (title and not title.strip() and not day):
        message = _("The front matter has no title. Add “title: …”.")
        errors.append((front.lines.get("title", 1), message))
    elif len(title.strip()) > LONGEST_LINE or "\n" in title.strip():
        message = _("The title is too long. Use one line of at most %(limit)d characters.")
        errors.append((front.lines["title"], message % {"limit": LONGEST_LINE}))
    if errors or stamp is None:
        raise DocumentError(errors)
    found = Named(day or stamp.astimezone(zone).date(), stamp, title.strip())
    found.is_untitled = not found.title and (day is None or _is_empty_on_purpose(front))
    if day:
        _note_day(found, front, zone)
    return found


def _is_empty_on_purpose(front: FrontMatter) -> bool:
    """Whether a title is written as an empty text, as that of a draft is."""
    return dict(front.source).get("title", "").rstrip().endswith(('""', "''"))


def _stamp(
    front: FrontMatter, zone: ZoneInfo, day: dt.date | None, errors: list[tuple[int, str]]
) -> dt.datetime | None:
    written = front.values.get("date")
    if day and not written:
        return dt.datetime.combine(day, dt.time(), zone)
    try:
        return moment_on(written, zone, day)
    except ValueError:
        message = _("The front matter has no date. Add “date: 2026-01-03”.")
        if written:
            message = _("“%(date)s” is not a date. Write it as 2026-01-03 07:00:00 +0900.")
            message %= {"date": written}
        errors.append((front.lines.get("date", 1), message))
    return None


def _note_day(found: Named, front: FrontMatter, zone: ZoneInfo) -> None:
    written, day = front.values.get("date"), found.date
    if not written or parse_stamp(written, zone).astimezone(zone).date() != day:
        found.layout["day"] = day.isoformat()
    if not written:
        message = _("The front matter has no date. The digest is that of %(day)s.")
        found.notices.append(message % {"day": day})
    elif day not in days_of(written, zone):
        message = _("The digest is that of %(day)s, but the front matter says %(date)s.")
        found.notices.append(message % {"day": day, "date": written})


def take_title(found: Named, heading: str) -> None:
    """Give a post without a title its first heading, or else its day. `heading` is a heading that
    is the title, if there is one."""
    if heading:
        found.layout["heading"] = True
    if found.title or found.is_untitled:
        return
    found.title = heading or found.date.isoformat()
    if heading:
        message = _("The front matter has no title. The first heading is the title, “%(title)s”.")
    else:
        found.layout["title"] = found.title
        message = _("The front matter has no title. The day is the title, %(title)s.")
    found.notices.append(message % {"title": found.title})
