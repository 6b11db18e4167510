"""A scheduled digest into which a change brings errors: its schedule is cancelled."""

import datetime as dt
import re
from pathlib import Path

from django.db import connection
from django.test import SimpleTestCase, TestCase
from django.utils import timezone

from articles import document
from articles.changes import audit
from articles.digests import editing, moving, publishing, restoring, revisions, schedules
from articles.models import Article, Digest, Publisher, Revision
from articles.posts import importing
from articles.posts.post_files import PostFile
from articles.taxonomy import publishers
from tests.support.factories import make_article, make_digest, make_user, record

APP = Path(__file__).parents[2] / "articles"
FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
Status = Digest.Status


def make_scheduled(date="2026-01-03", **fields):
    digest = make_digest(date, published=False, **fields)
    record(digest)
    return publishing.publish(digest, at=FUTURE, unchecked=True)


def without_sources(digest):
    """Take the sources from the first article, which is an error to preflight."""
    data = revisions.snapshot(digest)
    data["articles"][0]["citations"] = []
    editing.write(digest, data)
    digest.version += 1
    digest.save()


class ScheduleTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        rights = ["change_digest", "publish_digest", "withdraw_digest"]
        cls.editor = make_user(permissions=rights, first_name="민지")
        cls.digest = make_scheduled()

    def fresh(self, digest=None):
        return Digest.objects.get(pk=(digest or self.digest).pk)

    def change(self, **options):
        """Commit a change that brings an error."""
        without_sources(self.digest)
        return schedules.commit(self.digest, by=self.editor, note="저장함", **options)

    def assertCancelled(self, digest=None):
        digest = self.fresh(digest)
        self.assertEqual(digest.status, Status.DRAFT)
        self.assertIsNone(digest.publish_at)
        [entry] = audit.trail(digest).filter(action="schedule-cancelled")
        self.assertTrue(entry.detail["findings"])
        newest = digest.revisions.order_by("-number").first()
        self.assertEqual((newest.version, newest.data["status"]), (digest.version, "draft"))
        self.assertIn(entry, schedules.lost())
        return entry

    def assertKept(self, digest=None):
        digest = self.fresh(digest)
        self.assertEqual((digest.status, digest.publish_at), (Status.SCHEDULED, FUTURE))
        self.assertFalse(audit.trail(digest).filter(action="schedule-cancelled").exists())
        self.assertEqual(schedules.lost(), [])


