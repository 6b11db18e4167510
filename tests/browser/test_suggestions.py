"""What programs suggest, in an open form of a real browser: it arrives, is taken or put away."""

import re

import pytest

from articles.digests import publishing
from articles.models import Digest, Suggestion, WorkingCopy
from tests.browser.axe import serious, violations
from tests.browser.test_autosave import kept, leave
from tests.browser.test_desk import COMPOSE, FINISH, LIST, article, desk, save, unfold
from tests.browser.waiting import let_pass, wait_until
from tests.support.desk import change_url
from tests.support.factories import make_article, make_digest
from tests.support.suggestions import suggest, suggest_article

__all__ = ["desk"]  # a fixture

PAUSE = 300  # milliseconds without a key before what differs is shown anew
BEAT = "document.dispatchEvent(new Event('visibilitychange'))"
OPEN = "[data-suggestion][data-state=open]"
OUTLOOK = "내년 상반기에 더 커질 전망이다."
CITED = {"publisher": "새별신문", "url": "https://saebyeol.example/7", "published_on": "2026-01-03"}
Status = Suggestion.Status


@pytest.fixture
def digest():
    return make_digest(articles=2, published=False)


@pytest.fixture
def first(digest):
    return digest.articles.get(position=1)


def ask(page):
    """Let the page hear of what is new, and return once it has."""
    with page.expect_response(re.compile("/presence/")) as heard:
        page.evaluate(BEAT)
    heard.value.finished()


def card(page, suggestion):
    return page.locator(f"[data-suggestion='{suggestion.pk}']")


def take(page, suggestion):
    card(page, suggestion).locator("[data-suggestion-take]").click()


def put_away(page, suggestion):
    card(page, suggestion).locator("[data-suggestion-dismiss]").click()
    page.wait_for_selector(f"[data-suggestion='{suggestion.pk}'][data-state=dismissed]")


def back(page, suggestion):
    card(page, suggestion).locator("[data-suggestion-back]").click()


def state(page, suggestion):
    return card(page, suggestion).get_attribute("data-state")


def value(page, name):
    return page.input_value(f"[name={name}]")


def number_of(page):
    """How many wait, as the button below the form says; 0 if there is none."""
    button = page.locator("[data-suggestions-jump]")
    return int(re.search(r"\d+", button.inner_text())[0]) if button.is_visible() else 0


def status(suggestion):
    return Suggestion.objects.get(pk=suggestion.pk).status


def differs(page, suggestion):
    """What the card shows as removed and as added, once it is in view."""
    card(page, suggestion).scroll_into_view_if_needed()
    card(page, suggestion).locator("[data-suggestion-text]:not(:empty)").wait_for()
    return tuple(card(page, suggestion).locator(name).all_inner_texts() for name in ("del", "ins"))


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


# Taking


