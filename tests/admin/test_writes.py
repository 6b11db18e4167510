"""No write without a row in the audit trail: every address of the desk that takes a POST, with data
that do what it is for. What is written is seen at the database, whatever wrote it."""

from django.test import TestCase

from articles.models import AuditEntry
from tests.admin.desk_writes import DeskWrites
from tests.admin.matrix import NOBODY, PAGES, POST


class DeskWritesTestCase(DeskWrites, TestCase):
    pass


class WritesTests(DeskWritesTestCase):
    """Every write and the rest, as a superuser. Rows are added to the trail, and whatever is done,
    none is changed or deleted."""

    def setUp(self):
        super().setUp()
        self.trail = list(AuditEntry.objects.order_by("pk").values())

    def assertTrailKept(self):
        kept = AuditEntry.objects.filter(pk__in=[row["id"] for row in self.trail])
        self.assertEqual(list(kept.order_by("pk").values()), self.trail)

    def test_every_page_that_takes_a_post_is_here(self):
        told = {write.page for write in (*self.writes(), *self.quiet())}
        self.assertEqual(told - PAGES.keys(), set())
        self.assertEqual({name for name, page in PAGES.items() if takes_post(page)} - told, set())

    def test_every_write_leaves_a_row_that_says_who(self):
        for write in self.writes():
            with self.subTest(write.name), self.undone():
                written, entries = self.sent(write)
                self.assertTrue(written, "nothing was written")
                self.assertTrue(entries, f"{sorted(written)} without a row")
                self.assertEqual({entry.actor_name for entry in entries}, {"root"})
                self.assertTrailKept()

    def test_the_rest_writes_nothing_that_is_anybodys_work(self):
        for write in self.quiet():
            with self.subTest(write.name), self.undone():
                self.assertEqual(self.sent(write), (set(), []))
                self.assertTrailKept()


def takes_post(page):
    """Whether somebody is let in with a POST."""
    return POST in page.methods and page.admitted(POST) != NOBODY and page.post != "405"
