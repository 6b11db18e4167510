"""A follow-up, by keyboard: from the tick in the form to the page of its storyline."""

import datetime as dt

from django.utils import timezone

from articles.digests import publishing, revisions
from articles.models import Digest
from tests.browser import axe
from tests.browser.test_desk import desk
from tests.support.desk import change_url
from tests.support.factories import make_article, make_digest, record
from tests.support.waiting import wait_until

__all__ = ["desk"]  # a fixture

OLD, NEW = "‘여울2’ 공개, 추론 비용 절반", "‘여울2’ 무료로 풀려"
RULES = {"color-contrast-enhanced": {"enabled": False}}


def make_day(day, headline):
    digest = make_digest(day, articles=0, published=False)
    make_article(digest, headline=headline, citations=[])
    record(digest)
    return digest


def test_a_follow_up_leads_to_what_came_before(desk):
    today = timezone.localdate()
    earlier = make_day(today - dt.timedelta(days=1), OLD)
    publishing.publish(earlier, unchecked=True)
    digest = make_day(today, NEW)
    desk.goto(change_url(digest))
    box = desk.locator("[data-follow] input")
    box.check()
    assert axe.violations(desk, rules=RULES) == []
    desk.keyboard.press("Control+s")
    wait_until(lambda: revisions.snapshot(digest)["articles"][0]["storyline"] == OLD)
    assert revisions.snapshot(earlier)["articles"][0]["storyline"] == OLD
    publishing.publish(Digest.objects.get(pk=digest.pk), unchecked=True)
    desk.goto(digest.get_absolute_url())
    desk.locator(".ties p a").focus()
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    assert desk.locator("h1").inner_text() == OLD
    assert desk.locator(".timeline h2").all_inner_texts() == [OLD, NEW]


def test_the_check_offers_it_while_a_headline_is_typed(desk):
    today = timezone.localdate()
    publishing.publish(make_day(today - dt.timedelta(days=1), OLD), unchecked=True)
    digest = make_day(today, "다른 소식")
    desk.goto(change_url(digest))
    assert desk.locator("[data-follow] input").count() == 0
    headline = desk.locator("[name$='0-headline']")
    headline.fill(NEW)
    box = desk.locator("[data-follow] input")
    box.wait_for()
    box.check()
    headline.fill(f"{NEW}, 다시")
    desk.locator("[data-findings-problem]").wait_for(state="attached")
    assert box.is_checked()
