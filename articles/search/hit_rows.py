"""Reads what hits show of their articles.

Django takes longer to write a query than a database to answer these, so their text is written here.
What readers may see, `tables.public` says.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import connection

from articles.models import Article, Citation, Digest, Publisher, Tag, TaggedArticle
from articles.search import indexed_text, tables

_ARTICLE, _DIGEST = Article._meta.db_table, Digest._meta.db_table
# How the values of those fields are read that the database has in another form.
_READ = {
    name: getattr(Article._meta.get_field(name), "from_db_value", None)
    for name in indexed_text.FIELDS
}
_FIELDS = ", ".join(f"s.{name}" for name in indexed_text.FIELDS)
_SHOWN = (
    f"SELECT s.uid, s.id, s.slug, d.date, d.language, {_FIELDS} "  # noqa: S608
    f"FROM {_ARTICLE} s JOIN {_DIGEST} d ON d.id = s.digest_id WHERE s.uid IN (%s) AND "
)
_PUBLISHERS = (
    f"SELECT c.article_id, p.name FROM {Citation._meta.db_table} c "  # noqa: S608
    f"JOIN {Publisher._meta.db_table} p ON p.id = c.publisher_id "
    "WHERE c.article_id IN (%s) ORDER BY c.article_id, c.position"
)
_TAGS = (
    f"SELECT g.content_object_id, t.name FROM {TaggedArticle._meta.db_table} g "  # noqa: S608
    f"JOIN {Tag._meta.db_table} t ON t.id = g.tag_id "
    "WHERE g.content_object_id IN (%s) ORDER BY g.id"
)
Names = dict[int, list[str]]


def public_articles(uids: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Those of these articles that readers may see, by permanent id: the searched fields, `pk`,
    `uid`, `slug`, and the `date` and `language` of the digest."""
    if not uids:
        return {}
    is_public, parameters = tables.public()
    field = Article._meta.get_field("uid")
    ids = [field.get_db_prep_value(uid, connection) for uid in uids]
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for uid, pk, slug, day, language, *values in _rows(_SHOWN, ids, is_public, parameters):
        row = {
            name: read(value, None, connection) if read else value
            for (name, read), value in zip(_READ.items(), values, strict=True)
        }
        date = day if isinstance(day, dt.date) else dt.date.fromisoformat(day)
        row |= {"pk": pk, "uid": uuid.UUID(str(uid)), "slug": slug}
        found[row["uid"]] = row | {"date": date, "language": language}
    return found


def publishers(keys: list[int]) -> Names:
    """The names of the publishers that articles cite, by the articles' primary keys, in order,
    without repetitions."""
    return _by_article(_rows(_PUBLISHERS, keys)) if keys else {}


def tags(keys: list[int]) -> Names:
    """The names of the tags of articles, as `publishers`."""
    return _by_article(_rows(_TAGS, keys)) if keys else {}


def _rows(
    sql: str, values: list[Any], condition: str = "", parameters: Iterable[Any] = ()
) -> list[tuple[Any, ...]]:
    """The rows with one of the values that also meet the condition."""
    placeholders = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("%s", placeholders) + condition, [*values, *parameters])
        return cursor.fetchall()


def _by_article(rows: Iterable[tuple[int, str]]) -> Names:
    names: Names = {}
    for article, name in rows:
        own = names.setdefault(article, [])
        if name not in own:
            own.append(name)
    return names
