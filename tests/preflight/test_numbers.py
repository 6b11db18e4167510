from articles.preflight import check
from tests.preflight.snapshots import ARTICLE, RuleTests, article, digest, english


def figures(one, other):
    return digest(article(points=[ARTICLE["points"][0], one], industry_impact=other))


class NumberTests(RuleTests):
    CASES = {
        "numbers-disagree": (
            [
                figures("상장 첫날 주가 75.82% 상승", "첫날 주가 78.52% 급등으로 커진 기대"),
                figures("응답 시간이 40% 줄었음을 확인", "응답 시간 14% 단축에 따른 효과"),
                figures("올해 예산은 4,990억 원으로 확정", "올해 예산 4조 9,900억 원이 부를 변화"),
                figures("참여 기업 318곳이 자료를 공유", "참여 기업은 381곳으로 늘어난 시장"),
                english(
                    points=["Net profit rose 40% in the year", "Shares followed it up"],
                    outlook="Net profit rose 45% and will go on",
                ),
            ],
            [
                figures("상장 첫날 주가 75.82% 상승", "첫날 주가 75.8% 급등으로 커진 기대"),
                figures("상장 첫날 주가 75.82% 상승", "첫날 주가 76% 급등으로 커진 기대"),
                figures("응답 시간 40% 단축을 확인", "대기 시간 14% 단축에 따른 효과"),
                figures("소비 전력은 250W에서 150W로 감소", "소비 전력 150W가 여는 시장"),
                figures("참여 기업은 318곳으로 집계", "참여 기업 약 300곳이 만드는 시장"),
                figures("올해 예산은 1만 2,000원으로 확정", "올해 예산 12,000원이 부를 변화"),
                figures("지난해 매출 30% 증가를 기록", "매출 45% 증가라는 목표"),
                figures("시험은 2025년 시작", "시험 2026년 종료에 따른 변화"),
                figures("정확도는 84%에서 88%로 상승", "정확도 84%였던 모델의 한계"),
                figures("병원 3곳이 시험", "40곳이 도입할 시장"),
            ],
        )
    }

    def test_both_figures_are_shown(self):
        data = figures("상장 첫날 주가 75.82% 상승", "첫날 주가 78.52% 급등으로 커진 기대")
        [finding] = check(data)
        self.assertIn("주가 78.52%", finding.sentence)
        self.assertIn("주가 75.82%", finding.sentence)
        self.assertEqual((finding.severity, finding.field), ("hint", "industry_impact"))
