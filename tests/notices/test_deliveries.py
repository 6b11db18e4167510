"""What happened at the desk is told once, to those who want it, and nothing that is old."""

import datetime as dt
import json

import time_machine
from django.core.exceptions import ValidationError
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone, translation

from articles.backup.restoring import RESTORED, leave_unsent
from articles.changes import audit
from articles.digests import publishing
from articles.models import AuditEntry, Delivery, Webhook
from articles.notices import bodies, deliveries, webhooks
from articles.notices.events import KINDS
from articles.operations import heartbeats
from tests.notices.test_receivers import HOUR, MINUTE, ReceiverTestCase
from tests.support.factories import make_digest
from tests.support.receivers import THIS_MACHINE, deliver, happen, make_webhook, verified


class QueueTests(ReceiverTestCase):
    def told(self):
        return list(Delivery.objects.order_by("pk").values_list("kind", flat=True))

    def test_a_step_at_the_desk_is_told_once(self):
        webhook = make_webhook(self.address, "submitted", "sent-back")
        digest = make_digest("2026-01-04", articles=2, published=False)
        digest = publishing.submit(digest)
        self.assertEqual(deliver(), 1)
        publishing.send_back(digest, note="다시", by=None)
        self.assertEqual(deliver(), 1)
        self.assertEqual(deliver(), 0)
        self.assertEqual(self.told(), ["submitted", "sent-back"])
        [(headers, body), _second] = self.receiver.heard
        self.assertTrue(verified(webhook.secret, headers, body))
        self.assertEqual(headers["content-type"], "application/json")
        self.assertEqual(headers["webhook-timestamp"], str(int(timezone.now().timestamp())))
        told = json.loads(body)
        self.assertEqual(told["type"], "digest.submitted")
        self.assertEqual(told["timestamp"], "2026-01-03T03:00:00Z")
        self.assertEqual(told["data"]["date"], "2026-01-04")
        self.assertEqual(told["data"]["articles"], 2)
        path = f"/admin/articles/digest/{digest.pk}/change/"
        self.assertEqual(told["data"]["url"], f"http://testserver{path}")

    def test_only_the_kinds_that_are_wanted_are_told(self):
        make_webhook(self.address, "published")
        happen("submitted")
        self.assertEqual(deliveries.queue(), 0)

    def test_nothing_from_before_a_webhook_was_switched_on_is_told(self):
        happen()
        self.clock.shift(MINUTE)
        make_webhook(self.address)
        self.assertEqual(deliveries.queue(), 0)
        happen()
        self.assertEqual(deliveries.queue(), 1)

    def test_nothing_of_a_restored_backup_is_told(self):
        make_webhook(self.address)
        happen()
        deliveries.queue()  # and backed up, before it was sent
        happen()
        self.clock.shift(MINUTE)
        audit.record(RESTORED, target="backup.zip")
        leave_unsent()
        self.assertEqual(deliver(), 0)
        delivery = Delivery.objects.get()
        self.assertEqual(delivery.state, "given-up")
        self.assertTrue(deliveries.again(delivery, by=None))
        self.assertEqual(deliver(), 1)
        happen()
        self.assertEqual(deliver(), 1)

    def test_what_happened_while_run_due_was_away_is_told_when_it_is_back(self):
        make_webhook(self.address)
        heartbeats.note(heartbeats.RUN_DUE, timezone.now())
        happen()
        self.clock.shift(5 * HOUR)
        self.assertEqual(deliveries.queue(), 1)
        happen(at=timezone.now() - 25 * HOUR)
        self.assertEqual(deliveries.queue(), 0)

    def test_a_finished_delivery_is_sent_again_under_its_id(self):
        make_webhook(self.address)
        happen()
        deliver()
        delivery = Delivery.objects.get()
        self.assertTrue(deliveries.again(delivery, by=None))
        self.assertFalse(deliveries.again(delivery, by=None))
        self.assertEqual(deliver(), 1)
        self.assertEqual(len(set(self.receiver.ids())), 1)
        self.assertEqual(len(self.receiver.heard), 2)
        Webhook.objects.update(is_active=False)
        self.assertFalse(deliveries.again(delivery, by=None))

    def test_a_test_is_sent_and_leaves_a_row(self):
        webhook = make_webhook(self.address)
        deliveries.queue_test(webhook, by=None)
        self.assertEqual(deliver(), 1)
        told = json.loads(self.receiver.heard[0][1])
        self.assertEqual(told["type"], "webhook.test")
        self.assertEqual(AuditEntry.objects.filter(action="webhook-tested").count(), 1)

    def test_a_new_secret_signs_beside_the_former_one_for_a_day(self):
        webhook = make_webhook(self.address, authorization="Bearer tk_1")
        webhooks.renew_secret(webhook, by=None)
        new = Webhook.objects.get()
        self.clock.shift(30)  # and pressed once more
        webhooks.renew_secret(webhook, by=None)
        self.assertEqual(Webhook.objects.get(), new)
        self.assertEqual(Webhook.objects.get().secret, new.secret)
        happen()
        deliver()
        self.clock.shift(24 * HOUR)
        happen()
        deliver()
        heard = self.receiver.heard
        self.assertEqual([verified(new.secret, *each) for each in heard], [True, True])
        self.assertEqual([verified(webhook.secret, *each) for each in heard], [True, False])
        self.assertEqual(heard[0][0]["authorization"], "Bearer tk_1")

    def test_the_finished_is_forgotten_after_a_month(self):
        make_webhook(self.address)
        happen()
        deliver()
        self.clock.shift(30 * 24 * HOUR - MINUTE)
        self.assertEqual(deliveries.forget(), 0)
        self.clock.shift(MINUTE)
        self.assertEqual(deliveries.forget(), 1)


