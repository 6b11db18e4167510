"""Publishers: who is cited, and where."""

from django.test import TestCase
from django.urls import reverse

from articles.digests import publishing
from articles.models import Digest, Publisher
from articles.taxonomy import publishers
from tests.support.factories import make_article, make_digest, publish


def write(date, *publishers, published=True):
    """A digest with an article for each publisher."""
    digest = make_digest(date, articles=0, published=False)
    for number, name in enumerate(publishers, start=1):
        source = (name, f"https://{number}.example/{date}", None)
        make_article(digest, headline=f"{date} {name} 기사", citations=[source])
    return publish(digest) if published else digest


def address(slug):
    return reverse("articles:publisher", args=[slug])


class ListingTests(TestCase):
    def test_the_last_year_by_number_and_the_others_by_name(self):
        write("2020-01-01", "라디오", "나라신문", "新浪新闻")
        write("2026-01-03", "가나일보", "다음", "다음")
        write("2026-01-02", "숨은 매체", published=False)
        page = self.client.get("/publishers/")
        counted = [(p.name, p.recent_articles) for p in page.context["recent"]]
        self.assertEqual(counted, [("다음", 2), ("가나일보", 1)])
        self.assertEqual(
            sorted(p.name for p in page.context["others"]), ["新浪新闻", "나라신문", "라디오"]
        )
        self.assertContains(page, '<span class="name" lang="zh">新浪新闻</span>')

    def test_portals_are_marked(self):
        write("2026-01-03", "다음", "가나일보")
        Publisher.objects.filter(name="다음").update(is_portal=True)
        self.assertContains(self.client.get("/publishers/"), 'class="portal"', 1)

    def test_before_the_first_digest(self):
        self.assertEqual(self.client.get("/publishers/").status_code, 200)

    def test_cost_is_constant(self):
        write("2026-01-03", "다음")
        with self.assertNumQueries(6):
            self.client.get("/publishers/")
        write("2026-01-04", "다음", "가나일보", "나라신문")
        with self.assertNumQueries(6):
            self.client.get("/publishers/")


class PublisherTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for day in range(1, 24):
            write(f"2026-01-{day:02}", "다음", "가나일보")
        write("2024-01-01", "다음")
        cls.publisher = Publisher.objects.get(name="다음")

    def test_articles_that_cite_it_newest_first_by_key(self):
        first = self.client.get(address("다음"))
        self.assertContains(first, "2026-01-23 다음 기사")
        self.assertNotContains(first, "가나일보")
        self.assertEqual(first.context["in_year"], 23)
        second = self.client.get(address("다음"), {"before": f"{first.context['before']}"})
        days = [f"{digest.date}" for digest in second.context["digests"]]
        self.assertEqual(days, ["2026-01-03", "2026-01-02", "2026-01-01", "2024-01-01"])

    def test_its_home_page_is_linked_if_it_may_be(self):
        Publisher.objects.update(home_page="https://daum.example/", is_portal=True)
        self.assertContains(self.client.get(address("다음")), 'href="https://daum.example/"')
        Publisher.objects.update(home_page="javascript:alert(1)")
        self.assertNotContains(self.client.get(address("다음")), "javascript")

    def test_nonsense_keys_are_not_found(self):
        for before in ("", "x", "2026-02-30", "0001-01-01", "20260101", "9" * 99):
            with self.subTest(before):
                response = self.client.get(address("다음"), {"before": before})
                self.assertEqual(response.status_code, 404)

    def test_hidden_publishers_are_like_any_that_never_were(self):
        write("2026-02-01", "숨은 매체", published=False)
        hidden, never = (self.client.get(address(slug)) for slug in ("숨은-매체", "없는-매체"))
        self.assertEqual((hidden.status_code, never.status_code), (404, 404))
        self.assertEqual(hidden.content, never.content)

    def test_cost_is_constant(self):
        for slug in ("다음", "가나일보"):
            with self.subTest(slug), self.assertNumQueries(8):
                self.client.get(address(slug))


class RedirectTests(TestCase):
    def setUp(self):
        write("2026-01-03", "옛 신문", "새 신문")
        self.old, self.new = (Publisher.objects.get(name=n) for n in ("옛 신문", "새 신문"))
        publishers.merge([self.old], self.new)

    def test_a_merged_publisher_leads_to_the_one_that_stayed(self):
        response = self.client.get(address("옛-신문"), {"before": "2026-02-01"})
        self.assertEqual(response.status_code, 301)
        self.assertEqual(response["Location"], address("새-신문") + "?before=2026-02-01")

    def test_an_address_never_leads_twice(self):
        write("2026-01-04", "더 새 신문")
        publishers.merge([self.new], Publisher.objects.get(name="더 새 신문"))
        for slug in ("옛-신문", "새-신문"):
            self.assertEqual(self.client.get(address(slug))["Location"], address("더-새-신문"))

    def test_one_that_readers_know_by_that_address_comes_first(self):
        draft = write("2026-01-05", "옛 신문", published=False)
        self.assertEqual(self.client.get(address("옛-신문")).status_code, 301)
        publish(draft)
        self.assertEqual(self.client.get(address("옛-신문")).status_code, 200)

    def test_one_that_readers_do_not_know_is_not_told(self):
        publishing.withdraw(Digest.objects.get())
        self.assertEqual(self.client.get(address("옛-신문")).status_code, 404)
