"""Files come into a directory and go from it all at once, whatever kind of directory it is."""

import errno
import itertools
import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

from django.test import SimpleTestCase
from django.utils import translation

from articles.posts.folder import MOVING, STAGE, ExportError, Folder

BEFORE = {"a.md": b"a", "in/b.md": b"b", "in/deep/c.md": b"c", "kept.md": b"kept"}
AFTER = {"a.md": b"A", "new/d.md": b"D", "in/b.md": b"B", "kept.md": b"kept"}

FULL = OSError(errno.ENOSPC, "No space left on device")
# What changes something on the disk.
STEPS = ((os, "link"), (Path, "mkdir"), (Path, "replace"), (Path, "unlink"), (Path, "rmdir"))


class Killed(BaseException):
    """The end of the process."""


@contextmanager
def failing_at(number, functions, error):
    """Raise at the so-manieth call of any of the functions, and only then."""
    calls = itertools.count(1)

    def made(works):
        def called(*arguments, **options):
            if next(calls) == number:
                raise error
            return works(*arguments, **options)

        return called

    with ExitStack() as stack:
        for owner, name in functions:
            stack.enter_context(patch.object(owner, name, made(getattr(owner, name))))
        yield


class FolderCase(SimpleTestCase):
    def setUp(self):
        self.enterContext(translation.override("en"))
        self.parent = Path(self.enterContext(tempfile.TemporaryDirectory())).resolve()
        self.root = self.parent / "copy"
        for name, data in BEFORE.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def export(self, root=None):
        with Folder(root or self.root) as folder:
            for name, data in AFTER.items():
                folder.write(name, data)
            folder.remove("in/deep/c.md")
        report = folder.report
        return (report.written, report.unchanged, report.removed)

    def files(self):
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in found}

    def assert_as_before(self):
        self.assertEqual(self.files(), BEFORE)
        self.assertFalse((self.root / STAGE).exists())
        self.assertFalse((self.root / "new").exists())


class FailingTests(FolderCase):
    def test_nothing_is_seen_until_the_end(self):
        with Folder(self.root) as folder:
            folder.write("a.md", b"A")
            folder.remove("kept.md")
            self.assertEqual((self.root / "a.md").read_bytes(), b"a")
            self.assertTrue((self.root / "kept.md").exists())
        self.assertEqual((self.root / "a.md").read_bytes(), b"A")
        self.assertFalse((self.root / "kept.md").exists())

    def test_full_disk_is_a_sentence_and_changes_nothing(self):
        for owner, name in ((os, "fsync"), (Path, "mkdir"), (Path, "replace")):
            for number in itertools.count(1):
                with failing_at(number, [(owner, name)], FULL):
                    if self.exports():
                        break
                self.assert_as_before()
            self.assertGreater(number, 3, name)
            self.assertEqual(self.files(), AFTER)
            self.setUp()

    def exports(self):
        try:
            self.export()
        except ExportError as refusal:
            self.assertIn("copy cannot be written to: No space left", str(refusal))
            return False
        return True

    def test_killed_at_any_step_and_the_next_one_as_well(self):
        for number in itertools.count(1):
            if not self.is_killed_at(number):
                break
            left = self.parent / "left"
            shutil.copytree(self.root, left, symlinks=True)
            for second in itertools.count(1):
                with failing_at(second, STEPS, Killed):
                    was_killed = self.undo_is_killed()
                self.start_of_a_failing_export()
                self.assert_as_before()
                shutil.rmtree(self.root)
                shutil.copytree(left, self.root, symlinks=True)
                if not was_killed:
                    break
            self.assertEqual(self.export()[0], 3)
            self.assertEqual(self.files(), AFTER)
            shutil.rmtree(left)
            self.setUp()
        self.assertGreater(number, 15)

    def is_killed_at(self, number):
        """Export and stop at a step, with all that is on the disk then."""
        with failing_at(number, STEPS, Killed), patch.object(Folder, "_clear"):
            try:
                self.export()
            except Killed:
                return True
        return False

    def undo_is_killed(self):
        try:
            with Folder(self.root):
                pass
        except Killed:
            return True
        return False

    def start_of_a_failing_export(self):
        with self.assertRaises(KeyError), Folder(self.root) as folder:
            folder.write("a.md", b"half")
            raise KeyError

    def test_list_of_moves_that_somebody_made_up_removes_nothing_outside(self):
        (self.parent / "mine.txt").write_text("mine")
        (self.root / STAGE).mkdir()
        (self.root / STAGE / MOVING).write_text("../mine.txt\n" + str(self.parent / "mine.txt"))
        self.export()
        self.assertTrue((self.parent / "mine.txt").exists())
        self.assertEqual(self.files(), AFTER)

    def test_what_a_run_of_an_older_version_left_goes_away(self):
        (self.root / STAGE).write_text("half a fi")
        self.export()
        self.assertEqual(self.files(), AFTER)


