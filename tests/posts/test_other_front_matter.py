"""Front matter and file names as other programs than Jekyll write them."""

import datetime as dt
import unicodedata
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles import document
from articles.document import DocumentError
from articles.document.readiness import not_for_readers
from articles.posts.post_files import PostFile
from articles.posts.reading import read
from articles.recognising import recognise

SEOUL = ZoneInfo("Asia/Seoul")
BODY = "## 새 칩\n\n### 요약\n- 반\n"
MORNING = dt.datetime(2026, 1, 3, 7, tzinfo=SEOUL)


def file(name):
    return PostFile(name, lambda limit: b"")


class MomentTests(SimpleTestCase):
    def read(self, line):
        return read(file("news.md"), f"---\ntitle: 소식\n{line}\n---\n{BODY}", SEOUL).document

    def test_dates_in_other_forms_are_moments(self):
        for written in (
            "Sat, 03 Jan 2026 07:00:00 +0900",
            "03 Jan 2026 07:00:00 +0900",
            "Fri Jan 02 2026 22:00:00 GMT+0000 (Coordinated Universal Time)",
            "2026-01-03 07:00:00 Asia/Seoul",
            "2026년 1월 3일 (토) 오전 7시",
            "2026년 1월 3일 07시 00분",
            "January 3, 2026, 7:00 AM",
            "Saturday, January 3, 2026 7:00 a.m.",
            "2026-01-03 07:00:00 KST",
            "2026-01-02 17:00 EST",
            "1767391200",
            "1767391200000",
        ):
            with self.subTest(written):
                self.assertEqual(self.read(f'date: "{written}"').stamp, MORNING)

    def test_other_keys_say_when_a_post_came_out(self):
        for key in ("pubDate", "date_published", "publishDate", "published_at", "createdAt"):
            with self.subTest(key):
                post = self.read(f"{key}: 2026-01-02T22:00:00Z")
                self.assertEqual((post.date, post.stamp), (MORNING.date(), MORNING))

    def test_the_surest_key_wins(self):
        post = self.read("created: 2025-12-30\npubDate: 2026-01-03 07:00")
        self.assertEqual(post.stamp, MORNING)

    def test_a_date_that_says_more_or_is_not_clear_is_none(self):
        for written in ("3 Jan 2026 or later", "03/04/2026", "Created", "2026-01-03 25:00"):
            with self.subTest(written), self.assertRaises(DocumentError):
                self.read(f"date: {written}")


