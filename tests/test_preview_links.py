"""Preview links: who may make them, how long they work, and what is kept of them."""

import datetime as dt

import time_machine
from django.core.exceptions import PermissionDenied
from django.test import TestCase

from articles import audit, preview_links, publishing
from articles.models import PreviewLink
from tests.factories import make_digest, make_user

NOW = dt.datetime(2026, 1, 2, 9, 0, tzinfo=dt.UTC)


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
        digest = publishing.publish(self.digest, unchecked=True)
        _link, token = preview_links.make(digest)
        digest = publishing.withdraw(digest)
        self.assertIsNone(preview_links.find(token))
        publishing.publish(publishing.submit(digest), unchecked=True)
        self.assertIsNone(preview_links.find(token))
