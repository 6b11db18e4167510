"""The store in front of Django: what it may hold, for whom, and for how long."""

import datetime as dt
import threading
from dataclasses import replace
from io import BytesIO
from unittest.mock import Mock, patch

from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, close_old_connections
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone

from articles.changes import site_version
from articles.changes.site_version import Version
from articles.digests import publishing
from articles.models import Digest
from articles.serving.page_store import front as front_module
from articles.serving.page_store import versions
from articles.serving.page_store.front import RENEWING, Front
from articles.serving.page_store.requests import DATABASE_IS_SILENT, PUBLIC
from articles.serving.page_store.versions import State
from tests.support.factories import make_digest
from tests.support.waiting import wait_for_event, wait_for_thread, wait_until

FIRST, SECOND = (State(Version(n, None), "2026-01-03T09+0900", is_late=False) for n in (1, 2))


def environ(path="/", method="GET", query="", **headers):
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }


def ask(front, path="/", method="GET", query="", **headers):
    """(status code, headers, body) of an answer."""
    told = []
    answer = front(environ(path, method, query, **headers), lambda *args: told.append(args))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    status, sent, *_ = told[0]
    return int(status[:3]), dict(sent), body


class Site:
    """A WSGI application that counts, and lets a test choose what it answers."""

    def __init__(self, *, status="200 OK", public=True, headers=()):
        self.status, self.public, self.headers = status, public, headers
        self.asked = []
        self.gate = None
        self.while_rendering = lambda: None

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        self.while_rendering()
        if self.gate:
            wait_for_event(self.gate)
        if self.public:
            environ[PUBLIC] = True
        start_response(self.status, [("ETag", '"1"'), *self.headers])
        return [f"page {len(self.asked)}".encode()]


def wait_for_renewals():
    """Until what was in use has been made again, in a thread of its own."""
    for thread in threading.enumerate():
        if thread.name == RENEWING:
            wait_for_thread(thread)


