"""What docs/api.md shows works: each example is run as it stands there, against a live server."""

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import LiveServerTestCase, TestCase, override_settings
from django.utils import translation

from articles.api import incoming, limits, problems, views
from articles.digests import revisions
from articles.models import ApiToken, Digest, Program, Push
from articles.posts.pushes.record import Fate
from tests.support.code_blocks import DOCS, code_blocks, rows
from tests.support.json_schema import faults, strictly
from tests.support.programs import ProgramClient, make_token
from tests.support.pushes import post_of

PAGE = "api.md"
SITE = "https://news.example"
CURL = shutil.which("curl")
HERE = Path(__file__).parent
DAY = "2026-01-03"
SCHEMA = json.loads((DOCS / "push.schema.json").read_text(encoding="utf-8"))
# What the node “HTTP Request” of n8n knows, in its versions 3 to 4.4.
N8N_VERSIONS = (3, 4, 4.1, 4.2, 4.3, 4.4)
N8N_PARAMETERS = {
    *("method", "url", "authentication", "genericAuthType", "sendQuery", "sendHeaders"),
    *("sendBody", "contentType", "specifyBody", "jsonBody", "rawContentType", "body", "options"),
}


def only(heading, language):
    """The one block of a language below a heading."""
    (block,) = code_blocks(PAGE, heading, language)
    return block


def manage(line, **replaced):
    """What a line that runs manage.py prints, without starting a process."""
    arguments = shlex.split(line)
    arguments = arguments[arguments.index("manage.py") + 1 :]
    out = StringIO()
    arguments = [replaced.get(argument, argument) for argument in arguments]
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


# The examples speak HTTP; what they hand in, both engines keep in `test_pushes.py`.
@pytest.mark.one_engine
class RunTestCase(LiveServerTestCase):
    """Runs examples in a folder of their own, with a token and the address of the live server."""

    serialized_rollback = True

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file("digest.md", post_of("1", "2"))

    def file(self, name, content, mode=0o644):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        path.chmod(mode)
        return path

    def run_command(self, *command, token=None, **variables):
        """How a process ended, with what it said."""
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "NEWSROOM_TOKEN": token or make_token(),
            "PYTHONUTF8": "1",
            **variables,
        }
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )

    def shell(self, block, **options):
        if CURL is None:
            give_up = pytest.fail if os.environ.get("CI") else self.skipTest
            give_up("curl was not found: apt-get install curl.")
        return self.run_command("sh", "-euc", self.here(block), **options)

    def here(self, text):
        self.assertIn(SITE, text)
        return text.replace(SITE, self.live_server_url)

    def account(self, done):
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return json.loads(done.stdout)


class CurlTests(RunTestCase):
    def test_curl_hands_in_a_draft_and_again_changes_nothing(self):
        block, token = only("For programs", "sh"), make_token()
        account = self.account(self.shell(block, token=token))
        digest = Digest.objects.get()
        self.assertEqual(
            (f"{digest.date}", digest.status, account["outcome"]), (DAY, "draft", "created")
        )
        self.assertTrue(account["desk_url"].endswith(f"/{digest.pk}/change/"))
        again = self.account(self.shell(block, token=token))
        self.assertEqual((again["outcome"], again["is_repeated"]), ("unchanged", True))

    def test_curl_ends_with_the_problem_if_nothing_is_taken(self):
        done = self.shell(only("For programs", "sh"), token="newsroom_" + "x" * 43)
        self.assertEqual(done.returncode, 22)
        self.assertEqual(json.loads(done.stdout)["type"], "/api/problems/no-token")
        self.assertEqual(Digest.objects.count(), 0)

    def test_a_draft_that_was_read_back_can_be_changed_and_sent(self):
        token = make_token(read=True)
        self.account(self.shell(only("For programs", "sh"), token=token))
        document = self.account(self.shell(only("Reading drafts back", "sh"), token=token))
        self.assertEqual((document["status"], len(document["articles"])), ("draft", 2))
        document["articles"][0]["outlook"] = "앞날"
        client = ProgramClient(token)
        answer = client.push(DAY, json.dumps(document), "application/json").json()
        fates = [article["fate"] for article in answer["articles"]]
        self.assertEqual((fates, answer["notices"]), (["replaced", "unchanged"], []))


