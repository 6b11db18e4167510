import json
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
