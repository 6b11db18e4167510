"""Nothing typed is lost in a real browser: drafts on the server, copies in the browser."""

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from articles.digests.presence import FADES_AFTER
from articles.models import Digest, Presence, WorkingCopy
from tests.browser.test_desk import ADD, COMPOSE, FINISH, LIST, article, save, save_anew, unfold
from tests.browser.test_desk import desk as desk
from tests.support import waiting
from tests.support.desk import change_url
from tests.support.factories import make_digest

KEPT = re.compile(r"\d\d:\d\d")


@pytest.fixture
def digest():
    return make_digest(articles=3, published=False)


def kept(page):
    """Wait until the line above the buttons says that a draft was kept."""
    page.wait_for_selector("[data-save-line][data-kind=kept]")
    assert KEPT.search(page.inner_text("[data-save-line]"))


def leave(page, url):
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(url)


def test_a_draft_is_kept_offered_with_its_changes_and_taken_up(desk, digest):
    desk.goto(change_url(digest))
    desk.fill("#id_title", "쓰다 만 제목")
    desk.click("[data-add]")
    desk.keyboard.type("새 기사")
    kept(desk)
    assert Digest.objects.get().title != "쓰다 만 제목"
    leave(desk, LIST)
    desk.goto(change_url(digest))
    notice = desk.locator("[data-offer]")
    assert "쓰다 만 제목" in notice.locator("ins").all_inner_texts()[0] + notice.inner_text()
    assert "새 기사" in notice.inner_text()
    with desk.expect_navigation():
        notice.locator("a").click()
    assert desk.input_value("#id_title") == "쓰다 만 제목"
    assert article(desk, 4).locator("[name$='-headline']").input_value() == "새 기사"
    save(desk)
    assert Digest.objects.get().title == "쓰다 만 제목"
    assert Digest.objects.get().articles.count() == 4
    assert desk.locator("[data-offer]").count() == 0
    assert desk.locator("[data-local-offer]:visible").count() == 0
    assert WorkingCopy.objects.filter(is_closed=False).count() == 0


# Playwright's clock cannot get into the sandboxed preview, and the browser says so.
@pytest.mark.expects_console_errors
def test_nothing_is_sent_while_nothing_is_typed(desk, digest):
    desk.clock.install()
    desk.goto(change_url(digest))
    unfold(desk)
    desk.clock.run_for(10_000)
    leave(desk, LIST)
    assert WorkingCopy.objects.count() == 0


@pytest.mark.expects_console_errors
@pytest.mark.parametrize("failure", ["aborted", "error"])
def test_while_the_server_is_away_the_browser_keeps_the_text(desk, digest, failure):
    def fail(route):
        return route.abort() if failure == "aborted" else route.fulfill(status=500, body="?")

    desk.goto(change_url(digest))
    desk.route(re.compile("/admin/articles/digest/"), fail)
    desk.fill("#id_title", "서버 없이 쓴 제목")
    desk.wait_for_selector("[data-save-line][data-kind=away]")
    # Saving fails as well, as when the server is killed in the middle.
    desk.keyboard.press("Control+s")
    desk.wait_for_selector("[data-save-line][data-kind=pending]")
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.goto("about:blank")
    desk.unroute_all()
    desk.goto(change_url(digest))
    # The last words of a closed page may have come through.
    offers = desk.locator("[data-offer]:visible, [data-local-offer]:visible")
    offers.first.wait_for()
    with desk.expect_navigation():
        offers.first.locator("a, [data-local-take]").first.click()
    assert desk.input_value("#id_title") == "서버 없이 쓴 제목"
    save(desk)
    assert Digest.objects.get().title == "서버 없이 쓴 제목"
    assert desk.locator("[data-local-offer]:visible").count() == 0


@pytest.mark.expects_console_errors
def test_many_drafts_over_a_slow_line_make_one_row(desk, digest):
    desk.clock.install()
    desk.goto(change_url(digest))
    # Three seconds of the page's own clock between an answer and what the page sees of it. The
    # page counts its requests itself: the browser tells us of the end of one when it pleases.
    desk.evaluate("""() => {
        const own = window.fetch;
        window.sent = {all: 0, open: 0, most: 0};
        window.fetch = async (...args) => {
            if (!String(args[0]).includes("/autosave/")) return own(...args);
            sent.all += 1;
            sent.open += 1;
            sent.most = Math.max(sent.most, sent.open);
            try {
                const response = await own(...args);
                await new Promise(done => setTimeout(done, 3000));
                return response;
            } finally {
                sent.open -= 1;
            }
        };
    }""")
    for number in range(10):
        desk.fill("#id_title", f"제목 {number}")
        desk.clock.run_for(2500)
        desk.fill("#id_title", f"제목 {number}, 기다리는 동안")
        desk.clock.run_for(3500)

    def has_arrived():
        desk.clock.run_for(1000)
        titles = [dict(copy.fields)["title"] for copy in WorkingCopy.objects.all()]
        return titles == ["제목 9, 기다리는 동안"]

    waiting.wait_until(has_arrived)
    sent = desk.evaluate("sent")
    assert sent["all"] > 1
    assert sent["most"] == 1
    assert WorkingCopy.objects.count() == 1
    assert Digest.objects.get().revisions.count() == 0


