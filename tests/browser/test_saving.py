"""Saving in place in a real browser: the form stays, whatever the server and others do."""

import re

import pytest

from articles.digests import publishing, revisions
from articles.models import Comment, Correction, Digest
from tests.admin.history.test_history import WRITER, change
from tests.browser.axe import serious
from tests.browser.test_desk import article, desk, save, shown, stored, unfold
from tests.browser.waiting import wait_until
from tests.support import waiting
from tests.support.desk import change_url
from tests.support.factories import make_digest, make_user, record

__all__ = ["desk"]  # a fixture
KIND = "document.querySelector('[data-save-line]').dataset.kind"
SAVE = re.compile(r"/change/$")


@pytest.fixture
def digest():
    digest = make_digest(articles=3, published=False)
    record(digest)
    return digest


def open_form(desk, digest):
    desk.goto(change_url(digest))
    desk.evaluate("window.isSamePage = true")
    unfold(desk)


def is_same_page(desk):
    return desk.evaluate("window.isSamePage === true")


def wait_for(desk, kind):
    wait_until(desk, f"{KIND} === '{kind}'")


def saves(digest):
    return digest.revisions.filter(kind=revisions.Kind.SAVED).count()


def test_saving_keeps_the_page_the_caret_and_what_can_be_undone(desk, digest):
    open_form(desk, digest)
    outlook = article(desk, 2).locator("[name$='-outlook']")
    outlook.click()
    desk.keyboard.press("ControlOrMeta+A")
    desk.keyboard.type("새 전망을 씁니다.")
    for _step in range(4):
        desk.keyboard.press("ArrowLeft")
    article(desk, 2).locator("[name$='-comment']").fill("확인했습니다")
    article(desk, 1).locator("[name$='-DELETE']").check()
    desk.click("[data-add]")
    desk.keyboard.type("새 기사")
    outlook.focus()
    before = desk.evaluate("[scrollY, document.activeElement.selectionStart]")
    save(desk)
    assert is_same_page(desk)
    assert desk.evaluate("[scrollY, document.activeElement.selectionStart]")[1] == before[1]
    assert re.search(r"\d\d:\d\d", desk.inner_text("[data-save-line]"))
    assert stored(digest) == shown(desk)
    assert len(stored(digest)) == 3
    assert article(desk, 1).locator("[name$='-comment']").input_value() == ""
    assert "확인했습니다" in article(desk, 1).locator(".comment-list").inner_text()
    desk.keyboard.press("ControlOrMeta+Z")
    assert outlook.input_value() != "새 전망을 씁니다."
    desk.keyboard.press("ControlOrMeta+Shift+Z")
    article(desk, 3).locator("[name$='-headline']").fill("새 기사의 고친 제목")
    save(desk)
    assert stored(digest) == shown(desk)
    assert Comment.objects.count() == 1
    assert saves(digest) == 3
    assert serious(desk, also_in_the_dark=True) == []
    desk.goto("/admin/")  # nothing is unsaved, so nothing asks
    assert desk.url.endswith("/admin/")


def test_a_save_in_place_sends_what_the_button_of_the_form_sends(desk, digest):
    open_form(desk, digest)
    text = "첫 줄 & +100% 😀\n\n둘째 줄"
    desk.fill("#id_introduction", text)
    with desk.expect_request(lambda request: request.method == "POST") as sent:
        save(desk)
    # Django needs a quarter of the time for this than for parts of a multipart message.
    assert sent.value.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert Digest.objects.get().introduction == text
    before = saves(digest)
    with desk.expect_navigation():
        desk.evaluate("document.querySelector('[name=_continue]').form.submit()")
    assert Digest.objects.get().introduction == text
    assert saves(digest) == before


def test_two_editors_merge_in_place(desk, digest):
    open_form(desk, digest)
    article(desk, 1).locator("[name$='-outlook']").fill("내 전망.")
    first, _second, third = revisions.snapshot(digest)["articles"]
    added = first | {"uid": "11111111-1111-4111-8111-111111111111", "headline": "남의 새 기사"}
    change(
        digest,
        make_user(first_name="서연"),
        title="남의 제목",
        articles=[third, first | {"read_by": "서연"}, added],
    )
    save(desk)
    assert is_same_page(desk)
    assert desk.input_value("#id_title") == "남의 제목"
    assert shown(desk) == stored(digest)
    assert len(stored(digest)) == 3
    assert article(desk, 2).locator("[name$='-outlook']").input_value() == "내 전망."
    assert article(desk, 2).locator("[name$='-read_by']").input_value() == "서연"
    assert "서연" in desk.inner_text("[data-save-told]")
    unfold(desk)
    article(desk, 3).locator("[name$='-headline']").fill("함께 고친 새 기사")
    save(desk)
    assert stored(digest)[2] == "함께 고친 새 기사"
    assert stored(digest) == shown(desk)


