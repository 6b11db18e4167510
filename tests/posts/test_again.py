"""A post that comes a second time changes nothing, whatever its spelling, and is exported as it
came."""

import datetime as dt
import io
import os
import tempfile
import zipfile
from pathlib import Path

import pytest
from django.test import TestCase

from articles.digests import publishing, revisions
from articles.models import AuditEntry, Correction, Digest, Publisher, Revision
from articles.posts.exporting import export_digests, markdown_of
from articles.posts.importing import import_posts
from articles.posts.post_files import find_posts, posts_in_zip
from tests.support.posts import ARTICLE, HEAD, POST, post

WIDE, HARD = "\u3000", "\u00a0"
CORRECTION = "\n### 정정\n- 2026-01-04T09:00:00+09:00 고쳤다.\n"
NEWEST_FIRST = (
    "\n### 정정\n- 2026-01-05T09:00:00Z 둘째.\n- 2026-01-04T09:00:00-05:00 첫째.\n"
    "- 2026-01-04T09:00:00-05:00 첫째.\n"
)
BODY = "## 제목\n\n### 요약\n- 요점\n"


def swapped(old, new):
    assert old in POST
    return POST.replace(old, new)


# What is special about a post, its file name and its text.
POSTS = {
    "title": ("a", swapped('뉴스"', f'뉴스{WIDE}"')),
    "title with a blank": ("a", swapped('뉴스"', '뉴스 "')),
    "title between blanks": ("a", swapped('"2026-01-03 AI 뉴스"', f'" {HARD}제목{HARD} "')),
    "headline": ("a", swapped("병원에 도입\n", f"병원에 도입{WIDE}\n")),
    "start of a headline": ("a", swapped("## 온", f"## {WIDE}온")),
    "end of a point": ("a", swapped("40% 단축\n", f"40% 단축{HARD}\n")),
    "end of the first point": ("a", swapped("를 시험\n", f"를 시험{HARD}{WIDE}\n")),
    "start of a point": ("a", swapped("- 응답", f"- {WIDE}응답")),
    "implications": ("a", swapped("증거\n", f"증거{WIDE}\n").replace(": 의료", f": {WIDE}의료")),
    "introduction": ("a", HEAD + f"\n{WIDE}머리글.{HARD}\n" + ARTICLE),
    "other text": ("a", swapped("\n### 요약", f"\n{WIDE}문단.{WIDE}\n\n### 요약")),
    "a line that is no structure": (
        "a",
        swapped("\n### 요약", "\n첫 문단.\n\n ### 요약\n- 다른 점\n\n### 요약"),
    ),
    "publisher": ("a", swapped("[한빛일보]", f"[{WIDE}한빛일보{HARD}]")),
    "correction": ("a", swapped("전망.\n", f"전망.\n{CORRECTION[:-1]}{WIDE}\n")),
    "reader": ("a", swapped("전망.\n", f"전망.\n\n확인:{WIDE}김하나{HARD}\n")),
    "tags": ("a", swapped("전망.\n", f"전망.\n\n주제: 칩{WIDE},{WIDE}수출{WIDE}\n")),
    "corrections from the newest": ("a", POST.replace("전망.\n", "전망.\n" + NEWEST_FIRST)),
    "corrections of the digest": ("a", HEAD + NEWEST_FIRST + ARTICLE),
    "mixed line ends": ("a", POST.replace("\n- ", "\r\n- ")),
    "mostly Windows line ends": ("a", POST.replace("\n", "\r\n").replace("약\r\n", "약\n")),
    "UTC before midnight": ("2026-01-03-x", post("2026-01-02", "22:00:00Z")),
    "milliseconds": ("2026-01-03-x", post(time="04:21:31.762-05:00")),
    "slashes": ("2026-01-03-x", post("2026/01/03", "7:05:00 +0900")),
    "an hour of one digit": ("2026-01-03-x", post(time="7:05:00 +0900")),
    "a day in other words": ("2026-01-03-x", post("2026-1-3", "")),
    "another day": ("2026-01-03-x", post("2025-12-31")),
    "no date": ("2026-01-03-x", f"---\ntitle: 제목\n---\n{BODY}"),
    "no title": ("2026-01-03-x", f"---\ndate: 2026-01-03\n---\n# 이름\n\n머리글\n\n{BODY}"),
    "no title and no heading": ("2026-01-03-x", f"---\ndate: 2026-01-03\n---\n머리글\n\n{BODY}"),
    "no front matter": ("2026-01-03-x", f"# 이름\n\n{BODY}"),
    "nothing but articles": ("2026-01-03-x", BODY),
    "empty front matter": ("2026-01-03-x", f"---\n---\n{BODY}"),
    "TOML": ("2026-01-03-x", f'+++\ntitle = "이름"\ndate = 2026-01-03T07:00:00+09:00\n+++\n{BODY}'),
    "linked headline": (
        "a",
        HEAD + "## [새 칩](https://hanbit.example/a?id=1)\n\n### 요약\n- 점\n",
    ),
    "marked headline": ("a", HEAD + "## **굵은** 제목과 [글](https://a.example/) ##\n"),
    "equal points": ("a", HEAD + f"## 글\n\n### 요약\n- 점{HARD}\n- 점\n\n- {WIDE}점\n-  점\n"),
    "rules": ("a", HEAD + f"## 글\n\n---{HARD}\n\n## 둘\n\n***{WIDE}\n"),
    "title twice": ("2026-01-03-x", HEAD + "# 2026-01-03 AI 뉴스\n\n머리글\n" + ARTICLE),
    "rules and no front matter": ("2026-01-03-x", "---\n\n## 하나\n\n---\n\n## 둘\n\n---\n"),
    "code": ("a", HEAD + "## 제목\n\n```bash\n## 설치\n---\n### 요약\n```\n\n끝\n"),
    "colon in the title": (
        "a",
        HEAD.replace('"2026-01-03 AI 뉴스"', "[단독] 시험: 콜론") + ARTICLE,
    ),
}


