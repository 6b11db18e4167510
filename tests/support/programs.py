"""Programs and their tokens, as tests use them."""

from django.test import Client

from articles.api import tokens
from articles.models import Program

MARKDOWN = "text/markdown"


def make_program(name="아침 모음"):
    return Program.objects.get_or_create(name=name)[0]


def make_token(program=None, *, push=True, read=False, owner=None, days=None):
    """A new token of a program, as text."""
    program = program or make_program()
    made = tokens.make(program, owner=owner, may_push=push, may_read=read, days=days)
    return made[1]


def row_of(plain):
    """The row of a token."""
    [row] = tokens.beginning_with(plain)
    return row


def bearer(plain):
    """The headers that show a token."""
    return {"Authorization": f"Bearer {plain}"}


class ProgramClient(Client):
    """A client that shows a token with each request, and gets errors as answers."""

    def __init__(self, plain=None, **options):
        headers = bearer(plain) if plain else {}
        super().__init__(
            raise_request_exception=False, enforce_csrf_checks=True, headers=headers, **options
        )

    def push(self, day, content, media_type=MARKDOWN, query="", **options):
        address = f"/api/v1/digests/{day}/pushes{query}"
        return self.post(address, content, content_type=media_type, **options)
