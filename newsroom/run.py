"""`make run`: prepares the whole site on one machine at the first start, then serves it.

Every step checks what exists and does only what is missing, so running it again is fast and changes
nothing. `make dev` (`--dev`) runs the same site for development: Django's own server, which reloads
changed code, with DEBUG and separate data.
"""

import fcntl
import json
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from newsroom import environment

BASE_DIR = Path(__file__).resolve().parent.parent
EDITOR = "editor"
LOOK_FOR_DUE_SECONDS = 20
MAX_HEADER_BYTES = 64 * 1024
# How long a reload waits before it stops the old worker. The server does not check whether the new
# worker is ready. A new worker needs one second, and more on a busy machine.
READY_SECONDS = 10
# How glibc keeps memory (mallopt(3)): in heaps that many threads share, where it would make eight
# for each processor, and no more of what is free than these bytes, where it would keep as much as
# was once needed at a time.
MEMORY = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    "MALLOC_MMAP_THRESHOLD_": "131072",
}


def main():
    is_dev = sys.argv[1:] == ["--dev"]
    if is_dev:
        prepare_development()
    address = prepare_environment()
    import django

    django.setup()
    prepare()
    load_demo()
    password = create_editor()
    announce(password)
    start_schedule()
    become(developing(*address) if is_dev else serving(*address))


def prepare_development():
    """Show edits at once, and do not touch the data of `make run`."""
    os.environ.setdefault("DATA_DIR", str(BASE_DIR / "var/dev"))
    os.environ |= {"DEBUG": "True", "PAGE_STORE_MEGABYTES": "0"}


def prepare_environment():
    """Set the variables that the settings need. Returns the host and port to serve on."""
    environment.read_file("NEWSROOM_ENV")
    port = os.environ.get("PORT", "").strip()
    if port and not (port.isdecimal() and 0 < int(port) < 65536):
        stop(f"PORT={port!r} is not a port number. Use one between 1 and 65535.")
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port or 8000}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    data_dir = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var")
    data_dir.mkdir(parents=True, exist_ok=True)
    if not os.environ.get("SECRET_KEY"):
        keep_secret_key(data_dir / "secret-key")
    write_mails(data_dir / "mail")
    host = os.environ.get("HOST", "").strip() or "127.0.0.1"
    address = host, int(port or urlsplit(os.environ["SITE_URL"]).port or 8000)
    refuse_second_start(data_dir, address[1])
    refuse_taken(*address)
    return address


def write_mails(folder):
    """Write mails into a folder, unless there is a mail server or others use the site."""
    is_own = urlsplit(os.environ["SITE_URL"]).hostname in environment.LOOPBACK
    if is_own and not os.environ.get("EMAIL_URL"):
        os.environ["EMAIL_URL"] = folder.resolve().as_uri()
        os.environ.setdefault("DEFAULT_FROM_EMAIL", "newsroom@localhost")


def keep_secret_key(path):
    """Generate the signing key in a file that only its owner can read, unless the file exists."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50) + "\n")


def refuse_second_start(data_dir, port):
    """Hold a lock while the site is served, so that of two simultaneous starts only one continues:
    until the server listens, both would find the port free.

    The lock belongs to the open file, which the server inherits. It ends with the last process that
    has the file open. Returns the descriptor.
    """
    path = data_dir / f"serving-{port}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        stop(
            f"This site is being started or served on port {port} already. Stop that first, or "
            f"choose another port: make run PORT={port + 1}"
        )
    os.set_inheritable(descriptor, True)
    return descriptor


def refuse_taken(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            stop(
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop the program that uses "
                f"this port, or choose another one: make run PORT={port + 1}"
            )


def prepare():
    from django.core.management import call_command

    call_command("prepare")


def load_demo():
    """Import and publish the demo archive, if the database has no digest yet."""
    from articles.models import Digest
    from articles.posts.importing import import_posts
    from articles.posts.post_files import find_posts

    if Digest.objects.exists():
        return
    say(_("Loading the demo archive"))
    for outcome in import_posts(find_posts([BASE_DIR / "demo"]), publish=True):
        for line, message in outcome.errors:
            stop(f"{outcome.name}:{line}: {message}")
    add_demo_tags()


def add_demo_tags():
    """Tag the demo's articles, because the format of the posts has no tags, and load the tags that
    come with the software."""
    from articles.digests import editing
    from articles.models import Digest
    from articles.taxonomy import vocabulary_list
    from articles.taxonomy.tags import record

    tags_by_day = json.loads((BASE_DIR / "demo" / "tags.json").read_text(encoding="utf-8"))
    for digest in Digest.objects.filter(date__in=tags_by_day).prefetch_related("articles"):
        names = tags_by_day[digest.date.isoformat()]
        for article, tags in zip(digest.articles.all(), names, strict=True):
            editing.set_tags(article, tags)
        record([digest], None, "")
    vocabulary_list.store(vocabulary_list.read(vocabulary_list.seed()))


def create_editor():
    """Create an account that may write and publish, if there is no account at all.

    Returns its generated password, or None if there is already an account.
    """
    from django.contrib.auth.models import Group, User
    from django.db import transaction

    with transaction.atomic():
        if User.objects.exists():
            return None
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(EDITOR, password=password, is_staff=True)
        user.groups.add(Group.objects.get(name="editor"))
    return password


def announce(password):
    from django.conf import settings
    from django.urls import reverse

    say("")
    for line, name in (
        (_("Site   %(address)s"), "articles:home"),
        (_("Admin  %(address)s"), "admin:index"),
        (_("Feed   %(address)s"), "articles:digests-rss"),
    ):
        say("  " + line % {"address": settings.SITE_URL + reverse(name)})
    if password:
        say("")
        sentence = _("Sign in as “%(name)s” with the password %(password)s")
        say("  " + sentence % {"name": EDITOR, "password": password})
        say("  " + _("It is shown only this once. Change it in the admin whenever you like."))
    say("")
    say(_("Ctrl+C stops the site."))


def start_schedule():
    """Start the process for scheduled digests. It ends with this process, in any case."""
    options = ["--every", str(LOOK_FOR_DUE_SECONDS), "--parent", str(os.getpid())]
    subprocess.Popen([sys.executable, BASE_DIR / "manage.py", "run_due", *options])  # noqa: S603


def become(arguments):
    """Replace this process with the server, which handles signals itself and stops within
    seconds."""
    for name, value in MEMORY.items():
        os.environ.setdefault(name, value)
    os.chdir(BASE_DIR)
    os.execv(arguments[0], arguments)  # noqa: S606


def developing(host, port):
    """The command line of Django's development server."""
    return [sys.executable, "manage.py", "runserver", f"{host}:{port}"]


def serving(host, port):
    """The command line of the production server."""
    granian = Path(sys.executable).with_name("granian")
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": port,
        "--workers": 2,
        "--blocking-threads": 4,
        "--workers-kill-timeout": 3,
        "--respawn-interval": READY_SECONDS,
        "--http1-buffer-size": MAX_HEADER_BYTES,
        "--log-level": "warning",
        "--log-config": "newsroom/server-log.json",
    }
    arguments = [str(part) for option in options.items() for part in option]
    arguments.append("--respawn-failed-workers")
    return [str(granian), *arguments, "newsroom.wsgi:application"]


def say(text):
    print(text, flush=True)


def stop(text):
    raise SystemExit(text)


if __name__ == "__main__":
    main()
