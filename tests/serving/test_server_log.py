"""What the server says of itself, with the configuration that it is started with."""

import json
import logging
import logging.config
import os
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from django.test import SimpleTestCase
from granian.log import LOGGING_CONFIG

from articles.operations import lost_workers
from newsroom.settings import LOGGING

TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d{4}"
CONFIGURATION = Path(__file__).parents[2] / "newsroom/server-log.json"


class ServerLogTests(SimpleTestCase):
    def setUp(self):
        self.data = Path(self.enterContext(TemporaryDirectory()))
        self.enterContext(patch.dict(os.environ, DATA_DIR=str(self.data)))
        self.said = self.enterContext(redirect_stderr(StringIO()))
        self.addCleanup(self.forget, logging.getLogger("_granian"))
        # As granian reads it.
        logging.config.dictConfig(LOGGING_CONFIG | json.loads(CONFIGURATION.read_text()))

    def forget(self, logger):
        logger.handlers.clear()
        logger.propagate = True

    def say(self, text):
        logging.getLogger("_granian").error(text)

    def test_lines_have_a_time_and_go_to_standard_error(self):
        self.say("Something")
        self.assertRegex(self.said.getvalue(), rf"^{TIME} ERROR _granian: Something\n$")

    def test_a_time_has_its_offset_as_in_the_log_of_the_site(self):
        """The server is in the zone of the machine, the site in its own."""
        record = logging.LogRecord("a", logging.ERROR, "", 1, "Something", (), None)
        options = LOGGING["formatters"]["line"]
        line = logging.Formatter(options["format"], options["datefmt"], options["style"])
        self.assertRegex(line.format(record), rf"^{TIME} ERROR a: Something$")

    def test_a_start_as_shipped_has_no_warning(self):
        self.say("Configuration allows spawning up to 8 Python threads, which seems quite high …")
        self.assertEqual(self.said.getvalue(), "")

    def test_lost_workers_are_counted_and_named_and_nothing_else_is(self):
        self.say("Worker crash loop detected, exiting")
        self.assertEqual(lost_workers.count(self.data), 0)
        self.say("Unexpected exit from worker-2")
        self.say("Unexpected exit from worker-1")
        self.assertEqual(lost_workers.count(self.data), 2)
        lines = (self.data / lost_workers.FILE).read_text().splitlines()
        self.assertEqual([line.split()[1] for line in lines], ["worker-2", "worker-1"])

    def test_lost_workers_are_counted_where_the_file_of_settings_says(self):
        """The units name no folder, only that file."""
        file = self.data / "newsroom.env"
        file.write_text(f"DATA_DIR={self.data}\n")
        del os.environ["DATA_DIR"]
        with patch.dict(os.environ, NEWSROOM_ENV=str(file)):
            self.say("Unexpected exit from worker-1")
            self.assertNotIn("DATA_DIR", os.environ)
            file.unlink()
            self.say("Unexpected exit from worker-2")
        self.assertEqual(lost_workers.count(self.data), 1)
        self.assertIn("worker-2", self.said.getvalue())

    def test_the_line_is_there_also_where_nothing_can_be_counted(self):
        self.data = self.data / "missing"
        with patch.dict(os.environ, DATA_DIR=str(self.data)):
            self.say("Unexpected exit from worker-1")
        self.assertIn("worker-1", self.said.getvalue())
        self.assertEqual(lost_workers.count(self.data), 0)
