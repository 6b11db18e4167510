"""The house rules that a machine can hold: rooms, sizes, one gate, one place for safe HTML."""

import ast
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import SimpleTestCase

ROOT = Path(__file__).parent.parent
APP = ROOT / "articles"
PUBLISHING = APP / "digests/publishing.py"

# The rooms from the ground up. A module imports from its own room or from one before it.
ROOMS = (
    *("newsroom.environment", "newsroom.keys", "newsroom.garbage", "newsroom"),
    *("rules", "outgoing", "fields", "querysets", "models", "changes", "search"),
    "pictures",
    *("document", "recognising", "preflight", "digests", "taxonomy", "storylines", "inbox"),
    *("pages", "login", "operations"),
    *("serving", "posts", "backup", "feeds", "api", "mail", "notices", "templatetags", "views"),
    *("admin.display", "admin.refusing", "admin.read_only", "admin.audited", "admin.permissions"),
    *("admin.widgets", "admin.fields", "admin.lists", "admin.form", "admin.press"),
    *("admin.reading", "admin.inbox"),
    *("admin.pushes", "admin.history", "admin.desk", "admin.routes", "admin.digest", "admin"),
    *("management", "urls", "apps"),
    *("newsroom.safety", "newsroom.settings", "newsroom.databases", "newsroom.commands"),
    *("newsroom.urls", "newsroom.apps", "newsroom.wsgi", "newsroom.run"),
)
PLACE = {name: place for place, name in enumerate(ROOMS)}
# Rooms with rooms of their own.
HOUSES = {"newsroom", "admin"}
# Rooms that the design has and that are still to be built.
TO_COME: set[str] = set()
MAX_NAMES = 32

OWN = ("articles", "newsroom")

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
MAX_TEMPLATE_LINES = 120
# Other people's packages that need much memory or time, and that few requests and commands need.
# They are imported where they are used.
SELDOM_USED = {"feedparser", "markdownify", "segno"}
FORBIDDEN_NAMES = {"utils", "helpers", "general", "common", "misc", "services"}


def modules():
    return sorted(path for path in APP.rglob("*.py") if path != APP / "__init__.py")


def own_modules():
    """Everything written by hand; migrations are written by makemigrations."""
    return [path for path in modules() if "migrations" not in path.parts]


@cache
def everything():
    """All modules with a room, by their dotted names."""
    paths = [*own_modules(), *(ROOT / "newsroom").rglob("*.py")]
    return {dotted(path): path for path in paths}


