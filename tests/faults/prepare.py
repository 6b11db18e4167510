"""A program that makes the site of the scenarios: tables, static files, demo archive, an editor.

It works on what the environment names; `site.prepared` runs it.
"""

import django
from django.core.management import call_command

from newsroom import run
from tests.faults.site import EDITOR, PASSWORD


def main():
    django.setup()
    from django.contrib.auth.models import User

    call_command("prepare")
    run.load_demo()
    User.objects.create_superuser(EDITOR, password=PASSWORD)


if __name__ == "__main__":
    main()
