"""What readers do not see of a text, and what looks like that but is shown."""

import re

from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.rules import rendering
from articles.rules.hidden_text import (
    MAX_UNCLOSED_FENCES,
    find,
    lines_within,
    missing_end,
    shown,
    shown_line,
)
from tests.support.costs import calls

REMARKS = st.sampled_from(
    [
        *("<!-- 메모 -->", "<!---->", "<!-- a\n\n## 제목\n- 점 -->", "<!-- `x` | -->"),
        *("{% comment %}메모{% endcomment %}", "{%- comment -%}\n## 메모\n{%- endcomment -%}"),
        *("{% comment %}a{% comment %}b{% endcomment %}c{% endcomment %}", "{% include a.html %}"),
        *("{{ page.image }}", "{:.note}", '{: title="글"}', "{/* 메모 */}"),
    ]
)
# Without backticks, which could make code of a remark.
WORDS = ["글", "**굵은**", "a < b", "[링크](https://a.example)", "- 점", "### 제목", "100%", "\\"]
TEXTS = st.lists(st.sampled_from([*WORDS, "\n", "\n\n", " "]), max_size=12).map("".join)
# Signs that make code, tables, lists and remarks of what stands around them.
SIGNS = ["`", "``", "```", "~~~", "\n", "\n\n", "- ", "1. ", "  ", "    ", "|", "\\", "> ", "글"]
SIGNS += ["<!--", "-->", "<!-- 메모 -->", "|---|\n", "\n```\n", "\n  ```\n", "\n- ```\n"]
UNCODED = [sign for sign in SIGNS if "`" not in sign and "~" not in sign] + [
    *("{% comment %}", "{%- endcomment %}", "{% a", "%}", "{{", "{{ a }}", "{:", "{:.a}", "<!-->"),
    *("{:\n.a}", "{{ a\n}}", "%%", "{/*", "*/}", "{{<", ">}}", "import a from 'b'"),
]
CODE = re.compile(r"<code[^>]*>.*?</code>", re.DOTALL)