def dotted(path):
    """`articles/models/tag.py` is `articles.models.tag`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room(module):
    """`articles.models.tag` is in `models`, `articles.admin.form.saving` in `admin.form`."""
    top, *parts = module.split(".")
    parts = parts if top == "articles" else ["newsroom", *parts]
    return ".".join(parts[:2] if parts[0] in HOUSES else parts[:1])


def imported(module):
    """Modules of the project that a module imports, with the lines of the imports."""
    known = everything()
    for node in ast.walk(parse(known[module])):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OWN):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                is_package = node.module in ("articles", "articles.admin")
                yield (whole if whole in known or is_package else node.module), node.lineno
        elif isinstance(node, ast.Import):
            yield from (
                (alias.name, node.lineno) for alias in node.names if alias.name.startswith(OWN)
            )


def names_of_import(node):
    """The modules that a node of the syntax tree imports."""
    if isinstance(node, ast.ImportFrom):
        return [node.module or "."]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


@cache
def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


class RoomTests(SimpleTestCase):
    def test_every_module_has_a_room(self):
        self.assertEqual({room(module) for module in everything()}, set(ROOMS))

    def test_imports_point_downwards(self):
        for module, path in everything().items():
            for other, line in imported(module):
                with self.subTest(f"{path.relative_to(ROOT)}:{line} imports {other}"):
                    self.assertLessEqual(PLACE[room(other)], PLACE[room(module)])

    def test_the_top_of_the_house_is_seen_at_a_glance(self):
        names = {path.relative_to(APP).parts[0] for path in modules()}
        self.assertEqual({name.removesuffix(".py") for name in names} & TO_COME, set())
        self.assertLessEqual(len(names | TO_COME), MAX_NAMES)

    def test_contributors_are_shown_the_same_rooms_in_the_same_order(self):
        table = re.findall(r"^\| `([\w`/. ]+) \|", (ROOT / "CONTRIBUTING.md").read_text(), re.M)
        shown = [name.strip("`/") for names in table for name in names.split()]
        tops = [name for name in ROOMS if not name.startswith(("admin.", "newsroom"))]
        self.assertEqual(shown[::-1], tops)

    def test_imports_stand_at_the_top(self):
        for path in own_modules():
            if path == APP / "apps.py":
                continue  # ready() must import the checks when the models are loaded
            for node in ast.walk(parse(path)):
                if isinstance(node, ast.FunctionDef):
                    inner = {name for n in ast.walk(node) for name in names_of_import(n)}
                    with self.subTest(f"{path.relative_to(ROOT)}:{node.lineno}"):
                        self.assertLessEqual(inner, SELDOM_USED)

    def test_a_server_starts_without_what_is_seldom_used(self):
        code = "import sys, newsroom.wsgi; print(*sys.modules)"
        with TemporaryDirectory() as folder:
            environ = os.environ | {"SECRET_KEY": "s" * 50, "DATA_DIR": folder}
            command = [sys.executable, "-W", "ignore", "-c", code]
            loaded = subprocess.check_output(command, cwd=ROOT, env=environ, text=True).split()
        self.assertLessEqual({"articles.recognising.clipboard", "articles.admin"}, set(loaded))
        self.assertEqual(SELDOM_USED & set(loaded), set())


class SizeTests(SimpleTestCase):
    def test_files_are_short(self):
        for path in [*own_modules(), *(ROOT / "newsroom").glob("*.py"), *self.assets()]:
            with self.subTest(str(path.relative_to(ROOT))):
                self.assertLessEqual(len(path.read_text().splitlines()), MAX_FILE_LINES)

    def test_functions_are_short(self):
        for path in [*own_modules(), *(ROOT / "newsroom").glob("*.py")]:
            for node in ast.walk(parse(path)):
                if isinstance(node, ast.FunctionDef):
                    with self.subTest(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"):
                        self.assertLessEqual(node.end_lineno - node.lineno + 1, MAX_FUNCTION_LINES)

    def test_templates_are_short(self):
        for path in (ROOT / "templates").rglob("*.html"):
            with self.subTest(str(path.relative_to(ROOT))):
                self.assertLessEqual(len(path.read_text().splitlines()), MAX_TEMPLATE_LINES)

    def test_names_say_what_is_inside(self):
        self.assertEqual([p for p in modules() if p.stem in FORBIDDEN_NAMES], [])

    def assets(self):
        return [p for p in (ROOT / "static").rglob("*") if p.suffix in {".css", ".js"}]


class GateTests(SimpleTestCase):
    def test_only_rendering_marks_html_safe(self):
        for path in modules():
            if path != APP / "rules/rendering.py":
                with self.subTest(str(path.relative_to(ROOT))):
                    self.assertNotRegex(path.read_text(), r"mark_safe|SafeString\(|allow_tags")
        for path in (ROOT / "templates").rglob("*.html"):
            with self.subTest(str(path.relative_to(ROOT))):
                self.assertNotRegex(path.read_text(), r"\|\s*safe|autoescape off")

    def test_only_querysets_decide_what_is_public(self):
        for path in own_modules():
            if path == PUBLISHING or room(dotted(path)) in {"querysets", "models"}:
                continue
            with self.subTest(str(path.relative_to(ROOT))):
                self.assertNotRegex(path.read_text(), r"publish_at__|\bstatus=[\w.]*PUBLISHED")

    def test_only_publishing_writes_the_status(self):
        for path in own_modules():
            if path == PUBLISHING:
                continue
            with self.subTest(str(path.relative_to(ROOT))):
                self.assertNotRegex(path.read_text(), r"\.status = |update\([^)]*status=")

    def test_pages_of_the_desk_have_one_frame(self):
        for path in own_modules():
            if path.name not in ("site.py", "desk_page.py"):
                with self.subTest(str(path.relative_to(ROOT))):
                    self.assertNotIn("each_context(", path.read_text())

    def test_no_signals(self):
        for path in own_modules():
            with self.subTest(str(path.relative_to(ROOT))):
                self.assertNotRegex(
                    path.read_text(), r"django\.(db\.models|dispatch).*signals|@receiver"
                )

    def test_no_inline_script_or_style_in_templates(self):
        # Data is no script: browsers run none of it, and `json_data` lets no text end it.
        data = r' type="application/ld\+json">\{\{ data\|json_data \}\}</script>'
        inline = re.compile(
            rf"<style|\sstyle=|\son[a-z]+=|<script(?!{data})(?![^>]*\ssrc=)", re.IGNORECASE
        )
        for path in (ROOT / "templates").rglob("*.html"):
            with self.subTest(str(path.relative_to(ROOT))):
                self.assertNotRegex(path.read_text(), inline)
