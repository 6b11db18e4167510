import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles import document
from articles.document import (
    DocumentError,
    OtherText,
    for_readers,
    parse,
    parse_articles,
    parse_stamp,
    write,
)
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

    def test_day_is_that_of_the_stamp_on_the_clocks_of_the_site(self):
        late = POST.replace("00:31:05 +0900", "22:00:00Z")
        self.assertEqual(parse(late, SEOUL).date, dt.date(2026, 1, 4))
        self.assertEqual(parse(late, ZoneInfo("UTC")).date, dt.date(2026, 1, 3))
        post = parse(POST, ZoneInfo("America/New_York"))
        self.assertEqual(post.date, dt.date(2026, 1, 2))
        self.assertEqual(post.stamp, dt.datetime(2026, 1, 3, 0, 31, 5, tzinfo=SEOUL))

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


class DraftTests(SimpleTestCase):
    def test_a_draft_may_lack_a_title_and_headlines(self):
        for title in ("title: \n", 'title: ""\n', ""):
            text = HEAD.replace('title: "2026-01-03 AI 뉴스"\n', title) + "\n##\n\n## 둘째\n"
            post = parse(text, SEOUL)
            with self.subTest(title):
                self.assertEqual(post.title, "")
                self.assertEqual([article.headline for article in post.articles], ["", "둘째"])
                self.assertEqual(document.write(post), text)
                titled = parse(document.write(replace(post, title="새 제목")), SEOUL)
                self.assertEqual(titled.title, "새 제목")

    def test_lines_that_are_not_understood_stay_among_the_citations(self):
        text = POST.replace("[한빛일보]", "출처 확인 필요: 가온 | 어제\n[한빛일보]")
        unread, *read = parse(text, SEOUL).articles[0].citations
        self.assertEqual(unread, CitationLine("가온 | 어제", "", None))
        self.assertEqual(read, parse(POST, SEOUL).articles[0].citations)
        english = text.replace("출처 확인 필요", "Unread citation")
        self.assertEqual(parse(english, SEOUL).articles[0].citations[0], unread)

    def test_the_label_alone_is_other_text(self):
        post = parse(HEAD + "\n## 제목\n\n출처 확인 필요:\n", SEOUL)
        self.assertEqual(post.articles[0].citations, [])
        self.assertEqual(post.articles[0].other[0].text, "출처 확인 필요:")


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
            "2026/01/03": "2026-01-02T15:00:00+00:00",
            "2026-1-3": "2026-01-02T15:00:00+00:00",
            "2026-01-03 7:05:00 +0900": "2026-01-02T22:05:00+00:00",
            "2026-01-03T04:21:31.762-05:00": "2026-01-03T09:21:31.762000+00:00",
            "2026-01-03T00:00:00.000Z": "2026-01-03T00:00:00+00:00",
            "2026-01-03 07:00 UTC": "2026-01-03T07:00:00+00:00",
        }
        for text, moment in cases.items():
            with self.subTest(text):
                stamp = parse_stamp(text, SEOUL).astimezone(dt.UTC)
                self.assertEqual(stamp.isoformat(), moment)

    def test_what_is_no_stamp_is_refused(self):
        for text in (
            *("", "2026-01/03", "2026-13-1", "2026-01-03 25:00", "2026-01-03 00:31 KST"),
            *("2026-01-03 07:00 +0960", "2026-01-03 07:00 +9900", ["2026-01-03"]),
        ):
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
        self.assertEqual([line for line, _problem in caught.exception.errors], [7])