class HeaderTests(SimpleTestCase):
    def read(self, start, name="2026-01-03-news.md"):
        return read(file(name), f"{start}\n{BODY}", SEOUL).document

    def test_bare_lines_of_keys_and_values_are_front_matter(self):
        for start in (
            "Title: 소식\nDate: 2026-01-03 07:00\nTags: 칩, 값\nSlug: news\n",
            "제목: 소식\n작성일: 2026년 1월 3일 오전 7시\n태그: 칩, 값\n",
            "# 소식\n\n날짜: 2026-01-03 07:00\n태그: 칩, 값\n작성자: 김하나\n",
            "---\ntitle: 소식\ndate: 2026-01-03 07:00\ntags: [칩, 값]\n",
            "-----\ntitle: 소식\ndate: 2026-01-03 07:00\ntags: 칩, 값\n-----\n",
            "<!-- 숨김 -->\ntitle: 소식\ndate: 2026-01-03 07:00\ntags: 칩 값\n",
        ):
            for name in ("news.md", "2026-01-03-news.md"):
                with self.subTest(start, name=name):
                    post = self.read(start, name)
                    self.assertEqual((post.title, post.stamp), ("소식", MORNING))
                    self.assertEqual(post.articles[0].tags, ["칩", "값"])
                    self.assertNotIn("소식", post.introduction)

    def test_labels_of_an_article_are_none(self):
        for start in ("제목: 새 칩\n요약: 반\n출처: https://hanbit.example/1\n", "태그: 칩\n"):
            with self.subTest(start):
                found = recognise(f"{start}\n## 섬 학교\n- 배\n", SEOUL)
                self.assertEqual(found.front_matter, {})

    def test_front_matter_may_name_its_language(self):
        for start in (
            '---json\n{"title": "소식", "date": "2026-01-03T07:00:00+09:00"}\n---\n',
            '---toml\ntitle = "소식"\ndate = 2026-01-03T07:00:00+09:00\n---\n',
            "---yaml\ntitle: 소식\ndate: 2026-01-03 07:00\n---\n",
        ):
            with self.subTest(start):
                post = self.read(start)
                self.assertEqual((post.title, post.stamp), ("소식", MORNING))
                self.assertEqual(post.introduction, "")

    def test_what_is_not_quite_valid_is_read(self):
        for lines in (
            "title: 소식\ndate:2026-01-03\ntags: [칩, 값]",
            "title: 소식\ndate: &day 2026-01-03\nupdated: *day\ntags: [칩, 값]",
            "title: 소식\ntags: [칩]\ndate: 2026-01-03\ntags: [값]",
            "title: 소식\ndate: 2026-01-03\ntags: #칩 #값",
            "제목: 소식\n날짜: 2026-01-03\n태그: [칩, 값]",
        ):
            with self.subTest(lines):
                found = recognise(f"---\n{lines}\n---\n{BODY}", SEOUL)
                self.assertEqual((found.title, found.date), ("소식", MORNING.date()))
                self.assertEqual(found.articles[0].tags, ["칩", "값"])
        found = recognise(f"+++\ntitle = 소식\ndate = 2026-01-03\n+++\n{BODY}", SEOUL)
        self.assertEqual((found.title, found.date), ("소식", MORNING.date()))

    def test_a_post_that_is_not_ready_by_such_lines_is_not_for_readers(self):
        for start in (
            "Title: 소식\nDate: 2026-01-03\nStatus: draft\n",
            "# 소식\n\n날짜: 2026-01-03\n상태: 초안\n",
            '---json\n{"title": "소식", "draft": true}\n---\n',
        ):
            with self.subTest(start):
                self.assertTrue(not_for_readers(self.read(start).front_matter))

    def test_the_title_as_a_heading_above_the_articles_is_none_of_them(self):
        text = f"---\ntitle: 아침 모음\n---\n### 아침 모음\n\n{BODY.replace('##', '###', 1)}"
        text += "\n### 섬 학교\n\n- 배\n"
        found = recognise(text, SEOUL)
        self.assertEqual([article.headline for article in found.articles], ["새 칩", "섬 학교"])
        self.assertEqual(found.title, "아침 모음")


class PlaceTests(SimpleTestCase):
    def test_a_post_without_a_day_has_that_of_its_name_or_its_folders(self):
        text = f"---\ntitle: 소식\n---\n{BODY}"
        for name in (
            *("daily-2026-01-03.md", "AI뉴스_20260103.md", "260103_소식.md", "news-jan-3-2026.md"),
            *("2026년 1월 3일 소식.md", unicodedata.normalize("NFD", "소식 2026년 1월 3일.md")),
            *("2026/01/03/news.md", "2026-01-03/README.md", "2026/01/03-news.md"),
            *("2026년/1월/3일.md", "blog.zip:20260103/news.md"),
        ):
            with self.subTest(name):
                self.assertEqual(read(file(name), text, SEOUL).document.date, MORNING.date())

    def test_its_own_day_comes_first(self):
        text = f"---\ntitle: 소식\ndate: 2026-01-03\n---\n{BODY}"
        for name in ("look-back-at-2025-12-31.md", "2025/12/31/news.md"):
            with self.subTest(name):
                self.assertEqual(read(file(name), text, SEOUL).document.date, MORNING.date())

    def test_other_numbers_are_no_day(self):
        text = f"---\ntitle: 소식\n---\n{BODY}"
        for name in ("backup-2026-01-03/news.md", "999999_소식.md", "v2026.1.md", "12/31/news.md"):
            with self.subTest(name), self.assertRaises(DocumentError):
                read(file(name), text, SEOUL)


