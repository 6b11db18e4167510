"""How long an archive of posts takes to come in and to go out, and how much memory that needs.

    python benchmarks/archive.py POSTS…

imports the posts (files, directories, zip archives) with publication into the database that the
environment names, which must be migrated and empty, then imports them again, and exports them as
posts and as JSON. Each line says the seconds it took, the CPU seconds, and the peak of the memory,
of this process; the database's are not counted. Run it alone on the machine.
"""

import os
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

from benchmarks import goals, processes


def main():
    import django

    django.setup()
    from django.db import connection

    from articles.posts import exporting, importing, post_files

    posts = post_files.find_posts([Path(argument) for argument in sys.argv[1:]])

    def take():
        outcomes = importing.import_posts(posts, publish=True)
        return dict(Counter(outcome.status for outcome in outcomes))

    seconds = measure("import", take)
    goals.tell(f"import of ten years, {connection.vendor}", [seconds])
    measure("import again", take)
    with tempfile.TemporaryDirectory() as folder:
        for kind in exporting.FORMATS:
            measure(f"export {kind}", exporting.export_digests, Path(folder, kind), kind)


def measure(name, run, *arguments):
    """Run it, print what it took, and return the seconds."""
    wall, cpu = time.monotonic(), sum(os.times()[:4])
    with Memory() as memory:
        outcome = run(*arguments)
    wall, cpu = time.monotonic() - wall, sum(os.times()[:4]) - cpu
    told = f"{wall:.1f} s, {cpu:.1f} s CPU, peak {memory.peak // 1024} MB"
    sys.stdout.write(f"{name}: {outcome}; {told}\n")
    return wall


class Memory:
    """Looks four times a second at what this process and its children hold, and keeps the most."""

    def __init__(self):
        self.peak = 0  # KiB
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._over.set()
        self._thread.join()

    def _look(self):
        while not self._over.wait(0.25):
            self.peak = max(self.peak, processes.memory(os.getpid()))


if __name__ == "__main__":
    main()
