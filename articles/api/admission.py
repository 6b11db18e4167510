"""Who may ask for what: the checks before every view for programs."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import wraps

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from articles.api import limits, problems, tokens, turns
from articles.api.problems import Problem
from articles.models import ApiToken


def for_programs(scope: str | Mapping[str, str] | None, *methods: str) -> Callable:
    """Let in only requests over HTTPS, with a token that works and has the scope, and with one of
    the methods. Without a scope or methods, any will do. Where each method has a scope of its own,
    `scope` has them by method. The view gets the token after the request. A Problem that it raises
    is answered.

    No CSRF check is needed: a browser sends no such token by itself.
    """

    scopes = scope if isinstance(scope, Mapping) else None
    methods = tuple(scopes) if scopes is not None else methods

    def decorate(view):
        @csrf_exempt
        @wraps(view)
        def guarded_view(request, *args, **kwargs):
            try:
                token = _shown(request)
                needed = scope if scopes is None else scopes.get(request.method)
                with turns.one() if needed == tokens.PUSH else nullcontext():
                    _admit(request, token, needed, methods)
                    return _view_of(token, view, request, args, kwargs)
            except Problem as problem:
                return problems.answer(problem)

        return guarded_view

    return decorate


def _shown(request):
    """The token of a request, if it works. Raises Problem."""
    _refuse_plain(request)
    token = tokens.of(request)
    if token is None:
        raise _no_token(request)
    return token


def _admit(request, token, scope, methods):
    """Count a request, and raise Problem if it may not go on."""
    _refuse_too_many(request, token, scope or tokens.READ)
    tokens.note_use(token)
    if methods and request.method not in methods:
        message = _("Use one of these methods here: %(methods)s.")
        allowed = ", ".join(methods)
        detail = message % {"methods": allowed}
        raise Problem("method-not-allowed", detail, headers={"Allow": allowed})
    if scope and not tokens.may(token, scope):
        raise _wrong_scope(scope)


def _view_of(token, view, request, args, kwargs):
    """The view's answer. If the token was deleted while it ran, with its owner or otherwise, no
    row can name it."""
    try:
        return view(request, token, *args, **kwargs)
    except IntegrityError:
        if ApiToken.objects.filter(pk=token.pk).exists():
            raise
        raise _no_token(request) from None


def _refuse_plain(request):
    """A redirect to HTTPS would lose the body, and the token was readable on the way already."""
    if settings.HTTPS and not request.is_secure():
        detail = _(
            "Send this to an address that begins with https://. The token was sent in the clear, "
            "so others may have read it: revoke it and make a new one."
        )
        raise Problem("not-secure", detail)


def _refuse_too_many(request, token, kind):
    try:
        seconds = limits.seconds_to_wait(token, kind)
    except IntegrityError:
        raise _no_token(request) from None
    if seconds:
        message = _(
            "This token may send %(count)d such requests in a minute. Go on in %(seconds)d seconds."
        )
        detail = message % {"count": limits.PER_MINUTE[kind], "seconds": seconds}
        raise Problem("too-many", detail, headers={"Retry-After": str(seconds)})


def _no_token(request):
    """The same for all tokens that do not work, whatever the reason (RFC 6750, section 3.1)."""
    has_shown_one = "Authorization" in request.headers
    challenge = 'Bearer error="invalid_token"' if has_shown_one else "Bearer"
    detail = _(
        "Send the header “Authorization: Bearer”, followed by a token that works. An admin makes "
        "tokens at the desk."
    )
    return Problem("no-token", detail, headers={"WWW-Authenticate": challenge})


def _wrong_scope(scope):
    sentences = {
        tokens.PUSH: _("This token may not hand in digests. Ask an admin for one that may."),
        tokens.READ: _("This token may not read drafts. Ask an admin for one that may."),
    }
    challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
    headers = {"WWW-Authenticate": challenge}
    return Problem("insufficient-scope", sentences[scope], headers=headers)
