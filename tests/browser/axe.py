"""What axe finds wrong with a page, by the rules of WCAG and by those of good practice."""

import re

from axe_playwright_python.base import AXE_SCRIPT

OPTIONS = {
    # Preloading makes axe itself write inline styles.
    "preload": False,
    # Only what is wrong is told, not all that is well.
    "resultTypes": ["violations"],
    # The one frame there is runs no scripts: axe would wait for an answer from it.
    "iframes": False,
}
# All rules that look at colours; whatever the others look at is the same in the dark.
OF_COLOURS = {"runOnly": {"type": "tag", "values": ["cat.color"]}}
RUN = "options => axe.run(options).then(results => results.violations)"
# Colours that change slowly would be half way from light to dark.
AT_REST = """for (const one of document.getAnimations()) {
    if (isFinite(one.effect.getComputedTiming().endTime)) one.finish();
}"""


def violations(page, *, also_in_the_dark=False, **options):
    """Everything axe finds; `options` are its own, besides those above.

    In the dark, which is what the page is left in, only the colours are looked at.
    """
    options = OPTIONS | options
    if also_in_the_dark:
        page.emulate_media(color_scheme="light")
    found = run(page, options)
    if also_in_the_dark:
        page.emulate_media(color_scheme="dark")
        found += run(page, options | OF_COLOURS)
    return found


def serious(page, **options):
    """The serious and critical ones, as (rule, HTML of the place)."""
    return [
        (fault["id"], re.sub(r"\s+", " ", node["html"])[:200])
        for fault in violations(page, **options)
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def run(page, options):
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    page.evaluate(AT_REST)
    return page.evaluate(RUN, options)
