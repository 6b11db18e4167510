"""Answers and parts of them that something stands around."""

from articles.recognising import Fate
from tests.recognising.test_answers import AnswerCase
from tests.recognising.test_cases import found

TEXT = "## 새 칩\n\n**요약**\n- 반\n- 같음"
CHIP = found("새 칩", ["반", "같음"])


class FenceTests(AnswerCase):
    def test_a_fence_around_the_whole_answer_needs_no_name(self):
        for start, end in (("```", "```"), ("~~~", "~~~"), ("```markdown", ""), ("~~~md", "")):
            with self.subTest(start, end=end):
                result = self.assert_read(f"{start}\n{TEXT}\n{end}\n", CHIP)
                self.assertEqual(result.account.numbers(Fate.LEFT_OUT)[:1], "1")

    def test_other_code_stays(self):
        for code in ("```\npip install x\n```", "```python\n# 새 칩\n```"):
            with self.subTest(code):
                [article] = self.read(f"{TEXT}\n\n{code}\n").articles
                self.assertEqual(article.other[0].text, code)
        [article] = self.read("```\npip install x\n```\n").articles
        self.assertEqual(article.points, [])


class BackslashTests(AnswerCase):
    def test_backslashes_before_all_signs_go(self):
        self.assert_read("\\## 새 칩\n\n\\*\\*요약\\*\\*\n\n\\- 반\n\\- 같음\n", CHIP)

    def test_backslashes_stay_where_headings_have_none(self):
        self.assert_read("## 새 칩\n- 5 \\* 3\n", found("새 칩", ["5 \\* 3"]))


class QuotationTests(AnswerCase):
    def test_a_part_may_be_quoted_with_its_label(self):
        for label in ("**요약**", "[!note]- 요약", "[!summary] **요약:**", "요약:"):
            with self.subTest(label):
                self.assert_read(f"## 새 칩\n> {label}\n> - 반\n> - 같음\n", CHIP)

    def test_a_mark_for_the_kind_of_a_quotation_goes(self):
        [article] = self.read("## 새 칩\n\n> [!quote]\n> 싸다.\n").articles
        self.assertEqual(article.points, ["싸다."])
