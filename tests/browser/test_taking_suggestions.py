"""What programs suggest, taken into an open form of a real browser."""

from articles.models import Digest, WorkingCopy
from tests.browser.suggestion_cards import (
    CITED,
    OUTLOOK,
    Status,
    ask,
    back,
    card,
    differs,
    digest,
    first,
    number_of,
    state,
    status,
    take,
    value,
)
from tests.browser.test_autosave import kept, leave
from tests.browser.test_desk import LIST, article, desk, save, unfold
from tests.support.desk import change_url
from tests.support.factories import make_article
from tests.support.suggestions import suggest, suggest_article

__all__ = ["desk", "digest", "first"]  # fixtures


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
