"""What is installed is what was pinned, with hashes, and has none of the holes known here."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.test import SimpleTestCase
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
LISTS = ("requirements", "requirements-dev", "requirements-next", "requirements-tools")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pinned(name):
    """The requirements of a list with the number of their hashes."""
    text = (ROOT / f"{name}.txt").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]
    return [(Requirement(line.split("--hash")[0]), len(HASH.findall(line))) for line in lines]


def versions(name):
    """The pinned versions by the name of the package, for Pythons and systems like this one."""
    here = [requirement for requirement, _hashes in pinned(name) if applies(requirement)]
    return {canonicalize_name(r.name): str(r.specifier).removeprefix("==") for r in here}


def applies(requirement):
    return requirement.marker is None or requirement.marker.evaluate()


def wanted(name):
    """What a list by hand names, that of what it includes among it."""
    for line in (ROOT / f"{name}.in").read_text().splitlines():
        if line.startswith("-r "):
            yield from wanted(line.removeprefix("-r ").removesuffix(".in"))
        elif line and line[0] != "#":
            yield Requirement(line)


class PinTests(SimpleTestCase):
    def test_everything_is_pinned_with_the_hashes_of_its_files(self):
        for name in LISTS:
            for requirement, hashes in pinned(name):
                with self.subTest(f"{name}: {requirement.name}"):
                    self.assertRegex(str(requirement.specifier), r"^==[0-9][0-9a-z.]*$")
                    self.assertGreater(hashes, 0)
                    self.assertIsNone(requirement.url)

    def test_no_list_says_where_to_get_packages(self):
        for name in LISTS:
            for ending in ("in", "txt"):
                with self.subTest(f"{name}.{ending}"):
                    text = (ROOT / f"{name}.{ending}").read_text()
                    self.assertNotRegex(text, r"://|--(extra-)?index|--find-links|--trusted")

    def test_lists_by_hand_are_pinned_as_they_say(self):
        for name in LISTS:
            found = versions(name)
            for requirement in wanted(name):
                with self.subTest(f"{name}: {requirement.name}"):
                    chosen = found[canonicalize_name(requirement.name)]
                    self.assertIn(chosen, requirement.specifier)

    def test_tests_run_with_what_runs_the_site(self):
        tested = versions("requirements-dev")
        for package, chosen in versions("requirements").items():
            with self.subTest(package):
                self.assertEqual(tested[package], chosen)

    def test_the_newest_django_is_tested_with_what_runs_the_site(self):
        """Its list differs from that of the other tests in Django alone."""
        (newest,) = wanted("requirements-next")
        self.assertEqual(canonicalize_name(newest.name), "django")
        usual = {}
        for requirement, _hashes in pinned("requirements-dev"):
            usual.setdefault(requirement.name, set()).add(str(requirement.specifier))
        for requirement, _hashes in pinned("requirements-next"):
            with self.subTest(requirement.name):
                chosen = str(requirement.specifier)
                if requirement.name == "django":
                    self.assertEqual(requirement.specifier, newest.specifier)
                    self.assertNotIn(chosen, usual["django"])
                else:
                    self.assertIn(chosen, usual[requirement.name])

    def test_what_is_installed_here_is_what_is_pinned(self):
        for package, chosen in versions(list_of_this_run()).items():
            with self.subTest(package):
                self.assertEqual(installed(package), chosen)


class FloorTests(SimpleTestCase):
    """Holes that were known when a version was chosen do not come back with an older one."""

    floors = tomllib.loads((ROOT / "requirements-floors.toml").read_text())

    def test_no_pin_is_below_a_version_with_a_known_hole(self):
        for name in ("requirements", "requirements-dev", "requirements-next"):
            found = versions(name)
            for package, floor in self.floors.items():
                with self.subTest(f"{name}: {package}, {floor['advisory']}"):
                    self.assertGreaterEqual(Version(found[package]), Version(floor["minimum"]))

    def test_every_floor_names_what_demands_it(self):
        for package, floor in self.floors.items():
            with self.subTest(package):
                self.assertRegex(
                    floor["advisory"], r"^(CVE-\d{4}-\d+|GHSA(-\w{4}){3}|PYSEC-[\d-]+)$"
                )
                self.assertTrue(floor["hole"])


def list_of_this_run():
    """The list that this environment was made from; Django's version tells which one."""
    is_next = installed("django") == versions("requirements-next")["django"]
    return "requirements-next" if is_next else "requirements-dev"


def installed(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return None
