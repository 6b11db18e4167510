"""Titles and labels in bold type with their text in the same line."""

from tests.recognising.test_answers import URL, AnswerCase
from tests.recognising.test_cases import found

OTHER = "https://narae.example/2"
CHIP = found("새 칩, 오늘 공개", ["값이 반이다."], [("한빛", URL, None)])
ISLAND = found("섬 학교, 배 운항", ["배로 간다."], [("나래", OTHER, None)])


class TitleTests(AnswerCase):
    def test_titles_in_bold_type_with_text_behind_them_begin_articles(self):
        chip, island = f"값이 반이다. (출처: [한빛]({URL}))", f"배로 간다. ([나래]({OTHER}))"
        for form in (
            "**1. {}** – {}\n\n**2. {}** – {}\n",
            "**{}.** {}\n\n**{}.** {}\n",
            "**{}:** {}\n\n**{}:** {}\n",
            "**{}** {}\n\n**{}** {}\n",
            "- **{}**: {}\n- **{}**: {}\n",
            "1. **{}:** {}\n2. **{}:** {}\n",
            "🔹 **{}** — {}\n\n🔹 **{}** — {}\n",
            "# AI 뉴스 2026-01-03\n\n**{}:** {}\n\n**{}:** {}\n",
            "## 주요 뉴스\n\n- **{}:** {}\n\n## 기타 소식\n\n- **{}:** {}\n",
        ):
            with self.subTest(form):
                text = form.format("새 칩, 오늘 공개", chip, "섬 학교, 배 운항", island)
                self.assert_read(text, CHIP, ISLAND)

    def test_parts_may_follow_below_them(self):
        self.assert_read(
            f"1. **새 칩, 오늘 공개** – 값이 반이다.\n   - 출처: [한빛]({URL})\n"
            f"2. **섬 학교, 배 운항** – 배로 간다.\n   - 출처: [나래]({OTHER})\n",
            CHIP,
            ISLAND,
        )

    def test_points_that_begin_with_a_word_in_bold_type_stay_points(self):
        points = ["**속도**: 두 배", "**값**: 반"]
        self.assert_read(
            f"- {points[0]} ([한빛]({URL}))\n- {points[1]} ([나래]({OTHER}))\n",
            found("", points, [("한빛", URL, None), ("나래", OTHER, None)]),
        )
        points = ["**아주 새로운 칩 공개**: 두 배", "**값도 반으로 내려**: 반"]
        self.assert_read("\n".join(f"- {point}" for point in points), found("", points))


class LabelTests(AnswerCase):
    def test_a_label_has_its_text_behind_it_in_any_form(self):
        for form in (
            "**{}:** {}",
            "**{}**: {}",
            "**{}** {}",
            "**{}** — {}",
            "**{}** | {}",
            "**[{}]** {}",
            "**[{}]:** {}",
            "***{}:*** {}",
            "*{}:* {}",
            "__{}__: {}",
            "**▶ {} :** {}",
            "<b>{}:</b> {}",
            "**{}**\n: {}",
            "> **{}:** {}",
        ):
            with self.subTest(form):
                parts = [
                    form.format(*part)
                    for part in (
                        ("요약", "값이 반"),
                        ("기술적 의미", "작다"),
                        ("향후 전망", "여름"),
                    )
                ]
                self.assert_read(
                    "## 새 칩\n" + "\n\n".join(parts) + "\n",
                    found("새 칩", ["값이 반"], implications=("작다", "", "여름")),
                )

    def test_several_labels_may_be_in_one_paragraph(self):
        for form in ("**{}:** {}", "**{}**: {}", "**[{}]** {}", "{}: {}"):
            with self.subTest(form):
                parts = [
                    form.format(*part)
                    for part in (
                        *(("요약", "값이 반이다."), ("시사점", "싸움이다.")),
                        ("출처", f"[한빛]({URL})"),
                    )
                ]
                self.assert_read(
                    "## 새 칩\n" + " ".join(parts) + "\n",
                    found("새 칩", ["값이 반이다."], [("한빛", URL, None)], ("", "싸움이다.", "")),
                )

    def test_a_word_in_bold_type_within_a_sentence_is_no_label(self):
        for point in ("이 칩은 **핵심:** 이라는 말을 썼다.", "값은 **요약** 그대로다."):
            with self.subTest(point):
                self.assert_read(f"## 새 칩\n- {point}\n", found("새 칩", [point]))

    def test_two_labels_may_be_joined(self):
        self.assert_read(
            f"## 새 칩\n- 반\n\n**출처 및 원문:** {URL}\n",
            found("새 칩", ["반"], [("", URL, None)]),
        )
        self.assert_read(
            "## 신제품 출시 및 전망\n- 반\n## 섬 학교\n- 배\n",
            found("신제품 출시 및 전망", ["반"]),
            found("섬 학교", ["배"]),
        )


class AccountTests(AnswerCase):
    def test_the_source_behind_a_sentence_is_kept_beside_its_title(self):
        result = self.assert_read(
            f"**새 칩, 오늘 공개.** 값이 반이다. 🔗 [한빛]({URL})\n\n"
            f"**섬 학교, 배 운항.** 배로 간다. 🔗 [나래]({OTHER})\n",
            CHIP,
            ISLAND,
        )
        self.assertEqual({entry.dropped for entry in result.account.entries}, {""})
