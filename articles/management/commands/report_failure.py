"""`manage.py report_failure WHAT`, for a program that died before it could say so itself"""

from django.core.management.base import BaseCommand

from articles.management import unattended


class Command(BaseCommand):
    help = (
        "Say in the log, and by mail to ADMINS if mail is set up, that something has failed. "
        "newsroom-alert@.service runs it; it asks no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("what", metavar="WHAT", help="such as newsroom-backup.service")

    def handle(self, *, what, **options):
        unattended.report(what.removesuffix(".service"))
