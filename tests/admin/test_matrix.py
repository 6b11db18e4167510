"""Every address of the desk, asked by every role with every method in every state."""

import datetime as dt
import logging
import re
import uuid
from contextlib import contextmanager, nullcontext
from copy import copy
from http.cookies import SimpleCookie
from unittest import mock

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from articles.digests import publishing, trash
from articles.login import two_step_login
from articles.models import (
    AuditEntry,
    Digest,
    DigestTemplate,
    HubPing,
    Imprint,
    PlannedGap,
    Publisher,
    RejectionReason,
    Spelling,
    Storyline,
    Tag,
)
from articles.notices import bell, deliveries
from tests.admin.matrix import (
    CLERK,
    DELETED,
    DIGEST_STATES,
    FORBIDDEN,
    LOGIN,
    METHODS,
    NEVER,
    PAGES,
    ROOT,
    STRANGER,
    SUPERUSER,
    THERE,
    patterns,
)
from tests.inbox.candidates import make_candidate, make_feed
from tests.support.desk import sign_in
from tests.support.factories import make_digest, make_user, record
from tests.support.mail_services import make_service
from tests.support.push_rows import make_program, make_push, make_token
from tests.support.receivers import make_webhook
from tests.support.suggestions import suggest

FAR = 999_999
FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|CREATE|ALTER|DROP|TRUNCATE)\b", re.I)
EXPRESSION = re.compile(r"\^?\(\?P.*")  # what the admin's own patterns end in
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
LOGIN_FORM = b'id="login-form"'
Status = Digest.Status


def make_people():
    """An account for every role, with the groups that the migrations made."""
    people = {CLERK: make_user(CLERK)}
    people[SUPERUSER] = User.objects.create_superuser(SUPERUSER, password="correct horse")
    for role in ("writer", "editor", "admin"):
        people[role] = make_user(role)
        people[role].groups.set([Group.objects.get(name=role)])
    return people


def make_digests():
    """One digest in every state that it can be in."""
    digests = {
        status: make_digest(f"2026-03-{day:02}", published=False)
        for day, status in enumerate(Status, start=1)
    }
    publishing.submit(digests[Status.IN_REVIEW])
    publishing.publish(digests[Status.SCHEDULED], at=FUTURE, unchecked=True)
    for status in (Status.PUBLISHED, Status.WITHDRAWN):
        publishing.publish(digests[status], unchecked=True)
    publishing.withdraw(digests[Status.WITHDRAWN])
    for status, digest in digests.items():
        digest.refresh_from_db()
        record(digest)
        assert digest.status == status
    return digests


def make_ping():
    now = timezone.now()
    topic = "http://testserver/feeds/digests.rss"
    return HubPing.objects.create(
        hub="https://hub.example/", topic=topic, queued_at=now, next_at=now
    )


class Writes:
    """Collects the statements that write."""

    def __init__(self):
        self.statements = []

    def __call__(self, execute, sql, params, many, context):
        if WRITE.match(sql):
            self.statements.append(sql)
        return execute(sql, params, many, context)


