"""The publishers of addresses to which headlines link: the file gives no names for them."""

from dataclasses import replace

from articles.digests.editing import publisher_of_domain
from articles.document import ArticleText, Document, linked_to
from articles.rules.addresses import domain_of
from articles.rules.lines import CitationLine


def with_known_publishers(post: Document) -> Document:
    """The post with the publishers that this site knows by the domains of such addresses. An
    unknown one is called by its domain."""
    if not any("linked" in article.layout for article in post.articles):
        return post
    return replace(post, articles=[_with_known(article) for article in post.articles])


def _with_known(article: ArticleText) -> ArticleText:
    if "linked" not in article.layout:
        return article
    headline, *linked = article.layout["linked"]
    named, others = article.citations[: len(linked)], article.citations[len(linked) :]
    named = [_named(citation) for citation in named]
    layout = article.layout | {"linked": linked_to(headline, named)}
    return replace(article, citations=[*named, *others], layout=layout)


def _named(citation: CitationLine) -> CitationLine:
    known = publisher_of_domain(domain_of(citation.url))
    return replace(citation, publisher=known.name) if known else citation
