"""The encoding that a client gets."""

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.rules.encodings import preferred

ALL = ("identity", "gzip", "br")


class PreferredTests(SimpleTestCase):
    def test_the_smallest_that_the_client_takes_is_chosen(self):
        for header, expected in (
            ("", "identity"),
            ("gzip", "gzip"),
            ("x-gzip", "gzip"),
            ("gzip, deflate, br, zstd", "br"),
            ("GZIP;Q=0.5, BR;q=0.4", "gzip"),
            ("br;q=0, gzip;q=0", "identity"),
            ("gzip;q=0", "identity"),
            ("*", "br"),
            ("*;q=0", "identity"),
            ("br;q=0, *", "gzip"),
            ("identity, gzip;q=0.5", "identity"),
            ("identity;q=0", "identity"),
            ("gzip;q=nonsense", "identity"),
            ("deflate", "identity"),
        ):
            with self.subTest(header):
                self.assertEqual(preferred(header, ALL), expected)

    def test_only_what_is_there_is_chosen(self):
        self.assertEqual(preferred("br", ("identity",)), "identity")

    @given(st.text())
    def test_any_header_gets_an_answer(self, header):
        self.assertIn(preferred(header, ALL), ALL)
