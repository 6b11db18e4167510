"""Tokens, pieces and terms: the rules by which texts and questions meet."""

import unicodedata

from django.test import SimpleTestCase

from articles.search import marking, terms


class CanonicalTests(SimpleTestCase):
    def test_tokens_stand_apart_with_blanks_around(self):
        for text, expected in (
            ("삼성, GPU칩 공개!", " 삼성 gpu 칩 공개 "),
            ("GPT-5o는 75.82% 빠르다", " gpt 5 o 는 75.82 빠르다 "),
            ("1,200.50달러, 12,34", " 1200.50 달러 12 34 "),
            ("C++ C# a+b R&D S25+", " c ++ c # a b r d s 25 + "),
            ("ｶﾞｽ ﾁｯﾌﾟ 株式会社㈱", " ガス チップ 株式会社 株 "),
            ("Ünïcode ﬁne İ", " unicode fine i "),
            ("…!?", ""),
            ("", ""),
        ):
            with self.subTest(text):
                self.assertEqual(terms.canonical(text), expected)
                self.assertEqual(terms.canonical(unicodedata.normalize("NFD", text)), expected)

    def test_pieces_say_where_a_word_may_begin_and_end(self):
        for text, expected in (
            ("칩셋", "칩셋"),
            ("칩", " 칩"),
            ("GPU", " gpu "),
            ("GPU칩", " gpu 칩"),
            ("칩 GPU", " 칩 gpu "),
            ("시장 규모", "시장 규모"),
            ("%", ""),
        ):
            with self.subTest(text):
                self.assertEqual(terms.piece(text), expected)

    def test_a_number_is_one_whatever_stands_behind_it(self):
        for text in ("1,200", "1,200, 그리고", "(1,200)", "1,200."):
            with self.subTest(text):
                self.assertIn(" 1200 ", terms.canonical(text))
        for text in ("1,2000", "1,200,3"):
            with self.subTest(text):
                self.assertNotIn("1200", terms.canonical(text))

    def test_terms_are_words_pairs_starts_of_runs_and_borders(self):
        self.assertEqual(
            terms.terms(" gpu 칩셋을 \n 끝 "),
            {"gpu", "u·칩", "·칩", "칩셋", "셋을", "·끝"},
        )
        self.assertEqual(terms.terms("칩셋"), {"칩셋"})
        self.assertEqual(terms.terms("장 규"), {"장·규", "·규"})

    def test_a_text_of_usual_characters_is_folded_to_its_lower_case(self):
        """Which characters are usual is a list; each of them has to be what the list says."""
        usual = [c for c in map(chr, range(0x10000)) if terms._PLAIN.fullmatch(c)]
        self.assertGreater(len(usual), 11_000)
        other = [c for c in usual if terms._fold(c) != c.lower()]
        self.assertEqual(other, ["…"])  # three full stops, which no token has beside it
        for text in ("1…5 2…000 가…나 c…+ …", "AI 반도체… “칩셋” 1,200…"):
            with self.subTest(text):
                whole = " ".join(terms._TOKEN.findall("".join(map(terms._fold, text))))
                self.assertEqual(terms.canonical(text), f" {whole.replace(',', '')} ")
                self.assertEqual(terms.located(text)[0], terms.canonical(text))

    def test_the_sign_of_a_piece_is_in_each_text_with_it(self):
        texts = ("GPU칩 1,200원 C++ 4.5와 시장 규모", "ｶﾞｽ 1,000 AI", "AI…칩셋, 2026년 12,345")
        for text in texts:
            whole, folded = terms.canonical(text), terms.folded(text)
            pieces = {whole[a:b] for a in range(len(whole)) for b in range(a + 1, len(whole) + 1)}
            for piece in pieces:
                with self.subTest(text, piece=piece):
                    self.assertIn(terms.sign(piece), folded)
        self.assertEqual(
            [*map(terms.sign, ("시장 규모를", " gpu ", " 1200 "))], ["규모를", "gpu", ""]
        )

    def test_both_ways_of_folding_agree(self):
        """Texts without combining marks are folded by a shorter way."""
        for text in ("GPU칩 １２３ 中國 ㈜한빛 ﬁ²½", "\u00adab\ufeffc", "ΑΒΓ Привет"):
            with self.subTest(text):
                whole, _places = terms.located(text)
                self.assertEqual(terms.canonical(text), whole)


class MarkingTests(SimpleTestCase):
    def marked(self, text, *asked):
        return str(marking.marked(text, map(terms.piece, asked)))

    def test_hits_are_marked_where_they_are_written(self):
        for text, asked, expected in (
            ("GPU칩셋 공개", ["칩셋"], "GPU<mark>칩셋</mark> 공개"),
            ("1,200달러", ["1200"], "<mark>1,200</mark>달러"),
            ("ＧＰＵ, 그리고 gpu", ["gpu"], "<mark>ＧＰＵ</mark>, 그리고 <mark>gpu</mark>"),
            ("시장, 규모", ["시장 규모"], "<mark>시장, 규모</mark>"),
            ("가가가", ["가가"], "<mark>가가가</mark>"),
            ("반도체", ["반도", "도체"], "<mark>반도체</mark>"),
            ("a < b & c", ["b"], "a &lt; <mark>b</mark> &amp; c"),
            ("없다", ["칩"], "없다"),
        ):
            with self.subTest(text):
                self.assertEqual(self.marked(text, *asked), expected)

    def test_decomposed_text_is_marked_by_whole_characters(self):
        text = unicodedata.normalize("NFD", "새 반도체가")
        expected = unicodedata.normalize("NFD", "새 <mark>반도체</mark>가")
        self.assertEqual(self.marked(text, "반도체"), expected)

    def test_snippets_are_cut_between_words_around_the_first_hit(self):
        text = "앞말 " * 50 + "반도체 소식 " + "뒷말 " * 80
        cut = str(marking.snippet(text.strip(), [terms.piece("반도체")]))
        self.assertRegex(cut, r"^… (앞말 )+<mark>반도체</mark> 소식 (뒷말 )+…$")
        self.assertLess(len(cut), marking.SNIPPET_LENGTH + 40)
        self.assertEqual(marking.snippet("짧은 말", []), "짧은 말")

    def test_the_passage_with_most_of_the_words_is_shown(self):
        pieces = [terms.piece("시장"), terms.piece("규모")]
        self.assertEqual(marking.best(["시장", "규모와 시장", "규모"], pieces), "규모와 시장")
        self.assertEqual(marking.best(["가", "나"], pieces), "가")
        self.assertEqual(marking.best([], pieces), "")
