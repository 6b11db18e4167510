"""The publishers of addresses for which a post gives no names: those to which headlines link, and
those that the tolerant reader finds alone."""

import datetime as dt
from dataclasses import replace

from articles.digests.editing import domain_name, publisher_of_domain
from articles.document import ArticleText, Document, linked_to
from articles.models import Citation
from articles.rules.addresses import domain_of
from articles.rules.lines import CitationLine


def with_known_publishers(post: Document) -> Document:
    """The post with a publisher for each address: the one that the digest of its day has for it,
    else the one that this site or the post knows by the domain, else the domain itself."""
    if not any(map(_lacks_names, post.articles)):
        return post
    names = _Names(post)
    return replace(post, articles=[names.with_known(article) for article in post.articles])


def _lacks_names(article: ArticleText) -> bool:
    return "linked" in article.layout or any(map(_is_nameless, article.citations))


def _is_nameless(citation: CitationLine) -> bool:
    return citation.is_understood and not citation.publisher


class _Names:
    """The names of publishers for one post."""

    def __init__(self, post: Document):
        self.stored = _stored(post.date)
        self.own: dict[str, str] = {}
        for article in post.articles:
            linked = len(article.layout.get("linked", [""])) - 1
            for citation in filter(_is_named, article.citations[linked:]):
                self.own.setdefault(domain_of(citation.url), citation.publisher)

    def with_known(self, article: ArticleText) -> ArticleText:
        if not _lacks_names(article):
            return article
        headline, *linked = article.layout.get("linked", [""])
        citations = [
            self._named(citation, article.headline)
            if place < len(linked) or _is_nameless(citation)
            else citation
            for place, citation in enumerate(article.citations)
        ]
        named = replace(article, citations=citations)
        if not linked:
            return named
        layout = article.layout | {"linked": linked_to(headline, citations[: len(linked)])}
        return replace(named, layout=layout)

    def _named(self, citation: CitationLine, headline: str) -> CitationLine:
        domain = domain_of(citation.url)
        here = self.stored.get((headline, citation.url)) or self.stored.get(("", citation.url))
        name = here or self._known(domain)
        return replace(citation, publisher=name or self.own.get(domain) or domain_name(domain))

    def _known(self, domain: str) -> str:
        known = publisher_of_domain(domain)
        return known.name if known else ""


def _is_named(citation: CitationLine) -> bool:
    return citation.is_understood and bool(citation.publisher)


def _stored(day: dt.date) -> dict[tuple[str, str], str]:
    """The publishers that the digest of a day has, by headline and address, and without a headline
    by address."""
    cited = Citation.objects.filter(article__digest__date=day)
    found: dict[tuple[str, str], str] = {}
    for headline, url, name in cited.values_list("article__headline", "url", "publisher__name"):
        found[headline, url] = found["", url] = name
    return found
