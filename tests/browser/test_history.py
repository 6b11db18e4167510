"""The history of a digest in a real browser: looking, comparing, bringing back."""

import pytest

from articles.digests import revisions
from articles.models import Digest
from tests.admin.history.test_history import change, history_url, revision_url
from tests.browser.axe import serious
from tests.browser.test_desk import desk as desk
from tests.support.desk import change_url
from tests.support.factories import make_digest, record


@pytest.fixture
def digest():
    """Four articles, of which one was moved, one changed and one removed since."""
    digest = make_digest(articles=4, published=False, introduction="첫 머리글입니다.")
    _first, second, third, fourth = record(digest, note="만듦").data["articles"]
    second["outlook"] = "내년에는 두 배로 커질 전망."
    change(digest, title="고친 제목", articles=[fourth, second, third], introduction="새 머리글.")
    return digest


def test_history_is_found_compared_and_brought_back(desk, digest):
    before = digest.revisions.get(number=1).data
    desk.goto(change_url(digest))
    desk.click(".historylink")
    desk.wait_for_url(f"**{history_url(digest)}")
    with desk.expect_navigation():
        desk.click(".history-row >> nth=0 >> .history-what a")
    assert desk.locator(".badge-moved").count() == 1
    with desk.expect_navigation():
        desk.click(".diff-removed button")
    assert Digest.objects.get().articles.count() == 4
    desk.goto(revision_url(digest, 1, "current"))
    with desk.expect_navigation():
        desk.click(".restore-whole button")
    assert desk.locator(".compare-none").is_visible()
    assert revisions.snapshot(Digest.objects.get()) == before


def test_a_difference_is_told_without_colour(desk, digest):
    desk.goto(revision_url(digest, 2))
    for tag, line in (("ins", "underline"), ("del", "line-through")):
        word = desk.locator(f".word-diff {tag}").first
        assert word.evaluate("e => getComputedStyle(e).textDecorationLine") == line
        told = word.evaluate("e => e.previousElementSibling.textContent")
        assert told.strip() not in ("", "[")


def test_nothing_serious_is_found_by_axe(desk, digest):
    for url in (history_url(digest), revision_url(digest, 2), revision_url(digest, 1, "current")):
        desk.goto(url)
        assert serious(desk, also_in_the_dark=True) == [], url


def test_nothing_overflows_a_narrow_screen(desk, digest):
    desk.set_viewport_size({"width": 360, "height": 800})
    for url in (history_url(digest), revision_url(digest, 2)):
        desk.goto(url)
        assert desk.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.expects_console_errors  # 409, which is what the conflict page answers
def test_the_conflict_page_is_usable_and_fits_a_narrow_screen(desk, digest):
    desk.goto(change_url(digest))
    desk.fill("#id_title", "나의 제목")
    change(digest, title="남의 제목")
    with desk.expect_navigation():
        desk.click("[name=_continue]")
    desk.locator(".conflict-choice label").first.click()
    assert serious(desk, also_in_the_dark=True) == []
    desk.set_viewport_size({"width": 360, "height": 800})
    assert desk.evaluate("document.documentElement.scrollWidth") <= 360
    with desk.expect_navigation():
        desk.click(".conflict .submit-row button")
    assert Digest.objects.get().title == "나의 제목"
