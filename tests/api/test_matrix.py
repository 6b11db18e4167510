"""Every address for programs, asked with every method and token in every state of the digest."""

import logging
import re
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client, TestCase
from django.utils import timezone

from articles.api import limits, tokens
from articles.digests import trash
from articles.models import ApiToken, Article, AuditEntry, Digest, Revision
from tests.admin.matrix import patterns
from tests.admin.test_matrix import Writes, make_digests
from tests.api.matrix import (
    BOTH,
    COOKIE,
    DELETED,
    EXPIRED,
    HIDDEN,
    INACTIVE,
    METHODS,
    NEVER,
    NO_TOKEN,
    NONE,
    ORPHAN,
    PAGES,
    PUSH,
    READ,
    REVOKED,
    RIGHTLESS,
    STATES,
    TOKENS,
    WORKING,
    WRONG,
)
from tests.api.test_pushes import POST
from tests.support.factories import make_digest, make_user
from tests.support.programs import ProgramClient, make_token, row_of

GONE = {DELETED: "2026-04-01", NEVER: "2026-04-02"}
RIGHTS = ("view_digest", "change_digest")
# What every request with a working token may write: its count, and when the token was used.
NOTES = re.compile(r"\s*(INSERT INTO .articles_apiuse|UPDATE .articles_apitoken. SET .last_used)")
OWN = ("status", "publish_at", "published_at", "revised_at", "feed_id")
OF_PUBLISHING = {
    *("submitted", "sent-back", "scheduled", "unscheduled", "published", "withdrawn", "corrected"),
    *("ready", "assigned", "deleted", "restored", "article-moved", "preview-link-made"),
}


def make_tokens():
    """The text of a token of every kind; None where there is none."""
    owner = make_user("owner", permissions=RIGHTS)
    made = {PUSH: make_token(owner=owner), READ: make_token(owner=owner, push=False, read=True)}
    made |= {name: make_token(owner=owner, read=True) for name in (BOTH, REVOKED, EXPIRED)}
    tokens.revoke(row_of(made[REVOKED]))
    rows = ApiToken.objects.filter(pk=row_of(made[EXPIRED]).pk)
    rows.update(expires_at=timezone.now())
    for name in (INACTIVE, RIGHTLESS, ORPHAN):
        made[name] = make_token(owner=make_user(name, permissions=RIGHTS), read=True)
    User.objects.filter(username=INACTIVE).update(is_active=False)
    User.objects.get(username=RIGHTLESS).user_permissions.clear()
    User.objects.get(username=ORPHAN).delete()
    return made | {NONE: None, COOKIE: None, WRONG: f"newsroom_{'A' * 43}"}


class ApiTestCase(TestCase):
    """A site with a digest in every state, and a client for every token."""

    @classmethod
    def setUpTestData(cls):
        cls.days = {status.value: f"{d.date}" for status, d in make_digests().items()} | GONE
        trash.delete(make_digest(GONE[DELETED], published=False))
        cls.tokens = make_tokens()
        cls.root = User.objects.create_superuser("root", password="x")

    def setUp(self):
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.clients = {token: ProgramClient(plain) for token, plain in self.tokens.items()}
        self.clients[COOKIE].force_login(self.root)

    def addresses(self):
        """(name of the pattern, state, address) of all addresses."""
        for state, day in self.days.items():
            yield "api-digests", state, f"/api/v1/digests?from={day}&to={day}"
            yield "api-digest", state, f"/api/v1/digests/{day}"
            yield "api-pushes", state, f"/api/v1/digests/{day}/pushes"
        days = "from=2026-03-01&to=2026-03-07"
        yield "api-candidates", NEVER, f"/api/v1/candidates?{days}"
        for path in ("", "v1", "v1/pushes", "v1/digests/2026-02-30", "v1/tokens"):
            yield "api-nowhere", NEVER, f"/api/{path}"

    def ask(self, token, method, address):
        return self.clients[token].generic(method, address, POST, content_type="text/markdown")


