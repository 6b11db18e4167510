"""Everything that docs/performance.md tells of, one benchmark after the other.

    python benchmarks/everything.py ONE_YEAR TEN_YEARS HUNDRED_YEARS

Each argument is a folder with posts of so many years. The benchmarks get sites of their own, in
new SQLite files and on a private PostgreSQL server, which are gone afterwards. Takes fifty minutes;
run it alone on the machine. What a phone sees is in `paint.py`, which needs a browser.
"""

import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent
ROOT = BENCHMARKS.parent
sys.path.insert(0, str(ROOT))

from tests.support import postgresql  # noqa: E402


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    one, ten, hundred = (str(Path(argument).resolve()) for argument in sys.argv[1:])
    run("Public pages beside nginx", "pages.py")
    run("Until readers see a new issue", "publishing.py", ten)
    with site("sqlite") as environment:
        manage(environment, "import_posts", "--publish", one)
        run("Making a page", "rendering.py", environment=environment)
    with site("sqlite") as environment:
        run("Reading posts of a megabyte", "growth.py", environment=environment)
    for engine in ("sqlite", "postgresql"):
        with site(engine) as environment:
            run(f"Ten years in and out, {engine}", "archive.py", ten, environment=environment)
        with site(engine) as environment:
            years = ("1", "10", "100")
            run(f"A growing archive, {engine}", "archive_pages.py", *years, environment=environment)
        with site(engine) as environment:
            run(f"Candidates, {engine}", "inbox.py", environment=environment)
    run("Searching a hundred years", "search.py", hundred)


def run(title, script, *arguments, environment=None):
    sys.stdout.write(f"\n## {title}\n\n")
    sys.stdout.flush()
    command = [sys.executable, BENCHMARKS / script, *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


@contextlib.contextmanager
def site(engine):
    """The environment of a new site that is migrated and empty."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "DATA_DIR": folder,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "SITE_URL": "http://127.0.0.1:8000",
        }
        if engine == "postgresql":
            url, _source = postgresql.start_server()
            environment["DATABASE_URL"] = url.replace("/newsroom", "/postgres")
        manage(environment, "migrate", "-v0")
        manage(environment, "collectstatic", "-v0", "--noinput")
        yield environment


def manage(environment, *words):
    command = [sys.executable, "manage.py", *words]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    main()
