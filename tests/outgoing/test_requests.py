"""Receivers that answer well, badly, slowly, without end or not at all."""

import datetime as dt
import socket
import threading
from http.client import IncompleteRead, RemoteDisconnected
from unittest.mock import patch
from urllib.parse import urlencode

import time_machine
from django.test import SimpleTestCase
from django.utils import translation

from articles.outgoing import fetching, networks, requests
from articles.outgoing.requests import Answer
from tests.changes.hubs.servers import RecordingHub, running
from tests.support.waiting import PATIENCE

FORM = {"hub.mode": "publish", "hub.topic": "https://news.example/feeds/digests.rss"}


HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


def post(address, fields):
    return requests.post(address, urlencode(fields).encode(), HEADERS)


class RequestTests(SimpleTestCase):
    def setUp(self):
        self.hub = RecordingHub()
        self.origin = self.enterContext(running(self.hub))
        self.enterContext(translation.override("en"))

    def answered(self, status, headers=None, body=b""):
        self.hub.answer = lambda form: (status, headers or {}, body)
        return post(f"{self.origin}/hub?key=1", FORM)

    def test_a_form_is_sent_that_says_who_sends_it(self):
        self.assertEqual(self.answered(204), Answer(204))
        self.assertEqual(self.hub.heard, [FORM])
        headers = self.hub.headers[0]
        self.assertEqual(headers["Content-Type"], "application/x-www-form-urlencoded")
        self.assertEqual(headers["User-Agent"], "Newsroom (+http://testserver)")

    def test_success_is_any_status_that_says_so(self):
        for status in (200, 202, 204):
            self.assertTrue(self.answered(status).is_ok)

    def test_redirects_are_not_followed_but_told(self):
        for status in (301, 302, 307, 308):
            answer = self.answered(status, {"Location": f"{self.origin}/elsewhere"})
            self.assertEqual(answer.status, status)
            self.assertIn(f"redirects to “{self.origin}/elsewhere”", answer.error)
        self.assertEqual(len(self.hub.heard), 4)

    def test_a_refusal_is_told_in_the_words_of_the_hub(self):
        answer = self.answered(400, body="Missing\r\n\x00 form  argument: 토픽\n".encode())
        expected = "The receiver refused with status 400: “Missing form argument: 토픽”"
        self.assertEqual(answer, Answer(400, expected))

    def test_the_letters_of_a_refusal_are_right_whatever_its_charset(self):
        for name, kind in (
            ("euc-kr", "text/plain; charset=euc-kr"),
            ("shift-jis", "text/plain; charset=Shift_JIS"),
            ("cp949", "text/plain"),
            ("utf-8", "text/plain; charset=nonsense"),
        ):
            told = "トピック" if name == "shift-jis" else "토픽이 없습니다"
            with self.subTest(name):
                answer = self.answered(400, {"Content-Type": kind}, told.encode(name))
                self.assertIn(f"“{told}”", answer.error)

    def test_a_refusal_that_is_cut_within_a_letter_has_the_letters_before(self):
        for name in ("utf-8", "euc-kr"):
            with self.subTest(name):
                body = ("x" + "가" * requests.MAX_ANSWER_BYTES).encode(name)
                self.assertIn(f"“x{'가' * 100}", self.answered(400, {}, body).error)

    def test_it_may_ask_to_be_left_alone_for_seconds_or_until_a_moment(self):
        noon = dt.datetime(2026, 1, 3, 3, 0, tzinfo=dt.UTC)
        with time_machine.travel(noon, tick=False):
            for value, minutes in (
                ("120", 2),
                ("Sat, 03 Jan 2026 03:10:00 GMT", 10),
                ("Sat, 03 Jan 2026 02:00:00 GMT", 0),
                *((odd, 0) for odd in ("", "-5", "soon", "1e9", "9" * 50)),
                (f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT", 0),
            ):
                with self.subTest(value):
                    answer = self.answered(503, {"Retry-After": value})
                    self.assertEqual(answer.wait, dt.timedelta(minutes=minutes))

    def test_only_the_beginning_of_an_answer_is_read(self):
        answer = self.answered(500, body=b"no " * 10_000_000)
        self.assertLess(len(answer.error), 300)
        self.assertFalse(answer.is_ok)

    def test_what_a_request_keeps_secret_is_not_told(self):
        address = f"{self.origin}/bot123456789:AAEsecret-token/send?key=ein-geheimnis"
        headers = {"Authorization": "Bearer tk_geheimnis"}
        for status in (302, 404):
            self.hub.answer = lambda form, status=status: (
                status,
                {"Location": address},
                f"Cannot POST {address} with {headers}".encode(),
            )
            answer = requests.post(address, b"a=b", headers)
            self.assertEqual(answer.status, status)
            self.assertIn("…", answer.error)
            for secret in ("AAEsecret", "123456789", "geheimnis"):
                self.assertNotIn(secret, answer.error)

    def test_the_status_alone_says_whether_it_was_accepted(self):
        head = "HTTP/1.1 {} Status\r\nContent-Length: 5000\r\n\r\nso so"
        for status in (200, 410):
            words = head.format(status).encode()
            with patch.object(requests, "STEP_SECONDS", 0.3), listening(words) as origin:
                answer = post(origin, FORM)
            self.assertEqual((answer.status, answer.is_ok), (status, status == 200))

    def test_many_addresses_of_a_name_do_not_prolong_an_attempt(self):
        places = [networks.Place(socket.AF_INET, ("127.0.0.1", 9))] * 500
        clock = iter(range(10_000))
        connect = patch.object(socket.socket, "connect", side_effect=TimeoutError)
        with (
            patch.object(networks, "look_up", return_value=places),
            patch.object(requests.time, "monotonic", lambda: next(clock)),
            connect as tried,
        ):
            answer = post("http://news.example/", FORM)
        self.assertEqual(answer.error, "The receiver did not answer in time.")
        self.assertLess(tried.call_count, requests.WHOLE_SECONDS)

    def test_an_address_may_have_letters_of_any_language(self):
        with patch.object(requests.HTTPConnection, "request") as asked:
            post(f"{self.origin}/알림/a%20b?방=1&b=(c)", FORM)
        path = "/%EC%95%8C%EB%A6%BC/a%20b?%EB%B0%A9=1&b=(c)"
        self.assertEqual(asked.call_args[0][1], path)

    def test_nobody_there(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        answer = post(f"http://127.0.0.1:{port}/", FORM)
        self.assertIsNone(answer.status)
        self.assertIn("cannot be reached: Connection refused", answer.error)

    def test_usual_reasons_are_told_in_the_language_of_the_site(self):
        failures = (
            (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "이 이름의 서버를"),
            (
                UnicodeEncodeError("idna", "a..b", 2, 3, "label empty or too long"),
                "이 이름의 서버를",
            ),
            (ConnectionRefusedError(111, "Connection refused"), "연결이 거부되었습니다"),
            (RemoteDisconnected("Remote end closed connection"), "응답 없이 연결이 끊겼습니다"),
            (IncompleteRead(b""), "받은 내용이 깨져 있습니다"),
        )
        for failure, told in failures:
            looked_up = patch.object(socket, "getaddrinfo", side_effect=failure)
            with self.subTest(told), translation.override("ko"), looked_up:
                self.assertIn(told, post("https://hub.example/", FORM).error)
                fetched = fetching.fetch("https://feed.example/", {}, private=[])
                self.assertIn(told, fetched.error)

    def test_no_tls_where_there_should_be(self):
        answer = post(self.origin.replace("http:", "https:"), FORM)
        self.assertIsNone(answer.status)
        self.assertIn("certificate or encryption cannot be trusted", answer.error)

    def test_what_is_no_http_is_no_answer(self):
        with listening(b"SSH-2.0-hello\r\n\r\n") as origin:
            answer = post(origin, FORM)
        self.assertIsNone(answer.status)
        self.assertIn("cannot be reached: SSH-2.0-hello", answer.error)

    def test_a_hub_that_says_nothing_is_not_waited_for(self):
        with patch.object(requests, "STEP_SECONDS", 0.2), listening(b"") as origin:
            answer = post(origin, FORM)
        self.assertEqual(answer, Answer(None, "The receiver did not answer in time."))

    def test_a_hub_that_says_little_at_a_time_is_not_waited_for_either(self):
        drops = b"HTTP/1.1 200 OK\r\nX-Drop: " + b"1" * 6_000
        with patch.object(requests, "WHOLE_SECONDS", 0.5), listening(drops, pause=0.1) as origin:
            answer = post(origin, FORM)
        self.assertEqual(answer, Answer(None, "The receiver did not answer in time."))


class listening:
    """A socket that takes one connection and says `words`, at once or a byte at a time. It ends the
    connection when all else must have given up: whoever waits for it is told something else."""

    def __init__(self, words, pause=0):
        self.words, self.pause = words, pause
        self.over = threading.Event()

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/"

    def serve(self):
        connection, _address = self.socket.accept()
        with connection:
            try:
                for place in range(len(self.words)) if self.pause else ():
                    connection.sendall(self.words[place : place + 1])
                    if self.over.wait(self.pause):
                        return
                if not self.pause:
                    connection.sendall(self.words)
                self.over.wait(PATIENCE)
            except OSError:
                return  # the other side has had enough

    def __exit__(self, *error):
        self.over.set()
        self.thread.join()
        self.socket.close()
