"""Articles leave a digest with a reason, stay out, and can come back."""

from django.test import TestCase

from articles.digests import publishing, revisions
from articles.digests.publishing import NotAllowed, Stale
from articles.models import AuditEntry, Digest, LeftOut, text_hash
from articles.posts.pushes import leaving_out
from tests.support.factories import make_user
from tests.support.pushes import article, fates, hand_in


class LeavingOutTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user("editor", permissions=["change_digest", "publish_digest"])
        cls.push = hand_in("1", "2").push
        cls.digest = cls.push.digest
        [cls.text, _other] = revisions.snapshot(cls.digest)["articles"]
        cls.uid = cls.text["uid"]

    def leave_out(self, reason="unverified", **options):
        options = {"by": self.editor, "seen": text_hash(self.text)} | options
        return leaving_out.leave_out(self.digest, self.uid, reason, **options)

    def test_the_row_says_what_of_whom_and_why(self):
        row = self.leave_out(words="한 곳에만 있음")
        self.assertEqual(
            (row.headline, row.program, row.push), ("1 기사", self.push.program, self.push)
        )
        self.assertTrue(row.why.endswith(": 한 곳에만 있음"))
        self.assertEqual(self.digest.articles.count(), 1)
        self.assertEqual(AuditEntry.objects.get(action="left-out").detail["reason"], "unverified")

    def test_the_history_has_room_for_the_longest_words(self):
        row = self.leave_out("other", words="가" * 300)
        self.assertEqual(len(row.words), 300)
        self.assertEqual(len(self.digest.revisions.order_by("-number").first().note), 300)

    def test_a_later_push_does_not_bring_it_back_and_is_told_why(self):
        self.leave_out("other", words="어제 나갔음")
        received = hand_in(article("1", point="새 요점"), "2")
        self.assertEqual(fates(received), ["deleted", "unchanged"])
        self.assertIn("어제 나갔음", received.account["articles"][0]["why"])
        self.assertEqual(self.digest.articles.count(), 1)

    def test_it_comes_back_to_its_place_and_is_not_out_any_more(self):
        version = Digest.objects.get().version
        self.leave_out()
        leaving_out.bring_back(Digest.objects.get(), self.uid, version=version, by=self.editor)
        articles = revisions.snapshot(self.digest)["articles"]
        self.assertEqual(articles[0] | {"slug": ""}, self.text | {"slug": ""})
        self.assertFalse(LeftOut.objects.exists())

    def test_one_that_came_back_from_the_history_is_not_told_as_out(self):
        self.leave_out()
        self.assertEqual(list(leaving_out.reasons([self.uid])), [self.uid])
        self.digest.articles.update(uid=self.uid)
        self.assertEqual(leaving_out.reasons([self.uid]), {})

    def test_a_reason_is_needed_and_the_text_must_be_the_one_on_the_screen(self):
        for reason, words in (("", ""), ("other", " "), ("nonsense", "x")):
            with self.subTest(reason), self.assertRaises(NotAllowed):
                self.leave_out(reason, words=words)
        with self.assertRaises(Stale):
            self.leave_out(seen="0" * 64)
        self.assertEqual((self.digest.articles.count(), LeftOut.objects.count()), (2, 0))

    def test_what_readers_have_stays(self):
        publishing.publish(self.digest, unchecked=True)
        with self.assertRaises(NotAllowed):
            self.leave_out()
        self.assertEqual(self.digest.articles.count(), 2)