class FrontTests(SimpleTestCase):
    def setUp(self):
        self.site, self.state = Site(), FIRST
        patcher = patch.object(versions, "current", lambda: self.state)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.addCleanup(wait_for_renewals)
        self.front = Front(self.site, max_bytes=1_000_000)

    def test_a_page_is_rendered_once(self):
        for _ in range(3):
            self.assertEqual(ask(self.front)[2], b"page 1")
        self.assertEqual(ask(self.front, method="HEAD")[2], b"")
        self.assertEqual(len(self.site.asked), 1)

    def test_another_version_is_another_page(self):
        ask(self.front)
        self.state = SECOND
        self.front.versions.read()
        wait_for_renewals()
        self.assertEqual(ask(self.front)[2], b"page 2")

    def test_a_page_that_a_change_came_into_is_made_again_and_the_others_too(self):
        def change():
            self.state = SECOND
            self.site.while_rendering = lambda: None

        self.assertEqual(ask(self.front, "/feeds/digests.rss")[2], b"page 1")
        self.site.while_rendering = change
        self.assertNotEqual(ask(self.front, "/2026/01/03/")[2], b"page 2")
        wait_for_renewals()
        for path in ("/2026/01/03/", "/feeds/digests.rss"):
            self.assertGreater(ask(self.front, path)[2], b"page 2")
            self.assertIsNotNone(self.front.store.get(path, SECOND))

    def test_what_a_reader_waits_for_comes_before_what_is_made_again(self):
        ask(self.front, "/archive/")
        begun, may_end = threading.Event(), threading.Event()

        def wait():
            if self.site.asked[-1]["PATH_INFO"] == "/2026/01/03/":
                begun.set()
                wait_for_event(may_end)

        self.site.while_rendering = wait
        reader = threading.Thread(target=ask, args=(self.front, "/2026/01/03/"))
        reader.start()
        wait_for_event(begun)
        self.state = SECOND
        with patch.object(front_module, "time", wraps=front_module.time) as clock:
            self.front.versions.read()
            wait_until(lambda: clock.sleep.called)  # a reader is let pass
            self.assertIsNone(self.front.store.get("/archive/", SECOND))
        may_end.set()
        wait_for_thread(reader)
        wait_for_renewals()
        self.assertIsNotNone(self.front.store.get("/archive/", SECOND))

    def test_what_changes_all_the_time_is_answered_and_not_kept(self):
        def change():
            self.state = replace(FIRST, version=Version(self.state.version.number + 1, None))

        self.site.while_rendering = change
        self.assertEqual(ask(self.front)[0], 200)
        self.assertEqual(self.front.store.sizes(), (0, 0))

    def test_what_time_alone_changes_is_another_page_too(self):
        ask(self.front)
        for state in (replace(FIRST, is_late=True), replace(FIRST, hour="2026-01-03T10+0900")):
            self.state = state
            self.front.versions.read()
            self.assertEqual(self.front.versions.known(), state)

    def test_what_asks_for_itself_alone_goes_to_the_application_untouched(self):
        ask(self.front)
        for request in (
            {"query": "q=1"},
            {"method": "POST"},
            {"method": "OPTIONS"},
            {"cookie": "sessionid=1"},
            {"authorization": "Basic x"},
            {"range": "bytes=0-1"},
            {"path": "/admin/"},
            {"path": "/preview/x/"},
            {"path": "/api/v1/digests"},
            {"path": "/healthz"},
            {"host": "evil.example"},
            {"host": ""},
        ):
            with self.subTest(request):
                before = len(self.site.asked)
                ask(self.front, **request)
                self.assertEqual(len(self.site.asked), before + 1)
                self.assertNotIn(PUBLIC, set(environ(**request)))
        self.assertEqual(ask(self.front)[2], b"page 1")

    def test_nothing_of_the_one_who_asks_first_is_in_the_page(self):
        ask(self.front, accept_language="fr", user_agent="x", if_none_match='"1"', x_token="secret")
        asked = self.site.asked[0]
        self.assertEqual([n for n in asked if n.startswith("HTTP_")], ["HTTP_HOST"])

    def test_what_is_not_said_to_be_public_is_never_kept(self):
        for site in (
            Site(public=False),
            Site(status="404 Not Found"),
            Site(status="500 Internal Server Error"),
            Site(status="301 Moved Permanently"),
            Site(headers=[("Set-Cookie", "csrftoken=1")]),
        ):
            with self.subTest(site.status):
                front = Front(site, max_bytes=1_000_000)
                for number in (1, 2):
                    status, _headers, body = ask(front)
                    self.assertEqual((status, body), (int(site.status[:3]), b"page %d" % number))
                self.assertEqual(front.store.sizes(), (0, 0))

    def test_a_client_cannot_say_that_an_answer_is_public(self):
        site = Site(public=False)
        front = Front(site, max_bytes=1_000_000)
        ask(front, **{"newsroom.public_page": "1"})
        self.assertEqual(front.store.sizes(), (0, 0))

    def test_many_who_ask_at_once_wait_for_one(self):
        self.site.gate = threading.Event()
        bodies = []
        threads = [
            threading.Thread(target=lambda: bodies.append(ask(self.front)[2])) for _ in range(200)
        ]
        for thread in threads:
            thread.start()
        self.site.gate.set()
        for thread in threads:
            wait_for_thread(thread)
        self.assertEqual(bodies, [b"page 1"] * 200)
        self.assertEqual(len(self.site.asked), 1)

    def test_a_failure_lets_the_others_go_on(self):
        class Broken(Site):
            def __call__(self, environ, start_response):
                self.asked.append(environ)
                if len(self.asked) == 1:
                    raise RuntimeError
                return super().__call__(environ, start_response)

        front = Front(Broken(), max_bytes=1_000_000)
        with self.assertLogs("articles.serving.page_store.front", "ERROR"):
            self.assertEqual(ask(front)[0], 200)  # asked as if there were no store
        self.assertEqual(ask(front)[0], 200)

    def test_pages_stay_while_the_database_does_not_answer(self):
        ask(self.front)
        with patch.object(versions, "current", side_effect=DatabaseError("gone")):
            with self.assertLogs("articles.serving.page_store.versions", "WARNING"):
                self.front.versions.read()
            self.assertEqual(ask(self.front)[2], b"page 1")

    def test_nothing_stays_if_something_was_changed_here_and_nobody_can_say_what(self):
        ask(self.front)
        gone = patch.object(versions, "current", side_effect=DatabaseError("gone"))
        changed = patch.object(site_version.signal, "value", return_value=b"another")
        with gone, changed, self.assertLogs("articles.serving.page_store.versions", "WARNING"):
            self.assertEqual(ask(self.front)[2], b"page 2")

    def test_without_a_signal_every_request_asks_whether_there_was_a_change(self):
        ask(self.front)
        with patch.object(site_version.signal, "value", return_value=None):
            self.assertEqual(ask(self.front)[2], b"page 1")
            self.state = SECOND
            self.assertEqual(ask(self.front)[2], b"page 2")

    def test_an_older_version_that_comes_late_changes_nothing(self):
        self.state = SECOND
        ask(self.front)
        self.state = FIRST
        self.front.versions.read()
        self.assertEqual(self.front.versions.known(), SECOND)

    def test_what_one_process_finds_out_the_others_of_its_machine_know_at_once(self):
        other = Front(Site(), max_bytes=1_000_000)
        for front in (self.front, other):
            self.assertEqual(front.versions.known(), FIRST)
        self.state = SECOND
        self.front.versions.read()  # as every second, without having been told
        self.assertEqual(other.versions.known(), SECOND)

    def test_what_is_finished_goes_on_while_the_database_is_silent_and_nothing_else_waits(self):
        ask(self.front)
        self.assertFalse(self.site.asked[0][DATABASE_IS_SILENT])
        with patch.object(self.front.versions, "is_database_silent", return_value=True):
            gone = patch.object(versions, "current", side_effect=AssertionError)
            with gone:
                self.assertEqual(ask(self.front)[2], b"page 1")
                for request in ({"path": "/archive/"}, {"query": "q=1"}, {"method": "POST"}):
                    ask(self.front, **request)
                    self.assertTrue(self.site.asked[-1][DATABASE_IS_SILENT])
                with patch.object(site_version.signal, "value", return_value=b"another"):
                    self.assertEqual(ask(self.front)[2], b"page 5")
        self.assertEqual(self.front.store.sizes()[0], 1)

    @override_settings(SECURE_SSL_REDIRECT=True)
    def test_plain_http_is_left_to_the_redirect(self):
        ask(self.front)
        self.assertEqual(self.front.store.sizes(), (0, 0))


