"""What holds for every text that the tolerant reader is given."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import document
from articles.recognising import Fate, recognise
from articles.recognising.account import words_of
from articles.rules.lines import MAX_LINES
from tests.recognising.test_forms import DIGESTS
from tests.support.costs import calls

SEOUL = ZoneInfo("Asia/Seoul")
DAY = dt.date(2026, 1, 3)
WORDS = st.sampled_from(
    [
        "칩",
        "공개",
        "가격",
        "Harbour",
        "cranes",
        "wait",
        "7월",
        "3%",
        "灯塔",
        "港",
        "요약",
        "출처",
        "전망",
    ]
)
PROSE = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
ADDRESS = st.integers(1, 99).map("https://news.example/{}".format)
LABEL = st.sampled_from(
    [
        "요약",
        "시사점",
        "기술적 의미",
        "산업적 영향",
        "향후 전망",
        "출처",
        "태그",
        "Summary",
        "배경",
        "摘要",
    ]
)
LINES = st.one_of(
    PROSE,
    st.just(""),
    st.builds("{} {}".format, st.sampled_from(["#", "##", "###", "####"]), PROSE),
    st.builds("## {}. 🚀 {}".format, st.integers(1, 9), PROSE),
    st.builds("**{}**".format, PROSE),
    st.builds("{} {}".format, st.sampled_from(["-", "*", "1.", "✅", "•", "  -", ">"]), PROSE),
    st.builds("**{}**".format, LABEL),
    st.builds("### {}".format, LABEL),
    st.builds("{}: {}".format, LABEL, PROSE),
    st.builds("- **{}**: {}".format, LABEL, PROSE),
    st.builds("[{}]({}) - 2026-01-02".format, PROSE, ADDRESS),
    st.builds("출처: {} ({})".format, PROSE, ADDRESS),
    st.builds("- {} {} {}".format, PROSE, ADDRESS, PROSE),
    st.builds("## [{}]({})".format, PROSE, ADDRESS),
    st.builds("<p>{}</p>".format, PROSE),
    st.builds("<!-- {} -->".format, PROSE),
    st.builds("| {} | {} |".format, PROSE, PROSE),
    st.builds("| {} | 제목 | {} |\n|--|--|--|\n| 1 | {} | a<br>b |".format, PROSE, LABEL, PROSE),
    st.builds("| 항목 | 1 |\n|--|--|\n| {} | a<br>b |\n| {} | {} |".format, LABEL, LABEL, PROSE),
    st.builds("{}[^1]".format, PROSE),
    st.builds("[^1]: {}".format, ADDRESS),
    st.builds("{}. {}: {} / {}: {}".format, st.integers(1, 3), LABEL, PROSE, LABEL, PROSE),
    st.builds("- {}. ([{}]({}))".format, PROSE, PROSE, ADDRESS),
    st.builds("**{}** — {}, 2026-01-02".format, PROSE, PROSE),
    st.builds("{}[1][2, 3]".format, PROSE),
    st.builds("[{}] {}".format, st.integers(1, 4), ADDRESS),
    st.builds("{{% include {} %}}".format, WORDS),
    st.sampled_from(
        ["---", "===", "```", "```markdown", "#태그 #칩", "안녕하세요!", "감사합니다."]
    ),
)
TEXTS = st.lists(LINES, max_size=25).map("\n".join)


def words_of_result(found):
    """The words of all fields, of other text, and those that the account says are left out."""
    texts = [found.title, found.introduction, "title"]
    texts += [*found.front_matter, *map(str, found.front_matter.values())]
    for article in found.articles:
        texts += [article.headline, *article.points, *article.tags]
        texts += [article.technical_significance, article.industry_impact, article.outlook]
        texts += [other.text for other in article.other]
        texts += [article.drafted_by, article.read_by]
        for citation in article.citations:
            texts += [citation.publisher, citation.url]
            if day := citation.published_on:
                texts.append(f"{day.year} {day.month} {day.day} {day:%Y %m %d %Y%m%d}")
    texts += [entry.dropped for entry in found.account.entries]
    return Counter(word for text in texts for word in words_of(text))


def usual(found):
    """The digest as a document, with a publisher for each citation, as saving gives it one."""
    digest = found.document(found.date or DAY, SEOUL)
    articles = [
        replace(
            article,
            headline=article.headline or "제목 없음",
            citations=[replace(c, publisher=c.publisher or "news") for c in article.citations],
        )
        for article in digest.articles
    ]
    return replace(digest, articles=articles)


class LawTests(SimpleTestCase):
    @settings(max_examples=300, deadline=None)
    @given(TEXTS)
    def test_every_word_is_in_a_field_in_other_text_or_named_in_the_account(self, text):
        found = recognise(text, SEOUL, day=DAY)
        missing = set(words_of(text)) - set(words_of_result(found))
        self.assertEqual(missing, set(), text)

    @settings(max_examples=150, deadline=None)
    @given(TEXTS)
    def test_every_line_with_words_has_an_entry_in_the_account(self, text):
        found = recognise(text, SEOUL, day=DAY)
        told = {n for e in found.account.entries for n in range(e.first, e.last + 1)}
        filled = {n for n, line in enumerate(text.split("\n"), 1) if words_of(line)}
        self.assertEqual(filled - told, set(), text)

    @settings(max_examples=150, deadline=None)
    @given(TEXTS)
    def test_what_was_recognised_is_a_document_that_reads_back_the_same(self, text):
        digest = usual(recognise(text, SEOUL, day=DAY))
        if digest.articles:
            again = document.parse(document.write(digest), SEOUL)
            self.assertEqual(again.articles, digest.articles)
            self.assertEqual(again.introduction, digest.introduction)

    def test_the_forms_of_public_digests_obey_these_laws(self):
        for path in DIGESTS:
            found = recognise(path.read_text(), SEOUL, day=DAY)
            with self.subTest(path.name):
                missing = set(words_of(path.read_text())) - set(words_of_result(found))
                self.assertEqual(missing, set())
                digest = usual(found)
                again = document.parse(document.write(digest), SEOUL)
                self.assertEqual(again.articles, digest.articles)

    def test_reading_twice_gives_the_same(self):
        for path in DIGESTS:
            with self.subTest(path.name):
                both = [recognise(path.read_text(), SEOUL) for _time in range(2)]
                self.assertEqual(both[0], both[1])

    def test_hidden_text_is_never_a_point(self):
        found = recognise("## 제목\n\n<!-- 편집자만 -->\n\n- 요점", SEOUL)
        self.assertEqual(found.articles[0].points, ["요점"])
        self.assertIn("<!-- 편집자만 -->", found.articles[0].other[0].text)


class GrowthTests(SimpleTestCase):
    KINDS = (
        *("# a\n", "**제목 하나**\n", "요약:\n- 점\n", "[a](https://a.example/x) ", "- a\n  - b\n"),
        *(
            "> a\n",
            "a[^1]\n[^1]: https://a.example\n",
            "글 글\n",
            "제목\n---\n\n",
            "[",
            "**",
            "🚀 ",
        ),
        *(
            "## [a](https://a.example/1)\n- **아주 긴 제목 하나**: 글\n",
            "<li>a</li>\n",
            "- a (b) ([c](https://a.example/1))\n",
            "((",
            "| 제목 | 요약 |\n|-|-|\n| a | b<br>c |\n\n",
            "|-|\n",
            "기술: ",
            "둘째. 요약) ",
            "## 제목\n- a\n",
            "a / ",
            "1. 제목\n   - 출처: https://a.example\n",
            "#     x\n",
            "**제목이 긴 하나.** 글 [a](https://a.example/x)\n\n",
            "글. **요약:** 글 ",
            "요약: a. ",
            "### 시사점\n기술적으로는 a. 향후 b.\n",
            "기술적으로는 a. 향후 b. ",
            "> **요약**\n> - a\n\n",
            "title: a\n",
            "&a *a: ",
            "%%a",
            "어제 3일 전 1/2 ",
            "[![](a)](https://a.example/x) ",
            "\\# ",
        ),
    )

    def test_reading_costs_as_much_as_there_is(self):
        for kind in self.KINDS:
            few, twice = (kind * (count // len(kind)) for count in (2_000, 4_000))
            with self.subTest(kind):
                costs = [calls(read, text) for text in (few, twice)]
                self.assertLessEqual(costs[1], 2.5 * costs[0])


def read(text):
    recognise(text, SEOUL)


class FateTests(SimpleTestCase):
    def test_the_share_counts_the_words_in_fields(self):
        found = recognise("## 제목\n\n- 요점 하나\n\n### 배경\n\n옛 이야기", SEOUL)
        by_fate = {fate: found.account.words[fate] for fate in Fate}
        self.assertEqual((by_fate[Fate.PLACED], by_fate[Fate.GUESSED]), (1, 2))
        self.assertEqual(by_fate[Fate.OTHER], 3)
        self.assertEqual(round(found.account.share, 2), 0.5)

    def test_numbers_of_lines_count_from_the_start_of_the_file(self):
        found = recognise("---\ntitle: 시험\n---\n\n## 제목\n\n- 요점", SEOUL)
        entry = next(e for e in found.account.entries if e.part == "points")
        self.assertEqual((entry.first, entry.last), (7, 7))


class LimitTests(SimpleTestCase):
    def test_an_article_holds_no_more_than_the_form_does(self):
        points = "".join(f"- 점 {number}\n" for number in range(300))
        links = "".join(f"- [이름](https://a.example/{number})\n" for number in range(300))
        tags = ", ".join(map(str, range(300)))
        text = f"## 제목\n\n### 요약\n{points}\n### 출처\n{links}\n태그: {tags}"
        [article] = recognise(text, SEOUL, day=DAY).articles
        self.assertEqual([len(article.points), len(article.citations)], [MAX_LINES, MAX_LINES])
        self.assertEqual(len(article.tags), MAX_LINES)
        self.assertIn("- 점 299", article.other[-1].text)

    def test_what_an_article_does_not_hold_is_kept_as_other_text_and_told(self):
        links = "".join(f"- [이름](https://a.example/{number})\n" for number in range(201))
        tags = ", ".join(f"말 {number}" for number in range(202))
        behind = "- 요점이다. ([이름](https://b.example/))"
        text = f"## 제목\n### 출처\n{links}### 요약\n{behind}\n\n태그: {tags}\n"
        found = recognise(text, SEOUL, day=DAY)
        [article] = found.articles
        kept = "\n".join(other.text for other in article.other)
        self.assertEqual(kept, "- [이름](https://a.example/200)\n말 200, 말 201")
        self.assertEqual(article.points, [behind.removeprefix("- ")])
        self.assertEqual(found.account.numbers(Fate.OTHER), "203, 207")
