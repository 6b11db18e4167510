"""The findings below the form, in a real browser."""

import datetime as dt

import pytest

from tests.browser.axe import serious
from tests.browser.test_desk import ADD, COMPOSE, FINISH, article, desk
from tests.browser.waiting import let_pass, type_at_once, wait_until
from tests.support.desk import change_url
from tests.support.factories import make_article, make_digest

__all__ = ["desk"]  # a fixture

CHINESE = "华为发布新芯片"
KOREAN = "화웨이, 새 칩 공개"
# Something is typed and taken away again within one pause of the page.
NOTHING_IN_THE_END = """element => {
    for (const text of [`${element.value}a`, element.value]) {
        element.value = text;
        element.dispatchEvent(new InputEvent('input', {bubbles: true}));
    }
}"""
PAUSE = 1000  # milliseconds without a key before the page asks
PANEL = "[data-findings]"
OF_HEADLINE = f"{PANEL} [data-findings-list=open] a[href='#id_articles-1-headline']"


def asked(page):
    """The checks asked for from now on."""
    requests = []
    page.on("request", lambda r: r.url.endswith("/findings/") and requests.append(r))
    return requests


def counts(page):
    """Errors, warnings and hints, as the heading of the panel says."""
    return [int(text) for text in page.locator(".findings-bar b").all_inner_texts()]


def open_panel(page):
    page.click(f"{PANEL} > summary")


def test_a_fault_appears_leads_to_its_field_and_goes_when_mended(desk):
    desk.goto(change_url(make_digest(articles=2, published=False)))
    assert desk.locator(OF_HEADLINE).count() == 0
    article(desk, 2).locator("[data-fold]").click()
    desk.fill("#id_articles-1-headline", CHINESE)
    desk.locator(OF_HEADLINE).wait_for(state="attached")
    desk.click("[data-fold-all=true]")
    open_panel(desk)
    desk.click(OF_HEADLINE)
    assert desk.evaluate("document.activeElement.id") == "id_articles-1-headline"
    assert article(desk, 2).locator("[data-fold]").get_attribute("aria-expanded") == "true"
    desk.keyboard.press("Control+a")
    desk.keyboard.type(KOREAN)
    desk.locator(OF_HEADLINE).wait_for(state="detached")


def test_counts_badges_and_what_is_spoken_follow(desk):
    desk.goto(change_url(make_digest(articles=2, published=False)))
    before = counts(desk)
    said = "document.querySelector('[data-findings-live]').textContent"
    assert desk.evaluate(said) == ""
    article(desk, 2).locator("[data-fold]").click()
    desk.fill("#id_articles-1-points", "")
    error = f"{PANEL} [data-severity=error] a[href='#id_articles-1-points']"
    desk.locator(error).wait_for(state="attached")
    assert counts(desk)[0] == before[0] + 1
    assert str(before[0] + 1) in desk.evaluate(said)
    badge = article(desk, 2).locator("[data-found] .finding-error")
    assert badge.inner_text().endswith("1")
    assert article(desk, 1).locator("[data-found] .finding-error").count() == 0


def test_hints_of_one_kind_are_one_line_that_stays_open(desk):
    desk.goto(change_url(make_digest(articles=3, published=False)))
    group = desk.locator("[data-findings-list=hint] > [data-kind]").first
    group.wait_for(state="attached")
    assert str(group.locator(".finding").count()) == group.locator("b").first.text_content()
    group.locator("details").evaluate("details => { details.open = true }")
    kind = group.get_attribute("data-kind")
    with desk.expect_response("**/findings/"):
        desk.fill("#id_title", "다른 제목")
    same = desk.locator(f"[data-kind='{kind}'] > details[open]")
    same.wait_for(state="attached")
    assert desk.locator("[data-findings-list=hint] .finding").count() == counts(desk)[2]


def test_a_row_not_saved_yet_has_findings_that_lead_to_it(desk):
    desk.goto(ADD)
    desk.fill("#id_title", "새 호")
    desk.keyboard.press("Alt+n")
    desk.keyboard.type(CHINESE)
    link = desk.locator(OF_HEADLINE.replace("-1-", "-0-"))
    link.wait_for(state="attached")
    open_panel(desk)
    link.focus()
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.id") == "id_articles-0-headline"


