"""Taking back what a push wrote."""

import datetime as dt

from django.test import TestCase

from articles.digests import publishing
from articles.models import AuditEntry, Digest
from articles.posts.pushes import undoing
from tests.posts.pushes.test_receiving import change, headlines, waiting
from tests.support.factories import DAY, make_user
from tests.support.pushes import article, fates, hand_in, hand_in_json


class UndoingTests(TestCase):
    def setUp(self):
        self.user = make_user(permissions=["change_digest"])

    def test_what_a_push_wrote_leaves(self):
        hand_in("하나")
        second = hand_in(article("하나", point="새 요점"), "둘")
        undone = undoing.undo(second.push, by=self.user)
        digest = Digest.objects.get()
        self.assertEqual((undone.removed, undone.put_back), (["둘 기사"], ["하나 기사"]))
        self.assertEqual(headlines(digest), ["하나 기사"])
        self.assertEqual(digest.articles.get().points, ["병원 세 곳이 시험"])
        newest = digest.revisions.order_by("-number").first()
        self.assertEqual(newest.author, self.user)
        self.assertEqual(AuditEntry.objects.filter(action="push-undone").count(), 1)

    def test_of_two_pushes_it_does_not_matter_which_is_undone_first(self):
        pushes = [hand_in("하나").push, hand_in(article("하나", point="새 요점")).push]
        self.assertEqual(undoing.undo(pushes[0], by=self.user).stayed, ["하나 기사"])
        self.assertEqual(undoing.undo(pushes[1], by=self.user).removed, ["하나 기사"])
        self.assertEqual(headlines(Digest.objects.get()), [])

    def test_the_text_of_an_undone_push_does_not_come_back(self):
        pushes = [hand_in(article("하나", point=f"요점 {number}")).push for number in (1, 2, 3)]
        undoing.undo(pushes[1], by=self.user)
        undone = undoing.undo(pushes[2], by=self.user)
        self.assertEqual(undone.put_back, ["하나 기사"])
        self.assertEqual(Digest.objects.get().articles.get().points, ["요점 1"])

    def test_what_somebody_touched_stays(self):
        push = hand_in("하나", "둘").push
        digest = Digest.objects.get()
        change(digest, headline="사람이 고친 제목")
        undone = undoing.undo(push, by=self.user)
        self.assertEqual((undone.removed, undone.stayed), (["둘 기사"], ["사람이 고친 제목"]))

    def test_what_readers_have_stays(self):
        push = hand_in("하나").push
        digest = publishing.publish(Digest.objects.get(), unchecked=True)
        undone = undoing.undo(push, by=self.user)
        self.assertEqual(undone.stayed, ["하나 기사"])
        self.assertEqual(headlines(digest), ["하나 기사"])

    def test_suggestions_wait_no_more(self):
        hand_in("하나")
        digest = Digest.objects.get()
        publishing.submit(digest)
        push = hand_in("둘").push
        self.assertEqual(undoing.undo(push, by=self.user).withdrawn, 1)
        self.assertEqual(waiting(digest), [])

    def test_after_undoing_other_texts_come_in_but_the_same_bytes_do_not(self):
        undoing.undo(hand_in("하나").push, by=self.user)
        again = hand_in("하나")
        self.assertEqual((again.outcome, again.account["is_repeated"]), ("unchanged", True))
        self.assertEqual(headlines(Digest.objects.get()), [])
        received = hand_in(article("하나", point="고친 요점"))
        self.assertEqual(fates(received), ["added"])

    def test_after_undoing_the_program_can_correct_its_introduction(self):
        articles = [{"headline": "다섯"}]
        day = DAY + dt.timedelta(days=1)
        wrong = hand_in_json({"introduction": "틀린 머리글", "articles": articles}, day=day)
        undoing.undo(wrong.push, by=None)
        hand_in_json({"introduction": "바른 머리글", "articles": articles}, day=day)
        self.assertEqual(Digest.objects.get(date=day).introduction, "바른 머리글")

    def test_a_push_is_undone_once(self):
        push = hand_in("하나").push
        undoing.undo(push, by=self.user)
        with self.assertRaises(publishing.NotAllowed):
            undoing.undo(push, by=self.user)
