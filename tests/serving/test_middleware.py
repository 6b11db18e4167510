"""What is true of every request: methods, addresses, headers."""

import pytest
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from articles.digests import publishing
from articles.models import Digest
from articles.pages import imprints
from articles.serving.page_store.requests import DATABASE_IS_SILENT
from tests.admin.matrix import walk
from tests.support.factories import make_article, make_digest

MANY = "9" * 400
ODD_DATES = (
    *(
        "/99999/13/32/",
        "/2026/1/1/",
        "/2026/13/01/",
        "/2026/00/10/",
        "/2026/01/32/",
        "/0000/01/01/",
        "/0001/01/01/",
        "/9999/12/31/",
        "/9999/12/",
        "/0001/",
        "/9999/",
        "/1899/12/31/",
        "/3000/01/01/",
        "/feeds/digests/9999-12.rss",
        "/feeds/digests/before/99991231T235959.999999Z.rss",
    ),
    *("/2026/02/29/", "/2026/02/30/", "/10000/01/01/", "/-1/01/01/", "/26/01/01/", "/2026//01/01/"),
    *(f"/{MANY}/", f"/{MANY}/01/", f"/{MANY}/01/01/", f"/2026/{MANY}/", f"/2026/01/{MANY}/"),
    *(f"/2026/01/01/{'a/' * 2000}", f"/{'1/' * 2000}", f"/{'9' * 70_000}/01/01/"),
    *("/２０２６/０１/０１/", "/٢٠٢٦/01/01/", "/2026/01/²²/", "/2026/01/01%0a/", "/2026-02-30/"),
    *("/0000/", "/0000/01/", "/2999/01/01/", "/2026/01/01.md.md", f"/2026/01/01.{MANY}"),
    *(f"/feeds/digests/{MANY}.rss", f"/sitemaps/{MANY}/01.xml", f"/cards/{MANY}/01/01.a.png"),
    f"/pictures/7f2c11f6-3a33-4d6e-8f39-65b3a7a1c001/{MANY}.webp",
)
ODD_NUMBERS = (
    *(
        "0",
        "-1",
        "01",
        "1.5",
        "1e999",
        "1e309",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        MANY,
        MANY * 10,
    ),
    *("٢", "１", "²", "one", "", "+", "1;2", "1'--", "[]", "%00", "%ff", "%ED%A0%80", "9" * 20_000),
)


# Methods and headers are answered before a query; both engines get odd addresses in `AddressTests`.
@pytest.mark.one_engine
class MethodTests(TestCase):
    PATHS = ("/", "/2026/01/03/", "/feeds/digests.rss", "/admin/login/", "/nothing/", "/healthz")

    def test_methods_that_nothing_implements_are_refused_everywhere(self):
        make_digest("2026-01-03")
        for method in ("TRACE", "CONNECT", "FOO", "get", "Head", "post", "GET\u00e9"):
            for path in self.PATHS:
                with self.subTest(f"{method} {path}"), self.assertNumQueries(0):
                    response = self.client.generic(method, path, headers={"X-Secret": "reflected"})
                    self.assertEqual(response.status_code, 501)
                    self.assertNotIn(b"reflected", response.content)

    def test_every_public_address_says_that_it_is_only_for_reading(self):
        make_digest("2026-01-03")
        client = Client(enforce_csrf_checks=True)
        for path in (
            "/",
            "/2026/01/03/",
            "/search/",
            "/feeds/digests.rss",
            "/metrics",
            "/feed.xml",
        ):
            for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
                with self.subTest(f"{method} {path}"):
                    response = client.generic(method, path, "a=1")
                    self.assertEqual(response.status_code, 405)
                    self.assertEqual(response["Allow"], "GET, HEAD")

    def test_no_header_changes_the_method(self):
        make_digest("2026-01-03")
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            response = self.client.get("/2026/01/03/", headers={name: "DELETE"})
            self.assertEqual(response.status_code, 200)

    def test_what_needs_no_token_changes_nothing(self):
        exempt = [
            pattern
            for route, pattern in walk(get_resolver().url_patterns)
            if getattr(pattern.callback, "csrf_exempt", False)
            if not route.startswith("api/")  # what shows a token that no browser sends by itself
        ]
        self.assertGreater(len(exempt), 40)
        for pattern in exempt:
            with self.subTest(pattern.name):
                request = self.client.request().wsgi_request
                request.method = "POST"
                self.assertEqual(pattern.callback(request).status_code, 405)