class ScriptTests(RunTestCase):
    def run_script(self, site=None, **options):
        script = self.file("push.py", only("A script", "python"))
        # Without the packages that are installed here.
        command = [sys.executable, "-I", "-S", script.name, DAY, "digest.md"]
        return self.run_command(*command, NEWSROOM_SITE=site or self.live_server_url, **options)

    def test_the_script_hands_in_a_draft_and_says_where_it_is(self):
        done = self.run_script()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        outcome, desk_url = done.stdout.splitlines()
        self.assertEqual((outcome, Digest.objects.get().status), ("created", "draft"))
        self.assertTrue(desk_url.endswith("/change/"))

    def test_it_is_as_short_as_it_is_called(self):
        lines = only("A script", "python").splitlines()
        self.assertLessEqual(len(list(filter(str.strip, lines))), 20)

    def test_it_waits_when_the_site_asks_for_it(self):
        with self.answers(429, 503, 201) as site:
            done = self.run_script(site.address)
        self.assertEqual((done.returncode, done.stdout.splitlines()[0]), (0, "created"))
        content = (self.folder / "digest.md").read_bytes()
        self.assertEqual(site.bodies, [content] * 3)

    def test_it_ends_with_the_problem_when_waiting_does_not_help(self):
        for status, requests in ((422, 1), (401, 1), (503, 5)):
            with self.subTest(status), self.answers(*[status] * 9) as site:
                done = self.run_script(site.address)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"{status} ", done.stderr)
                self.assertEqual(len(site.bodies), requests)

    @contextlib.contextmanager
    def answers(self, *statuses):
        """A site that answers with these status codes, one after the other."""
        site = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
        site.statuses, site.bodies = list(statuses), []
        site.address = f"http://127.0.0.1:{site.server_port}"
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            site.server_close()
            thread.join()


