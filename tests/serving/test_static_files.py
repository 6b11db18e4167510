import gzip
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.test import SimpleTestCase, override_settings

from articles.serving.static_files import StaticFilesStorage


class StaticFilesStorageTests(SimpleTestCase):
    def setUp(self):
        folder = self.enterContext(TemporaryDirectory())
        manifest = {"version": "1.1", "paths": {"css/a.css": "css/a.1234.css"}, "hash": ""}
        Path(folder, "staticfiles.json").write_text(json.dumps(manifest))
        self.storage = StaticFilesStorage(folder, "/static/")

    @override_settings(DEBUG=False)
    def test_an_address_has_the_hash_and_is_found_once(self):
        with mock.patch.object(
            self.storage, "stored_name", wraps=self.storage.stored_name
        ) as looked_up:
            for _ in range(3):
                self.assertEqual(self.storage.url("css/a.css"), "/static/css/a.1234.css")
        looked_up.assert_called_once()

    def test_what_has_two_names_is_compressed_once(self):
        """Each file is there under its own name, and under the one with the hash."""
        texts = {"a.css": b"p {}\n" * 99, "a.1234.css": b"p {}\n" * 99, "b.css": b"q {}\n" * 99}
        for number, (name, text) in enumerate(texts.items()):
            path = Path(self.storage.path(name))
            path.write_bytes(text)
            os.utime(path, (number, number))
        Path(self.storage.path("a.png")).write_bytes(texts["a.css"])
        made_of = []

        def compress(text):
            made_of.append(text)
            return text[:9]

        with mock.patch("whitenoise.compress.Compressor.compress_brotli", side_effect=compress):
            found = sorted(self.storage.compress_files({*texts, "a.png"}))
        self.assertEqual(sorted(made_of), [texts["a.css"], texts["b.css"]])
        endings = (".br", ".gz")
        self.assertEqual(found, sorted((name, name + end) for name in texts for end in endings))
        for name, text in texts.items():
            path = Path(self.storage.path(name))
            packed = [path.with_name(name + end) for end in endings]
            self.assertEqual(packed[0].read_bytes(), text[:9])
            self.assertEqual(gzip.decompress(packed[1].read_bytes()), text)
            for file in packed:
                self.assertEqual(file.stat().st_mtime, path.stat().st_mtime)

    @override_settings(DEBUG=False)
    def test_a_file_that_is_missing_is_an_error_each_time(self):
        for _ in range(2):
            with self.assertRaises(ValueError):
                self.storage.url("css/none.css")

    def test_with_debug_files_have_their_own_names_until_it_is_off(self):
        with override_settings(DEBUG=True):
            self.assertEqual(self.storage.url("css/a.css"), "/static/css/a.css")
            forced = self.storage.url("css/a.css", force=True)
        with override_settings(DEBUG=False):
            self.assertEqual(self.storage.url("css/a.css"), forced)
        self.assertEqual(forced, "/static/css/a.1234.css")
