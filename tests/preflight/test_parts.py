from articles.models import Publisher, PublisherDomain
from articles.preflight import check
from tests.preflight.snapshots import ARTICLE, RuleTests, article, citation, digest, outlook, point

NAMELESS = citation(publisher="")
UNDATED = citation(published_on=None)


def cited(*citations):
    return digest(article(citations=list(citations)))


class PartsTests(RuleTests):
    CASES = {
        "articles-missing": (
            [digest(articles=[]), digest(articles=None), {"title": "빈 호"}],
            [digest(), digest(article(1), article(2)), digest(articles=[{}])],
        ),
        "title-missing": (
            [digest(title=""), digest(title="  "), digest(title=None)],
            [digest(), digest(title="AI"), digest(title="1월 3일 소식")],
        ),
        "headline-missing": (
            [digest(article(headline="")), digest(article(headline=" ")), digest(articles=[{}])],
            [digest(), digest(article(headline="7")), digest(articles=[])],
        ),
        "citations-missing": (
            [
                cited(),
                digest(article(citations=None)),
                digest(article(1), article(2, citations=[])),
            ],
            [digest(), cited(citation()), cited(citation(url=""))],
        ),
        "picture-credit-missing": (
            [
                digest(article(picture="a")),
                digest(article(1), article(2, picture="a", picture_credit=" ")),
                digest(article(picture="a", picture_alt="칩", picture_caption="새 칩")),
            ],
            [
                digest(),
                digest(article(picture="a", picture_credit="한빛일보 제공")),
                digest(article(picture_credit="")),
            ],
        ),
        "publisher-named-by-domain": (
            [
                cited(citation("https://a.example/1", "a.example")),
                cited(citation("https://www.a.example/1", "a.example")),
                cited(citation("https://m.a.example/1", "a.example"), citation()),
            ],
            [
                cited(citation()),
                cited(NAMELESS),
                cited(citation("https://a.example/1", "b.example")),
            ],
        ),
        "points-missing": (
            [
                digest(article(points=[])),
                digest(article(points=[" ", ""])),
                digest(article(points="글")),
            ],
            [digest(), digest(article(points=["하나뿐인 요점"])), digest(articles=[])],
        ),
        "implication-missing": (
            [outlook(""), outlook(" \n"), digest(article(technical_significance="", outlook=""))],
            [digest(), outlook("전망 없음"), outlook("?")],
        ),
        "publisher-missing": (
            [cited(NAMELESS), cited(citation(), NAMELESS), cited(citation("https://x", ""))],
            [digest(), cited(citation(publisher="A")), cited()],
        ),
        "publication-date-missing": (
            [cited(UNDATED), cited(citation(published_on="어제")), cited(citation(), UNDATED)],
            [digest(), cited(citation(published_on="2026-01-01")), cited()],
        ),
        "single-source": (
            [cited(citation()), cited(UNDATED), digest(article(1), article(2, citations=[{}]))],
            [digest(), cited(), cited(citation(), citation("https://b.example/1"))],
        ),
        "tags-missing": (
            [digest(article(tags=[])), digest(article(tags=None)), digest(article(tags=[" "]))],
            [digest(), digest(article(tags=["칩", "로봇"])), digest(articles=[])],
        ),
        "points-number": (
            [
                digest(article(points=["하나뿐인 요점"])),
                digest(article(points=[f"{n}번째로 적은 요점" for n in range(9)])),
                digest(article(points=["하나뿐인 요점", " "])),
            ],
            [
                digest(),
                digest(article(points=[f"{n}번째로 적은 요점" for n in range(8)])),
                digest(article(points=[])),
            ],
        ),
        "point-length": (
            [point("짧음"), point("가" * 201), point("글자가 아홉이다 ")],
            [point("글자가 모두 열 개다"), point("가" * 200), digest()],
        ),
        "point-repeated": (
            [
                point(ARTICLE["points"][0]),
                point(ARTICLE["points"][0] + " "),
                digest(
                    article(points=["GPU 가격이 오름세", "수요가 늘고 있음", "gpu 가격이 오름세"])
                ),
            ],
            [
                digest(),
                point(ARTICLE["points"][0] + "함"),
                digest(article(1), article(2, headline="다른 소식")),
            ],
        ),
        "label-repeated": (
            [
                outlook("**향후 전망**: 더 커질 전망"),
                outlook("향후 전망： 더 커질 전망"),
                outlook("- **기술적 의미** : 작은 모델"),
                outlook("Outlook: it grows"),
            ],
            [
                outlook("향후 전망은 밝다"),
                outlook("산업적 영향이 크다: 세 가지"),
                point("향후 전망: 밝다고 본다"),
            ],
        ),
    }

    def test_known_domain_names_its_publisher_by_itself(self):
        from_form = cited(citation("https://news.hanbit.example/1", ""))
        self.assertIn("publisher-missing", [f.code for f in check(from_form)])
        publisher = Publisher.objects.create(name="한빛일보", slug="hanbit")
        PublisherDomain.objects.create(publisher=publisher, domain="hanbit.example")
        self.assertNotIn("publisher-missing", [f.code for f in check(from_form)])

    def test_line_counts_what_was_left_blank(self):
        [finding] = check(digest(article(points=["", "짧음", "이 요점은 길이가 알맞음"])))
        self.assertEqual((finding.code, finding.line), ("point-length", 2))
