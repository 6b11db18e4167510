import gzip
import json
import os
import time
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.conf import settings
from django.core.management import call_command
from django.test import SimpleTestCase, override_settings

from articles.serving import static_files
from articles.serving.static_files import StaticFilesStorage
from articles.views import health
from tests.support.served import NAMED_BY_CONTENT


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


class OutdatedTests(SimpleTestCase):
    """With two collected files, of which the sources change."""

    def setUp(self):
        self.source = Path(self.enterContext(TemporaryDirectory()))
        self.root = Path(self.enterContext(TemporaryDirectory()))
        own = override_settings(
            DEBUG=False,
            STATIC_ROOT=self.root,
            STATICFILES_DIRS=[self.source],
            STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
            STORAGES=settings.STORAGES | {"staticfiles": {"BACKEND": NAMED_BY_CONTENT}},
        )
        self.enterContext(own)
        for name in ("a.css", "b.css"):
            (self.source / name).write_text(f"/* {name} */")
        self.collect()

    def collect(self):
        call_command("collectstatic", interactive=False, verbosity=0)
        static_files.differ_since.cache_clear()

    def line(self):
        return health.CHECKS["static_files"]()

    def test_a_source_that_was_not_collected_since_its_change_is_told(self):
        self.assertEqual(self.line(), "ok")
        static_files.differ_since.cache_clear()
        (self.source / "b.css").write_text("/* b.csS */")
        ahead = time.time() + 60  # collectstatic takes what is later than its copy
        os.utime(self.source / "b.css", (ahead, ahead))
        self.assertIn("run `manage.py prepare`", self.line())
        self.collect()
        self.assertEqual(self.line(), "ok")

    def test_prepare_collects_a_source_that_is_older_than_its_copy(self):
        """As in the archive or the image of a version before."""
        (self.source / "b.css").write_text("/* b.csS */")
        os.utime(self.source / "b.css", (1, 1))
        static_files.differ_since.cache_clear()
        call_command("prepare", static_only=True, verbosity=0, stdout=StringIO())
        self.assertEqual(self.line(), "ok")

    def test_a_source_that_was_never_collected_is_told(self):
        (self.source / "c.css").write_text("")
        self.assertIn("degraded", self.line())

    def test_sources_are_read_once_for_what_was_collected(self):
        self.assertEqual(self.line(), "ok")
        with mock.patch.object(static_files, "get_finders", side_effect=AssertionError):
            self.assertEqual(self.line(), "ok")

    @override_settings(DEBUG=True)
    def test_with_debug_nothing_is_collected_or_told(self):
        (self.source / "c.css").write_text("")
        self.assertEqual(self.line(), "ok")
