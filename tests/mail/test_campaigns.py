"""Each digest reaches each service once, from the real step through run_due, whatever fails."""

import datetime as dt
from unittest.mock import patch

import time_machine
from django.test import TestCase, override_settings
from django.utils import timezone, translation

from articles.changes import audit
from articles.digests import publishing
from articles.mail import campaigns, listmonk
from articles.models import AuditEntry, Campaign, Delivery, MailService
from articles.notices import deliveries
from articles.outgoing import lanes, requests
from articles.posts import importing
from articles.posts.post_files import PostFile
from articles.preflight import Finding, Severity
from tests.support.factories import make_article, make_digest, make_user
from tests.support.mail_services import FAULTS, Buttondown, Listmonk, make_service, running
from tests.support.receivers import THIS_MACHINE, Receiver, deliver

MORNING = dt.datetime(2026, 1, 2, 21, 0, tzinfo=dt.UTC)  # 06:00 of the 3rd in Seoul
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
SERVICES = {"listmonk": Listmonk, "buttondown": Buttondown}
GONE_OUT = {"listmonk": "running", "buttondown": "about_to_send"}
ERROR = Finding("headline-missing", Severity.ERROR, None, None, None, "제목이 없습니다.", "", "")
OVER = {"listmonk": "finished", "buttondown": "sent"}


@override_settings(WEBHOOK_PRIVATE_NETWORKS=THIS_MACHINE, SITE_URL="https://news.example")
class CampaignTestCase(TestCase):
    """A draft of today, a clock that stands still, and pauses without chance."""

    def setUp(self):
        self.enterContext(patch.object(lanes._jitter, "uniform", return_value=1.0))
        self.enterContext(translation.override("ko"))
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        self.digest = make_digest("2026-01-03", articles=1, published=False, title="오늘 소식")
        # What preflight finds is not the subject here.
        self.check = self.enterContext(patch("articles.preflight.check", return_value=[]))
        self.editor = make_user("editor", permissions=("change_digest", "publish_digest"))

    def serve(self, kind="listmonk", **fields):
        self.there = SERVICES[kind]()
        address = self.enterContext(running(self.there))
        self.service = make_service(address, kind, **fields)

    def publish(self):
        self.digest = publishing.publish(self.digest, by=self.editor)

    def tomorrow(self):
        """A draft of the day after; nothing is known of the days before."""
        for model in (Campaign, Delivery, MailService):
            model.objects.all().delete()
        AuditEntry.objects.all()._raw_delete("default")
        day = self.digest.date + dt.timedelta(days=1)
        self.digest = make_digest(day, articles=1, published=False)

    def withdraw(self):
        self.digest.refresh_from_db()
        publishing.withdraw(self.digest)

    def campaign(self):
        return Campaign.objects.get()

    def rows(self):
        actions = AuditEntry.objects.values_list("action", flat=True)
        return sorted(action for action in actions if action.startswith("mail"))


class HandedOverTests(CampaignTestCase):
    def test_every_service_gets_a_digest_in_the_state_that_was_chosen(self):
        for kind in SERVICES:
            for mode, status in (
                ("draft", "draft"),
                ("scheduled", "scheduled"),
                ("sent", GONE_OUT[kind]),
            ):
                with self.subTest(kind, mode=mode):
                    self.tomorrow()
                    hour = dt.time(7, 30) if mode == "scheduled" else None
                    self.serve(kind, mode=mode, hour=hour)
                    self.publish()
                    deliver()
                    self.assertEqual(self.there.statuses(), [status])
                    self.assertEqual(self.campaign().state, "made")
                    self.assertEqual(self.campaign().remote_status, status)
                    asked = len(self.there.asked)
                    deliver()
                    self.assertEqual(len(self.there.asked), asked)

    def test_what_listmonk_gets(self):
        self.serve(lists=[3, 4], list_template=7, mode="scheduled", hour=dt.time(7, 30))
        self.publish()
        deliver()
        [mail] = self.there.mails.values()
        self.assertEqual(mail["name"], "Newsroom 2026-01-03")
        self.assertEqual(mail["subject"], "오늘 소식")
        self.assertEqual((mail["lists"], mail["template_id"]), ([3, 4], 7))
        self.assertEqual(mail["send_at"], "2026-01-02T22:30:00Z")
        self.assertIn('href="{{ UnsubscribeURL }}"', mail["body"])
        self.assertIn("{{ UnsubscribeURL }}", mail["altbody"])
        self.assertIn("1번째 기사의 제목", mail["altbody"])
        self.assertEqual(self.there.asked[0][0], "GET")

    def test_what_buttondown_gets(self):
        self.serve("buttondown")
        self.publish()
        deliver()
        [mail] = self.there.mails.values()
        self.assertEqual(mail["template"], "naked")
        self.assertEqual(mail["canonical_url"], "https://news.example/2026/01/03/")
        self.assertIn('href="{{ unsubscribe_url }}"', mail["body"])
        self.assertTrue(mail["body"].startswith("<!-- buttondown-editor-mode: fancy -->"))

    def test_any_other_service_gets_its_own_form(self):
        receiver = Receiver()
        address = self.enterContext(running(receiver))
        self.service = make_service(address, "own", unsubscribe="%unsubscribe%")
        self.publish()
        deliver()
        deliver()
        [(headers, body)] = receiver.heard
        self.assertIn('{"subject":"오늘 소식","html":"<!DOCTYPE html>', body.decode())
        self.assertIn("%unsubscribe%", body.decode())
        self.assertEqual(headers["authorization"], "Bearer secret")
        self.assertEqual(headers["idempotency-key"], str(self.campaign().uid))

    def test_the_trail_says_so_and_nobody_is_told(self):
        self.serve()
        self.publish()
        deliver()
        entry = AuditEntry.objects.get(action="mailed")
        self.assertEqual(
            (entry.digest_id, entry.detail), (self.digest.pk, {"service": "아침 메일"})
        )

    def test_two_services_each_get_it(self):
        self.serve()
        first = self.there
        self.serve("buttondown")
        self.publish()
        deliver()
        self.assertEqual((len(first.mails), len(self.there.mails)), (1, 1))


