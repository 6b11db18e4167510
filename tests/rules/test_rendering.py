import json
from html import unescape
from html.parser import HTMLParser

from django.test import SimpleTestCase
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from articles.rules import rendering
from articles.rules.text import collapse
from tests.attacks.active import in_fragment, in_page
from tests.attacks.corpus import ATTACKS as CORPUS
from tests.support.costs import assert_cheap, calls

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java&#115;cript:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '![x](https://a.example/"onerror="alert(1))',
    '[a](https://a.example "x\\" onclick=\\"alert(1)")',
    "[a][b]\n\n[b]: javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src=https://a.example></iframe>",
    "<style>*{display:none}</style>",
    "<form action=/admin/><input name=x></form>",
    "[a](//evil.example/x)",
]


# Pieces of every attack, between Markdown and Korean.
PIECES = [
    piece
    for attack in CORPUS
    for piece in (attack.text, attack.text[: len(attack.text) // 2], attack.text[-12:])
    if len(piece) < 200
]
MARKDOWN = [
    *("<b>", "</b>", "<br>", "<sub>", "</sub>", "<abbr title='a\"b'>", "</abbr>", "<i", "<p>"),
    *("**", "*", "_", "`", "~~", "[", "](", ")", "![", "<", ">", "\\", "&", "|", "\n", "\n\n", " "),
    *(
        "\n> ",
        "\n- ",
        "\n1. ",
        "\n# ",
        "\n    ",
        "\n```\n",
        "\n|-|-|\n",
        "\n[1]: ",
        "[1]",
        "한글은 ",
        "“가”",
    ),
]
# A text on its own, on a page, and in a feed.
BASES = ("", "/2026/05/14/", "https://news.example/2026/05/14/")
mixtures = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from(MARKDOWN), st.text(max_size=5)), max_size=12
).map("".join)


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


