"""`manage.py report_failure WHAT`, for a program that died before it could report itself"""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from articles.management import unattended


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Say in the log, and by mail to ADMINS if mail is set up, that something has failed. "
            "newsroom-alert@.service runs it; it asks no database."
        )

    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("what", metavar="WHAT", help=_("such as newsroom-backup.service"))

    def handle(self, *, what, **options):
        unattended.report(what.removesuffix(".service"))
