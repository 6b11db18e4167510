"""A run of a command speaks one language, the site's: whatever it prints goes through gettext."""

import ast
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command, load_command_class
from django.test import SimpleTestCase, TestCase
from django.utils import translation

from tests.support.factories import make_digest
from tests.support.killed_commands import environment_of
from tests.support.posts import POST, post

ROOT = Path(__file__).parents[2]
COMMANDS = ROOT / "articles" / "management" / "commands"
ENTRIES = [ROOT / "newsroom" / name for name in ("commands.py", "run.py")]
SOURCES = [*sorted(COMMANDS.glob("*.py")), *ENTRIES]
TRANSLATES = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext"}
TELLS = {"CommandError", "ArgumentTypeError", "say", "_stop"}
SENTENCES = {"help", "_sentence"}  # functions that return what is told
STREAMS = {"stdout", "stderr"}
SCOPES = (ast.FunctionDef, ast.Module, ast.ClassDef)
WORD = re.compile(r"[^\W\d_]{2,}")
ENGLISH = re.compile(r"\b[A-Za-z]+ [A-Za-z]+\b")
# Options, rules of the preflight with their fields, headlines.
NAMES = re.compile(r"--[\w-]+( [A-Z]+)?|\b[\w-]+ \[.*\]|^\d+\. .*$", re.MULTILINE)
KOREAN = re.compile(r"[가-힣]")


def name_of(node):
    """The last part of a dotted name."""
    names = (getattr(node, kind, None) for kind in ("attr", "id", "name"))
    return next(filter(None, names), "")


def is_told(call):
    """Whether what a call is given is for the operator to read."""
    function = call.func
    if name_of(function) == "write":
        return name_of(function.value) in STREAMS
    return name_of(function) in TELLS


def literals(node, values):
    """The words in an expression that do not go through gettext, also by way of a variable.

    `values` are the expressions that variables were given.
    """
    match node:
        case ast.Call() if name_of(node.func) in TRANSLATES:
            return
        case ast.Call():
            parts = [] if name_of(node.func) == "dumps" else node.args
        case ast.Constant():
            parts = []
            if isinstance(node.value, str) and WORD.search(node.value):
                yield node
        case ast.BinOp(op=ast.Mod()):
            parts = [node.left]
        case ast.Subscript():
            parts = [node.value]
        case ast.Name():
            parts, values = values.get(node.id, []), {}
        case _:
            parts = list(ast.iter_child_nodes(node))
    for part in parts:
        yield from literals(part, values)


