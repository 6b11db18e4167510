"""Posts that only the tolerant reader understands, and several posts of one day."""

import json
import tempfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import TestCase
from django.utils import translation

from articles.digests import publishing, revisions
from articles.models import Digest, Publisher
from articles.posts.exporting import markdown_of
from articles.posts.importing import import_posts
from articles.posts.post_files import find_posts

ANSWER = """# 2026년 1월 3일 소식

안녕하세요! 요청하신 소식을 정리해 드립니다.

### 1. 🚀 새 칩 공개

**요약**
* 값이 반이다.
  * 여름부터 판다.
* 속도는 같다.

**시사점**
1. **기술적 의미:** 회로가 작다.
2. **산업적 영향:** 값 싸움이 난다.
3. **향후 전망:** 여름에 안다.

Source: [한빛일보](https://hanbit.example/1)

---

### 2. 섬 학교, 배로 등교

✅ 배가 두 척이다.

출처: https://news.narae.example/2 (1월 2일)

궁금한 점이 있으면 말씀해 주세요!
"""


class RecognisedCase(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def run_import(self, **options):
        return list(import_posts(find_posts([self.folder]), **options))


# Posts are recognised in Python; both engines keep them in `SameDayTests`.
@pytest.mark.one_engine
class RecognisedPostTests(RecognisedCase):
    def test_an_answer_of_a_language_model_becomes_a_digest(self):
        self.write("2026-01-03-news.md", ANSWER)
        [outcome] = self.run_import()
        self.assertEqual((outcome.status, outcome.is_exact), ("created", False))
        digest = Digest.objects.get()
        self.assertEqual(digest.title, "2026년 1월 3일 소식")
        first, second = digest.articles.all()
        self.assertEqual(first.headline, "새 칩 공개")
        self.assertEqual(first.points, ["값이 반이다. – 여름부터 판다.", "속도는 같다."])
        self.assertEqual(first.outlook, "여름에 안다.")
        self.assertEqual(second.citations.get().published_on.isoformat(), "2026-01-02")

    def test_an_unknown_publisher_is_named_by_its_domain(self):
        self.write("2026-01-03-news.md", ANSWER)
        self.run_import()
        self.assertTrue(Publisher.objects.filter(name="news.narae.example").exists())

    def test_importing_twice_changes_nothing(self):
        self.write("2026-01-03-news.md", ANSWER)
        self.run_import(publish=True)
        version = Digest.objects.get().version
        for force in (False, True):
            [outcome] = self.run_import(force=force)
            self.assertEqual((outcome.status, outcome.errors), ("unchanged", []))
        self.assertEqual(Digest.objects.get().version, version)

    def test_two_names_for_one_page_on_a_day_stay_where_they_are(self):
        page = "https://hanbit.example/1"
        self.write("2026-01-02-news.md", f"### 새 칩\n{page}\n\n### 섬\n{page}2\n")
        self.write("2026-01-03-news.md", f"### 새 로봇\n{page}\n\n### 등대\n[한빛]({page})\n")
        self.run_import()
        self.assertEqual({o.status for o in self.run_import()}, {"unchanged"})

    def test_a_correction_made_here_is_kept(self):
        self.write("2026-01-03-news.md", ANSWER)
        self.run_import(publish=True)
        publishing.correct(Digest.objects.get(), "값을 고쳤다.", by=None)
        [outcome] = self.run_import(force=True)
        self.assertEqual(outcome.status, "unchanged")
        self.assertEqual(Digest.objects.get().corrections.count(), 1)

    def test_the_exact_reader_can_be_asked_for(self):
        self.write("2026-01-03-news.md", ANSWER)
        [outcome] = self.run_import(read_as="exact")
        self.assertEqual(outcome.status, "refused")

    def test_a_post_without_a_day_is_refused_with_what_to_do(self):
        self.write("news.md", "## 제목\n\n- 글\n")
        [outcome] = self.run_import()
        self.assertIn("2026-01-03-news.md", outcome.errors[0][1])

    def test_it_has_no_more_articles_than_fit_into_a_digest(self):
        for text in (
            "**제목**\n\n요약:\n- 점\n\n",
            "## 제목\n\n- 점\n\n",
            "## 제목 {}\n\n- 점\n\n",
        ):
            with self.subTest(text):
                self.write("2026-01-03-news.md", "".join(map(text.format, range(501))))
                [outcome] = self.run_import()
                self.assertEqual(outcome.status, "refused")
                self.assertIn("500", outcome.errors[0][1])

    def test_what_has_no_article_is_refused_with_the_reason_of_the_exact_reader(self):
        head = "---\ntitle: 소식\n---\u3000\n"
        self.write("2026-01-03-news.md", f"{head}\n## 제목\n\n### 요약\n- 점\n\n---\n")
        [outcome] = self.run_import()
        self.assertIn("front matter", outcome.errors[0][1])

    def test_the_digest_of_another_day_in_the_same_file_is_told_with_its_line(self):
        parts = [
            f"# {day} AI 뉴스\n\n### {headline}\n\n**요약**\n- 반\n"
            for day, headline in (("2026-01-03", "새 칩"), ("2026-01-02", "섬 학교"))
        ]
        self.write("2026-01-03-news.md", "\n".join(parts))
        [outcome] = self.run_import()
        [warning] = outcome.warnings
        self.assertRegex(warning, "8.*2026-01-02")

    def test_a_date_that_cannot_be_read_is_told(self):
        for date in ("this morning", "2026-02-30", "2026-01-03 09:00 XYZ"):
            with self.subTest(date):
                Digest.objects.all().delete()
                self.write("2026-01-03-news.md", f"---\ntitle: x\ndate: {date}\n---\n{ANSWER}")
                [outcome] = self.run_import(publish=True)
                self.assertEqual(outcome.status, "created")
                self.assertIn(date, " ".join(outcome.warnings))
                self.assertIn(date, " ".join(outcome.notices))

    def test_the_hour_of_another_day_counts_and_the_other_day_is_told(self):
        self.write("2026-01-03-news.md", f"---\ntitle: x\ndate: 2025-06-01 07:30\n---\n{ANSWER}")
        [outcome] = self.run_import(publish=True)
        self.assertIn("2025-06-01", " ".join(outcome.notices))
        self.assertIn("07:30:00 +0900", markdown_of(Digest.objects.get()).decode())

    def test_an_export_of_it_reads_back_as_the_same_digest(self):
        self.write("2026-01-03-news.md", ANSWER)
        self.run_import(publish=True)
        before = revisions.snapshot(Digest.objects.get())
        with tempfile.TemporaryDirectory() as target:
            call_command("export_posts", target, stdout=StringIO())
            [path] = Path(target).rglob("*.md")
            [outcome] = import_posts(find_posts([path]))
        self.assertEqual((outcome.status, outcome.is_exact), ("unchanged", True))
        self.assertEqual(revisions.snapshot(Digest.objects.get()), before)

    def test_the_command_tells_what_a_post_lacks_at_its_first_import(self):
        self.write(
            "2026-01-03-news.md", "---\ndate: 2025-05-05\n---\n\n## 제목\n\n### 요약\n- 점\n"
        )
        for is_told in (True, False):
            out = StringIO()
            call_command("import_posts", str(self.folder), stdout=out)
            for words in ("2026-01-03-news.md: ", "2025-05-05"):
                self.assertEqual(words in out.getvalue(), is_told, out.getvalue())

    @translation.override("en")
    def test_a_dry_run_tells_what_was_recognised_of_each_file(self):
        self.write("2026-01-03-news.md", ANSWER)
        out = StringIO()
        call_command("import_posts", str(self.folder), "--dry-run", stdout=out)
        self.assertIn("100 % recognised; guessed: lines 23; left out: lines 3, 27", out.getvalue())
        out = StringIO()
        call_command("import_posts", str(self.folder), "--dry-run", "--json", stdout=out)
        [file] = json.loads(out.getvalue())["files"]
        self.assertEqual((file["exact"], file["account"]["share"]), (False, 1.0))


class SameDayTests(RecognisedCase):
    HEAD = "---\ntitle: {}\ndate: 2026-01-03 {}:00:00 +0900\n---\n"

    def setUp(self):
        super().setUp()
        for name, hour in (("b-morning", "07"), ("a-evening", "19")):
            head = self.HEAD.format(name, hour)
            self.write(f"2026-01-03-{name}.md", f"{head}\n## {name}의 기사\n\n### 요약\n- 점\n")

    def test_the_second_post_of_a_day_is_refused_and_names_the_first(self):
        outcomes = self.run_import()
        self.assertEqual([o.status for o in outcomes], ["created", "refused"])
        self.assertIn("2026-01-03-a-evening.md", outcomes[1].errors[0][1])
        self.assertIn("--same-day join", outcomes[1].errors[0][1])

    def test_joined_posts_are_one_digest_in_the_order_of_their_times(self):
        outcomes = self.run_import(same_day="join")
        self.assertEqual([o.status for o in outcomes], ["created", "created"])
        digest = Digest.objects.get()
        self.assertEqual(digest.title, "b-morning")
        headlines = [article.headline for article in digest.articles.all()]
        self.assertEqual(headlines, ["b-morning의 기사", "a-evening의 기사"])
        self.assertIn("2026-01-03-a-evening.md", outcomes[0].notices[0])

    def test_joining_twice_changes_nothing(self):
        self.run_import(same_day="join")
        again = self.run_import(same_day="join")
        self.assertEqual([o.status for o in again], ["unchanged", "unchanged"])

    def test_the_order_in_which_files_are_given_makes_no_difference(self):
        self.run_import(same_day="join")
        posts = find_posts([self.folder])[::-1]
        again = import_posts(posts, same_day="join", force=True)
        self.assertEqual([o.status for o in again], ["unchanged", "unchanged"])
        self.assertEqual(Digest.objects.get().layout["file"], "2026-01-03-b-morning")

    def test_the_old_addresses_of_all_joined_posts_lead_to_the_digest(self):
        path = self.folder / "2026-01-03-a-evening.md"
        path.write_text(path.read_text().replace("title:", "permalink: /late/\ntitle:"))
        for _time in range(2):
            self.run_import(same_day="join", publish=True)
            for address in ("/2026/01/03/b-morning.html", "/2026/01/03/a-evening.html", "/late/"):
                with self.subTest(address):
                    self.assertRedirects(self.client.get(address), "/2026/01/03/", 301)

    def test_a_post_that_is_not_for_readers_keeps_the_joined_digest_a_draft(self):
        path = self.folder / "2026-01-03-a-evening.md"
        path.write_text(path.read_text().replace("title:", "published: false\ntitle:"))
        self.run_import(same_day="join", publish=True)
        self.assertEqual(Digest.objects.get().status, Digest.Status.DRAFT)
