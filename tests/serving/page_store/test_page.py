"""What a finished page answers by itself."""

import gzip
from unittest.mock import patch

import brotli
from django.test import SimpleTestCase

from articles.serving.page_store import page as pages

BODY = "<p>새해 첫 소식입니다.</p>".encode() * 40
TEXT = "".join(f"<p>{n * n}번째 소식은 {n * n * n}곳에서 왔습니다.</p>" for n in range(99)).encode()
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Length", str(len(BODY))),
    ("ETag", '"abc"'),
    ("Last-Modified", "Sat, 03 Jan 2026 01:00:00 GMT"),
    ("Cache-Control", "public, no-cache"),
    ("Vary", "Accept-Encoding"),
    ("X-Frame-Options", "DENY"),
]


class PageTests(SimpleTestCase):
    def ask(self, method="GET", **headers):
        told = {}

        def start(status, answered):
            told.update(status=status, headers=dict(answered), names=[n for n, _ in answered])

        environ = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        body = pages.make(HEADERS, BODY).answer({"REQUEST_METHOD": method, **environ}, start)
        return told["status"], told["headers"], b"".join(body)

    def test_every_encoding_holds_the_same_page(self):
        plain, zipped, best = (self.ask(accept_encoding=e) for e in ("", "gzip", "gzip, br"))
        self.assertEqual(plain[2], BODY)
        self.assertEqual(gzip.decompress(zipped[2]), BODY)
        self.assertEqual(brotli.decompress(best[2]), BODY)
        self.assertEqual(best[1]["Content-Encoding"], "br")
        for _status, headers, body in (plain, zipped, best):
            self.assertEqual(headers["Content-Length"], str(len(body)))
            self.assertEqual(headers["X-Frame-Options"], "DENY")

    def test_the_tag_is_weak_where_the_bytes_are_not_the_plain_ones(self):
        self.assertEqual(self.ask()[1]["ETag"], '"abc"')
        self.assertEqual(self.ask(accept_encoding="br")[1]["ETag"], 'W/"abc"')

    def test_the_smallest_form_holds_the_same_page_under_the_same_tag(self):
        quick = pages.make(HEADERS, TEXT)
        small = pages.densest(quick)
        quick_one, small_one = quick.variants["br"], small.variants["br"]
        self.assertLess(len(small_one.body), len(quick_one.body))
        self.assertEqual(brotli.decompress(small_one.body), TEXT)
        length = ("Content-Length", str(len(small_one.body)))
        self.assertEqual(dict(small_one.ok), dict(quick_one.ok) | dict([length]))
        self.assertEqual(small_one.not_modified, quick_one.not_modified)
        self.assertEqual(small.variants["gzip"], quick.variants["gzip"])
        self.assertLess(small.size, quick.size)

    def test_the_same_body_is_not_compressed_again(self):
        small = pages.densest(pages.make(HEADERS, TEXT))
        other = [
            (name, "Sat, 03 Jan 2026 02:00:00 GMT" if name == "Last-Modified" else value)
            for name, value in HEADERS
        ]
        with patch.object(pages, "encoded", side_effect=AssertionError):
            again = pages.make(other, TEXT, small)
        self.assertIs(again.variants["br"].body, small.variants["br"].body)
        self.assertIn(("Last-Modified", "Sat, 03 Jan 2026 02:00:00 GMT"), again.variants["br"].ok)
        self.assertTrue(again.is_densest)
        self.assertEqual(pages.make(HEADERS, BODY, small), pages.make(HEADERS, BODY))

    def test_head_has_the_headers_and_no_body(self):
        status, headers, body = self.ask("HEAD")
        self.assertEqual((status, body), ("200 OK", b""))
        self.assertEqual(headers, self.ask()[1])

    def test_who_has_it_is_told_so(self):
        for known in ('"abc"', 'W/"abc"', '"x", W/"abc"', "*"):
            for method in ("GET", "HEAD"):
                with self.subTest(known, method=method):
                    status, headers, body = self.ask(method, if_none_match=known)
                    self.assertEqual((status, body), ("304 Not Modified", b""))
                    self.assertEqual(headers["Vary"], "Accept-Encoding")
                    self.assertEqual(headers["Cache-Control"], "public, no-cache")
                    self.assertIn("ETag", headers)
                    self.assertNotIn("Content-Length", headers)
                    self.assertNotIn("Content-Type", headers)

    def test_a_tag_comes_before_a_date_in_both_directions(self):
        late, early = "Sun, 04 Jan 2026 00:00:00 GMT", "Fri, 02 Jan 2026 00:00:00 GMT"
        for status, headers in (
            ("304", {"if_modified_since": late}),
            ("200", {"if_modified_since": early}),
            ("200", {"if_modified_since": "yesterday"}),
            ("200", {"if_modified_since": late, "if_none_match": '"other"'}),
            ("304", {"if_modified_since": early, "if_none_match": '"abc"'}),
        ):
            with self.subTest(headers):
                self.assertEqual(self.ask(**headers)[0][:3], status)

    def test_an_answer_without_tag_or_with_cookie_or_encoded_makes_no_page(self):
        untagged = [pair for pair in HEADERS if pair[0] != "ETag"]
        for headers in (
            untagged,
            [*HEADERS, ("Set-Cookie", "sessionid=1")],
            [*HEADERS, ("Content-Encoding", "gzip")],
        ):
            self.assertIsNone(pages.make(headers, BODY))