def test_ctrl_z_takes_out_what_was_typed_in(desk, digest, first):
    suggestion = suggest(digest, "outlook", OUTLOOK, article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    field = article(desk, 1).locator("[name$='-outlook']")
    before = field.input_value()
    take(desk, suggestion)
    assert field.input_value() == OUTLOOK
    assert state(desk, suggestion) == "taken"
    assert value(desk, "taken_suggestions") == str(suggestion.pk)
    assert number_of(desk) == 0
    field.locator("xpath=..").locator("[data-preview] >> text=상반기에").wait_for(state="attached")
    desk.keyboard.insert_text(" 더.")
    assert field.input_value() == f"{OUTLOOK} 더."
    desk.keyboard.press("Control+z")
    assert field.input_value() == OUTLOOK
    assert state(desk, suggestion) == "taken"
    desk.keyboard.press("Control+z")
    assert field.input_value() == before
    assert state(desk, suggestion) == "open"
    assert value(desk, "taken_suggestions") == ""
    assert number_of(desk) == 1
    desk.keyboard.press("Control+Shift+z")
    assert field.input_value() == OUTLOOK
    assert state(desk, suggestion) == "taken"


def test_the_card_takes_it_out_as_well(desk, digest, first):
    suggestion = suggest(digest, "outlook", OUTLOOK, article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    before = value(desk, "articles-0-outlook")
    take(desk, suggestion)
    assert card(desk, suggestion).locator("[data-suggestion-back]").inner_text() == "되돌리기"
    back(desk, suggestion)
    assert value(desk, "articles-0-outlook") == before
    assert state(desk, suggestion) == "open"


def test_what_was_written_on_stays(desk, digest, first):
    suggestion = suggest(digest, "outlook", OUTLOOK, article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    take(desk, suggestion)
    desk.keyboard.type(" 아마도.")
    assert card(desk, suggestion).locator("[data-suggestion-back]").inner_text() == "제안 다시 보기"
    back(desk, suggestion)
    assert value(desk, "articles-0-outlook") == f"{OUTLOOK} 아마도."
    assert differs(desk, suggestion) == ([" 아마도."], [])


def test_lines_and_tags_are_added_to_what_is_there(desk, digest, first):
    [own] = [row.url for row in first.citations.all()]
    same = {"publisher": "한빛일보", "url": own, "published_on": None}
    cited = suggest(digest, "citations", [same, CITED], article=first)
    tags = suggest(digest, "tags", ["AI", "로봇"], article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    desk.fill("[name=articles-0-tag_names]", "병원, ai,")
    line = value(desk, "articles-0-citation_lines")
    take(desk, cited)
    added = "새별신문 | https://saebyeol.example/7 | 2026-01-03"
    assert value(desk, "articles-0-citation_lines") == f"{line}\n{added}"
    take(desk, tags)
    assert value(desk, "articles-0-tag_names") == "병원, ai, 로봇, "
    desk.keyboard.press("Control+z")
    assert value(desk, "articles-0-tag_names") == "병원, ai,"
    assert state(desk, tags) == "open"
    take(desk, tags)
    save(desk)
    assert {tag.name for tag in first.tags.all()} >= {"병원", "로봇"}
    assert first.citations.count() == 2


def test_of_two_for_one_field_the_one_that_is_there_counts(desk, digest, first):
    one = suggest(digest, "outlook", OUTLOOK, article=first)
    other = suggest(digest, "outlook", "전혀 다른 전망.", article=first, program="n8n")
    desk.goto(change_url(digest))
    unfold(desk)
    take(desk, one)
    take(desk, other)
    assert value(desk, "articles-0-outlook") == "전혀 다른 전망."
    assert (state(desk, one), state(desk, other)) == ("open", "taken")
    desk.focus("[name=articles-0-outlook]")
    desk.keyboard.press("Control+z")
    assert value(desk, "articles-0-outlook") == OUTLOOK
    assert (state(desk, one), state(desk, other)) == ("taken", "open")
    save(desk)
    assert (status(one), status(other)) == (Status.TAKEN, Status.WAITING)


def test_a_whole_article_fills_a_row_and_leaves_it_again(desk, digest):
    suggestion = suggest_article(
        digest, headline="새 기사", points=["가", "나"], citations=[CITED], tags=["로봇"]
    )
    desk.goto(change_url(digest))
    assert "새별신문" in card(desk, suggestion).inner_text()
    take(desk, suggestion)
    assert value(desk, "articles-2-headline") == "새 기사"
    assert value(desk, "articles-2-points") == "가\n나"
    assert value(desk, "articles-2-tag_names") == "로봇"
    back(desk, suggestion)
    assert value(desk, "articles-2-headline") == ""
    assert state(desk, suggestion) == "open"
    take(desk, suggestion)
    assert desk.locator("[data-article]").count() == 3  # the same row
    article(desk, 3).locator("[name$='-DELETE']").check()
    assert state(desk, suggestion) == "open"
    article(desk, 3).locator("[name$='-DELETE']").uncheck()
    assert state(desk, suggestion) == "taken"
    save(desk)
    made = digest.articles.get(position=3)
    assert (made.headline, made.points) == ("새 기사", ["가", "나"])
    assert status(suggestion) == Status.TAKEN
    desk.locator("[data-suggestion]").wait_for(state="detached")


def test_other_text_gets_a_box_of_its_own(desk, digest, first):
    suggestion = suggest(digest, "other.points", "덧붙인 글.", article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    assert desk.locator("[name=articles-0-other_points]").count() == 0
    take(desk, suggestion)
    assert value(desk, "articles-0-other_points") == "덧붙인 글."
    save(desk)
    first.refresh_from_db()
    assert first.other == [{"after": "points", "text": "덧붙인 글."}]


def test_on_a_touch_screen_no_keyboard_covers_the_card(browser, context, desk, live_server, digest):
    suggestion = suggest(digest, "title", "다른 제목")
    phone = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 390, "height": 800},
        has_touch=True,
        is_mobile=True,
    )
    phone.add_cookies(context.cookies())
    page = phone.new_page()
    page.goto(change_url(digest))
    card(page, suggestion).locator("[data-suggestion-take]").tap()
    assert value(page, "title") == "다른 제목"
    assert page.evaluate("document.activeElement.matches('[data-suggestion-back]')")
    phone.close()


def test_an_article_that_came_after_the_form_was_opened_is_only_told(desk, digest):
    desk.goto(change_url(digest))
    late = make_article(digest, headline="늦은 기사")
    suggestion = suggest(digest, "outlook", OUTLOOK, article=late)
    ask(desk)
    told = card(desk, suggestion).inner_text()
    assert "늦은 기사" in told
    assert OUTLOOK in told
    assert "저장하면 이 화면에 나타납니다" in told
    assert not card(desk, suggestion).locator("[data-suggestion-take]").is_visible()


def test_nothing_typed_elsewhere_is_lost(desk, digest, first):
    suggestion = suggest(digest, "outlook", OUTLOOK, article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    desk.fill("#id_title", "쓰던 제목")
    desk.fill("[name=articles-0-points]", "쓰던 요점")
    desk.fill("[name=articles-1-outlook]", "쓰던 전망")
    take(desk, suggestion)
    save(desk)
    first.refresh_from_db()
    assert (first.points, first.outlook) == (["쓰던 요점"], OUTLOOK)
    assert Digest.objects.get().title == "쓰던 제목"
    assert digest.articles.get(position=2).outlook == "쓰던 전망"
    assert status(suggestion) == Status.TAKEN


def test_leaving_with_something_taken_asks_and_the_draft_knows_it(desk, digest, first):
    suggestion = suggest(digest, "outlook", OUTLOOK, article=first)
    desk.goto(change_url(digest))
    unfold(desk)
    take(desk, suggestion)
    kept(desk)
    leave(desk, LIST)
    desk.goto(change_url(digest))
    assert state(desk, suggestion) == "open"
    with desk.expect_navigation():
        desk.locator("[data-offer] a").click()
    unfold(desk)
    assert value(desk, "articles-0-outlook") == OUTLOOK
    assert state(desk, suggestion) == "taken"
    save(desk)
    assert status(suggestion) == Status.TAKEN
    assert not WorkingCopy.objects.filter(is_closed=False).exists()


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