class ShownTests(SimpleTestCase):
    def test_what_is_shown(self):
        for text, expected in {
            "앞 <!-- 메모 --> 뒤": "앞  뒤",
            "앞\n<!-- 메모 -->\n뒤": "앞\n뒤",
            "앞\n\n<!--\n## 메모\n-->\n\n뒤": "앞\n\n\n뒤",
            "앞 <!-- 끝이 없다\n\n## 제목": "앞 ",
            "앞 <!--> 뒤": "앞  뒤",
            "{% comment %}가{% endcomment %}나{%- comment -%}다": "나",
            "{% comment %}가{% comment %}나{% endcomment %}다{% endcomment %}라": "라",
            '{% include a.html\n  b="c" %}글': "글",
            "{% raw %}글{% endraw %}": "글",
            "[링크]({{ site.baseurl }}/x)\n{: .warning}": "[링크](/x)\n",
            "글 {:.note}": "글 ",
            "앞 %% 메모 %% 뒤 %%메모%%": "앞  뒤 ",
            "앞 {/* 메모 */} 뒤": "앞  뒤",
            '앞\n{{< figure\n  src="a.png"\n>}}\n뒤': "앞\n뒤",
            "import A from '@site/a';\nimport \"./b.css\"\n글": "글",
            "글\nexport const a = [1, 2];\n글": "글\n글",
        }.items():
            with self.subTest(text):
                self.assertEqual(shown(text), expected)

    def test_what_only_looks_like_a_remark_stays(self):
        for text in (
            *("`<!-- 코드 -->`", "``<!-- ` -->``", "`<!--`로 열고 `-->`로 닫는다", "`{{ name }}`"),
            *(
                "```html\n<!-- 코드 -->\n```",
                "~~~\n<!-- 코드\n~~~",
                "- ```\n  <!-- 코드 -->\n  ```",
            ),
            *("할인 {% 30 %}", "{:ok, 값}", "a --> b", "<b>글</b>", "{ {a} }", "&lt;!-- 글 --&gt;"),
            *("5%% 또는 10%%", "%%", "글 import A from 'a'", "import duties from China", "{{<글"),
        ):
            with self.subTest(text):
                self.assertEqual(shown(text), text)

    def test_code_that_may_be_none_protects_nothing(self):
        for text in (
            "it`s <!-- 메모 `foo` -->",
            "`가\n나` <!-- 메모 --> `다`",
            "| 가` | `나` <!-- 메모 --> `다 |",
            "\\`<!-- 메모 -->`",
            "```\n<!-- 메모 -->",
            "- ```\n  코드\n\n<!-- 메모 -->\n\n```\n",
            '<a title="`"> <!-- 메모 --> `',
            "> ```\n<!-- 메모 -->\n> ```",
        ):
            with self.subTest(text):
                self.assertNotIn("메모", shown(text))

    def test_a_line_is_never_empty(self):
        self.assertEqual(shown_line("<!-- 메모 -->"), "…")
        self.assertEqual(shown_line("제목 <!-- 메모 --> 둘"), "제목 둘")

    def test_lines_within(self):
        text = "가\n<!-- 나\n\n다 --> 라\n마 {% comment %}\n바"
        self.assertEqual(lines_within(text, lambda line: False), {2, 3, 5})

    def test_code_does_not_go_over_what_ends_it(self):
        text = "  ```\n  <!-- 가\n## 제목\n  -->\n  ```"
        self.assertEqual(lines_within(text, lambda line: line.startswith("## ")), {2, 3})
        inside = text.replace("## ", "  ## ")
        self.assertEqual(lines_within(inside, lambda line: line.startswith("## ")), set())
        loose = "```\n<!-- 가\n## 제목\n-->\n```"
        self.assertEqual(lines_within(loose, lambda line: line.startswith("## ")), set())

    def test_few_looks_for_the_end_of_a_fence(self):
        """A text of fences that do not end costs no more than so many looks through it."""
        looks = []
        text = " ```a\n" * 2_000 + "<!-- x -->"
        find(text, lambda line: looks.append(line))
        self.assertLessEqual(len(looks), 2_001 * MAX_UNCLOSED_FENCES)
        self.assertGreaterEqual(len(looks), 2_000)

    def test_a_text_without_code_is_looked_through_by_its_remarks(self):
        """Line by line they took four times as much, and every text is looked through often."""
        for line in ("{:.a}\n", "<!-- a -->\n", "글 {{ a }} 글\n", "글 {% a %} 글\n"):
            with self.subTest(line):
                self.assertLess(calls(find, line * 1_000), 15_000)


class LawTests(SimpleTestCase):
    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.tuples(TEXTS, REMARKS), max_size=5))
    def test_a_text_with_remarks_reads_as_the_text_without_them(self, parts):
        texts = [text for text, _remark in parts]
        noted = "".join(f"{text}{remark}글" for text, remark in parts)
        plain = "".join(f"{text}글" for text in texts)
        self.assertEqual(shown(noted), plain)
        self.assertEqual(rendering.render(noted), rendering.render(plain))

    @settings(max_examples=150, deadline=None)
    @given(TEXTS, REMARKS, TEXTS)
    def test_a_line_with_a_remark_alone_is_no_line(self, before, remark, after):
        self.assertEqual(shown(f"{before}\n{remark}\n{after}"), "\n".join([before, after]))

    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.sampled_from(SIGNS), max_size=25).map("".join))
    def test_what_is_no_code_on_the_page_is_no_remark_either(self, text):
        page = CODE.sub("", rendering.render(text))
        self.assertNotIn("메모", page, shown(text))

    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.sampled_from([*SIGNS, "{% comment %}", "{{"]), max_size=15).map("".join))
    def test_an_end_can_be_given_to_every_text(self, text):
        self.assertEqual(missing_end(text + missing_end(text)), "")

    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.sampled_from(UNCODED), max_size=15).map("".join))
    def test_code_in_a_paragraph_above_changes_no_remark(self, text):
        """With a backtick in it, a text is looked through in another way."""
        above = "`\n\n"
        self.assertEqual(shown(above + text), above + shown(text))
        self.assertEqual(missing_end(above + text), missing_end(text))
        within = lines_within(above + text, lambda line: False)
        self.assertEqual({number - 2 for number in within}, lines_within(text, lambda line: False))

    @settings(max_examples=100, deadline=None)
    @given(st.text(max_size=200))
    def test_any_text_at_all(self, text):
        self.assertLessEqual(len(shown(text)), len(text))
