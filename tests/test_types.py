"""The rooms whose functions say their types stay so: what mypy is told, and what it passes over."""

import re
import tomllib
from pathlib import Path

from django.test import SimpleTestCase

ROOT = Path(__file__).parent.parent
ROOMS = (
    *("rules", "document", "recognising", "preflight", "search", "digests", "posts/pushes"),
    *("mail", "notices", "inbox"),
)
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
# Settings that refuse a function without types, and errors passed over for no reason.
STRICT = (
    "disallow_untyped_defs",
    "disallow_incomplete_defs",
    "disallow_any_generics",
    "warn_unused_ignores",
)
IGNORE = re.compile(r"# type: *ignore.*")
IGNORE_WITH_REASON = re.compile(r"# type: ignore\[[a-z-]+\]  # \w.*")


class TypeTests(SimpleTestCase):
    def test_lint_asks_for_the_types_of_these_rooms(self):
        self.assertEqual(SETTINGS["files"], [f"articles/{room}" for room in ROOMS])
        self.assertRegex((ROOT / "Makefile").read_text(), r"(?m)^\t\$\(BIN\)/python -m mypy$")

    def test_a_function_without_types_is_refused_everywhere_in_them(self):
        for name in STRICT:
            with self.subTest(name):
                self.assertIs(SETTINGS[name], True)
        for override in SETTINGS["overrides"]:
            with self.subTest(override["module"]):
                self.assertEqual(override.keys(), {"module", "ignore_missing_imports"})
                self.assertNotIn("articles", " ".join(override["module"]))

    def test_an_error_is_passed_over_by_its_code_and_for_a_reason(self):
        for room in ROOMS:
            for path in (ROOT / "articles" / room).rglob("*.py"):
                text = path.read_text()
                self.assertNotRegex(text, r"# mypy:|no_type_check")
                for found in IGNORE.findall(text):
                    with self.subTest(f"{path.relative_to(ROOT)}: {found}"):
                        self.assertRegex(found, f"^{IGNORE_WITH_REASON.pattern}$")
