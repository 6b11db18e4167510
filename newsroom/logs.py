"""What may not stand in any log."""

import copy
import logging
import re

# What follows `/preview/` in an address opens an unpublished digest, and what follows
# `/new-password/` an account. The address may be percent-encoded, such as in another address's
# query.
_SECRET = re.compile(
    r"(?:(?<=/preview/)|(?<=%2Fpreview%2F)|(?<=/new-password/)|(?<=%2Fnew-password%2F))"
    r"[^\s/?#&%\"'<>\\]+",
    re.IGNORECASE,
)
_SHOWN_INSTEAD = "…"
_EXCEPTIONS = logging.Formatter()


def redact(text: str) -> str:
    """The text without the tokens of preview links and of links for a new password."""
    return _SECRET.sub(_SHOWN_INSTEAD, text)


class PreviewTokenFilter(logging.Filter):
    """Takes the tokens of such links out of a record: its message, its arguments, its traceback
    and the request that Django attaches. It lets every record pass."""

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
    """The request itself, or a copy if its address or its headers have a token.

    Only Django's own requests have an address here; its development server attaches a socket.
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