class AgainCase(TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, text):
        (self.folder / f"{name}.md").write_bytes(text.encode())

    def run_import(self, **options):
        [outcome] = import_posts(find_posts([self.folder]), **options)
        return outcome

    def exported(self):
        with tempfile.TemporaryDirectory() as folder:
            export_digests(Path(folder), "markdown", everything=True)
            [path] = Path(folder, "_posts").iterdir()
            return path.stem, path.read_bytes().decode()


class SecondImportTests(AgainCase):
    # Spellings are read and written in Python; how engines keep odd files, `test_exporting` sees.
    @pytest.mark.one_engine
    def test_it_changes_nothing_and_what_is_exported_is_the_file(self):
        for label, (name, text) in POSTS.items():
            for publish in (True, False):
                with self.subTest(label, publish=publish):
                    self.check(name, text, publish)

    def check(self, name, text, publish):
        Digest.objects.all().delete()
        for path in self.folder.glob("*.md"):
            path.unlink()
        self.write(name, text)
        first = self.run_import(publish=publish)
        self.assertEqual((first.status, first.errors), ("created", []))
        before = stored()
        for options in ({}, {"force": True}):
            self.assertEqual(self.run_import(publish=publish, **options).status, "unchanged")
        self.assertEqual(stored(), before)
        stem = name if name.startswith("2026") else "2026-01-03-digest"
        self.assertEqual(self.exported(), (stem, text))

    def test_it_changes_nothing_after_the_digest_came_out_at_another_hour(self):
        self.write("a", POST)
        self.run_import()
        publishing.publish(Digest.objects.get(), unchecked=True)
        before = stored()
        self.assertEqual(self.run_import().status, "unchanged")
        self.assertEqual(stored(), before)

    def test_a_correction_made_here_is_no_difference(self):
        self.write("a", POST)
        self.run_import(publish=True)
        self.correct()
        before = stored()
        for options in ({}, {"force": True}):
            self.assertEqual(self.run_import(publish=True, **options).status, "unchanged")
        self.assertEqual(stored(), before)

    def test_a_correction_of_the_post_is_one(self):
        self.write("a", POST)
        self.run_import(publish=True)
        self.correct()
        self.write(
            "a",
            POST.replace("전망.\n", "전망.\n" + CORRECTION),
        )
        self.assertEqual(self.run_import().status, "updated")
        self.assertEqual(self.run_import().status, "unchanged")
        self.assertEqual(Correction.objects.count(), 2)

    def test_force_overwrites_texts_and_leaves_corrections(self):
        self.write("a", POST)
        self.run_import(publish=True)
        self.correct()
        self.write("a", POST.replace("40%", "45%"))
        self.assertEqual(self.run_import(force=True).status, "updated")
        self.assertEqual(self.run_import(force=True).status, "unchanged")
        self.assertEqual(Correction.objects.get().text, "여기서 고침.")

    def test_new_articles_do_not_take_corrections_away(self):
        self.write("a", POST)
        self.run_import(publish=True)
        self.correct()
        other = (
            HEAD
            + "## 다른 소식\n[곳](https://other.example/1)\n\n## 또\n[곳](https://o.example/2)\n"
        )
        self.write("a", other)
        self.assertEqual(self.run_import(force=True).status, "updated")
        self.assertEqual(self.run_import(force=True).status, "unchanged")
        self.assertEqual(Correction.objects.get().text, "여기서 고침.")

    def correct(self):
        digest = Digest.objects.get()
        moment = dt.datetime(2026, 1, 6, tzinfo=dt.UTC)
        Correction.objects.create(
            digest=digest,
            article=digest.articles.first(),
            text="여기서 고침.",
            corrected_at=moment,
        )
        revisions.commit(digest)