class CodeTests(SimpleTestCase):
    """What stands in a fence is code."""

    INSIDE = "## 설치\n---\n### 요약\n- 점\n주제: 칩\n[가](https://a.example/1)\n<!-- 가"

    def test_nothing_in_a_fence_is_structure(self):
        for fence in ("```", "~~~", "````", "```bash", "~~~ `a`"):
            end = fence.strip()[: 4 if fence == "````" else 3]
            code = f"{fence}\n{self.INSIDE}\n\n{end}"
            for place in (
                "",
                "### 요약\n- 점\n\n",
                "### 정정\n- 2026-01-03T09:00Z 말\n\n",
                "---\n",
            ):
                with self.subTest(fence, place=place):
                    text = HEAD + f"## 하나\n\n{place}{code}\n\n## 둘\n"
                    first, second = parse(text, SEOUL).articles
                    self.assertEqual((first.headline, second.headline), ("하나", "둘"))
                    self.assertEqual(first.other[-1].text, code)

    def test_one_blank_does_not_put_a_fence_into_a_list(self):
        first, second = parse(HEAD + "## 하나\n ```\n## 코드\n ```\n## 둘\n", SEOUL).articles
        self.assertEqual((first.headline, second.headline), ("하나", "둘"))

    def test_code_in_the_introduction_starts_no_article(self):
        code = f"```\n{self.INSIDE}\n```"
        read = parse(HEAD + f"\n{code}\n\n## 하나\n", SEOUL)
        self.assertEqual(read.introduction, code)
        self.assertEqual([article.headline for article in read.articles], ["하나"])

    def test_a_fence_that_does_not_end_goes_on_to_the_end(self):
        read = parse(HEAD + "## 하나\n\n```\n## 둘\n\n## 셋\n", SEOUL)
        [article] = read.articles
        self.assertEqual(article.other[0].text, "```\n## 둘\n\n## 셋")

    def test_a_fence_of_a_list_ends_with_its_list(self):
        text = HEAD + "## 하나\n\n### 요약\n- 점\n- ```\n  ## 코드\n\n## 둘\n"
        first, second = parse(text, SEOUL).articles
        self.assertEqual((first.points, second.headline), (["점"], "둘"))
        self.assertEqual(first.other[0].text, " - ```\n  ## 코드".lstrip())

    def test_an_open_fence_of_the_desk_is_closed_when_it_is_written(self):
        read = parse(HEAD + "## 하나\n\n글\n\n## 둘\n", SEOUL)
        first, second = read.articles
        for code in ("글\n```\n## x", "글\n~~~~\n```"):
            other = [OtherText("headline", code)]
            written = write(replace(read, articles=[replace(first, other=other), second]))
            again = parse(written, SEOUL).articles
            self.assertEqual([article.headline for article in again], ["하나", "둘"])
            self.assertTrue(again[0].other[0].text.startswith(code))


class HeadlineTests(SimpleTestCase):
    """Marks of Markdown in headings, and what readers get."""

    CASES = {
        "[새 칩](<https://a.example/1>) {#chip}": ("새 칩", ["https://a.example/1"]),
        "[새 칩](https://a.example/1?b=2)": ("새 칩", ["https://a.example/1?b=2"]),
        "**[새 칩](https://a.example/1 'x')**": ("새 칩", ["https://a.example/1"]),
        "[**새** [단독\\] 칩](https://a.example/(1)) ##": (
            "새 [단독] 칩",
            ["https://a.example/(1)"],
        ),
        "[하나](https://a.example/1), [둘](https://b.example/2)": (
            "하나, 둘",
            ["https://a.example/1", "https://b.example/2"],
        ),
        "**굵은** 제목과 `**코드**` ##": ("굵은 제목과 `**코드**`", []),
        "__굵은__ snake__case__name": ("굵은 snake__case__name", []),
        "C# 언어 ###": ("C# 언어", []),
        "C#": ("C#", []),
        "2 ** 3 ** 4": ("2 ** 3 ** 4", []),
        "[쪽](/a.html)와 ![그림](https://a.example/b.png)": (
            "[쪽](/a.html)와 ![그림](https://a.example/b.png)",
            [],
        ),
        "[가](https://a.example/1) <!-- 말 -->": ("[가](https://a.example/1) <!-- 말 -->", []),
    }

    def test_headlines_are_plain(self):
        for written, (headline, urls) in self.CASES.items():
            with self.subTest(written):
                text = HEAD + f"\n## {written}\n\n### 요약\n- 점\n"
                read = parse(text, SEOUL)
                [article] = read.articles
                self.assertEqual(article.headline, headline)
                self.assertEqual([citation.url for citation in article.citations], urls)
                self.assertEqual(write(read), text)

    def test_an_address_that_is_cited_is_cited_once(self):
        cited = "[에이](https://a.example/1)"
        [article] = parse(HEAD + f"## [가](http://www.a.example/1/)\n\n{cited}\n", SEOUL).articles
        self.assertEqual([citation.publisher for citation in article.citations], ["에이"])

    def test_a_new_headline_keeps_its_link_in_one_line(self):
        read = parse(HEAD + "## [가](https://a.example/1)\n\n### 요약\n- 점\n", SEOUL)
        written = write(replace(read, articles=[replace(read.articles[0], headline="[나] 다")]))
        self.assertIn("## [\\[나\\] 다](https://a.example/1)\n\n### 요약", written)
        [article] = parse(written, SEOUL).articles
        self.assertEqual((article.headline, len(article.citations)), ("[나] 다", 1))

    def test_a_named_publisher_gets_a_line(self):
        read = parse(HEAD + "## [가](https://a.example/1)\n", SEOUL)
        [article] = read.articles
        named = replace(article.citations[0], publisher="에이")
        written = write(replace(read, articles=[replace(article, citations=[named])]))
        self.assertIn("## [가](https://a.example/1)\n\n[에이](https://a.example/1)", written)

    def test_a_headline_that_is_taken_away_leaves_the_citation(self):
        read = parse(HEAD + "## [가](https://a.example/1)\n", SEOUL)
        written = write(replace(read, articles=[replace(read.articles[0], headline="")]))
        [article] = parse(written, SEOUL).articles
        self.assertEqual((article.headline, len(article.citations)), ("", 1))

    def test_a_citation_that_is_taken_away_takes_the_link_with_it(self):
        read = parse(HEAD + "## [가](https://a.example/1)\n", SEOUL)
        written = write(replace(read, articles=[replace(read.articles[0], citations=[])]))
        self.assertIn("## 가\n", written)


