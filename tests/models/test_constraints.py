"""Rules the database holds whatever code writes: each entry breaks one and must be refused."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import TestCase

from articles.models import (
    Article,
    Citation,
    Correction,
    Digest,
    Publisher,
    PublisherDomain,
    Revision,
    Tag,
    TaggedArticle,
)
from tests.support.factories import DAY, STAMP, make_article, make_digest


class ConstraintTests(TestCase):
    def setUp(self):
        self.digest = make_digest()
        self.article = self.digest.articles.first()
        self.citation = self.article.citations.get()

    def assertRefused(self, write):
        with self.assertRaises(IntegrityError), transaction.atomic():
            write()

    def test_digest(self):
        digests = Digest.objects.filter(pk=self.digest.pk)
        for values in (
            {"title": ""},
            {"status": "unknown"},
            {"language": "fr"},
            {"publish_at": None},
            {"published_at": None},
            {"feed_id": ""},
            {"status": "scheduled", "publish_at": None},
            {"status": "scheduled", "feed_id": ""},
            {"status": "withdrawn", "published_at": None},
            {"revised_at": STAMP - dt.timedelta(days=1)},
            {"version": 0},
        ):
            with self.subTest(values):
                self.assertRefused(lambda values=values: digests.update(**values))

    def test_only_drafts_lack_a_title_and_headlines(self):
        digest = make_digest("2026-01-05", articles=1, published=False)
        for status in ("draft", "in_review"):
            Digest.objects.filter(pk=digest.pk).update(title="", status=status)
        digest.articles.update(headline="")
        self.assertRefused(lambda: digest.articles.update(feed_id="tag:1"))
        times = {"publish_at": STAMP, "published_at": STAMP, "feed_id": "tag:2"}
        for status in ("scheduled", "published", "withdrawn"):
            row = Digest.objects.filter(pk=digest.pk)
            with self.subTest(status):
                self.assertRefused(lambda row=row, s=status: row.update(status=s, **times))

    def test_one_digest_a_day(self):
        self.assertRefused(lambda: Digest.objects.create(date=DAY, title="둘째"))

    def test_feed_id_is_never_used_twice(self):
        other = make_digest("2026-01-04")
        same = {"feed_id": self.digest.feed_id}
        self.assertRefused(lambda: Digest.objects.filter(pk=other.pk).update(**same))
        same = {"feed_id": self.article.feed_id}
        self.assertRefused(lambda: other.articles.filter(position=1).update(**same))

    def test_article(self):
        articles = Article.objects.filter(pk=self.article.pk)
        second = self.digest.articles.get(position=2)
        for values in ({"headline": ""}, {"slug": ""}, {"position": 2}, {"slug": second.slug}):
            with self.subTest(values):
                self.assertRefused(lambda values=values: articles.update(**values))

    def test_citation(self):
        for url in ("javascript:alert(1)", "//example.com/a", "ftp://example.com/", ""):
            with self.subTest(url):
                self.assertRefused(lambda url=url: Citation.objects.update(url=url))
        self.assertRefused(
            lambda: Citation.objects.create(
                article=self.article,
                position=self.citation.position,
                publisher=self.citation.publisher,
                url="https://a.example/",
            )
        )

    def test_cited_publisher_cannot_be_deleted(self):
        with self.assertRaises(ProtectedError):
            self.citation.publisher.delete()

    def test_publisher(self):
        publishers = Publisher.objects.filter(pk=self.citation.publisher.pk)
        for values in ({"name": ""}, {"slug": ""}):
            with self.subTest(values):
                self.assertRefused(lambda values=values: publishers.update(**values))
        name = self.citation.publisher.name
        self.assertRefused(lambda: Publisher.objects.create(name=name, slug="other"))

    def test_domain(self):
        domains = PublisherDomain.objects.all()
        self.assertRefused(lambda: domains.update(domain="Hanbit.Example"))
        self.assertRefused(lambda: domains.update(domain=""))
        publisher = Publisher.objects.create(name="다른 매체", slug="other")
        domain = domains.get().domain
        self.assertRefused(lambda: domains.create(publisher=publisher, domain=domain))

    def test_tag(self):
        tag = Tag.objects.create(name="로봇")
        for values in ({"name": ""}, {"slug": ""}, {"folded": ""}):
            with self.subTest(values):
                self.assertRefused(lambda values=values: Tag.objects.update(**values))
        self.article.tags.add(tag)
        self.assertRefused(
            lambda: TaggedArticle.objects.create(tag=tag, content_object=self.article)
        )
        self.assertRefused(lambda: Tag(name="로 봇", slug="x", folded="").save_base(raw=True))

    def test_names_that_fold_alike_are_one_tag(self):
        Tag.objects.create(name="GPU")
        self.assertRefused(lambda: Tag.objects.create(name="ｇｐｕ"))

    def test_revision_and_correction(self):
        revision = self.digest.revisions.get()
        for values in ({"number": 0}, {"schema": 0}):
            with self.subTest(values):
                self.assertRefused(lambda values=values: Revision.objects.update(**values))
        revision.pk = None
        self.assertRefused(revision.save)
        self.assertRefused(
            lambda: Correction.objects.create(digest=self.digest, text="", corrected_at=STAMP)
        )

    def test_revision_outlives_its_digest(self):
        self.digest.delete()
        self.assertEqual(Revision.objects.get(digest=None).data["date"], DAY.isoformat())


class StoredTextTests(TestCase):
    def test_no_way_into_the_database_keeps_control_characters(self):
        digest = make_digest(title="제\x00목\x0b", introduction="가\r\n나\ud800")
        digest.refresh_from_db()
        self.assertEqual((digest.title, digest.introduction), ("제목", "가\n나"))
        Digest.objects.update(title="새\x08 제목")
        article = make_article(digest, points=["하\x01나"], headline="머\x7f리")
        Article.objects.bulk_update([article], ["outlook"])
        article.refresh_from_db()
        self.assertEqual((article.points, article.headline), (["하나"], "머리"))
        self.assertEqual(Digest.objects.get().title, "새 제목")

    def test_saved_instance_holds_what_was_stored(self):
        digest = make_digest(title="제\x00목", published=False)
        self.assertEqual(digest.title, "제목")


class LanguageTests(TestCase):
    def test_headline_language_follows_its_script(self):
        digest = make_digest(articles=0, published=False)
        self.assertEqual(make_article(digest, headline="科技资讯").headline_language, "zh")
        self.assertEqual(make_article(digest, headline="2026 — 1").headline_language, "ko")
