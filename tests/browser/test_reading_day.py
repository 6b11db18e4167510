"""A morning with a program: six pushed articles are read, mended, signed, published by keyboard."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import Digest, LeftOut, Signature
from tests.browser import axe
from tests.browser.test_desk import desk
from tests.browser.waiting import let_pass, wait_until
from tests.support.pushes import hand_in_json

__all__ = ["desk"]  # a fixture

PAGE = "admin:articles_digest_reading"
KEYS = 11  # docs/desk-timing.md
# WCAG's level AA, as on all of the desk.
RULES = {"color-contrast-enhanced": {"enabled": False}}
# What a Korean keyboard gives for the same key.
KOREAN_S = """document.body.dispatchEvent(
    new KeyboardEvent('keydown', {key: 'ㄴ', code: 'KeyS', bubbles: true, cancelable: true}))"""
# Both before the page is drawn again: until then, the closed field has the focus.
CLOSED_AND_PRESSED = """(() => {
    document.getElementById('leave-out').hidePopover();
    const field = document.activeElement;
    field.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true, cancelable: true}));
    return field.id;
})()"""
WIDER = "document.documentElement.scrollWidth - innerWidth"
# Whatever is pressed on any page of the morning, except what scrolls.
COUNT = """
addEventListener('keydown', event => {
    if (![' ', 'PageDown', 'PageUp', 'ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key)) {
        sessionStorage.setItem('keys', Number(sessionStorage.getItem('keys')) + 1);
    }
}, true);
"""
SUBJECTS = (
    ("한빛, 메모리 둘째 라인 가동", "한 달에 웨이퍼 4만 장을 만든다", "반도체"),
    ("가람 병원, 진단 모형 시험", "환자 1억 2천만 명의 기록으로 배웠다", "의료"),
    ("새벽로봇, 물류 창고 자동화", "창고 12곳에서 사람과 함께 일한다", "로봇"),
    ("나래항공, 무인기 배송 허가", "섬 30곳에 약을 나른다", "항공"),
    ("다솜은행, 상담 창구에 음성 비서", "통화의 75.82%를 비서가 맡는다", "금융"),
    ("라온대, 한국어 말뭉치 공개", "문장 3억 건을 누구나 쓸 수 있다", "언어"),
)
# The height of a button, its padding, and how its text is placed in it.
INSIDE = """button => {
    const {height, paddingLeft, display, alignItems} = getComputedStyle(button);
    return [height, paddingLeft, display, alignItems];
}"""


def pushed(number, day):
    """The second and the fourth have what a program can mend."""
    headline, point, tag = SUBJECTS[number - 1]
    trackers = "?utm_source=letter&fbclid=x" if number == 2 else ""
    note, blank = (" (사진 포함)", "  ") if number == 4 else ("", " ")
    return {
        "key": f"{number}",
        "headline": headline,
        "points": [f"{point}{note}", f"{tag} 분야에서{blank}처음 있는 일이다"],
        "technical_significance": f"{tag} 기술을 가까이에서 쓸 수 있다",
        "industry_impact": f"{tag} 회사가 늘어날 수 있다",
        "outlook": f"{tag} 시장은 내년에 더 커질 전망",
        "citations": [
            {
                "publisher": "한빛일보",
                "url": f"https://hanbit.example/{day:%Y/%m/%d}/{number}{trackers}",
                "published_on": day.isoformat(),
                "excerpt": f"{headline}. 회사는 5일 “{point}”고 밝혔다. <b>계약은 3년이다.</b>",
            },
            {
                "publisher": "가람신문",
                "url": f"https://garam.example/{day:%Y%m%d}/{number}",
                "published_on": day.isoformat(),
            },
        ],
        "tags": [tag],
    }


@pytest.fixture
def digest():
    day = timezone.localdate()
    articles = [pushed(number, day) for number in range(1, 7)]
    return hand_in_json({"title": f"{day} AI 뉴스", "articles": articles}, day=day).digest


def test_six_pushed_articles_reach_readers_with_few_keys(desk, digest):
    desk.context.add_init_script(COUNT)

    def press(*keys):
        """Press keys, of which the last leads to another page."""
        *first, last = keys
        for key in first:
            desk.keyboard.press(key)
        with desk.expect_navigation():
            desk.keyboard.press(last)

    desk.goto(reverse("admin:index"))
    with desk.expect_navigation():
        desk.click(f".today a[href='{reverse(PAGE, args=[digest.pk])}']")
    assert desk.locator(".reading-citations mark").all_inner_texts() == ["4만"]
    press("s")
    press("m")  # trackers
    with desk.expect_navigation():
        desk.evaluate(KOREAN_S)
    press("t")
    press("m")  # a note about a picture, and a doubled blank
    press("Enter")
    press("x", "2")
    press("s")
    buttons = desk.locator(".reading-end .answers a").all()
    publish, back = (button.evaluate(INSIDE) for button in buttons)
    assert publish == back
    press("p")
    # The browser moves the focus when it draws, which may come after the load.
    wait_until(desk, "document.activeElement.name === '_publish_now'")
    press("Enter")  # the one question
    assert int(desk.evaluate("sessionStorage.getItem('keys')")) == KEYS <= 20
    digest = Digest.objects.published().get()
    headlines = list(digest.articles.order_by("position").values_list("headline", flat=True))
    assert headlines == [SUBJECTS[number - 1][0] for number in (1, 2, 4, 6)]
    assert Signature.objects.filter(article_uid__in=digest.articles.values("uid")).count() == 4
    urls = digest.articles.values_list("citations__url", flat=True)
    assert not any("utm_" in url for url in urls)
    assert digest.articles.get(position=3).points[0] == SUBJECTS[3][1]
    left = LeftOut.objects.get()
    assert (left.headline, left.reason) == (SUBJECTS[4][0], LeftOut.Reason.UNVERIFIED)
    tomorrow = Digest.objects.get(date=digest.date + dt.timedelta(days=1))
    assert tomorrow.articles.get().headline == SUBJECTS[2][0]


def test_a_key_counts_at_once_after_a_question_with_a_field_is_closed(desk, digest):
    desk.goto(reverse(PAGE, args=[digest.pk]))
    desk.keyboard.press("x")
    desk.keyboard.press("6")
    assert desk.evaluate(CLOSED_AND_PRESSED) == "leave-out-words"
    assert desk.locator("#reading-keys").is_visible()


def test_keys_keep_out_of_fields_and_can_be_switched_off_and_every_width_is_well(desk, digest):
    desk.goto(reverse(PAGE, args=[digest.pk]))
    for width in (1440, 768, 360):
        desk.set_viewport_size({"width": width, "height": 900})
        assert desk.evaluate(WIDER) <= 0, width
    assert axe.violations(desk, also_in_the_dark=True, rules=RULES) == []
    address = desk.url
    desk.keyboard.press("x")
    assert axe.violations(desk, rules=RULES) == []
    desk.keyboard.press("6")
    desk.keyboard.type("sm2")
    assert desk.input_value("#leave-out-words") == "sm2"
    desk.keyboard.press("Escape")
    desk.keyboard.press("Control+j")
    desk.keyboard.press("?")
    switch = desk.locator("[data-key-switch] input:focus")
    switch.uncheck()
    desk.keyboard.press("Escape")
    for key in ("s", "j", "?"):
        desk.keyboard.press(key)
    let_pass(desk, 200)
    assert not desk.locator("#reading-keys").is_visible()
    assert (desk.url, Signature.objects.count()) == (address, 0)
    desk.click("[popovertarget=reading-keys][data-key]")
    switch.check()
    desk.keyboard.press("Escape")
    with desk.expect_navigation():
        desk.keyboard.press("j")
