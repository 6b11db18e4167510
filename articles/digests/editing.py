"""Writes the parts of a digest: order, slugs, citations, tags, storylines.

The admin and the importer write through these functions. The caller opens the transaction and locks
the digest.
"""

import datetime as dt
import re
from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from articles.digests import identifiers, naming, old_addresses, public_text
from articles.fields import TEXT_FIELDS
from articles.models import (
    Article,
    Citation,
    Digest,
    Picture,
    Publisher,
    PublisherDomain,
    Storyline,
    StorylineEntry,
    Tag,
    TaggedArticle,
    entry_of,
    links_of,
    storylines_by_name,
    tags_by_name,
)
from articles.rules.addresses import comparison_key, domain_of
from articles.rules.hidden_text import are_in, shown_line
from articles.rules.lines import (
    MAX_PUBLISHER_LENGTH,
    CitationLine,
    citation_from,
    unread_lines,
    without_unread,
)
from articles.rules.text import Slugs, slugify, unique_slug

# The offset that moves positions out of the way while articles change places. Both databases check
# the unique constraint row by row.
_ASIDE = 1_000_000
_NUMBER = re.compile(r"(-\d+)?")


class Links(NamedTuple):
    """The links of an article to its tags, and to its storyline if it has one."""

    tags: list[TaggedArticle]
    storyline: StorylineEntry | None


class Names:
    """A cache of tags and storylines by their names as typed, and of publishers by name, or else by
    domain."""

    def __init__(self) -> None:
        self.publishers: dict[tuple[str, str], Publisher] = {}
        self.tags: dict[str, Tag] = {}
        self.storylines: dict[str, Storyline] = {}

    def forget(self) -> None:
        """Clear the cache: a rollback may have removed some of the rows."""
        self.publishers.clear()
        self.tags.clear()
        self.storylines.clear()

    def publisher(self, line: CitationLine) -> Publisher:
        named_by = (line.publisher, "" if line.publisher else domain_of(line.url))
        if named_by not in self.publishers:
            self.publishers[named_by] = publisher_for(line)
        return self.publishers[named_by]

    def find_tags(self, typed: list[str]) -> None:
        """Look up the tags that are not cached yet. Create those that do not exist."""
        if missing := set(typed) - self.tags.keys():
            self.tags |= tags_by_name(name for name in typed if name in missing)

    def find_storylines(self, typed: list[str]) -> None:
        """Look up the storylines that are not cached yet. Create those that do not exist."""
        if missing := set(typed) - self.storylines.keys() - {""}:
            self.storylines |= storylines_by_name(name for name in typed if name in missing)

    def settle(self, digest: Digest) -> None:
        """Settle the names and slugs of the cached rows that readers meet through a digest that was
        just saved."""
        rows: list[naming.Named] = [*self.tags.values(), *self.publishers.values()]
        unknown = [row for row in (*rows, *self.storylines.values()) if not row.is_known]
        if unknown:
            naming.settle(digest)
            for row in unknown:
                row.refresh_from_db()


def lock(digest: Digest) -> Digest:
    """The digest's current row, locked until the transaction ends.

    Raises Digest.DoesNotExist if the digest was deleted.
    """
    return Digest.objects.select_for_update().get(pk=digest.pk)


def write(digest: Digest, data: dict[str, Any], *, now: dt.datetime | None = None) -> None:
    """Make the texts, articles and order of a locked digest equal to a snapshot.

    Articles are matched by `uid`. Articles that the snapshot lacks are deleted; new ones are
    created. Slugs of articles that were never published follow their headlines. New articles of a
    public or scheduled digest get their identifiers, dated `now` (aware; by default the present
    moment). Status, times and corrections stay unchanged. Raises `public_text.Unfit` for faults
    that only a draft may have.
    """
    public_text.require(digest, data)
    date = dt.date.fromisoformat(data["date"])
    old_addresses.keep_day(digest, date)
    digest.date = date
    digest.title = data["title"]
    digest.introduction = data["introduction"]
    digest.language = data["language"]
    for name in ("front_matter", "layout"):
        setattr(digest, name, data[name])
    digest.save()
    present = digest.articles.prefetch_related("citations__publisher", "tagged_articles__tag")
    present = present.select_related("storyline_entry__storyline")
    known = {str(article.uid): article for article in present.order_by("position")}
    texts = data["articles"]
    kept = {text["uid"] for text in texts}
    digest.articles.filter(uid__in=known.keys() - kept).delete()
    articles = [known.get(text["uid"]) or _new_article(digest, text) for text in texts]
    slugs = slugs_of(articles, texts)
    _make_room(digest, articles, slugs)
    pictures = pictures_of(texts)
    new = []
    for position, (article, slug, text) in enumerate(zip(articles, slugs, texts, strict=True), 1):
        values = _values(text, pictures) | {"position": position, "slug": slug}
        if not values["headline"]:
            values["feed_id"] = ""  # it had one for a planned hour, and readers never saw it
        if article.pk is None:
            new.append((_filled(article, values), text))
        else:
            _update_article(article, values, text)
    _insert(new, Names())
    identifiers.settle(digest, now or timezone.now())


