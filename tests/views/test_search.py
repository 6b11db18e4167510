"""The search page, for readers with and without words."""

import datetime as dt
import re
import uuid
import weakref
from unittest import mock
from urllib.parse import urlencode

from django.db import connection
from django.test import TestCase, TransactionTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import search
from articles.changes import site_version
from articles.digests import publishing
from articles.models import Digest, Imprint, Publisher, Tag
from articles.search import finding, tables
from articles.taxonomy import publishers, tags
from articles.views import search as search_page
from tests.support.factories import make_article, make_digest, publish

LOOK = tables.look
MARK = re.compile(r"<mark>(.*?)</mark>")


def all_hits(client, page):
    """The addresses of the hits on a page and on those after it."""
    found = []
    while True:
        found += re.findall(r'<article class="hit">\s*<h2><a href="([^"]+)"', page)
        more = re.search(r'class="previous"[^>]*href="([^"]+)"', page)
        if not more:
            return found
        page = client.get(more[1].replace("&amp;", "&")).content.decode()


class SearchCase(TestCase):
    def get(self, q="", status=200, **values):
        response = self.client.get("/search/?" + urlencode({"q": q, **values}))
        self.assertEqual(response.status_code, status)
        return response.content.decode()

    def hits(self, q="", **values):
        """The addresses of the hits on a page, in their order."""
        page = self.get(q, **values)
        return re.findall(r'<article class="hit">\s*<h2><a href="([^"]+)"', page)


