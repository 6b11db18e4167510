"""Answers of language models in forms that once lost or misplaced a text."""

import datetime as dt
import unicodedata
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles.recognising import Fate, recognise
from tests.recognising.test_cases import found, told

SEOUL = ZoneInfo("Asia/Seoul")
DAY = dt.date(2026, 1, 3)
URL = "https://hanbit.example/1"


class AnswerCase(SimpleTestCase):
    maxDiff = None

    def read(self, text):
        return recognise(text, SEOUL, day=DAY)

    def assert_read(self, text, *articles, introduction=""):
        result = self.read(text)
        self.assertEqual([told(article) for article in result.articles], [*articles])
        self.assertEqual(result.introduction, introduction)
        return result


class LabelTests(AnswerCase):
    def test_a_label_in_two_languages_leaves_the_text_behind_it(self):
        self.assert_read(
            "## 새 칩\n**요약 / Summary**\n- 반\n\n**Technical significance / 기술적 의미:** 작다\n"
            "**영향 & 시장:** 싸다\n전망/Outlook: 여름\n",
            found("새 칩", ["반"], implications=("작다", "싸다", "여름")),
        )

    def test_a_label_may_be_a_question(self):
        self.assert_read(
            "## 새 칩\n- 반\n\n**왜 중요한가?** 값이 내린다.\n\n"
            "## Island\n- Boats\n\n### Why does it matter?\nSchools need boats.\n",
            found("새 칩", ["반"], implications=("", "값이 내린다.", "")),
            found("Island", ["Boats"], implications=("", "Schools need boats.", "")),
        )

    def test_a_label_that_is_not_known_is_no_text_of_the_part_before_it(self):
        self.assert_read(
            "## 새 칩\n### 요약\n- 반\n### 시사점\n- **기술적 의미**: 작다\n"
            "- **산업적 영향**: 싸다\n- **사회적 영향**: 시끄럽다\n"
            "- **향후 전망**: 여름\n- **참고할 일**: 없다\n",
            found(
                "새 칩",
                ["반"],
                implications=("작다", "싸다", "여름"),
                other=["- **사회적 영향**: 시끄럽다\n- **참고할 일**: 없다"],
            ),
        )

    def test_the_last_word_of_a_label_still_tells_a_part_that_has_no_text(self):
        self.assert_read(
            "## 새 칩\n### 요약\n- 반\n### 시사점\n- **기술적 의미**: 작다\n"
            "- **산업 파급효과**: 싸다\n",
            found("새 칩", ["반"], implications=("작다", "싸다", "")),
        )

    def test_a_bracket_may_close_a_label(self):
        for text in (
            f"요약) 반\n전망) 여름\n출처) [한빛]({URL})",
            f"요약)\n- 반\n전망）\n여름\n\n출처)\n- [한빛]({URL})",
            f"- 요약) 반\n- 향후 전망) 여름\n- 출처) 한빛 {URL}",
            f"### 요약)\n- 반\n### 1) 전망)\n여름\n### 출처)\n[한빛]({URL})",
            f"**요약)** 반\n**전망)** 여름\n**출처)** [한빛]({URL})",
        ):
            with self.subTest(text):
                self.assert_read(
                    f"## 새 칩\n{text}\n",
                    found("새 칩", ["반"], [("한빛", URL, None)], ("", "", "여름")),
                )

    def test_other_words_with_a_bracket_are_no_label(self):
        points = ["기업 A) 값이 반", "(전망) 여름", "값 (영향) 싸다", "의미(분석)"]
        self.assert_read(
            "## 새 칩\n" + "".join(f"- {point}\n" for point in points), found("새 칩", points)
        )


