"""The page behind a preview link: what its reader gets, and what nobody else does."""

import datetime as dt
import io
import logging
from unittest import mock

import pytest
import time_machine
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory, TestCase, override_settings

from articles.digests import preview_links, publishing
from articles.models import Digest, PreviewLink
from articles.serving.logs import redact
from articles.serving.request_log import RequestLog
from articles.serving.server_log import ServerLog
from tests.support.factories import make_article, make_digest, make_user

# Both engines keep the links in `tests/digests/test_preview_links.py`.
pytestmark = pytest.mark.one_engine

NOW = dt.datetime(2026, 1, 2, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)  # also for the database's clock
UNKNOWN = "A" * 43


def address(token):
    return f"/preview/{token}/"


def public_form(response):
    """All of an answer that could tell two apart."""
    return response.status_code, response.content, dict(response.items())


class PreviewTestCase(TestCase):
    def setUp(self):
        traveller = time_machine.travel(NOW, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)
        self.digest = make_digest("2026-01-03", published=False, title="아직 없는 호")
        self.link, self.token = preview_links.make(self.digest, days=3)
        self.path = address(self.token)


class PageTests(PreviewTestCase):
    def test_reader_without_an_account_sees_the_page_and_until_when(self):
        response = self.client.get(self.path)
        self.assertContains(response, "아직 없는 호")
        self.assertContains(response, "1번째 기사의 제목")
        self.assertContains(response, 'class="unpublished"')
        self.assertContains(response, 'datetime="2026-01-05T18:00:00+0900"')
        self.assertContains(response, "18:00 KST")

    def test_reviewed_and_scheduled_digests_are_shown_too(self):
        publishing.submit(self.digest)
        self.assertEqual(self.client.get(self.path).status_code, 200)
        publishing.publish(self.digest, at=FUTURE, unchecked=True)
        self.assertEqual(self.client.get(self.path).status_code, 200)

    def test_page_is_neither_kept_nor_indexed_nor_told_to_other_sites(self):
        response = self.client.get(self.path, headers={"accept-encoding": "gzip"})
        self.assertEqual(response["Cache-Control"], "no-store, private")
        self.assertEqual(response["X-Robots-Tag"], "noindex, nofollow, noarchive")
        self.assertEqual(response["Referrer-Policy"], "no-referrer")
        self.assertEqual(response["Vary"], "Accept-Encoding")
        self.assertFalse(response.cookies)
        self.assertNotIn("ETag", response)
        self.assertContains(
            self.client.get(self.path),
            '<meta name="robots" content="noindex, nofollow, noarchive">',
            html=True,
        )

    def test_page_tells_no_address_that_readers_must_not_have(self):
        make_digest("2026-01-02", published=False, title="숨은 전날")
        make_digest("2026-01-01", title="전전날")
        page = self.client.get(self.path).content.decode()
        self.assertNotIn(self.token, page)
        for absent in ("canonical", "og:", "ld+json", 'rel="alternate"', 'rel="prev"', "숨은 전날"):
            with self.subTest(absent):
                self.assertNotIn(absent, page)
        self.assertNotIn('href="/2026/01/03/', page)

    def test_corrections_of_an_earlier_publication_are_left_out(self):
        other = make_digest("2026-01-04", published=False)
        other = publishing.publish(other, unchecked=True)
        publishing.correct(other, "예전의 정정.")
        other = publishing.submit(publishing.withdraw(Digest.objects.get(pk=other.pk)))
        _link, token = preview_links.make(other)
        self.assertNotContains(self.client.get(address(token)), "예전의 정정.")

    def test_page_costs_the_same_whatever_its_length(self):
        with self.assertNumQueries(9):
            self.client.get(self.path)
        for number in range(10):
            make_article(self.digest, headline=f"{number}번째로 더한 기사", tags=["로봇"])
        with self.assertNumQueries(9):
            self.client.get(self.path)

    def test_only_reading_counts_as_a_view(self):
        self.assertEqual(self.client.head(self.path).status_code, 200)
        self.assertEqual(PreviewLink.objects.get().views, 0)
        self.client.get(self.path)
        with time_machine.travel(NOW + DAY, tick=False):
            self.client.get(self.path)
        link = PreviewLink.objects.get()
        self.assertEqual((link.views, link.last_viewed_at), (2, NOW + DAY))

    def test_only_get_and_head_are_allowed_whatever_the_token(self):
        for path in (self.path, address(UNKNOWN)):
            for method in ("post", "put", "delete", "patch"):
                with self.subTest(path=path, method=method):
                    self.assertEqual(getattr(self.client, method)(path).status_code, 405)


