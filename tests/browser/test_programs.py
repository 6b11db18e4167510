"""What only a browser shows of programs at the desk: axe's view of them, and copying a token."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from articles.models import ApiToken
from tests.browser import axe
from tests.support.desk import sign_in
from tests.support.factories import DAY, make_digest
from tests.support.push_rows import (
    entries_of,
    make_program,
    make_push,
    make_suggestion,
    make_token,
)

# WCAG's level AA, as on all of the desk.
RULES = {"color-contrast-enhanced": {"enabled": False}}
SIZES = (1440, 768, 390)
WIDER = "document.documentElement.scrollWidth - innerWidth"
FINDING = {"code": "single-source", "severity": "warning", "article": 1, "field": "citations"}
FINDING |= {"line": 1, "sentence": "출처가 하나입니다.", "advice": "하나 더 찾으십시오."}
LEFT_OUT = {"first": 2, "last": 2, "fate": "left_out", "part": "", "article": None}


@pytest.fixture
def desk(page, context, client, live_server):
    """The page of an admin who has just logged in."""
    sign_in(client, User.objects.create_superuser("editor", password="correct horse"))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([cookie | {"url": live_server.url}])
    return page


@pytest.fixture
def program():
    return make_program(promise="mon-sun 00:00")


def everything(program):
    """Addresses with all that the pages can show."""
    digest = make_digest(articles=2, published=False)
    entries = entries_of(digest)
    entries[1] |= {"fate": "suggested", "suggested": ["outlook"], "why": "누군가 고쳤습니다."}
    push = make_push(
        program,
        digest=digest,
        outcome="waiting",
        text="# 제목\n남은 줄\n",
        articles=entries,
        entries=[LEFT_OUT],
        findings=[FINDING],
        notices=["사진은 가져오지 않습니다."],
        share=0.9,
    )
    make_suggestion(push, digest)
    refused = make_push(program, DAY, outcome="refused", text="x")
    token = make_token(program)
    yield reverse("admin:index")
    for name in ("push", "program", "apitoken"):
        yield reverse(f"admin:articles_{name}_changelist")
    for name, row in (("push", push), ("push", refused), ("program", program), ("apitoken", token)):
        yield reverse(f"admin:articles_{name}_change", args=[row.pk])
    for name in ("program", "apitoken"):
        yield reverse(f"admin:articles_{name}_add")


def test_axe_finds_nothing_and_nothing_scrolls_sideways(desk, program):
    problems = []
    for address in everything(program):
        for width in SIZES:
            desk.set_viewport_size({"width": width, "height": 900})
            desk.goto(address)
            if (wider := desk.evaluate(WIDER)) > 0:
                problems.append((address, width, wider))
        for violation in axe.violations(desk, also_in_the_dark=True, rules=RULES):
            places = [node["html"][:120] for node in violation["nodes"]]
            problems.append((address, violation["id"], places))
    assert problems == [], "\n".join(map(str, problems))


def test_a_new_token_is_copied_at_the_press_of_a_button(desk, context, program):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(reverse("admin:articles_apitoken_add"))
    desk.click(".token-page button[type=submit]")
    plain = desk.input_value("#token")
    assert plain.startswith(ApiToken.objects.get().beginning)
    for name, expected in (("token", plain), ("command", desk.input_value("#command"))):
        desk.click(f"[data-copy-field={name}]")
        desk.wait_for_function("document.querySelector('[data-copy-state]').textContent !== ''")
        assert desk.evaluate("navigator.clipboard.readText()") == expected
    assert axe.violations(desk, also_in_the_dark=True, rules=RULES) == []
