"""Comments in a post: the text is kept to the byte, and nothing in them becomes structure."""

from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import document
from articles.document import DocumentError
from articles.rules.hidden_text import shown
from tests.document.test_laws import LINES, parse
from tests.support.posts import ARTICLE, HEAD, POST

NOTE = "<!-- 메모\n\n## 비밀 제목\n\n### 요약\n- 비밀 요점\n\n---\n\n-->"
LIQUID = NOTE.replace("<!--", "{% comment %}").replace("-->", "{% endcomment %}")
NOTED_LINES = [
    *("<!--", "-->", "글 <!-- 메모", "메모 --> 글", "- 점 <!-- 메모", "<!-- 메모 -->", "`<!--`"),
    *("{% comment %}", "{% endcomment %}", "- **기술적 의미**: 글 <!-- 메모", "{{ 값 }} {:.이름}"),
]
# Where a note of several lines can stand: the line of the post before it.
PLACES = (
    "categories: news\n---",
    "## 온디바이스 모델, 지역 병원에 도입",
    "[晨光科技报](https://chenguang.example/a?id=1) - 발행일: 2026-01-02",
    "- 응답 시간 40% 단축",
    "- **기술적 의미**: 작은 모델로 충분하다는 증거",
    "- **향후 전망**: 연말까지 스무 곳으로 확대 전망.",
    "\n---\n",
)


class NoteTests(SimpleTestCase):
    def test_a_note_over_headings_makes_no_article(self):
        for note in (
            NOTE,
            NOTE.replace("<!--", "{% comment %}").replace("-->", "{% endcomment %}"),
        ):
            for place in PLACES:
                head, _, tail = POST.rpartition(place)
                text = f"{head}{place}\n{note}\n{tail}"
                with self.subTest(place=place, note=note[:5]):
                    read = parse(text)
                    self.assertEqual(document.write(read), text)
                    [article] = read.articles
                    self.assertEqual(article.headline, "온디바이스 모델, 지역 병원에 도입")
                    self.assertNotIn("비밀", "".join([*article.points, *article.tags]))

    def test_a_note_right_behind_a_text_belongs_to_it(self):
        note = NOTE.replace("- 비밀", "* 비밀")
        for line in POST.split("\n"):
            if not line.startswith("- "):
                continue
            with self.subTest(line):
                text = POST.replace(line, f"{line} {note}")
                read = parse(text)
                self.assertEqual(document.write(read), text)
                self.assertEqual(len(read.articles), 1)

    def test_a_note_without_end_hides_the_rest(self):
        text = POST + "\n<!-- 끝이 없다\n" + ARTICLE.replace("## 온", "## 비밀 온")
        read = parse(text)
        self.assertEqual(document.write(read), text)
        [article] = read.articles
        self.assertEqual([shown(other.text).strip() for other in article.other], [""])

    def test_a_note_in_a_headline_ends_there_or_is_refused_with_its_line(self):
        text = POST.replace("## 온디바이스", "## <!-- 메모 --> 온디바이스")
        self.assertEqual(document.write(parse(text)), text)
        for headline in ("## 제목 <!-- 메모\n-->", "## 제목 {% comment %}\n끝이 없다"):
            with self.assertRaises(DocumentError) as refused:
                parse(HEAD + "\n" + headline + "\n\n### 요약\n- 점\n")
            self.assertEqual(refused.exception.errors[0][0], 8)

    def test_a_heading_that_nobody_sees_is_no_headline(self):
        text = POST.replace("### 요약", "## <!-- 비밀 제목 -->\n\n### 요약")
        read = parse(text)
        self.assertEqual(document.write(read), text)
        self.assertEqual(len(read.articles), 1)

    def test_names_have_no_room_for_notes(self):
        """Such a line is kept as other text, where the desk shows it."""
        for line in (
            "주제: 로봇 <!-- 메모 -->",
            "확인: 김하나 <!-- 메모 -->",
            "[한빛 <!-- 메모 -->](https://hanbit.example/9)",
        ):
            with self.subTest(line):
                text = POST.replace("\n### 요약", f"\n{line}\n\n### 요약")
                read = parse(text)
                self.assertEqual(document.write(read), text)
                [other] = read.articles[0].other
                self.assertIn(line, other.text)

    def test_tags_of_the_front_matter_are_names_alone(self):
        text = POST.replace("categories: news", 'tags: ["로봇 <!-- 메모 -->", AI]')
        read = parse(text)
        self.assertEqual(document.write(read), text)
        self.assertEqual(read.articles[0].tags, ["로봇", "AI"])

    def test_code_is_no_note(self):
        text = HEAD + "\n## 하나\n\n```html\n<!-- 코드\n```\n\n글 `<!--` 글\n\n---\n\n## 둘\n"
        read = parse(text)
        self.assertEqual(document.write(read), text)
        self.assertEqual([article.headline for article in read.articles], ["하나", "둘"])

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.sampled_from([*LINES, *NOTED_LINES]), max_size=15))
    def test_any_notes_anywhere_come_back_to_the_byte_or_are_refused(self, lines):
        text = HEAD + "\n## 첫 제목\n" + "\n".join(lines)
        try:
            read = parse(text)
        except DocumentError as refused:
            count = text.count("\n") + 1
            self.assertTrue(all(1 <= line <= count for line, _words in refused.errors))
        else:
            self.assertEqual(document.write(read), text)

    def test_a_note_that_is_typed_without_end_ends_with_its_text(self):
        read = parse(POST)
        article = read.articles[0]
        article.points[0] += " <!-- 메모"
        again = parse(document.write(read))
        self.assertEqual(len(again.articles[0].points), 2)
        self.assertEqual(shown(again.articles[0].points[0]), shown(article.points[0]))
        self.assertEqual(again.articles[0].outlook, article.outlook)
