"""GitHub's workflow: what it may do, whose code it runs, and that it names what is here."""

import re
from pathlib import Path

import yaml
from django.test import SimpleTestCase

ROOT = Path(__file__).parent.parent
PATH = ROOT / ".github/workflows/test.yml"
# Packages whose programs GitHub's machines have; the browser is Chrome, with its windows. The test
# that looks at Korean is not run there.
THERE = {"npm", "chromium-headless-shell", "git", "make", "systemd", "fonts-noto-cjk"}
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def lines_with(key):
    """The values of a key, as they are written, comments among them."""
    return re.findall(rf"^[ -]*{key}: (.*)$", PATH.read_text(), re.M)


def series(name):
    """The series of Django, such as 5.2, that a list by hand names."""
    return re.search(r"^Django==(\d+\.\d+)\.", (ROOT / f"{name}.in").read_text(), re.M)[1]


class WorkflowTests(SimpleTestCase):
    text = PATH.read_text()
    workflow = yaml.safe_load(text)

    def matrix(self):
        return self.workflow["jobs"]["test"]["strategy"]["matrix"]["include"]

    def test_it_may_read_the_repository_and_nothing_else(self):
        self.assertEqual(self.workflow["permissions"], {"contents": "read"})
        self.assertEqual(self.text.count("permissions:"), 1)
        self.assertNotIn("pull_request_target", self.text)
        self.assertNotIn("secrets.", self.text)

    def test_actions_are_pinned_by_commit_with_their_version(self):
        used = lines_with("uses")
        self.assertGreater(len(used), 0)
        for action in used:
            with self.subTest(action):
                self.assertRegex(action, rf"^{PINNED.pattern}$")

    def test_no_checkout_leaves_its_token_behind(self):
        checkouts = self.text.count("actions/checkout@")
        self.assertEqual(self.text.count("persist-credentials: false"), checkouts)

    def test_both_djangos_run_on_their_oldest_and_on_the_newest_python(self):
        found = {}
        for job in self.matrix():
            found.setdefault(job["django"], []).append(job["python"])
        lts, newest = series("requirements"), series("requirements-next")
        self.assertEqual(found, {lts: ["3.11", "3.14"], newest: ["3.12", "3.14"]})

    def test_the_newest_django_is_tested_by_its_own_target(self):
        for job in self.matrix():
            is_next = job["django"] == series("requirements-next")
            with self.subTest(job["django"], python=job["python"]):
                self.assertEqual("test-next" in job["targets"].split(), is_next)

    def test_every_target_exists(self):
        known = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)[1].split()
        commands = [run for run in lines_with("run") if run.startswith("make PYTHON=python ")]
        told = " ".join(command.removeprefix("make PYTHON=python ") for command in commands)
        told = told.replace("${{ matrix.targets }}", " ".join(j["targets"] for j in self.matrix()))
        self.assertLessEqual({"lint", "audit", "test-browser", "test-next"}, set(told.split()))
        self.assertEqual(set(told.split()) - set(known), set())

    def test_it_installs_what_ci_installs(self):
        """But for what GitHub's machines have."""
        script = (ROOT / ".ci/run").read_text()
        needed = re.findall(r"^readonly NEEDED\w*=\((.*?)\)", script, re.M | re.S)
        packages = {pair.split(":")[1] for pair in " ".join(needed).split()} - THERE
        text = self.text.replace("\\\n", " ")
        [installs] = re.findall(r"apt-get install (.*)$", text, re.M)
        self.assertLessEqual(packages, set(installs.split()))
