"""The site's version moves when readers see something else, and only then."""

import datetime as dt
import errno
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from django.test import TestCase, override_settings
from django.utils import timezone

from articles.changes import site_version
from articles.digests import editing, publishing, revisions
from articles.models import Digest, SiteVersion, Tag
from articles.taxonomy import tags
from tests.support.factories import make_article, make_digest, record


class SiteVersionTests(TestCase):
    def setUp(self):
        self.digest = make_digest("2026-01-03")
        make_article(self.digest, headline="셋째", tags=["반도체"])
        self.before = site_version.current()
        self.counted = self.counts()

    def counts(self):
        """What tells which digests are to be read again."""
        versions = Digest.objects.order_by("pk").values_list("pk", "version")
        return list(versions), site_version.changes_of_no_digest()

    def assertMoved(self):
        self.assertNotEqual(self.counts(), self.counted)
        now = site_version.current()
        self.assertGreater(now.number, self.before.number)
        self.assertGreaterEqual(now.moment, self.before.moment)
        self.assertNotEqual(str(now), str(self.before))

    def assertStayed(self):
        self.assertEqual(site_version.current(), self.before)

    def save(self, digest, **fields):
        data = revisions.snapshot(digest) | fields
        editing.write(digest, data)
        digest.version += 1
        digest.save()
        record(digest)

    def test_it_moves_with_publication(self):
        make_digest("2026-01-04")
        self.assertMoved()

    def test_it_moves_with_a_saved_change_of_a_public_digest(self):
        self.save(self.digest, title="고친 제목")
        self.assertMoved()

    def test_it_stays_when_nothing_was_changed(self):
        record(self.digest)
        version = site_version.current()
        record(self.digest)
        self.assertEqual(site_version.current(), version)

    def test_it_moves_with_a_correction(self):
        publishing.correct(self.digest, "바로잡습니다.")
        self.assertMoved()

    def test_it_moves_with_withdrawal_and_not_with_what_follows(self):
        digest = publishing.withdraw(self.digest)
        self.assertMoved()
        self.before = site_version.current()
        self.save(digest, title="거둔 뒤의 제목")
        self.assertStayed()

    def test_it_moves_when_a_topic_of_a_public_digest_is_renamed(self):
        tags.rename(Tag.objects.get(), "칩")
        self.assertMoved()

    def test_drafts_and_schedules_do_not_move_it(self):
        draft = make_digest("2026-01-05", published=False)
        self.save(draft, title="아직 초안")
        publishing.submit(draft)
        scheduled = make_digest("2026-01-06", published=False)
        tomorrow = timezone.now() + dt.timedelta(days=1)
        scheduled = publishing.publish(scheduled, at=tomorrow, unchecked=True)
        self.save(scheduled, title="내일의 제목")
        publishing.withdraw(scheduled)
        self.assertStayed()

    def test_it_moves_when_a_schedule_comes_true_and_stays_when_that_is_noted(self):
        digest = make_digest("2026-01-05", published=False)
        soon = timezone.now() + dt.timedelta(hours=1)
        digest = publishing.publish(digest, at=soon, unchecked=True)
        passed = timezone.now() - dt.timedelta(seconds=1)
        SiteVersion.objects.update(changed_at=passed - dt.timedelta(days=1))
        self.before = site_version.current()
        Digest.objects.filter(pk=digest.pk).update(publish_at=passed)
        out = site_version.current()
        self.assertEqual((out.number, out.moment), (self.before.number, passed))
        self.assertTrue(publishing.release(digest.pk))
        self.assertEqual(site_version.current(), out)

    def test_a_site_without_a_version_has_one_after_its_first_change(self):
        SiteVersion.objects.all().delete()
        self.assertIsNone(site_version.current().moment)
        publishing.correct(self.digest, "바로잡습니다.")
        self.assertIsNotNone(site_version.current().moment)

    def test_it_is_one_query(self):
        with self.assertNumQueries(1):
            site_version.current()


class PagesDirTests(TestCase):
    """The finished pages that a web server sends, at the end of a transaction that changes them."""

    def setUp(self):
        self.digest = make_digest("2026-01-03")
        self.root = Path(self.enterContext(TemporaryDirectory()))
        (self.root / "state").mkdir()
        self.link = self.root / "current"
        self.link.symlink_to("state")
        self.enterContext(override_settings(PAGES_DIR=self.root))

    def withdraw(self):
        with self.captureOnCommitCallbacks(execute=True):
            publishing.withdraw(self.digest)
        return Digest.objects.get(pk=self.digest.pk).status

    def test_they_are_gone_at_once(self):
        self.withdraw()
        self.assertFalse(self.link.is_symlink())

    def test_a_disk_that_refuses_is_told_and_stops_neither_the_change_nor_the_signal(self):
        told = []

        def refuse(path, **options):
            raise OSError(errno.EROFS, "Read-only file system", str(path))

        self.enterContext(patch.object(site_version.signal, "change", lambda: told.append(True)))
        with (
            patch.object(Path, "unlink", refuse),
            self.assertLogs("articles.changes.showing") as logs,
        ):
            self.assertEqual(self.withdraw(), Digest.Status.WITHDRAWN)
        self.assertTrue(told)
        self.assertIn(str(self.link), logs.output[0])
        self.assertTrue(self.link.is_symlink())  # for the processes that were told

    def test_a_copy_in_place_of_the_link_is_gone_too(self):
        self.link.unlink()
        self.link.mkdir()
        self.withdraw()
        self.assertFalse(self.link.exists())

    def test_a_missing_directory_is_no_fault(self):
        for root in (self.root / "nowhere", self.root / "file" / "below"):
            (self.root / "file").touch()
            silence = self.assertNoLogs("articles.changes.showing")
            with self.subTest(root.name), override_settings(PAGES_DIR=root), silence:
                site_version.show()