class DayTests(SimpleTestCase):
    """The day and the title of a file, and what becomes of them when they change."""

    DAY = dt.date(2026, 1, 3)

    def test_a_file_name_decides_between_days_of_different_zones(self):
        text = POST.replace("2026-01-03 00:31:05 +0900", "2026-01-02T22:00:00Z")
        for zone, told in ((SEOUL, 0), (ZoneInfo("UTC"), 1)):
            read = parse(text, zone, day=self.DAY)
            self.assertEqual((read.date, len(read.notices)), (self.DAY, told))
            self.assertEqual(read.stamp, dt.datetime(2026, 1, 2, 22, tzinfo=dt.UTC))

    def test_a_day_that_is_neither_here_nor_there_is_told(self):
        for stamp, told in (
            ("2026-01-04 07:00:00 +0900", 1),
            ("2026-01-02 22:00:00", 1),
            ("2026-01-02", 1),
            ("2026-01-02T22:00:00Z", 0),
            ("2026-01-03 20:00:00 -0800", 0),
        ):
            with self.subTest(stamp):
                text = POST.replace("2026-01-03 00:31:05 +0900", stamp)
                read = parse(text, SEOUL, day=self.DAY)
                self.assertEqual((read.date, len(read.notices)), (self.DAY, told))
                self.assertEqual(write(read), text)

    def test_a_stamp_of_quite_another_day_gives_only_its_hour(self):
        text = POST.replace("2026-01-03 00:31:05 +0900", "2025-12-24 07:00:00 +0900")
        read = parse(text, SEOUL, day=self.DAY)
        self.assertEqual(read.stamp, dt.datetime(2026, 1, 3, 7, tzinfo=SEOUL))
        self.assertEqual(len(read.notices), 1)

    def test_what_the_file_does_not_say_is_added_once_it_has_changed(self):
        read = parse("---\nlayout: post\n---\n## 제목\n", SEOUL, day=self.DAY)
        new = {"title": "이름", "date": dt.date(2026, 1, 4), "stamp": read.stamp + dt.timedelta(1)}
        self.assertEqual(
            write(replace(read, **new)),
            '---\nlayout: post\ntitle: "이름"\ndate: 2026-01-04 00:00:00 +0900\n---\n## 제목\n',
        )
        bare = parse("# 이름\n\n## 제목\n", SEOUL, day=self.DAY)
        self.assertEqual(write(replace(bare, title="새 이름")), "# 새 이름\n\n## 제목\n")

    def test_toml_is_edited_in_its_line(self):
        text = "+++\ntitle = '글' # 말\ndate = 2026-01-03\n[a]\nb = 1\n+++\n## 제목\n"
        read = parse(text, SEOUL)
        self.assertEqual(read.front_matter, {"date": "2026-01-03", "a": {"b": "1"}})
        self.assertEqual(write(replace(read, title="새 글")), text.replace("'글' # 말", '"새 글"'))

    def test_readers_get_the_title_and_the_date_that_a_file_lacks(self):
        for text in ("# 이름\n\n## 제목\n", "---\nlayout: post\n---\n# 이름\n## 제목\n"):
            read = parse(text, SEOUL, day=self.DAY)
            again = parse(write(for_readers(read)), SEOUL)
            self.assertEqual((again.title, again.date), ("이름", self.DAY))
            self.assertEqual(again.introduction, "")
