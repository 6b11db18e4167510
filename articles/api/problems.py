"""Errors as programs get them: problem details (RFC 9457), with sentences that say what to do.

docs/api.md explains every type. They name no page; a program compares them.
"""

import json
from collections.abc import Iterable, Mapping

from django.http import HttpResponse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from articles.posts.pushes.problems import Refused
from articles.rules.paths import FOR_PROGRAMS

MEDIA_TYPE = "application/problem+json"
TYPES_AT = f"{FOR_PROGRAMS}problems/"

# By the last part of the type: the status code and the title. Both never change.
KINDS = {
    "malformed": (400, _("The request is not understood")),
    "no-token": (401, _("No token that works")),
    "not-secure": (403, _("Not sent over HTTPS")),
    "insufficient-scope": (403, _("The token is not for this")),
    "not-found": (404, _("Nothing is here")),
    "method-not-allowed": (405, _("The method is not allowed")),
    "timeout": (408, _("The body did not arrive in time")),
    "length-required": (411, _("The length is missing")),
    "too-large": (413, _("Too large")),
    "unknown-type": (415, _("The media type is not known")),
    "unusable": (422, _("The digest cannot be used")),
    "too-many": (429, _("Too many requests")),
    "failure": (500, _("The site failed")),
    "not-implemented": (501, _("The method is not implemented")),
    "try-again": (503, _("Not possible at the moment")),
}
_OF_STATUS = {400: "malformed", 413: "too-large", 415: "unknown-type", 422: "unusable"}


class Problem(Exception):
    """Ends a request. `kind` is one of KINDS. `detail` is a sentence for whoever runs the program.
    `errors` are objects with a `detail` and a `line` or a `pointer` (RFC 6901)."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        errors: Iterable[dict] = (),
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(kind, detail)
        self.kind, self.detail = kind, detail
        self.errors, self.headers = list(errors), dict(headers or {})


def of_refused(refused: Refused) -> Problem:
    """The problem that tells of a push of which nothing is taken."""
    errors = [problem.as_json() for problem in refused.problems]
    if len(errors) == 1:
        detail = errors[0]["detail"]
    else:
        message = ngettext(
            "Nothing of this push was taken. Mend %(count)d place, then send it again.",
            "Nothing of this push was taken. Mend %(count)d places, then send it again.",
            len(errors),
        )
        detail = message % {"count": len(errors)}
    return Problem(_OF_STATUS[refused.status], detail, errors=errors)


def failure(status: int, *, retry_after: int) -> HttpResponse:
    """The answer to a request that failed: 503 if it may be sent again soon, else 500. It tells
    nothing about the failure."""
    if status == 503:
        detail = _("The site cannot do this at the moment. Send the same again in a while.")
        headers = {"Retry-After": str(retry_after)}
        return answer(Problem("try-again", detail, headers=headers))
    detail = _("The site failed. Tell its operator, whose log says why.")
    return answer(Problem("failure", detail))


def missing() -> HttpResponse:
    """The answer for an address that cannot exist."""
    return answer(no_such_address())


def no_such_address() -> Problem:
    detail = _("There is nothing at this address. A digest is at %(address)s.")
    return Problem("not-found", detail % {"address": f"{FOR_PROGRAMS}v1/digests/2026-01-03"})


def answer(problem: Problem) -> HttpResponse:
    status, title = KINDS[problem.kind]
    content = {
        "type": TYPES_AT + problem.kind,
        "title": str(title),
        "status": status,
        "detail": str(problem.detail),
        **({"errors": problem.errors} if problem.errors else {}),
    }
    headers = {"Content-Language": get_language(), **problem.headers}
    body = json.dumps(content, ensure_ascii=False).encode() + b"\n"
    return HttpResponse(body, content_type=MEDIA_TYPE, status=status, headers=headers)
