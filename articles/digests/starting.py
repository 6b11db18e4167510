"""Ways to begin a day: from a template, or as a copy of another day."""

import datetime as dt
import re
import uuid
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.digests import editing, revisions, schedules
from articles.digests.permissions import require
from articles.digests.publishing import NotAllowed
from articles.models import Digest, DigestTemplate

PLACEHOLDERS = ("date", "year", "month", "day", "weekday")
DEFAULT_SLOTS = 5
MAX_DAYS_AHEAD = 7
MAX_TITLE_LENGTH = 200

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_DATES = [
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "{0:%Y-%m-%d}"),
    (re.compile(r"\d{4}\.\d{2}\.\d{2}"), "{0:%Y.%m.%d}"),
    (re.compile(r"\d{4}/\d{2}/\d{2}"), "{0:%Y/%m/%d}"),
    (re.compile(r"\d{4}년 \d{1,2}월 \d{1,2}일"), "{0.year}년 {0.month}월 {0.day}일"),
    (re.compile(r"(?<!\d)\d{1,2}월 \d{1,2}일"), "{0.month}월 {0.day}일"),
]


def next_day() -> dt.date:
    """The day for the next digest: the first free day after the newest digest, never before today.

    A digest planned more than a week ahead does not count as the newest.
    """
    today = timezone.localdate()
    days = Digest.objects.filter(date__lte=today + dt.timedelta(days=MAX_DAYS_AHEAD))
    newest = days.aggregate(newest=Max("date"))["newest"]
    day = max(today, newest + dt.timedelta(days=1)) if newest else today
    while Digest.objects.filter(date=day).exists():
        day += dt.timedelta(days=1)
    return day


def default_template() -> DigestTemplate:
    """The first template. If there is none, an unsaved one modelled on the newest digest."""
    template = DigestTemplate.objects.order_by("pk").first()
    if template:
        return template
    newest = Digest.objects.newest_first().first()
    pattern = newest and _with_date(newest.title, newest.date, "{date}")
    if not newest or pattern == newest.title:
        return DigestTemplate(title_pattern="{date}", slots=DEFAULT_SLOTS)
    return DigestTemplate(title_pattern=pattern, language=newest.language, slots=DEFAULT_SLOTS)


def unknown_placeholders(pattern: str) -> list[str]:
    """The names in braces in a title pattern that are not placeholders."""
    return [name for name in _PLACEHOLDER.findall(pattern) if name not in PLACEHOLDERS]


def title_for(pattern: str, date: dt.date, language: str) -> str:
    """A title pattern with its placeholders filled in. Other braces stay unchanged."""
    with translation.override(language):
        values = {
            "date": date.isoformat(),
            "year": str(date.year),
            "month": str(date.month),
            "day": str(date.day),
            "weekday": str(WEEKDAYS[date.weekday()]),
        }
    filled = _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), pattern)
    return filled[:MAX_TITLE_LENGTH].strip()


@transaction.atomic
def from_template(template: DigestTemplate, date: dt.date, *, by: User | None = None) -> Digest:
    """Create a draft for that day. Raises PermissionDenied, or NotAllowed if the day has a
    digest."""
    require(by, "articles.add_digest")
    digest = _create(
        date=date,
        title=title_for(template.title_pattern, date, template.language),
        introduction=template.introduction,
        language=template.language,
    )
    note = _("Started from the template “%(name)s”") if template.name else _("Started")
    audit.record("created", by=by, digest=digest, note=note % {"name": template.name})
    schedules.commit(digest, by=by, note=note % {"name": template.name}, is_new=True)
    return digest


@transaction.atomic
def duplicate(digest: Digest, date: dt.date, *, by: User | None = None) -> Digest:
    """Create a draft for another day with the same texts, citations and tags, and new identifiers.

    A date in the title is replaced with the new date. Raises PermissionDenied, or NotAllowed if the
    day has a digest.
    """
    require(by, "articles.add_digest")
    data = revisions.snapshot(digest)
    title = _with_date(digest.title, digest.date, None, date)
    copy = _create(date=date, title=title, language=digest.language)
    articles = [
        article | {"uid": str(uuid.uuid4()), "feed_id": "", "slug": ""}
        for article in data["articles"]
    ]
    own = {"date": date.isoformat(), "title": title, "front_matter": {}, "layout": {}}
    editing.write(copy, data | own | {"articles": articles})
    note = _("Copied from %(date)s") % {"date": digest.date.isoformat()}
    audit.record("created", by=by, digest=copy, note=note)
    schedules.commit(copy, by=by, note=note, is_new=True)
    return copy


def _create(**fields: Any) -> Digest:
    """Create a digest. Raises NotAllowed if its day has one, even one created at this moment."""
    try:
        with transaction.atomic():
            return Digest.objects.create(**fields)
    except IntegrityError as error:
        message = _("There already is a digest for %(date)s.")
        raise NotAllowed(message % {"date": fields["date"].isoformat()}) from error


def _with_date(
    title: str, old: dt.date, placeholder: str | None, new: dt.date | None = None
) -> str:
    """The title with its date, in any format, replaced by a placeholder or another date."""
    for pattern, form in _DATES:
        written = form.format(old)
        if written in pattern.findall(title):
            return title.replace(written, placeholder or form.format(new))
    return title
