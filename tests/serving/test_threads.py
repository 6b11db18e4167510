"""Connections of a server's threads."""

import gc
import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path

from django.db import connection
from django.test import TransactionTestCase

from articles.serving.threads import ConnectionsEndWithThreads
from tests.support.killed_commands import environment_of
from tests.support.serving_python import PYTHON
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]


def ask(environ, start_response):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    environ["opened"].append(connection.connection)
    return []


class ConnectionsEndWithThreadsTests(TransactionTestCase):
    serialized_rollback = True

    def test_connections_stay_open_for_a_threads_next_request_and_no_longer(self):
        application, opened, states = ConnectionsEndWithThreads(ask), [], []

        def serve():
            for _request in range(2):
                application({"opened": opened}, None)
                application.close_what_is_left()
                states.append(is_open(opened[-1]))

        gc.disable()
        self.addCleanup(gc.enable)
        thread = threading.Thread(target=serve)
        thread.start()
        thread.join()
        self.assertEqual(states, [True, True])
        self.assertIs(opened[0], opened[1])
        wait_until(lambda: not is_open(opened[0]))

    def test_one_that_cannot_be_closed_keeps_no_other_one_open(self):
        application, opened = ConnectionsEndWithThreads(ask), []

        def serve(breaks):
            application({"opened": opened}, None)
            if breaks:
                connection.close = None

        with self.assertLogs("articles.serving.threads", "ERROR"):
            for breaks in (True, False):
                thread = threading.Thread(target=serve, args=(breaks,))
                thread.start()
                thread.join()
            wait_until(lambda: not is_open(opened[1]))
        opened[0].close()


class ForeignThreadTests(TransactionTestCase):
    serialized_rollback = True

    def test_nothing_runs_at_the_end_of_a_thread_that_python_did_not_make(self):
        paths = ["/", "/search/?q=x", "/feeds/digests.rss", "/readyz", "/2026/01/01/", "/admin/"]
        done = subprocess.run(
            [PYTHON, "-X", "faulthandler", "-m", "tests.support.foreign_threads", *paths],
            env=environment_of(
                connection.settings_dict,
                DATA_DIR=self.enterContext(tempfile.TemporaryDirectory()),
                STATIC_ROOT=os.environ["STATIC_ROOT"],
            ),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(told["calls"], [])
        self.assertEqual({status[:3] for status in told["statuses"]}, {"200", "302", "404"})


def is_open(raw):
    """Whether a driver's own connection is open, asked without using it from here."""
    if connection.vendor == "postgresql":
        return not raw.closed
    try:
        raw.total_changes  # noqa: B018
    except Exception as error:  # noqa: BLE001
        return "closed" not in str(error)
    return True
