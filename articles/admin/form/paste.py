"""Splits a pasted post into the fields of the form."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.admin.form import inputs, paste_account
from articles.fields import IMPLICATION_FIELDS, NOTE_FIELDS, PICTURE_TEXTS
from articles.pictures import files
from articles.posts.pushes import json_reading
from articles.posts.pushes.json_answers import json_in
from articles.posts.pushes.problems import Refused
from articles.recognising import Fate, Reading, exact_account, has_article, read_articles
from articles.recognising.clipboard import TooLargeError, markdown_of
from articles.rules import lines
from articles.rules.text import clean

MAX_LENGTH = 1_000_000


def take_apart(model_admin, request):
    """The posted `text` as values of the form's fields, with the account of the reading; for posted
    `html` only its Markdown, as `text`. If nothing can be made of it, a sentence as `error`.

    `day` is the digest's day, for dates without a year. Stores nothing.
    """
    if not (
        request.user.has_perm("articles.change_digest")
        or request.user.has_perm("articles.add_digest")
    ):
        raise PermissionDenied
    html, text = request.POST.get("html", ""), request.POST.get("text", "")
    if max(len(html), len(text)) > MAX_LENGTH:
        return _error(
            _("The text is longer than %(limit)d characters.") % {"limit": MAX_LENGTH},
        )
    return _markdown(html) if html else _fields_of(text, _day(request.POST.get("day", "")))


def _markdown(html):
    try:
        return JsonResponse({"text": markdown_of(html)})
    except TooLargeError:
        return _error(_("The formatting of this text is too large. Paste it as plain text."))


def _fields_of(text, day):
    reading = _read(text, day)
    if [article.headline for article in reading.articles] == [reading.title]:
        reading = replace(reading, title="")  # that of the article, which is none of the digest
    if not has_article(reading.articles, reading.account):
        return _error(
            _(
                "There is no article in this text. An article begins with a headline, such as "
                "“## Headline” or a line in bold type."
            )
        )
    return JsonResponse(
        {
            "date": reading.date and reading.date.isoformat(),
            "title": reading.title,
            "introduction": reading.introduction,
            "articles": [_fields(article) for article in reading.articles],
            "account": reading.account.as_json(),
            **paste_account.told(reading, text, day),
        }
    )


def _read(text, day):
    """The text's own day counts; only a text without one is read as of the given day."""
    zone = ZoneInfo(settings.TIME_ZONE)
    if reading := _read_json(text, day):
        return reading
    reading = read_articles(text, zone, files.exists)
    if reading.date or not day:
        return reading
    return replace(read_articles(text, zone, files.exists, day), date=None)


def _read_json(text, day):
    """The digest in JSON that a language model answered; None if the text is no such answer."""
    found = json_in(clean(text))
    if found is None:
        return None
    try:
        own = json_reading.day_in(found.json.encode())
        digest = json_reading.as_written(found.json.encode(), own or day or timezone.localdate())
    except Refused:
        return None
    articles = [article.text for article in digest.articles]
    account = exact_account(articles, digest.introduction, text.count("\n") + 1)
    account.add(found.around, Fate.LEFT_OUT, "chatter")
    return Reading(
        *(own, digest.title, digest.introduction, articles, account.sorted()),
        exact=False,
        notices=found.notices,
    )


def _fields(article):
    texts = ("headline", "points", "tags", *IMPLICATION_FIELDS, *NOTE_FIELDS)
    content = {name: getattr(article, name) for name in texts} | {
        "citations": [lines.citation_data(citation) for citation in article.citations],
        "other": [{"after": other.after, "text": other.text} for other in article.other],
    }
    if picture := article.picture:
        content["picture"] = picture.uid
        content |= {name: getattr(picture, name.removeprefix("picture_")) for name in PICTURE_TEXTS}
    return inputs.of_article(content)


def _day(value):
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def _error(sentence):
    return JsonResponse({"error": sentence})
