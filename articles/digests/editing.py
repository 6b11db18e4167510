"""Writing the parts of a digest: order, slugs, citations, tags.

The admin and the importer both write through these functions, inside a transaction of
their own and with the digest locked.
"""

import datetime as dt
import re
from collections.abc import Collection, Sequence
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from articles.fields import IMPLICATION_FIELDS
from articles.models import (
    Article,
    Citation,
    Digest,
    Picture,
    Publisher,
    PublisherDomain,
    TaggedArticle,
    links_of,
    tags_by_name,
)
from articles.rules.addresses import comparison_key, domain_of
from articles.rules.lines import CitationLine, citation_from
from articles.rules.remarks import are_in, shown_line
from articles.rules.text import Slugs, slugify, unique_slug

# Positions are moved out of the way by this much while articles change places, because the
# unique constraint is checked row by row on both databases.
_ASIDE = 1_000_000
_NUMBER = re.compile(r"(-\d+)?")
TEXT_FIELDS = (
    *("headline", "points", *IMPLICATION_FIELDS),
    *("picture_alt", "picture_caption", "picture_credit"),
    *("drafted_by", "read_by", "other"),
)


def lock(digest: Digest) -> Digest:
    """The digest's current row, locked until the transaction ends.

    Raises Digest.DoesNotExist if it was deleted meanwhile.
    """
    return Digest.objects.select_for_update().get(pk=digest.pk)


def write(digest: Digest, data: dict) -> None:
    """Make a locked digest's texts, articles and their order those of a snapshot.

    Articles are matched by `uid`; those that the snapshot does not have are deleted, those that
    are missing are made. Slugs of articles that were never published follow their headlines.
    Status, times and corrections are left alone.
    """
    digest.date = dt.date.fromisoformat(data["date"])
    digest.title = data["title"]
    digest.introduction = data["introduction"]
    digest.language = data["language"]
    for name in ("front_matter", "layout"):
        setattr(digest, name, data[name])
    digest.save()
    present = digest.articles.prefetch_related("citations__publisher", "tagged_articles__tag")
    known = {str(article.uid): article for article in present.order_by("position")}
    texts = data["articles"]
    kept = {text["uid"] for text in texts}
    digest.articles.filter(uid__in=known.keys() - kept).delete()
    articles = [known.get(text["uid"]) or _new_article(digest, text) for text in texts]
    slugs = slugs_of(articles, texts)
    _make_room(digest, articles, slugs)
    pictures = pictures_of(texts)
    for position, (article, slug, text) in enumerate(zip(articles, slugs, texts, strict=True), 1):
        _write_article(article, position, slug, text, pictures)


def _new_article(digest: Digest, text: dict) -> Article:
    """An article with the snapshot's identity, unless another article has that by now."""
    if Article.objects.filter(uid=text["uid"]).exists():
        return Article(digest=digest)
    feed_id = text.get("feed_id", "")
    is_free = not Article.objects.filter(feed_id=feed_id).exists()
    return Article(digest=digest, uid=text["uid"], feed_id=feed_id if is_free else "")


