"""What counts work finds what blows up, and lets pass what does not."""

import re
from unittest.mock import patch

from django.contrib.auth.models import Group
from django.test import SimpleTestCase, TestCase

from tests.support import costs
from tests.support.costs import assert_cheap


class CostTests(SimpleTestCase):
    """With limits that small work reaches, so that nobody waits for a blow-up."""

    def setUp(self):
        few = patch.multiple(costs, CHEAP=1, MOST_CALLS=20_000, MOST_YARDSTICKS=30)
        self.enterContext(few)

    def test_cheap_work_is_done_once(self):
        done = []
        self.assertIsNone(assert_cheap(self, done.append, 1))
        self.assertEqual(done, [1])

    def test_too_many_calls_fail_in_every_run(self):
        def work():
            return [len("") for _ in range(20_000)]

        with patch.object(costs, "CHEAP", 0), self.assertRaisesRegex(AssertionError, "calls"):
            assert_cheap(self, work)

    def test_a_single_call_that_blows_up_fails(self):
        """Of the calls there are two; the time grows with the square of the length."""
        with self.assertRaisesRegex(AssertionError, "blanks yardsticks"):
            assert_cheap(self, re.search, r"\s+$", " " * 10_000 + "x", name="blanks")

    def test_what_costs_a_good_deal_and_no_more_is_well(self):
        def work():
            return sum(len(word) for word in ["a"] * 5_000)

        with patch.object(costs, "CHEAP", 0):
            self.assertEqual(assert_cheap(self, work), 5_000)


class UndoneTests(TestCase):
    def test_work_that_is_measured_again_has_written_once(self):
        def work():
            Group.objects.create(name="new")
            return Group.objects.filter(name="new").count()

        with patch.object(costs, "CHEAP", 0):
            self.assertEqual(assert_cheap(self, work, undone=True), 1)
        self.assertEqual(Group.objects.filter(name="new").count(), 1)
