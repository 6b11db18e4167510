"""Headings that recur in a text: two articles of one headline, or a part that each article has."""

from tests.recognising.test_answers import URL, AnswerCase
from tests.recognising.test_cases import found

OTHER_URL = "https://narae.example/2"
CITED, OTHER_CITED = [("한빛", URL, None)], [("나래", OTHER_URL, None)]


class ArticleTests(AnswerCase):
    def test_articles_of_one_headline_whose_texts_differ_are_two(self):
        self.assert_read(
            "## 새 칩\n- 반\n\n## 섬 학교\n- 배\n\n## 새 칩\n- 싸다\n",
            found("새 칩", ["반"]),
            found("섬 학교", ["배"]),
            found("새 칩", ["싸다"]),
        )

    def test_articles_of_one_headline_whose_citations_differ_are_two(self):
        self.assert_read(
            "## 섬 학교\n요약: 배\n\n"
            f"## 새 칩\n요약: 반\n출처: [한빛]({URL})\n\n"
            f"## 새 칩\n요약: 반\n출처: [나래]({OTHER_URL})\n",
            found("섬 학교", ["배"]),
            found("새 칩", ["반"], CITED),
            found("새 칩", ["반"], OTHER_CITED),
        )

    def test_articles_of_one_headline_alone_are_as_many_as_there_are(self):
        texts = {"반": URL, "싸다": OTHER_URL, "작다": "https://gaon.example/3"}
        self.assert_read(
            "".join(f"**새 칩**\n- {text}\n출처: {url}\n\n" for text, url in texts.items()),
            *(found("새 칩", [text], [("", url, None)]) for text, url in texts.items()),
        )

    def test_numbers_tell_articles_of_one_headline_apart(self):
        self.assert_read(
            "## 1. 섬 학교\n배다.\n\n## 2. 새 칩\n반이다.\n\n## 3. 새 칩\n싸다.\n",
            found("섬 학교", ["배다."]),
            found("새 칩", ["반이다."]),
            found("새 칩", ["싸다."]),
        )

    def test_each_of_several_headlines_may_be_there_twice(self):
        self.assert_read(
            "## 새 칩\n- 반\n\n## 섬 학교\n- 배\n\n## 새 칩\n- 싸다\n\n## 섬 학교\n- 돛\n",
            found("새 칩", ["반"]),
            found("섬 학교", ["배"]),
            found("새 칩", ["싸다"]),
            found("섬 학교", ["돛"]),
        )


class PartTests(AnswerCase):
    def test_the_same_article_twice_is_one(self):
        article = f"## 새 칩\n- 반\n출처: [한빛]({URL})\n"
        self.assert_read(
            article + "\n" + article, found("새 칩", ["반"], CITED, other=["## 새 칩\n- 반"])
        )

    def test_a_part_that_each_article_has_begins_none(self):
        for sign in ("##", "###"):
            with self.subTest(sign):
                self.assert_read(
                    f"## 새 칩\n- 반\n출처: [한빛]({URL})\n{sign} 뒷이야기\n- 옛 칩\n\n"
                    f"## 섬 학교\n- 배\n출처: [나래]({OTHER_URL})\n{sign} 뒷이야기\n- 옛 배\n",
                    found("새 칩", ["반"], CITED, other=[f"{sign} 뒷이야기\n- 옛 칩"]),
                    found("섬 학교", ["배"], OTHER_CITED, other=[f"{sign} 뒷이야기\n- 옛 배"]),
                )

    def test_a_remark_below_the_headline_of_an_article_is_no_second_one(self):
        self.assert_read(
            f"## 새 칩\n요약: 반\n출처: [한빛]({URL})\n\n## 섬 학교\n요약: 배\n\n"
            "## 새 칩\n여름에 다시 보자.\n",
            found("새 칩", ["반"], CITED),
            found("섬 학교", ["배"], other=["## 새 칩\n여름에 다시 보자."]),
        )
