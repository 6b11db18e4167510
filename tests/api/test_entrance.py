"""What is true of every address below /api/: no cookies, no plain HTTP, no copies kept."""

import json
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client, SimpleTestCase, TestCase, override_settings
from django.urls import reverse
from django.utils import translation

from articles.api import problems
from articles.models import ApiToken
from articles.serving import bodies
from articles.serving.page_store.front import Front
from articles.serving.page_store.requests import DATABASE_IS_SILENT
from tests.serving.page_store.test_front import Site, ask
from tests.support.factories import make_digest
from tests.support.programs import ProgramClient, bearer, make_token, problem

DAY = "2026-01-03"
ADDRESSES = (
    f"/api/v1/digests/{DAY}",
    f"/api/v1/digests/{DAY}/pushes",
    f"/api/v1/digests?from={DAY}&to={DAY}",
    "/api/",
    "/api/v1/",
    "/api/v2/digests",
    "/api/problems/not-found",
    "/api/v1/digests/2026-02-30",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
HTTPS = {"SITE_URL": "https://testserver", "HTTPS": True, "SECURE_SSL_REDIRECT": True}


class TokenTests(TestCase):
    def test_without_a_token_every_address_says_the_same(self):
        make_digest(DAY)
        answers = set()
        for path in ADDRESSES:
            for method in METHODS:
                response = Client(enforce_csrf_checks=True).generic(method, path)
                self.assertEqual(response.status_code, 401, f"{method} {path}")
                self.assertEqual(response["WWW-Authenticate"], "Bearer")
                answers.add((*sorted(response.items()), response.content or b""))
        self.assertLessEqual(len(answers), 2)  # HEAD has no content

    def test_every_token_that_does_not_work_is_answered_alike(self):
        revoked, kept = make_token(), make_token()
        ApiToken.objects.filter(beginning=revoked[:14]).update(revoked_at="2026-01-01T00:00:00Z")
        answers = set()
        for text in (
            f"Bearer {revoked}",
            f"Bearer {kept[:-1]}",
            f"Bearer newsroom_{'A' * 43}",
            "Bearer x",
            f"Basic {kept}",
            "x" * 10_000,
        ):
            response = self.client.get(ADDRESSES[0], headers={"Authorization": text})
            self.assertEqual(response["WWW-Authenticate"], 'Bearer error="invalid_token"')
            problem(self, response, 401, "no-token")
            answers.add((*sorted(response.items()), response.content))
        self.assertEqual(len(answers), 1)

    def test_answer_names_the_language_of_its_sentences(self):
        self.assertEqual(self.client.get("/api/")["Content-Language"], "ko")


# This is decided before a query; what is asked after it, both engines answer in the other classes.
@pytest.mark.one_engine
class CookieTests(TestCase):
    def setUp(self):
        make_digest(DAY, published=False)
        self.root = User.objects.create_superuser("root", password="x")

    def test_session_of_a_superuser_opens_nothing(self):
        self.client.force_login(self.root)
        self.assertEqual(self.client.get(reverse("admin:index")).status_code, 200)
        for path in ADDRESSES:
            for method in ("GET", "POST"):
                with self.subTest(f"{method} {path}"), self.assertNumQueries(0):
                    response = self.client.generic(method, path)
                    self.assertEqual(response.status_code, 401)
                    self.assertNoCookies(response)

    def test_cookies_beside_a_token_are_not_looked_at(self):
        plain = make_token(read=True)
        self.client.force_login(self.root)
        for cookie in ("sessionid=", "sessionid=x; csrftoken=bad", "csrftoken=!", ""):
            for method in ("GET", "POST"):
                with self.subTest(f"{method} {cookie}"):
                    headers = bearer(plain) | {"Cookie": cookie}
                    response = self.client.generic(method, ADDRESSES[0], headers=headers)
                    self.assertEqual(response.status_code, 200 if method == "GET" else 405)
                    self.assertNoCookies(response)

    def test_session_is_never_read(self):
        headers = bearer(make_token(read=True)) | {"Cookie": f"sessionid={'a' * 32}"}
        response = self.client.get(ADDRESSES[0], headers=headers)
        self.assertFalse(response.wsgi_request.session.accessed)
        self.assertFalse(hasattr(response.wsgi_request, "_cached_user"))

    def assertNoCookies(self, response):
        self.assertFalse(response.cookies)
        self.assertNotIn("cookie", response.get("Vary", "").lower())


@pytest.mark.one_engine
class CopyTests(TestCase):
    def test_nobody_may_keep_an_answer(self):
        make_digest(DAY)
        for client in (ProgramClient(), ProgramClient(make_token(read=True))):
            for path in (*ADDRESSES, "/api/%00", "/api/%C2%85"):
                for method in (*METHODS, "TRACE"):
                    with self.subTest(f"{method} {path}"):
                        response = client.generic(method, path)
                        self.assertEqual(response["Cache-Control"], "no-store")
                        self.assertEqual(response["X-Content-Type-Options"], "nosniff")
                        self.assertFalse(response.has_header("ETag"))

    def test_store_of_finished_pages_answers_none_and_keeps_none(self):
        site = Site()
        front = Front(site, max_bytes=1_000_000)
        for number in (1, 2):
            for path in ("/api/v1/digests", f"/api/v1/digests/{DAY}", "/api/"):
                ask(front, path)
            self.assertEqual(len(site.asked), 3 * number)
        self.assertEqual(front.store.sizes(), (0, 0))


class RefusalTests(TestCase):
    """By the layers before the views."""

    def test_address_that_cannot_exist_is_a_problem(self):
        problem(self, self.client.get("/api/%00"), 404, "not-found")

    def test_another_host_is_told_the_address_of_the_site(self):
        response = self.client.get("/api/v1/digests", headers={"host": "evil.example"})
        told = problem(self, response, 400, "malformed")
        self.assertIn("http://testserver", told["detail"])
        self.assertNotIn("evil", response.content.decode())

    def test_method_that_nothing_implements_is_a_problem(self):
        for method in ("TRACE", "FOO", "post"):
            response = self.client.generic(method, "/api/v1/digests")
            problem(self, response, 501, "not-implemented")

    def test_database_that_does_not_answer_is_a_problem(self):
        plain = make_token(read=True)
        for method in ("GET", "POST"):
            for environ, patched in (
                ({DATABASE_IS_SILENT: True}, {}),
                ({}, {"side_effect": OperationalError("no route to host")}),
            ):
                client = ProgramClient(plain, **environ)
                with (
                    self.subTest(f"{method} {environ}"),
                    mock.patch("articles.api.tokens.of", **patched),
                    self.assertLogs("django.request", "ERROR"),
                    self.assertNumQueries(0),
                ):
                    response = client.generic(method, ADDRESSES[0])
                    problem(self, response, 503, "try-again")
                    self.assertEqual(response["Retry-After"], "5")


class BodyTests(SimpleTestCase):
    """What is refused before Django sees it."""

    def test_refusal_is_a_problem_of_a_known_kind(self):
        for status in ("408 Request Timeout", "413 Content Too Large", "503 Service Unavailable"):
            answer, told = self.refusal(status, "/api/v1/digests")
            self.assertEqual(answer[0], status)
            self.assertEqual(dict(answer[1])["Content-Type"], "application/problem+json")
            self.assertEqual(dict(answer[1])["Cache-Control"], "no-store")
            kind = told["type"].removeprefix("/api/problems/")
            number, title = problems.KINDS[kind]
            with translation.override("en"):
                self.assertEqual((told["status"], told["title"]), (number, str(title)))
            self.assertEqual(int(status[:3]), number)
            self.assertRegex(told["detail"], r"\.\Z")

    def test_forms_of_people_are_refused_in_plain_text(self):
        answer, _told = self.refusal("413 Content Too Large", "/admin/")
        self.assertEqual(dict(answer[1])["Content-Type"], "text/plain; charset=utf-8")

    def test_program_that_sends_far_too_much_is_told_so(self):
        answers = []
        environ = {"CONTENT_LENGTH": "9" * 12, "PATH_INFO": "/api/v1/digests/2026-01-03/pushes"}
        [body] = bodies.WholeBodies(None)(environ, lambda *answer: answers.append(answer))
        self.assertEqual(json.loads(body)["type"], "/api/problems/too-large")
        self.assertTrue(answers[0][0].startswith("413 "))

    def refusal(self, status, path):
        answers = []
        [body] = bodies._refuse(status, {"PATH_INFO": path}, lambda *a: answers.append(a))
        return answers[0], json.loads(body) if path.startswith("/api/") else body


@pytest.mark.one_engine
@override_settings(**HTTPS)
class PlainHttpTests(TestCase):
    def setUp(self):
        self.plain = make_token(read=True)

    def test_plain_http_is_refused_before_the_token_is_looked_at(self):
        for headers in (bearer(self.plain), bearer("x"), {}):
            for path in ADDRESSES:
                for method in ("GET", "POST"):
                    with self.subTest(f"{method} {path} {headers}"), self.assertNumQueries(0):
                        response = self.client.generic(method, path, headers=headers)
                        self.assertFalse(response.has_header("Location"))
                        told = problem(self, response, 403, "not-secure")
                        self.assertIn("https://", told["detail"])

    def test_https_is_let_in(self):
        make_digest(DAY)
        response = self.client.get(ADDRESSES[0], headers=bearer(self.plain), secure=True)
        self.assertEqual(response.status_code, 200)

    @override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))
    def test_trusted_proxy_tells_how_the_request_came(self):
        make_digest(DAY)
        for scheme, status in (("https", 200), ("http", 403)):
            headers = bearer(self.plain) | {"X-Forwarded-Proto": scheme}
            response = self.client.get(ADDRESSES[0], headers=headers)
            self.assertEqual(response.status_code, status)

    def test_header_of_a_client_does_not_say_that_it_came_over_https(self):
        headers = bearer(self.plain) | {"X-Forwarded-Proto": "https"}
        response = self.client.get(ADDRESSES[0], headers=headers)
        self.assertEqual(response.status_code, 403)

    def test_pages_are_still_led_to_https(self):
        for path in ("/", "/apis/", "/api", "/x/api/"):
            with self.subTest(path):
                self.assertEqual(self.client.get(path).status_code, 301)
