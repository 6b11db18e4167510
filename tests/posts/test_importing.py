import datetime as dt
import json
import tempfile
import zipfile
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import SimpleTestCase, TestCase, TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from articles.digests import editing, publishing, revisions
from articles.document import DocumentError
from articles.models import Article, AuditEntry, Digest, Publisher, Revision, Tag
from articles.posts.importing import import_posts, media_of
from articles.posts.post_files import PostFile, UnusableZip, find_posts, read_post
from tests.support.factories import record
from tests.support.posts import ARTICLE, HEAD, POST, post

TWICE = POST.replace("### 주요 내용 및 시사점", "### 요약")
DEMO = Path(__file__).parents[2] / "demo"


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
        """Such as the Markdown of a single article, taken for that of its issue."""
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


class RefusalTests(ImportCase):
    def test_one_bad_file_leaves_the_others_alone(self):
        self.write("1.md", "no front matter")
        self.write("2.md", post("2026-01-04"))
        self.write("3.md", POST.encode("cp949", "replace"))
        self.write("4.md", post("2026-01-05").replace("40%", "4\x000%"))
        self.assertEqual(
            self.statuses(),
            {"1.md": "refused", "2.md": "created", "3.md": "refused", "4.md": "refused"},
        )
        self.assertEqual(Digest.objects.get().date, dt.date(2026, 1, 4))
        self.assertFalse(Publisher.objects.exclude(citations__isnull=False).exists())

    def test_bad_bytes_are_named_by_line(self):
        self.write("a.md", POST.encode().replace("응답".encode(), b"\xff\xfe"))
        [outcome] = self.run_import()
        self.assertEqual(outcome.errors[0][0], 15)
        self.assertIn("0xff", outcome.errors[0][1])

    def test_second_post_for_one_day_is_refused_naming_the_first(self):
        self.write("a.md", post(headline="하나"))
        self.write("b.md", post(headline="둘"))
        first, second = self.run_import()
        self.assertEqual((first.status, second.status), ("created", "refused"))
        self.assertIn("a.md", second.errors[0][1])
        self.assertEqual(Article.objects.get().headline, "하나")

    def test_failure_while_saving_leaves_nothing_of_the_file(self):
        self.write("a.md", POST)
        with self.assertRaises(RuntimeError), self.failing_revisions():
            self.run_import()
        self.assertFalse(Digest.objects.exists())
        self.assertFalse(Publisher.objects.exists())

    def failing_revisions(self):
        from unittest.mock import patch

        return patch("articles.posts.importing.revisions.keep", side_effect=RuntimeError)

    def test_oversized_file_is_refused(self):
        self.write("a.md", POST + "x" * 1_000_000)
        self.assertEqual(self.statuses(), {"a.md": "refused"})


