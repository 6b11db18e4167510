"""Digests in JSON as language models answer them."""

import json

from django.test import SimpleTestCase, TestCase
from django.utils import translation

from articles.posts.pushes.json_answers import json_in
from tests.support.costs import assert_cheap
from tests.support.pushes import hand_in

ARTICLES = """[
  {"headline": "새 칩", "points": ["값이 반", "속도 같음"], "outlook": "여름"},
  {"headline": "섬 학교", "points": ["배"]}
]"""
DIGEST = '{\n  "title": "소식",\n  "articles": ' + ARTICLES + "\n}"


def told(text):
    """The headlines and first points that a text has as JSON, and what is told of it."""
    with translation.override("en"):
        found = json_in(text)
    articles = json.loads(found.json)["articles"]
    return [(one["headline"], *one.get("points", [])[:1]) for one in articles], found.notices


class LooseTests(SimpleTestCase):
    def assert_whole(self, text, *lines):
        articles, notices = told(text)
        self.assertEqual(articles, [("새 칩", "값이 반"), ("섬 학교", "배")])
        self.assertEqual([notice.split()[1] for notice in notices], [str(line) for line in lines])

    def test_a_fence_a_list_or_a_mark_around_it_does_no_harm(self):
        for text in (
            f"```JSON\n{DIGEST}\n```\n",
            f"~~~json\n{DIGEST}\n~~~\n",
            f"```jsonc\n{DIGEST}",
            f"다음은 요청하신 소식입니다.\n{DIGEST}\n필요하시면 말씀해 주세요!",
            f"\ufeff{DIGEST}",
            ARTICLES,
            f'{{"digest": {DIGEST}}}',
        ):
            with self.subTest(text):
                self.assert_whole(text)

    def test_commas_and_line_feeds_that_json_does_not_have_are_read(self):
        self.assert_whole(DIGEST.replace("]}", "],},").replace("},,", "},"))
        self.assertEqual(told(DIGEST.replace("값이 반", "값이\n반"))[0][0], ("새 칩", "값이\n반"))
        self.assert_whole(DIGEST.replace('"여름"', "None"))

    def test_comments_and_other_quotation_marks_are_read_and_told_with_their_line(self):
        self.assert_whole(DIGEST.replace('  "title"', '  // 제목\n  "title"'), 2)
        self.assert_whole(DIGEST.replace('{"headline": "섬', '/* 둘째 */ {"headline": "섬'), 5)
        self.assert_whole(DIGEST.replace('"headline": "섬 학교"', "'headline': “섬 학교”"), 5)

    def test_quotation_marks_in_a_text_are_part_of_it(self):
        for words in ('"반" 값', '값 "반"', '"값", 그리고 "반"이라 했다'):
            with self.subTest(words):
                articles, notices = told(DIGEST.replace("값이 반", words))
                self.assertEqual(articles[0], ("새 칩", words))
                self.assertEqual(len(notices), 1)

    def test_an_answer_that_was_cut_off_keeps_what_is_there_and_is_told(self):
        place = DIGEST.index("섬 학교")
        for end in (place + 2, place + 5, DIGEST.index("]}", place), len(DIGEST) - 3):
            with self.subTest(end=end):
                articles, (notice,) = told(DIGEST[:end])
                self.assertEqual(articles[0], ("새 칩", "값이 반"))
                self.assertTrue("섬 학교".startswith(articles[1][0]))
                self.assertIn("ends too early", notice)

    def test_letters_by_their_numbers_are_letters(self):
        articles, _notices = told(
            DIGEST.replace("값이 반", "\\ud83d\\ude00\\uac12").replace("]}", "],}", 1)
        )
        self.assertEqual(articles[0], ("새 칩", "😀값"))

    def test_what_is_no_digest_is_none(self):
        for text in (
            "{}",
            "[1]",
            '[{"a": 1}]',
            '{"a": {"b": 1}}',
            DIGEST + "\n\n## 새 칩\n- 반",
            "{a",
        ):
            with self.subTest(text):
                self.assertIsNone(json_in(text))


class NameTests(SimpleTestCase):
    def test_keys_may_have_other_names(self):
        url = "https://hanbit.example/1"
        expected = {
            "headline": "새 칩",
            "points": ["반"],
            "technical_significance": "작다",
            "industry_impact": "싸다",
            "citations": [f"한빛 | {url} | 2026-01-02"],
            "tags": ["칩"],
        }
        for article in (
            {
                **{"제목": "새 칩", "요약": ["반"], "기술적 의미": "작다", "산업적 영향": "싸다"},
                **{"출처": [{"매체": "한빛", "url": url, "날짜": "2026-01-02"}], "태그": ["칩"]},
            },
            {
                **{"title": "새 칩", "summary": "반", "keywords": ["칩"]},
                "implications": {"technical": "작다", "industry": "싸다"},
                "source": {"name": "한빛", "link": url, "date": "2026-01-02"},
            },
            {
                **{"headline": "새 칩", "key_points": ["반"], "tags": ["칩"]},
                **{"technical_significance": "작다", "industry_impact": "싸다"},
                **{"source": "한빛", "url": url, "published_at": "2026-01-02"},
            },
        ):
            for document in ([article], {"news": [article]}, {"articles": [article]}):
                with self.subTest(document):
                    found = json_in(json.dumps(document))
                    self.assertEqual(json.loads(found.json)["articles"], [expected])


class FindingTests(SimpleTestCase):
    def test_many_fences_without_an_end_are_cheap(self):
        for text in ("```json\n{\n", "```json\n", "```\n", "{", '["', '["/*', '[",', '[{"a":"\\'):
            with self.subTest(text):
                self.assertIsNone(assert_cheap(self, json_in, text * (600_000 // len(text))))


class AnswerTests(TestCase):
    def test_json_that_was_sent_as_markdown_is_read(self):
        document = json.dumps({"articles": [{"headline": "새 가속기 공개", "points": ["반"]}]})
        for text in (document, f"다음은 요청하신 소식입니다.\n\n```json\n{document}\n```\n"):
            with self.subTest(text):
                received = hand_in(text=text, dry_run=True)
                self.assertEqual(received.account["articles"][0]["headline"], "새 가속기 공개")

    def test_what_is_not_quite_json_is_told(self):
        received = hand_in(text=DIGEST.replace("값이 반", '"반" 값'), dry_run=True)
        self.assertIn("4", received.account["notices"][0])

    def test_markdown_beside_json_is_read_as_markdown(self):
        text = '## 새 칩\n\n### 요약\n- 반\n\n```json\n{"articles": []}\n```\n'
        received = hand_in(text=text, dry_run=True)
        self.assertEqual(received.account["articles"][0]["headline"], "새 칩")

    def test_thoughts_of_a_model_are_no_article(self):
        text = "<think>\n## 생각\n- 하나\n</think>\n\n## 새 칩\n\n### 요약\n- 반 【4†source】\n"
        received = hand_in(text=text, dry_run=True)
        [article] = received.account["articles"]
        self.assertEqual(article["headline"], "새 칩")
