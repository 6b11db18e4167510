"""The cards of suggestions in an open form: what tests of them do and see."""

import re

import pytest

from articles.models import Suggestion
from tests.support.factories import make_digest

PAUSE = 300  # milliseconds without a key before what differs is shown anew
BEAT = "document.dispatchEvent(new Event('visibilitychange'))"
OPEN = "[data-suggestion][data-state=open]"
OUTLOOK = "내년 상반기에 더 커질 전망이다."
CITED = {"publisher": "새별신문", "url": "https://saebyeol.example/7", "published_on": "2026-01-03"}
Status = Suggestion.Status


@pytest.fixture
def digest():
    return make_digest(articles=2, published=False)


@pytest.fixture
def first(digest):
    return digest.articles.get(position=1)


def ask(page):
    """Let the page hear of what is new, and return once it has."""
    with page.expect_response(re.compile("/presence/")) as heard:
        page.evaluate(BEAT)
    heard.value.finished()


def card(page, suggestion):
    return page.locator(f"[data-suggestion='{suggestion.pk}']")


def take(page, suggestion):
    card(page, suggestion).locator("[data-suggestion-take]").click()


def put_away(page, suggestion):
    card(page, suggestion).locator("[data-suggestion-dismiss]").click()
    page.wait_for_selector(f"[data-suggestion='{suggestion.pk}'][data-state=dismissed]")


def back(page, suggestion):
    card(page, suggestion).locator("[data-suggestion-back]").click()


def state(page, suggestion):
    return card(page, suggestion).get_attribute("data-state")


def value(page, name):
    return page.input_value(f"[name={name}]")


def number_of(page):
    """How many wait, as the button below the form says; 0 if there is none."""
    button = page.locator("[data-suggestions-jump]")
    return int(re.search(r"\d+", button.inner_text())[0]) if button.is_visible() else 0


def status(suggestion):
    return Suggestion.objects.get(pk=suggestion.pk).status


def differs(page, suggestion):
    """What the card shows as removed and as added, once it is in view."""
    card(page, suggestion).scroll_into_view_if_needed()
    card(page, suggestion).locator("[data-suggestion-text]:not(:empty)").wait_for()
    return tuple(card(page, suggestion).locator(name).all_inner_texts() for name in ("del", "ins"))