def test_the_line_that_is_meant_is_selected(desk):
    digest = make_digest(articles=1, published=False)
    make_article(digest, headline=KOREAN, points=["첫 요점", "사진이 있다 (사진 포함)"])
    desk.goto(change_url(digest))
    article(desk, 2).locator("[data-fold]").click()
    desk.fill("#id_articles-1-points", "첫 요점\n\n사진이 있다 (사진 포함)")
    link = desk.locator(f"{PANEL} a[href='#id_articles-1-points'][data-line='2']").first
    link.wait_for(state="attached")
    open_panel(desk)
    link.click()
    selected = """() => {
        const area = document.activeElement;
        return area.value.slice(area.selectionStart, area.selectionEnd);
    }"""
    assert desk.evaluate(selected) == "사진이 있다 (사진 포함)"


def test_nothing_moves_while_findings_come(desk):
    desk.goto(change_url(make_digest(articles=2, published=False)))
    open_panel(desk)
    article(desk, 2).locator("[data-fold]").click()
    place = "document.querySelector('#id_articles-1-headline').getBoundingClientRect().top"
    desk.fill("#id_articles-1-headline", CHINESE[:-1])
    before = desk.evaluate(place)
    desk.fill("#id_articles-1-headline", CHINESE)
    desk.locator(OF_HEADLINE).wait_for(state="attached")
    assert desk.evaluate(place) == before


def test_only_changes_are_asked_about_once_at_a_time(desk):
    requests = asked(desk)
    desk.goto(change_url(make_digest(articles=1, published=False)))
    title = desk.locator("#id_title")
    title.evaluate(NOTHING_IN_THE_END)
    let_pass(desk, PAUSE + 200)
    assert requests == []
    with desk.expect_response("**/findings/"):
        type_at_once(title, "abcdef")
    let_pass(desk, PAUSE + 200)
    assert len(requests) == 1


def test_nothing_is_asked_for_while_composing(desk):
    desk.goto(change_url(make_digest(articles=1, published=False)))
    requests = asked(desk)
    title = desk.locator("#id_title")
    title.evaluate(COMPOSE, "한")
    let_pass(desk, PAUSE + 200)
    assert requests == []
    with desk.expect_response("**/findings/"):
        title.evaluate(FINISH)


@pytest.mark.expects_console_errors
def test_a_failing_check_says_so_and_leaves_the_findings(desk):
    desk.goto(change_url(make_digest(articles=1, published=False)))
    before = counts(desk)
    desk.context.clear_cookies()
    desk.fill("#id_title", "다른 제목")
    desk.locator("[data-findings-problem]:not(:empty)").wait_for()
    assert counts(desk) == before


def test_an_address_with_a_field_opens_the_article(desk):
    digest = make_digest(articles=3, published=False)
    desk.goto(f"{change_url(digest)}#id_articles-2-outlook")
    wait_until(desk, "document.activeElement.id === 'id_articles-2-outlook'")


def test_without_scripts_the_findings_are_there(desk, browser, live_server):
    digest = make_digest(articles=1, published=False)
    make_article(digest, headline=CHINESE)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(desk.context.cookies())
    page = context.new_page()
    page.goto(change_url(digest))
    open_panel(page)
    page.click(OF_HEADLINE)
    assert page.url.endswith("#id_articles-1-headline")
    context.close()


def test_nothing_serious_is_found_by_axe(desk, settings):
    settings.DIGEST_DEADLINE = dict.fromkeys(range(7), dt.time(0))  # the index is red, then
    digest = make_digest(articles=1, published=False)
    make_article(digest, headline=CHINESE, points=[], tags=[])
    for url in (change_url(digest), "/admin/"):
        desk.goto(url)
        for summary in desk.locator("main details:not([hidden]) > summary:visible").all():
            summary.click()
        assert serious(desk, also_in_the_dark=True) == [], url
    assert desk.locator(".today.is-missing").count() == 1


def test_nothing_overflows_a_narrow_screen(desk):
    digest = make_digest(articles=1, published=False)
    make_article(digest, headline=CHINESE, points=[], tags=[])
    desk.set_viewport_size({"width": 360, "height": 800})
    for url in (change_url(digest), "/admin/"):
        desk.goto(url)
        for summary in desk.locator("main details:not([hidden]) > summary:visible").all():
            summary.click()
        assert desk.evaluate("document.documentElement.scrollWidth") <= 360, url