@pytest.mark.expects_console_errors
@pytest.mark.parametrize("loss", ["of the request", "of the answer", "of the server", "offline"])
def test_without_a_server_the_save_waits_and_is_made_once(desk, digest, loss):
    def lose(route):
        if route.request.method != "POST" or loss == "of the request":
            route.abort()
        elif loss == "of the answer":
            route.fetch()
            route.abort()
        else:
            route.fulfill(status=503, body="?")

    open_form(desk, digest)
    before = saves(digest)
    desk.fill("#id_title", "첫 제목")
    if loss == "offline":
        desk.context.set_offline(True)
    else:
        desk.route(SAVE, lose)
    desk.keyboard.press("Control+s")
    wait_for(desk, "pending")
    assert "연결되면 저장합니다" in desk.inner_text("[data-save-line]")
    desk.fill("#id_title", "기다리며 고친 제목")
    desk.context.set_offline(False)
    desk.unroute_all()
    desk.evaluate("window.dispatchEvent(new Event('online'))")
    waiting.wait_until(lambda: Digest.objects.get().title == "기다리며 고친 제목")
    wait_for(desk, "saved")
    assert is_same_page(desk)
    assert desk.input_value("#id_title") == "기다리며 고친 제목"
    # What waited is also saved if it was sent again just before more was typed.
    expected = {2} if loss == "of the answer" else {1, 2}
    assert saves(digest) - before in expected
    desk.goto("/admin/")
    assert desk.url.endswith("/admin/")
    desk.goto(change_url(digest))
    assert desk.locator("[data-offer]:visible, [data-local-offer]:visible").count() == 0


@pytest.mark.expects_console_errors
def test_a_save_whose_answer_was_lost_leaves_no_copy_behind(desk, digest):
    open_form(desk, digest)
    desk.fill("#id_title", "첫 제목")
    desk.route(SAVE, lambda route: (route.fetch(), route.abort()))
    desk.keyboard.press("Control+s")
    # The next copy is refused, since its form was saved, and goes on under another key.
    wait_until(desk, "document.querySelector('[name=copy_key]') !== null")
    desk.fill("#id_title", "그 뒤에 고친 제목")
    desk.unroute_all(behavior="ignoreErrors")
    desk.evaluate("window.dispatchEvent(new Event('online'))")
    waiting.wait_until(lambda: Digest.objects.get().title == "그 뒤에 고친 제목")
    wait_for(desk, "saved")
    desk.goto(change_url(digest))
    assert desk.locator("[data-offer]:visible, [data-local-offer]:visible").count() == 0


def test_correction_or_typo_is_asked_beside_save_by_keyboard(desk):
    digest = make_digest(articles=2)
    record(digest)
    desk.goto(change_url(digest))
    desk.evaluate("window.isSamePage = true")
    desk.fill("#id_title", "고쳐 쓴 제목")
    desk.keyboard.press("Control+s")
    question = desk.locator("[data-save-question]")
    question.wait_for()
    assert serious(desk, also_in_the_dark=True) == []
    desk.keyboard.press("Escape")
    question.wait_for(state="hidden")
    assert desk.evaluate("document.activeElement.id") == "id_title"
    assert Digest.objects.get().title != "고쳐 쓴 제목"
    desk.keyboard.press("Control+s")
    question.wait_for()
    desk.keyboard.press("ArrowDown")  # chooses the second, the correction
    desk.keyboard.press("Enter")
    wait_until(desk, "document.activeElement.id === 'id_correction_text'")
    desk.keyboard.type("제목의 이름이 틀렸습니다.")
    desk.keyboard.press("Control+s")
    wait_for(desk, "saved")
    assert is_same_page(desk)
    assert Correction.objects.get().text == "제목의 이름이 틀렸습니다."
    assert desk.evaluate("document.activeElement.id") == "id_title"
    desk.fill("#id_title", "다시 고친 제목")
    desk.keyboard.press("Control+s")  # the answer counted for one save
    question.wait_for()
    question.locator("input:focus").check()
    desk.keyboard.press("Enter")
    waiting.wait_until(lambda: Digest.objects.get().title == "다시 고친 제목")
    assert Correction.objects.count() == 1


@pytest.mark.expects_console_errors  # of the answer 404
def test_an_open_form_learns_that_the_state_changed(desk, digest):
    open_form(desk, digest)
    minji = make_user("minji", first_name="민지", is_superuser=True)
    desk.fill("#id_title", "내가 고친 제목")
    publishing.publish(digest, by=minji, unchecked=True)
    desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    news = desk.locator("[data-state-news]")
    news.wait_for()
    for part in ("민지", "독자에게"):
        assert part in news.inner_text()
    desk.locator(".status-published").wait_for()
    assert desk.locator("[name=_publish]").count() == 0
    assert desk.input_value("#id_title") == "내가 고친 제목"
    desk.keyboard.press("Control+s")
    desk.locator("[data-save-question] input:focus").check()
    desk.keyboard.press("Enter")
    wait_for(desk, "saved")
    assert is_same_page(desk)
    assert Digest.objects.get().title == "내가 고친 제목"
    Digest.objects.all().delete()
    desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_until(desk, "/삭제/.test(document.querySelector('[data-state-news]').innerText)")