class CitationTests(AnswerCase):
    def test_citations_above_each_headline_are_of_the_article_below(self):
        self.assert_read(
            f"출처: [한빛]({URL}) (2026-01-02)\n## 새 칩\n- 반\n\n"
            "출처: [나래](https://narae.example/2)\n## 섬 학교\n- 배\n",
            found("새 칩", ["반"], [("한빛", URL, "2026-01-02")]),
            found("섬 학교", ["배"], [("나래", "https://narae.example/2", None)]),
        )

    def test_a_publisher_and_a_day_behind_bars_are_of_that_headline(self):
        self.assert_read(
            f"**새 칩 공개** | 한빛 | 2026-01-02\n{URL}\n- 반\n\n"
            "**섬 학교 소식** | 나래 | 2026-01-01\nhttps://narae.example/2\n- 배\n",
            found("새 칩 공개", ["반"], [("한빛", URL, "2026-01-02")]),
            found("섬 학교 소식", ["배"], [("나래", "https://narae.example/2", "2026-01-01")]),
        )

    def test_digits_of_full_width_are_a_day(self):
        self.assert_read(
            f"## １．새 칩\n출처： [한빛]({URL})（２０２６．０１．０２）\n- 반\n",
            found("새 칩", ["반"], [("한빛", URL, "2026-01-02")]),
        )

    def test_entities_in_names_and_addresses_are_read(self):
        self.assert_read(
            "## 새 칩\n출처: [한빛&nbsp;&amp; 나래](https://hanbit.example/1?a=1&amp;b=2)\n"
            "- R&amp;D\n",
            found(
                "새 칩", ["R&amp;D"], [("한빛 & 나래", "https://hanbit.example/1?a=1&b=2", None)]
            ),
        )

    def test_a_link_of_html_within_a_line_is_a_link(self):
        self.assert_read(
            f'## 새 칩\n출처: <a href="{URL}" target="_blank">한빛</a> (2026-01-02)\n- 반\n',
            found("새 칩", ["반"], [("한빛", URL, "2026-01-02")]),
        )

    def test_links_by_reference_are_links(self):
        self.assert_read(
            "## 새 칩\n- 반이다. [한빛][1]\n\n## 섬 학교\n- 배다. [나래][b]\n\n"
            f'[1]: {URL} "한빛 신문"\n[b]: <https://narae.example/2>\n',
            found("새 칩", ["반이다."], [("한빛", URL, None)]),
            found("섬 학교", ["배다."], [("나래", "https://narae.example/2", None)]),
        )

    def test_an_address_in_angles_alone_on_its_line_is_a_citation(self):
        self.assert_read(
            f"### 새 칩\n값이 반이다.\n<{URL}>\n\n### 섬 학교\n배로 간다.\n<https://narae.example/2>\n",
            found("새 칩", ["값이 반이다."], [("", URL, None)]),
            found("섬 학교", ["배로 간다."], [("", "https://narae.example/2", None)]),
        )

    def test_the_name_behind_a_linked_title_and_its_day_is_the_publisher(self):
        self.assert_read(
            f"## 새 칩\n### 요약\n- 반\n- 싸다\n### 출처\n"
            f"1. [값이 반인 새 칩, 오늘 공개]({URL}) — 한빛, 2026-01-02\n"
            "2. [섬 학교는 무엇이 다른가](https://narae.example/2) (나래, 2026-01-01)\n"
            "3. [The Island School Times](https://school.example/3) — Kim, 2026-01-01\n",
            found(
                "새 칩",
                ["반", "싸다"],
                [
                    ("한빛", URL, "2026-01-02"),
                    ("나래", "https://narae.example/2", "2026-01-01"),
                    ("The Island School Times", "https://school.example/3", "2026-01-01"),
                ],
            ),
        )

    def test_the_links_below_the_last_rule_are_not_those_of_the_last_article(self):
        links = f"1. 한빛: {URL}\n2. 나래: https://narae.example/2"
        self.assert_read(
            f"## 1. 새 칩\n- 반\n\n## 2. 섬 학교\n- 배\n\n---\n**참고 링크**\n{links}\n",
            found("새 칩", ["반"]),
            found("섬 학교", ["배"], other=[links]),
        )

    def test_a_title_in_quotes_is_no_publisher(self):
        self.assert_read(
            f'## 새 칩\n- 반\n### Sources\n- Hanbit — "A new chip" (Jan 2, 2026): {URL}\n'
            '- "나래" https://narae.example/2\n',
            found(
                "새 칩",
                ["반"],
                [("Hanbit", URL, "2026-01-02"), ("나래", "https://narae.example/2", None)],
            ),
        )

    def test_a_publisher_may_have_the_name_of_a_label(self):
        for line, publisher, url in (
            ("[Post](https://post.example/1)", "Post", "https://post.example/1"),
            ("The Post https://thepost.example/1", "The Post", "https://thepost.example/1"),
            ("[Post](https://www.harbourpost.example)", "Post", "https://www.harbourpost.example"),
            ("[Source](https://source.example/1)", "Source", "https://source.example/1"),
            ("[Post](https://narae.example/1)", "", "https://narae.example/1"),
            ("[source](https://source.example/1)", "", "https://source.example/1"),
            ("[Source](https://opensource.example)", "", "https://opensource.example"),
            ("[원문](https://narae.example/1)", "", "https://narae.example/1"),
        ):
            with self.subTest(line):
                self.assert_read(
                    f"## 새 칩\n- 반\n출처: {line}\n",
                    found("새 칩", ["반"], [(publisher, url, None)]),
                )

    def test_a_line_as_the_desk_has_it_begins_with_the_publisher(self):
        self.assert_read(
            f"## 새 칩\n- 반\n출처: Post | {URL} | 2026-01-02\n",
            found("새 칩", ["반"], [("Post", URL, "2026-01-02")]),
        )


