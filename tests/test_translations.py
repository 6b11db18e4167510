"""The Korean catalogue is whole: every string of the code is in it, translated, and compiled."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import skipUnless

import polib
from django.test import SimpleTestCase

ROOT = Path(__file__).parent.parent
CATALOGUE = Path("locale/ko/LC_MESSAGES/django.po")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]")


def entries(catalogue):
    return {
        (entry.msgctxt, entry.msgid): (entry.msgstr, tuple(entry.msgstr_plural.values()))
        for entry in catalogue
        if not entry.obsolete
    }


class CatalogueTests(SimpleTestCase):
    def setUp(self):
        self.catalogue = polib.pofile(str(ROOT / CATALOGUE))

    def test_everything_is_translated(self):
        self.assertEqual([entry.msgid for entry in self.catalogue.untranslated_entries()], [])
        self.assertEqual([entry.msgid for entry in self.catalogue.fuzzy_entries()], [])
        self.assertEqual([entry.msgid for entry in self.catalogue.obsolete_entries()], [])

    def test_placeholders_survive_translation(self):
        for entry in self.catalogue:
            for translation in [entry.msgstr, *entry.msgstr_plural.values()]:
                if not translation:
                    continue
                with self.subTest(entry.msgid):
                    original = entry.msgid_plural or entry.msgid
                    self.assertEqual(
                        sorted(PLACEHOLDER.findall(translation)),
                        sorted(PLACEHOLDER.findall(original)),
                    )

    def test_compiled_catalogue_is_current(self):
        compiled = polib.mofile(str((ROOT / CATALOGUE).with_suffix(".mo")))
        self.assertEqual(entries(compiled), entries(self.catalogue))

    @skipUnless(
        shutil.which("xgettext") or os.environ.get("CI"),
        "GNU gettext is not installed: apt-get install gettext",
    )
    def test_every_string_of_the_code_is_in_the_catalogue(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder)
            for name in ("articles", "newsroom", "templates", "locale"):
                shutil.copytree(ROOT / name, copy / name)
            subprocess.run(
                [sys.executable, "-m", "django", "makemessages", "-l", "ko", "--no-location"],
                cwd=copy,
                env={"PATH": os.environ["PATH"]},  # without this run's settings
                check=True,
                capture_output=True,
            )
            found = polib.pofile(str(copy / CATALOGUE))
        self.assertEqual(set(entries(found)) - set(entries(self.catalogue)), set())
        self.assertEqual([entry.msgid for entry in found.obsolete_entries()], [])
