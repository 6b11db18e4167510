"""Snapshots of invented digests for the checks, without any finding until something is changed."""

from django.test import TestCase

from articles.preflight import check

DATE = "2026-01-03"
ARTICLE = {
    "headline": "온디바이스 모델, 지역 병원에 도입",
    "slug": "온디바이스-모델-지역-병원에-도입",
    "points": ["병원 세 곳이 기기 안에서 도는 모델을 시험", "응답 시간을 절반으로 단축"],
    "technical_significance": "작은 모델로도 충분하다는 증거",
    "industry_impact": "의료기기 회사에 열린 새 시장",
    "outlook": "연말까지 스무 곳으로 넓힐 전망",
    "tags": ["의료"],
    "picture": "",
    "picture_alt": "",
    "picture_caption": "",
    "picture_credit": "",
    "drafted_by": "",
    "read_by": "",
}
ENGLISH = {
    "headline": "Small models arrive in three hospitals",
    "points": ["Three hospitals test models that run on the device", "Answers take half the time"],
    "technical_significance": "Small models turn out to be enough",
    "industry_impact": "A new market for makers of medical devices",
    "outlook": "Twenty hospitals by the end of the year",
    "tags": ["health"],
}


def citation(url="https://hanbit.example/2026/01/03/77", publisher="한빛일보", published_on=DATE):
    return {"publisher": publisher, "url": url, "published_on": published_on}


def article(number=1, **fields):
    """An article without a finding; each number has sources of its own."""
    sources = [
        citation(f"https://hanbit.example/2026/01/03/{number}"),
        citation(f"https://chenguang.example/a?id={number}", "晨光科技报", "2026-01-02"),
    ]
    return ARTICLE | {"uid": f"uid-{number}", "citations": sources} | fields


def digest(*articles, **fields):
    """A Korean digest of the articles, or of one."""
    data = {"date": DATE, "title": f"{DATE} AI 뉴스", "introduction": "", "language": "ko"}
    return data | {"articles": list(articles) or [article()]} | fields


def english(**fields):
    return digest(article(**ENGLISH | fields), language="en", title="AI news")


def headline(text, **fields):
    return digest(article(headline=text), **fields)


def point(text):
    """With a text as the second summary point."""
    return digest(article(points=[ARTICLE["points"][0], text]))


def outlook(text):
    return digest(article(outlook=text))


def source(url, published_on=DATE, publisher="한빛일보", **fields):
    """With an address as the second source."""
    second = citation(url, publisher, published_on)
    return digest(article(citations=[citation(), second]), **fields)


def codes(data, **options):
    return [finding.code for finding in check(data, **options)]


class RuleTests(TestCase):
    """Runs the table of a module: `CASES` maps codes to snapshots with and without the finding."""

    CASES = {}

    def test_rules_find_what_is_wrong_and_nothing_else(self):
        for code, (wrong, right) in self.CASES.items():
            for number, data in enumerate(wrong, start=1):
                with self.subTest(f"{code}: wrong {number}"):
                    self.assertIn(code, codes(data))
            for number, data in enumerate(right, start=1):
                with self.subTest(f"{code}: right {number}"):
                    self.assertNotIn(code, codes(data))