@pytest.mark.expects_console_errors
def test_a_composition_is_not_sent_before_it_ends(desk, digest):
    asked = []
    desk.on("request", lambda request: "/autosave/" in request.url and asked.append(request))
    desk.clock.install()
    desk.goto(change_url(digest))
    title = desk.locator("#id_title")
    title.evaluate(COMPOSE, "한")
    desk.clock.run_for(15_000)
    assert asked == []
    title.evaluate(FINISH)
    desk.clock.run_for(3_000)
    waiting.wait_until(lambda: desk.evaluate("1") and asked)


def test_a_double_click_makes_one_digest(desk):
    desk.goto(ADD)
    desk.fill("#id_title", "두 번 눌린 호")
    desk.fill("[name=articles-0-headline]", "기사")
    with desk.expect_navigation():
        desk.dblclick("[name=_continue]")
    assert Digest.objects.get().articles.count() == 1


def test_going_back_and_saving_again_changes_the_same_digest(desk):
    desk.goto(ADD)
    key = desk.input_value("[name=form_key]")
    desk.fill("#id_title", "첫 저장")
    desk.fill("[name=articles-0-headline]", "기사")
    save_anew(desk)
    desk.go_back()
    # A page from the browser's memory still has its key; one loaded anew is a new form.
    desk.evaluate("key => { document.querySelector('[name=form_key]').value = key; }", key)
    desk.fill("#id_title", "둘째 저장")
    desk.fill("[name=articles-0-headline]", "기사")
    save_anew(desk)
    digest = Digest.objects.get()
    assert (digest.title, digest.articles.count()) == ("둘째 저장", 1)


def test_a_closed_window_leaves_its_last_words(desk, digest, context):
    desk.goto(change_url(digest))
    desk.fill("#id_title", "닫힌 창의 제목")
    desk.close(run_before_unload=False)
    page = context.new_page()
    page.goto(change_url(digest))
    offers = page.locator("[data-offer]:visible, [data-local-offer]:visible")
    offers.first.wait_for()
    with page.expect_navigation():
        offers.first.locator("a, [data-local-take]").first.click()
    assert page.input_value("#id_title") == "닫힌 창의 제목"


@pytest.mark.expects_console_errors
def test_a_login_that_ended_keeps_the_text_through_the_next_one(desk, digest):
    desk.goto(change_url(digest))
    desk.fill("#id_title", "로그인이 끝난 뒤의 제목")
    desk.context.clear_cookies(name="sessionid")
    save_anew(desk)
    desk.fill("#id_username", "editor")
    desk.fill("#id_password", "correct horse")
    desk.press("#id_password", "Enter")
    desk.wait_for_url(re.compile("/change/"))
    desk.wait_for_selector("#id_title")
    assert Digest.objects.get().title == "로그인이 끝난 뒤의 제목"


@pytest.mark.expects_console_errors
def test_a_login_in_another_tab_is_no_obstacle(desk, digest, context):
    desk.goto(change_url(digest))
    context.clear_cookies(name="sessionid")
    other = context.new_page()
    other.goto(reverse("admin:login"))
    other.fill("#id_username", "editor")
    other.fill("#id_password", "correct horse")
    with other.expect_navigation():
        other.press("#id_password", "Enter")
    desk.fill("#id_title", "두 창의 제목")
    kept(desk)
    save(desk)
    assert Digest.objects.get().title == "두 창의 제목"


def test_ones_own_second_tab_is_nobody_else(desk, digest, context):
    desk.goto(change_url(digest))
    other = context.new_page()
    other.goto(change_url(digest))
    for page in (desk, other):
        page.locator("[data-other-tab]:visible").wait_for()
    other.close()
    desk.locator("[data-other-tab]:visible").wait_for(state="detached")
    assert not desk.is_visible("[data-presence]")


def test_another_editor_is_seen_at_her_article(desk, digest):
    minji = User.objects.create_superuser("minji", first_name="민지")
    third = digest.articles.get(position=3)
    desk.goto(change_url(digest))
    Presence.objects.create(
        digest=digest,
        user=minji,
        article_uid=third.uid,
        since=timezone.now(),
        seen_at=timezone.now() + FADES_AFTER * 1000,  # stays, however late the page asks
    )
    line = desk.locator("[data-presence]")
    line.wait_for()
    assert "민지" in line.inner_text()
    assert article(desk, 3).locator("[data-present]").inner_text() == "민지"
    assert Presence.objects.filter(user__username="editor").count() == 1
