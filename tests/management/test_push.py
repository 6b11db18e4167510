"""The door for programs on a command line."""

import json
import subprocess
import sys
import tempfile
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase, TransactionTestCase
from django.utils import translation

from articles.digests import publishing
from articles.models import Digest, Program, Push, Revision
from tests.support.factories import make_digest
from tests.support.killed_commands import environment_of
from tests.support.posts import POST
from tests.support.pushes import post_of

SMALL = {"date": "2026-01-03", "articles": [{"headline": "새 가속기 공개", "points": ["요점"]}]}
LOOSE = "# Daily - 2026-01-03\n\n## 새 가속기\n\n요약:\n- 첫째 요점\n- 둘째 요점\n\n출처: https://a.example/1\n"


class FolderMixin:
    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def file(self, name, content):
        if not isinstance(content, bytes | str):
            content = json.dumps(content)
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)


# What the command says is made in Python; both engines keep pushes in `test_receiving.py`.
@pytest.mark.one_engine
class PushTests(FolderMixin, TestCase):
    def push(self, *arguments):
        """What the command says to standard output."""
        out = StringIO()
        with translation.override("en"):
            call_command("push", *arguments, stdout=out, stderr=StringIO())
        return out.getvalue()

    def account(self, *arguments):
        return json.loads(self.push(*arguments, "--json"))

    def refusal(self, *arguments):
        """What the command says to standard error, and why it ends."""
        errors = StringIO()
        with translation.override("en"), self.assertRaises(CommandError) as ended:
            call_command("push", *arguments, stdout=StringIO(), stderr=errors, no_color=True)
        self.assertEqual(ended.exception.returncode, 1)
        return errors.getvalue(), str(ended.exception)

    def test_a_post_becomes_a_draft_and_the_command_says_so(self):
        said = self.push(self.file("2026-01-03-news.md", post_of("1", "2")))
        digest = Digest.objects.get()
        self.assertEqual((f"{digest.date}", digest.status), ("2026-01-03", "draft"))
        lines = said.splitlines()
        self.assertEqual(lines[0], "2026-01-03: Digest created")
        self.assertEqual(lines[1:3], ["  1. 1 기사: added", "  2. 2 기사: added"])
        self.assertRegex(lines[-2], r"^\d+ errors?, \d+ warnings?, \d+ hints?\.$")
        self.assertEqual(lines[-1], f"http://testserver/admin/articles/digest/{digest.pk}/change/")

    def test_the_same_file_again_changes_nothing(self):
        path = self.file("2026-01-03-news.md", post_of("1"))
        self.push(path)
        self.assertIn("Nothing new", self.push(path))
        self.assertEqual((Push.objects.count(), Revision.objects.count()), (1, 1))

    def test_what_waits_is_told_with_the_reason(self):
        digest = make_digest(articles=1)
        said = self.push(self.file("2026-01-03.json", SMALL))
        self.assertIn("Suggestions wait", said)
        article = said[said.index("새 가속기 공개") :].splitlines()
        self.assertEqual(article[0], "새 가속기 공개: suggested")
        self.assertIn("not a draft", article[1])
        self.assertEqual(digest.articles.count(), 1)

    def test_notices_are_told_and_how_much_was_recognised(self):
        article = SMALL["articles"][0] | {"read_by": "김민지"}
        said = self.push(self.file("a.json", SMALL | {"articles": [article]}))
        self.assertIn("Who drafted or read an article", said)
        self.assertNotIn("recognised", said)
        self.assertIn("% recognised", self.push(self.file("a.md", LOOSE)).replace(" %", "%"))

    def test_the_account_as_json_is_that_of_the_door(self):
        account = self.account(self.file("a.json", SMALL))
        self.assertEqual((account["outcome"], account["push"]), ("created", Push.objects.get().pk))
        self.assertEqual([a["fate"] for a in account["articles"]], ["added"])

    def test_the_type_follows_the_ending_or_the_first_character(self):
        for name, content, media_type in (
            ("a.json", SMALL, "application/json"),
            ("b.MD", POST, "text/markdown"),
            ("c.markdown", LOOSE, "text/markdown"),
            ("d.txt", b"\xef\xbb\xbf \n" + json.dumps(SMALL).encode(), "application/json"),
            ("e", "[한빛](https://a.example)\n\n" + LOOSE, "text/markdown"),
        ):
            with self.subTest(name):
                path = self.file(name, content)
                account = self.account(path, "--date=2026-01-03", "--dry-run")
                self.assertEqual(account["reading"]["media_type"], media_type)

    def test_the_day_is_that_of_the_option_the_file_name_or_the_file(self):
        undated = {"articles": SMALL["articles"]}
        for name, content, option, day in (
            ("2026-01-05-news.json", undated, ["--date=2026-01-04"], "2026-01-04"),
            ("2026-01-05-news.json", undated, [], "2026-01-05"),
            ("2026-01-05-news.md", LOOSE, [], "2026-01-05"),
            ("a.json", SMALL, [], "2026-01-03"),
            ("news-2026-01-09.md", LOOSE, [], "2026-01-03"),
            ("b.md", POST, [], "2026-01-03"),
        ):
            with self.subTest(name):
                account = self.account(self.file(name, content), "--dry-run", *option)
                self.assertEqual(account["date"], day)

    def test_a_file_of_no_day_or_an_impossible_one_is_refused_with_a_sentence(self):
        undated = {"articles": SMALL["articles"]}
        for content, options, words in (
            (undated, [], "--date"),
            (undated, ["--date=2026-02-30"], "2026-02-30"),
            (undated, ["--date=0001-01-01"], "0001-01-01"),
            (undated | {"date": "0001-01-01"}, [], "0001-01-01"),
        ):
            with self.subTest(options):
                _said, why = self.refusal(self.file("a.json", content), *options)
                self.assertIn(words, why)
        self.assertIn("--date", self.refusal(self.file("a.md", "## 제목\n\n글\n"))[1])
        self.assertEqual(Push.objects.count(), 0)

    def test_what_is_wrong_is_told_with_its_place(self):
        path = self.file("a.json", SMALL | {"title": 3})
        said, why = self.refusal(path)
        self.assertEqual(said, f"{path}:/title: This must be a text.\n")
        self.assertEqual(why, "Nothing was taken.")
        path = self.file("2026-01-03.json", b'{"articles":\n[')
        self.assertTrue(self.refusal(path)[0].startswith(f"{path}:2: This is not JSON"))
        self.assertEqual(list(Push.objects.values_list("outcome", flat=True)), ["refused"] * 2)

    def test_a_refusal_as_json_has_its_places(self):
        out = StringIO()
        path = self.file("a.json", SMALL | {"date": "2026-01-04"})
        with self.assertRaises(CommandError):
            call_command("push", path, "--date=2026-01-03", "--json", stdout=out)
        answer = json.loads(out.getvalue())
        self.assertEqual(answer["outcome"], "refused")
        self.assertEqual([error["pointer"] for error in answer["errors"]], ["/date"])

    def test_a_file_that_is_missing_or_too_large_is_refused(self):
        self.assertIn("does not exist", self.refusal(str(self.folder / "none.md"))[1])
        self.assertIn("is a folder. Name a file.", self.refusal(str(self.folder))[1])
        large = self.file("2026-01-03.md", "x" * 1_000_001)
        self.assertIn("larger than 1000000 bytes", self.refusal(large)[1])

    def test_a_dry_run_leaves_nothing(self):
        said = self.push(self.file("a.json", SMALL), "--dry-run", "--program=새 수집기")
        self.assertIn("Digest created", said)
        self.assertTrue(said.endswith("Nothing was saved: this was a dry run.\n"))
        self.assertNotIn("/admin/", said)  # there is no form yet
        for model in (Digest, Push, Program, Revision):
            self.assertEqual(model.objects.count(), 0)

    def test_a_dry_run_names_the_form_of_a_digest_that_is_there(self):
        digest = make_digest(published=False)
        said = self.push(self.file("a.json", SMALL), "--dry-run")
        self.assertIn(f"/admin/articles/digest/{digest.pk}/change/", said)

    def test_a_program_is_made_once_and_named_in_the_history(self):
        for number in (1, 2):
            article = {"headline": f"{number}번째"}
            self.push(self.file("a.json", SMALL | {"articles": [article]}), "--program=아침 수집기")
        self.assertEqual(Program.objects.get().name, "아침 수집기")
        self.assertEqual(set(Revision.objects.values_list("program")), {("아침 수집기",)})
        self.push(self.file("b.json", SMALL))
        self.assertTrue(Program.objects.filter(name="command line").exists())

    def test_a_name_that_no_program_can_have_is_refused(self):
        self.refusal(self.file("a.json", SMALL), "--program", "x" * 51)
        self.assertEqual((Program.objects.count(), Push.objects.count()), (0, 0))

    def test_a_published_digest_stays_as_it_is(self):
        digest = publishing.publish(make_digest(published=False), unchecked=True)
        self.push(self.file("a.json", SMALL))
        digest.refresh_from_db()
        self.assertEqual((digest.status, digest.articles.count()), ("published", 2))

    def test_standard_input_is_read_as_bytes(self):
        for content, media_type in (
            (json.dumps(SMALL, ensure_ascii=False).encode(), "application/json"),
            (POST.encode(), "text/markdown"),
        ):
            with (
                self.subTest(media_type),
                mock.patch.object(sys, "stdin", TextIOWrapper(BytesIO(content), "ascii")),
            ):
                account = self.account("-", "--dry-run")
                self.assertEqual(account["reading"]["media_type"], media_type)
                self.assertEqual(account["date"], "2026-01-03")


