"""`python -m tests.faults [MODULE…]`: run the scenarios and print what was found, as a table.

Ends with 1 if anything was otherwise than expected, or a scenario could not be run to its end.
"""

import importlib
import pkgutil
import signal
import sys
import time
import traceback
from pathlib import Path

import tests.faults
from tests.faults import pace
from tests.faults.result import HEADINGS, Result
from tests.faults.site import forget_prepared, scratch_folder

SECONDS = 3600  # a scenario that takes longer hangs, on however busy a machine


class TooLong(Exception):
    """A scenario did not end."""


def main(names):
    scenarios = found()
    if unknown := [name for name in names if name not in scenarios]:
        raise SystemExit(f"There is no scenario {unknown[0]!r}. There are: {', '.join(scenarios)}.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    results = []
    try:
        for name in names or scenarios:
            results += outcome_of(scenarios[name])
    finally:
        forget_prepared()
    say("", HEADINGS, *(result.as_row() for result in results))
    bad = sum(not result.held for result in results)
    say("", f"{len(results)} rows, {bad} did not hold.")
    return 1 if bad else 0


def found():
    """The scenarios by the name of their module."""
    names = sorted(module.name for module in pkgutil.iter_modules(tests.faults.__path__))
    modules = {n: importlib.import_module(f"tests.faults.{n}") for n in names if n != "__main__"}
    return {name: module for name, module in modules.items() if hasattr(module, "NAME")}


def outcome_of(scenario):
    """Its results; one that did not hold if it broke off."""
    started = time.monotonic()
    say(f"… {scenario.NAME}")
    signal.signal(signal.SIGALRM, _raise_too_long)
    signal.alarm(SECONDS)
    try:
        with scratch_folder() as folder, pace.measured():
            results = scenario.run(Path(folder))
    except Exception as error:  # noqa: BLE001 - the other scenarios are run all the same
        traceback.print_exc()
        said = f"{type(error).__name__}: {error}"[:300]
        results = [Result(scenario.NAME, "broke off", said, "an end", held=False)]
    finally:
        signal.alarm(0)
    for result in results:
        say(f"  {'held' if result.held else 'DID NOT HOLD'}: {result.done}: {result.counts}")
    say(f"  {time.monotonic() - started:.0f} s")
    return results


def _raise_too_long(*_):
    raise TooLong(f"not over after {SECONDS} s")


def say(*lines):
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
