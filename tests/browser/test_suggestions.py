"""What programs suggest, in an open form of a real browser: it arrives, and is put away."""

import re

import pytest

from articles.digests import publishing
from articles.models import Digest, Suggestion
from tests.browser.axe import serious, violations
from tests.browser.suggestion_cards import (
    CITED,
    OPEN,
    OUTLOOK,
    PAUSE,
    Status,
    ask,
    card,
    differs,
    digest,
    first,
    number_of,
    put_away,
    state,
    status,
    take,
    value,
)
from tests.browser.test_desk import COMPOSE, FINISH, article, desk, save, unfold
from tests.browser.waiting import let_pass, wait_until
from tests.support.desk import change_url
from tests.support.suggestions import suggest, suggest_article

__all__ = ["desk", "digest", "first"]  # fixtures


# Arriving


def test_a_suggestion_arrives_in_an_open_form_and_disturbs_nobody(desk, digest, first):
    desk.goto(change_url(digest))
    unfold(desk)
    assert number_of(desk) == 0
    field = desk.locator("[name=articles-0-outlook]")
    field.focus()
    desk.keyboard.press("Home")
    desk.keyboard.type("방금 ")
    headline = suggest(digest, "headline", "다른 제목", article=first)
    outlook = suggest(digest, "outlook", OUTLOOK, article=first)
    top = field.bounding_box()["y"]
    ask(desk)
    card(desk, outlook).wait_for()
    # The card of the headline came above the field that is written, which stayed where it was.
    assert card(desk, headline).bounding_box()["y"] < top
    assert field.bounding_box()["y"] == pytest.approx(top, abs=1)
    assert desk.evaluate("document.activeElement.name") == "articles-0-outlook"
    assert field.evaluate("field => field.selectionStart") == len("방금 ")
    assert value(desk, "articles-0-outlook") == "방금 내년에 더 커질 전망."
    assert "horizon" in card(desk, outlook).inner_text()
    assert number_of(desk) == 2
    assert "2" in desk.inner_text("[data-suggestions-live]")
    assert article(desk, 1).locator("[data-suggested]").inner_text() == "제안 2"
    assert not article(desk, 2).locator("[data-suggested]").is_visible()


def test_a_card_is_below_its_field(desk, digest, first):
    found = [
        suggest(digest, "title", "다른 제목"),
        suggest(digest, "introduction", "다른 머리글"),
        suggest(digest, "points", ["다른 요점"], article=first),
        suggest(digest, "citations", [CITED], article=first),
        suggest(digest, "tags", ["로봇"], article=first),
        suggest(digest, "outlook", OUTLOOK, article=first),
    ]
    inputs = ["title", "introduction"]
    inputs += [
        f"articles-0-{name}" for name in ("points", "citation_lines", "tag_names", "outlook")
    ]
    desk.goto(change_url(digest))
    unfold(desk)
    for suggestion, name in zip(found, inputs, strict=True):
        field = desk.locator(f"[name={name}]").bounding_box()
        box = card(desk, suggestion).bounding_box()
        gap = box["y"] - field["y"] - field["height"]
        assert 0 < gap < 120, name
        assert box["x"] == pytest.approx(field["x"], abs=2), name


def test_what_is_withdrawn_goes(desk, digest, first):
    suggestion = suggest(digest, "outlook", OUTLOOK, article=first)
    desk.goto(change_url(digest))
    assert number_of(desk) == 1
    Suggestion.objects.update(status=Status.UNDONE)
    ask(desk)
    card(desk, suggestion).wait_for(state="detached")
    assert number_of(desk) == 0
    assert not article(desk, 1).locator("[data-suggested]").is_visible()


