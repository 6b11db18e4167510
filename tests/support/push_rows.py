"""Builders of programs, of their tokens, and of rows of their pushes as the desk finds them."""

import datetime as dt
import hashlib

from django.utils import timezone

from articles.api import tokens
from articles.digests import revisions
from articles.models import Program, Push, Suggestion
from articles.posts.pushes import record

DAY = dt.date(2026, 1, 3)
EARLY = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def make_program(name="horizon", *, promise="", created_at=EARLY):
    """A program that has been there for years."""
    program = Program.objects.create(name=name, promise=promise)
    Program.objects.filter(pk=program.pk).update(created_at=created_at)
    program.refresh_from_db()
    return program


def make_token(program, *, owner=None, may_push=True, may_read=False, **options):
    """The row of a token."""
    made, _plain = tokens.make(
        program, owner=owner, may_push=may_push, may_read=may_read, **options
    )
    return made


def make_push(program, date=DAY, *, outcome="created", text="# 새 글\n", **fields):
    """The row of a push. `share` is the recognised part of its text, `entries` what became of its
    lines, and `errors` why it was refused."""
    fields.setdefault("received_at", timezone.now())
    content = text.encode() if isinstance(text, str) else text
    reading = {"share": fields.pop("share", 1.0), "entries": fields.pop("entries", [])}
    account = {"reading": {"media_type": "text/markdown", "exact": False, **reading}}
    account |= {"notices": fields.pop("notices", [])}
    if outcome == "refused":
        account = {"errors": fields.pop("errors", [{"line": 1, "detail": "Nothing is here."}])}
    return Push.objects.create(
        **{
            "program": program,
            "date": date,
            "media_type": "text/markdown",
            "outcome": outcome,
            "content": content,
            "fingerprint": hashlib.sha256(content).hexdigest(),
            "account": account,
            **fields,
        }
    )


def entries_of(digest, fate="added"):
    """What a push that wrote these articles as they are now keeps of them."""
    contents = record.contents(revisions.snapshot(digest))
    return [
        {
            **{"number": number, "key": "", "headline": content["headline"], "uid": uid},
            **{"fate": fate, "suggested": [], "why": None},
            **{"pushed": content, "content": content, "before": None},
        }
        for number, (uid, content) in enumerate(contents.items(), start=1)
    ]


def make_suggestion(push, digest, *, field="outlook", value="새 전망", **fields):
    uid = fields.pop("article_uid", digest.articles.first().uid if field else None)
    return Suggestion.objects.create(
        push=push, digest=digest, article_uid=uid, field=field, value=value, **fields
    )