def add_articles(digest: Digest, texts: list[dict[str, Any]], names: Names) -> list[Links]:
    """Create the articles of a snapshot in a digest that has none. Their uids, slugs and feed ids
    must be free. Returns the links of each article to what it names."""
    pictures = pictures_of(texts)
    new = []
    for position, text in enumerate(texts, start=1):
        values = _values(text, pictures) | {"digest": digest, "position": position}
        values |= {name: text[name] for name in ("uid", "slug", "feed_id")}
        new.append((Article(**values), text))
    return _insert(new, names)


def _insert(new: Sequence[tuple[Article, dict[str, Any]]], names: Names) -> list[Links]:
    """Save new articles with the citations, tags and storylines of their snapshots, in few queries
    for all of them."""
    Article.objects.bulk_create([article for article, _text in new])
    citations = []
    for article, text in new:
        lines = [citation_from(citation) for citation in without_unread(text["citations"])]
        citations += _citations_of(article, lines, [names.publisher(line) for line in lines])
    Citation.objects.bulk_create(citations)
    names.find_tags([name for _article, text in new for name in text["tags"]])
    links = [links_of(article, text["tags"], names.tags) for article, text in new]
    TaggedArticle.objects.bulk_create(chain(*links))
    names.find_storylines([text["storyline"] for _article, text in new])
    entries = [entry_of(article, text["storyline"], names.storylines) for article, text in new]
    StorylineEntry.objects.bulk_create(filter(None, entries))
    return list(map(Links, links, entries))


def _values(text: dict[str, Any], pictures: dict[str, int]) -> dict[str, Any]:
    """The column values of an article from its text in a snapshot. `pictures` maps uids to the
    primary keys of existing pictures."""
    values = {name: text[name] for name in (*TEXT_FIELDS, "layout")}
    values["unread_citations"] = unread_lines(text["citations"])
    return values | {"picture_id": pictures.get(text["picture"])}


def _filled(article: Article, values: dict[str, Any]) -> Article:
    for name, value in values.items():
        setattr(article, name, value)
    return article


def _update_article(article: Article, values: dict[str, Any], text: dict[str, Any]) -> None:
    if any(getattr(article, name) != values[name] for name in values):
        _filled(article, values).save()
    set_citations(article, [citation_from(one) for one in without_unread(text["citations"])])
    set_tags(article, text["tags"])
    set_storyline(article, text["storyline"])


def _new_article(digest: Digest, text: dict[str, Any]) -> Article:
    """An unsaved article with the uid and feed id of the snapshot, unless another article has them
    now."""
    if Article.objects.filter(uid=text["uid"]).exists():
        return Article(digest=digest)
    feed_id = text.get("feed_id", "")
    is_free = not (feed_id and Article.objects.filter(feed_id=feed_id).exists())
    return Article(digest=digest, uid=text["uid"], feed_id=feed_id if is_free else "")


def slugs_of(articles: list[Article], texts: list[dict[str, Any]]) -> list[str]:
    """The slug for each article: published articles keep theirs, others follow their headlines.

    Articles that stay unchanged take precedence over new and restored ones.
    """
    slugs = [_kept_slug(article, text) for article, text in zip(articles, texts, strict=True)]
    taken = Slugs(filter(None, slugs))
    for index, (article, text) in enumerate(zip(articles, texts, strict=True)):
        if not slugs[index]:
            slug, headline = text.get("slug", ""), text["headline"]
            fits = slug and (article.feed_id or _follows(slug, headline))
            is_kept = fits and slug not in taken
            slugs[index] = taken.take(slug) if is_kept else taken.unique(shown_line(headline))
    return slugs


def _kept_slug(article: Article, text: dict[str, Any]) -> str:
    """The slug that an article keeps; empty if it has none or gets a new one."""
    is_same = article.pk and article.slug == text.get("slug")
    stays = article.feed_id or (is_same and _follows(article.slug, text["headline"]))
    return article.slug if stays else ""


def _follows(slug: str, headline: str) -> bool:
    """Whether a slug is made from the visible part of a headline."""
    base = slugify(shown_line(headline))
    if not slug.startswith(base):
        return False
    return not are_in(headline) or bool(_NUMBER.fullmatch(slug[len(base) :]))


