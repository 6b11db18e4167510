"""What only a browser shows of webhooks at the desk: axe's view of them, and copying a secret."""

from django.urls import reverse
from django.utils import timezone

from articles.models import Delivery
from articles.notices import deliveries
from tests.browser import axe
from tests.browser.test_programs import RULES, SIZES, WIDER, desk
from tests.support.receivers import make_webhook

__all__ = ["desk"]


def test_axe_finds_nothing_nothing_scrolls_sideways_and_a_secret_is_copied(desk, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    webhook = make_webhook("https://hooks.example/secret", "submitted", "deadline-near")
    off = make_webhook("https://gone.example/", off_because="상태 410", is_active=False)
    tried = deliveries.queue_test(webhook, by=None)
    tried.attempts.create(at=timezone.now(), error="수신처가 제시간에 응답하지 않았습니다.")
    deliveries.queue_test(webhook, by=None)
    Delivery.objects.filter(pk=tried.pk).update(state="given-up")
    changes = [("webhook", webhook), ("webhook", off), ("delivery", tried)]
    addresses = [
        reverse("admin:index"),
        reverse("admin:articles_webhook_add"),
        *(reverse(f"admin:articles_{name}_changelist") for name in ("webhook", "delivery")),
        *(reverse(f"admin:articles_{name}_change", args=[row.pk]) for name, row in changes),
    ]
    problems = []
    for address in addresses:
        desk.goto(address)
        for violation in axe.violations(desk, also_in_the_dark=True, rules=RULES):
            places = [node["html"][:120] for node in violation["nodes"]]
            problems.append((address, violation["id"], places))
        for width in SIZES:
            desk.set_viewport_size({"width": width, "height": 900})
            if (wider := desk.evaluate(WIDER)) > 0:
                problems.append((address, width, wider))
    assert problems == [], "\n".join(map(str, problems))
    desk.goto(addresses[4])
    desk.get_by_role("button", name="비밀 키 새로 만들기").press("Enter")
    desk.get_by_role("button", name="복사").click()
    desk.get_by_text("복사했습니다").wait_for()
    webhook.refresh_from_db()
    assert desk.evaluate("navigator.clipboard.readText()") == webhook.secret
