import dataclasses
import datetime as dt
import difflib
import fcntl
import json
import os
import tempfile
from io import StringIO
from pathlib import Path
from unittest.mock import Mock, patch

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase, TransactionTestCase
from django.utils import translation

from articles.digests import editing, publishing, revisions, trash
from articles.models import Digest
from articles.posts import exporting
from articles.posts.exporting import FORMATS
from articles.posts.folder import STAGE, ExportError
from articles.posts.importing import import_posts
from articles.posts.post_files import find_posts
from articles.recognising import EXACT
from tests.support.factories import make_digest
from tests.support.killed_commands import KilledCommands
from tests.support.posts import POST, post

ODD = Path(__file__).parents[1] / "document" / "odd"
MOMENTS = 10
END = 120  # lines, among them those that move files


class ExportCase(TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.posts = self.folder / "_posts"

    def export(self, kind="markdown", **options):
        report = exporting.export_digests(self.folder, kind, **options)
        return (report.written, report.unchanged, report.removed)

    def names(self):
        return sorted(path.name for path in self.posts.iterdir())

    def import_text(self, text, stem="2026-01-03-ai-news", **options):
        with tempfile.TemporaryDirectory() as source:
            path = Path(source, f"{stem}.md")
            path.write_bytes(text.encode())
            [outcome] = import_posts(find_posts([path]), **options)
        self.assertEqual(outcome.status, "created", outcome.errors)


class RoundTripTests(ExportCase):
    """A file goes through the database and comes back to the byte."""

    def assertComesBack(self, path, **options):
        [outcome] = import_posts(find_posts([path]), **options)
        self.assertEqual((outcome.status, outcome.errors), ("created", []))
        digest = Digest.objects.get()
        written = exporting.markdown_of(digest)
        self.assertEqual(written.decode(), path.read_bytes().decode())
        digest.delete()

    def test_every_odd_file_as_a_draft_and_as_published(self):
        for path in sorted(ODD.glob("kept-*.md")):
            for publish_it in (False, True):
                with self.subTest(path.name, publish=publish_it):
                    Digest.objects.all().delete()
                    self.assertComesBack(path, publish=publish_it, read_as=EXACT)

    def test_a_file_as_usual(self):
        path = self.folder / "2026-01-03-ai-news.md"
        path.write_text(POST)
        self.assertComesBack(path, publish=True)

    def test_one_edit_is_one_line(self):
        self.import_text(POST, publish=True)
        self.export()
        digest = Digest.objects.get()
        data = revisions.snapshot(digest)
        data["articles"][0]["points"][1] = "응답 시간 41% 단축"
        editing.write(digest, data)
        self.assertEqual(self.export(), (1, 0, 0))
        text = (self.posts / "2026-01-03-ai-news.md").read_text()
        lines = list(difflib.ndiff(POST.splitlines(), text.splitlines()))
        changed = [line for line in lines if line[0] in "+-"]
        self.assertEqual(changed, ["- - 응답 시간 40% 단축", "+ - 응답 시간 41% 단축"])


# Files are made of plain rows; both engines keep every odd file in `RoundTripTests`.
@pytest.mark.one_engine
class ExportTests(ExportCase):
    def test_only_published_ones_come_out_unless_asked(self):
        make_digest("2026-01-01")
        make_digest("2026-01-02", published=False)
        publishing.withdraw(make_digest("2026-01-03"))
        self.assertEqual(self.export(), (1, 0, 0))
        self.assertEqual(self.names(), ["2026-01-01-digest.md"])
        self.assertEqual(self.export(everything=True), (2, 1, 0))

    def test_a_second_run_touches_no_file(self):
        for day in ("2026-01-01", "2026-01-02"):
            make_digest(day)
        self.assertEqual(self.export(), (2, 0, 0))
        before = {path: path.stat().st_mtime_ns for path in self.posts.iterdir()}
        inodes = {path: path.stat().st_ino for path in self.posts.iterdir()}
        self.assertEqual(self.export(), (0, 2, 0))
        self.assertEqual({path: path.stat().st_mtime_ns for path in before}, before)
        self.assertEqual({path: path.stat().st_ino for path in before}, inodes)

    def test_a_range_leaves_other_days_alone(self):
        for day in ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"):
            make_digest(day)
        days = {"first": dt.date(2026, 1, 2), "last": dt.date(2026, 1, 3)}
        self.assertEqual(self.export(**days), (2, 0, 0))
        self.assertEqual(self.names(), ["2026-01-02-digest.md", "2026-01-03-digest.md"])
        self.export()
        for digest in Digest.objects.all():
            publishing.withdraw(digest)
        self.assertEqual(self.export(**days), (0, 0, 2))
        self.assertEqual(self.names(), ["2026-01-01-digest.md", "2026-01-04-digest.md"])

    def test_more_than_a_batch_comes_out(self):
        for number in range(1, 6):
            make_digest(f"2026-01-0{number}")
        with patch("articles.posts.exporting.DIGESTS_AT_ONCE", 2):
            self.assertEqual(self.export(), (5, 0, 0))
            self.assertEqual(self.export(first=dt.date(2026, 1, 2)), (0, 4, 0))

    def test_a_withdrawn_or_deleted_digest_takes_its_file_with_it(self):
        self.import_text(POST, publish=True)
        self.import_text(post("2026-01-04"), stem="2026-01-04-b", publish=True)
        self.assertEqual(self.export(), (2, 0, 0))
        publishing.withdraw(Digest.objects.get(date=dt.date(2026, 1, 3)))
        trash.delete(Digest.objects.get(date=dt.date(2026, 1, 4)))
        self.assertEqual(self.export(), (0, 0, 2))
        self.assertEqual(self.names(), [])

    def test_files_of_others_stay(self):
        self.import_text(post("2026-01-05"), stem="2026-01-05-draft")
        publishing.withdraw(make_digest("2026-01-03"))
        self.posts.mkdir()
        texts = {
            "2026-01-03-my-own.md": POST,  # another name
            "2026-01-03-digest.md": post("2026-01-04"),  # another day
            "2026-01-05-draft.md": post("2026-01-05"),  # what a draft was imported from
            "2026-01-06-digest.md": post("2026-01-06"),  # a day without a digest
            "README.md": "# 글",
        }
        for name, text in texts.items():
            (self.posts / name).write_text(text)
        self.assertEqual(self.export(), (0, 0, 0))
        self.assertEqual({p.name: p.read_text() for p in self.posts.iterdir()}, texts)

    def test_names_that_are_not_safe_or_of_another_day_are_not_used(self):
        for number, file in enumerate(
            ("2026-01-0{}/../../x", "../evil", "2025-12-31-x", "2026-01-0{}-" + "가" * 90), start=1
        ):
            layout = {"file": file.format(number)}
            make_digest(f"2026-01-0{number}", layout=layout)
        make_digest("2026-01-05", layout={"file": "2026-01-05-한글 이름"})
        self.export()
        named = [f"2026-01-0{number}-digest.md" for number in range(1, 5)]
        self.assertEqual(self.names(), [*named, "2026-01-05-한글 이름.md"])

    def test_json_documents_come_and_go(self):
        make_digest("2026-01-01")
        digest = make_digest("2026-01-02")
        self.assertEqual(self.export("json"), (2, 0, 0))
        path = self.folder / "2026-01-02.json"
        self.assertEqual(json.loads(path.read_bytes())["id"], digest.feed_id)
        (self.folder / "2026-01-03.json").write_text('{"date": "2026-01-03"}')
        publishing.withdraw(digest)
        self.assertEqual(self.export("json"), (0, 1, 1))
        names = sorted(path.name for path in self.folder.iterdir())
        self.assertEqual(names, ["2026-01-01.json", "2026-01-03.json"])

    def test_two_runs_into_one_directory_are_one_too_many(self):
        self.posts.mkdir()
        handle = os.open(self.posts, os.O_RDONLY)
        self.addCleanup(os.close, handle)
        fcntl.flock(handle, fcntl.LOCK_EX)
        with self.assertRaises(ExportError):
            self.export()

    def test_an_export_that_fails_half_way_changes_nothing(self):
        make_digest("2026-01-01")
        self.export()
        before = {path.name: path.read_bytes() for path in self.posts.iterdir()}
        publishing.withdraw(Digest.objects.get())
        for day in ("2026-01-02", "2026-01-03"):
            make_digest(day)
        written = [b"new", ExportError("It fails.")]
        broken = dataclasses.replace(FORMATS["markdown"], data=Mock(side_effect=written))
        with patch.dict(FORMATS, markdown=broken), self.assertRaises(ExportError):
            self.export()
        self.assertEqual({p.name: p.read_bytes() for p in self.posts.iterdir()}, before)
        self.assertEqual(self.export(), (2, 0, 1))


@pytest.mark.one_engine
class CommandTests(ExportCase):
    def run_command(self, *arguments):
        output = StringIO()
        with translation.override("en"):
            call_command("export_posts", str(self.folder), *arguments, stdout=output)
        return output.getvalue()

    def test_counts_are_printed(self):
        make_digest("2026-01-01")
        self.assertIn(": 1 written, 0 unchanged, 0 removed.", self.run_command())
        self.assertIn(": 0 written, 1 unchanged, 0 removed.", self.run_command())
        self.assertIn(": 1 written", self.run_command("--format", "json"))

    def test_a_range_is_given_by_days(self):
        make_digest("2026-01-01")
        self.assertIn(": 0 written", self.run_command("--from", "2026-01-02"))
        self.assertIn(": 1 written", self.run_command("--to=2026-01-01", "--from=2026-01-01"))

    def test_what_cannot_be_done_is_a_sentence(self):
        wrong = [
            (["--from", "yesterday"], "is not a date"),
            (["--from", "2026-01-02", "--to", "2026-01-01"], "is after"),
            (["--format", "html", "--all"], "whole"),
        ]
        for arguments, words in wrong:
            with self.subTest(arguments), self.assertRaisesMessage(CommandError, words):
                self.run_command(*arguments)
        (self.folder / "_posts").write_text("a file")
        with self.assertRaises(CommandError):
            self.run_command()


# An export writes nothing but files.
@pytest.mark.one_engine
# It reads what `RoundTripTests` reads on both engines, and writes files alone.
@pytest.mark.one_engine
class KilledExportTests(TransactionTestCase):
    """Another process reads what is committed, so nothing may be rolled back."""

    serialized_rollback = True

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.days = [dt.date(2026, 1, day) for day in range(1, 9)]
        for day in self.days:
            make_digest(day)

    def test_all_or_nothing_with_the_next_run_wherever_it_is_killed(self):
        exporting.export_digests(self.folder / "before", "markdown")
        for day in self.days[:-1]:
            digest = Digest.objects.get(date=day)
            publishing.correct(digest, "고쳤습니다. " * 50)
        publishing.withdraw(Digest.objects.get(date=self.days[-1]))
        make_digest("2026-01-09")
        exporting.export_digests(self.folder / "after", "markdown")
        before, after = self.files("before"), self.files("after")
        folders = {"DATA_DIR": str(self.folder), "SITE_URL": settings.SITE_URL}
        commands = KilledCommands(
            self, ["posts/exporting.py", "posts/folder.py"], connection.settings_dict, **folders
        )
        self.fill(self.folder / "counted", before)
        last = commands.lines(f"export_posts {self.folder / 'counted'}")
        fates = set()
        for moment in (*range(1, last - END, last // MOMENTS), *range(last - END, last, 9)):
            target = self.folder / f"killed-{moment}"
            self.fill(target, before)
            commands.kill(moment, f"export_posts {target}")
            found = self.files(target.name)
            for name, data in found.items():
                self.assertIn(data, (before.get(name), after.get(name)), name)
            fates.add(len([name for name in after if found.get(name) == after[name]]))
            self.check_next_run(target, fails=moment % 2, before=before, after=after)
        self.assertIn(0, fates)
        self.assertTrue(fates & set(range(1, len(after))), "none was killed while files moved")

    def check_next_run(self, target, *, fails, before, after):
        """It brings all that is new. One that fails leaves what there was before the one that was
        killed, if that was not through."""
        possible = [before, after] if self.files(target.name) == after else [before]
        broken = dataclasses.replace(FORMATS["markdown"], data=Mock(side_effect=OSError("full")))
        if fails:
            with patch.dict(FORMATS, markdown=broken), self.assertRaises(OSError):
                exporting.export_digests(target, "markdown")
            self.assertIn(self.files(target.name), possible)
        else:
            exporting.export_digests(target, "markdown")
            self.assertEqual(self.files(target.name), after)
        self.assertFalse((target / "_posts" / STAGE).exists())

    def files(self, name):
        found = (self.folder / name / "_posts").iterdir()
        return {path.name: path.read_bytes() for path in found if path.is_file()}

    def fill(self, target, files):
        (target / "_posts").mkdir(parents=True)
        for name, data in files.items():
            (target / "_posts" / name).write_bytes(data)
