"""With SQLite on a full disk: what readers ask for goes on, and nothing is by half."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.test import SimpleTestCase, TestCase

from articles.models import Picture
from articles.pictures import files
from tests.support.factories import image_file

# As on a disk without a free byte: no file may grow (a limit of no bytes stands for the disk).
READING = """
import resource, signal
import django
django.setup()
from django.db import close_old_connections, connection

connection.cursor().execute("CREATE TABLE news AS SELECT 'read' AS text")
close_old_connections()  # as at the end of a request
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
print(*connection.cursor().execute("SELECT text FROM news").fetchone())
"""


class ReadingTests(SimpleTestCase):
    def test_a_database_on_a_full_disk_is_read(self):
        folder = Path(self.enterContext(TemporaryDirectory()))
        environ = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "SECRET_KEY": settings.SECRET_KEY,
            "DATA_DIR": str(folder),
            "STATIC_ROOT": str(settings.STATIC_ROOT),
        }
        done = subprocess.run(
            [sys.executable, "-c", READING],
            env=environ,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.stdout.split(), ["read"], done.stderr)


class PictureTests(TestCase):
    def test_upload_leaves_no_file_behind_where_the_database_takes_nothing_either(self):
        full = OSError(errno.ENOSPC, "No space left on device")
        save = default_storage.save

        def save_first(name, content):
            if "480" in name:
                return save(name, content)
            raise full

        refused = OperationalError("database or disk is full")
        with (
            mock.patch.object(default_storage, "save", save_first),
            mock.patch.object(Picture, "delete", side_effect=refused),
            self.assertLogs("articles.pictures.files", "ERROR"),
            self.assertRaises(files.Refused),
        ):
            files.store(image_file())
        picture = Picture.objects.get()
        for width in picture.widths:
            self.assertFalse(default_storage.exists(files.file_name(picture.uid, width)))
