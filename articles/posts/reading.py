"""Reads a post with the exact reader, or with the tolerant one where that places more of it."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from articles import document, recognising
from articles.digests.editing import publisher_of_domain
from articles.document import ArticleText, Document, DocumentError
from articles.pictures import files
from articles.posts.post_files import PostFile
from articles.recognising import Account
from articles.rules.addresses import domain_of
from articles.rules.lines import CitationLine
from articles.rules.text import find_forbidden


@dataclass(frozen=True)
class ReadPost:
    """A post as a document, the account of its reading, and whether it has the exact form."""

    document: Document
    account: Account
    exact: bool


def read(file: PostFile, text: str, zone: ZoneInfo, read_as: str = recognising.AUTO) -> ReadPost:
    """Read the text of a post file. Raises DocumentError if it has no day or no article, or if
    `read_as` asks for the exact form and the text does not have it."""
    try:
        exact = document.parse(text, zone, files.exists, day=file.day)
    except DocumentError:
        if read_as == recognising.EXACT or find_forbidden(text.removeprefix("\ufeff")):
            raise
        return _recognised(file, text, zone)
    if read_as != recognising.EXACT and recognising.has_unplaced(exact):
        found = recognising.recognise(text, zone, day=file.day)
        if recognising.prefers(found, exact):
            return _recognised(file, text, zone)
    lines = text.count("\n") + 1
    account = recognising.exact_account(exact.articles, exact.introduction, lines)
    return ReadPost(exact, account, exact=True)


def _recognised(file: PostFile, text: str, zone: ZoneInfo) -> ReadPost:
    found = recognising.recognise(text, zone, day=file.day)
    if not found.articles:
        raise DocumentError([(1, _("The post has no text that could be an article."))])
    if found.date is None:
        message = _("The post names no day. Name its file after the day: 2026-01-03-news.md.")
        raise DocumentError([(1, message)])
    post = found.document(found.date, zone)
    articles = [_with_publishers(article) for article in post.articles]
    return ReadPost(replace(post, articles=articles), found.account, exact=False)


def _with_publishers(article: ArticleText) -> ArticleText:
    return replace(article, citations=[_named(citation) for citation in article.citations])


def _named(citation: CitationLine) -> CitationLine:
    """The citation with a publisher: the one that is known by the domain, else the domain."""
    if citation.publisher:
        return citation
    domain = domain_of(citation.url)
    known = publisher_of_domain(domain)
    return replace(citation, publisher=known.name if known else domain)
