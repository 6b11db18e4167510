"""A passkey from a real browser, whose authenticator is Chromium's own virtual one."""

import pytest
from playwright.sync_api import expect

from articles.login.second_factor import devices
from tests.support.factories import make_user

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def origin(live_server, settings):
    """The live server, set up as a site that may have passkeys: browsers allow them here."""
    settings.PASSKEYS = True
    settings.OTP_WEBAUTHN_RP_ID = "localhost"
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = [live_server.url]
    assert live_server.url.startswith("http://localhost:")
    return live_server.url


def log_in(page, path="/admin/"):
    page.goto(path)
    page.get_by_label("사용자 이름").fill("minji")
    page.locator("input[type=password]").fill("correct horse")
    with page.expect_navigation():
        page.locator("#login-form input[type=submit]").click()


def log_out(page):
    page.click("[popovertarget=account]")
    with page.expect_navigation():
        page.locator("#logout-form button").click()


def test_a_passkey_is_made_and_opens_the_desk(origin, page, context):
    user = make_user("minji", permissions=["view_tag", "change_tag"])
    browser = context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    key = browser.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]

    log_in(page, "/admin/second-factor/add/")
    page.locator("#id_name").fill("지문")
    page.locator("[data-passkey] button").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    [device] = devices.devices_of(user)
    assert device.name == "지문"

    log_out(page)
    log_in(page, "/admin/articles/tag/")
    expect(page).to_have_url(
        f"{origin}/admin/second-factor/verify/?next=%2Fadmin%2Farticles%2Ftag%2F"
    )
    page.locator("[data-passkey] button").click()
    expect(page).to_have_url(f"{origin}/admin/articles/tag/")
    expect(page.locator("#user-tools")).to_be_visible()

    # A second one on the same authenticator is refused by it, and said so.
    page.goto("/admin/second-factor/add/")
    page.locator("[data-passkey] button").click()
    expect(page.locator("[data-passkey-state]")).not_to_be_empty()
    expect(page.locator("[data-passkey] button")).to_be_enabled()

    # Without the authenticator the desk stays shut.
    browser.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    log_out(page)
    log_in(page)
    page.locator("[data-passkey] button").click()
    state = page.locator("[data-passkey-state]")
    expect(page.locator("[data-passkey] button")).to_be_enabled()
    assert state.text_content() == state.get_attribute("data-text-failed")
    page.goto("/admin/")
    expect(page.locator("#step-form")).to_be_visible()
