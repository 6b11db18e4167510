"""An article follows up an earlier one: both are in one storyline."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.test import TestCase

from articles.digests import editing, publishing, revisions
from articles.digests.publishing import NotAllowed, Stale
from articles.models import AuditEntry, Digest, Storyline, text_hash
from articles.storylines import following
from tests.support.factories import make_digest, make_user, record

LATER = dt.date(2026, 1, 5)


class FollowingTests(TestCase):
    def setUp(self):
        self.writer = make_user("writer", permissions=["change_digest"])
        self.editor = make_user("editor", permissions=["change_digest", "publish_digest"])
        self.earlier = make_digest(articles=2)
        self.later = make_digest(LATER, articles=2, published=False)
        for digest in (self.earlier, self.later):
            record(digest)
        self.old, self.new = (digest.articles.first() for digest in (self.earlier, self.later))

    def follow(self, by=None, **changes):
        seen = text_hash(revisions.snapshot(self.later)["articles"][0])
        options = {"by": by or self.writer, "seen": seen} | changes
        return following.follow(self.later, str(self.new.uid), str(self.old.uid), **options)

    def storylines(self):
        return [
            [article["storyline"] for article in revisions.snapshot(digest)["articles"]]
            for digest in (self.earlier, self.later)
        ]

    def put(self, article, name):
        article.refresh_from_db()
        editing.set_storyline(article, name)

    def test_a_new_storyline_has_the_words_of_the_earlier_headline(self):
        followed = self.follow()
        self.assertEqual(followed, following.Followed(self.old.headline, "", str(self.old.uid)))
        self.assertEqual(self.storylines(), [[self.old.headline, ""]] * 2)

    def test_the_storyline_of_either_is_joined(self):
        for article in (self.old, self.new):
            with self.subTest(article.digest.date):
                self.put(article, "가속기")
                self.assertEqual(self.follow().name, "가속기")
                self.assertEqual(self.storylines(), [["가속기", ""]] * 2)
                Storyline.objects.all().delete()

    def test_two_storylines_are_not_mixed(self):
        self.put(self.old, "가속기")
        self.put(self.new, "로봇")
        with self.assertRaises(NotAllowed):
            self.follow()
        self.assertEqual(self.storylines(), [["가속기", ""], ["로봇", ""]])

    def test_history_and_trail_of_both_days_tell_of_it(self):
        self.follow()
        for digest in (self.earlier, self.later):
            with self.subTest(digest.date):
                newest = digest.revisions.order_by("number").last()
                self.assertEqual(newest.data, revisions.snapshot(Digest.objects.get(pk=digest.pk)))
                self.assertEqual(newest.author, self.writer)
                row = AuditEntry.objects.get(action="storyline", digest_id=digest.pk)
                self.assertEqual((row.actor_id, row.note), (self.writer.pk, newest.note))

    def test_it_can_be_undone(self):
        followed = self.follow()
        following.undo(self.later, str(self.new.uid), followed, by=self.writer)
        self.assertEqual(self.storylines(), [["", ""]] * 2)

    def test_undoing_leaves_what_somebody_changed_since(self):
        followed = self.follow()
        self.put(self.new, "로봇")
        with self.assertRaises(NotAllowed):
            following.undo(self.later, str(self.new.uid), followed, by=self.writer)
        self.assertEqual(self.storylines(), [[self.old.headline, ""], ["로봇", ""]])

    def test_a_storyline_that_readers_see_grows_only_by_who_may_publish(self):
        third = make_digest("2026-01-01", articles=1)
        self.put(third.articles.get(), "가속기")
        self.put(self.new, "가속기")
        with self.assertRaises(PermissionDenied):
            self.follow()
        self.follow(by=self.editor)
        self.assertEqual(self.storylines(), [["가속기", ""]] * 2)

    def test_only_an_earlier_day_can_be_followed(self):
        publishing.publish(self.later, unchecked=True)
        uids = str(self.old.uid), str(self.new.uid)
        seen = text_hash(revisions.snapshot(self.earlier)["articles"][0])
        with self.assertRaises(NotAllowed):
            following.follow(self.earlier, *uids, by=self.editor, seen=seen)

    def test_what_was_not_on_the_screen_is_not_followed_up(self):
        with self.assertRaises(Stale):
            self.follow(seen="another text")
        self.old.delete()
        with self.assertRaises(NotAllowed):
            self.follow()

    def test_it_takes_the_permission_to_change_digests(self):
        with self.assertRaises(PermissionDenied):
            self.follow(by=make_user("clerk"))
