"""A morning with candidates: from the bookmarklet to the published page, by keyboard."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.inbox import arriving
from articles.inbox.arriving import Found
from articles.models import Article, Candidate, Digest
from tests.browser import axe
from tests.browser.test_desk import desk

__all__ = ["desk"]  # a fixture

LIST = "admin:articles_candidate_changelist"
# WCAG's level AA, as on all of the desk.
RULES = {"color-contrast-enhanced": {"enabled": False}}
WIDER = "document.documentElement.scrollWidth - innerWidth"
MARKED = "한빛이 새 메모리 라인을 가동했다. 한 달에 웨이퍼 4만 장을 만든다."
State = Candidate.State


@pytest.fixture
def candidates():
    subjects = ("로봇 팔 양산", "은행 음성 비서", "드론 배송 허가", "말뭉치 공개", "병원 진단 모형")
    pages = [
        Found(f"https://garam.example/{n}", name, excerpt=f"{name} 소식이다.")
        for n, name in enumerate(subjects)
    ]
    arriving.take(pages, "pasted")
    return list(Candidate.objects.order_by("turn"))


def press(page, *keys):
    """Press keys, of which the last leads to another page."""
    *first, last = keys
    for key in first:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(last)


def selected(page):
    return page.locator(".inbox-row:has(input:checked) h2").inner_text()


def test_a_page_gets_from_the_bookmarklet_to_readers_by_keyboard(desk, live_server):
    desk.goto(reverse("admin:articles_candidate_paste"))
    code = desk.locator(".inbox-bookmarklet").get_attribute("href")
    code = code.removeprefix("javascript:").replace("http://testserver", live_server.url)
    # A page elsewhere, on which something is marked. The bookmarklet runs there.
    shown = urlencode({"url": "https://hanbit.example/line?utm_source=x", "title": "새 라인 가동"})
    desk.goto(f"{reverse('admin:articles_candidate_offer')}?{shown}")
    desk.evaluate(
        "text => { document.querySelector('h1').textContent = text; "
        "getSelection().selectAllChildren(document.querySelector('h1')); }",
        MARKED,
    )
    with desk.context.expect_page() as opened:
        desk.evaluate(f"() => {{ {code} }}")
    form = opened.value
    form.wait_for_load_state()
    assert form.locator("[name=excerpt]").input_value() == MARKED
    assert "/candidate/offer/" in form.locator("[name=url]").input_value()
    form.close()
    desk.goto(
        f"{reverse('admin:articles_candidate_offer')}?{shown}&{urlencode({'excerpt': MARKED})}"
    )
    desk.locator("button.default:focus").wait_for()
    press(desk, "Enter")
    assert selected(desk) == "새 라인 가동"
    press(desk, "c")
    article = Article.objects.get()
    assert article.headline == "새 라인 가동"
    digest = article.digest
    assert digest.date == timezone.localdate()
    assert desk.url.partition("#")[0].endswith(
        reverse("admin:articles_digest_change", args=[digest.pk])
    )
    # What a person still has to write is not the subject here.
    Article.objects.update(
        points=["한 달에 웨이퍼 4만 장을 만든다", "한빛이 라인을 가동한 것은 처음이다"],
        technical_significance="첫 라인보다 미세한 공정을 쓴다",
        industry_impact="하반기에 서버 값이 내려갈 수 있다",
        outlook="수율이 관건이다",
    )
    desk.goto(reverse("admin:articles_digest_reading", args=[digest.pk]))
    assert desk.locator(".reading-citations blockquote").inner_text() == MARKED
    press(desk, "s")
    press(desk, "p")
    for reason in desk.locator("[name^=own_reason-]").all():
        reason.fill("오늘은 이렇게 낸다")
    with desk.expect_navigation():
        desk.locator("[name=_publish_now]").press("Enter")
    assert Digest.objects.published().get() == digest
    desk.goto(digest.get_absolute_url())
    assert "새 라인 가동" in desk.content()
    assert MARKED not in desk.content()
    desk.goto(f"{reverse(LIST)}?state=used")
    assert desk.locator(".inbox-place").inner_text().startswith(f"{digest.date}")


def test_the_list_is_worked_through_with_single_keys(desk, candidates):
    desk.goto(reverse(LIST))
    assert selected(desk) == candidates[0].title
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    assert selected(desk) == candidates[1].title
    press(desk, "2")
    assert selected(desk) == candidates[2].title
    press(desk, "p", "2")
    press(desk, "d", "Enter")
    desk.goto(reverse(LIST))
    press(desk, "v")
    assert selected(desk) == candidates[4].title
    press(desk, "u")
    assert selected(desk) == candidates[0].title
    states = list(Candidate.objects.order_by("turn").values_list("state", flat=True))
    expected = [State.NEW, State.REJECTED, State.PARKED, State.CHOSEN, State.NEW]
    assert states == expected
    with desk.context.expect_page() as opened:
        desk.keyboard.press("o")
    opened.value.close()
    desk.keyboard.press("/")
    desk.keyboard.type("c1")
    assert Candidate.objects.filter(state=State.NEW).count() == 2


def test_every_width_is_well_and_everybody_can_read_it(desk, candidates):
    for address in (LIST, "admin:articles_candidate_paste", "admin:articles_candidate_offer"):
        desk.goto(reverse(address))
        for width in (1280, 360):
            desk.set_viewport_size({"width": width, "height": 800})
            assert desk.evaluate(WIDER) <= 0, (address, width)
        assert axe.violations(desk, also_in_the_dark=True, rules=RULES) == []
    desk.goto(reverse(LIST))
    for key in ("x", "p", "d", "?"):
        desk.keyboard.press(key)
        assert axe.violations(desk, rules=RULES) == []
        desk.keyboard.press("Escape")
