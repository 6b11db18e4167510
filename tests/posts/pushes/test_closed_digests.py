"""Pushes for digests that readers have, or that are in the trash."""

import datetime as dt
import uuid

import pytest
from django.test import TestCase
from django.utils import timezone

from articles.digests import presence, publishing, revisions, trash
from articles.models import Digest, Presence, Revision, Suggestion, WorkingCopy
from articles.posts.pushes import suggestions, undoing
from articles.posts.pushes.record import FIELDS
from tests.posts.pushes.test_receiving import waiting
from tests.support.costs import assert_cheap
from tests.support.factories import make_user
from tests.support.pushes import article, fates, hand_in, hand_in_json

FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)


def cited_pages(name, count):
    return [f"한빛일보 | https://hanbit.example/{name}/{number}" for number in range(count)]


class ClosedDigestTests(TestCase):
    """Into a digest that somebody has open, or that is no draft, nothing is written."""

    def setUp(self):
        hand_in("하나")
        self.digest = Digest.objects.get()

    def push(self):
        return hand_in(article("하나", point="새 요점"), "둘")

    def assertOnlySuggested(self):
        self.digest.refresh_from_db()
        before = revisions.snapshot(self.digest)
        count = Revision.objects.count()
        received = self.push()
        self.assertEqual((fates(received), received.outcome), (["suggested"] * 2, "waiting"))
        self.digest.refresh_from_db()
        self.assertEqual(revisions.snapshot(self.digest), before)
        self.assertEqual(Revision.objects.count(), count)
        [points, whole] = waiting(self.digest)
        self.assertEqual(points, ("points", ["새 요점"]))
        self.assertEqual((whole[0], whole[1]["headline"]), ("", "둘 기사"))
        self.assertEqual(set(whole[1]), set(FIELDS))

    def test_an_open_form(self):
        presence.note(self.digest, make_user())
        self.assertOnlySuggested()

    def test_a_form_whose_owner_lost_the_connection(self):
        WorkingCopy.objects.create(user=make_user(), digest=self.digest, key=uuid.uuid4())
        self.assertOnlySuggested()

    def test_a_form_that_was_closed_long_ago_is_not_open(self):
        long_ago = timezone.now() - dt.timedelta(hours=1)
        user = make_user()
        WorkingCopy.objects.create(user=user, digest=self.digest, key=uuid.uuid4())
        WorkingCopy.objects.update(saved_at=long_ago)
        Presence.objects.create(digest=self.digest, user=user, since=long_ago, seen_at=long_ago)
        self.assertEqual(fates(self.push()), ["replaced", "added"])

    def test_in_review(self):
        publishing.submit(self.digest)
        self.assertOnlySuggested()

    def test_scheduled(self):
        publishing.publish(self.digest, at=FUTURE, unchecked=True)
        self.assertOnlySuggested()

    def test_published(self):
        publishing.publish(self.digest, unchecked=True)
        self.assertOnlySuggested()

    def test_withdrawn(self):
        publishing.publish(self.digest, unchecked=True)
        publishing.withdraw(self.digest)
        self.assertOnlySuggested()

    def test_a_newer_text_replaces_the_suggestion_of_an_older_one(self):
        presence.note(self.digest, make_user())
        self.push()
        hand_in(article("하나", point="noch neuer"), article("둘", point="더 새로운 요점"))
        [points, whole] = waiting(self.digest)
        self.assertEqual(points[1], ["noch neuer"])
        self.assertEqual(whole[1]["points"], ["더 새로운 요점"])

    def test_a_newer_text_leaves_other_articles_that_cite_the_same_page_waiting(self):
        presence.note(self.digest, make_user())
        one, other = article("쪽", "가 기사"), article("쪽", "나 기사")
        hand_in("하나", one, other)
        hand_in("하나", one, article("쪽", "나 기사", point="새 요점"))
        found = [value for field, value in waiting(self.digest) if not field]
        told = [(value["headline"], value["points"]) for value in found]
        self.assertEqual(told, [("가 기사", ["병원 세 곳이 시험"]), ("나 기사", ["새 요점"])])

    # What Python compares is the same text from either engine.
    @pytest.mark.one_engine
    def test_many_articles_that_wait_are_compared_cheaply(self):
        publishing.submit(self.digest)
        for name in ("먼저", "나중"):
            articles = [
                {"headline": f"{name} {number}", "citations": cited_pages(f"{name}{number}", 20)}
                for number in range(100)
            ]
            assert_cheap(self, hand_in_json, {"articles": articles}, undone=name == "나중")
        self.assertEqual(len(waiting(self.digest)), 200)

    def test_what_was_dismissed_does_not_come_back(self):
        presence.note(self.digest, make_user())
        self.push()
        Suggestion.objects.update(status="dismissed")
        received = hand_in(article("하나", point="새 요점"), "둘", "셋")
        self.assertEqual(fates(received), ["unchanged", "unchanged", "suggested"])


class TrashTests(TestCase):
    """What came from the trash knows its pushes as before."""

    def setUp(self):
        hand_in("하나")
        self.digest = Digest.objects.get()
        self.user = make_user()

    def restored(self):
        return trash.restore(trash.delete(self.digest))

    def test_its_pushes_can_be_undone(self):
        undone = undoing.undo(self.restored().pushes.get(), by=None)
        self.assertEqual(undone.removed, ["하나 기사"])

    def test_what_waited_waits_again(self):
        publishing.submit(self.digest)
        hand_in(article("하나", point="새 요점"), "둘")
        before = waiting(self.digest)
        self.assertEqual(len(before), 2)
        self.assertEqual(waiting(self.restored()), before)

    def test_what_was_dismissed_stays_so(self):
        publishing.submit(self.digest)
        hand_in("하나", "둘")
        suggestions.dismiss(Suggestion.objects.get(), by=self.user)
        digest = self.restored()
        row = Suggestion.objects.get()
        self.assertEqual((row.status, row.decided_by), ("dismissed", self.user))
        self.assertIsNotNone(row.decided_at)
        publishing.submit(digest)
        self.assertEqual(fates(hand_in("하나", "둘", title="x")), ["unchanged", "unchanged"])