class DirectoryTests(FolderCase):
    def test_same_files_touch_nothing(self):
        self.assertEqual(self.export(), (3, 1, 1))
        before = {path: path.stat().st_mtime_ns for path in (self.root, *self.root.rglob("*"))}
        self.assertEqual(self.export(), (0, 4, 0))
        after = {path: path.stat().st_mtime_ns for path in (self.root, *self.root.rglob("*"))}
        self.assertEqual(after, before)

    def test_nothing_is_made_beside_it_and_it_stays_the_same_directory(self):
        """It may be a mount point, and others may not let this process write beside it."""
        place = self.root.stat().st_ino
        with Folder(self.root) as folder:
            folder.write("a.md", b"A")
            self.assertEqual(list(self.parent.iterdir()), [self.root])
        self.assertEqual(self.root.stat().st_ino, place)

    def test_snapshot_of_hard_links_stays_as_it_was(self):
        snapshot = self.parent / "snapshot"
        shutil.copytree(self.root, snapshot, copy_function=os.link)
        self.export()
        self.assertEqual((snapshot / "a.md").read_bytes(), b"a")
        self.assertEqual((snapshot / "in/deep/c.md").read_bytes(), b"c")
        self.assertTrue((snapshot / "kept.md").samefile(self.root / "kept.md"))

    def test_file_system_without_links_has_copies_to_go_back_to(self):
        refused = OSError(errno.EPERM, "Operation not permitted")
        with patch("os.link", side_effect=refused):
            with failing_at(2, [(Path, "unlink")], FULL), self.assertRaises(ExportError):
                self.export()
            self.assert_as_before()
            self.export()
        self.assertEqual(self.files(), AFTER)

    def test_link_to_a_directory_stays_one_and_may_lead_elsewhere_meanwhile(self):
        link, other = self.parent / "current", self.parent / "other"
        link.symlink_to("copy")
        other.mkdir()
        with Folder(link) as folder:
            folder.write("a.md", b"A")
            link.unlink()
            link.symlink_to("other")
        self.assertTrue(link.is_symlink())
        self.assertEqual((self.root / "a.md").read_bytes(), b"A")
        self.assertEqual(list(other.iterdir()), [])

    def test_link_in_place_of_a_file_is_replaced_and_comes_back(self):
        (self.root / "a.md").unlink()
        (self.root / "a.md").symlink_to("kept.md")
        with failing_at(1, [(Path, "rmdir")], Killed), self.assertRaises(Killed):
            self.export()
        self.assertEqual((self.root / "a.md").readlink(), Path("kept.md"))
        self.export()
        self.assertFalse((self.root / "a.md").is_symlink())
        self.assertEqual(self.files(), AFTER)

    def test_directory_in_place_of_a_file_is_a_sentence_and_the_other_way_round(self):
        (self.root / "new").write_bytes(b"")
        with self.assertRaisesMessage(ExportError, "cannot be written to"):
            self.export()
        (self.root / "new").unlink()
        self.assert_as_before()
        (self.root / "new/d.md").mkdir(parents=True)
        with self.assertRaisesMessage(ExportError, "cannot be written to"):
            self.export()
        self.assertEqual(self.files(), BEFORE)
        self.assertTrue((self.root / "new/d.md").is_dir())
