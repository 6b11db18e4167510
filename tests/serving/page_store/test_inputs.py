"""A page is kept after a change of something else, and only then."""

from dataclasses import replace
from unittest.mock import patch

from django.db import DatabaseError, connection
from django.test import TestCase, TransactionTestCase

from articles.changes.site_version import Version
from articles.models import Tag
from articles.serving.page_store import versions
from articles.serving.page_store.front import Front
from articles.serving.page_store.inputs import MOST_QUERIES, Noting
from articles.serving.page_store.versions import State
from tests.serving.page_store.test_front import Site, ask, wait_for_renewals

FIRST = State(Version(1, None, of_digests=1), "2026-01-03T09+0900", is_late=False)
SECOND = replace(FIRST, version=Version(2, None, of_digests=2))


def names():
    return list(Tag.objects.order_by("pk").values_list("name", flat=True))


def inputs_of(work, surroundings="here"):
    noting = Noting()
    with connection.execute_wrapper(noting):
        work()
    return noting.inputs(surroundings)


class InputsTests(TestCase):
    def setUp(self):
        self.tag = Tag.objects.create(name="반도체")

    def test_they_are_the_same_until_an_answer_is_another(self):
        inputs = inputs_of(names)
        self.assertTrue(inputs.are_same("here"))
        Tag.objects.filter(pk=self.tag.pk).update(name="칩")
        self.assertFalse(inputs.are_same("here"))
        Tag.objects.filter(pk=self.tag.pk).update(name="반도체")
        self.assertTrue(inputs.are_same("here"))

    def test_other_surroundings_need_no_query(self):
        inputs = inputs_of(names)
        with self.assertNumQueries(0):
            self.assertFalse(inputs.are_same("elsewhere"))

    def test_nothing_is_asked_after_another_answer(self):
        inputs = inputs_of(lambda: (names(), Tag.objects.count(), Tag.objects.first()))
        with self.assertNumQueries(3):
            self.assertTrue(inputs.are_same("here"))
        Tag.objects.filter(pk=self.tag.pk).update(name="칩")
        with self.assertNumQueries(1):
            self.assertFalse(inputs.are_same("here"))

    def test_parameters_belong_to_a_query(self):
        inputs = inputs_of(lambda: Tag.objects.filter(name="메모리").exists())
        Tag.objects.create(name="칩")
        self.assertTrue(inputs.are_same("here"))
        Tag.objects.create(name="메모리")
        self.assertFalse(inputs.are_same("here"))

    def test_nothing_is_known_without_queries_after_a_write_and_after_too_many(self):
        self.assertIsNone(inputs_of(lambda: None))
        self.assertIsNone(inputs_of(lambda: (names(), Tag.objects.create(name="칩"))))
        self.assertIsNone(inputs_of(lambda: [names() for _ in range(MOST_QUERIES + 1)]))
        self.assertIsNotNone(inputs_of(lambda: [names() for _ in range(MOST_QUERIES)]))

    def test_a_database_that_refuses_says_nothing(self):
        noting = Noting()
        with connection.execute_wrapper(noting):
            names()
        inputs = noting.inputs("here")

        def refuse(*args):
            raise DatabaseError("away")

        with connection.execute_wrapper(refuse):
            self.assertFalse(inputs.are_same("here"))
            self.assertIsNone(noting.inputs("here"))


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
        site, state = TagSite(), FIRST
        self.enterContext(patch.object(versions, "current", lambda: state))
        front = Front(site, max_bytes=1_000_000)
        ask(front)
        state = SECOND
        front.versions.read()
        wait_for_renewals()
        self.assertEqual(len(site.asked), 1)
        self.assertIsNotNone(front.store.peek("/", SECOND))
