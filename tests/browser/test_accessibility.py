"""What only a browser shows of whether everybody can use the reader's pages.

All pages are walked once for each thing that needs loading them again, on one site.
"""

import re

import pytest

from tests.browser import axe
from tests.browser.waiting import wait_until
from tests.support.reader_site import ReaderSite

SMALLEST = 44  # CSS pixels of what is touched, each way
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STRICT = {
    "runOnly": {"type": "tag", "values": [*RULES, "wcag2aaa"]},
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
}
# What may be small: a link within a sentence (WCAG 2.5.8), and what is not there to be touched.
SMALL_TARGETS = """
() => {
    const isSeen = one => one.checkVisibility({opacityProperty: false, visibilityProperty: true});
    const inSentence = one => one.matches('a') && getComputedStyle(one).display === 'inline' &&
        [...one.parentElement.childNodes].some(
            near => near.nodeType === Node.TEXT_NODE && near.textContent.trim().length > 5);
    return [...document.querySelectorAll('a, button, input, select, summary')]
        .filter(one => isSeen(one) && !one.matches('.skip') && !inSentence(one))
        .map(one => [one, (one.closest('label:not(.theme)') || one).getBoundingClientRect()])
        .filter(([one, box]) => box.width < SMALLEST - 0.5 || box.height < SMALLEST - 0.5)
        .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${box.width} × ${box.height}`);
}
""".replace("SMALLEST", str(SMALLEST))
WIDER = "document.documentElement.scrollWidth - innerWidth"
ENLARGE = "document.documentElement.style.fontSize = '200%'"
# What the focus is on: where it stands in the page, and whether it is shown there.
FOCUSED = """
() => {
    const one = document.activeElement;
    if (one === document.body) return null;
    const drawn = one.matches('.depth input') ? one.nextElementSibling : one;
    const style = getComputedStyle(drawn), box = drawn.getBoundingClientRect();
    return {
        at: [...document.querySelectorAll('*')].indexOf(one),
        name: one.outerHTML.slice(0, 100),
        // The browser itself marks the part of a date that has the focus.
        isSeen: one.matches('[type=date]') ||
            style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 &&
            box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight &&
            box.right > 0 && box.left < innerWidth,
    };
}
"""
REACHABLE = """
() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
    .filter(one => one.checkVisibility({opacityProperty: false, visibilityProperty: true}))
    .map(one => one.matches('[type=radio]') ? one.name : one.outerHTML)
    .filter((one, place, all) => all.indexOf(one) === place || one.startsWith('<')).length
"""


@pytest.fixture
def site():
    return ReaderSite()


def walk(site):
    """One address of every kind of page: the one that shows most; of the search all."""
    for name, several in site.addresses.items():
        yield from (
            several if name == "search" else [several[-1] if name == "topics" else several[0]]
        )


def visit(page, address):
    """Open a page at the width of a phone, with everything on it open."""
    page.goto(address)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


@pytest.mark.expects_console_errors  # the pages that are not there answer 404
def test_every_page_can_be_used_by_everybody(page, site):
    """Light and dark, on a phone, by touch and with text twice as large."""
    page.set_viewport_size({"width": 360, "height": 800})
    problems = []
    for address in walk(site):
        visit(page, address)
        for violation in axe.violations(page, also_in_the_dark=True, **STRICT):
            places = [node["html"][:120] for node in violation["nodes"]]
            problems.append((address, violation["id"], places))
        problems += [(address, "small", target) for target in page.evaluate(SMALL_TARGETS)]
        for size in ("as it is", "twice as large"):
            if size != "as it is":
                page.evaluate(ENLARGE)
            if (wider := page.evaluate(WIDER)) > 0:
                problems.append((address, "scrolls sideways", size, wider))
    assert problems == [], "\n".join(map(str, problems))


def tab_stops(page):
    """What Tab stops at, until it leaves the page or is back at the first of them."""
    stops = []
    while len(stops) < 300:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or stop in stops[:1]:
            break
        if stop not in stops[-1:]:
            stops.append(stop)
    return stops


def test_every_page_can_be_used_by_keyboard(page, site):
    """Tab goes through everything once, in the order of the page, and one sees where it is."""
    page.emulate_media(reduced_motion="reduce")
    for name, several in site.addresses.items():
        if not name:
            continue
        visit(page, several[-1])
        stops = tab_stops(page)
        assert 'class="skip"' in stops[0]["name"], several[-1]
        assert [stop["name"] for stop in stops if not stop["isSeen"]] == [], several[-1]
        places = [stop["at"] for stop in stops]
        assert places == sorted(places), several[-1]
        assert len(stops) == page.evaluate(REACHABLE), several[-1]


def test_skip_link_leads_past_the_menu(page, site):
    page.goto("/archive/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_until(page, "document.activeElement.tagName === 'MAIN'")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_pages_without_style_sheets_read_in_order(page, site):
    """Name, menu, headline, contents, articles; nothing is told by the style sheet alone."""
    page.route(re.compile(r"\.css$"), lambda route: route.fulfill(body="", content_type="text/css"))
    page.goto(site.addresses["day"][0])
    text = page.inner_text("body")
    order = [
        "Newsroom",
        "모아 보기",
        site.words["title"],
        "이 다이제스트의 기사",
        site.words["long"],
    ]
    order += [site.words["text"].replace("**", ""), "출처", site.words["paper"], "이전 다이제스트"]
    places, at = [], 0
    for words in order:
        at = text.find(words, at)
        places.append(at)
    assert -1 not in places, list(zip(order, places, strict=True))
    assert page.evaluate(WIDER) <= 0
