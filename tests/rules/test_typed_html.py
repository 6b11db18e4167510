from django.test import SimpleTestCase

from articles.rules import typed_html
from articles.rules.rendering import plain, plain_line, render, render_inline
from tests.support.costs import assert_cheap


class ElementTests(SimpleTestCase):
    def assertShows(self, source, html):
        self.assertEqual(render_inline(source), html)

    def test_harmless_elements_work(self):
        for name in ("b", "i", "em", "strong", "sub", "sup", "del", "kbd", "mark", "abbr"):
            self.assertShows(f"물<{name}>2</{name}>는", f"물<{name}>2</{name}>는")
        self.assertShows("<B class=x onclick='y'>글</B >", "<b>글</b>")

    def test_a_line_can_be_broken(self):
        for written in ("<br>", "<br/>", "<BR />"):
            self.assertShows(f"한{written}두", "한<br>\n두")
        self.assertEqual(render("한<br>\n두<br><br>세"), "<p>한<br>\n두<br>\n<br>\n세</p>\n")

    def test_an_abbreviation_keeps_its_long_form(self):
        quoted = "<abbr title='\"가\" &amp; 나 > 다'>A</abbr>"
        self.assertShows(quoted, '<abbr title="&quot;가&quot; &amp; 나 &gt; 다">A</abbr>')
        self.assertShows("<abbr title=x id=y>A</abbr>", '<abbr title="x">A</abbr>')
        self.assertShows("<b title=x>A</b>", "<b>A</b>")

    def test_other_tags_show_their_text(self):
        self.assertShows("<u>글</u> <a href='https://a.example'>링크</a>", "글 링크")
        self.assertShows("<script>alert(1)</script>", "alert(1)")
        self.assertShows("<custom-tag>글", "글")
        self.assertShows("앞 <img src='/a.png' alt='그림'> 뒤", "앞 그림 뒤")
        self.assertShows("<iframe src=https://a.example></iframe>", "")

    def test_a_box_is_its_text_and_its_list(self):
        text = "<details>\n<summary>자세히</summary>\n\n- 요점\n\n</details>\n\n글"
        self.assertEqual(render(text), "<p>자세히</p>\n<ul>\n<li>요점</li>\n</ul>\n<p>글</p>\n")

    def test_a_tag_over_several_lines_is_a_tag(self):
        self.assertEqual(render("<img\n  src='/a.png'\n  alt='그림' />"), "<p>그림</p>\n")
        self.assertEqual(
            render("a <b\n\n> 인용"),
            "<p>a &lt;b</p>\n<blockquote>\n<p>인용</p>\n</blockquote>\n",
        )

    def test_what_is_no_tag_is_shown_as_typed(self):
        for text in ("비용 < 효과 > 이익", "a<1 b>2", "<한글>", "<b", "<b a='>", "<3"):
            self.assertEqual(plain_line(text), text)
        self.assertShows("\\<b>x", "&lt;b&gt;x")
        self.assertShows("&lt;b&gt;x", "&lt;b&gt;x")

    def test_code_is_shown_as_typed(self):
        self.assertShows("`<b>x</b>` <b>y</b>", "<code>&lt;b&gt;x&lt;/b&gt;</code> <b>y</b>")
        fence = "```<i>\n<div title='a'>\n\\<b>\n```"
        self.assertEqual(
            render(fence),
            "<pre><code>&lt;div title='a'&gt;\n\\&lt;b&gt;\n</code></pre>\n",
        )

    def test_comments_are_never_shown(self):
        self.assertShows("글 <!-- <b>비밀</b> --> 끝", "글  끝")

    def test_elements_without_an_end_or_across_others_are_their_text(self):
        for source, html in (
            ("<b>글", "글"),
            ("글</b>", "글"),
            ("<b>*글</b>*", "<em>글</em>"),
            ("*<b>글*</b>", "<em>글</em>"),
            ("<b><i>글</b></i>", "<b>글</b>"),
            ("<sub><b>글</sub>", "<sub>글</sub>"),
        ):
            self.assertShows(source, html)
        self.assertEqual(render("<b>한\n\n두</b>"), "<p>한</p>\n<p>두</p>\n")

    def test_they_stand_in_links_tables_and_emphasis(self):
        self.assertShows("**<i>가</i>**는", "<strong><i>가</i></strong>는")
        self.assertShows("<b>**가**</b>는", "<b><strong>가</strong></b>는")
        link = "[<b>가</b>](https://a.example/<b>)"
        self.assertShows(link, '<a href="https://a.example/%3Cb%3E" rel="noopener"><b>가</b></a>')
        table = render("|a|\n|-|\n|<abbr title='x|y'>1</abbr>|")
        self.assertIn('<td><abbr title="x|y">1</abbr></td>', table)

    def test_few_can_be_open_at_once(self):
        html = render("<b>" * 50 + "글" + "</b>" * 50)
        self.assertEqual(html.count("<b>"), typed_html.MAX_OPEN)
        self.assertEqual(html.count("</b>"), typed_html.MAX_OPEN)

    def test_plain_text_has_the_text_and_no_tags(self):
        self.assertEqual(plain("물<sub>2</sub><br>줄 <u>글</u> <!-- 비밀 -->"), "물2 줄 글")
        self.assertEqual(plain_line("<b>굵게</b> `<b>`"), "굵게 <b>")

    def test_any_number_of_tags_costs_little(self):
        for piece in (
            *(
                "<b>",
                "</b>",
                "<b>a</b>",
                "<b><i>a</b></i>",
                "<abbr title=",
                "<abbr title='",
                "<b =",
            ),
            *('<abbr title="a" ', "<br>", "<div>\n", "<br>\n", "<div> \t", "\\<", "<b a='<b a=\""),
            *("<b>*a</b>*", "`<b>", "<b\na ", "</", "<", "<a-", "[<b>](", "> <b>", "|<b>"),
        ):
            with self.subTest(piece):
                assert_cheap(self, render, piece * (20_000 // len(piece)))
