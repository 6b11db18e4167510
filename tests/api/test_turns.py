"""Pushes take turns, and a crowd of them leaves a thread for readers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from django.test import SimpleTestCase, TestCase

from articles.api import turns
from articles.api.problems import Problem
from newsroom.run import serving
from tests.api.test_pushes import DAY, POST
from tests.support.programs import ProgramClient, make_token, problem
from tests.support.waiting import wait_for_event, wait_until


class TurnTests(SimpleTestCase):
    def setUp(self):
        self.may_end, self.at_work, self.most_at_once = threading.Event(), 0, 0
        self.pool = self.enterContext(ThreadPoolExecutor(10))
        self.addCleanup(self.may_end.set)

    def push(self):
        with turns.one():
            self.at_work += 1
            self.most_at_once = max(self.most_at_once, self.at_work)
            wait_for_event(self.may_end)
            self.at_work -= 1

    def test_one_is_worked_on_some_wait_and_the_rest_is_sent_away(self):
        pushes = [self.pool.submit(self.push) for _push in range(1 + turns.MOST_WAITING)]
        wait_until(lambda: turns._places._value == 0 and self.at_work)
        with self.assertRaises(Problem) as caught, turns.one():
            pass
        self.assertEqual(caught.exception.kind, "too-many")
        self.assertEqual(caught.exception.headers["Retry-After"], "2")
        self.may_end.set()
        for push in pushes:
            push.result()
        self.assertEqual(self.most_at_once, 1)
        self.assertFree()

    def test_whoever_waits_too_long_is_sent_away(self):
        first = self.pool.submit(self.push)
        wait_until(lambda: self.at_work)
        with patch.object(turns, "WAIT_SECONDS", 0.01), self.assertRaises(Problem), turns.one():
            pass
        self.may_end.set()
        first.result()
        self.assertFree()

    def test_failure_ends_the_turn(self):
        with self.assertRaises(ValueError), turns.one():
            raise ValueError
        self.assertFree()

    def test_server_has_a_thread_more_than_pushes_can_take(self):
        command = serving("127.0.0.1", 8000)
        threads = int(command[command.index("--blocking-threads") + 1])
        self.assertGreater(threads, 1 + turns.MOST_WAITING)

    def assertFree(self):
        self.assertEqual(turns._places._value, 1 + turns.MOST_WAITING)
        self.assertFalse(turns._turn.locked())


class PushTests(TestCase):
    def test_push_that_finds_no_place_is_told_when_to_come_again(self):
        client = ProgramClient(make_token())
        with patch.object(turns, "_places", threading.BoundedSemaphore(1)), turns.one():
            with self.assertNumQueries(1):  # for the token
                response = client.push(DAY, POST)
            self.assertEqual(client.get("/api/v1/digests").status_code, 403)
        problem(self, response, 429, "too-many")
        self.assertEqual(response["Retry-After"], "2")
        self.assertEqual(client.push(DAY, POST).status_code, 201)
