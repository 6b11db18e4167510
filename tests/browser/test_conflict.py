"""The page for a save that met another, in a real browser: one field is asked about."""

import pytest

from articles.digests import revisions
from tests.admin.history.test_history import change
from tests.browser.axe import serious
from tests.browser.test_desk import desk as desk
from tests.browser.test_desk import unfold
from tests.support.desk import change_url
from tests.support.factories import make_digest, make_user, record

# 409, which is what the page answers.
pytestmark = pytest.mark.expects_console_errors


@pytest.fixture
def digest():
    digest = make_digest(articles=4, published=False)
    record(digest)
    return digest


@pytest.fixture
def meeting(desk, digest):
    """The page after both editors changed the outlook of an article, and another field of it."""
    desk.goto(change_url(digest))
    unfold(desk)
    desk.fill("[name=articles-0-outlook]", "내년에는 세 배로 커질 전망.")
    desk.fill("[name=articles-0-read_by]", "김민지")
    first, *others = revisions.snapshot(digest)["articles"]
    first |= {"outlook": "내년에는 두 배로 커질 전망.", "industry_impact": "남의 영향."}
    change(digest, make_user(first_name="서연"), articles=[first, *others])
    with desk.expect_navigation():
        desk.click("[name=_continue]")
    return desk


def test_one_field_is_asked_about_and_answered_on_a_narrow_screen(meeting, digest):
    meeting.set_viewport_size({"width": 360, "height": 800})
    assert meeting.locator(".conflict-side").count() == 1
    assert meeting.evaluate("document.documentElement.scrollWidth") <= 360
    assert serious(meeting, also_in_the_dark=True) == []
    for mark, word in zip(meeting.locator("mark").all(), ("세", "두"), strict=True):
        assert mark.inner_text() == word
        assert mark.evaluate("e => getComputedStyle(e).textDecorationLine") == "underline"
    assert "남의 영향." not in meeting.locator("#content").inner_text()
    option = meeting.locator(".conflict-option").first
    assert option.bounding_box()["height"] >= 44
    option.click(position={"x": 40, "y": option.bounding_box()["height"] - 12})
    with meeting.expect_navigation():
        meeting.click(".conflict .submit-row button")
    article = digest.articles.get(position=1)
    assert article.outlook == "내년에는 세 배로 커질 전망."
    assert (article.industry_impact, article.read_by) == ("남의 영향.", "김민지")


def test_what_was_not_chosen_is_one_click_away(meeting):
    meeting.get_by_role("radio", name="서연").check()
    with meeting.expect_navigation():
        meeting.click(".conflict .submit-row button")
    with meeting.expect_navigation():
        meeting.click(".messagelist a[href*='#article-']")
    assert "세" in meeting.locator(".word-diff del").all_inner_texts()


def test_every_kind_of_question_is_accessible_and_fits_a_narrow_screen(desk, digest):
    desk.goto(change_url(digest))
    unfold(desk)
    desk.fill("[name=articles-0-points]", "둘째 요점\n첫째 요점")
    desk.fill("[name=articles-0-outlook]", "")
    for number, place in enumerate("21"):
        order = desk.locator(f"[name=articles-{number}-ORDER]")
        order.evaluate("(input, place) => { input.value = place }", place)
    desk.locator("[name=articles-2-DELETE]").evaluate("box => { box.checked = true }")
    first, second, third, fourth = revisions.snapshot(digest)["articles"]
    first |= {"outlook": f"긴 낱말 {'가' * 80}", "points": ["고친 요점", "둘째 요점"]}
    third |= {"headline": "고친 제목"}
    change(digest, articles=[fourth, first, second, third])
    with desk.expect_navigation():
        desk.click("[name=_continue]")
    assert desk.locator(".conflict-side").count() == 4
    assert serious(desk, also_in_the_dark=True) == []
    desk.set_viewport_size({"width": 360, "height": 800})
    assert desk.evaluate("document.documentElement.scrollWidth") <= 360
