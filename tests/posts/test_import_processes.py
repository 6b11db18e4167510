"""An import by several processes is the same import, whatever becomes of one of them."""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from unittest.mock import patch

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import SimpleTestCase, TransactionTestCase
from django.utils import translation

from articles.digests import revisions
from articles.models import AuditEntry, Digest, Revision
from articles.posts import import_processes, importing
from articles.posts.import_processes import FEWEST, processes_for
from articles.posts.sources import Source, find_posts
from tests.backup.sites import new_database, site_of
from tests.support.killed_commands import environment_of
from tests.support.posts import post
from tests.support.waiting import wait_until

FIRST = dt.date(2026, 2, 1)
DAYS = [FIRST + dt.timedelta(days=number) for number in range(24)]
OPTIONS = {"publish": True, "force": False, "dry_run": False}


NEVER_READY = """
import signal, sys
import django
django.setup()
from django.core.management import call_command
from articles.posts import import_processes

take, last = import_processes._take, "2026-04-21.md"

def held(batch):
    if batch[-1].name.endswith(last):
        signal.pause()
    return take(batch)

import_processes._take = held
call_command("import_posts", sys.argv[1], publish=True, processes=2, verbosity=0)
"""


def killed(batch):
    os.kill(os.getpid(), signal.SIGKILL)


def is_there(group):
    """Whether a process of the group is."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


class ImportProcessesTests(TransactionTestCase):
    serialized_rollback = True

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(patch.object(import_processes, "BATCH", 3))
        for day in DAYS:
            text = post(day.isoformat(), headline=f"{day}의 기사")
            self.write(f"{day}-news.md", text)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def run_import(self, **options):
        sources = find_posts([self.folder])
        return list(import_processes.import_posts(sources, 3, **OPTIONS | options))

    def test_it_is_the_import_of_one_process(self):
        outcomes = self.run_import()
        self.assertEqual([Path(o.name).name[:10] for o in outcomes], [str(day) for day in DAYS])
        self.assertEqual({(o.status, o.is_published) for o in outcomes}, {("created", True)})
        again = list(importing.import_posts(find_posts([self.folder]), publish=True))
        self.assertEqual({outcome.status for outcome in again}, {"unchanged"})
        self.assertEqual(AuditEntry.objects.filter(action="imported").count(), len(DAYS))
        for digest in Digest.objects.all():
            kept = digest.revisions.get()
            self.assertEqual(kept.data, revisions.snapshot(digest))

    def test_a_changed_post_updates_its_digest_and_the_others_stay(self):
        self.run_import()
        self.write(f"{DAYS[4]}-news.md", post(DAYS[4].isoformat(), headline="바뀐 제목"))
        statuses = {Path(o.name).name[:10]: o.status for o in self.run_import()}
        self.assertEqual(statuses.pop(str(DAYS[4])), "updated")
        self.assertEqual(set(statuses.values()), {"unchanged"})

    def test_one_of_two_posts_for_a_day_is_refused_wherever_they_are(self):
        self.write("zz-again.md", post(DAYS[0].isoformat(), headline="같은 날의 다른 글"))
        refused = [o for o in self.run_import() if o.status == "refused"]
        [outcome] = refused
        self.assertIn(Path(outcome.name).name, ("zz-again.md", f"{DAYS[0]}-news.md"))
        self.assertEqual(Digest.objects.filter(date=DAYS[0]).count(), 1)
        self.assertEqual(Digest.objects.count(), len(DAYS))

    def test_what_cannot_be_used_is_named_in_its_place(self):
        self.write("2026-02-02-news.md", "---\ntitle: x\n---\n")
        (self.folder / "2026-02-03-news.md").unlink()
        (self.folder / "2026-02-03-news.md").mkdir()
        gone = Source("gone.md", lambda limit: (self.folder / "gone.md").read_bytes())
        sources = [*find_posts([self.folder]), gone]
        outcomes = list(import_processes.import_posts(sources, 2, **OPTIONS))
        refused = [Path(o.name).name for o in outcomes if o.status == "refused"]
        self.assertEqual(refused, ["2026-02-02-news.md", "gone.md"])
        self.assertTrue(all(o.errors for o in outcomes if o.status == "refused"))

    def test_an_archive_is_read_by_one(self):
        with zipfile.ZipFile(self.folder / "posts.zip", "w") as archive:
            for day in DAYS:
                archive.write(self.folder / f"{day}-news.md", f"_posts/{day}.md")
        sources = find_posts([self.folder / "posts.zip"])
        outcomes = list(import_processes.import_posts(sources, 3, **OPTIONS))
        self.assertEqual([o.status for o in outcomes], ["created"] * len(DAYS))

    def test_a_dry_run_leaves_nothing(self):
        outcomes = self.run_import(dry_run=True)
        self.assertEqual({outcome.status for outcome in outcomes}, {"created"})
        self.assertFalse(Digest.objects.exists())

    def test_one_that_is_killed_is_told_in_a_sentence_and_the_rest_can_follow(self):
        with (
            patch.object(import_processes, "_take", killed),
            translation.override("en"),
            self.assertRaisesMessage(CommandError, "run the command again"),
        ):
            call_command("import_posts", self.folder, publish=True, processes=2, verbosity=0)
        call_command("import_posts", self.folder, publish=True, processes=2, verbosity=0)
        self.assertEqual(Digest.objects.count(), len(DAYS))


class NumberTests(SimpleTestCase):
    def test_few_posts_are_left_to_one(self):
        self.assertEqual(processes_for([None] * (FEWEST - 1)), 1)

    def test_many_are_shared_by_the_processors_there_are(self):
        with patch.object(os, "sched_getaffinity", return_value={0, 1, 2}):
            self.assertEqual(processes_for([None] * FEWEST), 3)
        with patch.object(os, "sched_getaffinity", return_value=set(range(64))):
            self.assertEqual(processes_for([None] * FEWEST), import_processes.MOST_PROCESSES)

    def test_where_nothing_can_be_forked_one_does_all(self):
        with patch("multiprocessing.get_all_start_methods", return_value=["spawn"]):
            self.assertEqual(processes_for([None] * FEWEST), 1)


class KilledTests(SimpleTestCase):
    databases = ["default"]

    def test_with_the_command_its_processes_end_and_every_post_is_whole(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for number in range(80):
            day = (FIRST + dt.timedelta(days=number)).isoformat()
            (folder / f"{day}.md").write_text(post(day), encoding="utf-8")
        database = self.enterContext(new_database(connection.vendor))
        with site_of(database):
            call_command("migrate", verbosity=0)
        process = self.start(database, folder)
        with site_of(database):
            wait_until(lambda: process.poll() is not None or Digest.objects.exists())
            self.assertIsNone(process.poll())
            process.kill()
            process.wait()
            wait_until(lambda: not is_there(process.pid))
            self.assertLess(Digest.objects.count(), 80)
            for digest in Digest.objects.all():
                self.assertEqual(digest.articles.get().citations.count(), 2)
                self.assertEqual(digest.revisions.get().data, revisions.snapshot(digest))
            call_command("import_posts", folder, publish=True, processes=1, verbosity=0)
            self.assertEqual(Digest.objects.count(), 80)
            self.assertEqual(Revision.objects.count(), 80)

    def start(self, database, folder):
        """The command, of which the last of four batches of posts never ends."""
        process = subprocess.Popen(
            [sys.executable, "-c", NEVER_READY, folder],
            cwd=settings.BASE_DIR,
            env=environment_of(database, DATA_DIR=str(folder)),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
