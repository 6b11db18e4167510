"""`manage.py api_token PROGRAM [--days N] [--scope push|read]… [--owner USERNAME]`

`--list` lists tokens, and `--revoke BEGINNING` ends one.
"""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from articles.api import tokens
from articles.management.programs import program_named
from articles.models import ApiToken
from articles.rules import times


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Make a token with which a program hands in digests or reads drafts. Standard output "
            "gets the token and nothing else. It cannot be shown again."
        )

    def add_arguments(self, parser):
        parser.add_argument(
            "program",
            nargs="?",
            metavar="PROGRAM",
            help=_("the name that the history gives for its texts"),
        )
        parser.add_argument(
            "--days", type=int, metavar="N", help=_("end the token after so many days")
        )
        parser.add_argument(
            "--scope",
            action="append",
            choices=tokens.SCOPES,
            help=_("push to hand in digests, as without this option; read to read drafts"),
        )
        parser.add_argument(
            "--owner",
            metavar="USERNAME",
            help=_("who answers for the token; it ends with this account"),
        )
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument(
            "--list", action="store_true", help=_("list the tokens, of PROGRAM or of all programs")
        )
        instead.add_argument(
            "--revoke", metavar="BEGINNING", help=_("end the token that begins like this")
        )

    def handle(self, *, program, revoke, **options):
        if revoke:
            self.revoke(revoke)
        elif options["list"]:
            self.list(program)
        elif program:
            self.make(program, **options)
        else:
            raise CommandError(_("Name the program that will use the token."))

    @transaction.atomic
    def make(self, name, *, days, scope, owner, **options):
        scopes = scope or [tokens.PUSH]
        program = program_named(name)
        if program.pk is None:
            program.save()
        try:
            token, plain = tokens.make(
                program,
                owner=_owner(owner),
                may_push=tokens.PUSH in scopes,
                may_read=tokens.READ in scopes,
                days=days,
            )
        except tokens.NotAllowed as refusal:
            raise CommandError(str(refusal)) from refusal
        sentence = _("The token of %(program)s is below. Keep it: it cannot be shown again.")
        self.stderr.write(sentence % {"program": token.program}, str)
        self.stdout.write(plain)

    def list(self, name):
        found = ApiToken.objects.select_related("program", "owner")
        if name:
            found = found.filter(program__name=name)
        for token in found.order_by("program__name", "-created_at"):
            self.stdout.write("\t".join(_described(token)))

    def revoke(self, text):
        found = list(tokens.beginning_with(text))
        if len(found) != 1:
            sentence = _(
                "No token that works begins like this, or more than one does. Give the first "
                "%(count)d characters; --list shows them."
            )
            raise CommandError(sentence % {"count": tokens.BEGINNING})
        tokens.revoke(found[0])
        self.stderr.write(_("Revoked: %(token)s") % {"token": found[0]}, str)


def _owner(username):
    if username is None:
        return None
    owner = User.objects.filter(username=username).first()
    if owner is None:
        raise CommandError(_("There is no account “%(name)s”.") % {"name": username})
    return owner


def _described(token):
    """The beginning of a token, its program, its scopes, its last day, when it was last used, and
    why it does not work, if it does not."""
    zone = ZoneInfo(settings.TIME_ZONE)
    moments = (token.expires_at, token.last_used_at)
    granted = {tokens.PUSH: token.may_push, tokens.READ: token.may_read}
    return (
        f"{token.beginning}…",
        token.program.name,
        " ".join(scope for scope in tokens.SCOPES if granted[scope]),
        *(times.shown(moment, zone) if moment else "-" for moment in moments),
        tokens.why_dead(token) or "",
    )