class RecordTests(ScheduleTestCase):
    def test_an_error_that_comes_in_cancels_the_schedule(self):
        revision = self.change()
        entry = self.assertCancelled()
        self.assertEqual(entry.actor_id, self.editor.pk)
        self.assertEqual(entry.detail["findings"], ["citations-missing"])
        self.assertEqual(entry.detail["publish_at"], FUTURE.isoformat())
        self.assertIn(self.digest.articles.get(position=1).headline, entry.note)
        self.assertIn("저장함", revision.note)

    def test_whoever_may_not_cancel_is_told_what_came_in(self):
        with self.assertRaises(schedules.BringsErrors) as caught:
            self.change(may_cancel=False)
        self.assertEqual([f.code for f in caught.exception.findings], ["citations-missing"])

    def test_a_change_without_errors_leaves_the_schedule(self):
        self.digest.title = "새 제목"
        self.digest.save()
        self.assertIsNotNone(schedules.commit(self.digest, by=self.editor))
        self.assertKept()

    def test_an_error_that_was_there_already_leaves_the_schedule(self):
        digest = make_digest("2026-01-04", published=False)
        without_sources(digest)
        digest = publishing.publish(digest, at=FUTURE, unchecked=True)
        Digest.objects.filter(pk=digest.pk).update(title="새 제목")
        self.assertIsNotNone(schedules.commit(self.fresh(digest), by=self.editor))
        self.assertKept(digest)

    def test_what_was_in_review_goes_back_there(self):
        digest = make_digest("2026-01-04", published=False)
        digest = publishing.submit(digest, by=self.editor)
        digest = publishing.publish(digest, at=FUTURE, unchecked=True)
        without_sources(digest)
        schedules.commit(digest, by=self.editor)
        self.assertEqual(self.fresh(digest).status, Status.IN_REVIEW)

    def test_what_readers_once_had_is_withdrawn_again(self):
        digest = publishing.withdraw(make_digest("2026-01-04"))
        digest = publishing.publish(digest, at=FUTURE, unchecked=True)
        first = digest.published_at
        without_sources(digest)
        schedules.commit(digest, by=self.editor)
        digest = self.fresh(digest)
        self.assertEqual((digest.status, digest.publish_at), (Status.WITHDRAWN, first))

    def test_a_digest_whose_hour_has_come_is_not_taken_from_readers(self):
        Digest.objects.filter(pk=self.digest.pk).update(
            publish_at=timezone.now() - dt.timedelta(seconds=1)
        )
        self.digest.refresh_from_db()
        self.change()
        self.assertTrue(self.fresh().is_public)

    def test_drafts_are_saved_with_errors_as_ever(self):
        draft = make_digest("2026-01-04", published=False)
        without_sources(draft)
        self.assertIsNotNone(schedules.commit(draft, by=self.editor, may_cancel=False))

    def test_a_note_of_full_length_still_says_that_the_schedule_is_cancelled(self):
        without_sources(self.digest)
        revision = schedules.commit(self.digest, by=self.editor, note="가" * 300)
        self.assertLessEqual(len(revision.note), 300)
        self.assertNotEqual(revision.note, "가" * 300)

    def test_a_history_that_cannot_be_read_counts_as_one_without_errors(self):
        Revision.objects.filter(digest=self.digest).update(schema=999)
        self.change()
        self.assertCancelled()


class LostTests(ScheduleTestCase):
    def test_until_it_is_scheduled_or_published_again(self):
        for at in (FUTURE, None):
            with self.subTest(at=at):
                digest = make_scheduled("2026-01-04" if at else "2026-01-05")
                without_sources(digest)
                schedules.commit(digest, by=self.editor)
                publishing.submit(digest, by=self.editor)
                self.assertEqual([entry.digest_id for entry in schedules.lost()], [digest.pk])
                publishing.publish(digest, at=at, unchecked=True)
                self.assertEqual(schedules.lost(), [])

    def test_a_schedule_that_somebody_cancelled_is_not_lost(self):
        publishing.withdraw(self.digest, by=self.editor)
        self.assertEqual(schedules.lost(), [])

    def test_the_number_of_queries_does_not_depend_on_how_many_there_are(self):
        for day in ("2026-01-04", "2026-01-05", "2026-01-06"):
            digest = make_scheduled(day)
            without_sources(digest)
            schedules.commit(digest, by=self.editor)
        with self.assertNumQueries(2):
            self.assertEqual(len(schedules.lost()), 3)


