"""Texts as people and language models write them: what is found, and the account of it."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles.recognising import Fate, recognise

SEOUL = ZoneInfo("Asia/Seoul")
DAY = dt.date(2026, 1, 3)
URL = "https://hanbit.example/1"


def found(headline, points=(), cited=(), implications=("", "", ""), tags=(), other=()):
    """What a case expects of an article: `cited` are publishers, addresses and days."""
    return headline, list(points), list(cited), implications, list(tags), list(other)


# By kind: the text, the articles, and the numbers of the lines that are guessed, left out and other
# text.
CASES = {
    "numbered headings and bold labels": (
        "### 1. 새 칩 공개\n**요약**\n* 🚀 값이 반\n**시사점**\n1. **기술적 의미:** "
        "작다\n2. **산업적 영향:** 싸움\n3. **향후 전망:** 여름\n\n### 2. 섬 학교\n"
        "**요약**\n* 배\n",
        [
            found("새 칩 공개", ["값이 반"], implications=("작다", "싸움", "여름")),
            found("섬 학교", ["배"]),
        ],
        ("", "", ""),
    ),
    "emoji and check marks": (
        f"## 1. 🤖 새 칩 공개\n\n📰 **출처:** [한빛]({URL}) | 2026.01.02\n\n📌 **요약**\n"
        "✅ 값이 반\n✅ 속도 같음\n\n🔍 **기술적 의미:** 작다\n\n🏷️ 태그: 칩, 값",
        [
            found(
                "새 칩 공개",
                ["값이 반", "속도 같음"],
                [("한빛", URL, "2026-01-02")],
                ("작다", "", ""),
                ["칩", "값"],
            )
        ],
        ("", "", ""),
    ),
    "bold headlines and bare labels": (
        f"**1. 새 칩 공개**\n\n요약:\n1. 값이 반\n\n향후 전망: 여름\n\n출처: {URL} "
        "(한빛, 1월 2일)\n\n**2. 섬 학교**\n\n요약:\n1. 배\n",
        [
            found("새 칩 공개", ["값이 반"], [("한빛", URL, "2026-01-02")], ("", "", "여름")),
            found("섬 학교", ["배"]),
        ],
        ("", "", ""),
    ),
    "an English source line": (
        f"## A new chip\n\nSource: [Hanbit]({URL}) - Published: 2026-01-02\n\n### Summary\n- Half\n"
        "### Why it matters\n- **Technical significance**: small\n- **Outlook** – summer\n",
        [found("A new chip", ["Half"], [("Hanbit", URL, "2026-01-02")], ("small", "", "summer"))],
        ("", "", ""),
    ),
    "greeting, rule and closing phrase": (
        "안녕하세요! 요청하신 소식입니다.\n\n## 새 칩\n- 값이 반\n\n---\n\n"
        "궁금한 점은 말씀해 주세요!",
        [found("새 칩", ["값이 반"])],
        ("4", "1, 8", ""),
    ),
    "a section above the articles": (
        f"## 오늘의 뉴스\n\n### 1. 새 칩\n- 값이 반\n- 출처: [한빛]({URL})\n\n### 2. 섬\n- 배\n",
        [found("새 칩", ["값이 반"], [("한빛", URL, None)]), found("섬", ["배"])],
        ("4, 8", "", ""),
    ),
    "headings of the first level": (
        "# 새 칩\n\n값이 반이다.\n\n# 섬 학교\n\n배로 간다.\n",
        [found("새 칩", ["값이 반이다."]), found("섬 학교", ["배로 간다."])],
        ("3, 7", "", ""),
    ),
    "underlined headings": (
        "새 칩 공개\n---\n\n- 값이 반\n\n섬 학교 소식\n---\n\n- 배\n",
        [found("새 칩 공개", ["값이 반"]), found("섬 학교 소식", ["배"])],
        ("4, 9", "", ""),
    ),
    "a linked headline with closing signs": (
        f"## [새 칩]({URL}) ##\n- 값이 반\n",
        [found("새 칩", ["값이 반"], [("", URL, None)])],
        ("2", "", ""),
    ),
    "nested points": (
        "## 새 칩\n### 요약\n- 값이 반\n  - 여름부터\n- 속도 같음\n",
        [found("새 칩", ["값이 반 – 여름부터", "속도 같음"])],
        ("", "", ""),
    ),
    "two summaries": (
        "## 새 칩\n### 요약\n- 값이 반\n### 요약\n- 속도 같음\n",
        [found("새 칩", ["값이 반", "속도 같음"])],
        ("", "", ""),
    ),
    "prose without a heading": (
        "칩 값이 반이 됐다.\n\n여름부터다.",
        [found("1월 3일", ["칩 값이 반이 됐다.", "여름부터다."])],
        ("1–3", "", ""),
    ),
    "code with hashes": (
        "## 새 칩\n### 요약\n- 값이 반\n\n```\n## 설치\n---\n```\n",
        [found("새 칩", ["값이 반"], other=["```\n## 설치\n---\n```"])],
        ("", "", "5–8"),
    ),
    "several citations on a line": (
        f"## 새 칩\n출처: [한빛]({URL}), 나래 https://narae.example/2 (2026-01-02)\n- 값이 반\n",
        [
            found(
                "새 칩",
                ["값이 반"],
                [("한빛", URL, None), ("나래", "https://narae.example/2", "2026-01-02")],
            )
        ],
        ("3", "", ""),
    ),
    "Japanese and Chinese labels": (
        f"## 新型チップ\n**要約**\n- 半額\n**今後の展望**：夏\n出典：[港]({URL})\n\n"
        f"## 新芯片\n**摘要**\n- 半价\n**行业影响**：降价\n来源：[港]({URL}2)\n",
        [
            found("新型チップ", ["半額"], [("港", URL, None)], ("", "", "夏")),
            found("新芯片", ["半价"], [("港", f"{URL}2", None)], ("", "降价", "")),
        ],
        ("", "", ""),
    ),
    "tags with signs": (
        "## 새 칩\n- 값이 반\n\n#칩 #값\n",
        [found("새 칩", ["값이 반"], tags=["칩", "값"])],
        ("2", "", ""),
    ),
    "a part that has no field": (
        "## 새 칩\n### 요약\n- 값이 반\n### 배경\n작년에 예고했다.\n",
        [found("새 칩", ["값이 반"], other=["### 배경\n작년에 예고했다."])],
        ("", "", "4–5"),
    ),
    "a fence around the whole answer": (
        "```markdown\n## 새 칩\n- 값이 반\n```",
        [found("새 칩", ["값이 반"])],
        ("3", "1, 4", ""),
    ),
    "linked titles in a list": (
        f"## 아침\n- [값이 반으로 내려간 새 칩이 오늘 나왔다]({URL}) – 여름부터 판다.\n"
        "- [섬 학교 학생들이 배를 타고 학교에 간다](https://narae.example/2)\n",
        [
            found("값이 반으로 내려간 새 칩이 오늘 나왔다", ["여름부터 판다."], [("", URL, None)]),
            found(
                "섬 학교 학생들이 배를 타고 학교에 간다",
                [],
                [("", "https://narae.example/2", None)],
            ),
        ],
        ("2", "", ""),
    ),
    "a headline after a label": (
        f"제목: 새 칩\n요약: 값이 반\n출처: [한빛]({URL})\n\n제목: 섬 학교\n요약: 배\n",
        [found("새 칩", ["값이 반"], [("한빛", URL, None)]), found("섬 학교", ["배"])],
        ("", "", ""),
    ),
    "an unreadable front matter": (
        "---\ntitle: 시험: 콜론: 둘\ndate: [\n---\n## 새 칩\n- 값이 반\n",
        [found("새 칩", ["값이 반"])],
        ("6", "", ""),
    ),
    "labels in boxes with their text": (
        "■ 새 칩\n[요약]\n- 값이 반\n[기술적 의미] 작은 칩\n[향후 전망] 여름\n",
        [found("새 칩", ["값이 반"], implications=("작은 칩", "", "여름"))],
        ("", "", ""),
    ),
    "a word about the headline in brackets": (
        "### 새 칩 공개 (분석)\n- 값이 반\n### 섬 학교 (전망)\n- 배\n",
        [found("새 칩 공개 (분석)", ["값이 반"]), found("섬 학교 (전망)", ["배"])],
        ("2, 4", "", ""),
    ),
    "pictures before labels and points": (
        "### 1️⃣ 새 칩\n📝 핵심 요약 (3줄)\n1. 값이 반\n2. 속도 같음\n💡 시사점\n싸진다.\n\n"
        "### 2️⃣ 섬 학교\n⚓ 배\n✔️ 등대\n",
        [
            found("새 칩", ["값이 반", "속도 같음"], implications=("", "싸진다.", "")),
            found("섬 학교", ["배", "등대"]),
        ],
        ("6, 9–10", "", ""),
    ),
    "a quoted answer": (
        "> ## 새 칩\n> - 값이 반\n>\n> **향후 전망:** 여름\n>\n> ## 섬 학교\n> - 배\n",
        [found("새 칩", ["값이 반"], implications=("", "", "여름")), found("섬 학교", ["배"])],
        ("2, 7", "", ""),
    ),
    "an indented answer": (
        "    ## 새 칩\n    - 값이 반\n\n    ## 섬 학교\n    - 배\n",
        [found("새 칩", ["값이 반"]), found("섬 학교", ["배"])],
        ("2, 5", "", ""),
    ),
    "breaks of HTML at the ends of lines": (
        "**1. 새 칩**<br>\n요약: 값이 반<br>\n\n**2. 섬 학교**<br />\n요약: 배<br>\n",
        [found("새 칩", ["값이 반"]), found("섬 학교", ["배"])],
        ("", "", ""),
    ),
    "numbered titles above nested parts": (
        "1. 새 칩\n   - 값이 반\n   - 출처: https://hanbit.example/1\n2. 섬 학교\n   - 배\n"
        "   - 출처: https://narae.example/2\n",
        [
            found("새 칩", ["값이 반"], [("", URL, None)]),
            found("섬 학교", ["배"], [("", "https://narae.example/2", None)]),
        ],
        ("2, 5", "", ""),
    ),
    "plain titles above labels": (
        "새 칩 공개\n요약: 값이 반\n전망: 여름\n\n섬 학교\n요약: 배\n",
        [found("새 칩 공개", ["값이 반"], implications=("", "", "여름")), found("섬 학교", ["배"])],
        ("", "", ""),
    ),
    "a plain title of one article": (
        "새 칩 공개\n\n요약\n- 값이 반\n\n향후 전망\n여름에 판다.\n",
        [found("새 칩 공개", ["값이 반"], implications=("", "", "여름에 판다."))],
        ("", "", ""),
    ),
    "a line in an article is no headline": (
        "요약:\n- 값이 반\n\n이어서 섬 학교\n전망: 여름\n",
        [found("1월 3일", ["값이 반"], implications=("", "", "여름"), other=["이어서 섬 학교"])],
        ("", "", "4"),
    ),
    "numbered sources at the end of an answer": (
        f"## 새 칩\n- 값이 반[1][2]\n\n**향후 전망:** 여름 [1]\n\n## 섬 학교\n- 배[3]\n\n"
        f"Sources:\n[1] {URL}\n[2] [나래](https://narae.example/2)\n[3]: {URL}3\n[4] {URL}4\n",
        [
            found(
                "새 칩",
                ["값이 반"],
                [("", URL, None), ("나래", "https://narae.example/2", None)],
                ("", "", "여름"),
            ),
            found("섬 학교", ["배"], [("", f"{URL}3", None)], other=[f"[4] {URL}4"]),
        ],
        ("2, 7", "", "13"),
    ),
    "a numbered list of sources": (
        f"## 새 칩\n- 값이 반 [2]\n\n## 섬 학교\n- 배 [1]\n\n## Sources\n1. {URL}1\n2. {URL}2\n",
        [
            found("새 칩", ["값이 반"], [("", f"{URL}2", None)]),
            found("섬 학교", ["배"], [("", f"{URL}1", None)]),
        ],
        ("2, 5", "", ""),
    ),
    "a source behind the headline": (
        f"**1. 새 칩 값이 반** — 한빛, 1월 2일\n- 반\n- 링크: {URL}\n\n"
        f"**2. 섬 학교 배** (나래, 2026-01-01)\n- 배\n\n**3. 배 대회 개막** (섬, 1월 5일)\n- 배\n",
        [
            found("새 칩 값이 반", ["반"], [("한빛", URL, "2026-01-02")]),
            found("섬 학교 배", ["배"], other=["나래, 2026-01-01"]),
            found("배 대회 개막 (섬, 1월 5일)", ["배"]),
        ],
        ("2, 6, 9", "", "5"),
    ),
    "sources behind sentences": (
        f"## 새 칩\n- 값이 반이다. ([한빛]({URL}), 1월 2일)\n- 속도는 같다. [출처]({URL}2)\n"
        f"- 배로 [여름]({URL}5)에 판다.\n**전망:** 싸움 (출처: [나래]({URL}3))\n- [섬]({URL}4)\n",
        [
            found(
                "새 칩",
                ["값이 반이다.", "속도는 같다.", f"배로 [여름]({URL}5)에 판다."],
                [
                    ("한빛", URL, "2026-01-02"),
                    ("", f"{URL}2", None),
                    ("나래", f"{URL}3", None),
                    ("섬", f"{URL}4", None),
                ],
                ("", "", "싸움"),
            )
        ],
        ("2–4", "", ""),
    ),
    "several labels on a line": (
        "## 새 칩\n- 값이 반\n- 기술적 의미: 작다 / 산업: 값 / 전망: 여름\n\n"
        "## 섬 학교\n- 배\n\n**시사점:** (기술) 돛. (산업) 손님. (전망) 가을.\n",
        [
            found("새 칩", ["값이 반"], implications=("작다", "값", "여름")),
            found("섬 학교", ["배"], implications=("돛.", "손님.", "가을.")),
        ],
        ("2, 6", "", ""),
    ),
    "short labels below others": (
        "## 새 칩\n- 값이 반\n#### 시사점\n  - 🔧 기술: 작다\n  - 🏭 산업: 값\n\n"
        "## 섬\n- 배\n- **Why it matters:** 손님\n- **What's next:** 가을\n",
        [
            found("새 칩", ["값이 반"], implications=("작다", "값", "")),
            found("섬", ["배"], implications=("", "손님", "가을")),
        ],
        ("2, 8, 9", "", ""),
    ),
    "tables with and without labels": (
        "## 섬 학교\n\n| 기술적 의미 | 산업적 영향 |\n|---|---|\n| 돛 | 손님 |\n\n"
        "## 등대\n\n| 빛 | 값 |\n|---|---|\n| 밝다 | 3 |\n",
        [
            found("섬 학교", implications=("돛", "손님", "")),
            found("등대", other=["| 빛 | 값 |\n|---|---|\n| 밝다 | 3 |"]),
        ],
        ("", "", "9–11"),
    ),
    "a table of parts with breaks": (
        f"## 새 칩\n\n| 항목 | 내용 |\n|---|---|\n| 출처 | [한빛]({URL}) |\n"
        "| 요약 | 값이 반<br>속도 같음 |\n| 기술적 의미 | 작다 |\n",
        [found("새 칩", ["값이 반", "속도 같음"], [("한빛", URL, None)], ("작다", "", ""))],
        ("", "", ""),
    ),
    "a table of articles": (
        f"| # | 제목 | 출처 | 요약 | 전망 |\n|--|--|--|--|--|\n"
        f"| 1 | 새 칩 | [한빛]({URL}) | 반 | 여름 |\n"
        f"| 2 | 섬 학교 | [나래]({URL}2) | 배 | 가을 |\n",
        [
            found("새 칩", ["반"], [("한빛", URL, None)], ("", "", "여름")),
            found("섬 학교", ["배"], [("나래", f"{URL}2", None)], ("", "", "가을")),
        ],
        ("", "", ""),
    ),
    "a note about the answer and a section about the day": (
        "**AI 데일리 – 2026년 1월 3일**\n\n**새 칩**\n요약: 반\n\n**섬 학교**\n요약: 배\n\n"
        "**오늘의 한 줄 정리**\n작은 것이 이겼다.\n\n※ 위 내용은 실제와 다를 수 있습니다.\n",
        [found("새 칩", ["반"]), found("섬 학교", ["배"], other=["작은 것이 이겼다."])],
        ("", "12", "10"),
    ),
    "a note about the answer below the last text": (
        "## 새 칩\n**요약**\n- 반\n**전망**\n이 회사는 AI가 쓴 요약을 판다.\n"
        "이 요약은 AI가 작성했으며 사실과 다를 수 있습니다.\n",
        [found("새 칩", ["반"], implications=("", "", "이 회사는 AI가 쓴 요약을 판다."))],
        ("", "6", ""),
    ),
    "the sources of all articles": (
        f"## 1. 새 칩\n- 값이 반\n\n**전망:** 여름\n\n## 2. 섬 학교\n- 배\n\n"
        f"## 출처\n- [한빛]({URL})\n",
        [
            found("새 칩", ["값이 반"], implications=("", "", "여름")),
            found("섬 학교", ["배"], other=[f"- [한빛]({URL})"]),
        ],
        ("2, 7", "", "10"),
    ),
    "a line with a picture, a publisher and a day": (
        f"**새 칩 공개**\n🗞 한빛 | 2026-01-02\n✔️ 값이 반\n🔗 {URL}\n",
        [found("새 칩 공개", ["값이 반"], [("한빛", URL, "2026-01-02")])],
        ("3", "", ""),
    ),
    "items that are labels": (
        f"## 새 칩\n- 요약\n  - 값이 반\n- 기술적 의미\n  - 작다\n- 출처\n  - [한빛]({URL})\n",
        [found("새 칩", ["값이 반"], [("한빛", URL, None)], ("작다", "", ""))],
        ("", "", ""),
    ),
    "the only text of a part is no closing phrase": (
        "## 새 칩\n- 값이 반\n### 향후 전망\n원하시는 분에게 여름에 판다.\n",
        [found("새 칩", ["값이 반"], implications=("", "", "원하시는 분에게 여름에 판다."))],
        ("2", "", ""),
    ),
}


def told(article):
    cited = [
        (c.publisher, c.url, c.published_on and c.published_on.isoformat())
        for c in article.citations
    ]
    implications = (article.technical_significance, article.industry_impact, article.outlook)
    other = [other.text for other in article.other]
    return article.headline, article.points, cited, implications, article.tags, other


class CaseTests(SimpleTestCase):
    maxDiff = None

    def test_each_kind_is_recognised_and_accounted_for(self):
        for kind, (text, articles, (guessed, left_out, other)) in CASES.items():
            result = recognise(text, SEOUL, day=DAY, name="1월 3일")
            with self.subTest(kind):
                self.assertEqual([told(article) for article in result.articles], articles)
                account = result.account
                self.assertEqual(account.numbers(Fate.GUESSED), guessed)
                self.assertEqual(account.numbers(Fate.LEFT_OUT), left_out)
                self.assertEqual(account.numbers(Fate.OTHER), other)

    def test_what_only_sounds_like_a_closing_phrase_stays(self):
        text = (
            "## 새 칩\n### 요약\n- 반\n\n향후 전망: 작은 회사에 도움이 되길 바란다고 했다.\n\n"
            "## 섬\n\n감사합니다."
        )
        first, second = recognise(text, SEOUL).articles
        self.assertEqual(first.outlook, "작은 회사에 도움이 되길 바란다고 했다.")
        self.assertEqual(second.points, [])

    def test_a_title_and_a_day_come_from_the_first_heading(self):
        result = recognise("# 2026년 1월 3일 AI 소식\n\n## 새 칩\n- 값이 반\n", SEOUL)
        self.assertEqual((result.title, result.date), ("2026년 1월 3일 AI 소식", DAY))

    def test_a_stamp_counts_in_the_zone_of_the_site(self):
        result = recognise("---\ndate: 2026-01-02T22:00:00Z\n---\n## 새 칩\n- 반\n", SEOUL)
        self.assertEqual(result.date, DAY)

    def test_text_that_sums_up_the_digest_is_its_introduction(self):
        text = "# 1월 3일 브리핑\n\n올해 첫 소식이다.\n\n## 새 칩\n### 요약\n- 반\n"
        self.assertEqual(recognise(text, SEOUL).introduction, "올해 첫 소식이다.")