class StandIn(BaseHTTPRequestHandler):
    """Answers with the next status of its server, and asks to wait no second."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.bodies.append(self.rfile.read(length))
        body = json.dumps({"outcome": "created", "desk_url": "", "notices": []}).encode()
        self.send_response(self.server.statuses.pop(0))
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class HorizonTests(RunTestCase):
    """`uv` and `date` are stand-ins: the one writes what Horizon writes, the other stops time in
    the hours in which Seoul is a day ahead."""

    def setUp(self):
        super().setUp()
        self.file(
            "bin/date",
            '#!/bin/sh\ncase "$1" in -u) echo 2026-01-02;; *) echo 2026-01-03;; esac\n',
            0o755,
        )
        self.written = self.folder / "data/summaries/horizon-2026-01-02-ko.md"
        self.written.parent.mkdir(parents=True)

    def run_horizon(self, name):
        copied = f"cp {shlex.quote(str(HERE / name))} data/summaries/horizon-2026-01-02-ko.md"
        self.file("bin/uv", f'#!/bin/sh\n[ "$*" = "run horizon" ] && {copied}\n', 0o755)
        script = only("Horizon", "sh").replace("/srv/horizon", str(self.folder))
        return self.shell(script)

    def test_what_horizon_writes_becomes_a_draft_of_the_day_in_seoul(self):
        account = self.account(self.run_horizon("horizon.md"))
        self.assertEqual((account["date"], account["outcome"]), (DAY, "created"))
        self.assertGreater(account["reading"]["share"], 0.9)
        first, second = revisions.snapshot(Digest.objects.get())["articles"]
        self.assertEqual(first["headline"], "한빛, 메모리 둘째 라인 가동")
        self.assertTrue(first["points"][0].startswith("한빛이 메모리 반도체의"))
        self.assertEqual(first["technical_significance"], "첫 라인보다 미세한 공정을 쓴다.")
        self.assertEqual(first["industry_impact"], "하반기에 서버 값이 내려갈 수 있다.")
        self.assertEqual(second["outlook"], "봄에 더 작은 모델이 나온다.")
        urls = [citation["url"] for citation in first["citations"]]
        self.assertIn("https://hanbit.example/2026/01/02/line", urls)
        self.assertIn("https://wafers.example/2026/hanbit", urls)
        self.assertEqual(second["tags"], ["음성", "공개 모델"])

    def test_a_day_without_news_hands_in_nothing(self):
        done = self.run_horizon("horizon-without-news.md")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(Push.objects.count(), 0)

    def test_an_old_file_is_not_handed_in_again(self):
        self.written.write_text((HERE / "horizon.md").read_text())
        self.assertNotEqual(self.run_horizon("missing.md").returncode, 0)
        self.assertEqual(Push.objects.count(), 0)

    def test_the_language_is_the_one_that_horizon_is_set_to(self):
        settings = json.loads(only("Horizon", "json"))
        language = re.search(r"^language=(\w+)$", only("Horizon", "sh"), re.MULTILINE)[1]
        self.assertEqual(settings, {"ai": {"languages": [language]}})


class N8nTests(RunTestCase):
    def node(self):
        pasted = json.loads(only("n8n", "json"))
        self.assertEqual(set(pasted), {"nodes", "connections"})
        (node,) = pasted["nodes"]
        return node

    def test_the_node_has_the_shape_that_n8n_reads(self):
        node = self.node()
        self.assertEqual(node["type"], "n8n-nodes-base.httpRequest")
        self.assertIn(node["typeVersion"], N8N_VERSIONS)
        self.assertEqual(set(node["parameters"]) - N8N_PARAMETERS, set())
        self.assertTrue({"id", "name", "position"} <= set(node))
        self.assertTrue(node["retryOnFail"] and 2 <= node["maxTries"] <= 5)

    def test_the_request_that_it_describes_hands_in_a_draft(self):
        parameters = self.node()["parameters"]
        # A parameter that begins with = has expressions between {{ and }}.
        values = {
            "$now.setZone('Asia/Seoul').toFormat('yyyy-MM-dd')": DAY,
            "$json.text": post_of("1"),
        }
        url, body = (
            re.sub(r"\{\{ (.*?) \}\}", lambda found: values[found[1]], parameters[name][1:])
            for name in ("url", "body")
        )
        self.assertEqual((parameters["url"][0], parameters["body"][0]), ("=", "="))
        self.assertEqual(
            (parameters["authentication"], parameters["genericAuthType"]),
            ("genericCredentialType", "httpBearerAuth"),
        )
        self.assertEqual((parameters["sendBody"], parameters["contentType"]), (True, "raw"))
        request = urllib.request.Request(
            self.here(url),
            body.encode(),
            {
                "Authorization": f"Bearer {make_token()}",
                "Content-Type": parameters["rawContentType"],
            },
            method=parameters["method"],
        )
        with urllib.request.urlopen(request) as answer:
            self.assertEqual(answer.status, 201)
        self.assertEqual(Digest.objects.get().articles.count(), 1)


class CommandTests(TestCase):
    def test_the_command_makes_a_token(self):
        token = manage(only("A token", "sh")).strip()
        self.assertEqual(ApiToken.objects.get().program.name, "Morning script")
        answer = ProgramClient(token).push(DAY, post_of("1"))
        self.assertEqual(answer.status_code, 201)

    def test_the_command_hands_in_a_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".md") as file:
            file.write(post_of("1"))
            file.flush()
            manage(only("On the server", "sh"), **{"digest.md": file.name})
        self.assertEqual(f"{Digest.objects.get().date}", DAY)
        self.assertEqual(Program.objects.get().name, "Morning script")


@override_settings(LANGUAGE_CODE="en")
class TextTests(TestCase):
    """What the page says of keys, codes and limits."""

    def push(self, content, media_type="application/json", query=""):
        return ProgramClient(make_token()).push(DAY, content, media_type, query)

    def test_the_json_example_is_taken_whole(self):
        example = only("What is read", "json")
        self.assertEqual(list(faults(json.loads(example), strictly(SCHEMA))), [])
        answer = self.push(example)
        self.assertEqual((answer.status_code, answer.json()["notices"]), (201, []))
        (written,), (article,) = (
            json.loads(example)["articles"],
            Digest.objects.get().articles.all(),
        )
        for name in ("headline", "points", "technical_significance", "industry_impact", "outlook"):
            self.assertEqual(getattr(article, name), written[name])
        self.assertEqual(article.citations.count(), 2)
        self.assertEqual(article.tagged_articles.count(), 2)

    def test_the_example_of_a_problem_is_one(self):
        with translation.override("en"):
            answer = self.push(json.dumps({"articles": [{"tags": "AI"}]}))
        self.assertEqual(answer.json(), json.loads(only("Status codes", "json")))

    def test_every_problem_is_in_the_table_with_its_status(self):
        told = {
            cells[1].strip("`"): int(cells[0])
            for cells in rows(PAGE, "Status codes")
            if len(cells) == 3
        }
        self.assertEqual(told, {kind: status for kind, (status, _title) in problems.KINDS.items()})
        successes = {int(cells[0]) for cells in rows(PAGE, "Status codes") if len(cells) == 2}
        self.assertEqual(successes, set(views._STATUS.values()))

    def test_every_key_of_an_account_is_in_the_tables(self):
        account = self.push(only("What is read", "json")).json()
        told = {cells[0].strip("`") for cells in rows(PAGE, "The account")}
        self.assertEqual(told, set(account) | set(account["articles"][0]))
        self.assertEqual(set(account["articles"][0]) & set(account), set())
        reading = next(cells[1] for cells in rows(PAGE, "The account") if cells[0] == "`reading`")
        self.assertTrue(all(f"`{name}`" in reading for name in account["reading"]))
        findings = next(cells[1] for cells in rows(PAGE, "The account") if cells[0] == "`findings`")
        faulty = self.push(json.dumps({"articles": [{"points": ["제목이 없다."]}]})).json()
        self.assertTrue(all(f"`{name}`" in findings for name in faulty["findings"][0]))

    def test_every_fate_and_outcome_is_explained(self):
        told = {cells[0].strip("`"): cells[1] for cells in rows(PAGE, "The account")}
        self.assertEqual(
            {fate.value for fate in Fate} - set(re.findall(r"`(\w+)`", told["fate"])), set()
        )
        outcomes = set(re.findall(r"`(\w+)`", told["outcome"]))
        self.assertEqual(outcomes, set(Push.Outcome.values) - {"refused"})

    def test_limits_are_those_of_the_site(self):
        told = {cells[0]: cells[1] for cells in rows(PAGE, "Limits")}
        self.assertIn(f"{incoming.MOST_BYTES:,} bytes", told["a push"])
        self.assertTrue(
            told["pushes with a token"].startswith(f"{limits.PER_MINUTE['push']} a minute")
        )
        self.assertTrue(
            told["other requests with a token"].startswith(f"{limits.PER_MINUTE['read']} a")
        )
        page = (DOCS / PAGE).read_text(encoding="utf-8")
        self.assertIn(f"for up to {views.MOST_DAYS} days", page)

    def test_dry_runs_write_nothing(self):
        answer = self.push(only("What is read", "json"), query="?dry_run=1")
        self.assertEqual((answer.status_code, answer.json()["dry_run"]), (200, True))
        self.assertEqual((Push.objects.count(), Digest.objects.count()), (0, 0))
