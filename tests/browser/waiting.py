"""Waiting for something to be true in a page.

Playwright's `wait_for_function` evaluates text inside the page each time it looks again, which the
policy of our pages forbids; asking from outside is not bound by it.
"""

import time

SECONDS = 10


def let_pass(page, milliseconds):
    """Wait by the page's own timers: those it set for sooner have run then, however busy all is."""
    page.evaluate("time => new Promise(done => setTimeout(done, time))", milliseconds)


def wait_until(page, condition, argument=None):
    """Return once the JavaScript `condition` (an expression or function) holds; fail after 10 s."""
    deadline = time.monotonic() + SECONDS
    while not page.evaluate(condition, argument):
        if time.monotonic() > deadline:
            raise AssertionError(f"Not true within {SECONDS} seconds: {condition}")
        page.wait_for_timeout(50)
