"""`manage.py reset_second_factor USERNAME`"""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.login.second_factor import devices


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Remove all apps, passkeys and recovery codes of an account, for somebody who lost "
            "them."
        )

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **options):
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(_("There is no account “%(name)s”.") % {"name": username})
        count = devices.reset(user)
        sentence = ngettext(
            "%(name)s: %(count)d device removed.",
            "%(name)s: %(count)d devices removed.",
            count,
        )
        self.stdout.write(sentence % {"name": username, "count": count})
