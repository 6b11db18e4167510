"""What only a browser shows of the page of all feeds: copying, and that it needs no script."""

from tests.browser import axe
from tests.browser.waiting import wait_until
from tests.support.factories import make_digest

FIELD = "#feed_articles_rss"
STATE = "[data-copy-state]"


def test_an_address_is_copied_with_a_word_in_its_own_section(context):
    make_digest(articles=1)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto("/subscribe/")
    address = page.input_value(FIELD)
    assert address.endswith("/feeds/articles.rss")
    page.click(f"{FIELD} + button")
    wait_until(page, f"document.querySelectorAll('{STATE}')[1].textContent !== ''")
    assert page.evaluate("navigator.clipboard.readText()") == address
    states = page.locator(STATE).all_inner_texts()
    assert [bool(state) for state in states] == [False, True, False]
    page.click(".offer:nth-of-type(2) summary")
    assert page.is_visible("#feed_articles_json + button")
    assert axe.violations(page) == []


def test_the_word_is_in_sight_also_below_the_edge_of_a_phone(context):
    make_digest(articles=1)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/subscribe/")
    page.locator(FIELD).evaluate("field => field.scrollIntoView({block: 'end'})")
    page.click(f"{FIELD} + button")
    bottom = f"document.querySelectorAll('{STATE}')[1].getBoundingClientRect().bottom"
    wait_until(page, f"{bottom} - innerHeight < 1")  # smooth scrolling takes its time


def test_without_script_addresses_are_there_and_buttons_are_not(browser, live_server):
    make_digest(articles=1)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/subscribe/")
    assert page.locator(FIELD).is_visible()
    assert page.locator(".address button:visible").count() == 0
    context.close()


def test_it_fits_a_narrow_phone(page):
    make_digest(articles=1)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/subscribe/")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    top = page.locator(".masthead nav li").evaluate_all("all => all.map(li => li.offsetTop)")
    assert len(set(top)) == 1, "the menu is in one line"
