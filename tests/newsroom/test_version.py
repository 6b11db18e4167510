"""One number for a release: in the code, in pyproject.toml and in the changelog."""

import datetime as dt
import re
import tomllib
from itertools import pairwise
from pathlib import Path

from django.test import SimpleTestCase
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import newsroom

ROOT = Path(__file__).parents[2]
HEADING = re.compile(r"^## (.*)$", re.M)
RELEASE = re.compile(r"(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)")


def releases():
    """The numbers and dates of the changelog's sections below the first one."""
    for heading in HEADING.findall((ROOT / "CHANGELOG.md").read_text())[1:]:
        number, day = RELEASE.fullmatch(heading).groups()
        yield Version(number), dt.date.fromisoformat(day)


class VersionTests(SimpleTestCase):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def test_pyproject_has_the_number_of_the_code(self):
        self.assertEqual(self.project["version"], newsroom.__version__)

    def test_changelog_begins_with_what_is_not_released(self):
        headings = HEADING.findall((ROOT / "CHANGELOG.md").read_text())
        self.assertEqual(headings[0], "Unreleased")

    def test_newest_release_of_the_changelog_is_this_one(self):
        newest, _day = next(releases())
        self.assertEqual(str(newest), newsroom.__version__)

    def test_changelog_goes_from_the_newest_release_to_the_oldest(self):
        told = list(releases())
        self.assertGreater(len(told), 1)
        for newer, older in pairwise(told):
            with self.subTest(str(newer[0])):
                self.assertGreater(newer[0], older[0])
                self.assertGreaterEqual(newer[1], older[1])

    def test_oldest_python_is_that_of_make(self):
        (found,) = set(re.findall(r"version_info < \(3, (11)\)", (ROOT / "Makefile").read_text()))
        wanted = SpecifierSet(self.project["requires-python"])
        self.assertIn(f"3.{found}", wanted)
        self.assertNotIn(f"3.{int(found) - 1}", wanted)
