"""The editor's desk in a real browser: writing, ordering, errors, publishing, accessibility."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from articles.models import Digest
from tests.browser.axe import serious
from tests.browser.waiting import let_pass, type_at_once, wait_until
from tests.support.desk import change_url
from tests.support.factories import make_article, make_digest

LIST = reverse("admin:articles_digest_changelist")
ADD = reverse("admin:articles_digest_add")
# A composed text fires no keydown for its letters; these are the events an input method sends.
COMPOSE = """(element, text) => {
    element.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));
    element.value = text;
    element.dispatchEvent(new InputEvent('input', {bubbles: true, isComposing: true}));
}"""
FINISH = "element => element.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true}))"


@pytest.fixture
def desk(page, context, client, live_server):
    """The page of an editor who has logged in."""
    editor = User.objects.create_superuser("editor", password="correct horse")
    client.force_login(editor)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([cookie | {"url": live_server.url}])
    return page


def shown(page):
    """The headlines on the page, in their order."""
    return page.eval_on_selector_all(
        "[data-article] [name$='-headline']", "inputs => inputs.map(input => input.value)"
    )


def stored(digest):
    return list(digest.articles.order_by("position").values_list("headline", flat=True))


def save(page):
    """Save in place, and wait until the page says so."""
    line = "document.querySelector('[data-save-line]').dataset.kind"
    page.evaluate(f"delete {line}")
    page.keyboard.press("Control+s")
    wait_until(page, f"{line} === 'saved'")


def save_anew(page):
    """Save where the page is loaded anew, as after the first save of a digest."""
    with page.expect_navigation():
        page.keyboard.press("Control+s")


def article(page, number):
    return page.locator("[data-article]").nth(number - 1)


def unfold(page):
    page.click("[data-fold-all=false]")


def test_logging_in_leads_to_the_list_and_a_digest(page):
    User.objects.create_superuser("editor", password="correct horse")
    digest = make_digest(articles=3, published=False)
    page.goto(LIST)
    page.fill("#id_username", "editor")
    page.fill("#id_password", "correct horse")
    with page.expect_navigation():
        page.press("#id_password", "Enter")
    with page.expect_navigation():
        page.click(f"#result_list >> text={digest.title}")
    assert shown(page) == stored(digest)


def test_previews_follow_typing_also_in_added_articles(desk):
    digest = make_digest(articles=1, published=False)
    desk.goto(change_url(digest))
    desk.keyboard.press("Alt+p")  # beside the live preview they have no room
    desk.click("[data-add]")
    for number in (1, 2):
        box = article(desk, number).locator(".field-outlook")
        box.locator("textarea").fill("**한글**은 굵게")
        box.locator("[data-preview] strong").wait_for()
    save(desk)
    # A draft is saved without a headline, and the preview of the new article is there again.
    box = article(desk, 2).locator(".field-outlook")
    assert "한글은 굵게" in box.locator("[data-preview]").inner_text()


def test_a_preview_waits_for_the_end_of_a_composition(desk):
    digest = make_digest(articles=1, published=False)
    desk.goto(change_url(digest))
    asked = []
    desk.on("request", lambda request: "markdownx" in request.url and asked.append(request.url))
    box = article(desk, 1).locator(".field-outlook")
    box.locator("textarea").evaluate(COMPOSE, "한")
    let_pass(desk, 400)
    assert asked == []
    box.locator("textarea").evaluate(FINISH)
    box.locator("[data-preview] >> text=한").wait_for(state="attached")


@pytest.mark.expects_console_errors
def test_a_failing_preview_says_so_and_leaves_the_text(desk):
    digest = make_digest(articles=1, published=False)
    desk.goto(change_url(digest))
    desk.keyboard.press("Alt+p")
    unfold(desk)
    desk.context.clear_cookies()
    box = article(desk, 1).locator(".field-outlook")
    box.locator("textarea").fill("아직 있는 글")
    box.locator("[data-problem]:not(:empty)").wait_for()
    assert box.locator("textarea").input_value() == "아직 있는 글"


def test_publishing_makes_the_page_public(desk):
    digest = make_digest(articles=2, published=False)
    desk.goto(change_url(digest))
    unfold(desk)
    article(desk, 2).locator("[name$='-headline']").fill("방금 고친 제목")
    for button in ("[name=_publish]", "[name=_publish_now]", ".messagelist a"):
        with desk.expect_navigation():
            desk.click(button)
    assert "방금 고친 제목" in desk.inner_text("main")


def test_withdrawing_asks_first(desk):
    digest = make_digest()
    desk.goto(change_url(digest))
    desk.click("[popovertarget=withdraw-question]:visible")
    desk.keyboard.press("Escape")
    assert not desk.is_visible("[name=_withdraw]")
    desk.click("[popovertarget=withdraw-question]:visible")
    with desk.expect_navigation():
        desk.click("[name=_withdraw]")
    assert Digest.objects.get().status == "withdrawn"


def test_articles_are_moved_by_keyboard_and_keep_the_focus(desk):
    digest = make_digest(articles=4, published=False)
    first, second, third, fourth = stored(digest)
    desk.goto(change_url(digest))
    unfold(desk)
    field = article(desk, 4).locator("[name$='-points']")
    field.focus()
    desk.keyboard.press("Alt+ArrowUp")
    desk.keyboard.press("Alt+ArrowUp")
    assert field.evaluate("e => document.activeElement.name") == "articles-3-points"
    assert "2" in desk.inner_text("[data-live]")
    article(desk, 1).locator("[data-move='1']").click()
    assert shown(desk) == [fourth, first, second, third]
    save(desk)
    assert stored(digest) == [fourth, first, second, third]


def test_articles_are_moved_by_dragging(desk):
    digest = make_digest(articles=5, published=False)
    before = stored(digest)
    desk.goto(change_url(digest))
    unfold(desk)
    desk.evaluate("window.scrollTo(0, 0)")
    article(desk, 1).locator("[data-grip]").hover()
    desk.mouse.down()
    target = article(desk, 3).bounding_box()
    desk.mouse.move(target["x"] + 10, target["y"] + 5)
    desk.mouse.move(target["x"] + 10, target["y"] + target["height"] - 5, steps=3)
    desk.mouse.up()
    after = [before[1], before[2], before[0], *before[3:]]
    assert shown(desk) == after
    save(desk)
    assert stored(digest) == after


def test_an_error_keeps_text_and_order_and_opens_its_article(desk):
    digest = make_digest(articles=4, published=False)
    before = stored(digest)
    desk.goto(change_url(digest))
    unfold(desk)
    article(desk, 4).locator("[name$='-headline']").focus()
    desk.keyboard.press("Alt+ArrowUp")
    article(desk, 1).locator("[name$='-citation_lines']").fill("가" * 3_001)
    article(desk, 2).locator("[name$='-outlook']").fill("고친 전망")
    save_anew(desk)
    assert shown(desk) == [before[0], before[1], before[3], before[2]]
    folded = desk.eval_on_selector_all(
        "[data-fold]", "buttons => buttons.map(b => b.getAttribute('aria-expanded'))"
    )
    assert folded[0] == "true"
    assert article(desk, 2).locator("[name$='-outlook']").input_value() == "고친 전망"
    desk.click(".problems a")
    assert desk.evaluate("document.activeElement.name") == "articles-0-citation_lines"
    article(desk, 1).locator("[name$='-citation_lines']").fill("")
    save_anew(desk)
    assert stored(digest) == [before[0], before[1], before[3], before[2]]


def test_a_marked_article_does_not_count_and_goes(desk):
    digest = make_digest(articles=3, published=False)
    before = stored(digest)
    desk.goto(change_url(digest))
    article(desk, 2).locator("[name$='-DELETE']").check()
    assert desk.inner_text("[data-total]") == "2"
    assert article(desk, 3).locator("[data-number]").inner_text() == "2"
    save(desk)
    assert stored(digest) == [before[0], before[2]]


def test_leaving_with_unsaved_text_asks(desk):
    digest = make_digest(articles=1, published=False)
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.goto(change_url(digest))
    desk.goto(LIST)
    assert asked == []
    desk.goto(change_url(digest))
    desk.fill("#id_title", "아직 저장하지 않은 제목")
    desk.goto(LIST)
    assert asked == ["beforeunload"]


def test_saving_comes_back_to_the_same_place(desk):
    digest = make_digest(articles=6, published=False)
    desk.goto(change_url(digest))
    article(desk, 5).locator("[data-fold]").click()
    desk.focus("[name=articles-4-outlook]")
    desk.keyboard.press("End")
    desk.keyboard.type(" 끝.")
    save(desk)
    assert desk.evaluate("document.activeElement.name") == "articles-4-outlook"
    desk.keyboard.type("!")
    assert desk.input_value("[name=articles-4-outlook]").endswith("끝.!")


def test_tags_are_suggested_also_in_added_articles(desk):
    digest = make_digest(articles=0, published=False)
    make_article(digest, tags=["AI 반도체", "AI 규제", "엣지"])
    desk.goto(change_url(digest))
    desk.keyboard.press("Alt+n")
    tags = article(desk, 2).locator("[name$='-tag_names']")
    tags.focus()
    type_at_once(tags, "새것, ai")
    desk.wait_for_selector("[role=option]")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    assert tags.input_value() == "새것, AI 반도체, "
    tags.press_sequentially("엣")
    desk.wait_for_selector("[role=option]")
    desk.keyboard.press("Escape")
    assert desk.locator("[role=option]").count() == 0
    tags.evaluate(COMPOSE, "엣")
    let_pass(desk, 300)
    assert desk.locator("[role=option]").count() == 0


def test_nothing_serious_is_found_by_axe(desk):
    digest = make_digest(articles=3, introduction="**머리글**", front_matter={"layout": "post"})
    desk.goto(change_url(digest))
    assert serious(desk, also_in_the_dark=True) == []
    unfold(desk)
    assert serious(desk, also_in_the_dark=True) == []
    desk.fill("#id_title", "")
    save_anew(desk)
    assert desk.locator(".problems").count() == 1
    assert serious(desk, also_in_the_dark=True) == []


def test_nothing_serious_is_found_on_the_other_pages(desk):
    digest = make_digest()
    corrections = reverse("admin:articles_digest_corrections", args=[digest.pk])
    for url in (LIST, corrections, reverse("admin:articles_tag_changelist")):
        desk.goto(url)
        assert serious(desk) == [], url


def test_nothing_overflows_a_narrow_screen(desk):
    digest = make_digest(articles=2)
    for width in (360, 768):
        desk.set_viewport_size({"width": width, "height": 800})
        desk.goto(change_url(digest))
        unfold(desk)
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
