"""What a server says that cannot start the site."""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory

from django.test import SimpleTestCase

from tests.newsroom.test_environment import KEY, ROOT


class StartOfWorkersTests(SimpleTestCase):
    def test_a_worker_that_cannot_start_says_one_sentence(self):
        with TemporaryDirectory() as folder:
            for variables, sentence in (
                ({"TIME_ZONE": "Asia/Soul"}, "TIME_ZONE='Asia/Soul' is not a time zone."),
                ({}, f"The static files in {folder}/static are missing"),
                ({"STATIC_ROOT": "/dev/null/static"}, "Not a directory"),
            ):
                with self.subTest(variables):
                    told = subprocess.run(
                        [sys.executable, "-c", "import newsroom.wsgi"],
                        env={"PATH": os.environ["PATH"], "SECRET_KEY": KEY, "DATA_DIR": folder}
                        | variables,
                        cwd=ROOT,
                        capture_output=True,
                        text=True,
                        check=False,
                    )
                    (line,) = told.stderr.splitlines()
                    self.assertIn(sentence, line)
                    self.assertEqual(told.returncode, 1)
