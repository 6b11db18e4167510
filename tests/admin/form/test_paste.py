"""The box that takes a pasted text apart: fields, an account for the editor, and HTML."""

import pytest
from django.test import override_settings
from django.urls import reverse

from articles.models import Digest
from tests.admin.test_roles import FORBIDDEN, LOGIN, OK, RoleTestCase
from tests.support.posts import POST

# A pasted text is read in Python, and nothing of it is stored.
pytestmark = pytest.mark.one_engine

NUMBERED = """# 2026년 1월 3일 로봇 소식

안녕하세요! 요청하신 소식을 정리해 드립니다. 🚀

### 1. 한빛전자, 배송 로봇 공개

**요약**
* 🤖 한 번 충전해 하루를 다닌다.
* 계단도 오른다.

**시사점**
1. **기술적 의미:** 다리가 바퀴를 대신한다.
2. **산업적 영향:** 배달 비용이 준다.
3. **향후 전망:** 봄에 시험한다.

Source: [한빛일보](https://hanbit.example/1) (2026-01-03)

---

### 2. 새별시, 로봇 조례 마련

**요약**
* 속도를 시속 6킬로미터로 묶는다.

출처: [새별신문](https://saebyeol.example/2)

---

궁금한 점이 있으면 말씀해 주세요!
"""
CHECKED = """## 1. 🤖 새 칩 공개

📰 **출처:** [한빛일보](https://hanbit.example/1) | 1월 2일

📌 **요약**
✅ 값이 반이다
✅ 속도는 같다

🔮 **향후 전망:** 값 싸움이 난다.

🏷️ 태그: 칩, 로봇
"""
BARE = """**1. 새 칩 공개**

요약:
1. 값이 반이다.

기술적 의미: 공정이 줄었다.

출처: https://hanbit.example/1 (한빛일보, 2026년 1월 3일)
"""
ENGLISH = """## A new chip

Source: [Daily Sun](https://sun.example/1) - Published: 2026-01-03

### Summary
- Half the price

### Implications
- **Technical significance**: fewer steps.
- **Outlook**: a price war.
"""
UNPLACED = """## 새 칩 공개

칩이 나왔다. 값이 반이다.

### 배경

작년에 예고했다.
"""


class PasteTestCase(RoleTestCase):
    url = reverse("admin:articles_digest_paste")

    def paste(self, text, **values):
        return self.client.post(self.url, {"text": text} | values)

    def pasted(self, text, **values):
        self.client.force_login(self.writer)
        return self.paste(text, **values).json()


