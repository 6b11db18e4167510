"""The question about errors that a save would bring into a scheduled digest, in a browser."""

import datetime as dt

import pytest
from django.contrib.auth.models import User

from articles.digests import publishing
from articles.models import Digest
from tests.browser import axe
from tests.support.desk import change_url
from tests.support.factories import make_digest, record

FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
KOREAN = "내년에는 더 작아질 전망이라고, 업계는 ‘조심스럽게’ 내다본다."
QUESTION = ".schedule-question"
OUTLOOK, SOURCES = "#id_articles-1-outlook", "#id_articles-1-citation_lines"


@pytest.fixture
def desk(page, context, client, live_server):
    """The page of an editor who has logged in."""
    client.force_login(User.objects.create_superuser("editor", password="correct horse"))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([cookie | {"url": live_server.url}])
    return page


@pytest.fixture
def digest():
    made = make_digest(articles=2, published=False)
    record(made)
    return publishing.publish(made, at=FUTURE, unchecked=True)


def save(page):
    with page.expect_navigation():
        page.click("[name=_continue]")


def break_it(desk, digest):
    """Type an outlook, take the sources of an article away, and save."""
    desk.goto(change_url(digest))
    desk.click("[data-fold-all=false]")
    desk.fill(OUTLOOK, KOREAN)
    sources = desk.input_value(SOURCES)
    desk.fill(SOURCES, "")
    # Else the draft arrives after the form was refused, and is kept under a key of its own.
    desk.wait_for_selector("[data-save-line][data-kind=kept]")
    save(desk)
    return sources


def test_what_is_typed_stays_while_the_desk_asks_and_the_schedule_goes_if_told(desk, digest):
    break_it(desk, digest)
    assert desk.input_value(OUTLOOK) == KOREAN
    assert desk.locator(f"{QUESTION} [value=mend]").is_checked()
    assert axe.violations(desk, also_in_the_dark=True) == []
    desk.click(f"{QUESTION} a[href='{SOURCES}']")
    assert desk.evaluate(f"document.activeElement === document.querySelector('{SOURCES}')")
    assert Digest.objects.get().status == Digest.Status.SCHEDULED
    desk.check(f"{QUESTION} [value=cancel]")
    save(desk)
    assert desk.input_value(OUTLOOK) == KOREAN
    assert Digest.objects.get().status == Digest.Status.DRAFT
    desk.goto("/admin/")
    assert desk.locator(f".lost-schedules a[href='{change_url(digest)}']").is_visible()
    assert axe.violations(desk, also_in_the_dark=True) == []


def test_who_mends_the_errors_keeps_the_schedule(desk, digest):
    sources = break_it(desk, digest)
    desk.fill(SOURCES, sources)
    save(desk)
    assert desk.locator(QUESTION).count() == 0
    assert desk.input_value(OUTLOOK) == KOREAN
    assert Digest.objects.get().status == Digest.Status.SCHEDULED
