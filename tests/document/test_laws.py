"""Three laws of the document: text comes back to the byte, values come back whole, and one edit
is one line."""

import datetime as dt
import difflib
import json
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from articles import document
from articles.document import (
    ArticleText,
    CorrectionText,
    Document,
    DocumentError,
    OtherText,
    PictureText,
    anchored,
    headlines,
)
from articles.rules.lines import CitationLine
from tests.support.posts import HEAD

SEOUL = ZoneInfo("Asia/Seoul")
DAY = dt.date(2026, 5, 1)
PICTURE = "https://n.example/pictures/00000000-0000-4000-8000-000000000000/800.webp"
STAMP = dt.datetime(2026, 5, 1, 7, 0, 12, tzinfo=SEOUL)

# Lines that are structure, nearly structure, or look like it in the wrong place.
LINES = [
    *(
        "",
        "",
        "",
        "  ",
        "문단.",
        "# 큰 제목",
        "## 제목",
        "## 다른 제목  ",
        " ## 들여쓴 제목",
        "### 배경",
    ),
    *(
        "### 요약",
        "### 핵심 요약",
        "#### 요약",
        "### Summary",
        "### 주요 내용 및 시사점",
        "### 정정",
    ),
    *("- 요점", "* 요점", "-  요점  ", "  - 겹친 요점", "1. 번호", "- ", "-"),
    *(
        "- **기술적 의미**: 뜻",
        "- **향후 전망** : 앞날",
        "- **전망:** 앞날",
        "- **기타**: 말",
        "  이어진 줄",
    ),
    *(
        "[가](https://a.example/1) - 발행일: 2026-05-01",
        "[나](https://a.example/(2))",
        "가 | https://a.example",
    ),
    *(
        "[다](https://a.example/3), [라](https://a.example/4)",
        "[마\\]](https://a.example/5) - 2026.1.3",
    ),
    *(
        "주제: AI, 로봇",
        "주제:",
        "작성: AI 도움",
        "작성: 사람",
        "확인: 김민지",
        *("이어지는 소식: 가속기  공개", "Storyline: GPU"),
        " 주제: 들여쓴 주제",
        "작성: 누구",
    ),
    *("---", "***", "----  ", " ---", "| 표 | 둘 |", "![그림](a.png)", "> 인용", "```", "\\## 글"),
    *(f"![그림 \\[가\\]]({PICTURE})", f"![그림*]({PICTURE})  ", f" ![그림]({PICTURE})"),
    *("출처 확인 필요: 가 | 어제", "Unread citation: 가", "출처 확인 필요:", "##", "## "),
    *("사진 설명: 그림 설명", "사진 제공:  누구  ", "Caption : 말", "사진 설명:"),
    *("- 2026-05-02T09:00:00+09:00 고침", "\u3000", "\u00a0- 줄", "## 요약", "정정: 말"),
    *(
        "- 2026-05-01T09:00:00Z 먼저 고침\u3000",
        "```bash",
        "~~~",
        "  ```",
        "- ```",
        "<!-- 말",
        "-->",
    ),
    *("## [링크](https://a.example/6)", "## **굵은** 제목 ##", "## [가](https://a.example/1) 외"),
]
BLANKS = ["", "", "", " ", "\u3000", "\u00a0", "\t", "\u00a0\u3000 "]
STAMPS = [
    *("2026-01-03", "2026/1/3", "2026.01.03", "2026-01-03 7:05:00 +0900", "2026-01-03T22:00Z"),
    *("2026-01-03T04:21:31.762-05:00", "2026-01-03T00:00:00.000Z", "2026-1-3 07:00", ""),
    *("2026-01-02T22:00:00Z", "2025-12-31 07:00:00 +0900"),
]
DAYS = [None, dt.date(2026, 1, 3)]
FRONTS = [
    HEAD,
    HEAD.replace("\n", "\n# 설명\n", 2),
    HEAD.replace('"', "'"),
    HEAD.replace("categories: news", "tags: [AI, 로봇]"),
    HEAD.replace("categories: news", "tags:\n- AI\n- 로봇\n"),
]
blanks = st.sampled_from(BLANKS)
odd_lines = st.builds(lambda line, end: line + end, st.sampled_from(LINES), blanks)
texts = st.text("가나다 AI.,:-#*[]()|\\>_`\n", max_size=40).map(str.strip)
texts = texts.filter(lambda text: "```" not in text)  # an open fence is closed when it is written
words = st.text("가나다라AI#*-_[]|\\. ", min_size=1, max_size=12).map(str.strip).filter(bool)
lines = words.map(lambda text: " ".join(text.split()))
# Headlines are plain text: marks of Markdown in them are read as what they mean.
plain_lines = lines.filter(lambda text: headlines.read(f"## {text}").text == text)
names = st.sampled_from(["가나일보", "나[다]", "라\\마", "A | B", "新闻"])
tags = st.lists(st.sampled_from(["AI", "로봇", "반도체"]), unique=True, max_size=3)
moments = st.integers(0, 10**6).map(lambda s: STAMP + dt.timedelta(seconds=s))
corrections = st.lists(st.builds(CorrectionText, moments, texts.filter(bool)), max_size=2)
others = st.lists(
    st.tuples(
        st.sampled_from(["headline", "citations", "points", "implications", "rule"]),
        texts.filter(bool),
    ),
    max_size=3,
    unique_by=lambda pair: pair[0],
)
pictures = st.builds(
    PictureText,
    st.sampled_from([PICTURE, PICTURE.replace("/800", "/1600"), PICTURE.replace("0", "a", 1)]),
    lines,
    st.one_of(st.just(""), lines),
    st.one_of(st.just(""), lines),
)
# Lines among the citations that are not understood, as only drafts have them.
unread = st.one_of(lines, st.sampled_from(["가 | https://a.example/1 | 어제", "출처: x", "## 글"]))
articles = st.builds(
    ArticleText,
    headline=st.one_of(st.just(""), plain_lines),
    picture=st.one_of(st.none(), pictures),
    citations=st.lists(
        st.one_of(
            st.builds(
                CitationLine,
                names,
                st.sampled_from(["https://a.example/1", "https://a.example/(x)?y=1"]),
                st.sampled_from([None, DAY]),
            ),
            st.builds(CitationLine, unread, st.just(""), st.none()),
        ),
        max_size=3,
    ),
    points=st.lists(lines, max_size=3),
    technical_significance=texts,
    industry_impact=texts,
    outlook=texts,
    corrections=corrections,
    tags=tags,
    drafted_by=st.sampled_from(["", "person", "ai"]),
    read_by=st.sampled_from(["", "김민지"]),
    storyline=st.sampled_from(["", "가속기 공개"]),
    other=others.map(lambda pairs: [OtherText(*pair) for pair in pairs]),
)
documents = st.builds(
    Document,
    date=st.just(DAY),
    stamp=st.just(STAMP),
    title=st.one_of(st.just(""), lines),
    introduction=texts,
    language=st.sampled_from(["ko", "en"]),
    front_matter=st.sampled_from([{}, {"layout": "post", "tags": ["AI", "로봇"]}]),
    articles=st.lists(articles, min_size=1, max_size=3),
    corrections=corrections,
)