class FieldTests(PasteTestCase):
    def test_who_may(self):
        answers = self.answers(lambda: self.paste(POST))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, OK, OK])
        answers = self.answers(lambda: self.client.post(self.url, {"html": "<b>글</b>"}))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, OK, OK])
        self.assertEqual(self.client.get(self.url).status_code, 405)
        self.assertEqual(Digest.objects.count(), 0)

    def test_a_whole_post_becomes_fields(self):
        found = self.pasted(POST.replace("\n", "\r\n"))
        self.assertEqual((found["date"], found["title"]), ("2026-01-03", "2026-01-03 AI 뉴스"))
        [article] = found["articles"]
        self.assertEqual(article["headline"], "온디바이스 모델, 지역 병원에 도입")
        self.assertEqual(
            article["points"],
            "병원 세 곳이 **온디바이스(기기 내)**를 시험\n응답 시간 40% 단축",
        )
        self.assertEqual(
            article["citation_lines"].split("\n")[0],
            "한빛일보 | https://hanbit.example/2026/01/03/77 | 2026-01-03",
        )
        self.assertEqual(article["outlook"], "연말까지 스무 곳으로 확대 전망.")

    def test_answers_of_several_forms_become_fields(self):
        for text, headlines, points, citations in (
            (
                NUMBERED,
                ["한빛전자, 배송 로봇 공개", "새별시, 로봇 조례 마련"],
                "한 번 충전해 하루를 다닌다.\n계단도 오른다.",
                "한빛일보 | https://hanbit.example/1 | 2026-01-03",
            ),
            (
                CHECKED,
                ["새 칩 공개"],
                "값이 반이다\n속도는 같다",
                "한빛일보 | https://hanbit.example/1 | 2026-01-02",
            ),
            (
                BARE,
                ["새 칩 공개"],
                "값이 반이다.",
                "한빛일보 | https://hanbit.example/1 | 2026-01-03",
            ),
            (
                ENGLISH,
                ["A new chip"],
                "Half the price",
                "Daily Sun | https://sun.example/1 | 2026-01-03",
            ),
        ):
            with self.subTest(headlines[0]):
                articles = self.pasted(text, day="2026-01-03")["articles"]
                self.assertEqual([article["headline"] for article in articles], headlines)
                self.assertEqual(articles[0]["points"], points)
                self.assertEqual(articles[0]["citation_lines"], citations)
                self.assertEqual(articles[0]["other_implications"], "")

    def test_an_answer_in_json_becomes_fields(self):
        cited = '{"publisher": "한빛일보", "url": "https://hanbit.example/1"}'
        answer = (
            '{\n"title": "소식", "date": "2026-01-03",\n"articles": [{"headline": "새 칩", '
            f'"points": ["반", "빠름"],\n"outlook": "여름", "citations": [{cited}], '
            '"tags": ["칩"]}]\n}'
        )
        fenced = f"다음은 요청하신 소식입니다.\n\n```json\n{answer}\n```\n\n말씀해 주세요!"
        for text in (answer, fenced, fenced.replace("\n", "\r\n")):
            with self.subTest(text):
                found = self.pasted(text)
                self.assertEqual((found["date"], found["title"]), ("2026-01-03", "소식"))
                [article] = found["articles"]
                self.assertEqual((article["headline"], article["points"]), ("새 칩", "반\n빠름"))
                self.assertEqual((article["outlook"], article["tag_names"]), ("여름", "칩"))
                self.assertEqual(article["citation_lines"], "한빛일보 | https://hanbit.example/1")

    def test_json_that_is_no_digest_stays_code(self):
        found = self.pasted('## 새 칩\n### 요약\n- 반\n\n```json\n{"articles": []}\n```\n')
        self.assertEqual(found["articles"][0]["points"], "반")

    def test_tags_are_filled(self):
        self.assertEqual(self.pasted(CHECKED)["articles"][0]["tag_names"], "칩, 로봇")

    def test_a_day_without_a_year_is_near_the_digests_day(self):
        citation = "한빛일보 | https://hanbit.example/1"
        for day, wanted in (
            ("2025-01-03", f"{citation} | 2025-01-02"),
            ("odd", citation),
        ):
            with self.subTest(day):
                [article] = self.pasted(CHECKED, day=day)["articles"]
                self.assertEqual(article["citation_lines"], wanted)

    def test_the_texts_own_day_counts(self):
        found = self.pasted(f"# 2026년 1월 3일 소식\n\n{CHECKED}", day="2025-05-05")
        self.assertEqual(found["date"], "2026-01-03")
        self.assertIn("2026-01-02", found["articles"][0]["citation_lines"])
        self.assertEqual(self.pasted(CHECKED, day="2025-05-05")["date"], None)

    def test_the_only_headline_is_no_title_of_the_digest(self):
        self.assertEqual(self.pasted(CHECKED)["title"], "")
        self.assertEqual(self.pasted(NUMBERED)["title"], "2026년 1월 3일 로봇 소식")

    def test_nothing_with_an_article_is_refused(self):
        for text in (
            "\n\n## 제목\n\n### 요약\n- 점\n### 요약",
            "\n---\ntitle: [\n---\n## 제목",
        ):
            with self.subTest(text):
                self.assertEqual(self.pasted(text)["articles"][0]["headline"], "제목")

    def test_a_sentence_says_that_there_is_no_article_or_too_much_text(self):
        for text, sentence in (
            ("", "이 글에는 기사가 없습니다."),
            ("\n \n", "이 글에는 기사가 없습니다."),
            ("그냥 글", "이 글에는 기사가 없습니다."),
            ("가" * 1_000_001, "1000000자보다 깁니다"),
        ):
            with self.subTest(text[:20]):
                found = self.pasted(text)
                self.assertIn(sentence, found["error"])
                self.assertNotIn("articles", found)


