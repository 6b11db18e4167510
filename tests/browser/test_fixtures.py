"""The browser fixtures themselves: what they notice, and what the live server gives them."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from tests.support.waiting import wait_until

LAX = {"Content-Type": "text/html; charset=utf-8"}
STRICT = LAX | {"Content-Security-Policy": "default-src 'none'"}


@pytest.fixture
def show(page):
    """Open a page that consists of the given HTML, under a strict policy unless told otherwise."""

    def show(html, headers=STRICT):
        page.route("**/shown", lambda route: route.fulfill(body=html, headers=headers))
        page.goto("/shown")

    return show


def noticed(page, page_problems, words):
    """What goes wrong in a page is told on the way, and not before the page itself is there."""
    wait_until(lambda: page.evaluate("1") and any(words in line for line in page_problems))


@pytest.mark.expects_console_errors
def test_a_policy_violation_is_a_problem(show, page, page_problems):
    show("<p style='color: red'>빨강</p>")
    noticed(page, page_problems, "Content Security Policy: style-src-attr")


@pytest.mark.expects_console_errors
def test_a_console_error_is_a_problem(show, page, page_problems):
    show("<script>console.error('고장')</script>", headers=LAX)
    noticed(page, page_problems, "고장")


@pytest.mark.expects_console_errors
def test_an_uncaught_exception_is_a_problem(show, page, page_problems):
    show("<script>undefinedFunction()</script>", headers=LAX)
    noticed(page, page_problems, "undefinedFunction")


@pytest.mark.expects_console_errors
def test_a_request_to_another_host_is_a_problem(show, page, page_problems):
    show("<img src='https://example.com/a.png'>", headers=LAX)
    noticed(page, page_problems, "ERR_NAME_NOT_RESOLVED")


def test_a_tidy_page_has_no_problems(show, page_problems):
    show("<p>고요</p>")
    assert page_problems == []


def test_the_page_is_a_korean_readers(show, page):
    show("<p>고요</p>")
    assert page.evaluate("navigator.language") == "ko-KR"
    zone = "Intl.DateTimeFormat().resolvedOptions().timeZone"
    assert page.evaluate(zone) == "Asia/Seoul"
    assert page.evaluate("[innerWidth, innerHeight]") == [1280, 900]


def test_the_live_server_serves_static_files(page):
    response = page.request.get("/static/admin/css/base.css")
    assert response.ok
    assert "text/css" in response.headers["content-type"]


def test_the_test_may_use_the_database_beside_the_page(show):
    show("<p>고요</p>")
    get_user_model().objects.create_user("writer")
    assert get_user_model().objects.count() == 1


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_the_migrations_wrote_is_there_each_time(page, time):
    """And as they wrote it, whatever the test before did to it; nothing else is there."""
    editor = Group.objects.get(name="editor")
    assert editor.permissions.count() > 10
    assert not Group.objects.filter(name="left over").exists()
    assert not get_user_model().objects.exists()
    editor.permissions.clear()
    Group.objects.exclude(pk=editor.pk).delete()
    Group.objects.create(name="left over").permissions.add(*Permission.objects.all()[:3])
    get_user_model().objects.create_user("left-over").groups.add(editor)


def test_what_playwright_switches_off_in_the_browser_stays_off(browser):
    """Only the last list counts."""
    started = browser.new_browser_cdp_session().send("SystemInfo.getInfo")["commandLine"]
    lists = re.findall(r"--disable-features=(\S+)", started)
    playwrights, ours = (set(names.split(",")) for names in lists)
    assert playwrights < ours