class BodyTests(SimpleTestCase):
    def setUp(self):
        self.enterContext(translation.override("en"))
        self.message = bodies.Message(
            "sent-back",
            dt.datetime(2026, 1, 3, 3, tzinfo=dt.UTC),
            'A <!channel> & "B" sent it back.',
            "http://testserver/admin/",
            "2026-01-04",
            2,
        )

    def body(self, form, **fields):
        body, headers = bodies.body(Webhook(form=form, **fields), self.message)
        return body.decode(), headers

    def test_each_receiver_gets_its_own_form(self):
        told = {form: self.body(form, chat="@desk")[0] for form in ("slack", "discord", "telegram")}
        told = {form: json.loads(body) for form, body in told.items()}
        said = 'A <!channel> & "B" sent it back. http://testserver/admin/'
        escaped = 'A &lt;!channel&gt; &amp; "B" sent it back. http://testserver/admin/'
        self.assertEqual(told["slack"], {"text": escaped})
        self.assertEqual(told["discord"], {"content": said, "allowed_mentions": {"parse": []}})
        self.assertEqual(told["telegram"], {"chat_id": "@desk", "text": said})

    @override_settings(SITE_NAME="새벽 소식")
    def test_ntfy_gets_plain_text_and_headers_of_ascii(self):
        body, headers = self.body("ntfy")
        self.assertEqual(body, self.message.sentence)
        self.assertEqual(headers["Click"], "http://testserver/admin/")
        self.assertTrue(headers["Title"].isascii())
        self.assertIn("=?utf-8?", headers["Title"])

    def test_long_sentences_fit_into_what_receivers_take(self):
        self.message = bodies.Message("test", self.message.at, "가" * 9_000, "u")
        self.assertEqual(len(json.loads(self.body("discord")[0])["content"]), 2000)
        self.assertEqual(len(json.loads(self.body("telegram")[0])["text"]), 4096)

    def test_an_own_template_is_filled_inside_its_texts(self):
        template = '{"a": ["{{ kind }}: {{sentence}}", 3, null], "b": {"c": "{{ articles }}"}}'
        bodies.check_template(template)
        told = json.loads(self.body("own", template=template)[0])
        self.assertEqual(
            told, {"a": [f"digest.sent_back: {self.message.sentence}", 3, None], "b": {"c": "2"}}
        )

    def test_no_value_changes_the_structure_of_a_template(self):
        self.message = bodies.Message("test", self.message.at, '", "x": "{{ url }}', "u")
        told = json.loads(self.body("own", template='{"a": "{{ sentence }}"}')[0])
        self.assertEqual(told, {"a": '", "x": "{{ url }}'})

    def test_a_template_with_a_fault_is_refused_with_a_sentence(self):
        deep = '{"a":' * 50 + "1" + "}" * 50
        for template, words in (
            ("", "not JSON"),
            ("{", "not JSON"),
            ('"{{ url }}"', "an object or a list"),
            ('{"a": "{{ secret }}"}', "“secret” is unknown"),
            ('{"a": "{{ url.x }}"}', "“url.x” is unknown"),
            (deep, "nested too deeply"),
            ("[" * 100_000, "nested too deeply"),
        ):
            with self.subTest(template[:20]), self.assertRaisesMessage(ValidationError, words):
                bodies.check_template(template)

    def test_there_is_an_example_of_every_kind(self):
        told = bodies.examples(list(KINDS))
        self.assertEqual(len(told), len(KINDS))
        for _label, message in told:
            self.assertRegex(message.type, r"^(digest|push|deadline|schedule|mail)\.[a-z_]+$")
            self.assertTrue(message.sentence)


@override_settings(WEBHOOK_PRIVATE_NETWORKS=THIS_MACHINE)
class CountTests(TestCase):
    def test_what_waits_and_what_was_given_up_is_counted(self):
        with time_machine.travel(timezone.now(), tick=False):
            make_webhook("http://127.0.0.1:9/")
            happen()
            happen()
            deliveries.queue()
            Delivery.objects.filter(pk=Delivery.objects.first().pk).update(state="given-up")
        self.assertEqual((deliveries.waiting(), deliveries.given_up()), (1, 1))
