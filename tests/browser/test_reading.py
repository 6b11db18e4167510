"""What only a browser shows of the reader's pages: depth, colours, links, layout and weight."""

import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from articles import document
from articles.digests import editing
from tests.browser import axe
from tests.browser.waiting import let_pass, wait_until
from tests.support.factories import make_article, make_digest, publish

ADDRESS = "/2026/01/03/"
WIDTHS = (360, 768, 1280, 1600)
MAX_BYTES, MAX_REQUESTS = 30_000, 3
POSTS = sorted((Path(__file__).parents[2] / "demo" / "_posts").glob("*.md"))
ZONE = ZoneInfo("Asia/Seoul")
VITALS = """
window.shifts = [];
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) shifts.push(entry.value);
}).observe({type: 'layout-shift', buffered: true});
"""


@pytest.fixture
def digest():
    return make_realistic("2026-01-03")


def make_realistic(day, articles=8):
    """A digest with the texts of as many articles of the demo, which do not repeat each other."""
    posts = [document.parse(path.read_text(encoding="utf-8"), ZONE) for path in POSTS]
    texts = [text for post in posts for text in post.articles if text.citations][:articles]
    digest = make_digest(
        day, articles=0, published=False, introduction=posts[0].introduction or "오늘의 소식."
    )
    for number, text in enumerate(texts):
        article = make_article(
            digest,
            headline=text.headline,
            points=text.points,
            technical_significance=text.technical_significance,
            industry_impact=text.industry_impact,
            outlook=text.outlook,
            citations=[],
            tags=["AI", f"주제 {number}"],
            read_by="김민지",
        )
        editing.set_citations(article, text.citations)
    return publish(digest)


def visible(page, selector):
    return page.locator(f"{selector} >> visible=true").count()


def choose(page, depth):
    page.locator(f"#depth_{depth}").check()


# Depth


def assert_depths(page):
    for depth, shown in (
        ("headlines", (8, 0, 0)),
        ("points", (8, 8, 0)),
        ("full", (8, 8, 8)),
    ):
        choose(page, depth)
        found = [visible(page, f".story {part}") for part in ("h2", ".points", ".implications")]
        assert tuple(found) == shown, depth


def test_three_depths_without_script(browser, live_server, digest):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(ADDRESS)
    assert visible(page, ".implications") == 8
    assert_depths(page)
    assert visible(page, "[data-copy], .theme") == 0
    context.close()


def test_depth_is_chosen_by_keyboard_and_remembered(page, digest):
    page.goto(ADDRESS)
    page.locator("#depth_full").focus()
    page.keyboard.press("ArrowLeft")
    assert visible(page, ".implications") == 0
    page.keyboard.press("ArrowLeft")
    assert visible(page, ".points") == 0
    make_realistic("2026-01-04")
    page.goto("/2026/01/04/")
    assert page.locator("#depth_headlines").is_checked()
    assert visible(page, ".points") == 0
    assert page.context.cookies() == []


def test_one_article_is_shown_whole_at_its_anchor_and_on_its_page(page, digest):
    page.goto(ADDRESS)
    choose(page, "headlines")
    first = digest.articles.first()
    page.goto("about:blank")
    page.goto(first.get_anchor_url())
    assert visible(page, ".points") == visible(page, ".implications") == 1
    page.click(".story:target h2 a")
    page.wait_for_url(f"**{first.get_absolute_url()}")
    assert visible(page, ".points") == visible(page, ".implications") == 1


def test_print_has_everything_whatever_was_chosen(page, digest):
    page.goto(ADDRESS)
    choose(page, "headlines")
    page.emulate_media(media="print", color_scheme="dark")
    assert visible(page, ".points") == visible(page, ".implications") == 8
    assert visible(page, ".depth, .theme, .copy, nav, .finder") == 0
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(0, 0, 0)"
    written = "getComputedStyle(document.querySelector('.citations a'), '::after').content"
    assert page.get_attribute(".citations a", "href") in page.evaluate(written)


def test_print_has_no_forms(page, digest):
    page.emulate_media(media="print")
    for address in ("/search/?q=기사", "/topics/"):
        page.goto(address)
        assert page.locator("main form").count() == 1
        # A page that is new to the browser gets its style for print a moment later.
        expect(page.locator("form >> visible=true")).to_have_count(0)


