"""Five programs push to one day while two editors write and delete, at the real server."""

import json
import os
import random
import subprocess
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from unittest import skipUnless
from urllib.parse import urlsplit

import pytest
from django.test import SimpleTestCase

from tests.backup.sites import migrated_database
from tests.faults.desk import Editor
from tests.faults.site import PASSWORD
from tests.support import served
from tests.support.database import url_of
from tests.support.pushes import article, post_of
from tests.support.serving_python import PYTHON
from tests.support.waiting import PATIENCE

DAY = "2031-05-05"
# `RACE_PUSHES=40` races for longer: two hundred pushes.
PROGRAMS, PUSHES = 5, int(os.environ.get("RACE_PUSHES", "8"))
SAVES, DELETED_EVERY = PUSHES, 4
ALL_CITE, OWN = 3, 3  # articles of a push that all programs hand in, and that only one does
# Commands come in as JSON, and what each of them says goes out so.
MANAGE = """
import io, json, sys
import django
from django.core.management import call_command

def said(command):
    output = io.StringIO()
    call_command(*command, stdout=output)
    return output.getvalue().strip()

django.setup()
print(json.dumps([said(command) for command in json.load(sys.stdin)]))
"""
EDITORS = {"minji": "headline", "haneul": "outlook"}  # each changes a field of its own


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.usefixtures("django_db_setup")
@skipUnless(served.PROCESSES.is_dir(), "There is no /proc to look for threads in.")
class RaceTests(SimpleTestCase):
    databases = {"default"}  # to copy it

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        environ = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(folder / "data"),
            "SITE_URL": "http://127.0.0.1:8000",
        }
        environ["DATABASE_URL"] = url_of(self.enterContext(migrated_database()))
        served.collect_static_files(folder / "data/static")
        self.server = self.enterContext(
            served.Server(served.command_of_run(), environ, folder, "run")
        )
        key = (folder / "data/secret-key").read_text()
        self.environ = environ | {
            "SECRET_KEY": key,
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        }
        new_user = ["createsuperuser", "--noinput", "--email", "a@b.example", "--username"]
        users = [[*new_user, name] for name in EDITORS]
        two_each = [["api_token", f"program {number // 2}"] for number in range(2 * PROGRAMS)]
        tokens = self.manage(users + two_each)[len(users) :]
        self.tokens = dict(enumerate(zip(tokens[::2], tokens[1::2], strict=True)))

    def manage(self, commands):
        """What each of the commands says, run in one process, since most of a run is its start."""
        done = subprocess.run(
            [PYTHON, "-c", MANAGE],
            env=self.environ,
            input=json.dumps(commands),
            cwd=served.ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(done.stdout)

    def test_no_word_of_an_editor_is_lost_and_nothing_comes_twice(self):
        status, account = self.push(0, 0)
        self.address = urlsplit(account["desk_url"]).path
        answers = Counter([status])
        with ThreadPoolExecutor(PROGRAMS + len(EDITORS)) as pool:
            programs = [pool.submit(self.run_program, number) for number in range(PROGRAMS)]
            editors = {name: pool.submit(self.run_editor, name) for name in EDITORS}
            for program in programs:
                answers += program.result()
            written = {name: future.result() for name, future in editors.items()}
        self.assertLessEqual(answers.keys(), {200, 201, 202, 429})
        self.assertGreater(answers[201] + answers[202], PROGRAMS)
        gone = set().union(*(deleted for _said, deleted in written.values()))
        present = self.articles()
        self.assertEqual(len(set(present)), len(present))
        self.assertEqual(gone & present.keys(), set())
        for name, (said, _deleted) in written.items():
            self.assertTrue(said)
            for uid, text in said.items():
                if uid in present:
                    self.assertEqual(present[uid][EDITORS[name]], text)
                else:
                    self.assertIn(uid, gone)
        pages = [line.split(" | ")[1] for a in present.values() for line in [a["citation_lines"]]]
        self.assertEqual(len(pages), len(set(pages)))

    # Programs

    def run_program(self, number):
        return Counter(self.push(number, turn)[0] for turn in range(1, PUSHES + 1))

    def push(self, number, turn):
        """The answer to a push with other points than in the turn before."""
        pages = [f"all-{n}" for n in range(ALL_CITE)] + [f"own-{number}-{n}" for n in range(OWN)]
        random.Random(turn).shuffle(pages)  # noqa: S311 - the same orders in each run
        articles = [article(page, point=f"{number}의 {turn}번째 요점") for page in pages]
        text = post_of(*articles, day=DAY)
        tokens = self.tokens[number]
        headers = {
            "Authorization": f"Bearer {tokens[turn % len(tokens)]}",
            "Content-Type": "text/markdown",
        }
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        try:
            path = f"/api/v1/digests/{DAY}/pushes"
            connection.request("POST", path, text.encode(), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    # Editors

    def run_editor(self, name):
        """What the editor wrote last into each article, by uid, and the articles deleted."""
        editor, choice = Editor(self.server.port).log_in(name), random.Random(name)  # noqa: S311
        said, deleted = {}, set()
        for turn in range(1, SAVES + 1):
            form = editor.form(self.address)
            rows = rows_of(form)
            everybodys, own = rows_by_page(form, rows)
            deletes = name == "minji" and turn % DELETED_EVERY == 0 and own
            row = choice.choice(own if deletes else everybodys)
            uid, text = rows[row], f"{name}의 {turn}번째 글"
            if deletes:
                form[f"{row}-DELETE"] = "on"
                deleted.add(uid)
            else:
                form[f"{row}-{EDITORS[name]}"] = said[uid] = text
            status, _headers, page = editor.ask(self.address, form | {"_continue": "1"})
            self.assertEqual(status, 302, page[-2000:])
        return said, deleted

    def articles(self):
        """The articles of the day by uid, as the form has them."""
        form = Editor(self.server.port).log_in("minji").form(self.address)
        names = ("headline", "outlook", "citation_lines")
        return {
            uid: {name: form[f"{row}-{name}"] for name in names}
            for row, uid in rows_of(form).items()
        }


def rows_by_page(form, rows):
    """The rows of articles that all programs hand in, and of those that only one does. Only the
    latter are deleted, and only the former changed: a person is rightly asked about deleting what
    another person has just changed."""
    cites_all = [row for row in sorted(rows) if "/all-" in form[f"{row}-citation_lines"]]
    return cites_all, [row for row in sorted(rows) if row not in cites_all]


def rows_of(form):
    """The uid of each row of the form."""
    rows = {name.removesuffix("-uid"): form[name] for name in form if name.endswith("-uid")}
    return {row: uid for row, uid in rows.items() if uid}
