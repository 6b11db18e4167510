"""What a program sends: parameters in the address, and a body."""

import datetime as dt
from collections.abc import Collection

from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext as _

from articles.api.problems import Problem
from articles.posts.pushes.receiving import READERS
from articles.rules import times

MOST_BYTES = 1_000_000
_UTF_8 = ("utf-8", "utf8")  # many programs write it without the hyphen
_YES, _NO = ("1", "true"), ("0", "false")


def parameters(request: HttpRequest, *known: str) -> dict[str, str]:
    """The parameters of an address. Raises Problem for one that is not known or comes twice: a
    misspelled `dry_run` must not write."""
    for name, values in request.GET.lists():
        if name not in known:
            raise _unknown(known)
        if len(values) > 1:
            raise Problem("malformed", _("Give “%(name)s” once.") % {"name": name})
    return request.GET.dict()


def is_dry_run(request: HttpRequest) -> bool:
    """Whether an address says `?dry_run=1`. Raises Problem."""
    told = parameters(request, "dry_run").get("dry_run", "0").lower()
    if told not in _YES + _NO:
        detail = _("“dry_run” is 1 to change nothing. Leave it out to hand in.")
        raise Problem("malformed", detail)
    return told in _YES


def days(request: HttpRequest, most: int) -> tuple[dt.date, dt.date]:
    """The first and the last day, of at most so many, that an address asks for. Raises Problem."""
    told = parameters(request, "from", "to")
    first, last = (_day(name, told.get(name, "")) for name in ("from", "to"))
    if last < first:
        raise Problem("malformed", _("“to” is a day before “from”. Exchange the two."))
    if (last - first).days >= most:
        message = _("That is more than %(most)d days. Ask for them in several requests.")
        raise Problem("malformed", message % {"most": most})
    return first, last


def body(request: HttpRequest, types: Collection[str] = tuple(READERS)) -> tuple[str, bytes]:
    """The media type, one of `types`, and the content of a body. Raises Problem."""
    media_type = _media_type(request, types)
    length = _length(request)
    try:
        content = request.body
    except UnreadablePostError as error:
        raise _incomplete() from error
    if len(content) > MOST_BYTES:
        raise _too_large()
    if len(content) < length:
        raise _incomplete()
    if not content:
        raise Problem("malformed", _("The body is empty. Send the text as the body."))
    return media_type, content


def _unknown(known):
    if not known:
        return Problem("malformed", _("This address takes no parameters."))
    detail = _("There is no such parameter here. Use only: %(names)s.")
    return Problem("malformed", detail % {"names": ", ".join(known)})


def _day(name, text):
    try:
        day = times.parse_day(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        message = _("“%(name)s” must be a day such as 2026-01-03. Give “from” and “to”.")
        raise Problem("malformed", message % {"name": name})
    return day


def _media_type(request, types):
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity"):
        detail = _("Send the body as it is, without Content-Encoding.")
        raise Problem("unknown-type", detail, headers={"Accept-Encoding": "identity"})
    charset = (request.content_params or {}).get("charset", "utf-8")
    if request.content_type not in types or charset.lower() not in _UTF_8:
        message = _("Send %(types)s in UTF-8, and name it in the header Content-Type.")
        detail = message % {"types": _(" or ").join(types)}
        raise Problem("unknown-type", detail, headers={"Accept": ", ".join(types)})
    return request.content_type


def _length(request):
    """The declared length. The server reads no body that comes in chunks without one."""
    told = request.META.get("CONTENT_LENGTH") or ""
    if not told and "Transfer-Encoding" in request.headers:
        detail = _("Send the body in one piece, with the header Content-Length.")
        raise Problem("length-required", detail)
    if told.isascii() and told.isdecimal():
        if len(told) > 15 or int(told) > MOST_BYTES:
            raise _too_large()
        return int(told)
    return 0


def _too_large():
    message = _("A push has at most %(most)s bytes. Send fewer articles, or shorter ones.")
    return Problem("too-large", message % {"most": f"{MOST_BYTES:,}"})


def _incomplete():
    return Problem("malformed", _("Only a part of the body arrived. Send it again."))
