import datetime as dt
from io import StringIO

from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import TestCase
from django.utils import timezone

from articles.digests import editing, publishing, revisions, trash
from articles.models import Correction, Digest, Publisher, Revision, Tag
from articles.taxonomy import tags
from tests.support.factories import make_article, make_digest, make_user, record

FOREIGN = ("晨光科技报", "https://chenguang.example/a?id=1", None)


def age(revision, **ago):
    """Pretend that the revision was kept that long ago."""
    Revision.objects.filter(pk=revision.pk).update(created_at=timezone.now() - dt.timedelta(**ago))


class TrashTests(TestCase):
    def setUp(self):
        self.editor = make_user(permissions=["delete_digest", "publish_digest"])
        self.digest = make_digest(articles=2, published=False, introduction="**머리글**\n")
        make_article(
            self.digest,
            headline="셋째",
            slug="예전-주소",
            tags=["로봇", "AI 반도체"],
            citations=[FOREIGN, ("한빛일보", "https://hanbit.example/3", "2026-01-02")],
        )
        record(self.digest, author=self.editor, note="처음")

    def delete(self):
        return trash.delete(Digest.objects.get(pk=self.digest.pk), by=self.editor)

    def assertComesBack(self, before, **changed):
        restored = trash.restore(self.delete(), by=self.editor)
        self.assertEqual(revisions.snapshot(restored), before | changed)
        return restored

    def test_a_draft_comes_back_to_the_letter(self):
        restored = self.assertComesBack(revisions.snapshot(self.digest))
        self.assertEqual(restored.pk, self.digest.pk)
        self.assertGreater(restored.version, self.digest.version)

    def test_a_public_digest_comes_back_withdrawn_with_its_corrections(self):
        digest = make_digest("2026-02-01", front_matter={"layout": "post"})
        publishing.correct(digest, "고침", by=self.editor, article=digest.articles.last())
        publishing.correct(digest, "또 고침", by=self.editor)
        before = revisions.snapshot(Digest.objects.get(pk=digest.pk))
        restored = trash.restore(trash.delete(digest, by=self.editor), by=self.editor)
        self.assertEqual(revisions.snapshot(restored), before | {"status": "withdrawn"})
        self.assertFalse(Digest.objects.published().exists())
        self.assertEqual({c.author for c in restored.corrections.all()}, {self.editor})

    def test_a_scheduled_digest_comes_back_as_a_draft(self):
        at = timezone.now() + dt.timedelta(days=3)
        publishing.publish(self.digest, at=at, unchecked=True)
        before = revisions.snapshot(Digest.objects.get(pk=self.digest.pk))
        self.assertComesBack(before, status="draft", publish_at=None)

    def test_a_digest_in_review_comes_back_as_a_draft(self):
        Digest.objects.filter(pk=self.digest.pk).update(status="in_review")
        before = revisions.snapshot(Digest.objects.get(pk=self.digest.pk))
        self.assertComesBack(before, status="draft")

    def test_the_history_goes_on(self):
        restored = trash.restore(self.delete(), by=self.editor)
        kinds = list(restored.revisions.order_by("number").values_list("number", "kind"))
        self.assertEqual(kinds, [(1, "saved"), (2, "deleted")])
        restored.title = "고친 제목"
        restored.save()
        self.assertEqual(record(restored).number, 3)

    def test_it_can_be_deleted_and_restored_again_and_again(self):
        before = revisions.snapshot(self.digest)
        for _round in range(3):
            self.assertComesBack(before)
        self.assertEqual(Revision.objects.filter(digest=None).count(), 0)

    def test_publishers_and_tags_that_went_meanwhile_are_made_again(self):
        before = revisions.snapshot(self.digest)
        revision = self.delete()
        Tag.objects.all().delete()
        Publisher.objects.all().delete()
        self.assertEqual(revisions.snapshot(trash.restore(revision)), before)

    def test_tags_that_were_renamed_or_merged_meanwhile_stay_so(self):
        revision = self.delete()
        tags.rename(Tag.objects.get(name="로봇"), "로봇 공학")
        target = Tag.objects.create(name="칩")
        tags.merge([Tag.objects.get(name="AI 반도체")], target)
        restored = trash.restore(revision, by=self.editor)
        names = [tag.name for tag in restored.articles.get(position=3).tags.all()]
        self.assertEqual(sorted(names), ["로봇 공학", "칩"])
        self.assertEqual(Tag.objects.count(), 2)

    def test_a_day_that_is_taken_is_not_overwritten(self):
        revision = self.delete()
        make_digest(articles=0, published=False, title="새 호")
        with self.assertRaisesMessage(trash.NotAllowed, "2026-01-03"):
            trash.restore(revision, by=self.editor)
        self.assertEqual(Digest.objects.get().title, "새 호")
        self.assertEqual(list(trash.deleted()), [revision])

    def test_two_digests_of_one_day_keep_their_own_history(self):
        first = self.delete()
        second = make_digest(articles=1, published=False, title="둘째 호")
        record(second, note="둘째의 처음")
        trash.delete(second, by=self.editor)
        restored = trash.restore(first, by=self.editor)
        notes = list(restored.revisions.order_by("number").values_list("note", flat=True))
        self.assertEqual(notes[0], "처음")
        self.assertNotIn("둘째의 처음", notes)

    def test_restoring_twice_gives_one_digest(self):
        revision = self.delete()
        trash.restore(revision, by=self.editor)
        with self.assertRaises(trash.NotAllowed):
            trash.restore(revision, by=self.editor)
        self.assertEqual(Digest.objects.count(), 1)

    def test_an_article_that_lives_elsewhere_by_now_gets_a_new_identity(self):
        uid = self.digest.articles.get(position=1).uid
        revision = self.delete()
        make_article(make_digest("2026-01-04", articles=0, published=False), uid=uid)
        restored = trash.restore(revision, by=self.editor)
        self.assertEqual(restored.articles.count(), 3)
        self.assertFalse(restored.articles.filter(uid=uid).exists())

    def test_a_change_after_the_editor_looked_is_refused(self):
        seen = self.digest.version
        locked = editing.lock(self.digest)
        locked.version += 1
        locked.save()
        with self.assertRaises(publishing.Stale):
            trash.delete(self.digest, by=self.editor, version=seen)
        self.assertTrue(Digest.objects.exists())

    def test_permission_is_needed_for_both(self):
        writer = make_user("writer")
        with self.assertRaises(PermissionDenied):
            trash.delete(self.digest, by=writer)
        revision = self.delete()
        with self.assertRaises(PermissionDenied):
            trash.restore(revision, by=writer)
        self.assertEqual((Digest.objects.count(), Correction.objects.count()), (0, 0))


class ThirtyDaysTests(TestCase):
    def setUp(self):
        digest = make_digest(articles=1, published=False)
        record(digest)
        self.revision = trash.delete(digest)

    def test_the_last_day(self):
        age(self.revision, days=29, hours=23)
        self.assertEqual(trash.days_left(trash.deleted().get()), 1)
        call_command("purge_trash", stdout=StringIO())
        self.assertTrue(trash.restore(self.revision).pk)

    def test_the_day_after(self):
        age(self.revision, days=30, minutes=1)
        self.assertEqual(list(trash.deleted()), [])
        with self.assertRaises(trash.NotAllowed):
            trash.restore(self.revision)
        out = StringIO()
        call_command("purge_trash", stdout=out)
        self.assertIn("1", out.getvalue())
        self.assertEqual(Revision.objects.count(), 0)

    def test_a_fresh_one_has_thirty_days(self):
        self.assertEqual(trash.days_left(trash.deleted().get()), 30)

    def test_what_was_restored_is_never_purged(self):
        digest = trash.restore(self.revision)
        age(self.revision, days=300)
        call_command("purge_trash", stdout=StringIO())
        self.assertEqual(digest.revisions.filter(kind="deleted").count(), 1)
