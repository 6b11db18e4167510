"""The file of a backup: whole or refused, with the name of what is wrong."""

import json
import stat
import tempfile
import zipfile
from pathlib import Path

from django.test import SimpleTestCase
from django.utils import translation

from articles.backup.archive import FORMAT, MANIFEST, Archive, Refused, written

PARTS = {"tables/a.jsonl": b"[1]\n" * 3000, "media/b.png": bytes(range(256)) * 8}


class ArchiveTestCase(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.folder / "backup.zip"
        self.enterContext(translation.override("en"))

    def write(self, **options):
        with written(self.file, **options) as writer:
            for name, data in PARTS.items():
                with writer.part(name, is_compressed=name.startswith("tables")) as part:
                    part.write(data)
            writer.finish({"created_at": "2026-01-03T00:00:00+00:00"})

    def rewrite(self, change):
        """Write the archive again with `change` made to its dictionary of names and bytes."""
        with zipfile.ZipFile(self.file) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        change(parts)
        with zipfile.ZipFile(self.file, "w") as new:
            for name, data in parts.items():
                new.writestr(name, data)

    def refusal(self):
        with self.assertRaises(Refused) as caught, Archive(self.file) as archive:
            archive.check()
        return str(caught.exception)


class WritingTests(ArchiveTestCase):
    def test_what_was_written_can_be_read(self):
        self.write()
        with Archive(self.file) as archive:
            archive.check()
            self.assertEqual(archive.names("media/"), ["media/b.png"])
            for name, data in PARTS.items():
                self.assertEqual(archive.open(name).read(), data)

    def test_only_its_owner_may_read_it(self):
        self.write()
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)

    def test_existing_file_is_replaced_only_by_force(self):
        self.file.write_text("older")
        with self.assertRaisesMessage(Refused, "backup.zip exists."):
            self.write()
        self.assertEqual(self.file.read_text(), "older")
        self.write(force=True)
        with Archive(self.file) as archive:
            archive.check()

    def test_file_that_appears_meanwhile_is_kept(self):
        with self.assertRaises(Refused), written(self.file) as writer:
            self.file.write_text("other")
            writer.finish({})
        self.assertEqual([p.name for p in self.folder.iterdir()], ["backup.zip"])
        self.assertEqual(self.file.read_text(), "other")

    def test_failure_leaves_nothing_behind(self):
        with self.assertRaises(ZeroDivisionError), written(self.file) as writer:
            with writer.part("tables/a.jsonl") as part:
                part.write(b"half")
            1 / 0  # noqa: B018 - anything that fails
        self.assertEqual(list(self.folder.iterdir()), [])


class DamageTests(ArchiveTestCase):
    def setUp(self):
        super().setUp()
        self.write()

    def test_truncated_file_is_refused_by_the_part_it_ends_in(self):
        data = self.file.read_bytes()
        starts = [data.index(name.encode()) for name in (*PARTS, MANIFEST)]
        directory = data.index(b"PK\1\2")
        for size, part in {
            0: "its beginning",
            starts[0] + 50: "tables/a.jsonl",
            starts[1] + 200: "media/b.png",
            starts[2] + 100: "manifest.json",
            directory + 10: "its table of contents",
            len(data) - 1: "its table of contents",
        }.items():
            with self.subTest(size=size):
                self.file.write_bytes(data[:size])
                self.assertIn(f"damaged at {part}:", self.refusal())

    def test_any_altered_byte_of_a_part_is_refused_by_its_name(self):
        data = self.file.read_bytes()
        with zipfile.ZipFile(self.file) as archive:
            infos = {info.filename: info for info in archive.infolist()}
        for name, info in infos.items():
            start = data.index(name.encode()) + len(name) + (20 if name in PARTS else 0)
            for offset in range(start, start + info.compress_size, 37):
                with self.subTest(name=name, offset=offset):
                    altered = bytearray(data)
                    altered[offset] ^= 0x41
                    self.file.write_bytes(altered)
                    self.assertIn(f"damaged at {name}:", self.refusal())

    def test_part_that_fits_its_checksum_but_not_the_manifest_is_refused(self):
        self.rewrite(lambda parts: parts.update({"tables/a.jsonl": b"[2]\n"}))
        self.assertIn("damaged at tables/a.jsonl: its SHA-256", self.refusal())

    def test_renamed_part_is_refused_by_name(self):
        self.rewrite(lambda parts: parts.update({"tables/c.jsonl": parts.pop("tables/a.jsonl")}))
        self.assertIn("damaged at tables/c.jsonl: it is not listed", self.refusal())

    def test_missing_part_is_refused_by_name(self):
        self.rewrite(lambda parts: parts.pop("media/b.png"))
        self.assertIn("damaged at media/b.png: it is missing", self.refusal())

    def test_missing_manifest_is_refused_by_name(self):
        self.rewrite(lambda parts: parts.pop(MANIFEST))
        self.assertIn("damaged at manifest.json:", self.refusal())

    def test_part_that_would_leave_its_folder_is_refused(self):
        def add(parts):
            manifest = json.loads(parts[MANIFEST])
            manifest["parts"]["media/../../x"] = {"size": 0, "sha256": ""}
            parts |= {"media/../../x": b"", MANIFEST: json.dumps(manifest).encode()}

        self.rewrite(add)
        self.assertIn("damaged at media/../../x:", self.refusal())

    def test_newer_format_is_refused(self):
        self.rewrite(lambda parts: parts.update({MANIFEST: b'{"format": 2, "parts": {}}'}))
        self.assertIn(f"has format 2, this version reads {FORMAT}.", self.refusal())

    def test_other_files_are_refused(self):
        self.file.write_text("Not a backup, but long enough to have something like a header in it.")
        self.assertIn("damaged at its beginning:", self.refusal())
        self.file.unlink()
        self.assertIn("cannot be read: No such file or directory.", self.refusal())
