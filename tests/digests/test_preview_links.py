"""Preview links: who may make them, how long they work, and what is kept of them."""

import datetime as dt
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase

from articles.changes import audit
from articles.digests import preview_links, publishing
from articles.models import Digest, PreviewLink
from tests.support.factories import make_digest, make_user
from tests.support.waiting import somebody_waits_for_a_lock, wait_until

NOW = dt.datetime(2026, 1, 2, 9, 0, tzinfo=dt.UTC)
FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
ROUNDS = 50
Status = Digest.Status


@time_machine.travel(NOW, tick=False)
class PreviewLinkTests(TestCase):
    def setUp(self):
        self.digest = make_digest(published=False)
        self.user = make_user(permissions=["change_digest"])

    def test_a_token_has_256_bits_and_only_its_hash_is_kept(self):
        link, token = preview_links.make(self.digest, by=self.user, recipient="변호사")
        self.assertRegex(token, r"^[A-Za-z0-9_-]{43}$")
        row = PreviewLink.objects.values().get()
        self.assertNotIn(token, str(row))
        self.assertNotIn(token, str(audit.trail(self.digest).values()))
        self.assertEqual(preview_links.find(token), link)

    def test_two_links_have_different_tokens_and_one_can_end_alone(self):
        first, token = preview_links.make(self.digest, by=self.user)
        _second, other = preview_links.make(self.digest, by=self.user)
        self.assertNotEqual(token, other)
        preview_links.revoke(first, by=self.user)
        self.assertIsNone(preview_links.find(token))
        self.assertIsNotNone(preview_links.find(other))

    def test_a_link_ends_at_its_hour(self):
        link, token = preview_links.make(self.digest, by=self.user, days=1)
        with time_machine.travel(link.expires_at - dt.timedelta(seconds=1), tick=False):
            self.assertEqual(preview_links.find(token), link)
        with time_machine.travel(link.expires_at, tick=False):
            self.assertIsNone(preview_links.find(token))

    def test_other_spans_are_refused(self):
        for days in (0, -1, 2, 365):
            with self.subTest(days), self.assertRaises(ValueError):
                preview_links.make(self.digest, by=self.user, days=days)
        self.assertFalse(PreviewLink.objects.exists())

    def test_only_those_who_may_change_digests_make_and_end_links(self):
        clerk = make_user("clerk", permissions=["view_digest"])
        link, token = preview_links.make(self.digest, by=self.user)
        with self.assertRaises(PermissionDenied):
            preview_links.make(self.digest, by=clerk)
        with self.assertRaises(PermissionDenied):
            preview_links.revoke(link, by=clerk)
        self.assertEqual(preview_links.find(token), link)

    def test_making_and_ending_leave_rows_in_the_trail(self):
        link, _token = preview_links.make(self.digest, by=self.user, recipient="변호사")
        preview_links.revoke(link, by=self.user)
        preview_links.revoke(link, by=self.user)
        rows = [(entry.action, entry.actor_id) for entry in audit.trail(self.digest)]
        self.assertEqual(
            rows,
            [("preview-link-revoked", self.user.pk), ("preview-link-made", self.user.pk)],
        )

    def test_withdrawing_ends_all_links_and_nothing_revives_them(self):
        _link, token = preview_links.make(self.digest)
        digest = publishing.publish(self.digest, unchecked=True)
        self.assertIsNotNone(preview_links.find(token))
        digest = publishing.withdraw(digest)
        self.assertIsNone(preview_links.find(token))
        publishing.publish(publishing.submit(digest), unchecked=True)
        self.assertIsNone(preview_links.find(token))


def in_review_again(date="2026-01-03"):
    """A digest that readers had once, was withdrawn and is in review."""
    return publishing.submit(publishing.withdraw(make_digest(date)))


