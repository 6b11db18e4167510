"""Webhooks at the desk: secrets are typed or shown once, and every step leaves a row."""

import re

from django.contrib.auth.models import Group
from django.test import TestCase, override_settings
from django.urls import reverse

from articles.models import AuditEntry, Delivery, Webhook
from articles.notices import deliveries
from tests.support.desk import sign_in
from tests.support.factories import make_user
from tests.support.receivers import THIS_MACHINE, Receiver, deliver, make_webhook, running

ADDRESS = "https://hooks.example/services/T000/B000/secret-part"
LIST = "/admin/articles/delivery/"
ADD = "/admin/articles/webhook/add/"


class WebhookTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.admin = make_user("admin")
        cls.admin.groups.set([Group.objects.get(name="admin")])

    def setUp(self):
        sign_in(self.client, self.admin)

    def typed(self, **changes):
        typed = {
            "name": "알림방",
            "form": "json",
            "address": ADDRESS,
            "kinds": ["submitted", "published"],
            "chat": "",
            "template": "",
            "authorization": "Bearer tk_typed",
            "is_active": "on",
        }
        return {**typed, **changes}

    def change(self, webhook, **changes):
        return self.client.post(change_url(webhook), self.typed(**changes))

    def add(self, **changes):
        response = self.client.post(ADD, self.typed(**changes))
        return response, Webhook.objects.first()

    def actions(self):
        return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def change_url(webhook):
    return reverse("admin:articles_webhook_change", args=[webhook.pk])


class FormTests(WebhookTestCase):
    def test_saving_twice_makes_one_webhook(self):
        self.add()
        response, _webhook = self.add()
        self.assertContains(response, "이 이름의 웹훅이 이미 이 주소로 보냅니다.")
        self.add(name="둘째 알림방")
        self.assertEqual(Webhook.objects.count(), 2)

    def test_the_secret_is_shown_once_and_no_secret_ever_again(self):
        response, webhook = self.add()
        self.assertContains(response, webhook.secret)
        self.assertEqual(webhook.kinds, ["submitted", "published"])
        deliveries.queue_test(webhook, by=None)
        deliveries.queue()
        pages = [
            change_url(webhook),
            reverse("admin:articles_webhook_changelist"),
            reverse("admin:articles_webhook_history", args=[webhook.pk]),
            reverse("admin:articles_webhook_delete", args=[webhook.pk]),
            reverse("admin:articles_delivery_changelist"),
            reverse("admin:articles_delivery_change", args=[Delivery.objects.get().pk]),
            reverse("admin:articles_auditentry_changelist"),
            reverse("admin:index"),
        ]
        for page in pages:
            text = self.client.get(page).content.decode()
            for secret in (webhook.secret, "secret-part", "tk_typed"):
                with self.subTest(page, secret=secret):
                    self.assertNotIn(secret, text)
        self.assertContains(self.client.get(change_url(webhook)), "hooks.example")
        self.assertNotIn(webhook.secret, repr(list(AuditEntry.objects.values())))

    def test_what_is_left_empty_stays_and_a_hyphen_removes_it(self):
        _response, webhook = self.add()
        self.change(webhook, name="다른 이름", address="", authorization="")
        webhook.refresh_from_db()
        self.assertEqual(
            (webhook.name, webhook.address, webhook.authorization),
            ("다른 이름", ADDRESS, "Bearer tk_typed"),
        )
        self.change(webhook, address="https://other.example/", authorization="-")
        webhook.refresh_from_db()
        self.assertEqual((webhook.address, webhook.authorization), ("https://other.example/", ""))
        self.assertEqual(self.actions(), ["added", "changed", "changed"])

    def test_authorization_for_one_receiver_is_never_sent_to_another(self):
        _response, webhook = self.add()
        self.change(webhook, address="https://hooks.example/other", authorization="")
        webhook.refresh_from_db()
        self.assertEqual(webhook.authorization, "Bearer tk_typed")
        self.change(webhook, address="https://elsewhere.example/", authorization="")
        webhook.refresh_from_db()
        self.assertEqual(webhook.authorization, "")

    def test_switched_on_again_it_is_told_of_nothing_from_before(self):
        _response, webhook = self.add()
        before = webhook.active_since
        self.change(webhook)
        webhook.refresh_from_db()
        self.assertEqual(webhook.active_since, before)
        self.change(webhook, is_active="")
        self.change(webhook)
        webhook.refresh_from_db()
        self.assertGreater(webhook.active_since, before)

    def test_faults_are_told_at_their_fields(self):
        for words, changes in (
            ("웹 주소가 아닙니다", {"address": "hooks.example"}),
            ("https 주소를 쓰세요", {"address": "http://hooks.example/"}),
            ("chat_id가 필요합니다", {"form": "telegram"}),
            ("JSON이 아닙니다", {"form": "own", "template": "{"}),
            ("“lead”", {"form": "own", "template": '{"a": "{{ lead }}"}'}),
            ("ASCII", {"authorization": "열쇠"}),
            ("비워 둘 수 없습니다. 채우거나 골라 주세요.", {"kinds": []}),
        ):
            with self.subTest(words):
                response = self.client.post(ADD, self.typed(**changes))
                self.assertContains(response, words)
        self.assertFalse(Webhook.objects.exists())

    def test_the_page_shows_what_would_be_sent_in_every_form(self):
        webhook = make_webhook(ADDRESS, "submitted", "deadline-near", chat="@desk")
        webhook.template = '{"say": "{{ sentence }}"}'
        for form in Webhook.Form.values:
            with self.subTest(form):
                webhook.form = form
                webhook.save()
                page = self.client.get(change_url(webhook)).content.decode()
                self.assertEqual(len(re.findall("<pre ", page)), 3)
                self.assertIn("김민지", page)


