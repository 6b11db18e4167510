"""Where lines and ticks of charts stand."""

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.pages.charts import Frame, spread, ticks

FRAME = Frame(left=10, top=20, width=100, height=50)


class LineTests(SimpleTestCase):
    def test_values_stand_between_the_bottom_and_the_top_from_left_to_right(self):
        self.assertEqual(FRAME.line([0, 5, 10], 10), "10.0,70.0 60.0,45.0 110.0,20.0")

    def test_one_value_stands_in_the_middle(self):
        self.assertEqual(FRAME.line([0], 1), "60.0,70.0")


class TickTests(SimpleTestCase):
    def test_steps_are_round(self):
        for highest, levels in (
            (0, [0, 1]),
            (1, [0, 1]),
            (4, [0, 1, 2, 3, 4]),
            (7, [0, 2, 4, 6, 8]),
            (13, [0, 5, 10, 15]),
            (101, [0, 50, 100, 150]),
        ):
            with self.subTest(highest):
                self.assertEqual(ticks(highest), levels)

    @given(st.integers(0, 10**9))
    def test_all_values_have_room_and_little_is_left_over(self, highest):
        levels = ticks(highest)
        self.assertGreaterEqual(levels[-1], highest)
        self.assertLessEqual(len(levels), 6)
        self.assertLess(levels[-2], max(highest, 1))


class SpreadTests(SimpleTestCase):
    def test_the_first_and_the_last_are_among_them(self):
        self.assertEqual(spread(52, 4), [0, 17, 34, 51])
        self.assertEqual(spread(3, 4), [0, 1, 2])
