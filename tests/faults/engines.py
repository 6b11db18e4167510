"""The same site on either engine, as often as a scenario needs it, and what its tables hold.

Rows are read by plain SQL, past the product that is put to the test.
"""

import datetime as dt
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from tests.faults.site import PATIENCE, Database, environment, prepared, python

SQLITE, POSTGRESQL = "sqlite", "postgresql"
# Tables whose rows say when somebody was there, not what is on the site.
PASSING = ("django_session", "articles_presence", "articles_workingcopy", "articles_feedreading")


class Copy:
    """A database with a site of its own: `url` for the product, `rows` for the scenario."""

    def __init__(self, url: str):
        self.url = url
        self._connection = None

    def rows(self, sql: str, *values) -> list[tuple]:
        """What a statement returns; `?` stands for a value."""
        if self._connection is None:
            self._connection = self._connect()
        cursor = self._connection.execute(self._translated(sql), values)
        return cursor.fetchall() if cursor.description else []

    def close(self):
        """So that the database can be copied or removed; `rows` opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def json(self, value):
        """What a JSON column holds."""
        return json.loads(value) if isinstance(value, str) else value

    def moment(self, moment: dt.datetime):
        """An aware datetime as a column holds it."""
        return moment

    def tables(self) -> list[str]:
        return [name for (name,) in self.rows(self._tables)]

    def counts(self) -> dict[str, int]:
        """Rows by table, but for those that only tell who was there when."""
        counts = [
            f"SELECT '{name}', count(*) FROM \"{name}\""  # noqa: S608 - the tables' own names
            for name in self.tables()
            if name not in PASSING and not name.startswith("articles_search_terms")
        ]
        return dict(self.rows(" UNION ALL ".join(counts)))


class SqliteCopy(Copy):
    _tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"

    def __init__(self, path: Path):
        super().__init__(f"sqlite:///{path}")
        self.path = path

    def moment(self, moment):
        return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}"

    def _connect(self):
        return sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)

    def _translated(self, sql):
        return sql

    def schema(self) -> list:
        return sorted(map(str, self.rows("SELECT type, name, tbl_name, sql FROM sqlite_master")))


class PostgresqlCopy(Copy):
    _tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"

    def _connect(self):
        return psycopg.connect(self.url, autocommit=True)

    def _translated(self, sql):
        return sql.replace("%", "%%").replace("?", "%s")

    def schema(self) -> list:
        """Columns, indexes and constraints, without the numbers the server gives them."""
        columns = self.rows(
            "SELECT table_name, column_name, data_type, is_nullable, column_default"
            " FROM information_schema.columns WHERE table_schema = 'public'"
        )
        indexes = self.rows("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
        constraints = self.rows(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        )
        return sorted(map(str, [*columns, *indexes, *constraints]))


class Engine:
    """Makes copies; `name` is Django's `connection.vendor`."""

    def __init__(self, name: str, folder: Path, server: Database | None):
        self.name, self.folder, self.server = name, folder, server
        self.made = 0

    def site(self) -> Copy:
        """A copy of the prepared site."""
        return self.copy(None)

    def empty(self) -> Copy:
        """A database without any table."""
        return self._new(self._free_name(), "template0", None)

    def copy(self, original: Copy | None, over: Copy | None = None) -> Copy:
        """A copy of a database that nobody uses at the moment, the prepared site if none is given;
        in the place of another one, which is removed, if that is given."""
        if original:
            original.close()
        if over:
            self.remove(over)
        name = _name(over.url) if over else self._free_name()
        if self.name == SQLITE:
            return self._new(name, None, original.path if original else sqlite_site())
        return self._new(name, _name(original.url) if original else "postgres", None)

    def _free_name(self):
        self.made += 1
        return f"copy_{self.made}" + (".sqlite3" if self.name == SQLITE else "")

    def _new(self, name, template, path):
        if self.name == SQLITE:
            target = self.folder / name
            if path:
                with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(target)) as new:
                    old.backup(new)
            return SqliteCopy(target)
        with psycopg.connect(_at(self.server.url, "template1"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return PostgresqlCopy(_at(self.server.url, name))

    def remove(self, copy: Copy) -> None:
        copy.close()
        if self.name == SQLITE:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{copy.path}{suffix}").unlink(missing_ok=True)
            return
        with psycopg.connect(_at(self.server.url, "template1"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {_name(copy.url)} WITH (FORCE)")


def _name(url):
    return url.rpartition("/")[2]


def _at(url, name):
    return f"{url.rpartition('/')[0]}/{name}"


@contextmanager
def engines(folder: Path, *names: str) -> Iterator[list[Engine]]:
    """Both engines, or those named, with a PostgreSQL server if it is among them."""
    names = names or (SQLITE, POSTGRESQL)
    if POSTGRESQL not in names:
        yield [Engine(name, folder, None) for name in names]
        return
    with Database() as server:
        yield [Engine(name, folder, server) for name in names]


def sqlite_site() -> Path:
    """The prepared site as an SQLite file, made once a run."""
    path = prepared() / "site.sqlite3"
    if not path.exists():
        made = prepared() / "site.sqlite3.new"
        environ = environment(prepared(), f"sqlite:///{made}")
        python(environ, "-m", "tests.faults.prepare")
        with closing(sqlite3.connect(made)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.move(made, path)
    return path


# What a site holds, without what differs between two runs that did the same: keys, times, ids


def contents(copy: Copy) -> dict:
    """Everything about the digests, in terms that are the same on every run."""
    return {
        "digests": copy.rows(
            "SELECT date, title, introduction, status, version, feed_id <> '',"
            " publish_at IS NOT NULL, published_at IS NOT NULL FROM articles_digest ORDER BY date"
        ),
        "articles": copy.rows(
            "SELECT date, position, headline, points, technical_significance, industry_impact,"
            " outlook, slug, a.feed_id <> '' FROM articles_article a"
            " JOIN articles_digest d ON d.id = a.digest_id ORDER BY date, position"
        ),
        "citations": copy.rows(
            "SELECT date, a.position, c.position, p.name, c.url, c.published_on"
            " FROM articles_citation c JOIN articles_publisher p ON p.id = c.publisher_id"
            " JOIN articles_article a ON a.id = c.article_id"
            " JOIN articles_digest d ON d.id = a.digest_id ORDER BY 1, 2, 3"
        ),
        "tags": copy.rows(
            "SELECT date, a.position, t.name FROM articles_taggedarticle x"
            " JOIN articles_tag t ON t.id = x.tag_id"
            " JOIN articles_article a ON a.id = x.content_object_id"
            " JOIN articles_digest d ON d.id = a.digest_id ORDER BY 1, 2, 3"
        ),
        "revisions": [(*row, _outline(copy.json(data))) for *row, data in _revisions(copy)],
        "audit": copy.rows(
            "SELECT action, actor_name, target FROM articles_auditentry ORDER BY id"
        ),
        "site version": copy.rows("SELECT number FROM articles_siteversion"),
        "search": copy.rows("SELECT text FROM articles_search ORDER BY digest_id, text"),
        "counts": copy.counts(),
    }


def _revisions(copy):
    return copy.rows(
        "SELECT date, number, kind, note, data FROM articles_revision ORDER BY date, number, id"
    )


def _outline(data):
    """Of a revision's snapshot, what it has of its articles."""
    texts = ("headline", "points", "tags", "citations", "outlook")
    return (
        data["title"],
        data["status"],
        [[a.get(name) for name in texts] for a in data["articles"]],
    )


def different(one: dict, other: dict) -> list[str]:
    """The names of the parts in which two contents differ."""
    return [name for name in one if one[name] != other[name]]