class NotHandedOverTests(CampaignTestCase):
    def assertNothing(self):
        deliver()
        self.assertEqual((self.there.mails, Delivery.objects.count()), ({}, 0))

    def test_an_imported_digest(self):
        self.serve()
        post = "---\ntitle: 글\ndate: 2026-01-03\n---\n\n### 1. 기사\n\n- 요점\n"
        self.digest.delete()
        importing.import_posts([PostFile("2026-01-03-a.md", post.encode())], publish=True)
        self.assertNothing()

    def test_a_digest_of_before_yesterday(self):
        self.serve()
        self.digest = make_digest("2026-01-01", published=False)
        self.publish()
        self.assertNothing()

    def test_what_a_restored_backup_brings_back(self):
        self.serve()
        self.publish()
        audit.record("restored-from-backup")
        self.assertNothing()

    def test_what_was_published_before_the_service_was_switched_on(self):
        self.publish()
        self.clock.shift(MINUTE)
        self.serve()
        self.assertNothing()

    def test_a_service_that_is_off(self):
        self.serve(is_active=False)
        self.publish()
        self.assertNothing()

    def test_what_was_published_while_nothing_ran_for_a_day(self):
        self.serve()
        self.publish()
        self.clock.shift(25 * HOUR)
        self.assertNothing()

    def test_a_digest_that_is_withdrawn_before_its_turn(self):
        self.serve()
        self.publish()
        self.withdraw()
        deliver()
        self.assertEqual((self.there.asked, Campaign.objects.count()), ([], 0))


class HourTests(CampaignTestCase):
    def test_it_waits_for_the_hour(self):
        self.serve(mode="sent", hour=dt.time(7, 30))
        make_article(self.digest, headline="나중 기사")
        self.publish()
        deliver()
        self.assertEqual(self.there.asked, [])
        self.clock.shift(90 * MINUTE)
        deliver()
        self.assertEqual(self.there.statuses(), ["running"])

    def test_after_the_hour_it_goes_at_once(self):
        self.clock.shift(2 * HOUR)
        for kind, mode in (("listmonk", "sent"), ("buttondown", "scheduled")):
            self.serve(kind, mode=mode, hour=dt.time(7, 30))
        self.publish()
        deliver()
        self.assertEqual(self.there.statuses(), ["about_to_send"])
        self.assertEqual(set(Campaign.objects.values_list("state", flat=True)), {"made"})

    def test_with_errors_at_the_hour_it_is_held_back_and_the_desk_is_told(self):
        self.serve(mode="sent", hour=dt.time(7, 30))
        self.publish()
        deliver()
        self.check.return_value = [ERROR]
        self.clock.shift(90 * MINUTE)
        deliver()
        self.assertEqual(self.there.asked, [])
        self.assertEqual(self.campaign().state, "held-back")
        self.assertEqual(self.rows(), ["mail-held-back"])
        self.check.return_value = []
        deliveries.again(Delivery.objects.get(), by=None)
        deliver()
        self.assertEqual(self.there.statuses(), ["running"])


