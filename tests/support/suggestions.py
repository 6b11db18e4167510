"""Suggestions of programs, as pushes leave them."""

import datetime as dt
import hashlib
import itertools

from django.utils import timezone

from articles.fields import In, names
from articles.models import Program, Push, Suggestion

_numbers = itertools.count(1)


def make_push(digest, *, program="horizon", at=None):
    """A push of which something waits, received at a moment (by default now)."""
    number = next(_numbers)
    content = f"# {number}\n".encode()
    return Push.objects.create(
        program=Program.objects.get_or_create(name=program)[0],
        digest=digest,
        date=digest.date,
        media_type="text/markdown",
        fingerprint=hashlib.sha256(content).hexdigest(),
        content=content,
        outcome=Push.Outcome.WAITING,
        received_at=at or timezone.now(),
    )


def suggest(
    digest, field, value, *, article=None, program="horizon", at: dt.datetime | None = None
):
    """A suggestion that waits, for a field of an article, or of the digest without one."""
    return Suggestion.objects.create(
        push=make_push(digest, program=program, at=at),
        digest=digest,
        article_uid=article and article.uid,
        field=field,
        value=value,
    )


def suggest_article(digest, *, program="horizon", at=None, **content):
    """A whole new article that waits."""
    blank = {
        name: [] if name in ("points", "citations", "tags", "other") else ""
        for name in names(In.DIFF)
    }
    return suggest(digest, "", blank | content, program=program, at=at)
