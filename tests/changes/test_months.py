"""The counts of the months are those of the digests that readers have, whatever has changed."""

import datetime as dt
import random
import threading
from collections import defaultdict

from django.db import connection, transaction
from django.db.models import F
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from articles.changes import months, site_version
from articles.digests import editing, publishing, revisions, schedules, trash
from articles.digests.publishing import Status
from articles.models import Digest, Month, SiteVersion
from tests.support.factories import make_digest, publish
from tests.support.waiting import somebody_waits_for_a_lock, wait_until

CHANGES = 60
HOUR = dt.timedelta(hours=1)


def fresh():
    """(first day, digests, last change) of each month, from the digests themselves."""
    found = defaultdict(list)
    for digest in Digest.objects.published():
        found[digest.date.replace(day=1)].append(digest.last_changed_at)
    return [(first, len(m), max(m)) for first, m in sorted(found.items(), reverse=True)]


def rows(found):
    return [(month.first, month.digests, month.changed_at) for month in found]


def scheduled(day):
    """A digest that readers have by its schedule, which nobody has marked."""
    digest = make_digest(day, articles=1, published=False)
    publishing.publish(digest, at=timezone.now() + HOUR, unchecked=True)
    Digest.objects.filter(pk=digest.pk).update(publish_at=timezone.now() - HOUR)
    return Digest.objects.get(pk=digest.pk)


class Desk:
    """Does something by chance to one of the digests, or makes one."""

    def __init__(self, seed):
        self.chance = random.Random(seed)  # noqa: S311

    def free_day(self):
        days = [dt.date(2025, 11, 1) + dt.timedelta(days=n) for n in range(0, 120, 7)]
        taken = set(Digest.objects.values_list("date", flat=True))
        return self.chance.choice([day for day in days if day not in taken])

    def step(self):
        digests = list(Digest.objects.order_by("pk"))
        digest = self.chance.choice(digests) if self.chance.random() < 0.75 else None
        if digest is None:
            self.chance.choice((make_digest, scheduled))(self.free_day())
        elif digest.status == Status.PUBLISHED:
            self.chance.choice((publishing.withdraw, self.correct, self.move))(digest)
        elif digest.status == Status.SCHEDULED:
            self.chance.choice((lambda d: publishing.release(d.pk), self.move))(digest)
        elif digest.status == Status.WITHDRAWN:
            self.chance.choice((self.publish, self.move, trash.delete))(digest)

    def correct(self, digest):
        publishing.correct(digest, "바로잡습니다.")

    def publish(self, digest):
        publishing.publish(digest, unchecked=True)

    def move(self, digest):
        digest = editing.lock(digest)
        data = revisions.snapshot(digest)
        editing.write(digest, data | {"date": self.free_day().isoformat()})
        schedules.commit(digest)


class MonthsTests(TestCase):
    def assertRight(self):
        self.assertEqual(rows(months.public()), fresh())

    def assertUsed(self):
        """The counts are of the current version, so no digest is read for them."""
        self.assertEqual(SiteVersion.objects.filter(months_at=F("number")).count(), 1)
        with self.assertNumQueries(2):
            self.assertTrue(months.public())

    def test_they_are_right_after_every_change(self):
        make_digest("2026-01-03")
        desk = Desk(seed=1)
        for number in range(CHANGES):
            with self.subTest(number):
                desk.step()
                self.assertRight()
        for digest in Digest.objects.due():
            publishing.release(digest.pk)
        self.assertRight()
        self.assertUsed()

    def test_a_digest_that_moves_to_another_month_leaves_its_own(self):
        digest = make_digest("2026-01-03")
        data = revisions.snapshot(editing.lock(digest))
        editing.write(digest, data | {"date": "2026-02-03"})
        schedules.commit(digest)
        self.assertEqual([month.first.month for month in months.public()], [2])
        self.assertEqual(Month.objects.count(), 1)

    def test_a_schedule_counts_from_its_hour_and_once_only(self):
        make_digest("2026-01-03")
        digest = scheduled("2026-01-04")
        self.assertEqual([month.digests for month in months.public()], [2])
        publishing.release(digest.pk)
        self.assertEqual([month.digests for month in months.public()], [2])
        self.assertUsed()

    def test_a_span_has_the_months_that_begin_in_it(self):
        for day in ("2025-11-30", "2025-12-31", "2026-01-03"):
            make_digest(day)
        scheduled("2025-12-01")
        found = months.public(dt.date(2025, 12, 1), dt.date(2025, 12, 31))
        self.assertEqual([(m.first.month, m.digests) for m in found], [(12, 2)])

    def test_changes_of_older_software_are_seen_and_counted_with_the_next_change(self):
        make_digest("2026-01-03")
        other = make_digest("2025-12-01")
        Digest.objects.filter(pk=other.pk).update(status=Status.WITHDRAWN)
        SiteVersion.objects.update(number=F("number") + 1)
        self.assertRight()
        site_version.move()
        self.assertRight()
        self.assertUsed()

    def test_the_first_change_counts_what_was_there_before(self):
        make_digest("2025-12-01")
        make_digest("2026-01-03")
        Month.objects.all().delete()
        SiteVersion.objects.all().delete()
        self.assertRight()
        publishing.correct(Digest.objects.first(), "바로잡습니다.")
        self.assertRight()
        self.assertUsed()


class SimultaneousTests(TransactionTestCase):
    """Threads need transactions of their own that are really committed."""

    serialized_rollback = True

    def test_two_changes_of_one_month_both_count(self):
        make_digest("2026-01-02")
        one, other = (make_digest(f"2026-01-0{day}", published=False) for day in (3, 4))
        thread = threading.Thread(target=self.published, args=(other,))
        with transaction.atomic():
            publish(one)
            thread.start()
            if connection.vendor == "postgresql":
                wait_until(lambda: not thread.is_alive() or somebody_waits_for_a_lock())
        thread.join()
        self.assertEqual([month.digests for month in months.public()], [3])
        self.assertEqual(rows(months.public()), fresh())

    def published(self, digest):
        try:
            publish(digest)
        finally:
            connection.close()
