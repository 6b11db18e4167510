"""Texts without markup are not rendered; what readers see of them is the same."""

from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.django import SimpleTestCase as LawCase

from articles.rules.rendering import plain, plain_line
from articles.search import indexed_text

WRITTEN = ["가", "a", "12", "1.", "3)", "-", "+", "=", "#", "*", "_", "`", "&", "<", "\\", "|"]
TEXTS = st.lists(st.sampled_from([*WRITTEN, " ", "  ", "\n", "\t"]), max_size=12).map("".join)


class PlainTextLawTests(LawCase):
    @given(TEXTS)
    @example("가\n- 나")
    @example("가\n  2) 나")
    @example("가\n===")
    def test_a_text_is_seen_as_it_is_rendered(self, text):
        self.assertEqual(indexed_text.text_of(text), plain(text))

    @given(TEXTS.map(lambda text: text.replace("\n", " ")))
    @example("1. 가")
    def test_a_line_is_seen_as_it_is_rendered(self, text):
        self.assertEqual(indexed_text.line_of(text), plain_line(text))
