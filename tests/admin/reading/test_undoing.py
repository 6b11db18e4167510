"""Undoing a step of reading: colleagues' work since, and what readers have, stay as they are."""

import datetime as dt

from articles.digests import moving, publishing, restoring, revisions
from articles.models import Article, Digest
from tests.admin.reading.test_steps import DAY, ReadingTestCase, url_of
from tests.support.factories import make_digest


class UndoingTests(ReadingTestCase):
    def came_back(self, uid):
        """Somebody else brings an article back from the history."""
        for revision in self.digest.revisions.order_by("-number"):
            if any(one["uid"] == uid for one in revisions.content(revision)["articles"]):
                return restoring.restore_article(self.digest, revision, uid)

    def test_an_article_that_came_back_and_was_changed_keeps_its_new_text(self):
        uid = self.uid(1)
        self.step("out", 1, reason="weak")
        self.came_back(uid)
        self.change(1, outlook="새로 쓴 전망")
        self.assertTrue(self.told(self.whole("undo")))
        self.assertEqual(self.articles()[0]["outlook"], "새로 쓴 전망")

    def test_an_article_that_came_back_and_was_moved_stays_there(self):
        uid = self.uid(1)
        self.step("out", 1, reason="weak")
        self.came_back(uid)
        moving.move_article(Article.objects.get(uid=uid), DAY + dt.timedelta(days=3))
        self.assertTrue(self.told(self.whole("undo")))
        self.assertEqual(Article.objects.get(uid=uid).digest.date, DAY + dt.timedelta(days=3))

    def test_nothing_comes_back_to_what_readers_have_by_then(self):
        self.step("out", 1, reason="weak")
        self.step("move", 1)
        publishing.publish(self.digest, unchecked=True)
        for _step in range(2):
            self.assertIn("독자", "".join(self.told(self.whole("undo"))))
        self.assertEqual(len(self.articles()), 1)

    def test_after_publication_no_such_step_is_offered_for_undoing(self):
        self.step("out", 1, reason="weak")
        publishing.publish(self.digest, unchecked=True)
        self.assertNotContains(self.client.get(url_of(self.digest)), 'value="undo"')

    def test_one_key_moves_nothing_to_a_digest_that_readers_have(self):
        tomorrow = make_digest(DAY + dt.timedelta(days=1))
        self.assertIn("독자", "".join(self.told(self.step("move", 1))))
        self.assertEqual((len(self.articles()), tomorrow.articles.count()), (3, 2))

    def test_a_moved_article_whose_new_digest_readers_have_stays_there(self):
        uid = self.uid(1)
        self.step("move", 1)
        tomorrow = Digest.objects.get(date=DAY + dt.timedelta(days=1))
        self.digest.refresh_from_db()
        publishing.publish(tomorrow, unchecked=True)
        self.assertIn("독자", "".join(self.told(self.whole("undo"))))
        self.assertEqual(Article.objects.get(uid=uid).digest, tomorrow)