# How files are found and told of is no affair of the database.
@pytest.mark.one_engine
class CommandTests(ImportCase):
    def run_command(self, *arguments, **options):
        output, errors = StringIO(), StringIO()
        arguments = arguments or (str(self.folder),)
        try:
            with translation.override("en"):
                call_command("import_posts", *arguments, stdout=output, stderr=errors, **options)
        finally:
            self.output, self.errors = output.getvalue(), errors.getvalue()

    def edit_at_the_desk(self, headline="편집자가 고친 제목"):
        Article.objects.update(headline=headline)

    def test_directory_is_searched_for_posts(self):
        self.write("_posts/a.md", post("2026-01-03"))
        self.write("_posts/b.markdown", post("2026-01-04"))
        self.write("_posts/notes.txt", "x")
        self.run_command(publish=True)
        self.assertIn("2 posts: 2 created, 2 published.", self.output)

    def test_zip_is_searched_for_posts(self):
        with zipfile.ZipFile(self.folder / "archive.ZIP", "w") as archive:
            archive.writestr("site/_posts/a.md", post("2026-01-03"))
            archive.writestr("site/_posts/b.md", post("2026-01-04"))
        self.run_command(str(self.folder / "archive.ZIP"))
        self.assertIn("2 posts: 2 created.", self.output)

    def test_damaged_zip_is_a_sentence(self):
        path = self.write("archive.zip", b"PK\x03\x04 and no more")
        with self.assertRaises(CommandError) as caught:
            self.run_command(str(path))
        self.assertIn("zip", str(caught.exception))

    def test_refused_file_is_named_with_its_line_and_fails_the_command(self):
        path = self.write("a.md", TWICE)
        self.write("b.md", post("2026-01-04"))
        with self.assertRaises(CommandError):
            self.run_command(read_as="exact")
        self.assertIn(f"{path}:17: ", self.errors)
        self.assertIn("2 posts: 1 created, 1 refused.", self.output)

    def test_dry_run_reports_the_same_and_saves_nothing(self):
        self.write("a.md", POST)
        self.run_command(dry_run=True, publish=True)
        self.assertIn("1 post: 1 created, 1 published.", self.output)
        self.assertFalse(Digest.objects.exists())
        self.assertFalse(Publisher.objects.exists())

    def test_what_a_post_changes_is_told_article_by_article(self):
        second = ARTICLE.replace("온디바이스 모델, 지역 병원에 도입", "둘째")
        self.write("a.md", POST + second)
        self.run_command()
        self.write("a.md", POST.replace("40%", "45%") + second.replace("둘째", "셋째", 1))
        self.run_command()
        self.assertIn("a.md: updated", self.output)
        self.assertIn("~ 1 온디바이스 모델, 지역 병원에 도입: points (+2 −2)", self.output)
        self.assertIn("셋째: headline (+2 −2)", self.output)
        self.assertIn("1 post: 1 updated.", self.output)

    def test_added_removed_and_moved_articles_are_told(self):
        titles = ("하나", "둘", "셋")
        parts = {
            title: ARTICLE.replace("온디바이스 모델, 지역 병원에 도입", title)
            .replace("hanbit.example/2026", f"{number}.example")
            .replace("chenguang", f"c{number}")
            for number, title in enumerate(titles)
        }
        self.write("a.md", HEAD + parts["하나"] + parts["둘"])
        self.run_command()
        self.write("a.md", HEAD + parts["둘"] + parts["하나"] + parts["셋"])
        self.run_command()
        self.assertIn("(moved from ", self.output)
        self.assertIn("  + 3 셋", self.output)
        self.write("a.md", HEAD + parts["둘"] + parts["셋"])
        self.run_command()
        self.assertIn("  - 2 하나", self.output)

    def test_newer_work_is_left_alone_and_shown_unless_forced(self):
        path = self.write("a.md", POST)
        self.run_command()
        self.edit_at_the_desk()
        with self.assertRaises(CommandError):
            self.run_command()
        self.assertIn(f"{path}:1: ", self.errors)
        self.assertIn("headline (+", self.output)
        self.assertEqual(Article.objects.get().headline, "편집자가 고친 제목")
        self.run_command(force=True)
        self.assertEqual(Article.objects.get().headline, "온디바이스 모델, 지역 병원에 도입")

    def test_media_of_the_posts_are_reported_once(self):
        picture = "### 요약\n- ![그림](/assets/a.png)\n"
        self.write("a.md", POST.replace("### 요약\n", picture))
        self.write("b.md", post("2026-01-04").replace("### 요약\n", picture))
        self.run_command()
        self.assertEqual(self.output.count("/assets/a.png"), 1)

    def test_json_is_one_object_even_when_posts_are_refused(self):
        self.write("a.md", POST)
        self.run_command()
        self.write("a.md", POST.replace("40%", "45%"))
        self.write("b.md", TWICE.replace("2026-01-03", "2026-01-04"))
        with self.assertRaises(CommandError):
            self.run_command(json=True, dry_run=True, read_as="exact")
        report = json.loads(self.output)
        self.assertEqual(report["totals"], {"refused": 1, "updated": 1})
        self.assertTrue(report["dry_run"])
        updated, refused = report["files"]
        self.assertEqual((updated["status"], updated["errors"]), ("updated", []))
        [article] = updated["articles"]
        self.assertEqual((article["change"], article["fields"]), ("changed", ["points"]))
        self.assertEqual((article["added_characters"], article["removed_characters"]), (2, 2))
        self.assertEqual([error["line"] for error in refused["errors"]], [17])

    def test_missing_path_is_a_sentence(self):
        with self.assertRaisesMessage(CommandError, "does not exist."):
            self.run_command(str(self.folder / "nowhere"))

    def test_directory_without_posts_is_a_sentence(self):
        with self.assertRaisesMessage(CommandError, "no Markdown files"):
            self.run_command()

    def test_demo_archive_imports_whole(self):
        self.run_command(str(DEMO), publish=True)
        days = list(Digest.objects.published().order_by("date").values_list("date", flat=True))
        self.assertGreaterEqual(len(days), 5)
        self.assertEqual((days[-1] - days[0]).days, len(days) - 1)
        for digest in Digest.objects.prefetch_related("articles__citations"):
            self.assertIn(digest.articles.count(), range(4, 7))
            for article in digest.articles.all():
                self.assertEqual(len(article.implications), 3)
                self.assertTrue(article.points)
                self.assertTrue(article.citations.all())


class ZipBombTests(SimpleTestCase):
    def setUp(self):
        self.file = Path(self.enterContext(tempfile.TemporaryDirectory())) / "posts.zip"

    def test_posts_that_unpack_to_very_much_are_refused_unread(self):
        with zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(3):
                archive.writestr(f"{number}.md", bytes(1000))
        with (
            mock.patch("articles.posts.post_files.MAX_ZIP_BYTES", 2999),
            self.assertRaises(UnusableZip),
        ):
            find_posts([self.file])
        with mock.patch("articles.posts.post_files.MAX_ZIP_BYTES", 3000):
            self.assertEqual(len(find_posts([self.file])), 3)

    def test_packing_whose_memory_has_no_bound_is_refused(self):
        for packing in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            with zipfile.ZipFile(self.file, "w", packing) as archive:
                archive.writestr("a.md", POST)
            [source] = find_posts([self.file])
            with self.subTest(packing=packing), self.assertRaises(DocumentError):
                read_post(source)