def test_publishing_asks_once_and_takes_two_keys(desk, digest):
    digest.articles.all().delete()
    change(digest, articles=[])
    desk.goto(change_url(make_digest("2026-01-04", articles=1, published=False)))
    desk.locator("[name=_publish]").focus()
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    assert "기사 1건, 지금 독자에게 보입니다." in desk.inner_text(".press")
    assert not Digest.objects.published().exists()
    assert serious(desk, also_in_the_dark=True) == []
    wait_until(desk, "document.activeElement.name === '_publish_now'")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    assert Digest.objects.published().count() == 1


def hold_back(desk, act):
    """Save; once the server has saved, and before the page hears of it, `act`."""
    held = []

    def hold(route):
        if route.request.method == "POST" and not held:
            held.append((route, route.fetch()))
        else:
            route.fallback()

    desk.route(SAVE, hold)
    desk.keyboard.press("Control+s")
    waiting.wait_until(lambda: desk.evaluate("1") and held)
    act()
    [(route, answer)] = held
    route.fulfill(response=answer)
    wait_for(desk, "saved")


@pytest.mark.expects_console_errors  # of the answer 409
def test_what_is_done_while_a_save_is_under_way_stays(desk, digest):
    """Also in an article that a colleague deleted, and in one whose mark is taken away."""
    open_form(desk, digest)
    article(desk, 3).locator("[name$='-DELETE']").check()
    first, second, third = shown(desk)
    texts = revisions.snapshot(digest)["articles"]
    change(digest, make_user(first_name="서연"), articles=[texts[0], texts[2]])

    def go_on():
        article(desk, 2).locator("[name$='-outlook']").fill("그사이 쓴 전망")
        article(desk, 3).locator("[name$='-DELETE']").uncheck()
        article(desk, 3).locator("[data-move='-1']").click()

    hold_back(desk, go_on)
    assert shown(desk) == [first, third, second]
    assert article(desk, 3).locator("[name$='-outlook']").input_value() == "그사이 쓴 전망"
    with desk.expect_navigation():
        desk.keyboard.press("Control+s")
    assert "그사이 쓴 전망" in desk.inner_text("#content")  # the page asks what is to stay


def test_parts_of_colleagues_come_into_the_form_as_they_are(desk, digest):
    texts = revisions.snapshot(digest)["articles"]
    note = [{"after": "headline", "text": "남의 덧붙인 글"}]
    change(digest, articles=[texts[0] | {"other": note}, *texts[1:]])
    open_form(desk, digest)
    desk.fill("#id_title", "내 제목")
    evil = {"other": note, "headline": "<b class=evil>굵은 제목</b>"}
    change(digest, make_user(first_name="서연"), articles=[texts[0], texts[1] | evil, texts[2]])
    save(desk)
    told = desk.locator("[data-save-told]")
    assert "<b class=evil>" in told.inner_text()
    assert told.locator(".evil").count() == 0
    assert article(desk, 1).locator("[name$='-other_headline']").input_value() == ""
    box = article(desk, 2).locator("[name$='-other_headline']")
    assert box.input_value() == "남의 덧붙인 글"
    box.fill("함께 고친 글")
    save(desk)
    after = revisions.snapshot(Digest.objects.get())["articles"]
    assert [row["other"] for row in after] == [[], [note[0] | {"text": "함께 고친 글"}], []]


def test_a_sentence_for_readers_stays_when_its_question_is_put_away(desk):
    digest = make_digest(articles=2)
    record(digest)
    desk.goto(change_url(digest))
    desk.fill("#id_title", "고쳐 쓴 제목")
    desk.locator("[name=_save]").click()
    question = desk.locator("[data-save-question]")
    question.wait_for()
    desk.check("[name=change_kind][value=correction]")
    desk.fill("#id_correction_text", "제목이 틀렸습니다.")
    desk.uncheck("#id_show_changes")
    desk.click("#content h1")  # beside the question
    question.wait_for(state="hidden")
    desk.locator("[name=_save]").click()
    question.wait_for()
    assert desk.input_value("#id_correction_text") == "제목이 틀렸습니다."
    assert not desk.is_checked("#id_show_changes")
    desk.locator("[name=change_kind]:checked").focus()
    with desk.expect_navigation(url=re.compile(r"/digest/$")):
        desk.keyboard.press("Enter")  # goes on with the button that was pressed
    assert Correction.objects.get().text == "제목이 틀렸습니다."
    assert Correction.objects.get().changes == []


@pytest.mark.expects_console_errors
def test_a_writer_learns_that_only_editors_change_it_now(desk, digest, client, live_server):
    client.force_login(make_user("writer", permissions=WRITER))
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    desk.context.add_cookies([session | {"url": live_server.url}])
    open_form(desk, digest)
    desk.fill("#id_title", "기자가 고친 제목")
    publishing.publish(digest, by=make_user(is_superuser=True), unchecked=True)
    with desk.expect_response(re.compile(r"/change/$")):
        desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert "편집자만" in desk.inner_text("[data-state-news]")
    with desk.expect_navigation():
        desk.keyboard.press("Control+s")
    assert "편집자만" in desk.inner_text("#content")
    assert desk.input_value("#id_title") == "기자가 고친 제목"
