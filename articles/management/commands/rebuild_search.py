"""Makes the search index again from the articles."""

from django.core.management.base import BaseCommand

from articles import search
from articles.management.progress import Progress


class Command(BaseCommand):
    help = (
        "Makes the search index again. It is kept right by every save, so this is needed only when "
        "the articles were changed behind the site's back, or while servers of an older version "
        "were still writing. The site may go on meanwhile."
    )

    def handle(self, *, verbosity, **options):
        progress = Progress(is_quiet=verbosity == 0)
        count = search.rebuild(progress=progress.show)
        progress.clear()
        self.stdout.write(f"{count} articles can be found.")
