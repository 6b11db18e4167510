"""The configuration of nginx that is shipped, with and without its module for brotli."""

import gzip
import os
from types import MappingProxyType

import brotli
import pytest
from django.test import LiveServerTestCase, override_settings

from articles.serving.page_store import page as pages
from tests.support import nginx
from tests.test_nginx import NginxMixin


# It is nginx that answers here, from files.
@pytest.mark.one_engine
@override_settings(ALLOWED_HOSTS=["127.0.0.1", "localhost"])
class EncodedFilesTests(NginxMixin, LiveServerTestCase):
    """What nginx answers from the files of a page, with and without its module for brotli."""

    serialized_rollback = True
    PATH = "/archive/"
    ASKED = (
        *(
            "br, gzip",
            "gzip, deflate, br, zstd",
            "gzip",
            "br",
            "br;q=0, gzip",
            "br;q=0",
            "gzip;q=0",
        ),
        *("identity", ""),
    )
    DECODE = MappingProxyType({"br": brotli.decompress, "gzip": gzip.decompress, None: bytes})

    def begin(self, **options):
        self.start([self.live_server_url.removeprefix("http://")], **options)
        _status, _headers, body = self.asked(accept="", address=self.live_server_url)
        self.page = pages.make([("ETag", '"1"')], body)
        self.files.put(self.PATH, self.page, "one")

    def with_module(self):
        if not nginx.BROTLI.exists():
            give_up = pytest.fail if os.environ.get("CI") else self.skipTest
            give_up("The module was not found: apt-get install libnginx-mod-http-brotli-static.")
        self.begin(brotli=True)

    def asked(self, method="GET", accept="br", address=None, **headers):
        return self.get(self.PATH, method, address, **{"Accept-Encoding": accept} | headers)

    def test_every_client_gets_the_encoding_that_the_site_gives_it(self):
        self.with_module()
        plain = self.page.variants["identity"].body
        for accept in self.ASKED:
            with self.subTest(accept):
                _status, of_site, _body = self.asked(accept=accept, address=self.live_server_url)
                status, of_file, body = self.asked(accept=accept)
                encoding = of_file["Content-Encoding"]
                self.assertEqual((status, encoding), (200, of_site["Content-Encoding"]))
                self.assertEqual(of_file["Vary"], "Accept-Encoding")
                self.assertIn("Accept-Encoding", of_site["Vary"])
                self.assertEqual(self.DECODE[encoding](body), plain)

    def test_without_the_module_clients_get_gzip_at_best(self):
        self.begin()
        for accept in self.ASKED:
            _status, headers, body = self.asked(accept=accept)
            encoding = headers["Content-Encoding"]
            with self.subTest(accept):
                self.assertIn(encoding, ("gzip", None))
                self.assertEqual(headers["Vary"], "Accept-Encoding")
                self.assertEqual(self.DECODE[encoding](body), self.page.variants["identity"].body)

    def test_each_encoding_has_its_tag_and_the_same_for_head_and_304(self):
        self.with_module()
        tags = set()
        for accept in ("br", "gzip", "identity"):
            with self.subTest(accept):
                _status, headers, body = self.asked(accept=accept)
                status, of_head, none = self.asked("HEAD", accept)
                self.assertEqual((status, none), (200, b""))
                self.assertEqual(of_head["Content-Length"], str(len(body)))
                known = {"If-None-Match": headers["ETag"]}
                status, of_same, none = self.asked(accept=accept, **known)
                self.assertEqual((status, none), (304, b""))
                for name in ("ETag", "Vary", "Cache-Control", "Last-Modified"):
                    self.assertEqual(
                        (of_head[name], of_same[name]), (headers[name], headers[name]), name
                    )
                status, of_site, _body = self.asked(
                    accept=accept, address=self.live_server_url, **{"If-None-Match": "*"}
                )
                self.assertEqual(status, 304)
                self.assertEqual(of_same["Cache-Control"], of_site["Cache-Control"])
                tags.add(headers["ETag"])
        self.assertEqual(len(tags), 3)

    def test_fewer_bytes_have_another_tag_and_the_same_date(self):
        self.with_module()
        _status, quick, body = self.asked()
        self.files.put(self.PATH, pages.densest(self.page), "one")
        status, small, smaller = self.asked(**{"If-None-Match": quick["ETag"]})
        self.assertEqual(status, 200)
        self.assertLess(len(smaller), len(body))
        self.assertNotEqual(small["ETag"], quick["ETag"])
        known = {"If-Modified-Since": quick["Last-Modified"]}
        self.assertEqual(self.asked(**known)[0], 304)
