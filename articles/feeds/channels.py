"""The feeds of the site, and their items in a span of time."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from articles.feeds import items
from articles.feeds.items import Item
from articles.models import Article, Correction, Digest, Storyline, Tag
from articles.pages import digest_cache, parts
from articles.pages.inputs import remembered
from articles.querysets import in_public_digest

Moment = dt.datetime | None
RECENT = (40, 400)  # search so many digests before the whole archive of a tag


class Channel:
    """A feed with all its items, independent of the format.

    A span includes `since` and excludes `before`. Both are aware; None leaves that end open.
    """

    name: ClassVar[str]

    def title(self) -> str:
        """The title of the feed, plain text."""
        raise NotImplementedError

    def description(self) -> str:
        raise NotImplementedError

    def home(self) -> str:
        """The path of the page with the same contents."""
        raise NotImplementedError

    def moments(self, limit: int, *, before: Moment = None) -> list[dt.datetime]:
        """The moments at which the newest items came out, one per item, newest first."""
        raise NotImplementedError

    def first_since(self, since: dt.datetime) -> Moment:
        """The moment at which the first item at or after `since` came out."""
        raise NotImplementedError

    def items(self, since: Moment = None, before: Moment = None) -> Iterator[Item]:
        """The items of a span."""
        raise NotImplementedError

    def address(self, kind: str, **where) -> str:
        """The absolute address of a document: without arguments the newest items, else those of a
        `month` or `before` a moment."""
        end = "".join(f"-{name}" for name in where)
        if where:
            return self._reverse(f"{self.name}{end}", kind=kind, **where)
        return self._reverse(f"{self.name}-{kind}")

    def _reverse(self, name, **arguments):
        return items.absolute(reverse(f"articles:{name}", kwargs=arguments))


@dataclass(frozen=True)
class Digests(Channel):
    """One item per digest."""

    name = "digests"

    def title(self):
        return settings.SITE_NAME

    def description(self):
        return _("Every digest of %(site)s, with its full text.") % {"site": settings.SITE_NAME}

    def home(self):
        return reverse("articles:home")

    def moments(self, limit, *, before=None):
        return [at for _pk, at in _came_out(before=before, limit=limit)]

    def first_since(self, since):
        return _oldest(_came_out(since=since, limit=1, oldest_first=True))

    def items(self, since=None, before=None):
        yield from map(items.of_digest, _digests(since, before))


@dataclass(frozen=True)
class Corrections(Channel):
    """One item per correction."""

    name = "corrections"

    def title(self):
        return _("%(site)s: corrections") % {"site": settings.SITE_NAME}

    def description(self):
        return _("Everything that %(site)s got wrong and put right.") % {"site": settings.SITE_NAME}

    def home(self):
        return reverse("articles:corrections")

    def moments(self, limit, *, before=None):
        moments = _corrections(before=before).values_list("corrected_at", flat=True)
        return list(moments.order_by("-corrected_at")[:limit])

    def first_since(self, since):
        moments = _corrections(since=since).values_list("corrected_at", flat=True)
        return moments.order_by("corrected_at").first()

    def items(self, since=None, before=None):
        rows = _corrections(since=since, before=before).select_related("digest", "article__digest")
        rows = rows.prefetch_related("digest__corrections").order_by("-corrected_at", "-pk")
        yield from map(items.of_correction, rows)


@dataclass(frozen=True)
class Articles(Channel):
    """One item per article, and one per correction."""

    name = "articles"

    def title(self):
        return _("%(site)s: articles") % {"site": settings.SITE_NAME}

    def description(self):
        sentence = _("Every article of %(site)s with its full text, and every correction.")
        return sentence % {"site": settings.SITE_NAME}

    def home(self):
        return reverse("articles:home")

    def moments(self, limit, *, before=None):
        rows = _came_out(before=before, limit=limit)
        counts = _by_digest(Article.objects.filter(digest__in=[pk for pk, _at in rows]))
        moments = [at for pk, at in rows for _number in range(counts.get(pk, 0))]
        moments += CORRECTIONS.moments(limit, before=before)
        return sorted(moments, reverse=True)[:limit]

    def first_since(self, since):
        moments = (DIGESTS.first_since(since), CORRECTIONS.first_since(since))
        return min(filter(None, moments), default=None)

    def items(self, since=None, before=None):
        for digest in _digests(since, before):
            yield from map(items.of_article, digest.articles.all())
        yield from CORRECTIONS.items(since, before)


@dataclass(frozen=True)
class NamedChannel(Channel):
    """One item per article that belongs to a row with an address, such as a tag."""

    row: Tag | Storyline
    about: ClassVar[str]  # the sentence that describes the feed

    def title(self):
        return _("%(site)s: %(name)s") % {"site": settings.SITE_NAME, "name": self.row.name}

    def description(self):
        return _(self.about) % {"site": settings.SITE_NAME, "name": self.row.name}

    def home(self):
        return self.row.get_absolute_url()

    def articles(self):
        """The articles that belong to the row, public or not."""
        raise NotImplementedError

    def moments(self, limit, *, before=None):
        rows = self._rows(before=before, enough=limit)
        return [at for _pk, at, count in rows for _number in range(count)][:limit]

    def first_since(self, since):
        return min((at for _pk, at, _count in self._rows(since=since)), default=None)

    def items(self, since=None, before=None):
        digests = [pk for pk, _at, _count in self._rows(since=since, before=before)]
        articles = self.articles().published().filter(digest__in=digests)
        articles = articles.select_related("digest", "picture")
        articles = articles.prefetch_related("digest__corrections")
        articles = list(articles.order_by("-digest__date", "position"))
        parts.load_links(articles)
        yield from map(items.of_article, articles)

    def _rows(self, since=None, before=None, enough=None):
        """`(pk, moment, articles)` of digests with such articles in a span, newest first. With
        `enough`, stop searching once the digests found have that many articles together.

        A frequent tag is found in the newest digests; a rare one has few links to search.
        """
        newest = Digest.objects.came_out(since=since, before=before, limit=RECENT[-1])
        for recent in RECENT:
            counts = self._counts([pk for pk, _at in newest[:recent]])
            if len(newest) < recent or (enough is not None and sum(counts.values()) >= enough):
                break
        else:
            counts = self._counts()
            digests = Digest.objects.published().filter(pk__in=counts)
            newest = sorted(digests.values_list("pk", "publish_at"), key=lambda row: row[1])[::-1]
        return [
            (pk, at, counts[pk])
            for pk, at in newest
            if pk in counts and (since is None or at >= since) and (before is None or at < before)
        ]

    def _counts(self, digests=None):
        """Number of such articles by primary key of their digest, in `digests` or, if None, in all
        public digests."""
        articles = self.articles()
        if digests is None:
            return _by_digest(in_public_digest(articles, "digest"))
        return _by_digest(articles.filter(digest__in=digests))

    def _reverse(self, name, **arguments):
        return super()._reverse(name, slug=self.row.slug, **arguments)


class TagChannel(NamedChannel):
    """One item per article with the tag."""

    name = "tag"
    about = gettext_noop("Every article of %(site)s on %(name)s, with its full text.")

    def articles(self):
        return Article.objects.tagged(self.row)


class StorylineChannel(NamedChannel):
    """One item per article of the storyline."""

    name = "storyline"
    about = gettext_noop("Every article of %(site)s in the storyline %(name)s, in full.")

    def articles(self):
        return Article.objects.linked(self.row.entries.all(), "article")


OF_ROWS: dict[type, type[NamedChannel]] = {Tag: TagChannel, Storyline: StorylineChannel}


DIGESTS, ARTICLES, CORRECTIONS = Digests(), Articles(), Corrections()
OF_THE_SITE = (DIGESTS, ARTICLES, CORRECTIONS)


def _digests(since, before):
    """The digests of a span, newest first, with everything their items show loaded."""
    pks = [pk for pk, _at in _came_out(since=since, before=before)]
    found = Digest.objects.published().in_bulk(pks)
    return digest_cache.with_parts([found[pk] for pk in pks if pk in found])


def _came_out(**span):
    """The same as `came_out()` of public digests, whose queries take longer to build than to
    answer. Every document of a feed asks several times."""
    key = "came out", *sorted(span.items())
    return remembered(key, lambda: Digest.objects.came_out(**span))


def _by_digest(articles):
    """Number of these articles by primary key of their digest."""
    return dict(articles.order_by().values_list("digest").annotate(Count("pk")))


def _corrections(since=None, before=None):
    corrections = Correction.objects.published()
    if since is not None:
        corrections = corrections.filter(corrected_at__gte=since)
    if before is not None:
        corrections = corrections.filter(corrected_at__lt=before)
    return corrections


def _oldest(rows):
    return rows[0][1] if rows else None
