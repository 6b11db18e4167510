"""Everything that docs/performance.md tells of, one benchmark after the other, then one table.

    python benchmarks/everything.py ONE_YEAR TEN_YEARS HUNDRED_YEARS [--only PART…] [--figures FILE]

The first arguments are folders with posts of so many years. The benchmarks get sites of their own,
in new SQLite files and on a private PostgreSQL server, which are gone afterwards. The table has for
each goal the lowest, the median and the highest value, and whether the goal holds. Figures are kept
in a file, so that parts can be run at different times. All of it takes an hour; run it alone on the
machine. What a phone sees is in `paint.py`, which needs a browser.
"""

import argparse
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

from benchmarks import goals  # noqa: E402
from tests.support import postgresql  # noqa: E402


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        path = options.figures or Path(folder, "figures")
        path.touch()
        os.environ[goals.FILE] = str(path.resolve())
        for part in options.only or PARTS:
            PARTS[part](options)
        sys.stdout.write(f"\n## All of it\n\n{goals.table(path)}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    for name in ("one", "ten", "hundred"):
        parser.add_argument(name, type=Path, help="a folder of posts of so many years")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--figures", type=Path, help="where figures are kept")
    return parser.parse_args()


# The parts


def pages(_options):
    run("Public pages beside nginx", "pages.py")


def steady(_options):
    run("Readers while the site changes", "steady.py")


def saving(_options):
    run("Readers while an editor saves, sqlite", "saving.py")
    run("Readers while an editor saves, postgresql", "saving.py", "--postgresql")


def memory(_options):
    run("Memory under load", "memory.py")


def warm(_options):
    run("First pages of new workers", "warm.py")


def publishing(options):
    run("Until readers see a new digest", "publishing.py", options.ten)


def rendering(options):
    with site("sqlite") as environment:
        manage(environment, "import_posts", "--publish", options.ten)
        run("Making a page", "rendering.py", environment=environment)


def growth(_options):
    with site("sqlite") as environment:
        run("Reading posts of a megabyte", "growth.py", environment=environment)


def archive(options):
    on_both("Ten years in and out", "archive.py", options.ten)


def archive_pages(_options):
    on_both("A growing archive", "archive_pages.py", 1, 10, 100)


def inbox(_options):
    on_both("Candidates", "inbox.py")


def search(options):
    run("Searching a hundred years", "search.py", options.hundred)


PARTS = {
    part.__name__: part
    for part in (
        *(pages, steady, saving, memory, warm, publishing, rendering),
        *(growth, archive, archive_pages, inbox, search),
    )
}


# Running them


def on_both(title, script, *arguments):
    for engine in goals.ENGINES:
        with site(engine) as environment:
            run(f"{title}, {engine}", script, *arguments, environment=environment)


def run(title, script, *arguments, environment=None):
    sys.stdout.write(f"\n## {title}\n\n")
    sys.stdout.flush()
    command = [sys.executable, BENCHMARKS / script, *map(str, arguments)]
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
            url, _origin = postgresql.start_server()
            environment["DATABASE_URL"] = url.replace("/newsroom", "/postgres")
        manage(environment, "migrate", "-v0")
        manage(environment, "collectstatic", "-v0", "--noinput")
        yield environment


def manage(environment, *words):
    command = [sys.executable, "manage.py", *map(str, words)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    main()
