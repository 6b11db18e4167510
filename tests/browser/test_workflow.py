"""From a draft to readers in a real browser: two people, and the keyboard alone."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from articles.changes import audit
from articles.models import AcceptedFinding, Comment, Digest
from tests.browser.axe import serious
from tests.browser.test_desk import article, desk, save, unfold
from tests.browser.test_whole_day import FOCUSED, Keys
from tests.browser.waiting import wait_until
from tests.support.desk import change_url
from tests.support.factories import make_article, make_digest, make_user

__all__ = ["desk"]  # a fixture


@pytest.fixture
def people(browser, context, live_server):
    """The keys of a writer and of an editor, each logged in with a browser of their own."""
    contexts, keys = [], []
    for name in ("writer", "editor"):
        user = make_user(name)
        user.groups.add(Group.objects.get(name=name))
        client = Client()
        client.force_login(user)
        own = browser.new_context(base_url=live_server.url, locale="ko-KR")
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        own.add_cookies([cookie | {"url": live_server.url}])
        contexts.append(own)
        keys.append(Keys(own.new_page()))
    yield keys
    for own in contexts:
        own.close()


def press(keys, *names):
    keys.tab_to(*names)
    with keys.page.expect_navigation():
        keys.press("Enter")


def step_with_note(keys, digest, button, note):
    """Press a button of the form, write the note that its page asks for, and go on."""
    keys.page.goto(change_url(digest))
    press(keys, button)
    # The browser gives it the focus when it draws, which may come after the load.
    wait_until(keys.page, f"({FOCUSED}) === 'note'")
    keys.type(note)
    keys.press("Tab")
    with keys.page.expect_navigation():
        keys.press("Enter")


def reasons_of(page):
    """The fields for reasons in own words, one for each kind of warning."""
    return page.locator("[name^=own_reason-]").all()


def test_the_whole_way_to_print_by_keyboard(people):
    writer, editor = people
    digest = make_digest(articles=0, published=False)
    for number in (1, 2):
        make_article(digest, headline=f"{number}번 기사의 제목")  # the same source: a warning

    step_with_note(writer, digest, "_submit", "다 썼습니다")
    editor.page.goto(change_url(digest))
    assert "다 썼습니다" in editor.page.inner_text(".last-step")
    step_with_note(editor, digest, "_send_back", "2번 기사 제목이 깁니다")
    writer.page.goto(change_url(digest))
    assert "2번 기사 제목이 깁니다" in writer.page.inner_text(".last-step")
    step_with_note(writer, digest, "_submit", "고쳤습니다")

    editor.page.goto(change_url(digest))
    press(editor, "_schedule")
    editor.page.fill("[name=date]", "2999-01-04")
    editor.page.fill("[name=time]", "07:30")
    [asked] = [field.get_attribute("name") for field in reasons_of(editor.page)]
    editor.page.fill(f"[name={asked}]", "살펴보았습니다")
    press(editor, "_schedule")
    digest.refresh_from_db()
    assert digest.publish_at == dt.datetime(2999, 1, 3, 22, 30, tzinfo=dt.UTC)
    press(editor, "_unschedule")
    digest.refresh_from_db()
    assert (digest.status, digest.publish_at) == ("in_review", None)

    Digest.objects.get().accepted_findings.all().delete()
    press(editor, "_publish")
    editor.tab_to(asked)
    editor.type("두 기사 모두 같은 발표가 근거입니다")
    press(editor, "_publish_now")
    assert set(Digest.objects.published()) == {digest}
    reasons = set(AcceptedFinding.objects.values_list("reason", flat=True))
    assert reasons == {"두 기사 모두 같은 발표가 근거입니다"}
    editor.page.goto(digest.get_absolute_url())
    assert "1번 기사의 제목" in editor.page.inner_text("main")
    actions = [entry.action for entry in audit.trail(digest)][::-1]
    assert actions == [
        *("submitted", "sent-back", "submitted"),
        *("scheduled", "unscheduled", "published"),
    ]


def test_the_folded_bar_follows_and_a_comment_is_left(desk):
    digest = make_digest(articles=2, published=False)
    desk.goto(change_url(digest))
    unfold(desk)
    row = article(desk, 1)
    row.locator("[name$='-assignee']").select_option(label="editor")
    row.locator("[name$='-is_ready']").check()
    row.locator("[name$='-comment']").fill("출처가 더 있어야 합니다")
    assert row.locator("[data-fact=assignee]").inner_text() == "editor"
    assert row.locator("[data-fact=ready]").is_visible()
    save(desk)
    assert Comment.objects.get().text == "출처가 더 있어야 합니다"
    stored = digest.articles.order_by("position").first()
    assert (stored.assignee, stored.is_ready) == (User.objects.get(), True)
    assert serious(desk) == []


def test_the_pages_on_the_way_are_accessible_and_fit(desk):
    digest = make_digest(articles=0, published=False)
    for number in (1, 2):
        make_article(digest, headline=f"{number}번 기사의 제목")
    for address in ("press/", "step/submit/", "change/"):
        desk.goto(change_url(digest).replace("change/", address))
        for width in (1280, 360):
            desk.set_viewport_size({"width": width, "height": 800})
            assert serious(desk) == [], (address, width)
            assert desk.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_question_about_an_early_day_keeps_clear_of_its_edge(desk):
    digest = make_digest("2999-01-05", articles=1, published=False)
    desk.goto(reverse("admin:articles_digest_press", args=[digest.pk]))
    with desk.expect_navigation():
        desk.click("[name=_publish_now]")
    question = desk.locator(".press-early")
    assert question.evaluate("p => parseFloat(getComputedStyle(p).paddingLeft)") > 8