def slugs_of(articles: list[Article], texts: list[dict]) -> list[str]:
    """The slug each article shall have: published ones keep theirs, others follow headlines.

    Articles that stay as they are come before those that are new or come back.
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


def _kept_slug(article: Article, text: dict) -> str:
    """The slug that an article has and keeps; empty if it has none or gets another one."""
    is_same = article.pk and article.slug == text.get("slug")
    stays = article.feed_id or (is_same and _follows(article.slug, text["headline"]))
    return article.slug if stays else ""


def _follows(slug: str, headline: str) -> bool:
    """Whether a slug is made of what readers see of a headline."""
    base = slugify(shown_line(headline))
    if not slug.startswith(base):
        return False
    return not are_in(headline) or bool(_NUMBER.fullmatch(slug[len(base) :]))


def settle_slugs(digest: Digest, kept: Collection[int]) -> None:
    """Give the articles of a locked digest slugs made from their headlines, in their order; those
    that are `kept` (primary keys) have and keep theirs."""
    articles = list(digest.articles.order_by("position").only("headline", "slug", "digest"))
    taken = Slugs(article.slug for article in articles if article.pk in kept)
    changed = []
    for article in articles:
        if article.pk not in kept:
            slug = taken.unique(shown_line(article.headline))
            if article.slug != slug:
                article.slug = slug
                changed.append(article)
    if changed:
        aside = digest.articles.filter(pk__in=[article.pk for article in changed])
        aside.update(slug=Concat(Value("-"), Cast("pk", CharField())))
        Article.objects.bulk_update(changed, ["slug"])


def _make_room(digest: Digest, articles: list[Article], slugs: list[str]) -> None:
    """If any article changes place or slug, move all out of the way, so that they can swap: the
    unique constraints are checked row by row."""
    targets = enumerate(zip(articles, slugs, strict=True), start=1)
    stays = all(
        article.pk is None or (article.position, article.slug) == (position, slug)
        for position, (article, slug) in targets
    )
    if stays:
        return
    own_slug = Concat(Value("-"), Cast("pk", CharField()))
    digest.articles.update(position=F("position") + _ASIDE, slug=own_slug)
    for article in articles:
        article.position = None  # so that each is saved


def _write_article(
    article: Article, position: int, slug: str, text: dict, pictures: dict[str, int]
) -> None:
    values = {name: text[name] for name in (*TEXT_FIELDS, "layout")}
    values |= {"position": position, "slug": slug, "picture_id": pictures.get(text["picture"])}
    if article.pk is None or any(getattr(article, name) != values[name] for name in values):
        for name, value in values.items():
            setattr(article, name, value)
        article.save()
    set_citations(article, [citation_from(citation) for citation in text["citations"]])
    set_tags(article, text["tags"])


def pictures_of(texts: Sequence[dict]) -> dict[str, int]:
    """The primary keys of the pictures that articles of a snapshot show, by uid, locked until the
    transaction ends. One that is gone has none; its description stays, so that it can be had back.
    """
    uids = {text["picture"] for text in texts} - {""}
    if not uids:
        return {}
    rows = Picture.objects.select_for_update().filter(uid__in=uids).order_by("pk")
    return {str(uid): pk for uid, pk in rows.values_list("uid", "pk")}


def set_citations(article: Article, lines: Sequence[CitationLine]) -> None:
    """Make the lines the article's citations, in order; publishers are made as needed."""
    current = [(c.publisher.name, c.url, c.published_on) for c in article.citations.all()]
    publishers = [publisher_for(line) for line in lines]
    wanted = [
        (p.name, line.url, line.published_on) for p, line in zip(publishers, lines, strict=True)
    ]
    if current == wanted:
        return
    article.citations.all().delete()
    Citation.objects.bulk_create(citations_of(article, lines, publishers))


def citations_of(
    article: Article, lines: Sequence[CitationLine], publishers: Sequence[Publisher]
) -> list[Citation]:
    """The lines as an article's citations, not saved; `publishers` has that of each line."""
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
    """Make the names the article's tags, in order."""
    if tag_names(article) == list(names):
        return
    article.tagged_articles.all().delete()
    vars(article).get("_prefetched_objects_cache", {}).pop("tagged_articles", None)
    TaggedArticle.objects.bulk_create(links_of(article, names, tags_by_name(names)))


def tag_names(article: Article) -> list[str]:
    """The names of an article's tags in their order; in no query if `tagged_articles__tag` was
    prefetched."""
    links = article.tagged_articles.all()
    if "tagged_articles" not in vars(article).get("_prefetched_objects_cache", {}):
        links = links.select_related("tag")
    return [link.name for link in sorted(links, key=attrgetter("pk"))]


def publisher_for(line: CitationLine) -> Publisher:
    """The publisher a citation line names, made if it is new.

    A line without a name is looked up by the domain of its address. Raises ValidationError
    if no publisher has that domain.
    """
    domain = domain_of(line.url)
    if not line.publisher:
        known = publisher_of_domain(domain)
        if known is None:
            raise ValidationError(
                _("No publisher is known for %(domain)s. Write the name in front: name | address.")
                % {"domain": domain}
            )
        return known
    publisher = Publisher.objects.filter(name=line.publisher).first()
    if publisher is None:
        slugs = Publisher.objects.values_list("slug", flat=True)
        publisher = Publisher.objects.create(
            name=line.publisher, slug=unique_slug(line.publisher, slugs)
        )
        PublisherDomain.objects.get_or_create(domain=domain, defaults={"publisher": publisher})
    return publisher


def publisher_of_domain(domain: str) -> Publisher | None:
    """The publisher that owns a domain or the nearest domain above it."""
    labels = domain.split(".")
    candidates = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    owners = PublisherDomain.objects.filter(domain__in=candidates).select_related("publisher")
    nearest = max(owners, key=lambda owner: len(owner.domain), default=None)
    return nearest.publisher if nearest else None