class AddressTests(TestCase):
    def asked(self, path):
        """The answer, and the number of queries that it cost."""
        imprints.refresh()  # asked for once after each change
        with CaptureQueriesContext(connection) as queries:
            return self.client.get(path), len(queries)

    def test_dates_that_are_none_are_not_found_without_looking_far(self):
        make_digest("2026-01-03")
        for path in ODD_DATES:
            with self.subTest(path[:60]):
                response, queries = self.asked(path)
                self.assertEqual(response.status_code, 404)
                self.assertLessEqual(queries, 2)  # the day, and whether it is a former one

    def test_questions_typed_without_percent_encoding_are_answered(self):
        for question in ("반도체", "반도체 AI", "칩+모델"):
            raw = question.encode().decode("latin-1").replace(" ", "+")
            with self.subTest(question):
                response = self.client.get("/search/", QUERY_STRING=f"q={raw}")
                self.assertEqual(response.status_code, 200)
                self.assertContains(response, f'value="{question.replace("+", " ")}"')

    def test_forbidden_characters_are_refused_however_they_are_sent(self):
        for raw in (
            "q=a%00",
            "q=a%C2%85",
            "q=" + "\u0085".encode().decode("latin-1"),
            "q=%EF%BF%BE",
        ):
            with self.subTest(raw):
                response = self.client.get("/search/", QUERY_STRING=raw)
                self.assertEqual(response.status_code, 404)

    def test_no_cache_keeps_what_is_missing_for_long(self):
        for path in ("/2031/01/01/", "/static/css/site.000000000000.css", "/nothing", "/admin/x/"):
            with self.subTest(path):
                response = self.client.get(path, follow=True)
                if path != "/admin/x/":  # which asks for a log-in first
                    self.assertEqual(response.status_code, 404)
                    self.assertEqual(response["Cache-Control"], "max-age=5")

    def test_missing_pages_fill_no_log(self):
        with self.assertNoLogs(level="WARNING"):
            self.client.get("/2031/01/01/")

    def test_days_at_the_ends_of_the_calendar_break_nothing(self):
        make_digest("2026-01-03")
        for day in ("0001-01-01", "9999-12-31", "1900-01-01", "2999-12-31"):
            for path in ("/corrections/?before=", "/search/?q=AI&from=", "/search/?q=AI&to="):
                with self.subTest(path + day):
                    self.assertIn(self.client.get(path + day).status_code, (200, 400, 404))
            with self.subTest(day):
                path = f"/archive/?before={day[:4]}"
                self.assertIn(self.client.get(path).status_code, (200, 404))

    # No number of these comes to the database.
    @pytest.mark.one_engine
    def test_numbers_that_nothing_asked_for_change_nothing(self):
        make_digest("2026-01-03")
        for path in ("/", "/2026/01/03/", "/archive/", "/search/", "/tags/", "/publishers/"):
            plain, cost = self.asked(path)
            for number in ODD_NUMBERS:
                with self.subTest(f"{path} {number[:20]}"):
                    response, queries = self.asked(f"{path}?page={number}")
                    if response.status_code != 404:
                        self.assertEqual(response.content, plain.content)
                    self.assertLessEqual(queries, cost)

    def test_parameters_that_there_are_take_any_value(self):
        make_article(make_digest("2026-01-03", published=False), tags=["AI"])
        publishing.publish(Digest.objects.get(), unchecked=True)
        for path in (
            *(
                "/archive/?before=",
                "/tags/ai/?before=",
                "/tags/ai/?after=",
                "/corrections/?before=",
            ),
            *("/search/?q=AI&before=", "/search/?q=", "/search/?tag=", "/search/?from=", "/?q="),
            *("/topics/?weeks=", "/topics/?a=ai&b=", "/readyz?exclude=", "/tags/?after="),
        ):
            for value in ODD_NUMBERS:
                with self.subTest(f"{path}{value[:20]}"):
                    self.assertIn(self.client.get(path + value).status_code, (200, 302, 400, 404))


@pytest.mark.one_engine
class HeaderTests(TestCase):
    def test_features_of_browsers_are_off_on_every_kind_of_answer(self):
        make_digest("2026-01-03")
        for path in ("/", "/nothing/", "/feeds/digests.rss", "/admin/login/", "/healthz", "/2026"):
            with self.subTest(path):
                policy = self.client.get(path)["Permissions-Policy"]
                self.assertIn("camera=()", policy)
                self.assertIn("geolocation=()", policy)

    def test_passkeys_and_copying_are_not_switched_off(self):
        policy = self.client.get("/admin/login/")["Permissions-Policy"]
        for feature in ("publickey-credentials", "clipboard"):
            self.assertNotIn(feature, policy)


class SilentDatabaseTests(TestCase):
    """With the mark of a database that takes questions and does not answer."""

    def setUp(self):
        self.client = Client(raise_request_exception=False, **{DATABASE_IS_SILENT: True})

    def test_nothing_asks_it(self):
        for path in ("/", "/search/?q=AI", "/2026/01/03/", "/nowhere/", "/readyz", "/admin/"):
            with (
                self.subTest(path),
                self.assertNumQueries(0),
                self.assertLogs("django.request", "ERROR"),
            ):
                response = self.client.get(path)
                self.assertEqual((response.status_code, response["Retry-After"]), (503, "5"))

    def test_what_an_editor_sent_comes_back(self):
        with self.assertNumQueries(0), self.assertLogs("django.request", "ERROR"):
            response = self.client.post("/admin/articles/digest/add/", {"title": "쓰던 제목"})
        self.assertContains(response, "쓰던 제목", status_code=503)

    def test_what_needs_no_database_goes_on(self):
        self.assertEqual(self.client.get("/healthz").status_code, 200)
