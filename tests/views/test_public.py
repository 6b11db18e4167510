"""What readers reach, and what nobody may: the gate, the archive, and plain HTTP."""

import datetime as dt

import pytest
from django.test import TestCase

from articles.digests import publishing
from articles.models import Digest, Tag
from tests.support.factories import make_article, make_digest, make_user

CANARY = "비밀카나리아"
FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)


class DayTests(TestCase):
    def test_day_page_shows_its_digest(self):
        make_digest("2026-01-03")
        response = self.client.get("/2026/01/03/")
        self.assertContains(response, "1번째 기사의 제목")

    def test_home_is_the_latest_day(self):
        make_digest("2026-01-03")
        make_digest("2026-01-05", title="닷새 소식")
        self.assertContains(self.client.get("/"), "닷새 소식")

    def test_home_before_the_first_digest_says_so(self):
        self.assertTemplateUsed(self.client.get("/"), "articles/no_digest.html")

    def test_neighbours_skip_days_without_a_digest(self):
        for day in ("2026-01-01", "2026-01-03", "2026-01-08"):
            make_digest(day)
        make_digest("2026-01-02", published=False)
        response = self.client.get("/2026/01/03/")
        self.assertContains(response, 'href="/2026/01/01/"')
        self.assertContains(response, 'href="/2026/01/08/"')
        self.assertNotContains(response, "/2026/01/02/")

    def test_a_neighbour_whose_title_is_only_a_date_is_named_by_its_first_headline(self):
        make_digest("2026-01-02", title="2026-01-02 AI 뉴스")
        make_digest("2026-01-03")
        for path in ("/", "/2026/01/03/"):
            with self.subTest(path):
                self.assertContains(self.client.get(path), "1번째 기사의 제목 외 1건")

    def test_day_that_does_not_exist_is_not_found(self):
        for path in ("/2026/02/30/", "/2026/13/01/", "/0000/01/01/", "/2026/1/3/", "/2026/00/"):
            with self.subTest(path):
                self.assertEqual(self.client.get(path).status_code, 404)

    def test_page_costs_the_same_whatever_its_length(self):
        short, long = make_digest("2026-01-03", articles=1), make_digest("2026-01-04", articles=12)
        with self.assertNumQueries(8):
            self.client.get(short.get_absolute_url())
        with self.assertNumQueries(8):
            self.client.get(long.get_absolute_url())


@pytest.mark.one_engine
class OtherTextTests(TestCase):
    """Markdown that fits no field is read where its post has it."""

    PLACES = ("headline", "citations", "points", "implications", "corrections", "notes", "rule")

    def setUp(self):
        other = [{"after": place, "text": f"뒤에-{place}"} for place in self.PLACES]
        table = {"after": "points", "text": "| 모델 | 점수 |\n|---|--:|\n| <b>가</b> | 91 |"}
        digest = make_digest("2026-01-03", articles=0, published=False)
        make_article(digest, other=[*other, table], points=["요점 문장"], outlook="전망 문장")
        publishing.publish(digest, at=dt.datetime(2026, 1, 3, tzinfo=dt.UTC), unchecked=True)

    def assert_in_place(self, page):
        words = ["뒤에-headline", "뒤에-citations", "요점 문장", "뒤에-points", "전망 문장"]
        words += [f"뒤에-{place}" for place in self.PLACES[3:]]
        places = [page.index(word) for word in words]
        self.assertEqual(places, sorted(places))
        self.assertEqual([page.count(word) for word in words], [1] * len(words))

    def test_day_page_has_it_in_its_place(self):
        page = self.client.get("/2026/01/03/").content.decode()
        self.assert_in_place(page)
        self.assertIn('<td align="right">91</td>', page)
        self.assertIn("<td><b>가</b></td>", page)

    def test_feed_has_it_in_its_place(self):
        feed = self.client.get("/feeds/digests.rss").content.decode()
        self.assert_in_place(feed[feed.index("content:encoded>") :])


