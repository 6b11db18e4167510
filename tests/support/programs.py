"""Programs and their tokens, as tests use them."""

import json

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


def problem(test, response, status, kind):
    """The problem details of an answer (RFC 9457), which must be of that kind and whole."""
    test.assertEqual(response.status_code, status, response.content.decode())
    test.assertEqual(response["Content-Type"], "application/problem+json")
    told = json.loads(response.content)
    test.assertEqual(told["type"], f"/api/problems/{kind}")
    test.assertEqual(told["status"], status)
    test.assertTrue(told["title"])
    test.assertRegex(told["detail"], r"\.\Z")
    return told
