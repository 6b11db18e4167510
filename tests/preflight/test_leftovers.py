from articles.preflight import check
from tests.preflight.snapshots import (
    RuleTests,
    article,
    citation,
    digest,
    headline,
    outlook,
    point,
    source,
)


class LeftoverTests(RuleTests):
    CASES = {
        "template-residue": (
            [
                point("{{ page.summary }} 자리에 들어갈 글"),
                outlook("{% if outlook %}"),
                headline("{date} AI 뉴스의 제목"),
                digest(title="${title}"),
                outlook("TODO"),
                outlook("TODO: 전망을 쓸 것"),
                point("Lorem ipsum dolor sit amet"),
            ],
            [
                point("`{{ page.title }}` 문법을 쓰는 템플릿 엔진 공개"),
                point("할 일 관리 앱 Todo Mate, 이용자 급증"),
                headline("Todo 앱의 새 판 공개"),
                headline("TODO 앱, 이용자 백만 명 돌파"),
                point("집합 {1, 2, 3}을 다루는 새 언어"),
                outlook("일정 관리에 쓰일 전망"),
            ],
        ),
        "placeholder": (
            [
                outlook("전망은 TBD"),
                headline("○○○ 대표, 새 칩 공개"),
                point("[제목] 병원 세 곳이 시험"),
                outlook("여기에 전망을 적으세요"),
                headline("제목을 입력하세요"),
                headline("TODO 앱, 이용자 백만 명 돌파"),
                point("{변수 이름}으로 남은 자리"),
            ],
            [
                point("TBDB라는 이름의 데이터베이스 공개"),
                headline("XXL 크기의 칩 공개"),
                point("내용을 입력하면 표로 바꿔 주는 기능을 추가"),
                point("김○○ 씨가 제기한 소송이 시작됨"),
                outlook("TODO: 전망을 쓸 것"),
            ],
        ),
        "photo-credit": (
            [
                point("시스템 구현으로 효율을 높임 (사진 포함)"),
                point("실효성 높은 지원 시스템 구현(사진)"),
                outlook("[사진=한빛일보 제공] 더 커질 전망"),
                outlook("전망이 밝다 /사진=한빛일보"),
                headline("새 칩 공개 (영상)"),
                point("사진제공=한빛시, 새로 문을 연 공장"),
            ],
            [
                point("사진 한 장으로 콩팥병을 선별하는 AI"),
                point("(사진 인식 기술을 쓴) 새 서비스 공개"),
                outlook("사진과 영상 제공 방식이 바뀔 전망"),
                headline("표(票) 분석에 쓰인 AI"),
            ],
        ),
        "byline": (
            [
                point("(한빛시=연합뉴스) 김가온 기자 = 새 공장이 문을 열었다"),
                point("김가온 기자 = 새 공장이 문을 열었다"),
                outlook("[서울=뉴시스] 더 커질 전망"),
                outlook("더 커질 전망이다. 김가온 기자"),
                point("새 공장이 문을 열었다 (김가온 기자)"),
            ],
            [
                point("기자 회견에서 새 칩을 공개함"),
                outlook("기자들이 쓰는 도구로 퍼질 전망"),
                point("수식 `y = x`로 나타낸 관계를 증명"),
                headline("기자협회, AI 지침 발표"),
                headline("뉴스룸에 들어온 인공지능 기자"),
                point("화면에 나온 진행자(가상 기자)의 말투를 학습"),
            ],
        ),
        "email-address": (
            [
                point("문의는 gaon.kim@hanbit.example 로 하면 됨"),
                outlook("더 커질 전망이다. a@b.co.kr"),
                headline("news+ai@hanbit.example"),
            ],
            [
                point("@hanbit 계정에 올라온 발표 영상"),
                point("패키지 `a@b.example`의 새 판을 공개"),
                point("시속 30@50 구간에서 시험한 결과"),
            ],
        ),
        "copyright-notice": (
            [
                outlook("무단 전재 및 재배포 금지"),
                point("저작권자 ⓒ 한빛일보, 새 공장이 문을 열었다"),
                outlook("Copyright. All rights reserved."),
            ],
            [
                point("법원, 기사 전재에 대한 대가를 인정"),
                outlook("저작권자의 권리를 둘러싼 다툼이 이어질 전망"),
                headline("무단횡단 감지 AI 도입"),
                point("영상의 무단 복제를 막는 표시 기술을 공개"),
                point("구독 신청 절차를 줄이고 (c) 항목을 삭제"),
            ],
        ),
        "broken-character": (
            [point("응답 시간을 절반으로 단\ufffd함"), headline("\ufffd 공개"), outlook("\ufffd")],
            [digest(), headline("칩 공개?"), outlook("◇ 더 커질 전망")],
        ),
        "control-character": (
            [
                point("응답 시간을\x0b 절반으로 단축"),
                headline("칩\x00 공개"),
                digest(article(tags=["칩\x1b"])),
                source("https://a.example/1", publisher="한빛\x7f일보"),
            ],
            [outlook("첫 줄\n둘째 줄"), outlook("첫 줄\r\n둘째 줄"), outlook("칸\t칸")],
        ),
        "invisible-character": (
            [
                headline("온디\u200b바이스 모델"),
                source("https://a.example/1\u200b"),
                digest(article(tags=["\ufeff칩"])),
                point("\u202e거꾸로 보이는 글이 된 요점"),
            ],
            [
                headline("가족 👨‍👩‍👧 로봇 공개"),
                headline("온디바이스\u00a0모델"),
                digest(article(citations=[citation()])),
            ],
        ),
    }

    def test_finding_shows_what_was_found_and_where(self):
        [finding] = [f for f in check(point("효율을 높인 구현 (사진 포함)")) if f.field == "points"]
        self.assertIn("“(사진 포함)”", finding.sentence)
        self.assertEqual((finding.article, finding.line), ("uid-1", 2))