def parse(text, day=None):
    return document.parse(text, SEOUL, day=day)


def whole(read):
    """What the usual front matter adds is no loss."""
    return replace(read, front_matter={})


def stored(read):
    """The document as it comes from the database."""
    uids = [str(number) for number, _article in enumerate(read.articles)]
    data = json.loads(json.dumps(document.to_snapshot(read, uids)))
    return document.from_snapshot(data, SEOUL)


def drafted(read):
    """The document as it comes from the database, if it was never published."""
    uids = [str(number) for number, _article in enumerate(read.articles)]
    data = document.to_snapshot(read, uids)
    return document.from_snapshot(data | {"publish_at": None, "published_at": None}, SEOUL)


def accepted(text, day=None):
    try:
        return parse(text, day)
    except DocumentError:
        return None


class ToTheByteTests(SimpleTestCase):
    @settings(max_examples=100)
    @given(st.sampled_from(FRONTS), st.lists(odd_lines, max_size=25), st.data())
    def test_text_is_written_as_it_was_read_or_refused_with_a_line(self, front, body, data):
        text = front + data.draw(st.sampled_from(["", "\n"])) + "\n".join(["## 첫 제목", *body])
        text = data.draw(st.sampled_from([text, text.replace("\n", "\r\n"), "\ufeff" + text]))
        try:
            read = parse(text)
        except DocumentError as refused:
            count = text.count("\n") + 1
            self.assertTrue(all(1 <= line <= count and words for line, words in refused.errors))
        else:
            self.check(text, read)

    @settings(max_examples=100)
    @given(st.lists(st.tuples(odd_lines, st.sampled_from(["\n", "\n", "\r\n"])), max_size=12))
    def test_mixed_line_ends_come_back(self, body):
        text = HEAD + "## 첫 제목\r\n" + "".join(line + end for line, end in body)
        read = accepted(text)
        if read:
            self.check(text, read)

    @settings(max_examples=100)
    @given(
        st.sampled_from(STAMPS),
        st.sampled_from(
            ["", "title: 이름", 'title: "이름\u3000"', "title: [새] 이름: 글", "title:"]
        ),
        st.sampled_from(["---", "+++", ""]),
        st.sampled_from(["", "# 첫 줄", "머리글\n\n# 둘째", "\u3000머리글"]),
        st.sampled_from(DAYS),
    )
    def test_days_and_titles_come_back_wherever_they_are(self, stamp, title, fence, above, day):
        front = [fence, title, f"date: {stamp}" if stamp else "", fence] if fence else []
        if fence == "+++":
            front = [fence, 'title = "이름" # 말', f'date = "{stamp}"', "[a]", "b = 1", fence]
        text = "\n".join([*front, above, "## 제목", ""])
        read = accepted(text, day)
        if read:
            self.check(text, read)
        elif day and fence != "+++":
            self.fail(text)

    def check(self, text, read):
        """The document is written as its text, also after it was stored."""
        for one in (read, stored(read), drafted(read)):
            self.assertEqual(document.write(one), text)
        self.assertEqual(stored(read), anchored(read))

    @settings(max_examples=60)
    @given(st.text(max_size=80))
    def test_any_text_at_all(self, body):
        read = accepted(HEAD + "\n## 제목\n" + body)
        if read:
            self.assertEqual(document.write(read), HEAD + "\n## 제목\n" + body)