# Light and dark

# As soon as the page's script has run, before its controls are there.
CHOSEN_ELSEWHERE = """
new MutationObserver((_changes, observer) => {
    if (document.documentElement?.dataset.script === '') {
        observer.disconnect();
        localStorage.setItem('theme', 'dark');
        dispatchEvent(new StorageEvent('storage', {key: 'theme'}));
    }
}).observe(document, {subtree: true, childList: true, attributes: true});
"""


def test_a_choice_in_another_tab_counts_while_the_page_still_comes(page, digest):
    page.add_init_script(CHOSEN_ELSEWHERE)
    page.goto(ADDRESS)
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.input_value("[data-theme-choice]") == "dark"


def paper(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_dark_and_light_are_kept_against_the_system_and_given_back_to_it(page, digest):
    page.emulate_media(color_scheme="light")
    page.goto(ADDRESS)
    light = paper(page)
    page.select_option("[data-theme-choice]", "dark")
    dark = paper(page)
    assert dark != light
    page.goto("/archive/")
    assert paper(page) == dark
    assert page.input_value("[data-theme-choice]") == "dark"
    page.emulate_media(color_scheme="dark")
    page.select_option("[data-theme-choice]", "light")
    assert paper(page) == light
    page.reload()
    assert paper(page) == light
    page.select_option("[data-theme-choice]", "")
    assert paper(page) == dark
    page.reload()
    assert paper(page) == dark


def test_the_choice_holds_before_anything_is_drawn(page, digest):
    page.emulate_media(color_scheme="light")
    page.goto(ADDRESS)
    page.select_option("[data-theme-choice]", "dark")
    choose(page, "headlines")
    page.add_init_script("""
        new MutationObserver((records, observer) => {
            if (document.body) {
                window.atFirst = {...document.documentElement.dataset};
                observer.disconnect();
            }
        }).observe(document, {childList: true, subtree: true});
    """)
    page.reload()
    assert page.evaluate("atFirst") == {"theme": "dark", "depth": "headlines", "script": ""}


# Links


def test_the_link_of_an_article_is_copied_and_said(page, context, digest):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(ADDRESS)
    second = digest.articles.all()[1]
    page.locator("[data-copy]").nth(1).click()
    wait_until(page, "document.querySelector('[data-status]').textContent !== ''")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(second.get_absolute_url())
    page.goto(second.get_absolute_url())
    page.locator("[data-copy]").click()
    wait_until(page, "document.querySelector('[data-status]').textContent !== ''")
    assert page.evaluate("navigator.clipboard.readText()").endswith(second.get_absolute_url())


def test_a_device_that_can_share_gets_a_button_for_it(page, digest):
    page.add_init_script("navigator.share = async data => { window.shared = data; }")
    page.goto(ADDRESS)
    second = digest.articles.order_by("position")[1]
    page.get_by_role("button", name=f"공유 {second.headline}").click()
    shared = page.evaluate("window.shared")
    assert shared["title"] == second.headline
    assert shared["url"].endswith(second.get_absolute_url())
    assert page.locator("[data-share]").count() == digest.articles.count()


def test_without_a_clipboard_the_link_is_copied_all_the_same(page, context, digest):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    read = "window.readText = navigator.clipboard.readText.bind(navigator.clipboard);"
    page.add_init_script(f"{read} Object.defineProperty(navigator, 'clipboard', {{value: {{}}}});")
    page.goto(ADDRESS)
    button = page.locator("[data-copy]").first
    button.focus()
    page.keyboard.press("Enter")
    wait_until(page, "document.querySelector('[data-status]').textContent !== ''")
    assert page.evaluate("readText()").endswith(digest.articles.first().get_absolute_url())
    assert page.evaluate("document.activeElement.matches('[data-copy]')")


# Layout


def test_nothing_moves_while_the_page_comes(page, digest):
    page.add_init_script(VITALS)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for address in (ADDRESS, digest.articles.first().get_absolute_url()):
            page.goto(address)
            let_pass(page, 200)
            assert page.evaluate("shifts") == [], (width, address)
        page.evaluate("localStorage.setItem('depth', 'headlines')")


def test_no_page_scrolls_sideways_at_any_width_or_size_of_text(page, digest):
    addresses = (ADDRESS, digest.articles.first().get_absolute_url())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(address)
            for size in ("100%", "200%"):
                page.evaluate("size => document.documentElement.style.fontSize = size", size)
                found = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert found <= 0, (width, address, size)


def test_the_menu_is_whole_on_narrow_screens_and_with_large_text(page, digest):
    cut = """[...document.querySelectorAll('.masthead nav a')]
        .filter(link => link.getBoundingClientRect().right > innerWidth)
        .map(link => link.textContent)"""
    page.goto("/archive/")
    for width in (240, 360):
        page.set_viewport_size({"width": width, "height": 740})
        for size in ("100%", "150%", "200%"):
            page.evaluate("size => document.documentElement.style.fontSize = size", size)
            assert page.evaluate(cut) == [], (width, size)


def test_nothing_moves_by_itself_for_those_who_asked(page, digest):
    scrolling = "getComputedStyle(document.documentElement).scrollBehavior"
    page.emulate_media(reduced_motion="reduce")
    page.goto(ADDRESS)
    assert page.evaluate(scrolling) == "auto"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(scrolling) == "smooth"


def test_axe_finds_nothing(page, digest):
    rules = {"color-contrast-enhanced": {"enabled": True}}
    for address in (ADDRESS, digest.articles.first().get_absolute_url()):
        page.goto(address)
        for depth in ("headlines", "full"):
            if page.locator(".depth").count():
                choose(page, depth)
            found = axe.violations(page, also_in_the_dark=True, rules=rules)
            assert [violation["id"] for violation in found] == []


# Weight


def test_the_page_of_eight_articles_is_light(page, digest):
    """Bytes with headers, as they are sent; files as they are sent in production, with gzip."""
    make_realistic("2026-01-04")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sent, answers = {}, []
    session.on(
        "Network.loadingFinished",
        lambda event: sent.__setitem__(event["requestId"], event["encodedDataLength"]),
    )
    session.on("Network.responseReceived", lambda event: answers.append(event))
    page.goto(ADDRESS, wait_until="networkidle")
    origin = page.url.removesuffix(ADDRESS)
    urls = {answer["response"]["url"]: answer["requestId"] for answer in answers}
    assert set(sent) == set(urls.values())
    assert all(url.startswith(f"{origin}/") for url in urls)
    # Whoever looks at a page from the address bar also gets an icon, once for all pages.
    urls = {url: key for url, key in urls.items() if "favicon" not in url}
    assert len(urls) <= MAX_REQUESTS, urls
    weights = {url: sent[key] for url, key in urls.items()}
    for url, key in urls.items():
        if "/static/" in url:
            body = session.send("Network.getResponseBody", {"requestId": key})["body"]
            weights[url] += len(gzip.compress(body.encode())) - len(body.encode())
    assert sum(weights.values()) <= MAX_BYTES, weights
    assert page.context.cookies() == []
    assert page.evaluate("document.fonts.size") == 0


def test_a_found_word_does_not_tear_its_headline(page, live_server):
    headline = "중고 가속기 거래소가 문을 열었다"
    digest = make_digest("2026-01-03", articles=0, published=False)
    make_article(digest, headline=headline)
    publish(digest)
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(f"{live_server.url}/search/?q=가속기")
        found = page.locator(".hit h2 a")
        assert found.locator("mark").inner_text() == "가속기"
        assert found.inner_text() == headline  # parts that lie beside each other are lines here


def test_a_line_never_begins_with_the_rest_of_a_korean_word(page, live_server):
    words = ["전력을", "40%를", "(개발사)는", "한·미", "AI)가", "1.2km로"]
    digest = make_digest("2026-01-03", articles=0, published=False)
    make_article(digest, headline="한 줄", points=[" ".join(words)])
    publish(digest)
    page.goto(live_server.url + ADDRESS)
    lines = page.locator(".points li").evaluate(
        """point => {
            point.style = 'width: 1px; overflow-wrap: normal';
            const text = point.firstChild, range = document.createRange(), lines = [];
            let height = null;
            for (let at = 0; at < text.length; at++) {
                range.setStart(text, at);
                range.setEnd(text, at + 1);
                const { top, width } = range.getBoundingClientRect();
                if (width && top !== height) lines.push('');
                if (width) height = top;
                if (width) lines[lines.length - 1] += range.toString();
            }
            return lines;
        }"""
    )
    assert lines == words
