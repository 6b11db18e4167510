"""The addresses for programs: hand in a digest, read digests. Nothing here publishes."""

import datetime as dt

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.api import incoming, problems
from articles.api.admission import for_programs
from articles.api.problems import Problem
from articles.api.tokens import PUSH, READ
from articles.digests import revisions
from articles.models import ApiToken, Digest, Push
from articles.posts import json_document
from articles.posts.pushes.problems import Refused
from articles.posts.pushes.receiving import Handed, Received, receive

MOST_DAYS = 31
_STATUS = {
    Push.Outcome.CREATED: 201,
    Push.Outcome.UPDATED: 201,
    Push.Outcome.UNCHANGED: 200,
    Push.Outcome.WAITING: 202,
}
_AS_WRITTEN = {"ensure_ascii": False, "indent": 2}


@for_programs(PUSH, "POST")
def push(request: HttpRequest, token: ApiToken, date: dt.date) -> HttpResponse:
    """Take a digest for a day; `?dry_run=1` only tells what would become of it."""
    dry_run = incoming.is_dry_run(request)
    media_type, content = incoming.body(request)
    handed = Handed(token.program, date, media_type, content, token)
    try:
        received = receive(handed, dry_run=dry_run)
    except Refused as refused:
        raise problems.of_refused(refused) from refused
    return _account(received, date, dry_run)


@for_programs(READ, "GET", "HEAD")
def digest(request: HttpRequest, token: ApiToken, date: dt.date) -> HttpResponse:
    """The JSON document of a day's digest, public or not, with its status."""
    incoming.parameters(request)
    found = _readable().filter(date=date).first()
    if found is None:
        raise Problem("not-found", _("There is no digest for this day."))
    return JsonResponse(_document(found), json_dumps_params=_AS_WRITTEN)


@for_programs(READ, "GET", "HEAD")
def digests(request: HttpRequest, token: ApiToken) -> HttpResponse:
    """The same for the days from `from` to `to`, in order."""
    found = _readable().filter(date__range=incoming.days(request, MOST_DAYS)).order_by("date")
    documents = {"digests": [_document(digest) for digest in found]}
    return JsonResponse(documents, json_dumps_params=_AS_WRITTEN)


@for_programs(None)
def nowhere(request: HttpRequest, token: ApiToken) -> HttpResponse:
    """Every other address below /api/, impossible days included."""
    raise problems.no_such_address()


def _readable():
    """A withdrawn digest is answered like one that never was."""
    return Digest.objects.exclude(status=Digest.Status.WITHDRAWN)


def _document(digest):
    data = revisions.snapshot(digest)
    return json_document.from_snapshot(data, for_readers=False) | {"status": digest.status}


def _account(received: Received, date: dt.date, dry_run: bool) -> HttpResponse:
    status = 200 if dry_run else _STATUS[Push.Outcome(received.outcome)]
    response = JsonResponse(received.account, status=status, json_dumps_params=_AS_WRITTEN)
    if status == 201:
        response["Location"] = reverse("articles:api-digest", args=[date])
    return response