class SilenceTests(SimpleTestCase):
    """A database that takes a question, and does not answer. The clock is the test's own."""

    LONG = 3.0

    def setUp(self):
        self.answers, self.asked = threading.Event(), threading.Event()
        self.clock = Mock(**{"monotonic.return_value": 100.0})
        self.enterContext(patch.object(versions, "time", self.clock))
        self.enterContext(patch.object(versions, "SILENT_AFTER", 2.0))
        self.enterContext(patch.object(versions, "current", self.current))
        self.addCleanup(self.answers.set)
        self.versions = versions.Versions(site_version.signal, lambda state: None)

    def let_pass(self, seconds):
        self.clock.monotonic.return_value += seconds

    def current(self):
        self.asked.set()
        wait_for_event(self.answers)
        return FIRST

    def test_one_that_answers_is_not_silent(self):
        self.answers.set()
        self.versions.look()
        self.let_pass(self.LONG)
        self.assertFalse(self.versions.is_database_silent())

    def test_nobody_waits_for_it_longer_than_one_question_does(self):
        self.answers.set()
        self.versions.look()
        self.answers.clear()
        self.asked.clear()
        asking = threading.Thread(target=self.versions.look)
        asking.start()
        wait_for_event(self.asked)
        self.assertFalse(self.versions.is_database_silent())
        self.let_pass(self.LONG)
        self.assertTrue(self.versions.is_database_silent())
        self.assertEqual(self.versions.known(), FIRST)
        with patch.object(site_version.signal, "value", return_value=b"another"):
            self.assertIsNone(self.versions.known())
        self.answers.set()
        wait_for_thread(asking)
        self.assertFalse(self.versions.is_database_silent())

    def test_one_that_refuses_at_once_is_not_silent_and_one_that_takes_long_for_it_is(self):
        def late():
            self.let_pass(self.LONG)
            raise DatabaseError

        with self.assertLogs("articles.serving.page_store.versions", "WARNING"):
            with patch.object(versions, "current", side_effect=DatabaseError("away")):
                self.versions.look()
            self.assertFalse(self.versions.is_database_silent())
            with patch.object(versions, "current", late):
                self.versions.look()
            self.assertTrue(self.versions.is_database_silent())


class DjangoTests(TestCase):
    """With the real site behind it."""

    def setUp(self):
        for signal in (request_started, request_finished):  # as Django's own test client does
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)
        self.front = Front(get_wsgi_application(), max_bytes=10_000_000, renewed=0)
        with self.captureOnCommitCallbacks(execute=True):
            self.digest = make_digest("2026-01-03", title="새해 소식")

    def page(self, path="/2026/01/03/"):
        return ask(self.front, path)

    def test_a_stored_page_asks_the_database_nothing(self):
        self.assertEqual(self.page()[0], 200)
        with self.assertNumQueries(0):
            _status, headers, body = self.page()
        self.assertIn("새해 소식", body.decode())
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])

    def test_a_correction_is_there_with_the_next_request(self):
        self.page()
        with self.captureOnCommitCallbacks(execute=True):
            publishing.correct(self.digest, "셋이 아니라 넷입니다.")
        self.assertIn("셋이 아니라 넷입니다.", self.page()[2].decode())

    def test_a_withdrawn_page_is_gone_with_the_next_request(self):
        self.page()
        with self.captureOnCommitCallbacks(execute=True):
            publishing.withdraw(self.digest)
        self.assertEqual(self.page()[0], 404)

    def test_a_digest_that_comes_out_by_its_hour_is_there(self):
        with self.captureOnCommitCallbacks(execute=True):
            digest = make_digest("2026-01-04", published=False)
            soon = timezone.now() + dt.timedelta(hours=1)
            publishing.publish(digest, at=soon, unchecked=True)
        self.assertEqual(self.page("/2026/01/04/")[0], 404)
        self.assertNotIn("2026/01/04", self.page("/")[2].decode())
        Digest.objects.filter(pk=digest.pk).update(publish_at=timezone.now())
        self.front.versions.read()
        self.assertEqual(self.page("/2026/01/04/")[0], 200)
        self.assertIn("2026-01-04", self.page("/")[2].decode())

    def test_drafts_and_missing_days_are_never_kept(self):
        make_digest("2026-01-05", published=False)
        for path in ("/2026/01/05/", "/2026/01/06/", "/nowhere/"):
            self.assertEqual(self.page(path)[0], 404)
        self.assertEqual(self.front.store.sizes(), (0, 0))
