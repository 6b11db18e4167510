"""Pages in memory: bounded, and never of another version."""

from unittest.mock import patch

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.serving.page_store.page import Page
from articles.serving.page_store.store import PageStore


def page(size=100):
    return Page('"e"', None, {}, size)


class PageStoreTests(SimpleTestCase):
    def setUp(self):
        self.store = PageStore(1_000)
        self.store.begin("1")

    def test_a_page_is_found_while_its_version_is_the_present_one(self):
        kept = page()
        self.store.put("/", kept, "1")
        self.assertIs(self.store.get("/", "1"), kept)
        self.assertIsNone(self.store.get("/", "2"))
        self.store.begin("2")
        self.assertIsNone(self.store.get("/", "1"))
        self.assertIsNone(self.store.get("/", "2"))
        self.store.forget_former("2")
        self.assertEqual(self.store.sizes(), (0, 0))

    def test_former_pages_make_room_first_and_are_forgotten_with_the_next_version(self):
        for key in "abcdefghi":
            self.store.put(key, page(), "1")
        self.store.begin("2")
        self.store.put("a", page(), "2")
        self.assertIsNone(self.store.former("a"))
        self.store.put("new", page(120), "2")
        self.store.put("newer", page(), "2")
        self.assertEqual([key for key in "bcdefghi" if not self.store.former(key)], ["b", "c"])
        self.assertEqual(self.store.sizes(), (3, 920))
        self.store.begin("3")
        self.assertIsNone(self.store.former("i"))
        self.assertEqual(self.store.sizes(), (0, 320))

    def test_another_form_of_a_page_takes_its_place_only_while_it_is_there(self):
        kept, smaller = page(), page(60)
        self.store.put("/", kept, "1")
        self.store.replace("/", page(), smaller, "1")
        self.store.replace("/", kept, smaller, "0")
        self.assertIs(self.store.get("/", "1"), kept)
        self.store.replace("/", kept, smaller, "1")
        self.assertIs(self.store.get("/", "1"), smaller)
        self.assertEqual(self.store.sizes(), (1, 60))

    def test_a_page_of_another_version_is_not_kept(self):
        self.store.put("/", page(), "0")
        self.assertEqual(self.store.sizes(), (0, 0))

    def test_the_least_used_page_goes_first(self):
        for number in range(10):
            self.store.put(number, page(), "1")
        self.store.get(0, "1")
        self.store.put("new", page(), "1")
        self.assertIsNotNone(self.store.get(0, "1"))
        self.assertIsNone(self.store.get(1, "1"))

    def test_a_page_that_would_crowd_out_the_others_is_not_kept(self):
        self.store.put("/", page(126), "1")
        self.assertIsNone(self.store.get("/", "1"))

    def test_a_new_version_names_what_readers_want_and_the_rest_the_last_used_first(self):
        for key in "abcd":
            self.store.put(key, page(), "1")
        for key in "ba":
            self.store.get(key, "1")
        self.assertEqual(self.store.begin("2"), (["a", "b"], ["d", "c"]))
        self.assertEqual(self.store.begin("2"), ([], []))

    def test_a_new_version_begins_with_the_pages_that_are_made_for_it(self):
        for key in "abc":
            self.store.put(key, page(), "1")
        made, new = page(), page()
        self.assertEqual(self.store.begin("2", {"b": made, "new": new}), ([], ["c", "a"]))
        self.assertEqual(self.store.newest("2", 2), [("b", made), ("new", new)])
        self.assertEqual(self.store.sizes(), (2, 400))
        self.assertIsNone(self.store.former("b"))

    def test_a_page_is_wanted_when_a_reader_has_asked_for_it_and_for_a_while(self):
        for key in "abc":
            self.store.put(key, page(), "1")
        self.store.use("a")
        self.store.get("b", "1")
        self.store.use("nowhere")
        self.assertEqual([key for key, _ in self.store.wanted("1", 9)], ["b", "a"])
        self.assertEqual([key for key, _ in self.store.wanted("1", 1)], ["b"])
        self.assertEqual(self.store.wanted("2", 9), [])
        with patch("articles.serving.page_store.store.WANTED", 0.0):
            self.assertEqual(self.store.wanted("1", 9), [])

    @given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 200))))
    def test_it_never_holds_more_than_it_may_and_counts_right(self, puts):
        store = PageStore(1_000)
        store.begin("1")
        for key, size in puts:
            store.put(key, page(size), "1")
            count, held = store.sizes()
            self.assertLessEqual(held, 1_000)
            found = [p for p in (store.get(key, "1") for key in range(31)) if p]
            self.assertEqual((len(found), sum(p.size for p in found)), (count, held))