@override_settings(LANGUAGE_CODE="en")
class PageTests(SearchCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_digest(articles=0, published=False)
        cls.article = make_article(
            cls.digest,
            headline="<b>GPU칩</b> & 반도체",
            points=[
                "짧은 첫 요점",
                "둘째 요점에 " + "긴 말 " * 60 + "반도체가 “있다” \\<i>" + " 끝" * 60,
            ],
            tags=["반도체", "로봇"],
        )
        cls.digest = publish(cls.digest)

    def test_without_words_it_is_a_form_with_help_that_may_be_indexed(self):
        page = self.get()
        self.assertIn('name="q"', page)
        self.assertIn("What you can type", page)
        self.assertNotIn("noindex", page)

    def test_a_hit_is_a_link_with_day_publisher_and_marks_in_context(self):
        page = self.get("반도체")
        self.assertEqual(self.hits("반도체"), [self.article.get_absolute_url()])
        hit = page[page.index('<article class="hit">') : page.index("</article>")]
        self.assertEqual(MARK.findall(hit), ["반도체", "반도체", "반도체"])
        self.assertIn("&lt;b&gt;GPU칩&lt;/b&gt; &amp; <mark>반도체</mark>", hit)
        self.assertIn("<mark>반도체</mark>가 “있다” &lt;i&gt;", hit)
        self.assertIn('datetime="2026-01-03"', hit)
        self.assertIn("한빛일보", hit)
        self.assertRegex(hit, r'class="snippet"[^>]*>… ')
        self.assertRegex(hit, r" …</p>")
        self.assertIn('<meta name="robots" content="noindex', page)
        self.assertIn("1 article.", page)

    def test_what_was_typed_is_shown_escaped_and_never_as_html(self):
        page = self.get('"><script>alert(1)</script>', tag='"><i>', publisher="'<u>")
        for written in ("<script>alert", '"><i>', "'<u>"):
            self.assertNotIn(written, page)
        self.assertIn("&lt;script&gt;", page)

    def test_filters_are_understood_by_name_and_by_address(self):
        here = [self.article.get_absolute_url()]
        slug = Tag.objects.get(name="반도체").slug
        for values in (
            {"tag": slug},
            {"tag": " 반도체 "},
            {"publisher": "한빛일보"},
            {"from": "2026-01-03", "to": "2026-01-03"},
            {"tag": "로봇", "publisher": "한빛일보", "q": "칩"},
        ):
            with self.subTest(values):
                self.assertEqual(self.hits(**values), here)
        for values in ({"tag": "없는 주제"}, {"publisher": "한빛"}, {"to": "2026-01-02"}):
            with self.subTest(values):
                self.assertEqual(self.hits("반도체", **values), [])
                self.assertIn("<details open>", self.get("반도체", **values))

    def test_what_narrows_one_search_is_not_in_the_form_of_another(self):
        for value in ("로봇", ""):
            page = self.get("칩", tag=value)
            self.assertIn(f'name="tag" value="{value}"', page)
            self.assertEqual("<details open>" in page, bool(value))

    def test_the_old_address_of_a_topic_still_filters(self):
        tag = Tag.objects.get(name="로봇")
        old = tag.slug
        tags.rename(tag, "로보틱스", new_address=True)
        self.assertEqual(len(self.hits(tag=old)), 1)

    def test_the_old_address_of_a_publisher_still_filters(self):
        self.assertEqual(self.hits(publisher="옛-한빛"), [])
        publisher = Publisher.objects.get(name="한빛일보")
        publishers.keep_address("옛-한빛", publisher, is_known=True)
        self.assertEqual(self.hits(publisher="옛-한빛"), [self.article.get_absolute_url()])

    def test_what_cannot_be_asked_is_answered_with_a_sentence(self):
        for values, sentence in (
            ({"q": "!? …"}, "Type at least one letter"),
            ({"q": "-반도체"}, "Add a word to look for"),
            ({"q": "가" * 201}, "Shorten your search to 200 characters; now it has 201."),
            (
                {"q": " ".join(f"w{chr(97 + n)}{chr(97 + n)}" for n in range(13))},
                "at most 12 words",
            ),
            ({"q": "칩", "from": "gestern"}, "“gestern” is not a day."),
            ({"q": "칩", "from": "2026-01-04", "to": "2026-01-03"}, "Swap them."),
            ({"q": "갈매기"}, "No article was found. Use fewer words,"),
            ({"q": "갈매기 OR 고래"}, "No article was found. Use fewer words,"),
            ({"tag": "갈매기"}, "No article was found. Write the filters differently,"),
        ):
            with self.subTest(values):
                page = self.get(**values)
                self.assertIn(sentence, page)
                self.assertIn("What you can type", page)
                self.assertNotIn('<article class="hit">', page)

    def test_strange_addresses_are_answered_too(self):
        for query in (
            "q=%ff",
            "q=%ED%A0%80",
            "tag=%F0%9F%98%80",
            "q=%F0%9F%98%80&from=9999-12-31",
        ):
            with self.subTest(query):
                self.assertEqual(self.client.get(f"/search/?{query}").status_code, 200)
        for before in ("x", "-1", "", "1.5", "9" * 30, "٣"):
            with self.subTest(before):
                self.get("칩", before=before, status=404)
        for before in ("0", "1", "9" * 18):
            with self.subTest(before):
                self.get("칩", before=before)

    def test_it_is_a_public_page_like_the_others(self):
        response = self.client.get("/search/?q=칩")
        self.assertIn("public", response["Cache-Control"])
        again = self.client.get("/search/?q=칩", headers={"If-None-Match": response["ETag"]})
        self.assertEqual(again.status_code, 304)
        self.assertEqual(self.client.post("/search/?q=칩").status_code, 405)
        self.assertEqual(self.client.head("/search/?q=칩").content, b"")

    def test_every_page_has_the_form_in_its_head_but_the_search_page_one_only(self):
        for address in ("/", "/archive/", "/2026/01/03/", "/nowhere/"):
            page = self.client.get(address).content.decode()
            self.assertEqual(page.count('role="search" action="/search/"'), 1, address)
        self.assertEqual(self.get("칩").count('role="search"'), 1)


@override_settings(LANGUAGE_CODE="en")
class PagingTests(SearchCase):
    @classmethod
    def setUpTestData(cls):
        for day in range(1, 10):
            make_digest(f"2026-01-0{day}", articles=5)

    def test_pages_follow_one_another_to_the_end_without_gap_or_repetition(self):
        page = self.get("기사")
        self.assertIn("More than 20 articles", page)
        seen = all_hits(self.client, page)
        self.assertEqual(len(seen), 45)
        self.assertEqual(len(set(seen)), 45)
        days = [address[:12] for address in seen]
        self.assertEqual(days, sorted(days, reverse=True))

    def test_the_count_is_exact_if_all_is_on_the_page(self):
        self.assertIn("9 articles, headlines first.", self.get('"1번째 기사"'))
        self.assertIn("5 articles, headlines first.", self.get("기사", **{"from": "2026-01-09"}))
        newest = self.get("기사", order="newest", **{"from": "2026-01-06"})
        self.assertIn("20 articles, the newest first.", newest)

    def test_links_to_older_hits_keep_words_and_filters(self):
        page = self.get("기사", publisher="한빛일보", **{"from": "2026-01-02"})
        older = re.search(r'class="previous"[^>]*href="([^"]+)"', page)[1]
        self.assertIn("publisher=%ED%95%9C", older)
        self.assertIn("from=2026-01-02", older)
        self.assertIn("before=", older)

    def test_a_page_costs_a_few_queries_however_many_hits(self):
        def queries(q):
            with CaptureQueriesContext(connection) as captured:
                self.assertTrue(self.hits(q))
            return len(captured)

        few, many = queries('"2번째 기사" -1번째'), queries("기사")
        self.assertLessEqual(many, few)
        self.assertLessEqual(few, 12)


@override_settings(LANGUAGE_CODE="en")
class LimitTests(SearchCase):
    """The time for a search is limited, and readers are told how far it went."""

    def setUp(self):
        for date in ("2020-01-01", "2024-06-01", "2026-01-03"):
            make_digest(date, articles=1)

    def test_what_is_found_in_time_is_shown_and_the_rest_can_be_asked_for(self):
        with mock.patch.object(tables, "look", self.look_until_out_of_time):
            page = self.get("기사", order="newest")
        self.assertEqual(page.count('<article class="hit">'), 1)
        self.assertIn("1 article so far.", page)
        self.assertIn("it went back to Nov. 30, 2024", page)
        older = re.search(r'class="previous"[^>]*href="([^"]+)"', page)[1]
        self.assertIn("Go on searching", page)
        page = self.client.get(older.replace("&amp;", "&")).content.decode()
        self.assertEqual(page.count('<article class="hit">'), 2)

    def test_a_search_by_rank_that_was_stopped_can_be_continued(self):
        with mock.patch.object(tables, "look", self.look_until_out_of_time):
            page = self.get("기사")
        self.assertEqual(page.count('<article class="hit">'), 1)
        self.assertIn("its time was over. Go on from there", page)
        self.assertEqual(len(all_hits(self.client, page)), 3)

    def test_if_nothing_could_be_looked_at_it_says_so(self):
        with mock.patch.object(finding, "SECONDS", 0.0):
            page = self.get("기사")
        self.assertIn("The search took too long.", page)

    def test_the_database_is_stopped_when_the_time_is_over(self):
        digest = Digest.objects.get(date="2020-01-01")
        day = dt.date(1900, 1, 1)
        text = tables.Text(f" 기사 사의 {'기 ' * 20_000}")
        keys = (tables.key_of(day, place) for place in range(400))
        rows = [tables.Row(key, digest.pk, uuid.uuid4(), text) for key in keys]
        tables.replace(digest.pk, day, rows)
        query = search.parse('"기사의"')
        with self.assertRaises(tables.OutOfTime):
            tables.look(query, *tables.span(None, None), 20, walk=False, seconds=0.001)
        self.assertEqual(len(search.find(search.parse("번째")).hits), 2)

    def look_until_out_of_time(self, *arguments, walk, **options):
        """As it is in the first stretch; after that the time is over."""
        if not walk:
            raise tables.OutOfTime
        return LOOK(*arguments, walk=walk, **options)


@override_settings(LANGUAGE_CODE="en")
class HiddenTests(SearchCase):
    """Nothing of what readers do not have is found, counted or told by a cursor."""

    def setUp(self):
        for day in range(1, 6):
            make_digest(f"2026-01-0{day}", articles=5)
        self.before = self.everything()

    def everything(self):
        first = self.get("기사")
        older = re.search(r'class="previous"[^>]*href="([^"]+)"', first)[1]
        second = self.client.get(older.replace("&amp;", "&")).content.decode()
        return (
            first,
            second,
            self.get("갈매기"),
            self.get(tag="갈매기"),
            self.get(publisher="갈매기"),
        )

    def hide(self, date):
        digest = make_digest(date, articles=0, published=False)
        for number in range(1, 9):
            make_article(
                digest,
                headline=f"갈매기 기사 {number}",
                tags=["갈매기"],
                citations=[("갈매기", "https://gull.example/1", None)],
            )
        return digest

    def test_drafts_schedules_and_withdrawn_digests_change_no_byte(self):
        self.hide("2026-01-06")
        soon = timezone.now() + dt.timedelta(hours=1)
        scheduled = publishing.publish(self.hide("2026-01-07"), at=soon, unchecked=True)
        publishing.publish(self.hide("2025-12-31"), at=soon, unchecked=True)
        publishing.withdraw(publish(self.hide("2026-01-08")))
        self.assertEqual(self.everything(), self.before)
        Digest.objects.filter(pk=scheduled.pk).update(publish_at=soon - dt.timedelta(hours=2))
        self.assertEqual(len(self.hits("갈매기")), 8)
        self.assertNotEqual(self.everything(), self.before)


class KeptTests(TransactionTestCase):
    """A page of hits is kept for a version of the site."""

    serialized_rollback = True

    def setUp(self):
        make_digest("2026-01-03")
        self.addCleanup(search_page._places.cache_clear)

    def test_one_that_is_asked_for_before_a_new_imprint_is_signalled_is_made_again(self):
        with mock.patch.object(site_version.signal, "value", return_value=1) as stamp:
            self.client.get("/search/?q=기사")
            Imprint(pk=Imprint.ONLY, publisher="김발행").save()
            with mock.patch.object(site_version, "show"):
                site_version.move()
            self.client.get("/search/?q=기사")
            stamp.return_value = 2
            self.assertContains(self.client.get("/search/?q=기사"), "김발행")

    def test_those_of_a_former_version_are_given_up(self):
        state = ["", "", "1", dt.date(2026, 1, 3), None]
        former = search_page._places(*state)
        former("/search/?q=AI").append("hits")
        self.assertEqual(search_page._places(*state)("/search/?q=AI"), ["hits"])
        former, state[2] = weakref.ref(former), "2"
        self.assertEqual(search_page._places(*state)("/search/?q=AI"), [])
        self.assertIsNone(former())
