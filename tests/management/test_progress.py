"""Long commands show on a terminal how far they are, and write nothing of it into files."""

import io
from unittest import mock

from django.core.management import call_command
from django.test import SimpleTestCase, TestCase

from articles.management.progress import Progress
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


class CommandTests(TestCase):
    def test_the_search_index_shows_how_far_it_is(self):
        make_digest("2026-01-03")
        make_digest("2026-01-04")
        with mock.patch("sys.stderr", Terminal()) as stream:
            call_command("rebuild_search", stdout=io.StringIO())
        self.assertIn("2/2", stream.getvalue())
