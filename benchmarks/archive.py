"""How long an archive of posts takes to come in and to go out, and how much memory that needs.

    python benchmarks/archive.py POSTS…

imports the posts (files, directories, zip archives) with publication into the database that the
environment names, which must be migrated and empty, then imports them again, and exports them as
posts and as JSON. Each line says the seconds it took, the CPU seconds of this process and the peak
of its memory. Run it alone on the machine.
"""

import os
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")


def main():
    import django

    django.setup()
    from articles import exporting, posts
    from articles.importing import import_posts

    sources = posts.find_posts([Path(argument) for argument in sys.argv[1:]])

    def take():
        counts = Counter(outcome.status for outcome in import_posts(sources, publish=True))
        return dict(counts)

    for name in ("import", "import again"):
        measure(name, take)
    with tempfile.TemporaryDirectory() as folder:
        for kind in exporting.FORMATS:
            measure(f"export {kind}", exporting.export_digests, Path(folder, kind), kind)


def measure(name, run, *arguments):
    wall, cpu = time.monotonic(), time.process_time()
    outcome = run(*arguments)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{name}: {outcome}; {wall:.1f} s, {cpu:.1f} s CPU, peak {peak} MB\n")


if __name__ == "__main__":
    main()
