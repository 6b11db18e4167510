"""Long commands show on a terminal how far they are, and write nothing of it into files."""

import io
import re
import secrets
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase, override_settings

from articles.management.progress import Progress
from articles.posts.exporting import FORMATS
from articles.posts.folder import ExportError
from tests.support.factories import make_digest


class Terminal(io.StringIO):
    def isatty(self):
        return True


class ProgressTests(SimpleTestCase):
    def shown(self, stream, *, is_quiet=False):
        with mock.patch("sys.stderr", stream):
            progress = Progress(is_quiet=is_quiet)
            progress.show(3)
            progress.show(1, 2)
            progress.show(2, 2)
        return stream.getvalue()

    def test_a_terminal_gets_a_count_or_a_bar_and_a_file_nothing(self):
        text = self.shown(Terminal())
        self.assertIn("3 …", text)
        self.assertIn(f"{'█' * 15}{'░' * 15} 1/2", text)
        self.assertTrue(text.endswith("2/2\n"))
        self.assertEqual(self.shown(io.StringIO()), "")
        self.assertEqual(self.shown(Terminal(), is_quiet=True), "")


def bars(text):
    """The ends of the bars that were shown, in order: how much each was about."""
    return [int(total) for done, total in re.findall(r"(\d+)/(\d+)\n", text) if done == total]


class ShownCase(SimpleTestCase):
    def shown(self, *command, stream=None, **options):
        """What a command writes to a terminal of how far it is."""
        with mock.patch("sys.stderr", stream or Terminal()) as stream:
            call_command(*command, stdout=io.StringIO(), **options)
        return stream.getvalue()

    def assertSilentElsewhere(self, *command):
        """Without a word on a terminal with --verbosity 0, and in a file."""
        self.assertEqual(self.shown(*command, verbosity=0), "")
        self.assertEqual(self.shown(*command, stream=io.StringIO()), "")


# The counts are made in Python, while the commands are tested on both engines.
@pytest.mark.one_engine
class CommandTests(ShownCase, TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        make_digest("2026-01-03")
        make_digest("2026-01-04")

    def test_the_search_index_shows_how_far_it_is(self):
        self.assertEqual(bars(self.shown("rebuild_search")), [2])

    def test_an_export_shows_how_many_digests_are_done(self):
        for name in ("markdown", "json"):
            with self.subTest(name):
                command = ("export_posts", self.folder / name, f"--format={name}")
                self.assertEqual(bars(self.shown(*command)), [2])
                self.assertSilentElsewhere(*command)

    def test_an_export_of_a_range_counts_what_is_in_it(self):
        command = ("export_posts", self.folder, "--from=2026-01-04", "--to=2026-02-01")
        self.assertEqual(bars(self.shown(*command)), [1])

    def test_a_copy_of_the_site_shows_how_many_pages_are_done(self):
        command = ("export_posts", self.folder, "--format=html")
        [pages] = bars(self.shown(*command))
        self.assertGreater(pages, 10)
        self.assertSilentElsewhere(*command)

    def test_a_failure_does_not_stand_behind_the_bar(self):
        data = mock.Mock(side_effect=[b"1", ExportError("full")])
        broken = replace(FORMATS["markdown"], data=data)
        with (
            mock.patch("sys.stderr", Terminal()) as stream,
            mock.patch.dict(FORMATS, markdown=broken),
            self.assertRaises(CommandError),
        ):
            call_command("export_posts", self.folder, stdout=io.StringIO())
        self.assertTrue(stream.getvalue().endswith(" 1/2\r\033[K"), stream.getvalue())

    def test_static_files_are_counted(self):
        def prepared(stream, **options):
            with override_settings(STATIC_ROOT=self.folder / secrets.token_hex(4)):
                settings.STATIC_ROOT.mkdir()
                return self.shown("prepare", static_only=True, stream=stream, **options)

        self.assertRegex(prepared(Terminal()), r"K1 ….*K1\d\d …")
        self.assertEqual(prepared(Terminal(), verbosity=0), "")
        self.assertEqual(prepared(io.StringIO()), "")
