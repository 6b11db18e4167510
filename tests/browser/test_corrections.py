"""What only a browser shows: the question about a correction, and copying a preview link."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from articles.models import Correction
from tests.browser import axe
from tests.browser.waiting import wait_until
from tests.support.desk import change_url
from tests.support.factories import make_digest


@pytest.fixture
def desk(page, context, client, live_server):
    """The page of an editor who has logged in."""
    client.force_login(User.objects.create_superuser("editor", password="correct horse"))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([cookie | {"url": live_server.url}])
    return page


def test_a_change_of_what_readers_have_is_asked_about_and_told(desk):
    digest = make_digest(articles=2)
    desk.goto(change_url(digest))
    desk.fill("#id_title", "고쳐 쓴 제목")
    desk.click("[name=_continue]")
    sentence = desk.locator("#id_correction_text")
    assert not sentence.is_visible()
    desk.check("[name=change_kind][value=correction]")
    assert sentence.is_visible()
    desk.click("[data-question-save]")  # without the sentence it asks again
    desk.locator("[data-save-question] .errorlist").wait_for()
    sentence.fill("제목의 이름이 틀렸습니다.")
    assert axe.violations(desk, also_in_the_dark=True) == []
    desk.click("[data-question-save]")
    desk.wait_for_selector("[data-save-line][data-kind=saved]")
    assert Correction.objects.get().text == "제목의 이름이 틀렸습니다."
    desk.goto(digest.get_absolute_url())
    desk.click(".what-changed summary")
    assert "고쳐 쓴 제목" in desk.inner_text(".what-changed")
    assert axe.violations(desk) == []


def test_save_and_close_asks_in_the_form_too_and_leads_to_the_list(desk):
    digest = make_digest(articles=1)
    desk.goto(change_url(digest))
    desk.fill("#id_title", "고쳐 쓴 제목")
    desk.click("[name=_save]")
    desk.check("[name=change_kind][value=typo]")
    with desk.expect_navigation():
        desk.click("[data-question-save]")
    assert not Correction.objects.exists()
    assert "고쳐 쓴 제목" in desk.inner_text(".messagelist")


def test_the_address_of_a_new_preview_link_is_copied_at_the_press_of_a_button(desk, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    digest = make_digest(articles=1, published=False, title="새 칩의 날")
    desk.goto(reverse("admin:articles_digest_preview_links", args=[digest.pk]))
    desk.select_option("#id_days", "7")
    with desk.expect_navigation():
        desk.click(".correction-form button")
    address = desk.input_value("#address")
    assert axe.violations(desk) == []
    desk.click("[data-copy-field]")
    wait_until(desk, "document.querySelector('[data-copy-state]').textContent !== ''")
    assert desk.evaluate("navigator.clipboard.readText()") == address
    token = address.rstrip("/").rsplit("/", 1)[1]
    desk.context.clear_cookies()
    desk.goto(f"/preview/{token}/")
    assert desk.inner_text("h1") == digest.title
    assert axe.violations(desk) == []


def test_without_script_the_address_can_be_selected_by_hand(browser, live_server, client):
    client.force_login(User.objects.create_superuser("editor", password="correct horse"))
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([cookie | {"url": live_server.url}])
    page = context.new_page()
    digest = make_digest(articles=1, published=False)
    page.goto(reverse("admin:articles_digest_preview_links", args=[digest.pk]))
    with page.expect_navigation():
        page.click(".correction-form button")
    assert "/preview/" in page.input_value("#address")
    assert not page.locator("[data-copy-field]").is_visible()
    context.close()
