"""A day with a program: it hands in by curl, the open form shows it, an editor decides."""

import json
import os
import shutil
import subprocess

import pytest

from articles.models import Digest, Suggestion
from tests.browser import chromium
from tests.browser.suggestion_cards import ask, card, number_of, put_away, state, take, value
from tests.browser.test_desk import article, desk, save, unfold
from tests.support.desk import change_url
from tests.support.programs import make_token
from tests.support.pushes import article as text_of
from tests.support.pushes import post_of

__all__ = ["desk"]  # a fixture

CURL = shutil.which("curl")
DAY = "2026-01-03"
NEW_POINT, NEW_TEXT = "병원 열 곳이 시험", "작은 모델로는 모자란다."


@pytest.fixture
def push(live_server, tmp_path):
    """Hands in articles as a cron job does; the answer of the site."""
    if CURL is None:
        give_up = pytest.fail if chromium.must_have_browser(os.environ) else pytest.skip
        give_up("curl was not found: apt-get install curl.")
    token = make_token()

    def hand_in(*articles):
        file = tmp_path / "digest.md"
        file.write_text(post_of(*articles), encoding="utf-8")
        command = [
            CURL,
            "--silent",
            "--show-error",
            "--fail-with-body",
            "--data-binary",
            f"@{file}",
        ]
        command += ["--header", f"Authorization: Bearer {token}"]
        command += ["--header", "Content-Type: text/markdown"]
        command += [f"{live_server.url}/api/v1/digests/{DAY}/pushes"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return json.loads(done.stdout)

    return hand_in


def fates(account):
    return [entry["fate"] for entry in account["articles"]]


def waiting_for(field):
    return Suggestion.objects.get(field=field, status=Suggestion.Status.WAITING)


def test_a_day_with_a_program_from_its_first_push_to_the_readers(desk, push):
    assert push("1", "2", "3")["outcome"] == "created"
    digest = Digest.objects.get()
    desk.goto(change_url(digest))
    unfold(desk)
    article(desk, 2).locator("[name$='-headline']").fill("편집자의 제목")
    ask(desk)  # now the program knows that somebody has it open

    changed = [text_of("1", point=NEW_POINT), text_of("2", technical=NEW_TEXT), "3", "4"]
    account = push(*changed)
    assert (account["outcome"], account["suggestions"]) == ("waiting", 3)
    ask(desk)
    point, text, new = map(waiting_for, ("points", "technical_significance", ""))
    card(desk, point).wait_for()
    assert number_of(desk) == 3
    assert value(desk, "articles-1-headline") == "편집자의 제목"

    take(desk, point)
    put_away(desk, text)
    article(desk, 3).locator("[name$='-DELETE']").check()
    save(desk)
    assert [row.headline for row in digest.articles.order_by("position")] == [
        "1 기사",
        "편집자의 제목",
    ]
    assert state(desk, new) == "open"
    assert number_of(desk) == 1

    account = push(*changed, "5")
    assert fates(account) == ["unchanged", "unchanged", "deleted", "suggested", "suggested"]
    ask(desk)
    desk.wait_for_selector("[data-suggestion] >> text=5 기사")
    assert number_of(desk) == 2
    take(desk, waiting_for_article("4 기사"))
    put_away(desk, waiting_for_article("5 기사"))
    unfold(desk)
    for tick in desk.locator("[data-article] [name$='-is_signed']:visible").all():
        tick.check()
    with desk.expect_navigation():
        desk.click("[name=_publish]")
    for reason in desk.locator("[name^=own_reason-]").all():
        reason.fill("그대로 둡니다.")
    with desk.expect_navigation():
        desk.click("[name=_publish_now]")
    desk.goto(Digest.objects.get().get_absolute_url())
    shown = desk.inner_text("main")
    for there in ("1 기사", NEW_POINT, "편집자의 제목", "4 기사"):
        assert there in shown
    for gone in (NEW_TEXT, "3 기사", "5 기사"):
        assert gone not in shown


def waiting_for_article(headline):
    rows = Suggestion.objects.filter(field="", status=Suggestion.Status.WAITING)
    [found] = [row for row in rows if row.value["headline"] == headline]
    return found