# Spellings are read in Python; both engines keep what comes again in `SecondImportTests`.
@pytest.mark.one_engine
class UnderstandingTests(AgainCase):
    """What readers see of unusual posts."""

    def imported(self, label):
        self.write(*POSTS[label])
        return self.run_import(publish=True), Digest.objects.get()

    def test_a_blank_after_a_point_leaves_it_a_point(self):
        _outcome, digest = self.imported("end of the first point")
        self.assertEqual(len(digest.articles.get().points), 2)
        self.assertEqual(digest.articles.get().other, [])

    def test_a_stamp_in_utc_belongs_to_the_day_of_the_site(self):
        outcome, digest = self.imported("UTC before midnight")
        self.assertEqual(digest.date, dt.date(2026, 1, 3))
        self.assertEqual(digest.published_at, dt.datetime(2026, 1, 2, 22, tzinfo=dt.UTC))
        self.assertEqual(outcome.notices, [])

    def test_a_file_name_of_another_day_wins_and_is_told(self):
        outcome, digest = self.imported("another day")
        self.assertEqual(digest.date, dt.date(2026, 1, 3))
        self.assertEqual(len(outcome.notices), 1)
        self.assertIn("2025-12-31", outcome.notices[0])

    def test_what_the_front_matter_lacks_is_told(self):
        for label, title, told in (
            ("no date", "제목", 1),
            ("no title", "이름", 1),
            ("no title and no heading", "2026-01-03", 1),
            ("no front matter", "이름", 2),
        ):
            with self.subTest(label):
                Digest.objects.all().delete()
                outcome, digest = self.imported(label)
                self.assertEqual((digest.title, len(outcome.notices)), (title, told))
                self.assertNotIn("이름", digest.introduction)
                self.assertEqual(self.run_import().notices, outcome.notices)

    def test_without_a_day_anywhere_a_post_is_refused(self):
        self.write("news", POSTS["no date"][1])
        self.assertEqual([line for line, _ in self.run_import().errors], [1])

    def test_a_link_in_the_headline_is_a_citation(self):
        _outcome, digest = self.imported("linked headline")
        article = digest.articles.get()
        self.assertEqual((article.headline, article.slug), ("새 칩", "새-칩"))
        self.assertEqual(article.citations.get().url, "https://hanbit.example/a?id=1")
        self.assertEqual(Publisher.objects.get().name, "hanbit.example")

    def test_a_link_is_cited_by_the_publisher_that_the_site_knows(self):
        name, text = POSTS["linked headline"]
        self.write("b", post("2026-01-02"))
        self.run_import()
        (self.folder / "b.md").unlink()
        self.write(name, text)
        for status in ("created", "unchanged"):
            self.assertEqual(self.run_import().status, status)
        digest = Digest.objects.get(date=dt.date(2026, 1, 3))
        self.assertEqual(digest.articles.get().citations.get().publisher.name, "한빛일보")
        self.assertEqual(markdown_of(digest).decode(), text)

    def test_a_heading_that_repeats_the_title_is_shown_once(self):
        _outcome, digest = self.imported("title twice")
        self.assertEqual(digest.introduction, "머리글")

    def test_articles_between_rules_are_no_front_matter(self):
        _outcome, digest = self.imported("rules and no front matter")
        self.assertEqual([a.headline for a in digest.articles.all()], ["하나", "둘"])

    def test_a_draft_in_toml_is_not_published(self):
        name, text = POSTS["TOML"]
        self.write(name, text.replace("+++\n", "+++\ndraft = true\n", 1))
        self.assertTrue(self.run_import(publish=True).is_held_back)
        self.assertFalse(Digest.objects.published().exists())