class FrontMatterTests(SimpleTestCase):
    def test_a_digest_in_json_is_none(self):
        digest = '{"title": "소식", "articles": [{"headline": "새 칩"}]}'
        for text in (digest, f"{digest}\n\n낮에 바뀌었을지도 모른다.\n"):
            with self.subTest(text):
                found = recognise(text, SEOUL)
                self.assertEqual(found.front_matter, {})
                self.assertIn("새 칩", str(found.articles))

    def test_json_is_front_matter_and_not_text(self):
        text = (
            '{\n  "title": "소식",\n  "date": "2026-01-03T07:00:00+09:00",\n  "tags": ["칩"],\n'
            f'  "draft": true, "weight": 3, "x": null\n}}\n\n{BODY}'
        )
        for name in ("news.md", "2026-01-03-news.md"):
            with self.subTest(name):
                post = read(file(name), text, SEOUL).document
                self.assertEqual((post.title, post.stamp, post.introduction), ("소식", MORNING, ""))
                self.assertEqual(post.articles[0].tags, ["칩"])
                self.assertTrue(document.not_for_readers(post.front_matter))

    def test_letters_that_json_escapes_in_halves_are_whole_and_written_back(self):
        text = f'---\ntitle: "\\ud83d\\ude00 \\uc18c\\uc2dd"\ndate: 2026-01-03\n---\n\n{BODY}'
        post = document.parse(text, SEOUL)
        self.assertEqual(post.title, "😀 소식")
        self.assertIn('title: "\\ud83d\\ude00 \\uc18c\\uc2dd"', document.write(post))

    def test_the_exact_reader_says_that_it_is_json(self):
        with self.assertRaisesMessage(DocumentError, "JSON"):
            document.parse(f'{{"title": "x"}}\n{BODY}', SEOUL, day=MORNING.date())

    def test_a_text_that_begins_with_a_brace_has_no_front_matter(self):
        for start in ("{{ page.x }}", "{.note}", "{}", '{"a": 1} 글', "{% x %}"):
            with self.subTest(start):
                post = document.parse(f"{start}\n\n{BODY}", SEOUL, day=MORNING.date())
                self.assertEqual(post.introduction, start)

    def test_dots_end_yaml(self):
        text = f"---\ntitle: 소식\n...\n{BODY}"
        post = document.parse(text, SEOUL, day=MORNING.date())
        self.assertEqual((post.title, document.write(post)), ("소식", text))

    def test_tabs_that_set_a_list_in_are_blanks(self):
        found = recognise(f"---\ntitle:\t소식\ntags:\n\t- 칩\n\t- 값\n---\n{BODY}", SEOUL)
        self.assertEqual((found.title, found.articles[0].tags), ("소식", ["칩", "값"]))

    def test_keys_and_values_are_no_tags(self):
        post = document.parse(
            f"---\ntitle: x\ntags: {{a: b}}\n---\n{BODY}", SEOUL, day=MORNING.date()
        )
        self.assertEqual(post.articles[0].tags, [])

    def test_a_sign_is_no_part_of_a_tag(self):
        for written in ('"#칩 #값"', '["#칩", "#값"]', '"#칩, #값"', "칩, 값"):
            text = f"---\ntitle: x\ntags: {written}\n---\n{BODY}"
            with self.subTest(written):
                post = document.parse(text, SEOUL, day=MORNING.date())
                self.assertEqual(post.articles[0].tags, ["칩", "값"])
                self.assertEqual(document.write(post), text)


class FileNameTests(SimpleTestCase):
    def test_days_at_the_start_of_names(self):
        for name in (
            "2026-01-03-news.md",
            "2026_01_03 news.md",
            "2026.1.3.md",
            "20260103-news.md",
            "posts/2026/01/03/index.md",
            "posts/2026-01-03-news/index.md",
            "/srv/posts.zip:2026/01/03/index.md",
            "posts\\2026-1-3\\_index.md",
        ):
            with self.subTest(name):
                self.assertEqual(file(name).day, MORNING.date())

    def test_what_is_no_day(self):
        for name in (
            *("news.md", "202601031-news.md", "20261303.md", "2026-01-03/news.md", "index.md"),
            *("2026/01/03/_posts/index.md", "20260103123000.md", "2026/01/news.md"),
        ):
            with self.subTest(name):
                self.assertIsNone(file(name).day)
