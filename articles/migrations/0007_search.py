"""The tables of the search index, for each database its own; see docs/decisions/0011."""

from django.apps.registry import Apps
from django.db import migrations

from articles.search import indexing

SQLITE = """
CREATE TABLE articles_search (
    key INTEGER PRIMARY KEY, digest_id INTEGER NOT NULL, article_uid CHAR(32) NOT NULL, text TEXT NOT NULL
);
CREATE INDEX articles_search_digest ON articles_search (digest_id);
CREATE VIRTUAL TABLE articles_search_terms USING fts5 (
    terms, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '.+#'"
)
"""
# Rows stay whole, since looking at many of them is how common words are found.
POSTGRESQL = """
CREATE TABLE articles_search (
    key bigint PRIMARY KEY, digest_id bigint NOT NULL, article_uid uuid NOT NULL,
    text text COLLATE "C" NOT NULL, terms int4[] NOT NULL
) WITH (toast_tuple_target = 8160);
CREATE INDEX articles_search_digest ON articles_search (digest_id);
CREATE INDEX articles_search_terms ON articles_search USING gin (terms) WITH (gin_pending_list_limit = 512)
"""


def create(apps: Apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in (SQLITE if vendor == "sqlite" else POSTGRESQL).split(";"):
        schema_editor.execute(statement)


def fill(apps: Apps, schema_editor):
    indexing.rebuild(apps)


def drop(apps: Apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE articles_search_terms")
    schema_editor.execute("DROP TABLE articles_search")


class Migration(migrations.Migration):
    dependencies = [("articles", "0006_pictures_and_site_version")]
    operations = [
        migrations.RunPython(create, drop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
