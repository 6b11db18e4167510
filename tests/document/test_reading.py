import datetime as dt
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase
from django.utils import translation

from articles.document import DocumentError, parse, parse_articles, parse_stamp
from articles.rules.lines import CitationLine
from tests.support.posts import ARTICLE, HEAD, POST

SEOUL = ZoneInfo("Asia/Seoul")


class ParseTests(SimpleTestCase):
    def test_every_part_of_a_post_becomes_a_value(self):
        post = parse(POST, SEOUL)
        self.assertEqual(post.title, "2026-01-03 AI 뉴스")
        self.assertEqual(post.language, "ko")
        self.assertEqual(post.introduction, "")
        self.assertEqual(
            post.front_matter,
            {"layout": "post", "date": "2026-01-03 00:31:05 +0900", "categories": "news"},
        )
        [article] = post.articles
        self.assertEqual(article.headline, "온디바이스 모델, 지역 병원에 도입")
        self.assertEqual(
            article.citations,
            [
                CitationLine(
                    "한빛일보", "https://hanbit.example/2026/01/03/77", dt.date(2026, 1, 3)
                ),
                CitationLine("晨光科技报", "https://chenguang.example/a?id=1", dt.date(2026, 1, 2)),
            ],
        )
        self.assertEqual(
            article.points, ["병원 세 곳이 **온디바이스(기기 내)**를 시험", "응답 시간 40% 단축"]
        )
        self.assertEqual(article.technical_significance, "작은 모델로 충분하다는 증거")
        self.assertEqual(article.industry_impact, "의료기기 회사의 새 시장")
        self.assertEqual(article.outlook, "연말까지 스무 곳으로 확대 전망.")

    def test_day_is_that_of_the_stamp_in_its_own_zone(self):
        post = parse(POST, ZoneInfo("America/New_York"))
        self.assertEqual(post.date, dt.date(2026, 1, 3))
        self.assertEqual(post.stamp.astimezone(dt.UTC).date(), dt.date(2026, 1, 2))

    def test_text_before_the_first_article_is_the_introduction(self):
        post = parse(HEAD + "\n첫 문단.\n\n### 알림\n\n둘째 문단.\n" + ARTICLE, SEOUL)
        self.assertEqual(post.introduction, "첫 문단.\n\n### 알림\n\n둘째 문단.")
        self.assertEqual(len(post.articles), 1)

    def test_english_labels_make_an_english_digest(self):
        text = POST
        for korean, english in (
            ("요약", "Summary"),
            ("주요 내용 및 시사점", "Implications"),
            ("기술적 의미", "Technical significance"),
            ("산업적 영향", "Industry impact"),
            ("향후 전망", "Outlook"),
        ):
            text = text.replace(korean, english)
        post = parse(text, SEOUL)
        self.assertEqual(post.language, "en")
        self.assertEqual(post.articles[0].industry_impact, "의료기기 회사의 새 시장")

    def test_line_ends_make_no_difference(self):
        self.assertEqual(parse(POST.replace("\n", "\r\n"), SEOUL), parse(POST, SEOUL))
        self.assertEqual(parse(POST.replace("\n", "\r"), SEOUL), parse(POST, SEOUL))

    def test_missing_parts_are_empty(self):
        [article] = parse(HEAD + "## 제목만\n", SEOUL).articles
        self.assertEqual((article.points, article.citations, article.outlook), ([], [], ""))


CORRECTION = "- 2026-01-03T09:00:00+09:00 비율을 바로잡습니다.\n"
LONG_LINE = f"  {'가' * 999}\n"
COMMENT_IN_CORRECTION = f"{CORRECTION[:-1]}<!--\n{LONG_LINE * 4}"


