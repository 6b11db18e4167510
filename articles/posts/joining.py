"""Joins the posts of one day into one digest."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from articles.document import Document, DocumentError
from articles.posts import reading
from articles.posts.post_files import PostFile, read_post
from articles.posts.reading import ReadPost
from articles.rules import permalinks
from articles.rules.permalinks import OldPaths

REFUSE, JOIN = "refuse", "join"
SAME_DAY = (REFUSE, JOIN)


@dataclass(frozen=True)
class Part:
    """A post that was read: its file, its text, and what was found in it."""

    file: PostFile
    text: str
    read: ReadPost


def by_day(posts: list[PostFile], zone: ZoneInfo, read_as: str) -> list[list[PostFile]]:
    """The posts in groups of one day each, in the order of their first posts. A post that cannot be
    read is a group of its own."""
    groups: dict[dt.date | str, list[PostFile]] = {}
    for file in posts:
        groups.setdefault(file.day or _day_of(file, zone, read_as) or file.name, []).append(file)
    return list(groups.values())


def _day_of(file: PostFile, zone: ZoneInfo, read_as: str) -> dt.date | None:
    try:
        return reading.read(file, read_post(file), zone, read_as).document.date
    except DocumentError:
        return None


def joined(parts: list[Part]) -> Document:
    """One document of all parts, in the order of their times; that of a single part stays as it
    is. Sorts `parts`.

    It has the title and front matter of the first, all introductions and all articles, in the usual
    spelling.
    """
    parts.sort(key=lambda part: (part.read.document.stamp, part.file.name))
    posts = [part.read.document for part in parts]
    if len(posts) == 1:
        return posts[0]
    notice = _("Joined from several posts of one day: %(files)s.")
    names = ", ".join(part.file.name for part in parts)
    return replace(
        posts[0],
        introduction="\n\n".join(_different(post.introduction for post in posts)),
        articles=[replace(article, layout={}) for post in posts for article in post.articles],
        corrections=[correction for post in posts for correction in post.corrections],
        layout={},
        notices=[notice % {"files": names}],
    )


def old_paths_of(part: Part, day: dt.date) -> OldPaths:
    """The paths that a post had on its old site. `day` is that of its digest."""
    return permalinks.of_post(part.read.document.front_matter, part.file.stem, day)


def _different(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))
