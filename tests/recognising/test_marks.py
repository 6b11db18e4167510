"""What programs and pages put around texts: attributes, tags, links that ask for something."""

from articles import document
from articles.recognising import Fate
from tests.recognising.test_answers import DAY, SEOUL, URL, AnswerCase
from tests.recognising.test_cases import found

PICTURE = "[![](https://img.example/a.png)](https://img.example/a.png)"


class CitationTests(AnswerCase):
    def test_attributes_of_a_link_do_no_harm(self):
        self.assert_read(
            f'## 새 칩\n출처: [한빛]({URL}){{:target="_blank"}} (2026-01-02)\n- 반\n',
            found("새 칩", ["반"], [("한빛", URL, "2026-01-02")]),
        )

    def test_a_word_such_as_via_is_no_part_of_a_name(self):
        for line in (f"via 한빛 ({URL})", f"— via [한빛]({URL})", f"출처 via 한빛 {URL}"):
            with self.subTest(line):
                self.assert_read(
                    f"## 새 칩\n- 반\n\n{line}\n", found("새 칩", ["반"], [("한빛", URL, None)])
                )

    def test_a_link_that_asks_for_something_is_none(self):
        for call in ("Subscribe now", "Read online", "구독하기", "Leave a comment"):
            line = f"[{call}](https://letter.example/x)"
            with self.subTest(line):
                self.assert_read(
                    f"## 새 칩\n- 반\n\n{line}\n", found("새 칩", ["반"], other=[line])
                )

    def test_a_picture_that_leads_somewhere_is_none(self):
        result = self.assert_read(
            f"## 새 칩\n\n{PICTURE}\n\n- 반\n", found("새 칩", ["반"], other=[PICTURE])
        )
        written = document.write(result.document(DAY, SEOUL))
        self.assertEqual(document.parse(written, SEOUL).articles, result.articles)

    def test_their_labels_may_be_other_words(self):
        for label in ("인용", "참조", "레퍼런스"):
            with self.subTest(label):
                self.assert_read(
                    f"## 새 칩\n- 반[1]\n\n{label}:\n[1] 한빛 {URL}\n",
                    found("새 칩", ["반"], [("한빛", URL, None)]),
                )


class TagTests(AnswerCase):
    def test_boxes_that_open_are_left_out_and_their_labels_read(self):
        for label in ("요약", "요약 보기", "📝 핵심 요약 펼치기"):
            with self.subTest(label):
                result = self.assert_read(
                    f"## 새 칩\n<details>\n<summary>{label}</summary>\n\n- 반\n\n</details>\n",
                    found("새 칩", ["반"]),
                )
                self.assertEqual(result.account.numbers(Fate.LEFT_OUT), "2, 7")

    def test_blanks_of_html_are_no_text(self):
        for blank in ("&nbsp;", "<p>&nbsp;</p>", "<br>&nbsp;"):
            with self.subTest(blank):
                self.assert_read(
                    f"## 새 칩\n- 반\n\n{blank}\n\n- 같음\n", found("새 칩", ["반", "같음"])
                )


class LabelTests(AnswerCase):
    def test_short_labels_may_be_in_brackets(self):
        self.assert_read(
            "## 새 칩\n[요약] 반\n[기술] 작다\n[산업] 싸움\n[전망] 여름\n",
            found("새 칩", ["반"], implications=("작다", "싸움", "여름")),
        )

    def test_several_labels_may_be_in_round_brackets_behind_bullets(self):
        self.assert_read(
            "■ 새 칩\n - (요약) 반\n - (기술) 작다\n - (산업) 싸움\n - (전망) 여름\n\n"
            "■ 섬 학교\n - (요약) 배\n",
            found("새 칩", ["반"], implications=("작다", "싸움", "여름")),
            found("섬 학교", ["배"]),
        )

    def test_lines_with_a_picture_that_stand_alone_are_titles_above_citations(self):
        self.assert_read(
            f"✔ 새 칩 공개\n\n반이다.\n\n출처 : 한빛 {URL}\n\n"
            f"✔ 섬 학교\n\n배다.\n\n출처 : 나래 {URL}2\n",
            found("새 칩 공개", ["반이다."], [("한빛", URL, None)]),
            found("섬 학교", ["배다."], [("나래", f"{URL}2", None)]),
        )
        [article] = self.read("## 새 칩\n\n✔ 값이 반\n\n✔ 속도 같음\n").articles
        self.assertEqual(article.points, ["값이 반", "속도 같음"])

    def test_a_table_may_call_its_articles_news(self):
        self.assert_read(
            f"| 번호 | 뉴스 | 요약 | 출처 |\n|-|-|-|-|\n| 1 | 새 칩 | 반 | [한빛]({URL}) |\n"
            f"| 2 | 섬 학교 | 배 | [나래]({URL}2) |\n",
            found("새 칩", ["반"], [("한빛", URL, None)]),
            found("섬 학교", ["배"], [("나래", f"{URL}2", None)]),
        )


class ChatterTests(AnswerCase):
    def test_more_phrases_that_take_leave_are_left_out(self):
        for phrase in (
            "혹시 더 궁금하신 내용이 있으신가요?",
            "그대로 복사해서 사용하세요!",
            "*이 다이제스트는 공개된 기사를 바탕으로 작성되었습니다.*",
            "원하시면 뉴스레터 형식으로도 만들어드릴 수 있어요 😊",
        ):
            with self.subTest(phrase):
                result = self.assert_read(
                    f"## 새 칩\n- 반\n\n---\n\n{phrase}\n", found("새 칩", ["반"])
                )
                self.assertEqual(result.account.numbers(Fate.LEFT_OUT), "6")