class RefusalTests(SimpleTestCase):
    """Each entry: what is wrong, the text, and the lines that must be named."""

    CASES = [
        ("no front matter", ARTICLE, [1]),
        ("empty file", "", [1]),
        ("front matter not closed", "---\ntitle: x\n", [1]),
        ("front matter not YAML", HEAD.replace("layout: post", 'layout: "post'), [3]),
        ("tab in YAML", HEAD.replace("layout: post", "a:\n\t- b"), [3]),
        ("front matter a list", "---\n- a\n---\n", [2]),
        ("front matter empty", "---\n---\n", [2]),
        ("key twice", HEAD.replace("layout: post", "title: x"), [3]),
        ("lists in lists", HEAD.replace("layout: post", "a: " + "[" * 49_000), [2]),
        ("mappings in mappings", HEAD.replace("layout: post", "a: " + "{" * 49_000), [2]),
        ("lists in lists by lines", HEAD.replace("layout: post", "a:\n- " + "- " * 20_000), [3]),
        ("a long tag", HEAD + "\n## 글\n\n주제: " + "주" * 51, [8]),
        ("a tag that becomes long", HEAD + "\n## 글\n\n주제: ﷺﷺﷺ", [8]),
        ("too many points", HEAD + "\n## 글\n### 요약\n" + "- 글\n" * 201, [8]),
        ("too many corrections", HEAD + "\n## 글\n### 정정\n" + CORRECTION * 210, [210]),
        ("too many of the digest", HEAD + "\n### 정정\n" + CORRECTION * 210 + ARTICLE, [209]),
        ("a long correction", HEAD + f"\n## 글\n### 정정\n{CORRECTION[:-1]}{'가' * 2_000}\n", [10]),
        ("one of long lines", HEAD + f"\n### 정정\n{CORRECTION}{LONG_LINE * 6}{ARTICLE}", [11]),
        ("a comment in one", HEAD + f"\n## 글\n### 정정\n{COMMENT_IN_CORRECTION}-->\n", [12]),
        ("aliases", HEAD.replace("layout: post", "a: &x 1\nb: *x"), [1]),
        ("no date", HEAD.replace("date: ", "day: ") + ARTICLE, [1]),
        ("no date and no title", HEAD.replace("date: ", "d: ").replace("title: ", "t: "), [1, 1]),
        ("date that does not exist", HEAD.replace("01-03 00", "02-30 00") + ARTICLE, [4]),
        ("date in words", HEAD.replace("2026-01-03 00:31:05 +0900", "어제") + ARTICLE, [4]),
        ("empty title", HEAD.replace('"2026-01-03 AI 뉴스"', '""') + ARTICLE, [3]),
        ("no article", HEAD + "\n글만 있음\n", [9]),
        ("control character", POST.replace("40%", "4\x080%"), [15]),
        ("empty headline", POST.replace("온디바이스 모델, 지역 병원에 도입", ""), [8]),
        ("section twice", POST.replace("### 주요 내용 및 시사점", "### 요약"), [17]),
        ("citation without publisher", POST.replace("[한빛일보]", "[]"), [10]),
    ]

    def test_what_cannot_be_used_is_refused_with_its_line(self):
        for name, text, lines in self.CASES:
            with self.subTest(name):
                with self.assertRaises(DocumentError) as caught:
                    parse(text, SEOUL)
                self.assertEqual([line for line, _ in caught.exception.errors], lines)

    def test_sentences_are_in_the_language_of_the_site(self):
        with translation.override("en"), self.assertRaises(DocumentError) as caught:
            parse(HEAD + "\n## \n", SEOUL)
        self.assertEqual(
            caught.exception.errors[0][1], "The headline is empty. Write it after “## ”."
        )

    def test_limits_are_named(self):
        for text in (
            POST.replace("- 응답", "- " + "가" * 1001),
            POST.replace("온디바이스 모델", "가" * 300),
            POST.replace("의료기기", "가" * 5000),
            HEAD + "가" * 10_001 + ARTICLE,
            POST.replace("layout: post", "layout: " + "a" * 50_001),
            POST.replace("AI 뉴스", "가" * 200),
        ):
            with self.subTest(len(text)), self.assertRaises(DocumentError):
                parse(text, SEOUL)