class ProcessTests(FolderMixin, TransactionTestCase):
    """The command as cron starts it."""

    serialized_rollback = True

    def run_push(self, *arguments, content=b""):
        """The exit code, the standard output and the standard error of a process."""
        told = {"DATA_DIR": str(self.folder), "SITE_LANGUAGE": "ko", "LC_ALL": "C"}
        done = subprocess.run(
            [sys.executable, "manage.py", "push", *arguments],
            env=environment_of(connection.settings_dict, **told),
            cwd=settings.BASE_DIR,
            input=content,
            capture_output=True,
            check=False,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_a_pipe_makes_a_draft_once_and_a_refusal_ends_with_status_1(self):
        content = json.dumps(SMALL, ensure_ascii=False).encode()
        for outcome in ("created", "unchanged"):
            status, said, complained = self.run_push("-", "--json", content=content)
            self.assertEqual((status, complained), (0, ""))
            account = json.loads(said)
            self.assertEqual(
                (account["outcome"], account["is_repeated"]), (outcome, outcome != "created")
            )
        self.assertEqual(Digest.objects.get().articles.get().headline, "새 가속기 공개")
        status, said, complained = self.run_push("-", "--date=2026-01-03", content=b"{")
        self.assertEqual((status, said), (1, ""))
        self.assertTrue(complained.startswith("-:1: "), complained)