class WithdrawnTests(CampaignTestCase):
    def test_what_nobody_has_yet_is_called_back(self):
        for kind in SERVICES:
            for mode in ("draft", "scheduled"):
                with self.subTest(kind, mode=mode):
                    self.tomorrow()
                    self.serve(kind, mode=mode, hour=dt.time(9) if mode == "scheduled" else None)
                    self.publish()
                    deliver()
                    self.withdraw()
                    deliver()
                    self.assertEqual(self.there.mails, {})
                    self.assertEqual(self.campaign().state, "cancelled")

    def test_what_has_gone_out_is_told_to_the_desk(self):
        for kind in SERVICES:
            with self.subTest(kind):
                self.tomorrow()
                self.serve(kind, mode="sent")
                self.publish()
                deliver()
                [mail] = self.there.mails.values()
                mail["status"] = OVER[kind]
                self.withdraw()
                deliver()
                self.assertEqual(self.campaign().state, "out")
                self.assertEqual(self.there.statuses(), [OVER[kind]])
                self.assertTrue(self.campaign().because)
                self.assertIn("mail-not-cancelled", self.rows())

    def test_a_campaign_that_runs_is_stopped_and_told_to_the_desk(self):
        self.serve(mode="sent")
        self.publish()
        deliver()
        self.withdraw()
        deliver()
        self.assertEqual(self.there.statuses(), ["cancelled"])
        self.assertEqual(self.campaign().state, "out")

    def test_what_comes_out_again_is_handed_over_again_if_nobody_had_it(self):
        self.serve()
        for step in (self.publish, self.withdraw, self.publish):
            step()
            deliver()
            self.clock.shift(MINUTE)
        self.assertEqual(self.there.statuses(), ["draft"])
        self.assertEqual(self.campaign().state, "made")

    def test_what_comes_out_again_is_not_sent_twice(self):
        self.serve(mode="sent")
        for step in (self.publish, self.withdraw, self.publish):
            step()
            deliver()
            self.clock.shift(MINUTE)
        self.assertEqual(self.there.statuses(), ["cancelled"])

    def test_all_steps_while_the_service_was_away(self):
        self.serve("buttondown", mode="sent")
        self.there.faults = {1: "carries it out and hangs up", 2: "is away", 3: "is away"}
        for step in (self.publish, self.withdraw, self.publish):
            step()
            deliver()
            self.clock.shift(10 * MINUTE)
        for _turn in range(6):
            deliver()
            self.clock.shift(HOUR)
        self.assertEqual(self.there.statuses(), ["about_to_send"])
        self.assertEqual(set(Delivery.objects.values_list("state", flat=True)), {"accepted"})

    def test_another_service_cannot_be_told_to(self):
        address = self.enterContext(running(Receiver()))
        self.service = make_service(address, "own")
        self.publish()
        deliver()
        self.withdraw()
        deliver()
        self.assertEqual(self.campaign().state, "out")


class FaultTests(CampaignTestCase):
    def try_fault(self, kind, fault, number):
        """One fault at one request of a digest that is to be sent; then everything works."""
        self.tomorrow()
        self.serve(kind, mode="sent")
        self.there.faults = {number: fault}
        self.publish()
        self.assertEqual(deliver(), 0)
        self.assertEqual(len(self.there.asked), number)
        self.assertNotEqual(self.campaign().because, "")
        self.assertNotIn("secret", self.campaign().because)
        self.clock.shift(10 * MINUTE)
        self.assertEqual(deliver(), 1)
        self.assertEqual(self.there.statuses(), [GONE_OUT[kind]])
        self.assertEqual(self.campaign().state, "made")
        self.assertEqual(self.rows(), ["mailed"])

    def test_every_fault_leaves_one_mail(self):
        """At the creation, which is the second request, each; at the others the worst."""
        for kind in SERVICES:
            for fault in FAULTS:
                with self.subTest(kind, fault=fault):
                    self.try_fault(kind, fault, 2)
            for number in (1, 3):
                with self.subTest(kind, request=number):
                    self.try_fault(kind, "carries it out and hangs up", number)

    def test_one_that_is_silent(self):
        self.serve(mode="sent")
        self.there.lock.acquire()
        self.addCleanup(self.there.lock.release)
        self.publish()
        with patch.object(requests, "STEP_SECONDS", 0.2):
            self.assertEqual(deliver(), 0)
        self.assertIn("제시간", self.campaign().because)

    def test_one_that_is_away_for_a_day_is_told_to_the_desk(self):
        self.service = make_service("http://127.0.0.1:9", mode="sent")
        self.publish()
        with self.assertLogs("articles.notices.deliveries", "WARNING"):
            for _hour in range(26):
                deliver()
                self.clock.shift(HOUR)
        self.assertEqual(Delivery.objects.get(kind="published").state, "given-up")
        self.assertEqual(self.rows(), ["mail-failed"])

    def test_a_second_process_finds_the_pair_taken(self):
        self.serve()
        self.publish()
        create, answers = listmonk._create, []

        def meanwhile(service, wanted):
            answers.append(campaigns.hand_over(service, self.digest, timezone.now()))
            return create(service, wanted)

        with patch.object(listmonk, "_create", meanwhile):
            deliver()
        self.assertEqual(len(self.there.mails), 1)
        self.assertEqual([answer.is_ok for answer in answers], [False])
