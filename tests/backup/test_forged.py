"""A backup that somebody made up: refused in a sentence, at little cost, leaving nothing."""

import contextlib
import hashlib
import io
import json
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import SimpleTestCase
from django.utils import timezone, translation

from articles.backup import archive, creating
from articles.backup.archive import MANIFEST, Refused
from articles.changes import months
from articles.models import Digest, HubPing
from tests.backup.sites import SiteTestCase, new_database, site_of
from tests.support.factories import make_article, make_digest

DIGESTS = "tables/articles.digest.jsonl"
TAGS = "tables/articles.tag.jsonl"
HUBS = "tables/articles.hubping.jsonl"


def forge(path, change, *, packed=zipfile.ZIP_DEFLATED):
    """Write a backup again with `change` made to its manifest and its other parts, and checksums
    that are right."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(parts.pop(MANIFEST))
    change(manifest, parts)
    for name, data in parts.items():
        manifest["parts"][name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in parts.items():
            kind = packed if name.startswith("tables/") else zipfile.ZIP_STORED
            new.writestr(name, data, compress_type=kind)
        new.writestr(MANIFEST, json.dumps(manifest))


class BombTests(SimpleTestCase):
    def test_manifest_that_unpacks_to_very_much_is_refused_unread(self):
        file = io.BytesIO()
        with (
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb,
            bomb.open(MANIFEST, "w") as part,
        ):
            for _number in range(200):
                part.write(b" " * archive.BLOCK)
        path = self.enterContext(_on_disk(file))
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        with translation.override("en"), self.assertRaisesMessage(Refused, "at manifest.json:"):
            archive.Archive(path)
        self.assertLess(tracemalloc.get_traced_memory()[1], 8 * archive.BLOCK)

    def test_packing_whose_memory_has_no_bound_is_refused(self):
        for packing in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            file = io.BytesIO()
            parts = {"tables/a.jsonl": b"[]\n"}
            listed = {
                name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in parts.items()
            }
            with zipfile.ZipFile(file, "w") as forged:
                forged.writestr("tables/a.jsonl", b"[]\n", compress_type=packing)
                forged.writestr(MANIFEST, json.dumps({"format": 1, "parts": listed}))
            path = self.enterContext(_on_disk(file))
            with (
                self.subTest(packing=packing),
                translation.override("en"),
                self.assertRaisesMessage(Refused, "at tables/a.jsonl: it is packed in a way"),
                archive.Archive(path) as opened,
            ):
                opened.check()

    def test_packed_upload_is_refused(self):
        """Uploads are never packed, so that they take no more room than the file has."""
        file = io.BytesIO()
        data = bytes(100_000)
        listed = {"media/a.png": {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}}
        with zipfile.ZipFile(file, "w") as forged:
            forged.writestr("media/a.png", data, compress_type=zipfile.ZIP_DEFLATED)
            forged.writestr(MANIFEST, json.dumps({"format": 1, "parts": listed}))
        path = self.enterContext(_on_disk(file))
        with (
            translation.override("en"),
            self.assertRaisesMessage(Refused, "at media/a.png: it is packed in a way"),
            archive.Archive(path) as opened,
        ):
            opened.check()


class ForgedTests(SiteTestCase):
    def setUp(self):
        super().setUp()
        self.enterContext(translation.override("en"))
        make_article(make_digest("2026-01-03"), tags=["로봇"])
        moment = timezone.now()
        ping = {"queued_at": moment, "next_at": moment}
        HubPing.objects.create(hub="https://hub.example/", topic="https://news.example/f", **ping)
        (self.media / "chart.png").write_bytes(b"\x89PNG")
        creating.create(self.file)
        self.whole = self.file.read_bytes()
        (self.media / "chart.png").unlink()
        self.database = self.enterContext(new_database(connection.vendor))

    def refusal(self, change, **options):
        """What `restore` says to the forged backup, having left nothing; `verify_backup`, which
        puts it beside the live site, says the same."""
        self.file.write_bytes(self.whole)
        forge(self.file, change, **options)
        verified = self.refusal_of_verify()
        with site_of(self.database):
            with self.assertRaises(CommandError) as caught:
                call_command("restore", self.file)
            self.assertEqual(connection.introspection.table_names(), [])
        self.assertEqual(list(self.media.iterdir()), [])
        self.assertEqual(verified, str(caught.exception))
        return verified

    def refusal_of_verify(self):
        with self.assertRaises(CommandError) as told:
            call_command("verify_backup", self.file, verbosity=0)
        return str(told.exception)

    def in_row(self, part, **values):
        """A change of one table: the first row gets these values."""

        def change(manifest, parts):
            names, first, *rest = map(json.loads, parts[part].splitlines())
            for name, value in values.items():
                first[names.index(name)] = value
            parts[part] = b"".join(
                json.dumps(row).encode() + b"\n" for row in (names, first, *rest)
            )

        return change

    def test_months_are_counted_again(self):
        forge(self.file, self.in_row("tables/articles.month.jsonl", digests=7))
        with site_of(self.database):
            call_command("restore", self.file, verbosity=0)
            self.assertEqual([month.digests for month in months.public()], [1])

    def test_what_was_not_forged_is_restored(self):
        forge(self.file, lambda manifest, parts: None)
        with site_of(self.database):
            call_command("restore", self.file, verbosity=0)
            self.assertEqual(Digest.objects.count(), 1)

    # Refused before any row goes to the database, as are the next two.
    @pytest.mark.one_engine
    def test_manifest_of_another_shape_is_refused(self):
        for name, value in {
            "tables": [],
            "migrations": {"articles": 5},
            "created_at": None,
            "site": {},
            "engine": 3,
        }.items():
            for change in (
                lambda manifest, parts, name=name, value=value: manifest.update({name: value}),
                lambda manifest, parts, name=name: manifest.pop(name),
            ):
                with self.subTest(name=name):
                    self.assertIn("damaged at manifest.json:", self.refusal(change))

    @pytest.mark.one_engine
    def test_table_that_the_manifest_does_not_count_is_refused(self):
        for change in (
            lambda manifest, parts: manifest["tables"].pop("articles.digest"),
            lambda manifest, parts: manifest["tables"].update({"articles.digest": {"rows": "x"}}),
            lambda manifest, parts: manifest["tables"]["articles.digest"].update(last_key=2**70),
        ):
            self.assertIn("damaged at manifest.json:", self.refusal(change))

    @pytest.mark.one_engine
    def test_rows_that_are_no_rows_are_refused_with_their_part_and_line(self):
        head, row, *_rest = self.part(DIGESTS).splitlines(keepends=True)
        for data, line in {
            b"": 1,
            b"\n": 1,
            b"5\n": 1,
            b'["nonsense"]\n[1]\n': 1,
            b'["id","id"]\n[1,1]\n': 1,
            head + b"[1]\n": 2,
            head + b"{}\n": 2,
            head + b"[" * 100_000 + b"\n": 2,
            head + row + b"\xff\n": 3,
            head + row.replace(b'"2026-01-03"', b'"tomorrow"'): 2,
            head + row.replace(b'"2026-01-03"', b'{"a":1}'): 2,
            head + row.replace(b'"2026-01-03"', b'"\\ud800"'): 2,
        }.items():
            with self.subTest(data=data[:60]):
                said = self.refusal(
                    lambda manifest, parts, data=data: parts.update({DIGESTS: data})
                )
                self.assertIn(f"{DIGESTS}, line {line}:", said)

    def part(self, name):
        with zipfile.ZipFile(self.file) as whole:
            return whole.read(name)

    def test_values_that_the_database_cannot_hold_are_refused(self):
        for values in ({"id": 10**30}, {"title": "a\x00b"}, {"version": -(10**30)}):
            with self.subTest(values=values):
                said = self.refusal(self.in_row(DIGESTS, **values))
                self.assertRegex(said, rf"{DIGESTS}|does not take the backup")

    # By rules in Python; what an engine refuses by itself is below.
    @pytest.mark.one_engine
    def test_row_that_no_form_would_take_is_refused_in_words(self):
        for part, field, value in (
            (TAGS, "slug", "a/b"),
            (TAGS, "slug", ".."),
            ("tables/articles.article.jsonl", "slug", "x/../../y"),
            (HUBS, "hub", "javascript:alert(1)"),
            (HUBS, "topic", "javascript:alert(1)"),
            ("tables/articles.citation.jsonl", "url", "http://a b"),
            ("tables/articles.article.jsonl", "other", {"a": 1}),
            (DIGESTS, "date", "9999-12-31"),
        ):
            with self.subTest(part=part, field=field):
                said = self.refusal(self.in_row(part, **{field: value}))
                self.assertRegex(said, rf"{part}, .*{field}:")

    def test_row_that_the_database_does_not_take_is_refused_in_words(self):
        for part, field, value in (
            ("tables/articles.citation.jsonl", "url", "javascript:alert(1)"),
            (DIGESTS, "language", "xx"),
        ):
            with self.subTest(part=part, field=field):
                said = self.refusal(self.in_row(part, **{field: value}))
                self.assertIn("The database does not take the backup:", said)

    def test_parts_that_cannot_be_files_beside_each_other_leave_nothing(self):
        def change(manifest, parts):
            parts |= {"media/x": b"1", "media/x/y": b"2"}

        self.assertIn("at media/x: it is both a file and a folder", self.refusal(change))

    def test_name_that_no_file_can_have_is_refused(self):
        forge(self.file, lambda manifest, parts: parts.update({f"media/{'x' * 300}": b"1"}))
        self.assertIn("cannot be read: File name too long", self.refusal_of_verify())
        with site_of(self.database), self.assertRaises(CommandError) as caught:
            call_command("restore", self.file)
        self.assertIn("The uploaded files cannot be written:", str(caught.exception))

    def test_nobody_gets_an_account_by_a_refused_backup(self):
        users = get_user_model().objects.count()
        self.refusal(self.in_row(TAGS, slug="a/b"))
        self.assertEqual(get_user_model().objects.count(), users)


@contextlib.contextmanager
def _on_disk(file):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "forged.zip")
        path.write_bytes(file.getvalue())
        yield path
