import datetime as dt
import tempfile
import zipfile
from pathlib import Path

from django.db import connection
from django.test import TestCase, TransactionTestCase
from django.test.utils import CaptureQueriesContext

from articles.digests import editing, publishing, revisions
from articles.document import DocumentError
from articles.models import Article, AuditEntry, Digest, Publisher, Revision, Tag
from articles.posts.importing import import_posts, media_of
from articles.posts.post_files import PostFile, UnusableZip, find_posts
from tests.support.factories import record
from tests.support.posts import ARTICLE, HEAD, POST, post


class ImportCase(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run_import(self, **options):
        return list(import_posts(find_posts([self.folder]), **options))

    def statuses(self, **options):
        return {Path(outcome.name).name: outcome.status for outcome in self.run_import(**options)}


class DraftTests(ImportCase):
    def test_post_becomes_a_structured_draft(self):
        self.write("a.md", POST)
        self.assertEqual(self.statuses(), {"a.md": "created"})
        digest = Digest.objects.get(date=dt.date(2026, 1, 3))
        self.assertEqual(digest.status, Digest.Status.DRAFT)
        article = digest.articles.get()
        self.assertEqual(article.position, 1)
        self.assertEqual(article.slug, "온디바이스-모델-지역-병원에-도입")
        self.assertEqual(len(article.points), 2)
        citations = [
            (c.publisher.name, c.url, str(c.published_on)) for c in article.citations.all()
        ]
        self.assertEqual(
            citations,
            [
                ("한빛일보", "https://hanbit.example/2026/01/03/77", "2026-01-03"),
                ("晨光科技报", "https://chenguang.example/a?id=1", "2026-01-02"),
            ],
        )
        self.assertEqual(Revision.objects.get().data["articles"][0]["outlook"], article.outlook)

    def test_publisher_is_made_once_and_learns_its_domain(self):
        self.write("a.md", post("2026-01-03"))
        self.write("b.md", post("2026-01-04"))
        self.run_import()
        publisher = Publisher.objects.get(name="한빛일보")
        self.assertEqual([d.domain for d in publisher.domains.all()], ["hanbit.example"])

    def test_same_headline_twice_has_two_slugs(self):
        self.write("a.md", POST + POST.split("---\n", 2)[2])
        self.run_import()
        slugs = list(Article.objects.order_by("position").values_list("slug", flat=True))
        self.assertEqual(slugs[1], slugs[0] + "-2")

    def test_importing_again_changes_nothing(self):
        self.write("a.md", POST)
        self.run_import()
        before = list(Digest.objects.values()), list(Article.objects.values())
        self.assertEqual(self.statuses(), {"a.md": "unchanged"})
        self.assertEqual(before, (list(Digest.objects.values()), list(Article.objects.values())))
        self.assertEqual(Revision.objects.count(), 1)


class AgainTests(ImportCase):
    """A post that was imported before and has changed since."""

    def setUp(self):
        super().setUp()
        self.write("a.md", POST)
        self.run_import()
        self.article = Article.objects.get()

    def edit_here(self):
        digest = Digest.objects.get()
        data = revisions.snapshot(digest)
        data["articles"][0]["headline"] = "편집자가 고친 제목"
        editing.write(digest, data)
        digest.version += 1
        digest.save()
        record(digest)

    def test_an_edit_outside_updates_the_same_article(self):
        self.write("a.md", POST.replace("응답 시간 40%", "응답 시간 45%"))
        [outcome] = self.run_import()
        self.assertEqual(outcome.status, "updated")
        [change] = outcome.change.changed_articles
        self.assertEqual((change.uid, [f.name for f in change.fields]), (self.uid(), ["points"]))
        self.assertEqual(Article.objects.get().points[1], "응답 시간 45% 단축")
        self.assertEqual(Article.objects.get().pk, self.article.pk)
        self.assertEqual(self.statuses(), {"a.md": "unchanged"})

    def test_a_digest_edited_here_is_left_alone_and_the_difference_shown(self):
        self.edit_here()
        self.write("a.md", POST.replace("응답 시간 40%", "응답 시간 45%"))
        [outcome] = self.run_import()
        self.assertEqual(outcome.status, "refused")
        names = {field.name for field in outcome.change.changed_articles[0].fields}
        self.assertEqual(names, {"headline", "points"})
        self.assertEqual(Article.objects.get().headline, "편집자가 고친 제목")

    def test_force_overwrites_and_the_history_keeps_what_was_there(self):
        self.edit_here()
        [outcome] = self.run_import(force=True)
        self.assertEqual(outcome.status, "updated")
        self.assertEqual(Article.objects.get().headline, "온디바이스 모델, 지역 병원에 도입")
        headlines = [r.data["articles"][0]["headline"] for r in Revision.objects.order_by("number")]
        self.assertIn("편집자가 고친 제목", headlines)

    def test_a_post_that_lacks_most_articles_is_refused_unless_forced(self):
        """Such as the Markdown of a single article, taken for that of its digest."""
        parts = [f"## {name}\n[매체](https://example.com/{name})\n\n---\n\n" for name in "가나다라"]
        self.write("a.md", HEAD + "".join(parts))
        self.run_import(force=True)
        self.write("a.md", HEAD + parts[2])
        [outcome] = self.run_import()
        self.assertEqual(outcome.status, "refused")
        self.assertEqual([a.headline for a in outcome.change.changed_articles], ["가", "나", "라"])
        self.assertEqual(Article.objects.count(), 4)
        self.write("a.md", HEAD + "".join(parts[:2]))
        self.assertEqual(self.statuses(), {"a.md": "updated"})
        self.write("a.md", HEAD + parts[3])
        self.assertEqual(self.run_import(force=True)[0].status, "updated")
        self.assertEqual(Article.objects.get().headline, "라")

    def test_a_new_headline_is_known_by_its_source(self):
        self.write("a.md", POST.replace("온디바이스 모델, 지역 병원에 도입", "아주 다른 제목"))
        self.run_import()
        article = Article.objects.get()
        self.assertEqual((str(article.uid), article.headline), (self.uid(), "아주 다른 제목"))

    def test_publishing_here_is_no_edit(self):
        publishing.publish(Digest.objects.get(), unchecked=True)
        self.write("a.md", POST.replace("응답 시간 40%", "응답 시간 45%"))
        self.assertEqual(self.statuses(), {"a.md": "updated"})

    def test_a_dry_run_reports_the_same_and_saves_nothing(self):
        self.write("a.md", POST.replace("응답 시간 40%", "응답 시간 45%"))
        self.write("b.md", post("2026-01-04"))
        before = fingerprint()
        self.assertEqual(
            self.statuses(dry_run=True, publish=True), {"a.md": "updated", "b.md": "created"}
        )
        self.assertEqual(fingerprint(), before)
        self.assertEqual(self.statuses(publish=True), {"a.md": "updated", "b.md": "created"})

    def uid(self):
        return str(self.article.uid)


class CheckTests(ImportCase):
    """Whoever asks for an import may have a say before a digest is changed."""

    def setUp(self):
        super().setUp()
        self.write("a.md", POST)
        self.run_import()
        self.asked = []

    def refuse(self, digest):
        self.asked.append(digest.pk)
        raise DocumentError([(1, "Not this one.")])

    def test_it_is_asked_before_a_digest_is_changed(self):
        self.write("a.md", POST.replace("응답 시간 40%", "응답 시간 45%"))
        for options in ({}, {"force": True}, {"dry_run": True}):
            [outcome] = self.run_import(check=self.refuse, **options)
            self.assertEqual(outcome.status, "refused")
            self.assertEqual((outcome.errors, outcome.change), ([(1, "Not this one.")], None))
        self.assertEqual(self.asked, [Digest.objects.get().pk] * 3)
        self.assertEqual(Article.objects.get().points[1], "응답 시간 40% 단축")

    def test_it_is_not_asked_where_nothing_is_changed(self):
        self.write("b.md", post("2026-01-04"))
        self.assertEqual(self.statuses(check=self.refuse), {"a.md": "unchanged", "b.md": "created"})
        self.assertEqual(self.asked, [])


class CostTests(ImportCase):
    """How many queries a new post needs: the time of a long archive."""

    def test_a_post_with_known_publishers_and_tags_costs_a_fixed_number_of_queries(self):
        tagged = "categories: news\ntags: [AI, 반도체]"
        for name, more, limit in (("plain", "categories: news", 12), ("tagged", tagged, 13)):
            for articles in (1, 8):
                with self.subTest(name, articles=articles):
                    self.check(more, articles, limit)

    def check(self, more, articles, limit):
        Digest.objects.all().delete()
        for day in ("2026-01-03", "2026-01-04"):
            head = post(day).replace("categories: news", more)
            self.write(f"{day}.md", head + ARTICLE * (articles - 1))
        outcomes = import_posts(find_posts([self.folder]), publish=True)
        self.assertEqual(next(outcomes).status, "created")
        with CaptureQueriesContext(connection) as queries:
            self.assertEqual(next(outcomes).status, "created")
        # The digest's lock, itself, its articles, citations, tags, revision and audit rows, its old
        # addresses (are they free?), the version of the site, and a savepoint. What the search
        # index needs is its own affair.
        own = [query["sql"] for query in queries if "articles_search" not in query["sql"]]
        self.assertEqual(len(own), limit, own)


class MeanwhileTests(TransactionTestCase):
    """Somebody deletes, during an import, what it has met: foreign keys are checked at the end of
    a transaction, so each post needs one of its own."""

    serialized_rollback = True

    def test_what_was_deleted_meanwhile_is_made_again(self):
        text = POST.replace("categories: news", "tags: [AI, 반도체]")
        sources = [
            PostFile(f"{day}.md", lambda _limit, day=day: text.replace("2026-01-03", day).encode())
            for day in ("2026-01-03", "2026-01-04")
        ]
        outcomes = import_posts(sources)
        self.assertEqual(next(outcomes).status, "created")
        Digest.objects.all().delete()
        Publisher.objects.all().delete()
        Tag.objects.all().delete()
        self.assertEqual(next(outcomes).status, "created")
        article = Article.objects.get()
        self.assertEqual([tag.name for tag in article.tags.all()], ["AI", "반도체"])
        self.assertEqual(article.citations.first().publisher.name, "한빛일보")


def fingerprint():
    tables = (Digest, Article, Revision, Publisher, AuditEntry)
    return [list(table.objects.order_by("pk").values()) for table in tables]


class WholeDocumentTests(ImportCase):
    """What a document says beside the usual parts."""

    def test_the_first_revision_is_the_digest_as_it_is_stored(self):
        note = "\n### 정정\n- 2026-01-04T09:00:00+09:00 고쳤다.\n\n---\n"
        tagged = HEAD.replace("categories: news", "tags: [AI, ai, ＡＩ]")
        for text in (POST, tagged + ARTICLE, HEAD + ARTICLE.replace("\n---\n", note)):
            for is_published in (False, True):
                with self.subTest(text[:90], published=is_published):
                    Digest.objects.all().delete()
                    self.write("a.md", text + "\n끝말\n")
                    [outcome] = self.run_import(publish=is_published)
                    self.assertEqual(outcome.status, "created")
                    digest = Digest.objects.get()
                    self.assertEqual(digest.revisions.get().data, revisions.snapshot(digest))

    def test_tags_of_the_front_matter_are_those_of_every_article(self):
        self.write("a.md", POST.replace("categories: news", "tags: [AI, 반도체]") + ARTICLE)
        self.run_import()
        for article in Article.objects.all():
            self.assertEqual([tag.name for tag in article.tags.all()], ["AI", "반도체"])

    def test_corrections_come_along(self):
        note = "\n### 정정\n- 2026-01-04T09:00:00+09:00 고쳤다.\n\n---\n"
        text = ARTICLE.replace("\n---\n", note)
        self.write("a.md", HEAD + text)
        self.run_import(publish=True)
        digest = Digest.objects.get()
        [correction] = digest.corrections.all()
        self.assertEqual((correction.text, correction.article), ("고쳤다.", Article.objects.get()))
        self.assertEqual(digest.revised_at, correction.corrected_at)

    def test_other_text_and_authorship_are_kept(self):
        text = POST.replace("\n### 주요", "\n| 표 | 값 |\n\n### 주요")
        text = text.replace("확대 전망.\n", "확대 전망.\n\n작성: AI 도움\n확인: 김민지\n")
        self.write("a.md", text)
        self.run_import()
        article = Article.objects.get()
        self.assertEqual(article.other, [{"after": "points", "text": "| 표 | 값 |"}])
        self.assertEqual((article.drafted_by, article.read_by), ("ai", "김민지"))

    def test_media_of_the_site_are_reported(self):
        text = POST.replace("\n### 요약", "\n![그림](/assets/a.png) [표](files/b.pdf)\n\n### 요약")
        self.write("a.md", text.replace("응답", "![밖](https://other.example/c.png) 응답"))
        [outcome] = self.run_import()
        self.assertEqual(outcome.media, ["/assets/a.png", "files/b.pdf"])

    def test_media_are_found_however_they_are_written(self):
        found = {
            "![a\nb](<a.png>)": ["a.png"],
            "![a ![b] (c) ![d](e)": ["e"],
            "![!](a[1].png) [b]( c[2].pdf )": ["a[1].png", "c[2].pdf"],
            "[![a](b.png)](c.pdf)": ["b.png", "c.pdf"],
            "![](a](b.png)": ["a", "b.png"],
            "<img <img alt='a'\nsrc='/b.png'> <img src='": ["/b.png"],
            "[a](b:c.png) [a](b) [a](b.html) ![a](https://a.example/b.png)": ["b.html"],
        }
        for text, media in found.items():
            with self.subTest(text):
                self.assertEqual(media_of(text), media)

    def test_a_zip_is_read_like_its_files(self):
        path = self.folder / "posts.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("site/_posts/2026-01-03-ai.md", POST)
            archive.writestr("__MACOSX/._2026-01-03-ai.md", b"\x00junk")
            archive.writestr("site/_posts/broken.md", b"\xff\xfe")
        outcomes = list(import_posts(find_posts([path])))
        self.assertEqual([outcome.status for outcome in outcomes], ["created", "refused"])
        self.assertEqual(Digest.objects.get().layout["file"], "2026-01-03-ai")

    def test_a_file_that_is_no_zip_is_refused_in_words(self):
        self.write("posts.zip", b"PK\x03\x04 not really")
        with self.assertRaises(UnusableZip):
            find_posts([self.folder / "posts.zip"])


class PublishTests(ImportCase):
    def test_digest_is_published_on_the_date_of_its_post(self):
        self.write("a.md", POST)
        [outcome] = self.run_import(publish=True)
        self.assertEqual((outcome.status, outcome.is_published), ("created", True))
        digest = Digest.objects.published().get()
        moment = dt.datetime(2026, 1, 2, 15, 31, 5, tzinfo=dt.UTC)
        self.assertEqual((digest.published_at, digest.publish_at), (moment, moment))
        self.assertTrue(digest.feed_id)
        self.assertTrue(digest.articles.get().feed_id)

    def test_earlier_draft_is_published_unchanged(self):
        self.write("a.md", POST)
        self.run_import()
        for is_published in (True, False):
            [outcome] = self.run_import(publish=True)
            self.assertEqual((outcome.status, outcome.is_published), ("unchanged", is_published))

    def test_post_of_a_coming_day_is_scheduled(self):
        self.write("a.md", post("2999-01-01"))
        self.run_import(publish=True)
        self.assertEqual(Digest.objects.get().status, Digest.Status.SCHEDULED)
        self.assertFalse(Digest.objects.published().exists())
