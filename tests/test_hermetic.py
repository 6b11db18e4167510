"""The run does not depend on the shell it was started from."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase

from tests.settings import ENVIRONMENT

HOSTILE = {
    "ALLOWED_HOSTS": "live.example.com",
    "DATABASE_URL": "postgres://live.example.com/news",
    "DATA_DIR": "/srv/live",
    "DEBUG": "True",
    "MEDIA_ROOT": "/srv/live/media",
    "SITE_LANGUAGE": "en",
    "SITE_URL": "https://live.example.com",
    "STATIC_ROOT": "/srv/live/static",
    "TIME_ZONE": "Pacific/Auckland",
    "TEST_DATABASE": "sqlite",
}
PRINT_SETTINGS = """
import json
from django.conf import settings as s
print(json.dumps([s.DEBUG, s.LANGUAGE_CODE, s.TIME_ZONE, s.SITE_URL, s.ALLOWED_HOSTS,
    str(s.MEDIA_ROOT), str(s.STATIC_ROOT), str(s.DATA_DIR), s.DATABASES["default"]["ENGINE"]]))
"""


class EnvironmentTests(SimpleTestCase):
    def test_every_variable_of_the_settings_is_fixed(self):
        source = (settings.BASE_DIR / "newsroom" / "settings.py").read_text(encoding="utf-8")
        read = set(re.findall(r'(?:env|keys)\.\w+\(\s*"(\w+)"', source))
        self.assertEqual(read - {"DATABASE_URL"}, set(ENVIRONMENT))

    def test_the_developers_environment_changes_nothing(self):
        answer = subprocess.run(
            [sys.executable, "-c", PRINT_SETTINGS],
            cwd=settings.BASE_DIR,
            env=os.environ | HOSTILE | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        debug, language, zone, site_url, hosts, *folders, engine = json.loads(answer)
        self.assertEqual([debug, language, zone], [False, "ko", "Asia/Seoul"])
        self.assertEqual(site_url, "http://testserver")
        self.assertEqual(hosts, ["testserver", "localhost", "127.0.0.1"])
        self.assertEqual(engine, "newsroom.databases.sqlite3")
        for folder in folders:
            self.assertNotIn("/srv/live", folder)

    def test_the_processes_directory_is_gone_afterwards(self):
        code = "from tests.settings import SCRATCH; print(SCRATCH)"
        directory = subprocess.check_output(
            [sys.executable, "-c", code],
            cwd=settings.BASE_DIR,
            env=os.environ | {"TEST_DATABASE": "sqlite"},
            text=True,
        )
        self.assertIn("newsroom-tests-", directory)
        self.assertIs(Path(directory.strip()).exists(), False)
