"""The live preview beside the form, in a real browser."""

import pytest

from tests.browser.axe import serious
from tests.browser.test_desk import ADD, COMPOSE, FINISH, article, desk, stored, unfold
from tests.browser.waiting import let_pass, type_at_once, wait_until
from tests.support import waiting
from tests.support.desk import change_url
from tests.support.factories import make_digest

__all__ = ["desk"]  # a fixture

# The elements that have moved since the page came, without a script that the frame would refuse.
MOVED = """() => new Promise(tell => {
    new PerformanceObserver(list => tell(
        list.getEntries().flatMap(({sources}) => sources.map(({node}) => node?.id))
    )).observe({type: 'layout-shift', buffered: true});
    setTimeout(tell, 500, []);  // nothing has moved
})"""
PAUSE = 200  # milliseconds without a key before the page asks
# The frame runs no scripts, so the page outside looks into it.
INSIDE = "document.querySelector('[data-live-preview] iframe').contentDocument"
BODY = f"({INSIDE}?.querySelector('main')?.innerText || '')"


def wait_for(page, text):
    wait_until(page, f"text => {BODY}.includes(text)", text)


def is_in_view(page, text):
    """Whether the last element of the frame with this text lies in the frame's window."""
    return page.evaluate(
        f"""text => {{
            const found = [...{INSIDE}.querySelectorAll('main *')]
                .filter(element => element.innerText?.includes(text));
            const {{top, bottom}} = found.at(-1).getBoundingClientRect();
            return top >= 0 && bottom <= {INSIDE}.defaultView.innerHeight;
        }}""",
        text,
    )


def wait_until_in_view(page, text):
    waiting.wait_until(lambda: is_in_view(page, text))


def asked(page):
    """The addresses of previews asked for from now on."""
    addresses = []
    page.on("request", lambda r: r.url.endswith("/live-preview/") and addresses.append(r.url))
    return addresses


def test_what_is_typed_into_a_new_row_appears_at_once(desk):
    desk.goto(ADD)
    wait_for(desk, "기사 0건")
    desk.keyboard.press("Alt+n")
    desk.keyboard.type("새로 친 제목")
    wait_for(desk, "새로 친 제목")
    desk.keyboard.press("Enter")
    desk.keyboard.type("**굵은** 요점")
    wait_for(desk, "굵은 요점")
    assert desk.evaluate("document.activeElement.name").endswith("-points")


def test_the_frame_is_not_loaded_again_and_keeps_its_place(desk):
    desk.goto(change_url(make_digest(articles=8, published=False)))
    wait_for(desk, "8번째 기사의 제목")
    desk.evaluate(f"{INSIDE}.defaultView.marked = true")
    desk.evaluate(f"{INSIDE}.defaultView.scrollTo({{top: 900, behavior: 'instant'}})")
    desk.evaluate(f"{INSIDE}.body.firstElementChild.id = 'before'")
    desk.evaluate(
        "document.querySelector('#id_language').dispatchEvent(new Event('change', {bubbles: true}))"
    )
    wait_until(desk, f"!{INSIDE}.querySelector('#before')")
    assert desk.evaluate(f"[{INSIDE}.defaultView.marked, {INSIDE}.defaultView.scrollY]") == [
        True,
        900,
    ]


def test_nothing_is_asked_for_while_composing(desk):
    desk.goto(change_url(make_digest(articles=1, published=False)))
    wait_for(desk, "1번째 기사의 제목")
    unfold(desk)
    field = article(desk, 1).locator("[name$='-outlook']")
    field.focus()
    addresses = asked(desk)
    # The pause after the first is not over when the composition begins.
    key = "element.dispatchEvent(new InputEvent('input', {bubbles: true}));"
    field.evaluate(f"(element, text) => {{ {key} ({COMPOSE})(element, text); }}", "조합 중인 글")
    let_pass(desk, PAUSE + 200)
    assert addresses == []
    field.evaluate(FINISH)
    wait_for(desk, "조합 중인 글")
    assert len(addresses) == 1


def test_a_burst_of_keys_asks_once(desk):
    desk.goto(change_url(make_digest(articles=1, published=False)))
    wait_for(desk, "1번째 기사의 제목")
    addresses = asked(desk)
    type_at_once(desk.locator("#id_title"), "한 번에 친 제목")
    wait_for(desk, "한 번에 친 제목")
    assert len(addresses) == 1


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_frame_follows_the_article_that_is_edited(desk, motion):
    desk.emulate_media(reduced_motion=motion)
    desk.goto(change_url(make_digest(articles=9, published=False, title="가속기의 날")))
    wait_for(desk, "9번째 기사의 제목")
    unfold(desk)
    before = desk.evaluate("window.scrollY")
    for number in (8, 2):
        article(desk, number).locator("[name$='-outlook']").focus()
        desk.keyboard.press("End")
        desk.keyboard.type(f" 고친 전망 {number}")
        wait_for(desk, f"고친 전망 {number}")
        wait_until_in_view(desk, f"고친 전망 {number}")
    desk.focus("#id_title")
    wait_until_in_view(desk, desk.input_value("#id_title"))
    assert desk.evaluate("window.scrollY") <= before + 1


