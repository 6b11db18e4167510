"""Fixtures for tests that drive a real browser against pytest-django's live server."""

import os
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import expect, sync_playwright

from tests.browser import chromium
from tests.browser.gate import Gate
from tests.support.waiting import PATIENCE

MILLISECONDS = 1000 * PATIENCE
# The page gives up an answer after a time that a busy machine can need. Here it waits for it.
NO_TIME_LIMIT = "AbortSignal.timeout = () => new AbortController().signal"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Mark this directory's tests `browser`, and run them last: the quick ones fail first."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            # The server has connections of its own, so each test ends by emptying the tables:
            # the rows that migrations made, such as the roles, have to be put back.
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True))
    items.sort(key=lambda item: item.path.is_relative_to(here))


def pytest_runtest_setup(item):
    """Skip a test that needs a browser where there is none, or fail it on CI.

    Here and not in the fixture, because skips from one line become one line of the summary.
    """
    if "browser" in item.fixturenames and chromium.find_chromium(os.environ) is None:
        give_up = pytest.fail if chromium.must_have_browser(os.environ) else pytest.skip
        give_up(chromium.HOW_TO_GET_IT)


@pytest.fixture(scope="session")
def browser(django_db_setup):
    """A running Chromium."""
    path = chromium.find_chromium(os.environ)
    with pytest.MonkeyPatch.context() as monkeypatch:
        # Playwright keeps an event loop running in this thread. Django would take every query
        # of a test for one from asynchronous code, and refuse it.
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # With the loop, Django also keeps other connections for this thread, which know nothing
        # of what the test runner noted on the first: the rows that migrations made.
        connection = connections["default"]
        with sync_playwright() as playwright:
            connections["default"] = connection
            running = playwright.chromium.launch(
                executable_path=path, args=chromium.ARGUMENTS, timeout=MILLISECONDS
            )
            wait_patiently(monkeypatch, running)
            yield running
            running.close()


def wait_patiently(monkeypatch, browser):
    """Have Playwright wait for whatever it does in any window as long as the tests wait."""
    new_context = browser.new_context

    def patient_context(**options):
        context = new_context(**options)
        context.set_default_timeout(MILLISECONDS)
        context.add_init_script(NO_TIME_LIMIT)
        return context

    monkeypatch.setattr(browser, "new_context", patient_context)
    expect.set_options(timeout=MILLISECONDS)


@pytest.fixture(scope="session")
def gate():
    """What lets requests in to the live server."""
    gate = Gate()
    yield gate
    gate.remove()


@pytest.fixture(autouse=True)
def requests_are_let_in(gate):
    """While this test and its other fixtures run; the tables are emptied after that."""
    gate.open()
    yield
    gate.shut()


@pytest.fixture
def page_problems():
    """The console errors, page errors and policy violations of this test's pages so far."""
    return []


@pytest.fixture
def context(browser, live_server, page_problems, request):
    """A fresh browser profile of a Korean reader; its base URL is the live server's.

    The test fails if anything went wrong in its pages, unless it is marked
    `expects_console_errors`.
    """
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 1280, "height": 900},
        locale="ko-KR",
        timezone_id="Asia/Seoul",
    )
    chromium.collect_problems(context, page_problems)
    yield context
    for page in context.pages:
        # What the page has already reported arrives before this answer.
        page.evaluate("1")
    context.close()
    expected = request.node.get_closest_marker("expects_console_errors") is not None
    assert chromium.unforgiven(page_problems, expected) == []


@pytest.fixture
def page(context):
    """One open page; `page.goto("/")` leads to the live server."""
    return context.new_page()
