"""How soon a phone shows a page of the site that runs at an address, and what that weighs.

    python benchmarks/paint.py http://127.0.0.1:8000/2026/01/03/ …

opens each address nine times with an empty cache in Chromium (see tests/browser/chromium.py), on a
screen of 360 by 740, with a processor that is slowed down four times and a network of 1.6 Mbit/s
with 150 ms to and fro (Lighthouse's slow 4G, which Chrome calls fast 3G). Each line says the median
and the worst largest contentful paint, the layout shift, and requests and bytes with headers. Run
it alone on the machine, against a production server: `make run`.
"""

import os
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.browser import chromium

TIMES = 9
SLOWER = 4
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}
OBSERVE = """
window.paint = 0;
window.shift = 0;
new PerformanceObserver(list => {
    paint = list.getEntries().at(-1).startTime;
}).observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) shift += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""


def main():
    path = chromium.find_chromium(os.environ)
    if path is None:
        sys.exit(chromium.HOW_TO_GET_IT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        for address in sys.argv[1:]:
            report(address, [visit(browser, address) for _time in range(TIMES)])
        browser.close()


def visit(browser, address):
    """(paint in ms, shift, requests, bytes) of one visit."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=3)
    page = context.new_page()
    page.add_init_script(OBSERVE)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    weights = []
    session.on("Network.loadingFinished", lambda e: weights.append(e["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    for _wait in range(100):
        page.wait_for_timeout(100)
        if page.evaluate("paint > 0"):
            break
    found = page.evaluate("[paint, shift]")
    context.close()
    return (*found, len(weights), sum(weights))


def report(address, visits):
    paints, shifts, requests, weights = zip(*visits, strict=True)
    sys.stdout.write(
        f"{address}: paint {statistics.median(paints):.0f} ms, worst {max(paints):.0f} ms; "
        f"shift {max(shifts)}; {max(requests)} requests, {max(weights):.0f} bytes\n"
    )


if __name__ == "__main__":
    main()
