"""The Korean catalogues are whole: every string of the code, translated and compiled, and our words
for sentences of Django and of other packages."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import skipUnless

import django
import polib
import taggit
from django.conf import settings
from django.test import SimpleTestCase
from django.utils import translation

ROOT = Path(__file__).parent.parent
CATALOGUE = Path("locale/ko/LC_MESSAGES/django.po")
BORROWED = [Path("locale/borrowed/ko/LC_MESSAGES") / name for name in ("django.po", "djangojs.po")]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]")


def entries(catalogue):
    return {
        (entry.msgctxt, entry.msgid): (entry.msgstr, tuple(entry.msgstr_plural.values()))
        for entry in catalogue
        if not entry.obsolete
    }


def lent(name):
    """The (context, sentence) pairs that Django and taggit have translated or could translate."""
    django_at = Path(django.__file__).parent
    packages = [django_at / "conf", *django_at.glob("contrib/*"), Path(taggit.__file__).parent]
    catalogues = [place / "locale/en/LC_MESSAGES" / name for place in packages]
    found = [polib.pofile(str(path)) for path in catalogues if path.exists()]
    return {(entry.msgctxt, entry.msgid) for catalogue in found for entry in catalogue}


def korean(catalogue):
    for entry in catalogue:
        for text in (entry.msgstr, *entry.msgstr_plural.values()):
            yield entry, text


class BorrowedTests(SimpleTestCase):
    """Django's own Korean comes from a dictionary: “성공적으로 추가되었습니다”."""

    def test_each_is_a_sentence_of_the_package_with_its_placeholders(self):
        for path in BORROWED:
            known = lent(path.name)
            for entry, text in korean(polib.pofile(str(ROOT / path))):
                if text:
                    with self.subTest(entry.msgid):
                        self.assertIn((entry.msgctxt, entry.msgid), known)
                        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
                        self.assertEqual(set(PLACEHOLDER.findall(text)), wanted)

    def test_compiled_catalogues_are_current(self):
        for path in BORROWED:
            compiled = polib.mofile(str((ROOT / path).with_suffix(".mo")))
            self.assertEqual(entries(compiled), entries(polib.pofile(str(ROOT / path))), path)

    def test_they_win_over_the_catalogues_of_the_packages(self):
        self.assertEqual(settings.LOCALE_PATHS, [ROOT / "locale", ROOT / "locale/borrowed"])
        found = polib.pofile(str(ROOT / BORROWED[0])).find("Start typing to filter…")
        with translation.override("ko"):
            self.assertEqual(translation.gettext(found.msgid), "메뉴 찾기")

    def test_everything_is_asked_for_in_one_tone(self):
        """…하세요, never …하십시오; “요약”, never “요점”, for what stands below a headline."""
        for path in (CATALOGUE, *BORROWED):
            for entry, text in korean(polib.pofile(str(ROOT / path))):
                with self.subTest(entry.msgid):
                    self.assertNotRegex(text, "십시오|시기 바랍니다|요점|댓글|성공적으로")


class CatalogueTests(SimpleTestCase):
    def setUp(self):
        self.catalogue = polib.pofile(str(ROOT / CATALOGUE))

    def test_everything_is_translated(self):
        self.assertEqual([entry.msgid for entry in self.catalogue.untranslated_entries()], [])
        self.assertEqual([entry.msgid for entry in self.catalogue.fuzzy_entries()], [])
        self.assertEqual([entry.msgid for entry in self.catalogue.obsolete_entries()], [])

    def test_placeholders_survive_translation(self):
        for entry, text in korean(self.catalogue):
            if text:
                with self.subTest(entry.msgid):
                    wanted = PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)
                    self.assertEqual(sorted(PLACEHOLDER.findall(text)), sorted(wanted))

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
