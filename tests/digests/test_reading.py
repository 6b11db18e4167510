"""The steps of whoever reads an article: each is about the text that was on the screen."""

from django.core.exceptions import PermissionDenied
from django.test import TestCase

from articles.digests import editing, publishing, reading, revisions, signing
from articles.digests.publishing import NotAllowed, Stale
from articles.models import AuditEntry, Digest, text_hash
from tests.support.factories import make_article, make_digest, make_user, record

POINTS = ["병원 세 곳이 시험한다고 밝힘", "응답 시간을  절반으로 단축 (사진 포함)"]
MENDED = ["병원 세 곳이 시험한다고 밝힘", "응답 시간을 절반으로 단축"]


def make_readable():
    """A draft with one article to mend, and its history."""
    digest = make_digest(articles=0, published=False)
    article = make_article(digest, points=POINTS)
    record(digest)
    return digest, str(article.uid)


def seen(digest, uid):
    [article] = [a for a in revisions.snapshot(digest)["articles"] if a["uid"] == uid]
    return text_hash(article)


def change(digest, **fields):
    """Somebody else's save of the first article."""
    digest = Digest.objects.get(pk=digest.pk)
    data = revisions.snapshot(digest)
    data["articles"][0] |= fields
    editing.write(digest, data)
    revisions.commit(digest)
    return digest


class ReadingTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user("editor", permissions=["change_digest", "publish_digest"])
        cls.digest, cls.uid = make_readable()

    def points(self):
        return self.digest.articles.get(uid=self.uid).points

    def mend(self, **options):
        options = {"by": self.editor, "seen": seen(self.digest, self.uid)} | options
        return reading.mend(self.digest, self.uid, **options)


class MendingTests(ReadingTestCase):
    def test_an_article_is_mended_as_one_change_with_a_note_and_a_row_of_the_trail(self):
        self.assertEqual(len(self.mend().findings), 2)
        self.assertEqual(self.points(), MENDED)
        newest = self.digest.revisions.first()
        self.assertIn("새 가속기 공개", newest.note)
        self.assertEqual(newest.author, self.editor)
        row = AuditEntry.objects.get(action="mended")
        self.assertEqual(row.detail["codes"], ["double-space", "photo-credit"])

    def test_it_ends_the_signature_and_undoing_brings_both_back(self):
        signing.sign(self.digest, [self.uid], by=self.editor)
        before = Digest.objects.get().version
        self.mend()
        after = Digest.objects.get().version
        self.assertEqual(signing.of_digest(revisions.snapshot(self.digest)), {})
        reading.unmend(self.digest, self.uid, before=before, after=after, by=self.editor)
        self.assertEqual(self.points(), POINTS)
        self.assertEqual(list(signing.of_digest(revisions.snapshot(self.digest))), [self.uid])

    def test_what_somebody_changed_since_is_not_undone(self):
        before = self.digest.version
        self.mend()
        changed = change(self.digest, outlook="딴 전망")
        with self.assertRaises(NotAllowed):
            reading.unmend(
                changed, self.uid, before=before, after=changed.version - 1, by=self.editor
            )
        self.assertEqual(self.points(), MENDED)

    def test_another_text_than_the_one_on_the_screen_is_not_mended(self):
        old = seen(self.digest, self.uid)
        change(self.digest, outlook="딴 전망")
        with self.assertRaises(Stale):
            self.mend(seen=old)
        self.assertEqual(self.points(), POINTS)

    def test_what_needs_no_mending_and_what_readers_have_is_refused(self):
        self.mend()
        with self.assertRaises(NotAllowed):
            self.mend()
        change(self.digest, points=POINTS)
        publishing.publish(Digest.objects.get(), unchecked=True)
        with self.assertRaises(NotAllowed):
            self.mend()
        self.assertEqual(self.points(), POINTS)

    def test_who_may_not_change_the_digest_may_not_mend(self):
        with self.assertRaises(PermissionDenied):
            self.mend(by=make_user("reader", permissions=["view_digest"]))
        publishing.publish(
            self.digest, at=publishing.timezone.now() + publishing.CLOCKS_APART, unchecked=True
        )
        with self.assertRaises(PermissionDenied):
            self.mend(by=make_user("writer", permissions=["change_digest"]))

    def test_an_article_that_is_gone_is_told(self):
        old = seen(self.digest, self.uid)
        self.digest.articles.all().delete()
        with self.assertRaises(NotAllowed):
            reading.mend(self.digest, self.uid, by=self.editor, seen=old)
