"""The house rules that a machine can hold: layers, sizes, one gate, one place for safe HTML."""

import ast
import re
from pathlib import Path

from django.test import SimpleTestCase

ROOT = Path(__file__).parent.parent
APP = ROOT / "articles"

# A module imports only from its own layer or one below. Packages count as one name.
LAYERS = [
    {
        *("addresses", "encodings", "text", "times", "validators", "rendering", "lines"),
        *("converters", "card_text", "charts", "figures", "paths", "change_signal", "failures"),
        *("current_link", "lost_workers", "remarks"),
    },
    {"fields", "querysets"},
    {"models"},
    {
        *("document", "editing", "revisions", "publishing", "schedules", "checks"),
        *("working_copies", "importing", "first_import", "import_processes", "uploads", "presence"),
        *("trash", "starting", "outlets", "topics", "naming"),
        *("diffing", "merging", "restoring", "posts", "exporting", "json_document", "audit"),
        *("preflight", "preview_links", "deadlines", "assigning", "backup"),
        *("hubs", "feed_readers", "search", "site_version", "related", "former_slugs", "pictures"),
        *("cards", "trends", "second_factor", "parts", "issues", "login_attempts"),
        *("heartbeats", "expired_sessions"),
        *("rights", "public_snapshots"),
    },
    {
        *("admin", "apps", "context_processors", "feeds", "management", "middleware"),
        *("migrations", "page_store", "templatetags", "urls", "views"),
        *("structured_data", "sitemaps", "stories"),
    },
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
MAX_TEMPLATE_LINES = 120
FORBIDDEN_NAMES = {"utils", "helpers", "general", "common", "misc", "services"}


def modules():
    return sorted(path for path in APP.rglob("*.py"))


def own_modules():
    """Everything written by hand; migrations are written by makemigrations."""
    return [path for path in modules() if "migrations" not in path.parts]


def room(path):
    """The name of a module in its layer: `articles/models/tag.py` is in `models`."""
    return path.relative_to(APP).parts[0].removesuffix(".py")


def imported_rooms(tree):
    """Rooms of the app that a module imports, with the lines of the imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "articles":
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("articles."):
            yield node.module.split(".")[1], node.lineno
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("articles."):
                    yield alias.name.split(".")[1], node.lineno


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


class LayerTests(SimpleTestCase):
    def test_every_module_has_a_layer(self):
        rooms = {room(path) for path in modules()} - {"__init__"}
        self.assertEqual(rooms, set(LEVEL))

    def test_imports_point_downwards(self):
        for path in modules():
            if path == APP / "__init__.py":
                continue
            own = room(path)
            for other, line in imported_rooms(parse(path)):
                with self.subTest(f"{path.relative_to(ROOT)}:{line}"):
                    self.assertLessEqual(LEVEL[other], LEVEL[own])

    def test_no_two_modules_of_a_layer_import_each_other(self):
        edges = {
            (room(path), other)
            for path in own_modules()
            for other, _ in imported_rooms(parse(path))
            if other != room(path)
        }
        self.assertEqual({edge for edge in edges if edge[::-1] in edges}, set())

    def test_imports_stand_at_the_top(self):
        for path in own_modules():
            if path == APP / "apps.py":
                continue  # ready() must import the checks when the models are loaded
            for node in ast.walk(parse(path)):
                if isinstance(node, ast.FunctionDef):
                    inner = [
                        n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)
                    ]
                    with self.subTest(f"{path.relative_to(ROOT)}:{node.lineno}"):
                        self.assertEqual(inner, [])


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
            if path != APP / "rendering.py":
                with self.subTest(str(path.relative_to(ROOT))):
                    self.assertNotRegex(path.read_text(), r"mark_safe|SafeString\(|allow_tags")
        for path in (ROOT / "templates").rglob("*.html"):
            with self.subTest(str(path.relative_to(ROOT))):
                self.assertNotRegex(path.read_text(), r"\|\s*safe|autoescape off")

    def test_only_querysets_decide_what_is_public(self):
        for path in own_modules():
            if room(path) in {"querysets", "publishing", "models"}:
                continue
            with self.subTest(str(path.relative_to(ROOT))):
                self.assertNotRegex(path.read_text(), r"publish_at__|\bstatus=[\w.]*PUBLISHED")

    def test_only_publishing_writes_the_status(self):
        for path in own_modules():
            if path == APP / "publishing.py":
                continue
            with self.subTest(str(path.relative_to(ROOT))):
                self.assertNotRegex(path.read_text(), r"\.status = |update\([^)]*status=")

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
