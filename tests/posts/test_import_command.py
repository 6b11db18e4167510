"""The command `import_posts`: what it prints, and with which status it ends."""

import json
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from articles.models import Article, Digest, Publisher
from tests.posts.test_importing import ImportCase
from tests.support.posts import ARTICLE, HEAD, POST, post

TWICE = POST.replace("### 주요 내용 및 시사점", "### 요약")
DEMO = Path(__file__).parents[2] / "demo"


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
