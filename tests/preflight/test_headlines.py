import datetime as dt

from django.test import SimpleTestCase

from articles.preflight import check
from articles.preflight.archive import Earlier
from articles.preflight.headlines import Recent
from tests.preflight.snapshots import RuleTests, article, codes, digest, headline
from tests.support.factories import make_article, make_digest

SOURCE = ("한빛일보", "https://hanbit.example/old", None)


class HeadlineTests(RuleTests):
    CASES = {
        "headline-repeated-in-issue": (
            [
                digest(article(1), article(2)),
                digest(article(1, headline="GPU 부족"), article(2, headline="gpu  부족")),
                digest(article(1), article(2, headline="다른 소식"), article(3)),
            ],
            [
                digest(),
                digest(article(1), article(2, headline="온디바이스 모델, 지역 병원에 도입 확대")),
                digest(article(1, headline=""), article(2, headline="")),
            ],
        )
    }


class EarlierHeadlineTests(RuleTests):
    CASES = {
        "headline-near-earlier": (
            [
                headline("삼성전자 HBM4 양산 돌입"),
                headline("삼성전자, HBM4 양산 시작"),
                headline("벼리로보틱스 용접 로봇, 조선소 추가 투입"),
                headline("‘여울2’ 외부 시험서 발표치 못 미쳐"),
            ],
            [
                headline("삼성물산, 태양광 단지 착공"),
                headline("정부, AI 데이터센터 지원 확정"),
                headline("온디바이스 모델, 지역 병원에 도입"),
                headline(""),
                headline("삼성전자 HBM4 양산 돌입", date="2026-03-03"),
                headline("삼성전자 HBM4 양산 돌입", date="2026-01-01"),
                headline("삼성전자 HBM4 양산 돌입", date="x"),
            ],
        )
    }

    @classmethod
    def setUpTestData(cls):
        earlier = make_digest(dt.date(2026, 1, 1), articles=0, published=False)
        for text in (
            "삼성전자, HBM4 양산 시작",
            "벼리로보틱스, 조선소에 용접 로봇 24대 투입",
            "정부, AI 기본법 시행령 확정",
            "해온실리콘, 전력 40% 줄인 추론 칩 ‘여울2’ 공개",
        ):
            make_article(earlier, headline=text, citations=[SOURCE])

    def test_the_nearest_is_named_with_its_date(self):
        [finding] = [f for f in check(headline("삼성전자 HBM4 양산 돌입")) if "near" in f.code]
        self.assertIn("“삼성전자, HBM4 양산 시작”", finding.sentence)
        self.assertIn("2026-01-01", finding.sentence)
        self.assertEqual((finding.severity, finding.field), ("hint", "headline"))

    def test_limits_are_tuned(self):
        near = headline("정부, AI 데이터센터 지원 확정")
        with self.settings(PREFLIGHT_LIMITS={"headline_similarity": 30}):
            self.assertIn("headline-near-earlier", codes(near))
        with self.settings(PREFLIGHT_LIMITS={"headline_days": 1}):
            self.assertNotIn("headline-near-earlier", codes(headline("삼성전자, HBM4 양산 시작")))


class WeightTests(SimpleTestCase):
    def score(self, *earlier):
        headlines = [Earlier(dt.date(2026, 1, 1), text) for text in earlier]
        return Recent(headlines).nearest("포스텍, 반도체 인력 채용")[0]

    def test_a_standing_phrase_does_not_make_two_headlines_alike(self):
        standing = [
            "삼성전자",
            "하이닉스",
            "한울대학교",
            "다솔바람",
            "너른클라우드",
            "벼리로보틱스",
        ]
        phrases = [f"{name}, 반도체 인력 채용" for name in standing]
        self.assertGreaterEqual(self.score(phrases[0]), 60)
        self.assertLess(self.score(*phrases), 60)

    def test_the_newest_of_equals_is_taken(self):
        old, new = (Earlier(dt.date(2026, 1, day), "포스텍, 인력 채용") for day in (1, 2))
        self.assertEqual(Recent([new, old]).nearest("포스텍, 인력 채용"), (100, new))

    def test_nothing_is_alike_without_letters(self):
        self.assertEqual(Recent([]).nearest("포스텍"), (0, None))
        self.assertEqual(self.score("", "2026"), 0)