def test_no_card_goes_while_its_buttons_have_the_focus(desk, digest, first):
    used = suggest(digest, "headline", "다른 제목", article=first)
    other = suggest(digest, "outlook", OUTLOOK, article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    card(desk, used).locator("[data-suggestion-dismiss]").focus()
    Suggestion.objects.update(status=Status.UNDONE)
    ask(desk)
    card(desk, other).wait_for(state="detached")
    assert card(desk, used).is_visible()
    desk.focus("#id_title")
    card(desk, used).wait_for(state="detached")


def test_nothing_arrives_in_the_middle_of_a_syllable(desk, digest, first):
    desk.goto(change_url(digest))
    unfold(desk)
    field = article(desk, 1).locator("[name$='-outlook']")
    field.evaluate(COMPOSE, "한")
    suggestion = suggest(digest, "outlook", OUTLOOK, article=first)
    ask(desk)
    let_pass(desk, PAUSE)
    assert card(desk, suggestion).count() == 0
    field.evaluate(FINISH)
    card(desk, suggestion).wait_for()
    assert field.input_value() == "한"


def test_what_differs_follows_what_is_typed(desk, digest, first):
    suggestion = suggest(digest, "outlook", OUTLOOK, article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    assert differs(desk, suggestion) == (["내년에 ", "전망"], ["내년 상반기에 ", "전망이다"])
    desk.fill("[name=articles-0-outlook]", "내년 상반기에 더 커질 전망.")
    wait_until(desk, "document.querySelectorAll('[data-suggestion] ins').length === 1")
    assert differs(desk, suggestion) == (["전망"], ["전망이다"])
    desk.fill("[name=articles-0-outlook]", OUTLOOK)
    card(desk, suggestion).locator("[data-suggestion-take]").wait_for(state="hidden")
    assert "지금 글과 같습니다" in card(desk, suggestion).inner_text()


def test_the_button_leads_from_one_to_the_next(desk, digest, first):
    suggestions = [
        suggest(digest, "title", "다른 제목"),
        suggest(digest, "outlook", OUTLOOK, article=first),
        suggest_article(digest, headline="새 기사"),
    ]
    desk.goto(change_url(digest))
    assert not card(desk, suggestions[1]).is_visible()
    button = desk.locator("[data-suggestions-jump]")
    for suggestion in [*suggestions, suggestions[0]]:
        focused = (
            f"document.activeElement.closest('[data-suggestion=\"{suggestion.pk}\"]') !== null"
        )
        button.evaluate("button => button.click()")  # the focus stays on the card
        assert desk.evaluate(focused)
        assert card(desk, suggestion).is_visible()
    # From the button itself, to the first.
    button.focus()
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.closest('.form-row')") is not None


# Putting away


def test_what_is_put_away_can_come_back(desk, digest, first):
    suggestion = suggest(digest, "outlook", OUTLOOK, article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    card(desk, suggestion).locator("[data-suggestion-dismiss]").focus()
    desk.keyboard.press("Enter")
    desk.wait_for_selector("[data-suggestion][data-state=dismissed]")
    assert status(suggestion) == Status.DISMISSED
    assert "치웠습니다" in card(desk, suggestion).inner_text()
    assert number_of(desk) == 0
    assert desk.evaluate("document.activeElement.matches('[data-suggestion-back]')")
    ask(desk)
    assert state(desk, suggestion) == "dismissed"
    desk.keyboard.press("Enter")
    desk.wait_for_selector(OPEN)
    assert status(suggestion) == Status.WAITING
    assert number_of(desk) == 1
    put_away(desk, suggestion)
    desk.reload()
    desk.locator("[data-suggestion]").wait_for(state="detached")


@pytest.mark.expects_console_errors
def test_a_failure_says_so_and_the_card_stays(desk, digest, first):
    suggestion = suggest(digest, "outlook", OUTLOOK, article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    desk.route(re.compile("/dismiss/"), lambda route: route.fulfill(status=500, body="?"))
    card(desk, suggestion).locator("[data-suggestion-dismiss]").click()
    card(desk, suggestion).locator("[data-suggestion-problem]:not(:empty)").wait_for()
    assert state(desk, suggestion) == "open"
    desk.unroute_all()
    Suggestion.objects.update(status=Status.TAKEN)
    card(desk, suggestion).locator("[data-suggestion-dismiss]").click()
    wait_until(
        desk, "document.querySelector('[data-suggestion-problem]').textContent.includes('그사이')"
    )
    desk.focus("#id_title")
    ask(desk)
    card(desk, suggestion).wait_for(state="detached")


# Everything else


def test_a_digest_that_readers_have_shows_them_in_its_form(desk, digest, first):
    publishing.publish(digest, unchecked=True)
    suggestion = suggest(digest, "outlook", OUTLOOK, article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    take(desk, suggestion)
    desk.keyboard.press("Control+s")
    desk.check("[name=change_kind][value=typo]")
    save(desk)
    first.refresh_from_db()
    assert first.outlook == OUTLOOK
    assert status(suggestion) == Status.TAKEN


def test_without_a_script_they_are_listed_and_put_away(browser, context, desk, live_server, digest):
    suggestion = suggest(digest, "title", "다른 제목")
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(change_url(digest))
    assert "다른 제목" in page.inner_text("[data-suggestion-list]")
    with page.expect_navigation():
        page.click("[data-suggestion-list] button")
    assert page.locator("[data-suggestion-list]").count() == 0
    assert status(suggestion) == Status.DISMISSED
    plain.close()


def everywhere(digest):
    """A suggestion of every kind, some of them long."""
    first, second = digest.articles.order_by("position")
    suggest(digest, "title", "다른 제목")
    suggest(digest, "introduction", "아주 긴 머리글입니다. " * 200)
    suggest(digest, "points", ["둘째 요점", "셋째 요점"], article=first)
    long_address = f"https://saebyeol.example/{'a' * 300}"
    suggest(digest, "citations", [CITED, CITED | {"url": long_address}], article=first)
    suggest(digest, "tags", ["로봇", "병원"], article=first)
    for program in ("horizon", "n8n"):
        suggest(digest, "outlook", f"{program}의 전망", article=second, program=program)
    suggest(digest, "other.points", "덧붙인 글.", article=second)
    suggest_article(digest, headline="새 기사", points=["가" * 200] * 9, citations=[CITED])


def test_axe_finds_nothing_in_any_state(desk, digest):
    everywhere(digest)
    desk.goto(change_url(digest))
    unfold(desk)
    desk.locator(f"{OPEN} [data-suggestion-take]").nth(3).click()
    desk.locator(f"{OPEN} [data-suggestion-dismiss]").nth(1).click()
    desk.wait_for_selector("[data-suggestion][data-state=dismissed]")
    assert serious(desk, also_in_the_dark=True) == []
    ours = [
        (fault["id"], node["html"])
        for fault in violations(desk)
        for node in fault["nodes"]
        if "suggest" in node["html"]
    ]
    assert ours == []


@pytest.mark.parametrize("width", [360, 390, 1440])
def test_nothing_overflows(desk, digest, width):
    everywhere(digest)
    desk.set_viewport_size({"width": width, "height": 800})
    desk.goto(change_url(digest))
    unfold(desk)
    assert desk.evaluate("document.documentElement.scrollWidth") <= width
    for number in range(desk.locator(OPEN).count()):
        box = desk.locator(OPEN).nth(number).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_a_long_text_shows_the_places_that_differ(desk, digest):
    text = " ".join(f"{number}번째 문장입니다." for number in range(400))
    Digest.objects.update(introduction=text)
    suggestion = suggest(digest, "introduction", text.replace("200번째", "이백 번째"))
    desk.goto(change_url(digest))
    assert differs(desk, suggestion) == (["200번째"], ["이백 번째"])
    assert len(card(desk, suggestion).locator("[data-suggestion-text]").inner_text()) < 300
    take(desk, suggestion)
    assert value(desk, "introduction") == text.replace("200번째", "이백 번째")


def test_of_many_those_far_down_are_drawn_when_they_come_into_view(desk, digest):
    many = [suggest(digest, "title", f"{n}번째 제목", program=f"p{n}") for n in range(60)]
    desk.goto(change_url(digest))
    assert number_of(desk) == 60
    assert desk.locator(f"{OPEN}:has(ins)").count() < 60
    assert differs(desk, many[-1])[1]
