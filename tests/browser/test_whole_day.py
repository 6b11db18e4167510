"""A whole day at the desk: from an empty list to a page that readers see."""

import pytest

from articles.models import Digest, Publisher, PublisherDomain
from tests.browser.test_desk import LIST, desk, save, shown, stored
from tests.browser.test_starting import HEADLINES, POST
from tests.browser.waiting import wait_until

__all__ = ["desk"]  # a fixture
FOCUSED = "document.activeElement.name || document.activeElement.textContent.trim()"
PREVIEW = "[data-live-preview] iframe"


class Keys:
    """The keys pressed on a page; Tab is counted."""

    def __init__(self, page):
        self.page, self.tabs = page, 0

    def press(self, key):
        self.tabs += key == "Tab"
        self.page.keyboard.press(key)

    def tab_to(self, *names):
        """Press Tab until something with one of the names or texts has the focus."""
        for _ in range(240):
            if self.page.evaluate(FOCUSED).startswith(names):
                return
            self.press("Tab")
        pytest.fail(f"Tab does not reach {names}")

    def type(self, text):
        self.page.keyboard.type(text)


def write_article(keys, number):
    """From the headline on; Enter leads to the points, Tab to what follows.

    The letters of the first are typed one by one; those of the others come as an input method's.
    """
    write = keys.type if number == 1 else keys.page.keyboard.insert_text
    write(f"{number}번 소식")
    keys.press("Enter")
    write("첫 요점\n둘째 요점")
    for text in (
        f"한빛일보 | https://hanbit.example/{number}",
        "칩, 규제",
        f"이야기 {number}",
        "뜻",
        "영향",
        f"{number}번 전망",
    ):
        keys.press("Tab")
        write(text)


def test_ten_articles_from_an_empty_desk_to_readers_by_keyboard_alone(desk):
    keys = Keys(desk)
    desk.goto(LIST)
    keys.tab_to("start", "Start", *(f"{month}월" for month in range(1, 13)))
    with desk.expect_navigation():
        keys.press("Enter")
    wait_until(desk, f"({FOCUSED}) === 'articles-0-headline'")
    for number in range(1, 11):
        if desk.evaluate(FOCUSED) != f"articles-{number - 1}-headline":
            if number > desk.locator("[data-article]").count():
                keys.press("Alt+n")
            keys.tab_to(f"articles-{number - 1}-headline")
        write_article(keys, number)
    keys.press("Alt+ArrowUp")
    inside = desk.frame_locator(PREVIEW)
    inside.get_by_text("10번 전망").wait_for()
    save(desk)
    digest = Digest.objects.get()
    wanted = [f"{number}번 소식" for number in (1, 2, 3, 4, 5, 6, 7, 8, 10, 9)]
    assert stored(digest) == wanted
    desk.reload()
    assert shown(desk)[:10] == wanted
    assert all(a.citations.count() == 1 and len(a.points) == 2 for a in digest.articles.all())
    keys.tab_to("_publish")
    for button in ("_publish", "_publish_now"):  # the second is the one sentence that is asked
        wait_until(desk, f"({FOCUSED}) === '{button}'")
        with desk.expect_navigation():
            keys.press("Enter")
    assert keys.tabs < 340, keys.tabs
    desk.goto(digest.get_absolute_url())
    headlines = desk.locator(".story h2").all_inner_texts()
    assert headlines == wanted


def test_six_pasted_articles_reach_readers_in_eight_clicks_and_one_key(desk):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    clicks = 0

    def click(selector, *, leads_on=False):
        nonlocal clicks
        clicks += 1
        if leads_on:
            with desk.expect_navigation():
                desk.click(selector)
        else:
            desk.click(selector)

    publisher = Publisher.objects.create(name="晨光科技报", slug="chenguang")
    PublisherDomain.objects.create(publisher=publisher, domain="chenguang.example")
    desk.goto(LIST)
    desk.evaluate("text => navigator.clipboard.writeText(text)", POST)
    click(".start button.default", leads_on=True)
    click("[data-paste-open]")
    desk.keyboard.press("Control+v")
    click("[data-paste-read]")
    click("[data-paste-fill]")
    desk.wait_for_selector("[data-paste-done]:not(:empty)")
    click("[name=_publish]", leads_on=True)
    usual = desk.locator("[name^=reason-][value=house-style]").all()  # the post is not of today
    for name in [reason.get_attribute("name") for reason in usual]:
        click(f"[name={name}][value=house-style]")
    click("[name=_publish_now]", leads_on=True)
    assert clicks == 8
    digest = Digest.objects.published().get()
    desk.goto(digest.get_absolute_url())
    assert desk.locator(".story h2").all_inner_texts() == HEADLINES