def test_moving_and_marking_articles_shows_at_once(desk):
    digest = make_digest(articles=3, published=False)
    first, second, third = stored(digest)
    desk.goto(change_url(digest))
    wait_for(desk, third)
    article(desk, 1).locator("[data-move='1']").click()
    wait_until(desk, f"{INSIDE}.querySelector('.story h2').innerText === {second!r}")
    article(desk, 2).locator("[name$='-DELETE']").check()
    wait_until(desk, f"{INSIDE}.querySelectorAll('.story').length === 2")
    assert first not in desk.evaluate(BODY)


def test_the_pane_is_phone_wide_and_closed_and_remembers_it(desk):
    digest = make_digest(articles=2, published=False)
    desk.goto(change_url(digest))
    wait_for(desk, "2번째 기사의 제목")
    desk.click("[data-preview-phone]")
    assert desk.evaluate(f"{INSIDE}.defaultView.innerWidth") == 360
    desk.reload()
    wait_for(desk, "2번째 기사의 제목")
    assert desk.evaluate(f"{INSIDE}.defaultView.innerWidth") == 360
    desk.click("[data-preview-phone]")
    narrow = desk.evaluate(f"{INSIDE}.defaultView.innerWidth")
    desk.click("[data-preview-width='1']")
    assert desk.evaluate(f"{INSIDE}.defaultView.innerWidth") > narrow
    desk.keyboard.press("Alt+p")
    assert not desk.is_visible("[data-live-preview]")
    addresses = asked(desk)
    desk.reload()
    desk.fill("#id_title", "닫힌 동안")
    let_pass(desk, PAUSE + 200)
    assert addresses == []
    assert article(desk, 1).locator(".markdown-side").first.count() == 1
    desk.click(".submit-row [data-preview-toggle]")
    wait_for(desk, "닫힌 동안")


@pytest.mark.expects_console_errors
def test_links_scroll_the_frame_and_never_leave_it(desk):
    """The browser notes on the console that the sandbox refused a window."""
    digest = make_digest(articles=6)
    desk.goto(change_url(digest))
    wait_for(desk, "6번째 기사의 제목")
    wait_until(desk, f"{INSIDE}.defaultView.innerHeight < {INSIDE}.body.scrollHeight")
    for selector in (".masthead a", ".citations a"):
        desk.evaluate(f"{INSIDE}.querySelector({selector!r}).click()")
    # An update of the preview may come in between, so the click is made until it led there.
    clicked = f"{INSIDE}.querySelector('.contents li:last-child a').click()"
    wait_until(desk, f"() => {{ {clicked}; return {INSIDE}.defaultView.scrollY > 500; }}")
    assert desk.evaluate(f"{INSIDE}.URL").startswith("about:srcdoc")
    assert len(desk.context.pages) == 1
    wait_for(desk, "6번째 기사의 제목")


@pytest.mark.expects_console_errors
def test_a_preview_that_fails_says_so_and_stays(desk):
    desk.goto(change_url(make_digest(articles=1, published=False)))
    wait_for(desk, "1번째 기사의 제목")
    desk.route("**/live-preview/", lambda route: route.abort())
    desk.fill("#id_title", "아직 있는 제목")
    desk.wait_for_selector("[data-preview-problem]:not(:empty)")
    wait_for(desk, "1번째 기사의 제목")
    assert desk.input_value("#id_title") == "아직 있는 제목"
    desk.unroute("**/live-preview/")
    desk.fill("#id_title", "다시 보이는 제목")
    wait_for(desk, "다시 보이는 제목")
    assert desk.inner_text("[data-preview-problem]") == ""


def test_beside_the_form_or_below_it(desk):
    digest = make_digest(articles=2, published=False)
    for width, is_beside in ((1440, True), (1100, True), (1099, False), (360, False)):
        desk.set_viewport_size({"width": width, "height": 800})
        desk.goto(change_url(digest))
        wait_for(desk, "2번째 기사의 제목")
        form = desk.locator("#content-main").bounding_box()
        pane = desk.locator("[data-live-preview]").bounding_box()
        assert (pane["x"] >= form["x"] + form["width"]) == is_beside
        assert (pane["y"] >= form["y"] + form["height"]) != is_beside
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
        assert desk.is_visible("[name=_continue]")
        if is_beside:
            assert pane["y"] + pane["height"] <= 801


def test_nothing_serious_is_found_with_the_pane_open(desk):
    desk.goto(change_url(make_digest(articles=2)))
    wait_for(desk, "2번째 기사의 제목")
    style = f"{INSIDE}.defaultView.getComputedStyle({INSIDE}.body)"
    wait_until(desk, f"{style}.backgroundColor === 'rgb(253, 253, 251)'")
    assert serious(desk, also_in_the_dark=True) == []
    wait_until(desk, f"{style}.backgroundColor === 'rgb(21, 23, 28)'")


def test_the_form_does_not_move_aside_when_the_preview_comes(desk):
    digest = make_digest(articles=2, published=False)
    desk.goto(change_url(digest))
    wait_for(desk, "2번째 기사의 제목")
    assert "content-start" not in desk.evaluate(MOVED)
