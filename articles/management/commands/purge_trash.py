"""`manage.py purge_trash`"""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from articles.digests import trash


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Remove for good the digests that were deleted more than thirty days ago. Run it daily."
        )

    def handle(self, *, verbosity, **options):
        count = trash.purge()
        if verbosity:
            self.stdout.write(_("Removed for good: %(count)d") % {"count": count})