@time_machine.travel(NOW, tick=False)
class StatusTests(TestCase):
    """Which digests have preview links is one rule, asked under the lock of the digest."""

    def test_what_readers_have_and_what_was_taken_from_them_gets_no_link(self):
        public, withdrawn = make_digest(), publishing.withdraw(make_digest("2026-01-04"))
        due = make_digest("2026-01-05", published=False)
        publishing.publish(due, at=FUTURE, unchecked=True)
        Digest.objects.filter(pk=due.pk).update(publish_at=NOW - dt.timedelta(days=1))
        for digest in (public, withdrawn, due):
            with self.subTest(digest.date), self.assertRaises(preview_links.NotAllowed):
                preview_links.make(digest)
        self.assertFalse(PreviewLink.objects.exists())
        self.assertFalse(audit.trail(public).filter(action="preview-link-made").exists())

    def test_all_others_get_one(self):
        draft = make_digest(published=False)
        scheduled = make_digest("2026-01-05", published=False)
        scheduled = publishing.publish(scheduled, at=FUTURE, unchecked=True)
        for digest in (draft, scheduled, in_review_again("2026-01-06")):
            with self.subTest(digest.status):
                _link, token = preview_links.make(digest)
                self.assertIsNotNone(preview_links.find(token))

    def test_what_was_withdrawn_since_it_was_looked_at_gets_no_link(self):
        seen = in_review_again()
        publishing.send_back(Digest.objects.get(), note="다시")
        self.assertEqual(seen.status, Status.IN_REVIEW)
        with self.assertRaises(preview_links.NotAllowed):
            preview_links.make(seen)

    def test_what_was_deleted_since_it_was_looked_at_gets_no_link(self):
        seen = make_digest(published=False)
        Digest.objects.all().delete()
        with self.assertRaises(Digest.DoesNotExist):
            preview_links.make(seen)

    def test_the_way_back_to_withdrawn_ends_the_links_for_good(self):
        digest = in_review_again("2026-01-03")
        _link, token = preview_links.make(digest)
        digest = publishing.send_back(digest, note="다시")
        self.assertEqual(digest.status, Status.WITHDRAWN)
        self.assertIsNone(preview_links.find(token))
        publishing.submit(digest)
        self.assertIsNone(preview_links.find(token))

    def test_a_cancelled_schedule_leads_back_to_the_review_and_its_links(self):
        digest = in_review_again("2026-01-04")
        _link, token = preview_links.make(digest)
        digest = publishing.withdraw(publishing.publish(digest, at=FUTURE, unchecked=True))
        self.assertEqual(digest.status, Status.IN_REVIEW)
        self.assertIsNotNone(preview_links.find(token))


@time_machine.travel(NOW, tick=False)
class SimultaneousTests(TransactionTestCase):
    """Threads need transactions of their own that are really committed."""

    serialized_rollback = True

    def test_a_link_waits_for_a_withdrawal_that_is_under_way(self):
        digest, made = in_review_again(), []

        def make():
            try:
                made.append(preview_links.make(digest))
            except preview_links.NotAllowed:
                made.append(None)
            finally:
                connection.close()

        thread = threading.Thread(target=make)
        with transaction.atomic():
            publishing.send_back(digest, note="다시")
            thread.start()
            if connection.vendor == "postgresql":
                wait_until(lambda: made or somebody_waits_for_a_lock())
            self.assertEqual(made, [])
        thread.join()
        self.assertEqual(made, [None])
        self.assertFalse(PreviewLink.objects.filter(revoked_at=None).exists())

    def test_of_many_races_no_link_outlives_a_withdrawal(self):
        digest, opened = in_review_again(), Counter()
        with ThreadPoolExecutor(2) as pool:
            for _round in range(ROUNDS):
                start = threading.Barrier(2)
                making = pool.submit(self.raced, start, self.made, digest)
                back = pool.submit(self.raced, start, self.sent_back, digest)
                token, digest = making.result(), back.result()
                digest = publishing.submit(digest)
                opened[bool(token and preview_links.find(token))] += 1
        self.assertEqual(opened, {False: ROUNDS})

    def raced(self, start, step, digest):
        try:
            start.wait()
            return step(digest)
        finally:
            connection.close()

    def made(self, digest):
        try:
            return preview_links.make(digest)[1]
        except preview_links.NotAllowed:
            return None

    def sent_back(self, digest):
        return publishing.send_back(digest, note="다시")