class HiddenTests(TestCase):
    """Digests that are not public leave no trace: pages are those of a site without them."""

    PATHS = (
        *("/", "/archive/", "/2026/", "/2026/01/", "/2026/01/03/", "/2026/01/04/", "/2026/02/"),
        *("/tags/", "/tags/ai/", "/tags/비밀카나리아/", "/feeds/digests.rss", "/2025/", "/2999/"),
    )

    def make_public(self):
        digest = make_digest("2026-01-03", articles=0, published=False)
        make_article(digest, headline="공개된 기사", tags=["AI"])
        publishing.publish(digest, at=dt.datetime(2026, 1, 3, tzinfo=dt.UTC), unchecked=True)

    def make_hidden(self):
        draft, review, scheduled, withdrawn = (
            make_digest(day, articles=0, published=False, title=CANARY, introduction=CANARY)
            for day in ("2026-01-04", "2026-01-02", "2026-02-01", "2025-12-31")
        )
        for digest in (draft, review, scheduled, withdrawn):
            make_article(digest, headline=CANARY, tags=["AI", CANARY])
        Digest.objects.filter(pk=review.pk).update(status=Digest.Status.IN_REVIEW)
        publishing.publish(scheduled, at=FUTURE, unchecked=True)
        publishing.withdraw(publishing.publish(withdrawn, unchecked=True))

    def snapshot(self):
        responses = {path: self.client.get(path) for path in self.PATHS}
        return {
            path: (
                response.status_code,
                response.content,
                # Those of feeds come from all that readers ever saw.
                None if path.startswith("/feeds/") else response.headers.get("ETag"),
            )
            for path, response in responses.items()
        }

    def test_hidden_digests_change_no_response(self):
        self.make_public()
        before = self.snapshot()
        self.make_hidden()
        after = self.snapshot()
        for path in self.PATHS:
            with self.subTest(path):
                self.assertEqual(after[path], before[path])
                self.assertNotIn(CANARY.encode(), after[path][1].replace(path.encode(), b""))

    def test_withdrawn_day_is_gone_everywhere_at_once(self):
        never = self.snapshot()
        self.make_public()
        publishing.withdraw(Digest.objects.get())
        self.assertEqual(self.snapshot(), never)


class ArchiveTests(TestCase):
    def test_archive_links_months_that_have_digests(self):
        make_digest("2025-12-31")
        make_digest("2026-01-03")
        response = self.client.get("/archive/")
        self.assertContains(response, 'href="/2025/12/"')
        self.assertContains(response, 'href="/2026/01/"')
        self.assertNotContains(response, 'href="/2026/02/"')

    def test_year_links_days_that_have_a_digest(self):
        make_digest("2026-01-03")
        response = self.client.get("/2026/")
        self.assertContains(response, 'href="/2026/01/03/"')
        self.assertNotContains(response, 'href="/2026/01/04/"')

    def test_month_lists_digests_with_headlines(self):
        make_digest("2026-01-03")
        self.assertContains(self.client.get("/2026/01/"), "2번째 기사의 제목")

    def test_span_without_digests_is_not_found(self):
        make_digest("2026-01-03")
        for path in ("/2025/", "/2026/02/", "/0000/", "/9999/12/"):
            with self.subTest(path):
                self.assertEqual(self.client.get(path).status_code, 404)

    # The number of queries is the same whichever engine answers them.
    @pytest.mark.one_engine
    def test_costs_do_not_grow_with_the_number_of_digests(self):
        make_digest("2026-01-01")
        counts = {
            path: self.queries(path) for path in ("/archive/", "/2026/", "/2026/01/", "/tags/")
        }
        for day in range(2, 12):
            make_digest(f"2026-01-{day:02}")
        for path, count in counts.items():
            with self.subTest(path):
                self.assertEqual(self.queries(path), count)

    def queries(self, path):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as context:
            self.client.get(path)
        return len(context)


class TagTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for day in range(1, 23):
            digest = make_digest(f"2026-01-{day:02}", articles=0, published=False)
            make_article(digest, headline=f"{day}일 로봇 소식", tags=["로봇"])
            make_article(digest, headline=f"{day}일 다른 소식", tags=["C++"])
            publishing.publish(digest, at=dt.datetime(2026, 1, day, tzinfo=dt.UTC), unchecked=True)

    def test_newest_articles_come_first_and_older_ones_by_key(self):
        first = self.client.get("/tags/로봇/")
        self.assertContains(first, "22일 로봇 소식")
        self.assertNotContains(first, ">2일 로봇 소식")
        self.assertNotContains(first, "다른 소식")
        self.assertContains(first, "?before=2026-01-03")
        second = self.client.get("/tags/로봇/?before=2026-01-03")
        self.assertContains(second, ">1일 로봇 소식")
        self.assertNotContains(second, 'href="/tags/%EB%A1%9C%EB%B4%87/?before=')

    def test_topics_stand_by_name_whatever_was_tagged_first(self):
        page = self.client.get("/tags/").content.decode()
        self.assertLess(page.index("C++"), page.index("로봇"))
        self.assertTrue(Tag.objects.in_use().ordered)  # chance would do the same on one database

    def test_slugs_of_signs_are_reachable(self):
        self.assertEqual(self.client.get("/tags/c-plus-plus/").status_code, 200)

    def test_nonsense_key_is_not_found(self):
        for before in ("yesterday", "2026-02-30", "9" * 400, "0001-01-01"):
            with self.subTest(before):
                response = self.client.get("/tags/로봇/", {"before": before})
                self.assertEqual(response.status_code, 404)

    def test_topic_without_public_article_is_not_found(self):
        Digest.objects.all().delete()
        self.assertEqual(self.client.get("/tags/로봇/").status_code, 404)


