import datetime as dt
import tempfile
from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command
from django.test import TestCase

from articles.importing import find_posts, import_posts
from articles.models import Article, Digest, Publisher, Revision
from tests.posts import POST, post

DEMO = Path(__file__).parent.parent / "demo"


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
        return {outcome.path.name: outcome.status for outcome in self.run_import(**options)}


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

    def test_post_that_differs_from_its_digest_is_refused(self):
        self.write("a.md", POST)
        self.run_import()
        Article.objects.update(headline="편집자가 고친 제목")
        self.assertEqual(self.statuses(), {"a.md": "refused"})
        self.assertEqual(Article.objects.get().headline, "편집자가 고친 제목")


class PublishTests(ImportCase):
    def test_digest_is_published_on_the_date_of_its_post(self):
        self.write("a.md", POST)
        self.assertEqual(self.statuses(publish=True), {"a.md": "published"})
        digest = Digest.objects.published().get()
        moment = dt.datetime(2026, 1, 2, 15, 31, 5, tzinfo=dt.UTC)
        self.assertEqual((digest.published_at, digest.publish_at), (moment, moment))
        self.assertTrue(digest.feed_id)
        self.assertTrue(digest.articles.get().feed_id)

    def test_earlier_draft_is_published_unchanged(self):
        self.write("a.md", POST)
        self.run_import()
        self.assertEqual(self.statuses(publish=True), {"a.md": "published"})
        self.assertEqual(self.statuses(publish=True), {"a.md": "unchanged"})

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

        return patch("articles.importing.revisions.record", side_effect=RuntimeError)

    def test_oversized_file_is_refused(self):
        self.write("a.md", POST + "x" * 1_000_000)
        self.assertEqual(self.statuses(), {"a.md": "refused"})


class CommandTests(ImportCase):
    def run_command(self, *arguments, **options):
        output, errors = StringIO(), StringIO()
        try:
            call_command("import_posts", *arguments, stdout=output, stderr=errors, **options)
        finally:
            self.output, self.errors = output.getvalue(), errors.getvalue()

    def test_directory_is_searched_for_posts(self):
        self.write("_posts/a.md", post("2026-01-03"))
        self.write("_posts/b.markdown", post("2026-01-04"))
        self.write("_posts/notes.txt", "x")
        self.run_command(str(self.folder), publish=True)
        self.assertIn("2 posts: 2 published.", self.output)

    def test_refused_file_is_named_with_its_line_and_fails_the_command(self):
        path = self.write("a.md", POST.replace("- 응답", "응답"))
        self.write("b.md", post("2026-01-04"))
        with self.assertRaises(CommandError):
            self.run_command(str(self.folder))
        self.assertIn(f"{path}:15: ", self.errors)
        self.assertIn("2 posts: 1 created, 1 refused.", self.output)

    def test_missing_path_is_a_sentence(self):
        with self.assertRaisesMessage(CommandError, "does not exist."):
            self.run_command(str(self.folder / "nowhere"))

    def test_directory_without_posts_is_a_sentence(self):
        with self.assertRaisesMessage(CommandError, "no Markdown files"):
            self.run_command(str(self.folder))

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
