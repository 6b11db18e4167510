"""What happens at the hour of publication: once, whatever runs, dies or is late."""

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path
from unittest import skipUnless
from unittest.mock import patch

import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.models import Count, OuterRef, Subquery
from django.test import TestCase, TransactionTestCase, override_settings
from django.utils import timezone, translation

from articles.digests import publishing, trash
from articles.models import AuditEntry, Digest, PlannedGap, Revision
from tests.support.factories import make_digest
from tests.support.killed_commands import environment_of
from tests.support.push_rows import make_program, make_push
from tests.support.waiting import PATIENCE, end_of, next_line

FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
LOG = "articles.management.commands.run_due"
EVERY_DAY_AT_EIGHT = dict.fromkeys(range(7), dt.time(8))
# In Seoul it is Saturday, 3 January, half past eight.
AFTER_THE_HOUR = dt.datetime(2026, 1, 2, 23, 30, tzinfo=dt.UTC)


def make_due(date="2026-01-03", ago=dt.timedelta(seconds=5)):
    """A scheduled digest whose hour came that long ago, which nothing has released."""
    digest = make_digest(date, articles=1, published=False)
    publishing.publish(digest, at=FUTURE, unchecked=True)
    Digest.objects.filter(pk=digest.pk).update(publish_at=timezone.now() - ago)
    return Digest.objects.get(pk=digest.pk)


def run_due():
    out = StringIO()
    with translation.override("en"):
        call_command("run_due", stdout=out)
    return out.getvalue()


def releases(digest):
    """Its status, and how many audit rows and revisions there are of its release."""
    rows = AuditEntry.objects.filter(digest_id=OuterRef("pk"), action="published").order_by()
    counted = rows.values("digest_id").annotate(count=Count("pk")).values("count")
    status, audited, kept = (
        Digest.objects.filter(pk=digest.pk)
        .annotate(audited=Subquery(counted), kept=Count("revisions"))
        .values_list("status", "audited", "kept")
        .get()
    )
    return status, audited or 0, kept - 1  # the first one was kept when it was scheduled


class DueTests(TestCase):
    def test_a_page_is_there_on_time_though_nothing_ran(self):
        digest = make_due()
        self.assertContains(self.client.get(digest.get_absolute_url()), digest.title)
        self.assertContains(self.client.get("/"), digest.title)
        self.assertEqual(releases(digest), ("scheduled", 0, 0))

    def test_due_digest_is_published_once(self):
        digest = make_due()
        with self.assertNoLogs(LOG):
            self.assertEqual(run_due(), f"Published: {digest}\n")
            self.assertEqual(run_due(), "")
        self.assertEqual(releases(digest), ("published", 1, 1))

    def test_nothing_is_said_when_nothing_is_due(self):
        digest = make_digest(published=False)
        publishing.publish(digest, at=FUTURE, unchecked=True)
        with self.assertNoLogs(LOG):
            self.assertEqual(run_due(), "")
        self.assertEqual(releases(digest), ("scheduled", 0, 0))

    def test_after_an_outage_of_two_hours_it_is_published_as_of_its_hour(self):
        digest = make_due(ago=dt.timedelta(hours=2))
        with self.assertLogs(LOG, "WARNING") as logs:
            run_due()
        run_due()
        released = Digest.objects.get(pk=digest.pk)
        self.assertEqual(released.published_at, digest.publish_at)
        self.assertEqual(released.publish_at, digest.publish_at)
        self.assertEqual(releases(digest), ("published", 1, 1))
        late = AuditEntry.objects.get(digest_id=digest.pk, action="published").detail
        self.assertGreaterEqual(late["late_seconds"], 7200)
        [said] = re.findall(r"published (\d+) seconds after its hour", logs.output[0])
        self.assertGreaterEqual(int(said), 7200)

    def test_one_that_fails_does_not_stop_the_others(self):
        bad, good = make_due("2026-01-03"), make_due("2026-01-04")
        release = publishing.release

        def fail_once(pk):
            if pk == bad.pk:
                raise ValueError("broken")
            return release(pk)

        with (
            patch("articles.digests.publishing.release", fail_once),
            self.assertLogs(LOG, "ERROR") as logs,
            self.assertRaises(CommandError),
        ):
            run_due()
        self.assertEqual(releases(good), ("published", 1, 1))
        self.assertEqual(releases(bad), ("scheduled", 0, 0))
        self.assertIn(str(bad), logs.output[0])
        self.assertIn("ValueError: broken", logs.output[0])

    def test_old_trash_goes(self):
        kept = trash.delete(make_digest(published=False))
        month_ago = timezone.now() - dt.timedelta(days=31)
        Revision.objects.filter(pk=kept.pk).update(created_at=month_ago)
        self.assertEqual(run_due(), "Removed for good: 1\n")
        self.assertFalse(Revision.objects.filter(pk=kept.pk).exists())

    def test_a_database_that_is_away_is_a_failure_in_words(self):
        with (
            patch("articles.querysets.DigestQuerySet.due", side_effect=OperationalError("gone")),
            self.assertLogs(LOG, "ERROR") as logs,
            self.assertRaises(CommandError),
        ):
            run_due()
        self.assertIn("The database does not answer", logs.output[0])


