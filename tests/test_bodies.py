"""How many bodies are received at once."""

import io
import threading

from django.test import SimpleTestCase

from newsroom.bodies import FewBodiesAtOnce


class SlowInput(io.BytesIO):
    """Gives nothing before it is told to."""

    def __init__(self, data):
        super().__init__(data)
        self.asked, self.arrived = threading.Event(), threading.Event()

    def read(self, size=-1):
        self.asked.set()
        self.arrived.wait(20)
        return super().read(size)


def echo(environ, start_response):
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def idle(environ, start_response):
    start_response("200 OK", [])
    return [b"not read"]


class FewBodiesAtOnceTests(SimpleTestCase):
    def setUp(self):
        self.application = FewBodiesAtOnce(echo, at_once=2)

    def ask(self, body=b"abc", length=None, application=None):
        """(status, body) of the answer to a request with a body; bytes or an input."""
        told = []
        stream = io.BytesIO(body) if isinstance(body, bytes) else body
        length = str(len(stream.getvalue())) if length is None else length
        environ = {"CONTENT_LENGTH": length, "wsgi.input": stream}
        answer = (application or self.application)(environ, lambda *args: told.append(args))
        return told[0][0][:3], b"".join(answer)

    def slow(self):
        body, answers = SlowInput(b"slow"), []
        thread = threading.Thread(target=lambda: answers.append(self.ask(body)))
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(body.arrived.set)
        self.assertTrue(body.asked.wait(20))
        return body, thread, answers

    def test_bodies_beyond_those_being_received_are_told_to_come_again(self):
        senders = [self.slow() for _number in range(2)]
        self.assertEqual(self.ask()[0], "503")
        body, thread, answers = senders[0]
        body.arrived.set()
        thread.join(60)
        self.assertEqual(answers, [("200", b"slow")])
        self.assertEqual(self.ask(), ("200", b"abc"))

    def test_requests_without_a_body_are_not_held_up(self):
        self.slow()
        self.slow()
        for length in ("", "0", "x"):
            with self.subTest(length):
                self.assertEqual(self.ask(b"", length)[0], "200")

    def test_a_body_that_nobody_reads_ends_its_turn_with_the_answer(self):
        application = FewBodiesAtOnce(idle, at_once=1)
        for _number in range(3):
            self.assertEqual(self.ask(application=application)[0], "200")

    def test_a_failure_ends_the_turn_too(self):
        def fail(environ, start_response):
            raise ValueError

        application = FewBodiesAtOnce(fail, at_once=1)
        for _number in range(3):
            with self.assertRaises(ValueError):
                self.ask(application=application)

    def test_a_received_body_is_no_longer_in_the_way_of_the_next_one(self):
        def nested(environ, start_response):
            environ["wsgi.input"].read()
            return self.application({**self.second}, start_response)

        self.second = {"CONTENT_LENGTH": "3", "wsgi.input": io.BytesIO(b"two")}
        application = FewBodiesAtOnce(nested, at_once=1)
        self.application = FewBodiesAtOnce(echo, at_once=1)
        application._turns = self.application._turns
        self.assertEqual(self.ask(application=application), ("200", b"two"))

    def test_lines_are_read_as_from_any_input(self):
        def lines(environ, start_response):
            start_response("200 OK", [])
            first = environ["wsgi.input"].readline()
            return [first, *environ["wsgi.input"].readlines()]

        self.assertEqual(self.ask(b"a\nb\n", application=FewBodiesAtOnce(lines))[1], b"a\nb\n")