class AddressesTestCase(TestCase):
    """A desk with something in every state, and the addresses of all of it."""

    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.digests = make_digests()
        deleted = make_digest("2026-04-01", published=False)
        cls.gone = {DELETED: deleted.pk, NEVER: FAR}
        cls.uid = deleted.articles.first().uid
        cls.suggestions = {
            state: suggest(digest, "title", "다른 제목", program="새벽 수집기").pk
            for state, digest in cls.digests.items()
        }
        trash.delete(deleted)
        tag = Tag.objects.create(name="AI")
        cls.rows = {
            "articles_tag": {THERE: tag.pk},
            "articles_storyline": {THERE: Storyline.objects.create(name="가속기").pk},
            "articles_publisher": {THERE: Publisher.objects.first().pk},
            "articles_digesttemplate": {
                THERE: DigestTemplate.objects.create(name="평일", title_pattern="{date}").pk
            },
            "articles_spelling": {THERE: Spelling.objects.create(line="가나, 가너").pk},
            "articles_plannedgap": {THERE: PlannedGap.objects.create(date="2026-05-05").pk},
            "articles_imprint": {THERE: Imprint.objects.create(pk=1, publisher="김발행").pk},
            "articles_auditentry": {THERE: AuditEntry.objects.first().pk},
            "articles_hubping": {THERE: make_ping().pk},
            "articles_webhook": {THERE: (webhook := make_webhook("https://hook.example/")).pk},
            "articles_mailservice": {THERE: make_service("https://list.example/").pk},
            "articles_delivery": {THERE: deliveries.queue_test(webhook, by=None).pk},
            "articles_program": {THERE: (program := make_program()).pk},
            "articles_apitoken": {THERE: make_token(program).pk},
            "articles_push": {THERE: make_push(program, digest=cls.digests[Status.DRAFT]).pk},
            "articles_candidate": {THERE: make_candidate().pk},
            "articles_followedfeed": {THERE: make_feed().pk},
            "articles_rejectionreason": {THERE: RejectionReason.objects.first().pk},
            "auth_user": {THERE: make_user("colleague").pk, ROOT: cls.people[SUPERUSER].pk},
            "auth_group": {THERE: Group.objects.get(name="writer").pk},
        }

    def know_accounts(self):
        """Let requests find whoever sends them as they are now, with their permissions and what
        their bell counts, instead of asking the database each time. Nobody here has a second
        factor."""
        accounts = {person.pk: person for person in self.people.values()}
        for person in accounts.values():
            person.get_all_permissions()
        unseen = {pk: bell.unseen(person) for pk, person in accounts.items()}
        for place, name, known in (
            (ModelBackend, "get_user", lambda _backend, pk: copy(accounts[pk])),
            (two_step_login, "has_device", lambda _user: False),
            (bell, "unseen", lambda user: unseen[user.pk]),
        ):
            self.enterContext(mock.patch.object(place, name, known))

    def addresses(self):
        """Every address with its row in PAGES and the state of what it names."""
        routes = dict(patterns())
        for key in PAGES:
            name, _, variant = key.partition(" ")
            if name not in routes:
                continue  # the other test tells
            for state, filled in self.arguments(name, routes[name], variant):
                path = EXPRESSION.sub(f"{variant or 'nowhere'}/", routes[name])
                path = "/" + PARAMETER.sub(lambda m, f=filled: str(f[m[1]]), path)
                is_asked = variant == "of a digest"
                yield key, state, f"{path}?digest={self.digest_pk(state)}" if is_asked else path

    def arguments(self, name, route, variant):
        """(state, values of the route's parameters) for everything the route can name."""
        label = "_".join(route.split("/")[1:3])
        parameters = set(PARAMETER.findall(route))
        if label == "articles_digest" and (parameters & {"pk", "object_id"} or variant):
            for state in DIGEST_STATES:
                yield state, self.digest_values(state, variant)
        elif label in self.rows and parameters & {"object_id", "id", "pk"}:
            for state, pk in (self.rows[label] | {NEVER: FAR}).items():
                yield state, {"object_id": pk, "id": pk, "pk": pk}
        else:
            values = {"key": uuid.uuid4(), "uid": uuid.uuid4(), "width": 480}
            values |= {"token": "a-b", "uidb64": "MQ", "name": "x.eml"}
            yield THERE, values | {"kind": "app", "pk": FAR}

    def digest_values(self, state, variant):
        digest = self.digests.get(state)
        uid = digest.articles.first().uid if digest else self.uid
        pk = self.digest_pk(state)
        values = {"pk": pk, "object_id": pk, "number": 1, "uid": uid, "name": variant}
        return values | {"suggestion": self.suggestions.get(state, FAR)}

    def digest_pk(self, state):
        return self.digests[state].pk if state in self.digests else self.gone[state]


# Sessions in cookies spare thousands of queries that have nothing to do with the answers.
@override_settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies")
class MatrixTests(AddressesTestCase):
    def setUp(self):
        logging.disable(logging.CRITICAL)  # thousands of refusals
        self.addCleanup(logging.disable, logging.NOTSET)
        self.clients = {STRANGER: Client(raise_request_exception=False)}
        for role, person in self.people.items():
            self.clients[role] = Client(raise_request_exception=False)
            sign_in(self.clients[role], person)
        self.cookies = {role: client.cookies for role, client in self.clients.items()}
        self.know_accounts()

    def test_every_address_is_declared_and_every_declaration_has_an_address(self):
        declared = {key.partition(" ")[0] for key in PAGES}
        known = {key for key, _route in patterns()}
        self.assertEqual(sorted(known - declared), [], "addresses that PAGES does not know")
        self.assertEqual(sorted(declared - known), [], "rows of PAGES without an address")

    # Who is let in, the views decide before they ask for rows.
    @pytest.mark.one_engine
    def test_every_answer_is_the_declared_one_and_whoever_is_kept_out_writes_nothing(self):
        wrong = []
        for key, state, address in self.addresses():
            page = PAGES[key]
            for method in METHODS:
                for role in page.roles_to_ask(method, state):
                    is_drawn = page.is_drawn_for(role, method, state)
                    answer, writes = self.ask(role, method, address, is_drawn)
                    declared = page.answer(role, method, state)
                    if answer != declared:
                        wrong.append(
                            f"{role} {method} {address} ({key}, {state}): {answer}, "
                            f"declared {declared}"
                        )
                    if writes and declared in (LOGIN, FORBIDDEN):
                        wrong.append(f"{role} {method} {address} ({state}): {writes}")
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong[:200]))

    def ask(self, role, method, address, is_drawn):
        """The kind of answer, and the statements that wrote; all of it undone."""
        client, writes = self.clients[role], Writes()
        client.cookies = SimpleCookie({name: m.value for name, m in self.cookies[role].items()})
        drawn = pages_drawn(is_drawn or address == reverse("admin:login"))
        with transaction.atomic(), connection.execute_wrapper(writes), drawn:
            response = client.generic(method, address)
            transaction.set_rollback(True)
        return kind_of(response), writes.statements


@contextmanager
def pages_drawn(is_drawn):
    """Drawing the same page for six methods and all roles would cost a minute: for most of them the
    views do all their work, and the template is left out."""
    blank = mock.patch.object(SimpleTemplateResponse, "rendered_content", "")
    with nullcontext() if is_drawn else blank:
        yield


def kind_of(response):
    if response.status_code == 302 and "/login/" in response["Location"]:
        return LOGIN
    is_page = response.status_code in (200, 403) and not response.streaming
    return LOGIN if is_page and LOGIN_FORM in response.content else str(response.status_code)