class DeadLinkTests(PreviewTestCase):
    def assertLikeNothing(self, path):
        never = self.client.get("/preview-of-nothing/")
        self.assertEqual(never.status_code, 404)
        self.assertEqual(public_form(self.client.get(path)), public_form(never))
        self.assertEqual(self.client.head(path).status_code, 404)

    def test_unknown_and_malformed_tokens_are_like_any_address_that_never_was(self):
        for token in (UNKNOWN, "x", self.token[:-1], self.token + "A", "한글", "a/b"):
            with self.subTest(token):
                self.assertLikeNothing(address(token))

    def test_expired_link(self):
        with time_machine.travel(self.link.expires_at, tick=False):
            self.assertLikeNothing(self.path)

    def test_revoked_link(self):
        preview_links.revoke(self.link)
        self.assertLikeNothing(self.path)

    def test_link_of_a_deleted_digest(self):
        self.digest.delete()
        self.assertLikeNothing(self.path)

    def test_withdrawing_kills_the_link_for_good(self):
        user = make_user(is_superuser=True)
        digest = publishing.publish(self.digest, by=user, unchecked=True)
        self.assertEqual(self.client.get(self.path).status_code, 302)
        digest = publishing.withdraw(digest, by=user)
        self.assertLikeNothing(self.path)
        digest = publishing.submit(digest, by=user)
        self.assertLikeNothing(self.path)
        publishing.publish(digest, by=user, unchecked=True)
        self.assertLikeNothing(self.path)

    def test_a_link_of_a_withdrawn_digest_that_was_not_ended_shows_nothing(self):
        publishing.withdraw(publishing.publish(self.digest, unchecked=True))
        PreviewLink.objects.update(revoked_at=None)
        self.assertLikeNothing(self.path)


class PublishedTests(PreviewTestCase):
    def test_publishing_leads_the_link_to_the_page(self):
        publishing.publish(self.digest, unchecked=True)
        response = self.client.get(self.path)
        self.assertRedirects(response, "/2026/01/03/")
        self.assertEqual(response["Cache-Control"], "no-store, private")
        self.assertEqual(PreviewLink.objects.get().views, 0)

    def test_so_does_the_hour_of_a_schedule(self):
        publishing.publish(self.digest, at=FUTURE, unchecked=True)
        Digest.objects.update(publish_at=NOW)  # the database's clock has passed it
        self.assertRedirects(self.client.get(self.path), "/2026/01/03/")

    def test_an_expired_link_leads_nowhere(self):
        publishing.publish(self.digest, unchecked=True)
        with time_machine.travel(self.link.expires_at, tick=False):
            self.assertEqual(self.client.get(self.path).status_code, 404)


