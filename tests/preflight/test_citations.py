import datetime as dt

from django.test import TestCase
from django.utils import translation

from articles.digests.publishing import check_digest
from articles.preflight import check
from tests.preflight.snapshots import RuleTests, article, citation, codes, digest, source
from tests.support.factories import make_article, make_digest

ONE, OTHER = "https://hanbit.example/2026/01/03/77", "https://hanbit.example/2026/01/03/78"


def pair(one, other):
    """Two articles with one source each."""
    return digest(
        article(1, citations=[citation(one)]),
        article(2, headline="다른 소식", citations=[citation(other)]),
    )


def line(typed):
    """With a line that is not understood as the second source."""
    return source("", publisher=typed, published_on=None)


class SourceTests(RuleTests):
    CASES = {
        "source-repeated-in-article": (
            [
                source(ONE),
                source("http://www.hanbit.example/2026/01/03/77/?utm_source=x"),
                source("https://m.hanbit.example/2026/01/03/77/amp"),
            ],
            [source(OTHER), pair(ONE, ONE), source(ONE + "?page=2"), source("")],
        ),
        "source-repeated-in-issue": (
            [
                pair(ONE, ONE),
                pair(ONE, ONE.replace("https://", "http://www.") + "/amp"),
                pair("https://a.example/?b=1&a=2", "https://a.example/?a=2&b=1&fbclid=z"),
            ],
            [pair(ONE, OTHER), source(ONE), pair("", ""), pair("없음", "없음")],
        ),
        "address-invalid": (
            [source("", publisher=""), source("hanbit.example/1"), source("javascript:alert(1)")],
            [
                source(OTHER),
                source("http://한빛.example/글"),
                source("https://a.example:8443/?q=%"),
            ],
        ),
        "citation-not-understood": (
            [line("한빛일보"), line(f"가 | {ONE} | 어제"), line("가 | ftp://a.example/")],
            [source(OTHER), source("hanbit.example/1"), digest(article(citations=[]))],
        ),
        "address-not-canonical": (
            [
                source("https://a.example/news/12/amp"),
                source("https://a.example/amp/news/12"),
                source("https://a.example/12?id=1&utm_source=kakao"),
                source("https://m.a.example/12"),
                source("https://a-example.cdn.ampproject.org/c/s/a.example/12"),
                source("https://www.google.com/amp/s/a.example/12"),
            ],
            [
                source("https://a.example/amplifier"),
                source("https://a.example/12?id=1"),
                source("https://medium.example/12"),
                source("https://a.example/camp"),
                source("https://m.example/12"),
            ],
        ),
    }

    def test_repetition_says_which_article_has_it(self):
        [finding] = [f for f in check(pair(ONE, ONE)) if f.code == "source-repeated-in-issue"]
        self.assertEqual((finding.article, finding.field, finding.line), ("uid-2", "citations", 1))
        self.assertIn("온디바이스 모델, 지역 병원에 도입", finding.sentence)


class EarlierIssueTests(RuleTests):
    CASES = {
        "source-repeated-from-earlier": (
            [
                source(OTHER),
                source(OTHER + "/amp"),
                source(OTHER, date="2026-01-04"),
                source(OTHER, date=""),
            ],
            [source(ONE), source(OTHER, date="2026-01-02"), source(OTHER, date="2025-12-31")],
        )
    }

    @classmethod
    def setUpTestData(cls):
        cls.earlier = make_digest(dt.date(2026, 1, 2), articles=0, published=False)
        url = "http://www.hanbit.example/2026/01/03/78/?utm_medium=rss"
        make_article(cls.earlier, headline="어제의 소식", citations=[("한빛일보", url, None)])

    def test_says_where_and_when(self):
        data = digest(article(citations=[citation(OTHER)]))
        [finding] = [f for f in check(data) if f.code == "source-repeated-from-earlier"]
        self.assertIn("2026-01-02", finding.sentence)
        self.assertIn("어제의 소식", finding.sentence)

    def test_digest_is_not_compared_with_itself(self):
        moved = digest(article(citations=[citation(OTHER)]), date="2026-01-05")
        self.assertNotIn("source-repeated-from-earlier", codes(moved, digest=self.earlier))
        self.assertNotIn(
            "source-repeated-from-earlier", [f.code for f in check_digest(self.earlier)]
        )

    def test_withdrawn_digest_does_not_count(self):
        type(self.earlier).objects.update(
            status="withdrawn",
            publish_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
            published_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
            feed_id="tag:x",
        )
        self.assertNotIn("source-repeated-from-earlier", codes(source(OTHER)))


class LineTests(TestCase):
    """A line that is not understood."""

    def found(self, typed, **options):
        with translation.override("en"):
            return check(line(typed), **options)

    def test_the_fault_is_told_with_the_line(self):
        for typed, words in (
            ("한빛일보", "no address in this line"),
            (f"가 | {ONE} | 어제", "The date “어제” is not understood"),
            ("가 | ftp://a.example/", "no address"),
        ):
            finding = self.found(typed)[0]
            self.assertEqual((finding.code, finding.line), ("citation-not-understood", 2))
            self.assertIn(words, finding.sentence)

    def test_it_has_no_other_faults(self):
        codes = {finding.code for finding in self.found("네이버") if finding.line == 2}
        self.assertEqual(codes, {"citation-not-understood"})

    def test_a_line_that_is_understood_by_now_is_to_be_saved_again(self):
        finding = self.found(f"가 | {ONE} | 1월 2일")[0]
        self.assertIn("Save the digest again", finding.sentence)