class AccountTests(PasteTestCase):
    """What the editor sees before the form is filled."""

    def found(self, text):
        return self.pasted(text, day="2026-01-03")["found"]

    def lists(self, text):
        return {
            found["heading"]: [
                (item["lines"], item["words"], item["name"]) for item in found["items"]
            ]
            for found in self.found(text)["lists"]
        }

    def test_headlines_are_shown_with_the_fields_that_were_found(self):
        found = self.found(NUMBERED)
        self.assertEqual(found["heading"], "기사 2건을 찾았습니다")
        self.assertEqual(found["digest"], "다이제스트: 2026년 1월 3일 · 2026년 1월 3일 로봇 소식")
        self.assertEqual(
            [tuple(article.values()) for article in found["articles"]],
            [
                (
                    "한빛전자, 배송 로봇 공개",
                    "요약 2 · 출처 1 · 기술적 의미 · 산업적 영향 · 향후 전망",
                ),
                ("새별시, 로봇 조례 마련", "요약 1 · 출처 1"),
            ],
        )
        [article] = self.found(CHECKED)["articles"]
        self.assertEqual(article["fields"], "요약 2 · 출처 1 · 향후 전망 · 주제 2")

    def test_what_was_left_out_is_shown_with_its_lines(self):
        self.assertEqual(
            self.lists(NUMBERED),
            {
                "빼는 내용": [
                    ("3번째 줄", "안녕하세요! 요청하신 소식을 정리해 드립니다. 🚀", ""),
                    ("29번째 줄", "궁금한 점이 있으면 말씀해 주세요!", ""),
                    ("5, 8–9, 12–14, 20번째 줄", "1 🤖 2 3", "번호와 이모지"),
                ]
            },
        )
        [(_lines, words, _name)] = self.lists(CHECKED)["빼는 내용"]
        self.assertEqual(words, "1 🤖 📰 📌 ✅ 🔮 🏷️")

    def test_guesses_and_unplaced_text_are_shown_with_their_lines(self):
        found = self.lists(UNPLACED)
        self.assertEqual(
            found["추정해서 넣는 내용"], [("3번째 줄", "칩이 나왔다. 값이 반이다.", "요약")]
        )
        self.assertEqual(
            found["맞는 칸이 없는 내용(추가 글로 남김)"],
            [("5–7번째 줄", "### 배경 작년에 예고했다.", "")],
        )
        self.assertIn("1건", self.pasted(UNPLACED)["unplaced"])

    def test_unplaced_text_of_the_exact_form_has_its_lines_too(self):
        text = "## A chip\n\n### Summary\n- Half the price.\n\n### Background\n\nLast year.\n"
        [(lines, words, _name)] = self.lists(text)["맞는 칸이 없는 내용(추가 글로 남김)"]
        self.assertEqual((lines, words), ("6–8번째 줄", "### Background\n\nLast year."))

    def test_a_text_that_is_all_placed_says_so(self):
        found = self.pasted(ENGLISH)
        self.assertEqual(found["found"]["lists"], [])
        self.assertEqual(found["found"]["whole"], "모든 내용이 제 칸에 들어갑니다.")
        self.assertEqual((found["filled"], found["unplaced"]), ("기사 1건을 채웠습니다.", ""))

    def test_the_account_itself_comes_along(self):
        account = self.pasted(NUMBERED)["account"]
        self.assertEqual(account["share"], 1)
        self.assertEqual(account["entries"][0]["part"], "title")

    @override_settings(LANGUAGE_CODE="en")
    def test_the_sentences_are_in_the_users_language(self):
        found = self.pasted(UNPLACED)
        self.assertEqual(found["found"]["heading"], "1 article found")
        headings = [one["heading"] for one in found["found"]["lists"]]
        self.assertEqual(headings, ["Guessed", "Not placed (kept as other text)"])
        self.assertEqual(found["filled"], "1 article filled.")
        self.assertIn("1 text is not placed", found["unplaced"])
        self.assertEqual(self.lists(NUMBERED)["Left out"][0][0], "Line 3")

    def test_long_lists_and_long_lines_are_cut(self):
        text = "## 제목\n\n### 요약\n- 점\n\n" + "".join(
            f"### 배경 {number}\n\n{'글' * 300}\n\n## 제목 {number}\n\n### 요약\n- 점\n\n"
            for number in range(150)
        )
        [others] = self.found(text)["lists"]
        self.assertEqual(len(others["items"]), 100)
        self.assertEqual(others["more"], "그 밖에 50건")
        self.assertLess(len(others["items"][0]["words"]), 210)


class HtmlTests(PasteTestCase):
    """HTML of the clipboard becomes Markdown, which the editor sees before it is read."""

    def markdown(self, html):
        self.client.force_login(self.writer)
        return self.client.post(self.url, {"html": html}).json()

    def test_it_comes_back_as_markdown(self):
        html = '<h2>새 칩</h2><ul><li>값이 <b>반</b></li></ul><a href="https://hanbit.example/1">한빛</a>'
        self.assertEqual(
            self.markdown(html),
            {"text": "## 새 칩\n\n- 값이 **반**\n\n[한빛](https://hanbit.example/1)"},
        )

    def test_scripts_do_not_come_along(self):
        html = "<p>글</p><script>alert(1)</script><p style='display:none'>숨김</p>"
        self.assertEqual(self.markdown(html), {"text": "글"})

    def test_what_is_too_large_is_said(self):
        for html in ("<b>" * 20_000, "가" * 1_000_001):
            with self.subTest(html[:10]):
                self.assertEqual(list(self.markdown(html)), ["error"])