class HeadlineTests(AnswerCase):
    def test_linked_titles_below_a_label_of_no_field_are_there_once(self):
        title = f"- [값이 반으로 내려간 새 칩이 오늘 나왔다]({URL}) –"
        self.assert_read(
            f"## 새 칩\n### 배경\n{title} 여름부터 판다\n",
            found("새 칩", other=[f"### 배경\n{title} \n여름부터 판다"]),
        )

    def test_a_linked_title_in_bold_type_may_have_its_source_behind_it(self):
        self.assert_read(
            f"- **[값이 반으로 내려간 새 칩이 나왔다]({URL})** (한빛, 1월 2일): 싸다.\n"
            "- **[섬 학교 학생들이 배를 탄다](https://narae.example/2)** (나래, 1월 1일): 배다.\n",
            found("값이 반으로 내려간 새 칩이 나왔다", ["싸다."], [("한빛", URL, "2026-01-02")]),
            found(
                "섬 학교 학생들이 배를 탄다",
                ["배다."],
                [("나래", "https://narae.example/2", "2026-01-01")],
            ),
        )

    def test_a_bold_headline_may_have_pictures_behind_it(self):
        self.assert_read(
            "**1. 새 칩 공개** 🔥\n\n값이 반이다.\n\n**전망**: 여름\n\n"
            "**2. 섬 학교** 🇰🇷 ⛵\n\n배로 간다.\n\n**전망**: 가을\n",
            found("새 칩 공개", ["값이 반이다."], implications=("", "", "여름")),
            found("섬 학교", ["배로 간다."], implications=("", "", "가을")),
        )

    def test_letters_count_headlines(self):
        self.assert_read(
            "A. New chip\n- Half\n- Outlook: summer\n\n"
            "B. Island school\n- Boats\n- Outlook: none\n",
            found("New chip", ["Half"], implications=("", "", "summer")),
            found("Island school", ["Boats"], implications=("", "", "none")),
        )

    def test_words_count_headlines(self):
        both = [found("새 칩", ["반"]), found("섬 학교", ["배"])]
        for first, second in (
            ("## 첫 번째 뉴스: 새 칩", "## 두 번째 소식: 섬 학교"),
            ("**첫번째 기사 – 새 칩**", "**두번째 기사 – 섬 학교**"),
            ("첫째. 새 칩", "둘째. 섬 학교"),
            ("### 第一条：새 칩", "### 第二条：섬 학교"),
            ("## First story: 새 칩", "## Second story: 섬 학교"),
            ("## 첫 번째 뉴스\n제목: 새 칩", "## 두 번째 소식\n제목: 섬 학교"),
        ):
            with self.subTest(first):
                self.assert_read(f"{first}\n요약: 반\n{second}\n요약: 배\n", *both)

    def test_words_that_count_nothing_stay_in_the_headline(self):
        self.assert_read(
            "## 두 번째 배가 섬에 간다\n- 배\n\n## First chip: half the price\n- Half\n",
            found("두 번째 배가 섬에 간다", ["배"]),
            found("First chip: half the price", ["Half"]),
        )

    def test_short_bold_items_above_labelled_ones_are_headlines(self):
        self.assert_read(
            f"- **새 칩 공개**\n  - 요약\n    - 반\n    - 빠름\n  - 전망: 여름\n"
            f"  - 출처: [한빛]({URL})\n"
            "- **섬 학교**\n  - 요약\n    - 배\n  - 전망: 가을\n",
            found("새 칩 공개", ["반", "빠름"], [("한빛", URL, None)], ("", "", "여름")),
            found("섬 학교", ["배"], implications=("", "", "가을")),
        )

    def test_circled_numbers_count_headlines(self):
        self.assert_read(
            "① 새 칩 공개\n- 값이 반\n- 기술적 의미: 작다\n\n② 섬 학교\n- 배\n"
            "- 기술적 의미: 없다\n",
            found("새 칩 공개", ["값이 반"], implications=("작다", "", "")),
            found("섬 학교", ["배"], implications=("없다", "", "")),
        )

    def test_arrows_above_lists_with_sources_are_headlines(self):
        self.assert_read(
            f"▶ 새 칩 공개\n- 값이 반\n(출처 : 한빛 2026.01.02. {URL})\n\n"
            "▶ 섬 학교\n- 배\n(출처 : 나래 2026.01.02. https://narae.example/2)\n",
            found("새 칩 공개", ["값이 반"], [("한빛", URL, "2026-01-02")]),
            found("섬 학교", ["배"], [("나래", "https://narae.example/2", "2026-01-02")]),
        )