class WaysTests(ScheduleTestCase):
    """Every way by which the text of a scheduled digest changes without being asked about."""

    def restorable(self):
        """A scheduled digest with a revision, from before, that has an error."""
        digest = make_digest("2026-01-06", published=False)
        without_sources(digest)
        old = record(digest)
        data = revisions.snapshot(digest)
        data["articles"][0]["citations"] = data["articles"][1]["citations"]
        editing.write(digest, data)
        return publishing.publish(digest, at=FUTURE, unchecked=True), old

    def test_restoring_a_revision(self):
        digest, old = self.restorable()
        restoring.restore(digest, old, by=self.editor)
        self.assertCancelled(digest)

    def test_restoring_an_article(self):
        digest, old = self.restorable()
        restoring.restore_article(digest, old, old.data["articles"][0]["uid"], by=self.editor)
        self.assertCancelled(digest)

    def test_moving_an_article_in(self):
        draft = make_digest("2026-01-04", published=False)
        article = make_article(draft, headline="출처 없는 기사", citations=())
        moving.move_article(article, self.digest, by=self.editor)
        self.assertCancelled()

    def test_moving_an_article_out_and_in_that_is_in_order(self):
        draft = make_digest("2026-01-04", published=False)
        moving.move_article(draft.articles.first(), self.digest, by=self.editor)
        moving.move_article(self.digest.articles.first(), draft, by=self.editor)
        self.assertKept()

    def test_importing_a_post(self):
        self.assertTrue(self.imported().is_schedule_cancelled)
        self.assertCancelled()

    def test_an_import_that_is_only_tried(self):
        self.assertTrue(self.imported(dry_run=True).is_schedule_cancelled)
        self.assertKept()

    def test_importing_with_publish_makes_nothing_public_that_lost_its_schedule(self):
        for _time in range(2):
            outcome = self.imported(publish=True)
            self.assertFalse(outcome.is_published)
            self.assertCancelled()

    def imported(self, **options):
        data = revisions.snapshot(self.fresh())
        data["articles"][0]["citations"] = []
        zone = dt.timezone(dt.timedelta(hours=9))
        post = document.write(document.from_snapshot(data, zone)).encode()
        source = PostFile("2026-01-03-ai.md", lambda limit: post)
        [outcome] = importing.import_posts([source], force=True, by=None, **options)
        self.assertNotEqual(outcome.status, importing.REFUSED, outcome.errors)
        return outcome

    def test_renaming_a_publisher(self):
        publisher = Publisher.objects.get()
        digests = publishers.lock_digests_citing([publisher.pk])
        with connection.cursor() as cursor:  # no form and no model lets such a name in
            cursor.execute("UPDATE articles_publisher SET name = %s", ["한\x01빛일보"])
        publishers.note_rename(Publisher.objects.get(), publisher.name, digests, by=self.editor)
        self.assertCancelled()


class HourTests(ScheduleTestCase):
    """What is done to a digest whose hour has come before anything noted that it is out."""

    def setUp(self):
        Digest.objects.filter(pk=self.digest.pk).update(
            publish_at=timezone.now() - dt.timedelta(seconds=1)
        )
        self.digest.refresh_from_db()
        self.old = self.digest.revisions.order_by("number").first()

    def statuses(self):
        rows = self.digest.revisions.order_by("number").values_list("data__status", flat=True)
        return list(rows)

    def test_what_readers_had_is_kept_before_a_revision_is_restored(self):
        Article.objects.filter(digest=self.digest, position=1).update(outlook="바뀐 전망.")
        restoring.restore(self.digest, self.old, by=self.editor, version=self.digest.version)
        self.assertEqual(self.statuses(), ["draft", "scheduled", "published", "published"])

    def test_what_readers_had_is_kept_before_an_article_moves(self):
        target = make_digest("2026-01-04", published=False)
        moving.move_article(self.digest.articles.first(), target, by=self.editor)
        self.assertEqual(self.statuses(), ["draft", "scheduled", "published", "published"])

    def test_only_those_who_may_publish_restore_what_came_out_meanwhile(self):
        writer = make_user("writer", permissions=["change_digest"])
        with self.assertRaises(restoring.NotAllowed):
            restoring.restore(self.digest, self.old, by=writer, version=self.digest.version)


class GateTests(SimpleTestCase):
    def test_every_change_of_a_digest_is_committed_where_its_schedule_is_checked(self):
        """Those with leave: the steps of a digest themselves, and the rule."""
        for path in APP.rglob("*.py"):
            if path.name not in ("publishing.py", "schedules.py", "revisions.py"):
                with self.subTest(path.name):
                    self.assertIsNone(re.search(r"revisions\.commit\(", path.read_text()))

    def test_versions_are_counted_in_one_place(self):
        places = [p.name for p in APP.rglob("*.py") if "version += 1" in p.read_text()]
        self.assertEqual(places, ["revisions.py"])
