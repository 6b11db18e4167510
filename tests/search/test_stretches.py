"""How far back each step of a search looks."""

from itertools import pairwise

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.search import tables
from articles.search.stretches import FIRST, SECOND, Stretches

DAYS = 36_500
NEWEST = 800_000
LOW = 5
ENDS = ((NEWEST - DAYS) * tables.PLACES, NEWEST * tables.PLACES + 7)


def days_of(stretches, *told):
    """The days of each stretch but the last, if each step was told hits and what is missing."""
    days = []
    answers = iter(told)
    for bottom, top in stretches:
        days.append(top // tables.PLACES - bottom // tables.PLACES + 1)
        stretches.tell(*next(answers, (0, 21)))
    return days[:-1]


class StretchesTests(SimpleTestCase):
    def test_where_there_are_no_rows_there_is_no_stretch(self):
        self.assertEqual(list(Stretches(LOW, None, is_rare=False)), [])

    def test_a_short_archive_is_one_stretch(self):
        ends = (NEWEST * tables.PLACES, (NEWEST + 30) * tables.PLACES)
        self.assertEqual(list(Stretches(LOW, ends, is_rare=False)), [(LOW, ends[1])])

    def test_what_is_not_found_is_looked_for_in_three(self):
        self.assertEqual(days_of(Stretches(LOW, ENDS, is_rare=False)), [FIRST, SECOND])

    def test_what_is_rare_and_not_found_is_looked_for_in_two(self):
        self.assertEqual(days_of(Stretches(LOW, ENDS, is_rare=True)), [FIRST])

    def test_it_can_turn_out_to_be_rare(self):
        stretches, seen = Stretches(LOW, ENDS, is_rare=False), 0
        for _ in stretches:
            stretches.tell(0, 21, is_rare=True)
            seen += 1
        self.assertEqual(seen, 2)

    def test_the_first_may_be_brief(self):
        self.assertEqual(days_of(Stretches(LOW, ENDS, first=40, is_rare=True)), [40])
        self.assertEqual(days_of(Stretches(LOW, ENDS, first=40, is_rare=False)), [40, SECOND])

    def test_a_few_hits_tell_how_long_the_next_is(self):
        for is_rare in (False, True):
            found = days_of(Stretches(LOW, ENDS, is_rare=is_rare), (3, 18), (12, 6))
            second, third = 2 * FIRST * 18 // 3, 2 * (FIRST + 4_800) * 6 // 15
            self.assertEqual(found[:3], [FIRST, second, third])

    def test_many_hits_make_no_stretch_short(self):
        self.assertEqual(days_of(Stretches(LOW, ENDS, is_rare=True), (20, 1), (0, 1))[1], SECOND)

    @given(
        st.booleans(),
        st.lists(st.tuples(st.integers(0, 20), st.integers(1, 21))),
        st.integers(0, DAYS),
    )
    def test_together_they_are_the_whole_archive_and_few(self, is_rare, told, days):
        ends = ((NEWEST - days) * tables.PLACES, ENDS[1])
        stretches = Stretches(LOW, ends, is_rare=is_rare)
        answers, seen = iter(told), []
        for bottom, top in stretches:
            seen.append((bottom, top))
            stretches.tell(*next(answers, (0, 21)))
        self.assertEqual((seen[0][1], seen[-1][0]), (ends[1], LOW))
        for (bottom, _top), (_bottom, top) in pairwise(seen):
            self.assertEqual(top, bottom - 1)
        self.assertLessEqual(len(seen), 2 + days // SECOND)
