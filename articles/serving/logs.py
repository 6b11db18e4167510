"""Removes secrets from logs."""

import copy
import logging
import re

# A token opens an unpublished digest, or an account, or lets a program in. In an address, its place
# identifies it: it follows `preview/` or `new-password/`, with any number of slashes. The address
# may be percent-encoded, even twice, for example in the query of another address.
_ENCODED = r"%(?:25)*"
# The start of a word. It may follow an encoded character, whose last letters are not part of the
# word.
_BEGIN = r"(?:(?<![\w%-])|(?<=%[0-9A-F]{2})|(?<=%25[0-9A-F]{2}))"
_PLACE = re.compile(
    rf"({_BEGIN}(?:preview|new-password)(?:[/\\]|{_ENCODED}(?:2F|5C))+)"
    rf"(?:[^\s/?#&%\"'<>\\]|%(?!(?:25)*(?:2[0-3567F]|3[CEF]|5C)))+",
    re.IGNORECASE,
)
# Its form also identifies it, anywhere: 43 letters, digits, `-` and `_`, each of which may be
# percent-encoded.
_SIGN = rf"(?:[\w-]|{_ENCODED}(?:2D|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F))"
_FORM = re.compile(rf"{_BEGIN}{_SIGN}{{43}}(?![\w-])", re.IGNORECASE | re.ASCII)
# The token of a program begins with a word of its own. If it was copied with a sign too few or too
# many, it still shows most of the right one.
_OF_PROGRAM = re.compile(rf"newsroom(?:_|{_ENCODED}5F){_SIGN}{{30,}}", re.IGNORECASE | re.ASCII)
_CAPITAL = re.compile(r"[A-Z]")
_SHOWN_INSTEAD = "…"
_EXCEPTIONS = logging.Formatter()


def redact(text: str) -> str:
    """The text without the tokens of preview links, of password reset links and of programs."""
    text = _OF_PROGRAM.sub(_redacted, _PLACE.sub(rf"\1{_SHOWN_INSTEAD}", text))
    return _FORM.sub(_redacted, text)


def _redacted(match):
    """Redact a match. Slugs and hashes of that length have no capital letters and stay. Every token
    has some."""
    return _SHOWN_INSTEAD if _CAPITAL.search(match[0]) else match[0]


class PreviewTokenFilter(logging.Filter):
    """Removes these tokens from a record: its message, arguments, traceback and attached request.
    It lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if message != (redacted := redact(message)):
            record.msg, record.args = redacted, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _EXCEPTIONS.formatException(record.exc_info)
        for name in ("exc_text", "stack_info"):
            if text := getattr(record, name):
                setattr(record, name, redact(text))
        if request := getattr(record, "request", None):
            record.request = _without_tokens(request)
        return True


def _without_tokens(request):
    """The request itself, or a copy if its address or its headers contain a token.

    Only Django's requests have an address here; its development server attaches a socket.
    """
    meta = getattr(request, "META", {})
    clean = {k: redact(v) if isinstance(v, str) else v for k, v in meta.items()}
    if clean == meta:
        return request
    other = copy.copy(request)
    other.META = clean
    other.path, other.path_info = redact(request.path), redact(request.path_info)
    other.resolver_match = None
    return other
