"""Rebuilds the search index from the articles."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import search
from articles.management.progress import Progress


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Makes the search index again. It is kept right by every save, so this is needed only "
            "when the articles were changed behind the site's back, or while servers of an older "
            "version were still writing. The site may go on meanwhile."
        )

    def handle(self, *, verbosity, **options):
        with Progress(is_quiet=not verbosity) as progress:
            count = search.rebuild(progress=progress.show)
        sentence = ngettext(
            "%(count)d article can be found.", "%(count)d articles can be found.", count
        )
        self.stdout.write(sentence % {"count": count})
