"""Words without quotation marks find other ways to write them; quoted text finds itself."""

from django.test import SimpleTestCase, TestCase
from hypothesis import given, settings

from articles import search
from articles.models import PublisherRedirect, Spelling, Tag, TagAlias
from articles.search import queries, terms
from articles.search.particles import without_particle
from articles.search.spellings import NONE, Spellings
from tests.search.questions import QUESTIONS, quoted
from tests.search.test_finding import MIXED
from tests.support.factories import make_article, make_digest, publish

SPELLINGS = Spellings(
    {
        **{"콘텐츠": ("컨텐츠",), "컨텐츠": ("콘텐츠",), "인공지능": ("AI",), "ai": ("인공지능",)},
        **{"언어모델": ("LLM",), "llm": ("대규모 언어 모델",)},
    },
    {"통신": ("5G",)},
)
# What is typed, and texts that answer it; then texts that do not.
FOUND = [
    ("언어모델", ["새 언어 모델 공개", "거대언어모델", "LLM 학습"], ["언어학 모델"]),
    ("대규모언어모델", ["대규모 언어 모델", "대규모 언어모델"], ["언어 모델"]),
    ("빅데이터", ["빅 데이터", "빅데이터센터"], ["데이터"]),
    ("전기 차", ["전기차", "전기 차"], ["전기"]),
    ("이모", ["이모"], ["아이 모델"]),
    ("반도체를", ["반도체", "차세대반도체칩", "반도체가"], ["반도"]),
    ("GPU는", ["GPU", "gpus"], ["는"]),
    ("언어 모델을", ["언어와 모델", "LLM"], ["언어"]),
    ("chips", ["chip", "Chips"], ["chipset"]),
    ("battery", ["batteries"], ["batter"]),
    ("boxes", ["box", "boxes"], ["boxe"]),
    ("news", ["news"], ["new"]),
    ("컨텐츠", ["콘텐츠", "컨텐츠"], ["텐츠"]),
    ("컨텐츠제작", ["콘텐츠제작"], ["제작"]),
    ("인공지능이", ["AI 칩", "인공 지능"], ["지능"]),
    ("llm", ["대규모언어모델", "대규모 언어 모델"], ["언어 모델"]),
    ("드론 OR 웹툰", ["드론", "웹툰"], ["OR"]),
    ('가격 "드론 쇼" OR 웹툰 끝', ["가격 웹툰 끝", "가격 드론 쇼 끝"], ["웹툰 끝", "가격 드론 끝"]),
    ("OR", ["this or that"], ["드론"]),
    ("드론 OR", ["드론 or"], ["드론"]),
    ("드론 OR -웹툰", ["드론 or"], ["드론", "드론 or 웹툰"]),
    ("드론 or 웹툰", ["드론 or 웹툰"], ["드론"]),
    ("통신", ["5G 망"], ["6G"]),
    ("반도체 -컨텐츠", ["반도체 콘텐츠"], ["반도체 컨텐츠"]),
]


def answers(query, text):
    """Whether an article of this text alone is a hit."""
    whole = terms.canonical(text)
    wanted = all(any(piece in whole for piece in each.pieces) for each in query.wanted)
    return wanted and not any(piece in whole for piece in query.excluded)


class ForgivingTests(SimpleTestCase):
    def test_words_find_other_ways_to_write_them(self):
        for typed, found, not_found in FOUND:
            query = search.parse(typed, spellings=SPELLINGS)
            for text in found:
                with self.subTest(typed, text=text):
                    self.assertTrue(answers(query, text))
            for text in not_found:
                with self.subTest(typed, without=text):
                    self.assertFalse(answers(query, text))

    def test_quoted_text_is_one_piece_whatever_the_desk_says(self):
        for text, _expected in QUESTIONS:
            query = search.parse(quoted(text), spellings=SPELLINGS)
            for each in query.wanted:
                with self.subTest(text):
                    self.assertEqual((len(each.same), each.wider), (1, ()))

    @given(MIXED)
    @settings(max_examples=200)
    def test_a_word_finds_whatever_it_finds_in_quotation_marks(self, text):
        text = text.replace(" ", "").lstrip("-−")
        if piece := terms.piece(text):
            (each,) = search.parse(text, spellings=SPELLINGS).wanted
            self.assertTrue(any(own in piece for own in each.same), (piece, each))
            self.assertLessEqual(len(each.pieces), 24)

    def test_many_words_cost_no_more_pieces_each(self):
        query = search.parse(" ".join(["가나다라마바사아자차"] * 12), spellings=NONE)
        self.assertEqual(len(query.wanted), 1)
        long = search.parse(" OR ".join(f"가나다라마바사{word}" for word in "아자차카"))
        self.assertLessEqual(len(long.pieces), 64)

    def test_or_is_told_from_the_word(self):
        parts = queries.parts_of('드론 OR 웹툰 "OR" OR')
        self.assertEqual([part.is_or for part in parts], [False, True, False, False, False])


class ParticleTests(SimpleTestCase):
    def test_a_particle_is_taken_off_where_it_agrees(self):
        for word, stem in (
            *(
                ("반도체를", "반도체"),
                ("로봇을", "로봇"),
                ("우주에서", "우주"),
                ("드론으로", "드론"),
            ),
            *(("서울로", "서울"), ("우주로", "우주"), ("시장의", "시장"), ("반도체도", "반도체")),
            *(("국회의", "국회"), ("삼성과", "삼성"), ("기업에게는", "기업"), ("회사가", "회사")),
        ):
            with self.subTest(word):
                self.assertEqual(without_particle(word), stem)

    def test_what_is_no_particle_stays(self):
        for word in (
            *("전문가", "국가", "제주도", "정상회의", "민주주의", "어린이", "원자로", "국문학과"),
            *("은행", "도로", "효과", "은", "반도체을", "로봇를", "드론로", "テストは"),
        ):
            with self.subTest(word):
                self.assertEqual(without_particle(word), word)


class SpellingTests(TestCase):
    """What the search knows of the desk."""

    def test_aliases_are_known_if_readers_know_the_tag(self):
        Spelling.objects.all().delete()
        digest = make_digest(articles=0, published=False)
        make_article(
            digest, tags=["통신"], citations=[("한빛일보", "https://hanbit.example/1", None)]
        )
        tag = Tag.objects.get(name="통신")
        TagAlias.objects.create(tag=tag, name="5G", folded="5g")
        hidden = Tag.objects.create(name="비밀")
        TagAlias.objects.create(tag=hidden, name="암호명", folded="암호명")
        publisher = digest.articles.get().citations.get().publisher
        PublisherRedirect.objects.create(slug="옛-한빛", publisher=publisher, is_known=True)
        PublisherRedirect.objects.create(slug="비밀-한빛", publisher=publisher, is_known=False)
        self.assertEqual(search.known(), NONE)
        publish(digest)
        known = search.known()
        self.assertEqual(known.same, {})
        self.assertEqual(known.wider["5g"], ("통신",))
        self.assertEqual(known.wider["통신"], ("5G",))
        self.assertEqual(known.wider["옛한빛"], ("한빛일보",))
        self.assertNotIn("비밀한빛", known.wider)
        self.assertNotIn("암호명", known.wider)