@override_settings(WEBHOOK_PRIVATE_NETWORKS=THIS_MACHINE)
class StepTests(WebhookTestCase):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.webhook = make_webhook(self.enterContext(running(self.receiver)))

    def post(self, name, pk):
        return self.client.post(reverse(f"admin:articles_{name}", args=[pk]), follow=True)

    def test_a_test_is_sent_and_its_result_is_listed(self):
        self.assertContains(self.post("webhook_test", self.webhook.pk), "1분 안에 보냅니다")
        self.assertEqual(deliver(), 1)
        self.assertContains(self.client.get(change_url(self.webhook)), "상태 200")
        deliveries.queue_test(make_webhook(ADDRESS, name="다른 곳"), by=None)
        listed = self.client.get(f"{LIST}?target=webhook:{self.webhook.pk}")
        self.assertContains(listed, "알림방")
        self.assertNotContains(listed, "다른 곳")
        Webhook.objects.update(is_active=False)
        self.assertContains(self.post("webhook_test", self.webhook.pk), "먼저 켜 주세요")
        self.assertEqual(self.actions(), ["webhook-tested"] * 2)

    def test_what_was_given_up_is_told_on_the_first_page_and_sent_again(self):
        delivery = deliveries.queue_test(self.webhook, by=None)
        Delivery.objects.update(state="given-up")
        self.assertContains(self.client.get(reverse("admin:index")), "전송 1건을 포기했습니다")
        self.assertContains(self.post("delivery_again", delivery.pk), "같은 ID로 다시 보냅니다")
        self.assertContains(self.post("delivery_again", delivery.pk), "이미 대기 중")
        self.assertEqual(deliver(), 1)
        self.assertEqual(self.actions(), ["webhook-tested", "delivery-repeated"])

    def test_a_new_secret_is_shown_once(self):
        response = self.post("webhook_secret", self.webhook.pk)
        new = Webhook.objects.get()
        self.assertNotEqual(new.secret, self.webhook.secret)
        self.assertEqual(new.former_secret, self.webhook.secret)
        self.assertContains(response, new.secret)
        self.assertNotContains(response, self.webhook.secret)
        self.assertEqual(self.actions(), ["webhook-secret"])

    def test_why_its_receiver_switched_it_off_is_told(self):
        self.receiver.answer = lambda count: (410, {}, b"moved away")
        self.post("webhook_test", self.webhook.pk)
        deliver()
        self.assertContains(self.client.get(change_url(self.webhook)), "moved away", count=2)