class RenderTests(SimpleTestCase):
    def assertHarmless(self, html):
        for tag, attributes in Elements(html).found:
            self.assertIn(tag, rendering.BLOCK_TAGS)
            if tag == "table":
                self.assertEqual(attributes.pop("tabindex"), "0")
            self.assertLessEqual(set(attributes), {"href", "title", "rel", "start", "align"})
            href = attributes.get("href", "https:")
            self.assertRegex(href, r"\A(https?:|mailto:|/(?![/\\]))")

    def test_emphasis_works_before_korean_particles(self):
        cases = {
            '**"눈에 보이는 것"**이라는': "<strong>&quot;눈에 보이는 것&quot;</strong>이라는",
            "**GPU(그래픽)**를": "<strong>GPU(그래픽)</strong>를",
            "**한글**은": "<strong>한글</strong>은",
        }
        for source, html in cases.items():
            with self.subTest(source):
                rendered = rendering.render_inline(source)
                self.assertEqual(rendered.replace('"', "&quot;"), html)

    def test_attacks_are_harmless(self):
        for attack in ATTACKS:
            with self.subTest(attack):
                for base in BASES:
                    self.assertHarmless(rendering.render(attack, base))
                    self.assertHarmless(rendering.render_inline(attack, base))

    @given(st.text(alphabet=st.sampled_from("<>[]()!\"'`*_#- \n\\&;:/javscriptonrhe=한")))
    def test_any_text_is_harmless(self, source):
        for base in BASES:
            self.assertHarmless(rendering.render(source, base))
            self.assertHarmless(rendering.render_inline(source, base))

    @given(mixtures)
    def test_pieces_of_attacks_put_together_are_harmless(self, source):
        for clean, html in (
            (rendering.render, rendering.render(source)),
            (rendering.render_inline, rendering.render_inline(source)),
            (rendering.render, rendering.render(source, BASES[1])),
        ):
            self.assertHarmless(html)
            self.assertEqual(in_fragment(html), [])
            # What is clean stays as it is: no reading of it makes something else of it.
            tags = rendering.BLOCK_TAGS if clean == rendering.render else rendering.INLINE_TAGS
            self.assertEqual(rendering._sanitise(html, tags, BASES[1]), html)

    @given(mixtures)
    def test_what_a_reader_sees_of_a_text_is_no_markup(self, source):
        page = f"<p title='{escape(rendering.plain(source))}'>{escape(rendering.plain(source))}"
        self.assertEqual(in_fragment(page), [])
        self.assertNotIn("\n", rendering.plain(source))

    @given(st.lists(st.one_of(mixtures, mixtures.map(rendering.render)), min_size=3, max_size=3))
    def test_a_pattern_is_filled_as_django_does(self, texts):
        pattern = '<p title="{}">{} {}</p>'
        self.assertEqual(rendering.filled(pattern, *texts), format_html(pattern, *texts))
        self.assertIsInstance(rendering.filled(pattern, *texts), SafeString)

    @given(st.dictionaries(mixtures, st.lists(mixtures, max_size=2), max_size=2))
    def test_data_in_a_page_ends_nowhere_and_says_what_it_said(self, data):
        written = rendering.json_data(data)
        self.assertEqual(json.loads(written), data)
        page = f"<!doctype html><script type=application/ld+json>{written}</script>"
        self.assertEqual(in_page(page), [])

    def test_control_characters_and_surrogates_do_not_fail(self):
        self.assertEqual(rendering.render_inline("가\x00\ud800\x0b나"), "가나")

    def test_headings_stay_below_those_of_the_page(self):
        self.assertEqual(rendering.render("# 하나"), "<h3>하나</h3>\n")
        self.assertEqual(rendering.render("##### 다섯"), "<h6>다섯</h6>\n")

    def test_image_becomes_a_link_to_it(self):
        self.assertEqual(
            rendering.render_inline("![그림](https://a.example/b.png)"),
            '<a href="https://a.example/b.png" rel="noopener">그림</a>',
        )

    def test_link_that_must_not_be_followed_is_its_text(self):
        for source in (
            "[글 *안*](javascript:alert(1))",
            '[글 *안*](/2026/ "제목")',
            "![글 *안*](data:image/png;base64,AA)",
            "[글 *안*][1]\n\n[1]: vbscript:x",
        ):
            with self.subTest(source):
                self.assertNotIn("<a", rendering.render(source))
                self.assertIn("글", rendering.render(source))
        self.assertEqual(
            rendering.render_inline("[글 *안*](javascript:x) [밖](https://a.example/)"),
            '글 <em>안</em> <a href="https://a.example/" rel="noopener">밖</a>',
        )

    def test_line_break_and_table_are_kept(self):
        self.assertIn("<br>", rendering.render("한 줄\n두 줄"))
        self.assertIn("<td>1</td>", rendering.render("|a|b|\n|-|-|\n|1|2|"))

    def test_one_line_text_never_becomes_a_block(self):
        for source in (
            "1. 첫째",
            "# 제목",
            "- 점",
            "> 인용",
            "```",
            "    코드",
            "[a]: https://b.example",
        ):
            with self.subTest(source):
                rendered = rendering.render_inline(source)
                self.assertNotRegex(rendered, "<(?!/?(code|a|em|strong|del|br))")
                self.assertEqual(unescape(strip_tags(rendered)), source.strip())

    def test_quotes_are_shown_down_to_a_depth(self):
        for depth in (1, rendering.MAX_QUOTES, rendering.MAX_QUOTES + 2, 5000):
            with self.subTest(depth):
                html = rendering.render(">" * depth + " 안\n\n> 밖")
                shown = min(depth, rendering.MAX_QUOTES)
                self.assertEqual(html.count("<blockquote>"), shown + 1)
                self.assertEqual(html.count("</blockquote>"), shown + 1)
                self.assertIn("<p>안</p>", html)
                self.assertTrue(html.endswith("<blockquote>\n<p>밖</p>\n</blockquote>\n"))

    def test_plain_text_has_no_markup(self):
        text = '**굵게** [글](https://a.example "1 > 2\\"<b>") 1 < 2'
        self.assertEqual(rendering.plain(text), "굵게 글 1 < 2")
        self.assertEqual(rendering.plain_line(f"1. {text}"), "1. 굵게 글 1 < 2")

    @given(mixtures)
    def test_plain_text_is_what_a_parser_of_html_finds(self, source):
        for html, plain in (
            (rendering.render(source), rendering.plain(source)),
            (rendering.render_inline(source), rendering.plain_line(source)),
            (rendering.render(source, BASES[1]), rendering.plain(source)),
        ):
            self.assertEqual(plain, collapse(unescape(strip_tags(html))))

    def test_markup_is_not_taken_out_tag_by_tag(self):
        """Of a text with many tables that took more than all else that is done to index it."""
        table = "|a|b|\n|-|-|\n|1|2|\n\n"
        few, many = (calls(rendering.plain, table * count) for count in (10, 500))
        self.assertLessEqual(many, few + 10)

    def test_hostile_nesting_costs_little(self):
        for source in (
            "[" * 4000,
            "![" * 4000,
            "![](/a" * 2000,
            ">" * 20000,
            "*a" * 4000,
            "<" * 8000,
            "- " * 2000,
        ):
            with self.subTest(source[:4]):
                assert_cheap(self, rendering.render, source)

    def test_a_document_of_the_software_flows_and_shows_its_pictures(self):
        text = '## A\n\none\ntwo <kbd>s</kbd> <script>alert(1)</script>\n\n![a "cat"](../cat.webp)'
        html = rendering.render_document(text, lambda written: f"/static{written[2:]}?v=1&w=2")
        self.assertIn("<h2>A</h2>", html)
        self.assertIn("one\ntwo <kbd>s</kbd>", html)
        self.assertIn('<img src="/static/cat.webp?v=1&amp;w=2" alt="a &quot;cat&quot;">', html)
        self.assertNotIn("<script", html)
        for attack in ATTACKS:
            found = Elements(rendering.render_document(attack, str)).found
            addresses = [each.get("href") or each.get("src") for _tag, each in found]
            self.assertNotRegex(" ".join(filter(None, addresses)), "(?i)script:|data:")
            self.assertLessEqual({tag for tag, _each in found}, rendering.DOCUMENT_TAGS)
