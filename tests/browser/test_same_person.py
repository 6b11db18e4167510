"""A desk that was left open asks who is there, in a browser."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from articles.login import two_step_login
from tests.browser import axe
from tests.browser.test_passkeys import KEY, log_in, origin  # noqa: F401 - a fixture
from tests.support.factories import make_user

PASSWORD = "input[name=password]"
WIDER = "document.documentElement.scrollWidth - innerWidth"

pytestmark = pytest.mark.expects_console_errors  # of the answer 403


@pytest.fixture
def colleague():
    make_user("minji", is_superuser=True)
    return make_user("jisoo")


def leave_for_an_hour():
    """Nobody has shown for an hour who is there."""
    for session in Session.objects.all():
        data = session.get_decoded()
        data[two_step_login.SHOWN_AT] -= 3600
        session.session_data = Session.objects.encode(data)
        session.save()


def save(page):
    with page.expect_navigation():
        page.locator("input[name=_save]").click()


def test_what_was_typed_about_somebody_is_saved_after_the_question(page, colleague):
    log_in(page, f"/admin/auth/user/{colleague.pk}/change/")
    page.locator("#id_email").fill("jisoo@example.com")
    page.locator("#id_first_name").fill("지수")
    leave_for_an_hour()
    save(page)
    expect(page.locator("h1")).to_have_text("본인 확인")
    expect(page.locator(".kept-texts")).to_contain_text("jisoo@example.com")
    assert axe.serious(page, also_in_the_dark=True) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(WIDER) <= 0
    assert page.locator(PASSWORD).bounding_box()["height"] >= 44
    page.locator(PASSWORD).fill("wrong")
    page.locator("#step-form button[type=submit]").click()
    expect(page.locator(".errornote")).to_be_visible()
    expect(page.locator(".kept-texts")).to_contain_text("지수")
    page.locator(PASSWORD).fill("correct horse")
    page.locator("#step-form button[type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    colleague.refresh_from_db()
    assert (colleague.email, colleague.first_name) == ("jisoo@example.com", "지수")


def test_the_name_of_a_new_account_is_kept_and_its_password_is_not(page, colleague):
    log_in(page, "/admin/auth/user/add/")
    page.locator("#id_username").fill("hana")
    for number in "12":
        page.locator(f"#id_password{number}").fill("battery-staple-9")
    leave_for_an_hour()
    save(page)
    expect(page.locator("h1")).to_have_text("본인 확인")
    assert "battery-staple-9" not in page.content()
    page.locator(PASSWORD).fill("correct horse")
    page.locator("#step-form button[type=submit]").click()
    expect(page.locator("#id_username")).to_have_value("hana")
    for number in "12":
        page.locator(f"#id_password{number}").fill("battery-staple-9")
    save(page)
    assert User.objects.get(username="hana").check_password("battery-staple-9")


def test_a_passkey_answers_the_question_with_the_password(origin, page, context):  # noqa: F811
    make_user("minji", is_superuser=True)
    browser = context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    log_in(page, "/admin/second-factor/add/")
    page.locator("[data-passkey] button").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    leave_for_an_hour()
    page.goto("/admin/auth/user/add/")
    expect(page.locator("h1")).to_have_text("본인 확인")
    page.locator("[data-passkey] button").click()
    expect(page.locator(PASSWORD)).to_be_focused()  # it is asked for first
    expect(page.locator("[data-passkey-state]")).to_be_empty()
    page.locator(PASSWORD).fill("correct horse")
    page.locator("[data-passkey] button").click()
    expect(page).to_have_url(f"{origin}/admin/auth/user/add/")
