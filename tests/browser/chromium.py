"""Where the browser is, how it is started, and what a page did wrong."""

import shutil

# The first is the same browser without the windows that nobody sees here, and takes a third less.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
HOW_TO_GET_IT = (
    "No Chromium was found: apt-get install chromium-headless-shell, or name its path in CHROMIUM."
)
# Chromium takes the last such switch alone, so what Playwright switches off itself is said again.
DISABLED_FEATURES = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("TcpPortRandomizationWin", "OptimizationHints", "NetworkTimeServiceQuerying"),
    *("AimEnabled", "PreconnectToSearch", "msForceBrowserSignIn"),
    "msEdgeUpdateLaunchServicesPreferredVersion",
    # Two pages of the browser's own, below an address bar that nobody sees: each window, and so
    # each test, starts a process for either, which is a third of what all tests need.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # A process for a page that might be opened next: each window has one page.
    "SpareRendererForSitePerProcess",
)
ARGUMENTS = [
    # Chromium's sandbox does not start as root; only the project's own pages are opened here.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    f"--disable-features={','.join(DISABLED_FEATURES)}",
    # A page that asks another host for something gets a console error on every machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
# Violations that the browser keeps out of the console, such as those in a worker, count too.
REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', event => console.error(
    `Content Security Policy: ${event.effectiveDirective} refused ${event.blockedURI}` +
    ` (${event.sourceFile}:${event.lineNumber})`))
"""


def find_chromium(environ):
    """Return the browser's path: the one named in CHROMIUM, else the first on PATH, or None."""
    if named := environ.get("CHROMIUM"):
        return shutil.which(named)
    paths = (shutil.which(name, path=environ.get("PATH")) for name in NAMES)
    return next(filter(None, paths), None)


def must_have_browser(environ):
    """Tell whether a missing browser is a failure: yes on CI, where nobody reads the skips."""
    return environ.get("CI", "").lower() in ("true", "1")


def collect_problems(context, problems):
    """Append a line to `problems` for whatever goes wrong in any page of `context`."""

    def on_console(message):
        if message.type == "error" or "Content Security Policy" in message.text:
            problems.append(f"{message.page.url if message.page else ''}: {message.text}")

    context.on("console", on_console)
    context.on("weberror", lambda error: problems.append(f"uncaught: {error.error}"))
    context.add_init_script(REPORT_VIOLATIONS)


def unforgiven(problems, expected):
    """Return what makes the test fail: all problems, or none where they are `expected`."""
    return [] if expected else list(problems)