@pytest.mark.one_engine
class ZipNameTests(TestCase):
    def test_names_without_the_flag_of_utf_8_are_read_as_windows_or_unix_wrote_them(self):
        for encoding in ("cp949", "utf-8"):
            with self.subTest(encoding):
                data = zipped("2026-03-02-인공지능.md", encoding)
                [found] = posts_in_zip(io.BytesIO(data))
                self.assertEqual(found.stem, "2026-03-02-인공지능")
                self.assertEqual(found.read(10), b"text")

    def test_names_in_no_known_encoding_stay_as_they_are(self):
        [found] = posts_in_zip(io.BytesIO(zipped("2026-03-02-é.md", "cp437")))
        self.assertEqual(found.stem, "2026-03-02-é")

    def test_signs_that_control_a_terminal_are_not_in_names(self):
        data = zipped("2026-03-02-a\x1b[2J\n.md", "utf-8")
        self.assertEqual(posts_in_zip(io.BytesIO(data))[0].stem, "2026-03-02-a\ufffd[2J\ufffd")


@pytest.mark.one_engine
class FileNameTests(AgainCase):
    def test_names_on_disk_that_are_not_utf_8_are_imported(self):
        for written, name in (
            ("2026-01-03-인공지능.md".encode("cp949"), "2026-01-03-인공지능"),
            (b"2026-01-03-\xff\xfe\x1b.md", "2026-01-03-\ufffd\ufffd\ufffd"),
        ):
            with self.subTest(name):
                Digest.objects.all().delete()
                path = Path(self.folder, os.fsdecode(written))
                path.write_text(POST)
                self.assertEqual(self.run_import(publish=True).status, "created")
                self.assertEqual(self.run_import(publish=True).status, "unchanged")
                self.assertEqual(self.exported(), (name, POST))
                path.unlink()


def zipped(name, encoding):
    """An archive whose one name has no flag."""
    data = io.BytesIO()
    stand_in = "x" * len(name.encode(encoding))
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(stand_in, b"text")
    return data.getvalue().replace(stand_in.encode(), name.encode(encoding))


def stored():
    tables = (Digest, Revision, AuditEntry, Correction)
    return [list(table.objects.order_by("pk").values()) for table in tables]