@pytest.mark.one_engine
class HttpTests(TestCase):
    PATHS = (
        "/",
        "/2026/01/03/",
        "/archive/",
        "/2026/",
        "/2026/01/",
        "/tags/",
        "/feeds/digests.rss",
    )

    def setUp(self):
        make_digest("2026-01-03")

    def test_public_pages_set_no_cookie_and_may_be_shared(self):
        for path in self.PATHS:
            with self.subTest(path):
                response = self.client.get(path)
                self.assertEqual(response.status_code, 200)
                self.assertFalse(response.cookies)
                self.assertIn("public", response["Cache-Control"])
                self.assertNotIn("Cookie", response.get("Vary", ""))

    def test_unchanged_page_is_not_sent_again(self):
        for path in self.PATHS:
            with self.subTest(path):
                headers = {"accept-encoding": "gzip"}
                etag = self.client.get(path, headers=headers)["ETag"]
                again = self.client.get(path, headers={**headers, "if-none-match": etag})
                self.assertEqual((again.status_code, again.content), (304, b""))

    def test_headers_of_a_page_name_what_it_is_drawn_with(self):
        response = self.client.get("/2026/01/03/")
        for name, kind in (("css/site.css", "style"), ("js/site.js", "script")):
            self.assertIn(f'</static/{name}>; rel="preload"; as="{kind}"', response["Link"])
            self.assertContains(response, f'"/static/{name}"', count=1)

    def test_only_get_and_head_are_allowed(self):
        for path in self.PATHS:
            for method in ("post", "put", "delete", "patch"):
                with self.subTest(path=path, method=method):
                    self.assertEqual(getattr(self.client, method)(path).status_code, 405)
            self.assertEqual(self.client.head(path).status_code, 200)

    def test_strict_policy_is_sent_with_every_answer(self):
        for path in (*self.PATHS, "/nowhere/", "/admin/login/", "/healthz"):
            with self.subTest(path):
                policy = self.client.get(path)["Content-Security-Policy"]
                self.assertIn("default-src 'none'", policy)
                self.assertIn("script-src 'self'", policy)
                self.assertNotIn("unsafe", policy)

    def test_addresses_that_no_text_can_hold_are_not_found(self):
        self.client.force_login(make_user(is_superuser=True))
        for path in (
            "/tags/%00/",
            "/tags/a%00b/",
            "/tags/%0b/?before=2026-01-01",
            "/2026/01/03/?q=%00",
            "/admin/articles/digest/?status__exact=%00",
            "/admin/articles/tag/suggest/?q=%EF%BF%BF",
        ):
            with self.subTest(path):
                response = self.client.get(path)
                self.assertEqual(response.status_code, 404)
                self.assertIn("Content-Security-Policy", response)

    def test_health_touches_no_database(self):
        with self.assertNumQueries(0):
            response = self.client.get("/healthz")
        self.assertEqual((response.status_code, response.content), (200, b"ok\n"))


# This is made of plain rows; both engines are asked for them in the other classes.
@pytest.mark.one_engine
class ErrorTests(TestCase):
    def test_unknown_address_is_a_page_of_the_site(self):
        response = self.client.get("/nowhere/")
        self.assertContains(
            response, "<h1>요청하신 페이지를 찾을 수 없습니다</h1>", status_code=404
        )
        self.assertContains(response, 'class="masthead"', status_code=404)

    def test_every_unknown_address_has_the_same_page(self):
        found = {
            self.client.get(path).content for path in ("/nowhere/", "/1999/01/01/", "/tags/x/")
        }
        self.assertEqual(len(found), 1)

    def test_failure_is_a_page_that_needs_no_database(self):
        from unittest.mock import patch

        self.client.raise_request_exception = False
        with patch("articles.views.pages.Digest.objects") as objects, self.assertNumQueries(0):
            objects.published.side_effect = RuntimeError
            with self.assertLogs("django.request", "ERROR"):
                response = self.client.get("/")
        self.assertEqual(response.status_code, 500)
        self.assertIn("<html", response.content.decode())
