"""An item of a feed, independent of the format."""

import datetime as dt
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles.models import Article, Correction, Digest
from articles.pages import digest_cache
from articles.rules.rendering import plain
from articles.rules.text import clean, collapse

MAX_SUMMARY = 400  # characters; readers show only the first lines of a summary in lists


@dataclass(frozen=True)
class Cited:
    """A citation of an article: the publisher's name and the absolute address."""

    name: str
    url: str


@dataclass(frozen=True)
class Item:
    """All texts are plain except `content_html`. None has a character that XML forbids.

    `url` is absolute. Moments are aware, in UTC; `published` and `updated` are in whole seconds.
    `came_out` orders the item in its feed and is precise to the microsecond.
    """

    id: str
    url: str
    title: str
    summary: str
    content_html: str
    published: dt.datetime
    updated: dt.datetime
    came_out: dt.datetime
    language: str
    authors: tuple[str, ...]
    categories: tuple[str, ...] = ()
    citations: tuple[Cited, ...] = ()


def of_digest(digest: Digest) -> Item:
    """An item for a whole digest. Its parts must be loaded."""
    return digest_cache.once(digest, Item, partial(_of_digest, digest))


def _of_digest(digest):
    tags = (tag.name for article in digest.articles.all() for tag in article.tags.all())
    return Item(
        id=digest.feed_id,
        url=absolute(digest.get_absolute_url()),
        title=_line(digest.shown_title),
        summary=_summary(digest.summary),
        content_html=_content("articles/feed_digest.html", digest=digest),
        published=_second(digest.first_public_at),
        updated=_second(digest.last_changed_at),
        came_out=digest.publish_at,
        language=digest.language,
        authors=(settings.SITE_NAME,),
        categories=_names(tags),
    )


def of_article(article: Article) -> Item:
    """An item for one article. A correction that concerns the article moves its `updated`."""
    return digest_cache.once(article.digest, (Item, article.pk), partial(_of_article, article))


def _of_article(article):
    digest = article.digest
    notes = [note for note in digest.corrections.all() if _is_about(note, article)]
    published = _moment_of(article)
    cited = [(citation.publisher.name, citation.href) for citation in article.citations.all()]
    return Item(
        id=article.feed_id,
        url=absolute(article.get_absolute_url()),
        title=_line(article.shown_headline),
        summary=_summary(article.summary) or _line(article.shown_headline),
        content_html=_content(
            "articles/feed_article.html", digest=digest, article=article, notes=notes
        ),
        published=_second(published),
        updated=_second(max([published, *(note.corrected_at for note in notes)])),
        came_out=digest.publish_at,
        language=digest.language,
        authors=(settings.SITE_NAME,),
        categories=_names(tag.name for tag in article.tags.all()),
        citations=tuple(Cited(_line(name), clean(url)) for name, url in cited if url),
    )


def of_correction(correction: Correction) -> Item:
    """A short item for a correction, since many readers never update an item they have shown."""
    digest, article = correction.digest, correction.article
    about = article or digest
    headline = _line(article.shown_headline if article else digest.shown_title)
    return Item(
        id=correction_id(correction),
        url=f"{absolute(about.get_absolute_url())}#{correction.anchor}",
        title=_("Correction: %(headline)s") % {"headline": headline},
        summary=_summary(plain(correction.text)) or headline,
        content_html=_content(
            "articles/feed_correction.html", correction=correction, headline=headline, about=about
        ),
        published=_second(correction.corrected_at),
        updated=_second(correction.corrected_at),
        came_out=correction.corrected_at,
        language=digest.language,
        authors=(settings.SITE_NAME,),
    )


def correction_id(correction: Correction) -> str:
    """The permanent id: the digest's id with the moment of the correction in UTC.

    It needs no column, and survives backup, export and every change of address. Only an import can
    create two corrections of one digest with the same moment; those get a number from the second
    on, in their order.
    """
    of_moment = [
        note.pk
        for note in correction.digest.corrections.all()
        if note.corrected_at == correction.corrected_at
    ]
    moment = correction.corrected_at.astimezone(dt.UTC)
    number = of_moment.index(correction.pk) + 1
    base = f"{correction.digest.feed_id}/correction/{moment:%Y%m%dT%H%M%S.%fZ}"
    return base if number == 1 else f"{base}/{number}"


def absolute(path: str) -> str:
    return settings.SITE_URL + path


def _moment_of(article):
    """When an article came out. Those of one digest are a second apart, the first one last, so that
    readers which sort by time, newest first, keep their order."""
    digest = article.digest
    if not digest.has_spread_articles:
        return digest.first_public_at
    return digest.first_public_at - dt.timedelta(seconds=article.position - 1)


def _is_about(note, article):
    """Whether a correction concerns the article. One of a whole digest lists its articles."""
    changed = {row.get("uid") for row in note.changes}
    return note.article_id == article.pk or str(article.uid) in changed


def _content(template, **context):
    return clean(render_to_string(template, context | {"site_url": settings.SITE_URL}))


def _line(text):
    return collapse(clean(text))


def _summary(text):
    return Truncator(_line(text)).chars(MAX_SUMMARY)


def _names(names):
    """The names without repetitions, in the order of first use."""
    return tuple(dict.fromkeys(filter(None, map(_line, names))))


def _second(moment):
    return moment.astimezone(dt.UTC).replace(microsecond=0)
