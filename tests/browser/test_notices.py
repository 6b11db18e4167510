"""What only a browser shows of the bell and its page."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from articles.digests import assigning, publishing
from articles.notices import bell
from tests.browser import axe
from tests.support.desk import change_url, sign_in
from tests.support.factories import make_digest, make_user

RULES = {"color-contrast-enhanced": {"enabled": False}, "target-size": {"enabled": True}}
WIDER = "document.documentElement.scrollWidth - innerWidth"
MAIL = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


@pytest.fixture
def editor():
    return User.objects.create_superuser("editor", "editor@desk.example", "correct horse")


@pytest.fixture
def desk(page, context, client, live_server, editor):
    """The page of an editor who has just logged in."""
    sign_in(client, editor)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value}
    context.add_cookies([cookie | {"url": live_server.url}])
    return page


def test_a_notice_rings_in_the_open_form_until_its_page_was_open(desk, editor, settings):
    settings.MAILERS = MAIL
    writer = make_user("writer", permissions=["change_digest", "publish_digest"])
    digest = make_digest(published=False)
    desk.goto(change_url(digest))
    count = desk.locator("[data-bell]")
    expect(count).to_be_hidden()
    uid = str(digest.articles.first().uid)
    change = {"assignee": editor.pk, "comment": "확인해 주세요"}
    assigning.apply(digest, {uid: change}, by=writer)
    publishing.submit(digest, by=writer, note="검토해 주세요")
    desk.locator("[name=articles-0-headline]").focus()  # the page asks who else is here
    expect(count).to_be_visible()
    desk.get_by_role("link", name=re.compile("알림 3 ?건")).click()
    expect(count).to_be_hidden()
    expect(desk.locator(".notice-unseen")).to_have_count(3)
    assert bell.unseen(editor) == 0
    for width in (1440, 768, 390):
        desk.set_viewport_size({"width": width, "height": 900})
        assert desk.evaluate(WIDER) <= 0, width
    assert axe.violations(desk, also_in_the_dark=True, rules=RULES) == []
    desk.reload()
    expect(desk.locator(".notice")).to_have_count(3)
    expect(desk.locator(".notice-unseen")).to_have_count(0)


def test_without_a_script_a_button_marks_all(browser, desk, context, editor, live_server):
    publishing.submit(
        make_digest(published=False), by=make_user("w", permissions=["change_digest"])
    )
    state = context.storage_state()
    plain = browser.new_context(java_script_enabled=False, storage_state=state)
    page = plain.new_page()
    page.goto(live_server.url + reverse("admin:notices"))
    assert bell.unseen(editor) == 1
    page.get_by_role("button", name="모두 봤습니다").press("Enter")
    expect(page.locator(".notice-unseen")).to_have_count(0)
    assert bell.unseen(editor) == 0
    plain.close()
