"""No test depends on how fast the machine is: none has a limit in seconds but `waiting.PATIENCE`,
none sleeps, and none reads a clock to judge by it."""

import ast
from pathlib import Path

from django.test import SimpleTestCase
from hypothesis import HealthCheck, settings

TESTS = Path(__file__).parent
# Programs that measure, and are no part of the suite.
MEASURE = (TESTS / "faults", TESTS / "soak.py")
FILES = [p for p in TESTS.rglob("*.py") if not any(map(p.is_relative_to, MEASURE))]
CLOCKS = {"sleep", "monotonic", "perf_counter", "process_time", "thread_time"}
MAY_READ_CLOCKS = {TESTS / "support/waiting.py", TESTS / "support/costs.py"}
WAIT = {"wait", "join", "communicate", "wait_until", "wait_for_timeout", "result"}


def is_number(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def name_of(node):
    """The last part of a dotted name."""
    return getattr(node, "attr", None) or getattr(node, "id", "")


def limits(call):
    """The numbers that a call takes for seconds."""
    arguments = [keyword.value for keyword in call.keywords if keyword.arg == "timeout"]
    if name_of(call.func) in WAIT:
        arguments += call.args
    if name_of(call.func) == "addCleanup" and name_of(call.args[0]) in WAIT:
        arguments += call.args[1:]
    return [argument for argument in arguments if is_number(argument) and argument.value]


def is_list_of_all(node):
    return ast.unparse(node) == "list(HealthCheck)"


def faults(tree, may_read_clocks):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and limits(node):
            yield node.lineno, "a limit in seconds: use tests/support/waiting.py"
        is_clock = isinstance(node, ast.Attribute) and name_of(node.value) == "time"
        if is_clock and node.attr in CLOCKS and not may_read_clocks:
            yield node.lineno, f"time.{node.attr}: wait for a condition, or count"
        suppresses = isinstance(node, ast.keyword) and node.arg == "suppress_health_check"
        if suppresses and not ("too_slow" in ast.unparse(node) or is_list_of_all(node.value)):
            yield node.lineno, "this replaces what the profile suppresses: add too_slow"


class PatienceTests(SimpleTestCase):
    def test_no_test_judges_by_a_clock(self):
        found = [
            f"{path.relative_to(TESTS)}:{line}: {fault}"
            for path in FILES
            for line, fault in faults(ast.parse(path.read_text()), path in MAY_READ_CLOCKS)
        ]
        self.assertEqual(found, [])

    def test_what_is_looked_for_is_found(self):
        for source in (
            "process.wait(10)",
            "wait_until(happens, 5.0)",
            "process.communicate(timeout=60)",
            "self.addCleanup(thread.join, 3)",
            "time.sleep(1)",
            "start = time.perf_counter()",
            "settings(suppress_health_check=[HealthCheck.differing_executors])",
        ):
            with self.subTest(source):
                self.assertEqual(len(list(faults(ast.parse(source), may_read_clocks=False))), 1)

    def test_examples_may_take_as_long_as_they_take(self):
        self.assertIsNone(settings.default.deadline)
        self.assertIn(HealthCheck.too_slow, settings.default.suppress_health_check)
