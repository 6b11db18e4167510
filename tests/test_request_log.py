"""One line a request, which says enough and not too much."""

import io
import json

from django.test import SimpleTestCase

from newsroom.request_log import RequestLog


def answering(body, status="200 OK"):
    def application(environ, start_response):
        start_response(status, [])
        return body

    return application


class RequestLogTests(SimpleTestCase):
    def lines(self, application, path="/", **environ):
        stream = io.StringIO()
        told = {"REQUEST_METHOD": "GET", "PATH_INFO": path, **environ}
        body = RequestLog(application, stream)(told, lambda *args: None)
        list(body)
        if hasattr(body, "close"):
            body.close()
        return [json.loads(line) for line in stream.getvalue().splitlines()]

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

    def test_a_failure_is_noted_and_raised(self):
        def broken(environ, start_response):
            raise RuntimeError

        stream = io.StringIO()
        log = RequestLog(broken, stream)
        told = {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
        self.assertRaises(RuntimeError, log, told, None)
        self.assertEqual(json.loads(stream.getvalue())["status"], 500)