def a_list_after_points_that_are_not_there():
    article = ArticleText(headline="제목", other=[OtherText("points", "- 하나\n- 둘")])
    return Document(DAY, STAMP, "", "", "ko", {}, [article])


class WholeValuesTests(SimpleTestCase):
    @settings(max_examples=60)
    @given(documents)
    @example(a_list_after_points_that_are_not_there())
    def test_what_editors_wrote_comes_back_from_the_text(self, written):
        read = parse(document.write(written))
        self.assertEqual(whole(read), whole(anchored(written)))
        self.assertEqual(read.stamp, written.stamp)

    @settings(max_examples=60)
    @given(documents)
    def test_usual_writing_needs_no_layout(self, written):
        read = parse(document.write(written))
        for layout in (read.layout, *(article.layout for article in read.articles)):
            self.assertFalse({"gaps", "spelled"} & layout.keys())


class OneLineTests(SimpleTestCase):
    """Edits of whatever file: the lines that differ are those of the edit."""

    def changed(self, before, after):
        rows = difflib.ndiff(before.split("\n"), after.split("\n"))
        kinds = [row[0] for row in rows if row[0] in "+-"]
        return kinds.count("-"), kinds.count("+")

    @settings(max_examples=60)
    @given(st.sampled_from(FRONTS), st.lists(st.sampled_from(LINES), max_size=25), st.data())
    def test_one_point_edited_is_one_line(self, front, body, data):
        text = front + "\n".join(["## 첫 제목", "### 요약", "- 하나", "* 둘  ", "", "- 셋", *body])
        read = accepted(text)
        assume(read)
        article = read.articles[0]
        index = data.draw(st.integers(0, len(article.points) - 1))
        points = list(article.points)
        points[index] = "아주 다른 요점"
        self.assertEqual(self.changed(text, self.write(read, points=points)), (1, 1))

    @settings(max_examples=60)
    @given(st.lists(st.sampled_from(LINES), max_size=25))
    def test_a_new_headline_is_one_line(self, body):
        text = HEAD + "\n".join(["## 첫 제목", *body])
        read = accepted(text)
        assume(read)
        self.assertEqual(self.changed(text, self.write(read, headline="아주 다른 제목")), (1, 1))

    def test_a_point_more_or_less_is_one_line(self):
        text = HEAD + "\n## 제목\n\n### 요약\n* 하나\n* 둘\n* 셋\n\n끝말\n"
        read = parse(text)
        self.assertEqual(self.changed(text, self.write(read, points=["하나", "셋"])), (1, 0))
        more = ["하나", "둘", "셋", "넷"]
        self.assertEqual(self.changed(text, self.write(read, points=more)), (0, 1))

    def test_a_new_title_is_one_line_in_the_quotes_it_had(self):
        for quote in ('"', "'", ""):
            text = (HEAD + "\n## 제목\n").replace('"', quote)
            written = document.write(replace(parse(text), title="바뀐 제목"))
            self.assertEqual(self.changed(text, written), (1, 1))
            self.assertIn(f"title: {quote}바뀐 제목{quote}\n", written)

    def write(self, read, **fields):
        first, *rest = read.articles
        return document.write(replace(read, articles=[replace(first, **fields), *rest]))
