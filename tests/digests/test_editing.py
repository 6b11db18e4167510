import datetime as dt
from itertools import permutations

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from articles.digests import editing, publishing, revisions
from articles.models import Article, Citation, Publisher, PublisherDomain, Tag
from articles.rules.lines import CitationLine
from tests.support.factories import citation_line, make_article, make_digest


class WriteTests(TestCase):
    def setUp(self):
        self.digest = make_digest(articles=0, published=False)
        for headline in ("하나", "둘", "셋"):
            make_article(self.digest, headline=headline, tags=[headline])
        self.data = revisions.snapshot(self.digest)

    def write(self, data):
        editing.write(editing.lock(self.digest), data)
        return revisions.snapshot(editing.lock(self.digest))

    def test_writing_what_is_there_changes_nothing(self):
        before = list(Article.objects.values()), list(Citation.objects.values())
        self.assertEqual(self.write(self.data), self.data)
        self.assertEqual((list(Article.objects.values()), list(Citation.objects.values())), before)

    def test_articles_swap_places_and_headlines(self):
        first, second, third = self.data["articles"]
        first["headline"], second["headline"] = second["headline"], first["headline"]
        self.data["articles"] = [third, second, first]
        written = self.write(self.data)
        self.assertEqual(
            [a["uid"] for a in written["articles"]], [third["uid"], second["uid"], first["uid"]]
        )
        self.assertEqual([a["slug"] for a in written["articles"]], ["셋", "하나", "둘"])

    def test_articles_take_any_order(self):
        for order in permutations(self.data["articles"]):
            written = self.write(self.data | {"articles": list(order)})
            for key in ("uid", "headline"):
                self.assertEqual([a[key] for a in written["articles"]], [a[key] for a in order])

    def test_only_what_changes_is_written(self):
        first, second, third = self.data["articles"]
        first["headline"] = "다른 말"
        self.assertEqual(self.updates(), 2)  # its slug changes too, so that it first makes room
        first["outlook"] = "전망"
        self.assertEqual(self.updates(), 1)
        self.data["articles"] = [second, first, third]
        self.assertEqual(self.updates(), 3)
        self.assertEqual(self.updates(), 0)

    def updates(self):
        with CaptureQueriesContext(connection) as queries:
            self.write(self.data)
        return sum('UPDATE "articles_article"' in query["sql"] for query in queries)

    def test_slug_follows_the_headline_until_published(self):
        self.data["articles"][0]["headline"] = "둘"
        self.assertEqual(
            [a["slug"] for a in self.write(self.data)["articles"]], ["둘-2", "둘", "셋"]
        )

    def test_published_slug_stays(self):
        publishing.publish(self.digest, unchecked=True)
        self.data["articles"][0]["headline"] = "전혀 다른 제목"
        self.assertEqual(self.write(self.data)["articles"][0]["slug"], "하나")

    def test_deleted_article_comes_back_as_itself(self):
        publishing.publish(self.digest, unchecked=True)
        data = revisions.snapshot(editing.lock(self.digest))
        self.write({**data, "articles": data["articles"][1:]})
        self.assertEqual(self.write(data), data)

    def test_identity_taken_by_another_digest_is_not_taken_twice(self):
        copy = make_digest("2026-01-04", articles=0, published=False)
        editing.write(copy, {**self.data, "date": "2026-01-04"})
        self.assertEqual(copy.articles.count(), 3)
        self.assertEqual(revisions.snapshot(editing.lock(self.digest)), self.data)


