"""Articles that a program wrote and that no person answers for."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article, signatures_of
from articles.preflight.checked import CheckedArticle, CheckedDigest
from articles.preflight.findings import Found, Severity, rule
from articles.rules.text import parse_key

UNSIGNED = "unsigned"


def signed(articles: Iterable[CheckedArticle]) -> frozenset[str]:
    """The uids of those articles drafted with AI help under whose text is a signature; one query,
    or none."""
    hashes = {
        article.uid: article.text_hash
        for article in articles
        if article.drafted_by == Article.Drafting.AI and parse_key(article.uid)
    }
    return frozenset(signatures_of(hashes))


@rule(
    UNSIGNED,
    Severity.ERROR,
    gettext_lazy("Unsigned"),
    gettext_lazy("Read it against its citations, then sign it."),
)
def unsigned(digest: CheckedDigest) -> Iterator[Found]:
    """Its severity is a setting of its own, UNSIGNED_ARTICLES."""
    for article in digest.articles:
        if article.drafted_by == Article.Drafting.AI and article.uid not in digest.signed:
            sentence = _("It was drafted with AI help, and nobody has signed its present text.")
            yield Found(article.place(), sentence, article.text_hash)
