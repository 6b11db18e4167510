from articles.preflight import check
from tests.preflight.snapshots import RuleTests, article, digest, english, headline, outlook, point

STOPPED = {
    "technical_significance": "작은 모델로 충분하다.",
    "industry_impact": "새 시장이 열린다.",
    "outlook": "스무 곳으로 넓힌다.",
}


class StyleTests(RuleTests):
    CASES = {
        "full-stops-mixed": (
            [
                outlook("관건은 성과. 경쟁이 심해질 전망."),
                point("응답 시간을 절반으로 단축했다."),
                digest(article(**STOPPED | {"outlook": "스무 곳으로 넓힌다"})),
                digest(article(**STOPPED | {"outlook": "**스무 곳**으로 넓힌다"})),
            ],
            [
                digest(),
                digest(article(**STOPPED)),
                digest(article(**STOPPED | {"outlook": "“스무 곳으로 넓힌다.”"})),
                digest(article(**STOPPED | {"outlook": "정말 스무 곳일까?"})),
                point("응답 시간을 절반으로 단축…"),
            ],
        ),
        "quotes-mixed": (
            [
                digest(article(headline="‘여울2’ 공개", outlook="'여울2' 출하가 늘 전망")),
                digest(article(headline="“여울2” 공개", outlook='"여울2" 출하가 늘 전망')),
                point('‘여울2’와 "여울3"을 함께 공개'),
            ],
            [
                digest(article(headline="'여울2' 공개", outlook="'여울2' 출하가 늘 전망")),
                digest(article(headline="‘여울2’ 공개", outlook="“여울2” 출하가 늘 전망")),
                english(headline="Apple’s chip “M9” isn't late", outlook="The '26 model is next"),
                digest(article(headline="‘여울2’ 공개", outlook='27" 화면에 쓰일 전망')),
                digest(article(headline="‘여울2’ 공개", outlook="`'a'` 문법이 쓰일 전망")),
            ],
        ),
        "double-space": (
            [
                point("응답 시간을  절반으로 단축"),
                headline("온디바이스 \u00a0모델"),
                outlook("더 커질   전망"),
            ],
            [
                digest(),
                outlook("첫 줄\n\n  둘째 줄"),
                outlook("```\nx  = 1\n```\n\n`a  b`만 바꾼다"),
                point(" 응답 시간을 절반으로 단축 "),
            ],
        ),
    }

    def test_one_finding_for_a_list_at_the_first_of_the_fewer(self):
        [finding] = check(digest(article(outlook="더 커질 전망.")))
        self.assertEqual((finding.field, finding.severity), ("outlook", "hint"))
        points = ["병원 세 곳이 시험했다.", "응답 시간을 줄였다.", "연말에는 스무 곳으로"]
        [finding] = check(digest(article(points=points)))
        self.assertEqual((finding.field, finding.line), ("points", 3))
