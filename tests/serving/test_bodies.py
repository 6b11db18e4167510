"""Bodies are read whole before a request is worked on, and slow ones hold nobody up."""

import io
import threading
from unittest.mock import patch

from django.test import SimpleTestCase

from articles.serving import bodies
from articles.serving.bodies import WholeBodies
from tests.support.waiting import wait_until


class SlowInput(io.BytesIO):
    """Gives one byte for each time it is told to, and the rest at `arrive`."""

    def __init__(self, data=b"slow"):
        super().__init__(data)
        self.asked, self.told = threading.Event(), threading.Semaphore(0)
        self.has_arrived = False

    def read(self, size=-1):
        self.asked.set()
        self.told.acquire()
        return super().read(size if self.has_arrived else 1)

    def arrive(self):
        self.has_arrived = True
        for _read in range(10):
            self.told.release()


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def echo(environ, start_response):
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


class WholeBodiesTests(SimpleTestCase):
    def setUp(self):
        self.clock = Clock()
        self.application = WholeBodies(echo, clock=self.clock)

    def ask(self, body=b"abc", length=None, application=None):
        """(status, body) of the answer to a request with a body; bytes or an input."""
        told = []
        stream = io.BytesIO(body) if isinstance(body, bytes) else body
        length = str(len(stream.getvalue())) if length is None else length
        environ = {"CONTENT_LENGTH": length, "wsgi.input": stream}
        answer = (application or self.application)(environ, lambda *args: told.append(args))
        return told[0][0][:3], b"".join(answer)

    def slow(self, body=None):
        """A request whose body is waited for: the body, and the list of its answer."""
        body, answers = body or SlowInput(), []
        thread = threading.Thread(target=lambda: answers.append(self.ask(body)))
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(body.arrive)
        wait_until(body.asked.is_set)
        return body, answers

    def test_any_number_of_bodies_that_arrive_are_taken_at_once(self):
        senders = [self.slow() for _editor in range(20)]
        for body, _answers in senders:
            body.arrive()
        for _body, answers in senders:
            wait_until(lambda answers=answers: answers)
            self.assertEqual(answers, [("200", b"slow")])

    def test_bodies_that_never_arrive_hold_nobody_up(self):
        for _client in range(bodies.SLOW_AT_ONCE):
            self.slow()
        self.clock.now += bodies.SLOW_AFTER + 0.5
        for _editor in range(20):
            self.assertEqual(self.ask(), ("200", b"abc"))

    def test_no_more_slow_bodies_are_waited_for_than_leave_threads_for_readers(self):
        held = [self.slow() for _client in range(bodies.SLOW_AT_ONCE)]
        self.clock.now += bodies.SLOW_AFTER + 0.5
        for _client in range(5):
            _body, answers = self.slow()
            wait_until(lambda answers=answers: answers)
            self.assertEqual(answers[0][0], "503")
        self.assertEqual([answers for _body, answers in held], [[], []])

    def test_a_crowd_of_slow_bodies_is_refused_at_once(self):
        for _client in range(bodies.SLOW_AT_ONCE):
            self.slow()
        self.clock.now += bodies.SLOW_AFTER + 0.5
        with patch.object(bodies, "GRACE", 3600):
            self.slow()
            body = SlowInput()
            self.assertEqual(self.ask(body)[0], "503")
        self.assertFalse(body.asked.is_set())

    def test_behind_a_proxy_every_body_is_waited_for(self):
        self.application = WholeBodies(echo, clock=self.clock, is_behind_proxy=True)
        senders = [self.slow() for _editor in range(20)]
        self.clock.now += bodies.PATIENCE + 60
        for body, _answers in senders:
            body.arrive()
        for _body, answers in senders:
            wait_until(lambda answers=answers: answers)
            self.assertEqual(answers, [("200", b"slow")])

    def test_a_body_that_hardly_moves_is_given_up(self):
        body, answers = self.slow()
        body.told.release()
        self.clock.now += bodies.PATIENCE - 0.5
        _other, unanswered = self.slow()
        self.clock.now += 1
        wait_until(lambda: answers)
        self.assertEqual(answers[0][0], "408")
        self.assertEqual(unanswered, [])

    def test_a_slow_body_that_moves_is_taken(self):
        body, answers = self.slow(SlowInput(b"x" * 200_000))
        body.arrive()
        wait_until(lambda: answers)
        self.assertEqual(answers, [("200", b"x" * 200_000)])

    def test_a_body_that_breaks_off_reaches_nobody(self):
        self.assertEqual(self.ask(b"a=1&b=", "100")[0], "408")

    def test_readers_of_given_up_bodies_are_bounded_and_end(self):
        given_up = []
        for _client in range(bodies.MOST_READERS):
            body, answers = self.slow()
            self.clock.now += bodies.PATIENCE + 1
            wait_until(lambda answers=answers: answers)
            given_up.append(body)
        self.assertEqual(self.ask()[0], "503")
        for body in given_up:
            body.arrive()
        wait_until(lambda: self.ask()[0] == "200")

    def test_what_is_too_large_is_refused_unread(self):
        for length in (str(bodies.MOST_BYTES + 1), "9" * 5000):
            body = SlowInput()
            self.assertEqual(self.ask(body, length)[0], "413")
            self.assertFalse(body.asked.is_set())

    def test_requests_without_a_body_are_not_held_up(self):
        for _client in range(bodies.SLOW_AT_ONCE):
            self.slow()
        self.clock.now += bodies.SLOW_AFTER + 0.5
        for length in ("", "0", "000", "x", "-1", "²"):
            with self.subTest(length):
                self.assertEqual(self.ask(b"", length)[0], "200")

    def test_long_bodies_wait_in_a_file_and_are_read_as_from_any_input(self):
        text = b"line\n" * 500_000

        def lines(environ, start_response):
            start_response("200 OK", [])
            stream = environ["wsgi.input"]
            return [stream.readline(), *stream.readlines()]

        self.assertEqual(self.ask(text, application=WholeBodies(lines))[1], text)

    def test_a_failure_leaves_nothing_behind(self):
        def fail(environ, start_response):
            raise ValueError

        application = WholeBodies(fail)
        for _request in range(bodies.MOST_READERS + 1):
            with self.assertRaises(ValueError):
                self.ask(application=application)
