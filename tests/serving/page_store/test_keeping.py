"""A page is kept after a change of something else, and only then."""

import sys
from dataclasses import replace
from unittest.mock import patch

from django.db import connection
from django.test import TestCase, TransactionTestCase

from articles.changes.site_version import Version
from articles.models import Tag
from articles.serving.page_store import versions
from articles.serving.page_store.front import TURN, Front
from articles.serving.page_store.versions import State
from tests.serving.page_store.test_front import Site, ask, wait_for_renewals

FIRST = State(Version(1, None, of_digests=1), "2026-01-03T09+0900", is_late=False)
SECOND = replace(FIRST, version=Version(2, None, of_digests=2))


def names():
    return list(Tag.objects.order_by("pk").values_list("name", flat=True))


class TagSite(Site):
    """Its only page has the names of all tags."""

    def __call__(self, environ, start_response):
        super().__call__(environ, start_response)
        return [f"page {len(self.asked)}: {names()}".encode()]


class KeepingTests(TestCase):
    def setUp(self):
        self.site, self.state = TagSite(), FIRST
        self.enterContext(patch.object(versions, "current", lambda: self.state))
        self.front = Front(self.site, max_bytes=1_000_000, renewed=0)
        self.assertEqual(ask(self.front)[2], b"page 1: []")

    def shown(self, state):
        self.state = state
        self.front.versions.read()
        return ask(self.front)[2].decode()

    def test_a_page_made_of_the_same_is_kept(self):
        kept = self.front.store.peek("/", FIRST)
        self.assertEqual(self.shown(SECOND), "page 1: []")
        self.assertIs(self.front.store.peek("/", SECOND), kept)

    def test_a_page_made_of_something_else_is_made_again(self):
        Tag.objects.create(name="칩")
        self.assertEqual(self.shown(SECOND), "page 2: ['칩']")
        third = replace(SECOND, version=Version(3, None, of_digests=3))
        self.assertEqual(self.shown(third), "page 2: ['칩']")

    def test_a_change_of_no_digest_an_hour_and_lateness_make_each_page_again(self):
        states = [replace(FIRST, version=Version(2, None, of_digests=1))]
        states += [replace(states[-1], hour="2026-01-03T10+0900")]
        states += [replace(states[-1], is_late=True)]
        for number, state in enumerate(states, 2):
            self.assertEqual(self.shown(state), f"page {number}: []")

    def test_a_change_that_comes_between_the_queries_is_seen(self):
        third = replace(SECOND, version=Version(3, None, of_digests=3))

        def change(execute, *args):
            answer = execute(*args)
            if self.state == SECOND:
                self.state = third
                Tag.objects.create(name="칩")
            return answer

        with connection.execute_wrapper(change):
            self.assertEqual(self.shown(SECOND), "page 2: ['칩']")
        self.assertIsNone(self.front.store.peek("/", SECOND))


class RenewingTests(TransactionTestCase):
    serialized_rollback = True

    def test_what_is_renewed_is_kept_too(self):
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(0.005)
        site, state = TagSite(), FIRST
        self.enterContext(patch.object(versions, "current", lambda: state))
        front = Front(site, max_bytes=1_000_000)
        ask(front)
        state = SECOND
        front.versions.read()
        wait_for_renewals()
        self.assertAlmostEqual(sys.getswitchinterval(), TURN)  # readers wait no longer for it
        self.assertEqual(len(site.asked), 1)
        self.assertIsNotNone(front.store.peek("/", SECOND))