class WrappingTests(AnswerCase):
    def test_a_fence_around_each_article_goes(self):
        result = self.assert_read(
            "```markdown\n## 새 칩\n- 반\n```\n\n```markdown\n## 섬 학교\n- 배\n```\n",
            found("새 칩", ["반"]),
            found("섬 학교", ["배"]),
        )
        self.assertEqual(result.account.numbers(Fate.LEFT_OUT), "1, 4–6, 9")

    def test_what_a_model_thinks_before_its_answer_is_left_out(self):
        result = self.assert_read(
            "<think>\nThe user wants news.\n## No article\n- none\n</think>\n\n## 새 칩\n- 반\n",
            found("새 칩", ["반"]),
        )
        self.assertEqual(result.account.numbers(Fate.LEFT_OUT), "1–5")

    def test_marks_of_a_model_for_its_sources_are_left_out(self):
        self.assert_read(
            "## 새 칩\n### 요약\n- 반이다. :contentReference[oaicite:0]{index=0}\n"
            "- 싸다.【4†source】\n- 작다. \ue200cite\ue202turn0search1\ue201\n",
            found("새 칩", ["반이다.", "싸다.", "작다."]),
        )

    def test_points_may_lack_the_blank_behind_their_dash(self):
        self.assert_read(
            "## 새 칩\n-값이 반\n-빠름\n\n## 섬 학교\n-5도에도 배가 간다.\n",
            found("새 칩", ["값이 반", "빠름"]),
            found("섬 학교", ["-5도에도 배가 간다."]),
        )

    def test_characters_without_width_go(self):
        self.assert_read(
            "## \u200b새 칩\u200b\n**요약\u200b:**\n\u200b- 반\n- 싸다\n",
            found("새 칩", ["반", "싸다"]),
        )

    def test_hangul_in_single_letters_is_read_like_any(self):
        text = "## 새 칩\n출처: [한빛](https://hanbit.example/1) (1월 2일)\n### 요약\n- 반\n"
        self.assert_read(
            unicodedata.normalize("NFD", text),
            found("새 칩", ["반"], [("한빛", URL, "2026-01-02")]),
        )


class HtmlTests(AnswerCase):
    def test_headings_paragraphs_and_lists_of_html_are_read_like_those_of_markdown(self):
        self.assert_read(
            "<h2>새 칩 &amp; 값</h2>\n"
            f"<p><strong>출처:</strong> <a href='{URL}'>한빛</a> (2026-01-02)</p>\n"
            '<ul class="x"><li>값이 <b>반</b>이다.</li><li>빠르다.</li></ul>\n'
            "<p><strong>향후 전망:</strong> 여름에 <em>나온다</em>.</p>\n\n"
            '<h2 id="b">섬 학교</h2>\n<ul>\n    <li>배다.</li>\n'
            '    <li><a href="https://narae.example/2">배</a>가 둘이다.</li>\n</ul>\n',
            found(
                "새 칩 & 값",
                ["값이 **반**이다.", "빠르다."],
                [("한빛", URL, "2026-01-02")],
                ("", "", "여름에 *나온다*."),
            ),
            found("섬 학교", ["배다.", "[배](https://narae.example/2)가 둘이다."]),
        )

    def test_html_in_code_and_other_elements_stay_as_they_are(self):
        self.assert_read(
            "## 새 칩\n### 요약\n- 반\n\n```html\n<h2>제목</h2>\n```\n"
            "<blockquote>말</blockquote>\n",
            found(
                "새 칩", ["반"], other=["```html\n<h2>제목</h2>\n```\n<blockquote>말</blockquote>"]
            ),
        )
