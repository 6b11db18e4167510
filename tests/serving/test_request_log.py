"""One line a request, which says enough and not too much."""

import errno
import io
import json

from django.test import SimpleTestCase, TestCase

from articles.serving.request_log import RequestLog


def answering(body, status="200 OK"):
    def application(environ, start_response):
        start_response(status, [])
        return body

    return application


class RequestLogTests(SimpleTestCase):
    def lines(self, application, path="/", **environ):
        return [
            json.loads(line) for line in self.written(application, path, **environ).splitlines()
        ]

    def written(self, application, path="/", **environ):
        stream = io.StringIO()
        told = {"REQUEST_METHOD": "GET", "PATH_INFO": path, **environ}
        body = RequestLog(application, stream)(told, lambda *args: None)
        list(body)
        if hasattr(body, "close"):
            body.close()
        return stream.getvalue()

    def test_a_request_is_one_line(self):
        [line] = self.lines(answering([b"x"], "404 Not Found"), "/2026/01/03/")
        self.assertEqual(
            (line["method"], line["path"], line["status"]), ("GET", "/2026/01/03/", 404)
        )
        self.assertGreaterEqual(line["ms"], 0)
        self.assertTrue(line["time"].endswith("+00:00"))

    def test_a_streamed_answer_is_noted_when_it_is_over(self):
        self.assertEqual(len(self.lines(answering(iter([b"x", b"y"])))), 1)

    def test_nobody_is_named_and_no_secret_told(self):
        secrets = {
            "QUERY_STRING": "q=geheim",
            "HTTP_COOKIE": "sessionid=geheim",
            "REMOTE_ADDR": "192.0.2.1",
        }
        token = "A" * 43
        [line] = self.lines(answering([b""]), f"/preview/{token}/", **secrets)
        text = json.dumps(line)
        for secret in ("geheim", "192.0.2.1", token):
            self.assertNotIn(secret, text)

    def test_no_path_breaks_the_line(self):
        path = '/\n{"status": 200}\r\x1b[31m\u2028'.encode().decode("latin-1")
        [line] = self.lines(answering([b""]), path)
        self.assertIn("\n", line["path"])

    def test_no_request_makes_two_lines_or_says_what_it_likes(self):
        forged = '"status": 200, "path": "/admin/"}'
        for path in (
            f"/\r\n{{{forged}",
            f"/\n\n{forged}\n",
            '/","status":200,"x":"',
            "/\x00\x07\x1b]0;title\x07\x7f\x9b31m",
            "/\u2028\u2029\u0085\v\f",
            "/" + "a\r\n" * 5000,
        ):
            for name in ("path", "REQUEST_METHOD"):
                with self.subTest(f"{name} {path[:30]!r}"):
                    raw = path.encode().decode("latin-1")
                    changed = {"REQUEST_METHOD": raw} if name != "path" else {"path": raw}
                    stream = self.written(answering([b""], "404 Not Found"), **changed)
                    self.assertEqual(stream.count("\n"), 1)
                    self.assertTrue(stream.isascii())
                    self.assertTrue(stream[:-1].isprintable())
                    line = json.loads(stream)
                    self.assertEqual(line["status"], 404)
                    self.assertEqual(set(line), {"time", "method", "path", "status", "ms"})

    def test_bytes_that_are_no_text_are_noted(self):
        [line] = self.lines(answering([b""]), "/\xff\xfe\xed\xa0\x80/")
        self.assertIn("\\xff", line["path"])

    def test_tokens_of_preview_links_are_masked_wherever_they_stand(self):
        token = "aB3-_" * 8 + "xyz"
        for path in (
            f"/preview/{token}/",
            f"/preview/{token}",
            f"/preview/{token}/pictures/7f2c11f6-3a33-4d6e-8f39-65b3a7a1c001/800.webp",
            f"/PREVIEW/{token}/",
            f"//preview/{token}\r\n/",
            f"/admin/login/%2Fpreview%2F{token}%2F",
        ):
            with self.subTest(path):
                self.assertNotIn(token, self.written(answering([b""]), path))

    def test_a_log_that_cannot_be_written_stops_no_answer(self):
        class Full(io.StringIO):
            def write(self, text):
                raise OSError(errno.ENOSPC, "No space left on device")

        log = RequestLog(answering([b"x"]), Full())
        told = {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
        self.assertEqual(list(log(told, lambda *args: None)), [b"x"])

    def test_a_failure_is_noted_and_raised(self):
        def broken(environ, start_response):
            raise RuntimeError

        stream = io.StringIO()
        log = RequestLog(broken, stream)
        told = {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
        self.assertRaises(RuntimeError, log, told, None)
        self.assertEqual(json.loads(stream.getvalue())["status"], 500)


class OtherLogTests(TestCase):
    def test_other_logs_have_no_line_that_a_request_wrote(self):
        with self.assertLogs("django.request", "WARNING") as logs:
            self.client.get("/nothing%0d%0a2026-01-03 09:00:00 ERROR forged: x/")
        for message in logs.output:
            self.assertNotRegex(message, "[\r\n]")
