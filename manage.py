#!/usr/bin/env python
"""Run administrative commands: `.venv/bin/python manage.py help` lists them."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    try:
        from newsroom.commands import run
    except ImportError as error:
        raise SystemExit(
            "Django is not installed for this Python. Run `make run` once to create the "
            "virtual environment, then use `.venv/bin/python manage.py`."
        ) from error
    raise SystemExit(run(sys.argv))


if __name__ == "__main__":
    main()