class OtherTextTests(SimpleTestCase):
    """Each entry: what is unusual, the text, and what is kept after which part."""

    CASES = [
        ("unknown heading", POST.replace("### 요약", "### 개요"), "citations", "### 개요"),
        ("text among points", POST.replace("- 응답", "응답"), "points", "응답 시간 40% 단축"),
        ("nested point", POST.replace("- 응답", "  - 응답"), "points", " - 응답 시간 40% 단축"),
        (
            "citation without address",
            POST.replace("https://hanbit", "hanbit"),
            "headline",
            "[한빛일보](hanbit.example/2026/01/03/77) - 발행일: 2026-01-03",
        ),
        (
            "unknown implication",
            POST.replace("향후 전망", "앞으로"),
            "implications",
            "- **앞으로**: 연말까지 스무 곳으로 확대 전망.",
        ),
        (
            "implication without label",
            POST.replace("- **향후 전망**: ", "- "),
            "implications",
            "- 연말까지 스무 곳으로 확대 전망.",
        ),
        ("text between articles", POST + "\n남은 말\n" + ARTICLE, "rule", "남은 말"),
    ]

    def test_what_has_no_field_is_kept_in_its_place(self):
        for name, text, after, kept in self.CASES:
            with self.subTest(name):
                other = parse(text, SEOUL).articles[0].other[0]
                self.assertEqual(other.after, after)
                self.assertTrue(other.text.startswith(kept), other.text)

    def test_a_heading_of_another_level_still_begins_its_part(self):
        [article] = parse(POST.replace("### 요약", "#### 요약"), SEOUL).articles
        self.assertEqual((len(article.points), article.other), (2, []))

    def test_the_second_of_two_equal_labels_is_kept_as_text(self):
        [article] = parse(POST.replace("산업적 영향", "기술적 의미"), SEOUL).articles
        self.assertEqual(article.technical_significance, "작은 모델로 충분하다는 증거")
        self.assertIn("의료기기 회사의 새 시장", article.other[0].text)


class StampTests(SimpleTestCase):
    def test_stamps_with_and_without_parts(self):
        cases = {
            "2026-01-03 00:31:05 +0900": "2026-01-02T15:31:05+00:00",
            "2026-01-03 00:31:05 +09:00": "2026-01-02T15:31:05+00:00",
            "2026-01-03T00:31:05Z": "2026-01-03T00:31:05+00:00",
            "2026-01-03 07:00": "2026-01-02T22:00:00+00:00",
            "2026-01-03": "2026-01-02T15:00:00+00:00",
        }
        for text, moment in cases.items():
            with self.subTest(text):
                stamp = parse_stamp(text, SEOUL).astimezone(dt.UTC)
                self.assertEqual(stamp.isoformat(), moment)

    def test_what_is_no_stamp_is_refused(self):
        for text in ("", "2026-1-3", "2026-01-03 25:00", "2026-01-03 00:31 KST", ["2026-01-03"]):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_stamp(text, SEOUL)


class PastedTests(SimpleTestCase):
    def test_a_whole_post(self):
        found, post = parse_articles(POST, SEOUL), parse(POST, SEOUL)
        self.assertEqual((found.date, found.title), (post.date, post.title))
        self.assertEqual(found.articles, post.articles)

    def test_articles_without_front_matter(self):
        found = parse_articles("\ufeff\n" + ARTICLE + ARTICLE, SEOUL)
        self.assertEqual((found.date, found.title, found.introduction), (None, "", ""))
        self.assertEqual(found.articles, parse(POST, SEOUL).articles * 2)

    def test_an_address_alone_is_a_citation(self):
        found = parse_articles("## 제목\n\nhttps://hanbit.example/1\n", SEOUL)
        self.assertEqual(found.articles[0].citations[0].url, "https://hanbit.example/1")
        with self.assertRaises(DocumentError):
            parse(HEAD + "## 제목\n\nhttps://hanbit.example/1\n", SEOUL)

    def test_front_matter_may_lack_what_the_form_has(self):
        found = parse_articles("---\nlayout: post\ndate: 어제\n---\n머리글\n## 제목\n", SEOUL)
        self.assertEqual((found.date, found.title, found.introduction), (None, "", "머리글"))

    def test_lines_are_counted_from_the_pasted_text(self):
        with self.assertRaises(DocumentError) as caught:
            parse_articles("\n\n## 제목\n\n### 요약\n- 점\n### 요약\n## \n", SEOUL)
        self.assertEqual([line for line, _problem in caught.exception.errors], [7, 8])
