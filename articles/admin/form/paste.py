"""Splits a pasted post into the fields of the form."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.utils.translation import gettext as _

from articles import document
from articles.fields import IMPLICATION_FIELDS, PICTURE_TEXTS
from articles.pictures import files
from articles.rules import lines

MAX_LENGTH = 1_000_000


def take_apart(model_admin, request):
    """The posted `text` as values of the form's fields, or `errors` with line and sentence.

    Stores nothing. Errors in the text are a normal response, not a failure.
    """
    if not (
        request.user.has_perm("articles.change_digest")
        or request.user.has_perm("articles.add_digest")
    ):
        raise PermissionDenied
    text = request.POST.get("text", "")
    if len(text) > MAX_LENGTH:
        message = _("The text is longer than %(limit)d characters.") % {"limit": MAX_LENGTH}
        return JsonResponse({"errors": [{"line": 1, "problem": message}]})
    try:
        found = document.parse_articles(text, ZoneInfo(settings.TIME_ZONE), files.exists)
    except document.DocumentError as error:
        errors = [{"line": line, "problem": problem} for line, problem in error.errors]
        return JsonResponse({"errors": errors})
    return JsonResponse(
        {
            "date": found.date and found.date.isoformat(),
            "title": found.title,
            "introduction": found.introduction,
            "articles": [_fields(article) for article in found.articles],
        }
    )


def _fields(article):
    picture = article.picture and {
        "picture": article.picture.uid,
        **{name: getattr(article.picture, name.removeprefix("picture_")) for name in PICTURE_TEXTS},
    }
    return (picture or {}) | {
        "headline": article.headline,
        "points": lines.format_points(article.points),
        "citation_lines": lines.format_citations(article.citations),
        **{name: getattr(article, name) for name in IMPLICATION_FIELDS},
        "other_implications": "\n\n".join(other.text for other in article.other),
    }