# Python tells tokens, methods and states apart, whichever engine gives the rows. The tests beside
# this one hand in, read and count on both.
@pytest.mark.one_engine
class MatrixTests(ApiTestCase):
    def test_every_address_is_declared(self):
        self.assertEqual({name for name, _route in patterns("api/")}, PAGES.keys())
        self.assertEqual(self.days.keys(), set(STATES))
        self.assertEqual(self.clients.keys(), set(TOKENS))

    def test_every_answer_is_the_declared_one(self):
        wrong = []
        for name, state, address in self.addresses():
            for method in METHODS:
                for token in TOKENS:
                    declared = PAGES[name].answer(token, method, state)
                    response, writes = self.ask_and_undo(token, method, address)
                    question = f"{token}: {method} {address} ({state})"
                    if response.status_code != declared:
                        wrong.append(f"{question}: {response.status_code}, declared {declared}")
                    if declared == NO_TOKEN and writes:
                        wrong.append(f"{question}: {writes}")
                    if declared >= 400 and not all(map(NOTES.match, writes)):
                        wrong.append(f"{question}: {writes}")
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong[:100]))

    def ask_and_undo(self, token, method, address):
        """The answer, and the statements that wrote."""
        writes = Writes()
        with transaction.atomic(), connection.execute_wrapper(writes):
            response = self.ask(token, method, address)
            transaction.set_rollback(True)
        return response, writes.statements

    def test_list_has_what_the_single_addresses_have(self):
        for state, day in self.days.items():
            for token in (READ, BOTH):
                with self.subTest(f"{token} {state}"):
                    found = self.ask(token, "GET", f"/api/v1/digests?from={day}&to={day}").json()
                    statuses = [digest["status"] for digest in found["digests"]]
                    self.assertEqual(statuses, [] if state in HIDDEN else [state])


# What a push writes is seen on both engines in `tests/posts/pushes`.
@pytest.mark.one_engine
class PowerTests(ApiTestCase):
    """Whatever a token may, it publishes, schedules, withdraws, signs and deletes nothing."""

    @patch.dict(limits.PER_MINUTE, {PUSH: 10_000, READ: 10_000})
    def test_what_readers_have_and_what_people_decided_stays(self):
        before, signed = self.states(), self.signed()
        public = self.public_pages()
        audited = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
        for _name, _state, address in self.addresses():
            mark = "&" if "?" in address else "?"
            for method in METHODS:
                for token in WORKING:
                    self.ask(token, method, f"{address}{mark}publish=1&status=published")
                    self.ask(token, method, address)
        after = self.states()
        self.assertEqual({day: after[day] for day in before}, before)
        new = {day: after[day] for day in after.keys() - before.keys()}
        self.assertEqual(new.keys(), set(GONE.values()))
        self.assertEqual({row[0] for row in new.values()}, {"draft"})
        self.assertEqual({row[1:4] for row in new.values()}, {(None, None, None)})
        self.assertEqual(self.signed(), signed)
        self.assertEqual(self.public_pages(), public)
        actions = AuditEntry.objects.filter(pk__gt=audited).values_list("action", flat=True)
        self.assertIn("pushed", set(actions))
        self.assertEqual(set(actions) & OF_PUBLISHING, set())
        own = Revision.objects.exclude(program="")
        self.assertTrue(own.exists())
        self.assertFalse(own.exclude(author=None).exists())

    def states(self):
        return {str(row[0]): row[1:] for row in Digest.objects.values_list("date", *OWN)}

    def signed(self):
        """Articles that somebody read, calls ready or does."""
        ready = Article.objects.filter(is_ready=True).count()
        return ready, Article.objects.exclude(read_by="").count()

    def public_pages(self):
        days = [self.days[state].replace("-", "/") for state in Digest.Status.values]
        paths = ["/", "/tags/", "/publishers/", "/feeds/articles.atom", "/sitemaps/pages.xml"]
        paths += [f"/{day}{end}" for day in days for end in ("/", ".md", ".json")]
        return {path: Client().get(path).content for path in paths}
