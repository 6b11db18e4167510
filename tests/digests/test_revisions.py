import datetime as dt
from unittest import mock

from django.test import TestCase
from django.utils import timezone

from articles.digests import publishing, revisions
from articles.models import Digest
from tests.support.factories import make_article, make_digest, make_user, record


class RecordTests(TestCase):
    def setUp(self):
        self.digest = make_digest(articles=0, published=False)
        make_article(self.digest, headline="하나", tags=["로봇", "AI"])

    def test_snapshot_holds_the_whole_digest(self):
        revision = record(self.digest, author=make_user(), note="처음")
        self.assertEqual(
            (revision.number, revision.schema, revision.note), (1, revisions.SCHEMA, "처음")
        )
        self.assertEqual(revision.data["title"], "2026-01-03 AI 뉴스")
        [article] = revision.data["articles"]
        self.assertEqual(article["tags"], ["로봇", "AI"])
        self.assertEqual(
            article["citations"],
            [
                {
                    "publisher": "한빛일보",
                    "url": "https://hanbit.example/2026/01/03/1",
                    "published_on": "2026-01-03",
                }
            ],
        )

    def test_nothing_changed_is_no_revision(self):
        record(self.digest)
        self.assertIsNone(record(Digest.objects.get()))

    def test_each_change_is_numbered(self):
        record(self.digest)
        make_article(self.digest, headline="둘")
        self.assertEqual(record(self.digest).number, 2)
        self.digest.articles.filter(position=2).delete()
        third = record(self.digest)
        self.assertEqual(third.number, 3)
        self.assertEqual(third.fingerprint, self.digest.revisions.get(number=1).fingerprint)


class NewestPublishedTests(TestCase):
    def setUp(self):
        self.digest = make_digest(published=False)
        record(self.digest)

    def newest(self):
        found = revisions.newest_published(Digest.objects.get())
        return found and found.number

    def test_a_draft_has_none(self):
        self.assertIsNone(self.newest())

    def test_after_withdrawal_it_is_what_readers_saw_last(self):
        publishing.publish(self.digest, unchecked=True)
        publishing.withdraw(self.digest)
        self.assertEqual(self.newest(), 2)

    def test_a_schedule_comes_out_without_a_save(self):
        now = timezone.now()
        publishing.publish(self.digest, at=now + dt.timedelta(hours=1), unchecked=True)
        self.assertIsNone(self.newest())
        with mock.patch.object(timezone, "now", return_value=now + dt.timedelta(hours=2)):
            self.assertEqual(self.newest(), 2)

    def test_a_step_after_its_hour_notes_that_a_schedule_came_out(self):
        now = timezone.now()
        publishing.publish(self.digest, at=now + dt.timedelta(hours=1), unchecked=True)
        Digest.objects.update(publish_at=now - dt.timedelta(hours=1))
        publishing.withdraw(self.digest)
        self.assertEqual(self.newest(), 3)

    def test_a_schedule_changed_before_its_hour_never_came_out(self):
        now = timezone.now()
        publishing.publish(self.digest, at=now + dt.timedelta(hours=1), unchecked=True)
        publishing.withdraw(self.digest)
        publishing.publish(self.digest, unchecked=True)
        publishing.withdraw(self.digest)
        self.assertEqual(self.newest(), 4)
