"""Candidates from programs: many at once, and what became of them."""

import math

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from articles.api import incoming, problems
from articles.api.admission import for_programs
from articles.api.tokens import PUSH, READ
from articles.inbox import arriving, origins, told
from articles.inbox.arriving import Found
from articles.models import ApiToken
from articles.models.excerpt import MAX_EXCERPT
from articles.posts.pushes import json_values
from articles.posts.pushes.json_articles import day_of, listed
from articles.posts.pushes.json_values import Value
from articles.posts.pushes.problems import Refused
from articles.rules.lengths import LONGEST_LINE

JSON = "application/json"
MOST_DAYS = 7
MAX_URL = 3_000
MAX_LANGUAGE = 8
_KEYS = frozenset(
    ["url", "title", "publisher", "published_on", "excerpt", "language", "score"],
)
_AS_WRITTEN = {"ensure_ascii": False, "indent": 2}


@for_programs({"POST": PUSH, "GET": READ, "HEAD": READ})
def candidates(request: HttpRequest, token: ApiToken) -> HttpResponse:
    """Take candidates, or tell what became of those that the token's program brought."""
    if request.method == "POST":
        return _take(request, token)
    first, last = incoming.days(request, MOST_DAYS)
    rows = told.of_origin(origins.of_program(token.program), first, last)
    return JsonResponse({"candidates": rows}, json_dumps_params=_AS_WRITTEN)


def _take(request, token):
    incoming.parameters(request)
    _media_type, content = incoming.body(request, [JSON])
    try:
        found, notices = _read(content)
    except Refused as refused:
        raise problems.of_refused(refused) from refused
    program = token.program
    outcomes = arriving.take(found, origins.of_program(program), program=program.name)
    account = told.account([page.url for page in found], outcomes)
    status = 201 if account["new"] else 200
    return JsonResponse(
        account | {"notices": notices}, status=status, json_dumps_params=_AS_WRITTEN
    )


def _read(content: bytes) -> tuple[list[Found], list[str]]:
    """The pages of a body, and sentences about what is not taken. Raises Refused."""
    document = json_values.parse(content)
    found, unknown = [], {}
    if document.is_object():
        if document["candidates"].raw is None:
            document.refuse(_("The list “candidates” is missing. Add it."))
        for each in document["candidates"].objects(arriving.MOST_AT_ONCE):
            unknown |= dict.fromkeys(each.others(_KEYS))
            found.append(_page(each))
    json_values.refuse_if_wrong(document)
    message = _("Not taken, since no such keys are known here: %(names)s.")
    return found, [message % {"names": listed(list(unknown))}] if unknown else []


def _page(value: Value) -> Found:
    return Found(
        url=value["url"].line(MAX_URL),
        title=value["title"].line(LONGEST_LINE),
        publisher=value["publisher"].line(LONGEST_LINE),
        published_on=_day(value["published_on"]),
        excerpt=value["excerpt"].text(MAX_EXCERPT),
        language=value["language"].line(MAX_LANGUAGE),
        score=_score(value["score"]),
    )


def _day(value: Value):
    if value.raw in (None, ""):
        return None
    day = day_of(value.raw)
    if day is None:
        value.refuse(_("This must be a day, written as 2026-01-03."))
    return day


def _score(value: Value) -> float | None:
    raw = value.raw
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        value.refuse(_("This must be a number."))
        return None
    return float(raw)