class PromiseTests(TestCase):
    def setUp(self):
        self.program = make_program(promise="fri-sat 08:00")

    def recorded(self):
        rows = AuditEntry.objects.filter(action="push-missed").order_by("key")
        return list(rows.values_list("target", "note"))

    def test_a_push_that_did_not_come_is_recorded_once(self):
        make_push(self.program, "2026-01-02")
        text = "Push missed: horizon promised 2026-01-03 for 2026-01-03 08:00 KST (UTC+9)\n"
        with time_machine.travel(AFTER_THE_HOUR, tick=False):
            with self.assertLogs(LOG, "WARNING") as logs:
                self.assertEqual(run_due(), text)
            self.assertEqual(run_due(), "")
        self.assertIn("horizon for 2026-01-03 by 2026-01-03 08:00", logs.output[0])
        self.assertEqual(self.recorded(), [("horizon 2026-01-03", "")])

    def test_a_refused_one_is_recorded_with_its_sentence(self):
        for day in ("2026-01-02", "2026-01-03"):
            make_push(self.program, day, outcome="refused", errors=[{"detail": "Not UTF-8."}])
        with time_machine.travel(AFTER_THE_HOUR, tick=False), self.assertLogs(LOG, "WARNING"):
            self.assertIn("2026-01-03 08:00 KST (UTC+9): Not UTF-8.\n", run_due())
        told = [(f"horizon 2026-01-0{day}", "Not UTF-8.") for day in (2, 3)]
        self.assertEqual(self.recorded(), told)

    def test_what_came_is_no_warning(self):
        for day in ("2026-01-02", "2026-01-03"):
            make_push(self.program, day)
        with time_machine.travel(AFTER_THE_HOUR, tick=False), self.assertNoLogs(LOG, "WARNING"):
            self.assertEqual(run_due(), "")
        self.assertEqual(self.recorded(), [])


@override_settings(DIGEST_DEADLINE=EVERY_DAY_AT_EIGHT)
class DeadlineTests(TestCase):
    def recorded(self):
        rows = AuditEntry.objects.filter(action="deadline-missed").order_by("key")
        return list(rows.values_list("key", flat=True))

    def test_missed_deadline_is_recorded_once(self):
        with time_machine.travel(AFTER_THE_HOUR), self.assertLogs(LOG, "WARNING") as logs:
            said = run_due() + run_due()
        promised = "promised for 2026-01-03 08:00 KST (UTC+9)"
        text = f"Deadline missed: no digest for 2026-01-03, {promised}"
        self.assertEqual(said, text + "\n")
        self.assertEqual([record.getMessage() for record in logs.records], [text])
        self.assertEqual(self.recorded(), ["deadline-missed:2026-01-03"])
        entry = AuditEntry.objects.get(action="deadline-missed")
        self.assertEqual(entry.detail, {"due_at": "2026-01-03T08:00:00+09:00"})

    def test_kept_promise_is_not_recorded(self):
        make_digest("2026-01-03")
        with time_machine.travel(AFTER_THE_HOUR), self.assertNoLogs(LOG):
            self.assertEqual(run_due(), "")
        self.assertEqual(self.recorded(), [])

    def test_day_planned_without_a_digest_is_not_recorded(self):
        PlannedGap.objects.create(date="2026-01-03")
        with time_machine.travel(AFTER_THE_HOUR):
            self.assertEqual(run_due(), "")

    def test_after_an_outage_over_midnight_yesterday_is_recorded(self):
        make_digest("2026-01-02")
        with (
            time_machine.travel(dt.datetime(2026, 1, 3, 16, 0, tzinfo=dt.UTC)),
            self.assertLogs(LOG, "WARNING"),
        ):
            run_due()
        self.assertEqual(self.recorded(), ["deadline-missed:2026-01-03"])


class ProcessTestCase(TransactionTestCase):
    """Other processes see only what is committed."""

    serialized_rollback = True

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def environment(self, **variables):
        """Of a process with the real settings and the database of this test."""
        folder = str(self.folder)
        told = {"DATA_DIR": folder, "SITE_LANGUAGE": "en"}
        return environment_of(connection.settings_dict, **told) | variables

    def start(self, *command, **variables):
        process = subprocess.Popen(
            [sys.executable, *command],
            env=self.environment(**variables),
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # so that what was said but not read yet can be waited for
        )
        self.addCleanup(self.end, process)
        return process

    def start_run_due(self, *arguments, **variables):
        return self.start("manage.py", "run_due", *arguments, **variables)

    def end(self, process):
        process.kill()
        process.communicate()

    def next_line(self, stream):
        """What a process says next; empty when all that could say something have ended."""
        return next_line(stream).decode()

    def assertSaidNothing(self, log):
        """But for how late it is: a busy machine needs more than a minute to start a process."""
        lines = [line for line in log.decode().splitlines() if "seconds after its hour" not in line]
        self.assertEqual(lines, [])


