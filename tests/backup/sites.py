"""Whole sites for the tests of backups: one with something of everything, and empty databases of
either engine to restore into."""

import functools
import secrets
import sqlite3
import tempfile
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import dj_database_url
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import TransactionTestCase, override_settings

from articles.backup import scratch
from articles.digests import preview_links, publishing, trash
from articles.models import Digest, OldAddress, Tag, WorkingCopy
from tests.backup.by_heart import migrating_by_heart
from tests.support.database import chosen, patient
from tests.support.factories import make_article, make_digest, make_user, publish, record
from tests.support.postgresql import start_server
from tests.support.waiting import PATIENCE, wait_until

DAYS = ("2026-01-01", "2026-01-02", "2026-01-03")
PASSWORD = "correct horse"
# As the site's own, since both may have the file open at a time; but nothing waits for the disk.
SQLITE_OPTIONS = settings.SQLITE_OPTIONS | {
    "init_command": f"{settings.SQLITE_OPTIONS['init_command']} PRAGMA synchronous=OFF;",
    "timeout": PATIENCE,
}


class SiteTestCase(TransactionTestCase):
    """A snapshot is a transaction of its own, so nothing may be open around it."""

    serialized_rollback = True
    migrates_by_heart = True

    def setUp(self):
        if self.migrates_by_heart:
            self.enterContext(migrating_by_heart())
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.media = self.folder / "media"
        self.media.mkdir()
        self.enterContext(override_settings(MEDIA_ROOT=self.media))
        self.file = self.folder / "backup.zip"


def fill():
    """Three published digests of an old site, a draft and a deleted one; tags, a correction, an
    account with its group, a login, an unsaved text and a preview link."""
    user = make_user("minji")
    user.groups.add(Group.objects.get(name="editor"))
    for day in DAYS:
        digest = make_digest(day, published=False, introduction="**굵은** 머리말 — “인용”")
        digest.layout = {"feed_id": f"https://old.example/{day}"}
        digest.save()
        OldAddress.objects.create(path=f"/옛날/{day}", digest=digest)
        make_article(digest, headline=f"{day} 기사", tags=["로봇", "반도체"], read_by="김민지")
        publish(digest)
    publishing.correct(Digest.objects.get(date=DAYS[0]), "수치를 바로잡습니다.")
    draft = make_digest("2026-01-04", published=False)
    record(draft, author=user)
    preview_links.make(draft, recipient="검토자")
    WorkingCopy.objects.create(user=user, digest=draft, fields=[["title", "쓰는 중"]])
    trash.delete(make_digest("2026-01-05", published=False))
    SessionStore().create()
    return user


def addresses():
    """The public pages of the site made by `fill`."""
    tags = [tag.get_absolute_url() for tag in Tag.objects.all()]
    days = [digest.get_absolute_url() for digest in Digest.objects.all()]
    days += [f"{old.path}.html" for old in OldAddress.objects.all()]
    fixed = [
        "/",
        "/archive/",
        "/2026/",
        "/2026/01/",
        "/corrections/",
        "/tags/",
        "/search/?q=%EB%A1%9C%EB%B4%87",
    ]
    return [*fixed, "/feeds/digests.rss", *tags, *days]


@functools.cache
def server():
    """The settings of a PostgreSQL server: that of the run, else one started for these tests."""
    is_there = chosen().engine == "postgresql"
    return dj_database_url.parse(chosen().url if is_there else patient(start_server()[0]))


@contextmanager
def new_database(vendor):
    """The settings of an empty database of an engine, gone afterwards."""
    with ExitStack() as stack:
        if vendor == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            yield {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(Path(folder, "restored.sqlite3")),
                "OPTIONS": SQLITE_OPTIONS,
            }
            return
        name = f"restored_{secrets.token_hex(4)}"
        admin = stack.enter_context(scratch.opened(server() | {"NAME": "postgres"}))
        with admin.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            stack.callback(drop, admin, name)
        yield server() | {"NAME": name}


@contextmanager
def migrated_database():
    """The settings of a new database like that of the run, which takes as long as one migration.

    A test calls it before it writes anything.
    """
    if connection.vendor == "sqlite":
        with new_database("sqlite") as database:
            ours = sqlite3.connect(connection.settings_dict["NAME"])
            with closing(ours), closing(sqlite3.connect(database["NAME"])) as target:
                ours.backup(target)
            yield database
        return
    name = f"migrated_{secrets.token_hex(4)}"
    with scratch.opened(server() | {"NAME": "postgres"}) as admin:
        connection.close()
        copy(admin, connection.settings_dict["NAME"], name)
        try:
            yield server() | {"NAME": name}
        finally:
            drop(admin, name)


def drop(admin, name):
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def copy(admin, source, target):
    """Make a database like another one, when the last session on that has ended: the server refuses
    after five seconds, which on a busy machine is too soon."""
    sessions = "SELECT FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"

    def nobody_is_there():
        cursor.execute(sessions, [source])
        return not cursor.fetchall()

    with admin.cursor() as cursor:
        wait_until(nobody_is_there)
        cursor.execute(f"CREATE DATABASE {target} TEMPLATE {source}")


@contextmanager
def site_of(database):
    """Everything asked of the database is asked of the one described."""
    with scratch.opened(database) as own, scratch.in_place_of_live(own):
        yield own