class LogTests(PreviewTestCase):
    def setUp(self):
        super().setUp()
        self.log = io.StringIO()
        [console] = [h for h in logging.getLogger().handlers if h.name == "console"]
        console.setStream(self.log)
        self.addCleanup(console.setStream, console.stream)
        # An operator may want to see them.
        requests = logging.getLogger("django.request")
        self.addCleanup(requests.setLevel, requests.level)
        requests.setLevel(logging.WARNING)

    def test_a_dead_link_is_logged_without_its_token(self):
        preview_links.revoke(self.link)
        self.client.get(self.path)
        self.assertIn("Not Found: /preview/…/", self.log.getvalue())
        self.assertNotIn(self.token, self.log.getvalue())

    def test_so_is_a_method_that_is_not_allowed(self):
        self.client.post(self.path)
        self.assertIn("/preview/…/", self.log.getvalue())
        self.assertNotIn(self.token, self.log.getvalue())

    def test_so_is_a_failure_with_its_traceback(self):
        self.client.raise_request_exception = False
        failure = RuntimeError(f"broken at http://testserver{self.path}?x=1")
        with mock.patch("articles.views.preview_link.preview_links.find", side_effect=failure):
            self.assertEqual(self.client.get(self.path).status_code, 500)
        self.assertIn("Internal Server Error: /preview/…/", self.log.getvalue())
        self.assertIn(
            "RuntimeError: broken at http://testserver/preview/…/?x=1", self.log.getvalue()
        )
        self.assertNotIn(self.token, self.log.getvalue())

    @override_settings(ALLOWED_HOSTS=["only.example"])
    def test_so_is_a_request_for_another_host(self):
        self.client.get(self.path)
        self.assertNotIn(self.token, self.log.getvalue())

    def test_the_request_that_handlers_get_with_a_record_has_no_token(self):
        with self.assertLogs("django.request", "WARNING") as caught:
            self.client.get(address(UNKNOWN), headers={"referer": f"http://testserver{self.path}"})
        [record] = caught.records
        [console] = [h for h in logging.getLogger().handlers if h.name == "console"]
        console.handle(record)
        shown = f"{record.request!r} {record.request.META} {record.request.get_full_path()}"
        self.assertNotIn(UNKNOWN, shown)
        self.assertNotIn(self.token, shown)

    def test_addresses_of_the_desk_stay_readable(self):
        for text in (
            "/admin/articles/digest/5/live-preview/",
            "/admin/articles/digest/5/preview-links/",
            "/admin/markdownx/preview/ 200",
        ):
            self.assertEqual(redact(text), text)
        self.assertEqual(redact("next=%2Fpreview%2Fabc%2F&x"), "next=%2Fpreview%2F…%2F&x")

    def test_no_spelling_of_the_address_is_logged_with_its_token(self):
        token = self.token
        encoded = "".join(f"%{ord(letter):02X}" for letter in token)
        for text in (
            f"/preview//{token}/",
            f"//preview///{token}",
            f"/preview/{token}",
            f"/Preview/{token}/",
            f"/preview/./{token}/",
            f"/preview/x/../{token}/pictures/",
            f"/preview\\{token}",
            f"/%70review/{token}/",
            f"/en/preview/{token}/",
            f"?next=preview/{token}",
            f"next=%2fpreview%2f%2F{token}%2f",
            f"next=%252Fpreview%252F{token}%252F",
            f"next=%2Fpreview%2F{token}&x=1",
            f"token={token}",
            f"Referer: https://news.example/preview/{token}",
        ):
            with self.subTest(text=text):
                self.assertNotIn(token, redact(text))
        for text in (f"/preview/{encoded}/", f"/preview//{encoded}", f"/%70review/{encoded}/"):
            with self.subTest(text=text):
                self.assertNotIn(encoded[6:-6], redact(text))

    def test_hashes_and_slugs_of_that_length_stay_readable(self):
        for text in ("/tags/" + "a-b" * 14 + "c/", "a" * 43, "/cards/" + "0f" * 32 + ".png"):
            self.assertEqual(redact(text), text)

    def test_wrong_spellings_leave_no_token_in_any_log(self):
        # The end of a request closes the database of this test.
        self.enterContext(mock.patch("articles.digests.old_addresses.digest_at", return_value=None))
        lines = io.StringIO()
        application = RequestLog(get_wsgi_application(), lines)
        for path in (f"/preview//{self.token}/", f"/preview/{self.token}", f"/x/{self.token}/"):
            environ = RequestFactory().get(path, headers={"referer": self.path}).environ
            application(environ, lambda *answer: None).close()
            self.client.get(path)
        self.assertEqual(lines.getvalue().count("\n"), 3)
        self.assertNotIn(self.token, lines.getvalue() + self.log.getvalue())

    def test_the_server_itself_logs_no_token(self):
        record = logging.makeLogRecord({"msg": "GET %s", "args": (f"/preview//{self.token}/",)})
        self.assertNotIn(self.token, ServerLog(io.StringIO()).format(record))