class OnceTests(ProcessTestCase):
    """Exactly once, under eight at a time and after kill -9 around any statement that writes."""

    def setUp(self):
        super().setUp()
        # The deadline passed at midnight, twelve hours ago.
        hours = dt.datetime.now(dt.UTC).hour - 12
        zone = f"Etc/GMT{hours:+}"
        deadline = "mon-sun 00:00"
        self.runner = self.start(
            "-m", "tests.support.run_due_processes", DIGEST_DEADLINE=deadline, TIME_ZONE=zone
        )
        self.assertEqual(self.answer(), "ready")

    def answer(self):
        """The runner's next answer; what `run_due` itself says goes before it."""
        while line := self.next_line(self.runner.stdout).strip():
            if not line.startswith(("Published: ", "Deadline missed: ")):
                return line
        return self.fail(self.runner.stderr.read().decode())

    def ask(self, command):
        self.runner.stdin.write(f"{command}\n".encode())
        return self.answer()

    def missed_deadlines(self):
        rows = AuditEntry.objects.filter(action="deadline-missed")
        return rows.count(), rows.values("key").distinct().count()

    def test_eight_at_once_publish_every_digest_once(self):
        digests = [make_due(f"2026-01-{day:02}") for day in range(1, 6)]
        self.assertEqual(self.ask("together 8").split(), ["finished"] * 8)
        for digest in digests:
            self.assertEqual(releases(digest), ("published", 1, 1))
        recorded, days = self.missed_deadlines()
        self.assertEqual(recorded, days)
        self.assertGreater(recorded, 0)

    def test_killed_at_any_moment_it_publishes_once_and_never_by_half(self):
        digest, kills, fate = make_due(), 0, "killed"
        seen = {("scheduled", 0, 0)}
        while fate == "killed":
            kills += 1
            fate = self.ask(f"killed {kills}")
            seen.add(releases(digest))
        self.assertEqual(fate, "finished")
        self.assertEqual(seen, {("scheduled", 0, 0), ("published", 1, 1)})
        self.assertGreater(kills, 20)
        recorded, days = self.missed_deadlines()
        self.assertEqual(recorded, days)
        self.assertGreater(recorded, 0)


class CommandTests(ProcessTestCase):
    def test_one_run_says_what_it_did_and_ends(self):
        digest = make_due()
        process = self.start_run_due()
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual((out.decode(), process.returncode), (f"Published: {digest}\n", 0))
        self.assertSaidNothing(err)

    def test_one_run_without_a_database_ends_in_failure(self):
        process = self.start_run_due(DATABASE_URL=f"sqlite:///{self.folder}/none/here.sqlite3")
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual((out, process.returncode), (b"", 1))
        self.assertIn("The database does not answer", err.decode())

    def test_no_number_of_seconds_is_a_sentence(self):
        for value in ("0", "-1", "1.5", "often"):
            with self.subTest(value), self.assertRaises(CommandError):
                call_command("run_due", f"--every={value}")

    def test_it_keeps_running_until_it_is_told_to_stop(self):
        for day, number in (("2026-01-03", signal.SIGTERM), ("2026-01-04", signal.SIGINT)):
            with self.subTest(number):
                process = self.start_run_due("--every", "1")
                for digest in (make_due(day), make_due(f"2027{day[4:]}")):
                    self.assertEqual(self.next_line(process.stdout), f"Published: {digest}\n")
                process.send_signal(number)
                self.assertEqual(end_of(process), 0)
                self.assertSaidNothing(process.stderr.read())

    def test_it_ends_with_the_process_that_started_it(self):
        digest = make_due()
        code = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]])"
        parent = self.start("-c", code, "manage.py", "run_due", "--every", "60")
        self.assertEqual(self.next_line(parent.stdout), f"Published: {digest}\n")
        parent.kill()
        self.assertEqual(self.next_line(parent.stdout), "")

    def test_it_does_nothing_if_that_process_ended_before_it_was_up(self):
        digest = make_due()
        process = self.start_run_due("--every", "60", "--parent", str(os.getppid()))
        self.assertEqual(end_of(process), 0)
        self.assertEqual(releases(digest), ("scheduled", 0, 0))

    @skipUnless(connection.vendor == "sqlite", "It is the link to a file that comes back.")
    def test_a_database_that_comes_back_is_used_again(self):
        digest = make_due()
        database = Path(connection.settings_dict["NAME"])
        link = self.folder / "link"
        url = f"sqlite:///{link / database.name}"
        process = self.start_run_due("--every", "1", DATABASE_URL=url)
        self.assertIn("The database does not answer", self.next_line(process.stderr))
        link.symlink_to(database.parent)
        self.assertEqual(self.next_line(process.stdout), f"Published: {digest}\n")
