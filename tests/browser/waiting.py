"""Waiting for something to be true in a page.

Playwright's `wait_for_function` evaluates text inside the page each time it looks again, which the
policy of our pages forbids; asking from outside is not bound by it.
"""

from tests.support import waiting
from tests.support.waiting import NeverHappened


def let_pass(page, milliseconds):
    """Wait by the page's own timers: those it set for sooner have run then, however busy all is."""
    page.evaluate("time => new Promise(done => setTimeout(done, time))", milliseconds)


def wait_until(page, condition, argument=None):
    """Return once the JavaScript `condition` (an expression or function) holds."""
    try:
        waiting.wait_until(lambda: page.evaluate(condition, argument))
    except NeverHappened as error:
        raise NeverHappened(f"Never true: {condition}") from error


def type_at_once(field, text):
    """Type letter by letter, sooner than any of the page's pauses: when they come is up to the
    page's own timers, which a busy machine holds up all alike."""
    field.evaluate(
        """async (element, text) => {
            for (const letter of text) {
                element.value += letter;
                element.dispatchEvent(new InputEvent('input', {bubbles: true}));
                await new Promise(done => setTimeout(done, 20));
            }
        }""",
        text,
    )