def _make_room(digest: Digest, articles: list[Article], slugs: list[str]) -> None:
    """First move the articles that change their place or slug to temporary values, so that they can
    swap: the unique constraints are checked row by row."""
    targets = enumerate(zip(articles, slugs, strict=True), start=1)
    moved = [
        article
        for position, (article, slug) in targets
        if article.pk is not None and (article.position, article.slug) != (position, slug)
    ]
    if not moved:
        return
    own_slug = Concat(Value("-"), Cast("pk", CharField()))
    rows = digest.articles.filter(pk__in=[article.pk for article in moved])
    rows.update(position=F("position") + _ASIDE, slug=own_slug)
    for article in moved:
        article.position = None  # type: ignore[assignment]  # so that each is saved


def pictures_of(texts: Sequence[dict[str, Any]]) -> dict[str, int]:
    """The primary keys of the pictures in a snapshot's articles, by uid, locked until the
    transaction ends. A deleted picture is left out; its description stays in the article, so that
    the picture can be added again."""
    uids = {text["picture"] for text in texts} - {""}
    if not uids:
        return {}
    rows = Picture.objects.select_for_update().filter(uid__in=uids).order_by("pk")
    return {str(uid): pk for uid, pk in rows.values_list("uid", "pk")}


def set_citations(article: Article, lines: Sequence[CitationLine]) -> None:
    """Replace the article's citations with the lines, in order. Publishers are created as
    needed."""
    current = [(c.publisher.name, c.url, c.published_on) for c in article.citations.all()]
    if current == [(line.publisher, line.url, line.published_on) for line in lines]:
        return
    publishers = [publisher_for(line) for line in lines]
    wanted = [
        (p.name, line.url, line.published_on) for p, line in zip(publishers, lines, strict=True)
    ]
    if current == wanted:
        return
    article.citations.all().delete()
    Citation.objects.bulk_create(_citations_of(article, lines, publishers))


def _citations_of(
    article: Article, lines: Sequence[CitationLine], publishers: Sequence[Publisher]
) -> list[Citation]:
    """The lines as unsaved citations of an article. `publishers` has the publisher of each line."""
    return [
        Citation(
            article=article,
            position=position,
            publisher=publisher,
            url=line.url,
            url_key=comparison_key(line.url),
            published_on=line.published_on,
        )
        for position, (publisher, line) in enumerate(zip(publishers, lines, strict=True), start=1)
    ]


def set_tags(article: Article, names: Sequence[str]) -> None:
    """Replace the article's tags with the tags of these names, in order."""
    if tag_names(article) == list(names):
        return
    article.tagged_articles.all().delete()
    vars(article).get("_prefetched_objects_cache", {}).pop("tagged_articles", None)
    TaggedArticle.objects.bulk_create(links_of(article, names, tags_by_name(names)))


def set_storyline(article: Article, name: str) -> None:
    """Put the article into the storyline of this name, or into none if it is blank."""
    if storyline_name(article) == name:
        return
    StorylineEntry.objects.filter(article=article).delete()
    if entry := entry_of(article, name, storylines_by_name([name])):
        entry.save()


def storyline_name(article: Article) -> str:
    """The name of an article's storyline; empty if it has none. It needs no query if
    `storyline_entry__storyline` was selected."""
    entry: StorylineEntry | None = getattr(article, "storyline_entry", None)
    return entry.name if entry else ""


def tag_names(article: Article) -> list[str]:
    """The names of an article's tags in order. It needs no query if `tagged_articles__tag` was
    prefetched."""
    links = article.tagged_articles.all()
    if "tagged_articles" not in vars(article).get("_prefetched_objects_cache", {}):
        links = links.select_related("tag")
    return [link.name for link in sorted(links, key=attrgetter("pk"))]


def publisher_for(line: CitationLine) -> Publisher:
    """The publisher of a citation line, created if it is new.

    For a line without a name, the domain of its address decides: its publisher, or else the domain
    itself as a name.
    """
    domain = domain_of(line.url)
    if not line.publisher and (known := publisher_of_domain(domain)):
        return known
    name = line.publisher or domain_name(domain)
    publisher = Publisher.objects.filter(name=name).first()
    if publisher is None:
        slugs = Publisher.objects.values_list("slug", flat=True)
        publisher = Publisher.objects.create(name=name, slug=unique_slug(name, slugs))
        PublisherDomain.objects.get_or_create(domain=domain, defaults={"publisher": publisher})
    return publisher


def domain_name(domain: str) -> str:
    """The name of a publisher of which only the domain is known."""
    return domain[-MAX_PUBLISHER_LENGTH:]


def publisher_of_domain(domain: str) -> Publisher | None:
    """The publisher that owns a domain, or the nearest parent domain."""
    labels = domain.split(".")
    candidates = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    owners = PublisherDomain.objects.filter(domain__in=candidates).select_related("publisher")
    nearest = max(owners, key=lambda owner: len(owner.domain), default=None)
    return nearest.publisher if nearest else None