def own_nodes(scope):
    """The nodes of a scope without those of the scopes in it."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, SCOPES):
            waiting += ast.iter_child_nodes(node)


def told(tree):
    """What is told to the operator: expressions, each with those that the variables of its scope
    were given."""
    for scope in ast.walk(tree):
        if not isinstance(scope, SCOPES):
            continue
        nodes, values = list(own_nodes(scope)), {}
        for node in nodes:
            if isinstance(node, ast.Assign | ast.AugAssign):
                for target in getattr(node, "targets", None) or [node.target]:
                    values.setdefault(name_of(target), []).append(node.value)
        found = [n.value for n in nodes if isinstance(n, ast.keyword) and n.arg == "help"]
        for node in nodes:
            if isinstance(node, ast.Call) and is_told(node):
                found += node.args
            if isinstance(node, ast.Return) and name_of(scope) in SENTENCES:
                found.append(node.value)
        if isinstance(scope, ast.ClassDef):
            found += values.get("help", [])
        yield from ((node, values) for node in found)


def untranslated(tree):
    """The lines that tell something without gettext."""
    return sorted({found.lineno for node, values in told(tree) for found in literals(node, values)})


class SourceTests(SimpleTestCase):
    def test_what_commands_tell_goes_through_gettext(self):
        found = [
            f"{path.relative_to(ROOT)}:{line}"
            for path in SOURCES
            for line in untranslated(ast.parse(path.read_text()))
        ]
        self.assertEqual(found, [])

    def test_what_is_looked_for_is_found(self):
        for source in (
            "self.stdout.write('Nothing was saved.')",
            "self.stderr.write(self.style.ERROR(f'differs: {address}'))",
            "raise CommandError(f'{name} is no date.')",
            "raise CommandError('%s is no date.' % name)",
            "def f(self):\n    text = f'{path}: '\n    text += 'done'\n    self.stdout.write(text)",
            "self.say('Preparing')",
            "parser.add_argument('--all', help='also drafts')",
            "class Command:\n    help = 'Do it.'",
            "def help(self):\n    return 'Do it.'",
        ):
            with self.subTest(source):
                self.assertEqual(len(untranslated(ast.parse(source))), 1)

    def test_what_is_translated_or_a_name_passes(self):
        for source in (
            "self.stdout.write(_('%(name)s is here.') % {'name': name})",
            "raise CommandError(ngettext('one', 'more', count))",
            "self.stdout.write(f'{report[\"target\"]}: {status}')",
            "self.stdout.write(json.dumps(report, indent=1))",
            "def f(self):\n    text = _('Done.')\n    self.stdout.write(text)",
        ):
            with self.subTest(source):
                self.assertEqual(untranslated(ast.parse(source)), [])


class RunTests(TestCase):
    """Commands with names of numbers alone, so that every word is one of the command itself."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def file(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return str(path)

    def said(self, *command):
        """Everything that a command prints, in the language at hand."""
        stream = io.StringIO()
        try:
            call_command(*command, stdout=stream, stderr=stream, no_color=True)
        except CommandError as error:
            stream.write(str(error))
        return stream.getvalue().replace(str(self.folder), "")

    def commands(self):
        good = self.file("1/1.md", POST)
        bad = self.file("2/2.md", post("2026-01-04") + "## \n")
        yield "purge_trash"
        yield "rebuild_search"
        yield "reset_second_factor", "1"
        yield "import_posts", good, bad
        yield "import_posts", good, "--dry-run", "--verbosity=2"
        yield "import_posts", str(self.folder / "3")
        yield "export_posts", str(self.folder / "4")
        yield "export_posts", str(self.folder / "5"), "--from=2026-01-04", "--to=2026-01-03"
        pushed = self.file("8/2026-01-08.json", '{"articles": [{"headline": "1", "x": 1}]}')
        yield "push", pushed, "--dry-run"
        yield "push", self.file("9/2026-01-08.json", '{"articles": 1}')
        yield "push", str(self.folder / "10.md")
        yield "preflight", "2026-01-09"
        yield "preflight", "2026-01-01"
        yield "backup", str(self.folder / "6.zip"), "--verify"
        yield "restore", self.file("7/7.zip", "")

    def test_all_is_korean_or_all_is_english(self):
        make_digest("2026-01-01")
        for command in self.commands():
            command = (command,) if isinstance(command, str) else command
            for language, others in (("ko", ENGLISH), ("en", KOREAN)):
                with self.subTest(f"{language} {command}"), translation.override(language):
                    said = NAMES.sub("", self.said(*command))
                    self.assertNotEqual(said.strip(), "")
                    self.assertIsNone(others.search(said), said)

    def test_help_is_in_the_language_too(self):
        for path in COMMANDS.glob("[!_]*.py"):
            if path.stem == "migrate":
                continue  # Django's own
            with self.subTest(path.stem):
                for language, is_korean in (("ko", True), ("en", False)):
                    with translation.override(language):
                        command = load_command_class("articles", path.stem)
                        text = command.create_parser("manage.py", path.stem).format_help()
                    self.assertEqual(bool(KOREAN.search(text)), is_korean, text)


class LanguageOfTheSiteTests(SimpleTestCase):
    """In processes of their own: no request has chosen a language there, nor has this test."""

    def told(self, *command, **variables):
        with tempfile.TemporaryDirectory() as folder:
            database = settings.DATABASES["default"]
            environment = environment_of(database, DATA_DIR=folder, LANG="de_DE.UTF-8")
            return subprocess.run(
                [sys.executable, "manage.py", *command],
                env=environment | variables,
                cwd=settings.BASE_DIR,
                capture_output=True,
                text=True,
                check=False,
            )

    def test_the_setting_decides(self):
        for variables, words in (
            ({}, "파일이나 폴더도 아닙니다"),
            ({"SITE_LANGUAGE": "en"}, "neither a date"),
        ):
            with self.subTest(words):
                told = self.told("preflight", "nowhere.md", **variables)
                self.assertIn(words, told.stderr)
                self.assertEqual(told.returncode, 2)

    def test_failures_outside_commands_are_told_in_it_too(self):
        missing = {"DATABASE_URL": "sqlite:////dev/null/nowhere.sqlite3"}
        self.assertRegex(self.told("purge_trash", **missing).stderr, KOREAN)
        in_english = self.told("purge_trash", SITE_LANGUAGE="en", **missing)
        self.assertIn("The database does not answer", in_english.stderr)
        self.assertNotRegex(in_english.stderr, KOREAN)

    def test_what_fails_before_the_language_is_known_is_told_in_english(self):
        told = self.told("check", SITE_LANGUAGE="fr")
        self.assertIn("SITE_LANGUAGE", told.stderr)
        self.assertNotIn("Traceback", told.stderr)
