"""`manage.py purge_trash`"""

from django.core.management.base import BaseCommand

from articles.digests import trash


class Command(BaseCommand):
    help = "Remove for good the digests that were deleted more than thirty days ago. Run it daily."

    def handle(self, *, verbosity, **options):
        count = trash.purge()
        if verbosity:
            self.stdout.write(f"Removed for good: {count}")
