"""Writing the parts of a digest: order, slugs, citations, tags.

The admin and the importer both write through these functions, inside a transaction of
their own and with the digest locked.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from articles.lines import CitationLine
from articles.models import Article, Citation, Digest, Publisher, PublisherDomain
from articles.text import unique_slug

# Positions are moved out of the way by this much while articles change places, because the
# unique constraint is checked row by row on both databases.
_ASIDE = 1_000_000
# Parts of a host name that say how a page is served, not whose it is.
_SERVING_LABELS = ("www.", "m.", "amp.", "mobile.")


def lock(digest: Digest) -> Digest:
    """The digest's current row, locked until the transaction ends.

    Raises Digest.DoesNotExist if it was deleted meanwhile.
    """
    return Digest.objects.select_for_update().get(pk=digest.pk)


def set_aside(digest: Digest) -> None:
    """Free all positions of a digest, before articles are saved in a new order."""
    digest.articles.update(position=F("position") + _ASIDE)


def set_order(digest: Digest, articles: Iterable[Article]) -> None:
    """Number the articles from 1 in the given order; all of the digest's must be given."""
    for position, article in enumerate(articles, start=1):
        article.position = position
        digest.articles.filter(pk=article.pk).update(position=position)


def set_slug(article: Article, taken: Iterable[str]) -> None:
    """Let the slug follow the headline until the article is first published.

    `taken` are the slugs of the other articles of its digest.
    """
    if not (article.feed_id and article.slug):
        article.slug = unique_slug(article.headline, taken)


def set_citations(article: Article, lines: Sequence[CitationLine]) -> None:
    """Make the lines the article's citations, in order; publishers are made as needed."""
    current = [
        (c.publisher.name, c.url, c.published_on)
        for c in article.citations.select_related("publisher")
    ]
    publishers = [publisher_for(line) for line in lines]
    wanted = [
        (p.name, line.url, line.published_on) for p, line in zip(publishers, lines, strict=True)
    ]
    if current == wanted:
        return
    article.citations.all().delete()
    Citation.objects.bulk_create(
        Citation(
            article=article,
            position=position,
            publisher=publisher,
            url=line.url,
            published_on=line.published_on,
        )
        for position, (publisher, line) in enumerate(zip(publishers, lines, strict=True), start=1)
    )


def set_tags(article: Article, names: Sequence[str]) -> None:
    """Make the names the article's tags, in order."""
    if [tag.name for tag in article.tags.all()] != list(names):
        article.tags.set(names, clear=True)


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


def domain_of(url: str) -> str:
    """The host of an address in small letters, without labels such as `www.` or `m.`."""
    host = (urlsplit(url).hostname or "").lower()
    for label in _SERVING_LABELS:
        if host.startswith(label) and host.count(".") > 1:
            return host.removeprefix(label)
    return host
