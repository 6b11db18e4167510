"""How the index is asked for the terms of a question."""

from itertools import chain

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.search import tables

SETS = st.lists(st.sets(st.sampled_from("abcdefgh"), min_size=1), min_size=1, max_size=4)
LISTS = st.lists(SETS, min_size=1, max_size=5)


def has(row, found):
    """Whether a row has, of each list, all terms of one set at least."""
    return all(any(each <= row for each in sets) for sets in found)


class CombiningTests(SimpleTestCase):
    @given(LISTS, st.sets(st.sampled_from("abcdefgh")))
    def test_it_changes_no_answer(self, found, row):
        self.assertEqual(has(row, tables._combined(found)), has(row, found))

    @given(LISTS)
    def test_it_makes_fewer_lists_and_no_long_ones(self, found):
        combined = tables._combined(found)
        self.assertLessEqual(len(combined), len(found))
        longest = max(tables.MOST_SETS, *map(len, found), 0)
        self.assertLessEqual(max(map(len, combined)), longest)

    def test_what_is_certain_goes_into_every_set(self):
        found = [[{"a", "b"}], [{"c"}, {"d", "e"}], [{"f"}, {"g"}]]
        (sets,) = tables._combined(found)
        self.assertEqual(len(sets), 4)
        self.assertTrue(all({"a", "b"} < each for each in sets))
        self.assertEqual(set(chain.from_iterable(sets)), set("abcdefg"))
