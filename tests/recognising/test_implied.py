"""Implications in one text, whose sentences tell which part each of them is."""

from articles.recognising import Fate
from tests.recognising.test_answers import AnswerCase
from tests.recognising.test_cases import found


class ImpliedTests(AnswerCase):
    def test_sentences_that_tell_their_part_are_divided_as_a_guess(self):
        for text, implications in {
            "기술적으로는 작다. 값도 반. 산업적으로는 싸움이다. 향후 더 싸진다.": (
                *("기술적으로는 작다. 값도 반.", "산업적으로는 싸움이다.", "향후 더 싸진다."),
            ),
            "- 기술 측면에서 작다\n- 업계에는 싸움이다\n- 앞으로 더 싸진다": (
                *("기술 측면에서 작다", "업계에는 싸움이다", "앞으로 더 싸진다"),
            ),
            "🔧 기술적 관점에서 작다.\n\n값이 반이다.\n\n🏭 시장에서는 싸움이다.": (
                *("기술적 관점에서 작다.\n\n값이 반이다.", "시장에서는 싸움이다.", ""),
            ),
            "Technically, it is small. For the industry, a fight. Looking ahead, cheaper.": (
                *("Technically, it is small.", "For the industry, a fight."),
                "Looking ahead, cheaper.",
            ),
            "技術的には小さい。産業的には争いだ。今後は安くなる。": (
                *("技術的には小さい。", "産業的には争いだ。", "今後は安くなる。"),
            ),
        }.items():
            with self.subTest(text):
                lines = text.count("\n") + 3
                result = self.assert_read(
                    f"## 새 칩\n### 시사점\n{text}\n", found("새 칩", implications=implications)
                )
                guessed = result.account.numbers(Fate.GUESSED).replace("–", ", ").split(", ")
                self.assertEqual((guessed[0], guessed[-1]), ("3", str(lines)))

    def test_one_such_sentence_divides_nothing(self):
        for text in (
            "값이 내린다. 향후 더 내린다.",
            "기술적으로는 병목이 줄고, 산업적으로는 싸움이다.",
        ):
            with self.subTest(text):
                self.assert_read(
                    f"## 새 칩\n### 시사점\n{text}\n",
                    found("새 칩", implications=("", text, "")),
                )

    def test_labels_of_their_own_come_first(self):
        self.assert_read(
            "## 새 칩\n### 시사점\n기술적으로는 작다. 앞으로 싸진다.\n- **산업적 영향**: 싸움\n",
            found(
                "새 칩",
                implications=("", "싸움", ""),
                other=["기술적으로는 작다. 앞으로 싸진다."],
            ),
        )