class CitationTests(TestCase):
    def setUp(self):
        self.article = make_article(make_digest(articles=0, published=False), citations=[])

    def test_lines_become_rows_in_order(self):
        lines = [
            citation_line("나래신문", "https://narae.example/2", "2026-01-03"),
            citation_line("가온뉴스", "https://gaon.example/1"),
        ]
        editing.set_citations(self.article, lines)
        rows = [
            CitationLine(c.publisher.name, c.url, c.published_on)
            for c in self.article.citations.all()
        ]
        self.assertEqual(rows, lines)

    def test_unchanged_lines_keep_their_rows(self):
        lines = [citation_line("나래신문", "https://narae.example/2", "2026-01-03")]
        editing.set_citations(self.article, lines)
        before = list(Citation.objects.values())
        editing.set_citations(self.article, lines)
        self.assertEqual(list(Citation.objects.values()), before)

    def test_address_alone_finds_its_publisher_by_domain(self):
        narae = Publisher.objects.create(name="나래신문", slug="나래신문")
        PublisherDomain.objects.create(publisher=narae, domain="narae.example")
        other = Publisher.objects.create(name="나래경제", slug="나래경제")
        PublisherDomain.objects.create(publisher=other, domain="biz.narae.example")
        for url, publisher in {
            "https://www.narae.example/1": narae,
            "https://m.narae.example/1": narae,
            "https://it.narae.example/1": narae,
            "https://biz.narae.example/1": other,
        }.items():
            with self.subTest(url):
                self.assertEqual(editing.publisher_for(CitationLine("", url, None)), publisher)

    def test_a_publisher_called_like_a_domain_is_not_taken_for_its_owner(self):
        owner = Publisher.objects.create(name="한빛일보", slug="hanbit")
        PublisherDomain.objects.create(publisher=owner, domain="hanbit.example")
        names = editing.Names()
        called = names.publisher(CitationLine("hanbit.example", "https://other.example/1", None))
        found = names.publisher(CitationLine("", "https://hanbit.example/2", None))
        self.assertEqual((called.name, found), ("hanbit.example", owner))

    def test_an_unknown_publisher_is_named_by_its_domain(self):
        for address in ("https://www.unknown.example/1", "https://unknown.example/2"):
            publisher = editing.publisher_for(CitationLine("", address, None))
            self.assertEqual(publisher.name, "unknown.example")
        self.assertEqual([row.domain for row in publisher.domains.all()], ["unknown.example"])

    def test_second_publisher_on_a_domain_leaves_it_to_the_first(self):
        lines = [
            citation_line("다산포털", "https://dasan.example/1"),
            citation_line("나래신문", "https://dasan.example/2"),
        ]
        editing.set_citations(self.article, lines)
        owner = PublisherDomain.objects.get(domain="dasan.example").publisher
        self.assertEqual(owner.name, "다산포털")


class TagTests(TestCase):
    def setUp(self):
        self.article = make_article(make_digest(articles=0, published=False))

    def names(self):
        return [tag.name for tag in self.article.tags.all()]

    def test_tags_keep_the_order_they_were_given(self):
        editing.set_tags(self.article, ["로봇", "AI", "GPU"])
        editing.set_tags(self.article, ["GPU", "로봇"])
        self.assertEqual(self.names(), ["GPU", "로봇"])

    def test_names_that_count_as_the_same_are_one_tag(self):
        editing.set_tags(self.article, ["GPU", "gpu", "ＧＰＵ", "한글", "한글"])
        self.assertEqual(self.names(), ["GPU", "한글"])
        editing.set_tags(make_article(self.article.digest), ["gpu"])
        self.assertEqual(Tag.objects.count(), 2)

    def test_tag_without_letters_has_a_slug(self):
        editing.set_tags(self.article, ["🚀", "C++", "C#"])
        self.assertEqual(
            [t.slug for t in self.article.tags.all()], ["rocket", "c-plus-plus", "c-sharp"]
        )

    def test_dates_are_kept(self):
        self.assertEqual(self.article.citations.get().published_on, dt.date(2026, 1, 3))

    def test_prefetched_tags_keep_their_order_too(self):
        editing.set_tags(self.article, ["로봇", "AI", "GPU"])
        editing.set_tags(make_article(self.article.digest), ["GPU", "AI"])
        articles = self.article.digest.articles.prefetch_related("tags")
        names = [[tag.name for tag in article.tags.all()] for article in articles]
        self.assertEqual(names, [["로봇", "AI", "GPU"], ["GPU", "AI"]])
