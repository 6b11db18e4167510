"""Connections of a server's threads."""

import gc
import threading

from django.db import connection
from django.test import TransactionTestCase

from newsroom.threads import ConnectionsEndWithThreads


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
                states.append(is_open(opened[-1]))

        gc.disable()
        self.addCleanup(gc.enable)
        thread = threading.Thread(target=serve)
        thread.start()
        thread.join()
        self.assertEqual(states, [True, True])
        self.assertIs(opened[0], opened[1])
        self.assertFalse(is_open(opened[0]))


def is_open(raw):
    """Whether a driver's own connection is open, asked without using it from here."""
    if connection.vendor == "postgresql":
        return not raw.closed
    try:
        raw.total_changes  # noqa: B018
    except Exception as error:  # noqa: BLE001
        return "closed" not in str(error)
    return True
