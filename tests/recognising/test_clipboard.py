"""The HTML of a clipboard as Markdown."""

from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles.recognising import read_articles
from articles.recognising.clipboard import MAX_TAGS, TooLargeError, markdown_of
from tests.support.costs import assert_cheap, calls

ANSWER = """<meta charset="utf-8"><!--StartFragment-->
<p data-start="0">안녕하세요! 요청하신 뉴스를 정리해 드립니다.</p>
<h3 class="x">1. 새 칩 <strong>공개</strong></h3>
<p><strong>요약</strong></p>
<ul><li><p>값이 <strong>반</strong>이다.</p></li><li>속도는 같다.
<ul><li>시험 두 번</li></ul></li></ul>
<p><strong>시사점</strong></p>
<ol><li><p><strong>기술적 의미:</strong> 공정이 줄었다.</p></li>
<li><strong>향후 전망:</strong> 값 싸움이 난다.</li></ol>
<p>출처: <a href="https://hanbit.example/1?a=1&amp;b=2" rel="x">한빛일보</a> (2026-01-03)</p>
<!--EndFragment-->"""
MARKDOWN = """안녕하세요! 요청하신 뉴스를 정리해 드립니다.

### 1. 새 칩 **공개**

**요약**

- 값이 **반**이다.
- 속도는 같다.
  - 시험 두 번

**시사점**

1. **기술적 의미:** 공정이 줄었다.
2. **향후 전망:** 값 싸움이 난다.

출처: [한빛일보](https://hanbit.example/1?a=1&b=2) (2026-01-03)"""
NESTED = {
    "div": "<div>",
    "list": "<ul><li>",
    "bold": "<p><b class={}>",
    "link": '<a href="https://hanbit.example/{}">',
    "table": "<b><table><tr><td></b>",
    "crossed": "<b><i><p></b></i>",
}
BROKEN = {
    "comments": "<!--",
    "quotes": "<a '",
    "half an attribute": "<a style=",
    "scripts": "<script>",
    "signs": "< ",
    "ends": "</b",
}


class MarkdownTests(SimpleTestCase):
    def test_headings_lists_bold_type_and_links_survive(self):
        self.assertEqual(markdown_of(ANSWER), MARKDOWN)

    def test_it_is_read_like_markdown(self):
        [article] = read_articles(markdown_of(ANSWER), ZoneInfo("Asia/Seoul")).articles
        self.assertEqual(article.headline, "새 칩 공개")
        self.assertEqual(article.outlook, "값 싸움이 난다.")
        self.assertEqual(article.citations[0].url, "https://hanbit.example/1?a=1&b=2")

    def test_scripts_styles_comments_and_what_the_page_hides_do_not(self):
        for hidden in (
            "<script>if (a<b) alert('</p>')</script>",
            "<style>p{color:red}</style>",
            "<!-- alert -->",
            "<!-- alert",
            '<div style="color:red; display : NONE">alert<div>alert</div></div>',
            "<p hidden>alert</p>",
            "<button>alert</button>",
            "<svg><title>alert</title></svg>",
        ):
            with self.subTest(hidden):
                self.assertEqual(markdown_of(f"<p>글</p>{hidden}"), "글")

    def test_only_web_addresses_become_links(self):
        for address in ("javascript:alert(1)", "data:text/html,x", "mailto:a@hanbit.example", ""):
            with self.subTest(address):
                self.assertEqual(markdown_of(f'<a href="{address}">글</a>'), "글")
        address = "https://hanbit.example/1"
        self.assertEqual(markdown_of(f'<a href="{address}">{address}</a>'), address)
        attack = """<a href='https://hanbit.example/"onclick="x'>글</a>"""
        self.assertEqual(markdown_of(attack).count("]("), 1)

    def test_bold_is_what_the_page_shows_bold(self):
        for text, wanted in (
            ('<span style="font-weight:700">글</span>', "**글**"),
            ('<b style="font-weight:normal"><p>글</p></b>', "글"),
        ):
            with self.subTest(text):
                self.assertEqual(markdown_of(text), wanted)

    def test_signs_of_the_text_stay(self):
        for text, wanted in (
            ("a &lt; b &amp; c", "a < b & c"),
            ("a < b & c", "a < b & c"),
            ("&lt;script&gt;", "<script>"),
            ("<div>## 제목</div><div>- a_b * c</div>", "## 제목\n\n- a_b * c"),
            ("", ""),
        ):
            with self.subTest(text):
                self.assertEqual(markdown_of(text), wanted)

    def test_lines_that_a_page_breaks_stay_lines(self):
        self.assertEqual(markdown_of("<p>첫째<br>둘째</p>").split("\n"), ["첫째  ", "둘째"])

    def test_numbers_of_lists_go_on(self):
        self.assertEqual(markdown_of('<ol start="7"><li>일곱<li>여덟</ol>'), "7. 일곱\n8. 여덟")
        lines = markdown_of(f"<ol>{'<li>글</li>' * 450}</ol>").split("\n")
        numbers = [line.split(".")[0] for line in lines if line]
        self.assertEqual(numbers, [str(number) for number in range(1, 451)])


class CostTests(SimpleTestCase):
    def test_deep_nesting_keeps_the_text(self):
        for name, tag in NESTED.items():
            with self.subTest(name):
                text = "".join(tag.format(number) for number in range(1_000)) + "글"
                self.assertIn("글", assert_cheap(self, markdown_of, text, name=name))

    def test_twice_the_nesting_is_twice_the_work(self):
        for name, tag in NESTED.items():
            with self.subTest(name):
                once, twice = (
                    calls(markdown_of, "".join(tag.format(number) for number in range(size)))
                    for size in (500, 1_000)
                )
                self.assertLess(twice, 3 * once)

    def test_very_many_tags_are_refused(self):
        text = "<b>" * (1_000_000 // 3)
        with self.assertRaises(TooLargeError):
            markdown_of(text)
        work = calls(lambda: self.assertRaises(TooLargeError, markdown_of, text))
        self.assertLess(work, 40 * MAX_TAGS)

    def test_a_million_characters_with_mistakes_are_cheap(self):
        for name, part in BROKEN.items():
            with self.subTest(name):
                text = part * (MAX_TAGS - 1) + "x" * (1_000_000 - len(part) * MAX_TAGS)
                assert_cheap(self, markdown_of, text, name=name)
        assert_cheap(self, markdown_of, f"<p {' style' * 160_000}>글</p>")
        assert_cheap(self, markdown_of, f"<ol>{'<li>글</li>' * (MAX_TAGS // 2 - 1)}</ol>")
