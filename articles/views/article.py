"""The page of one article."""

from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from articles.digests.former_slugs import article_at
from articles.models import Digest
from articles.pages import digest_cache, related, ties
from articles.serving.public import public_page
from articles.views import twins


@public_page
def show(request, date, slug):
    """One article with its neighbours in the digest, and related articles."""
    digest = get_object_or_404(Digest.objects.published(), date=date)
    [digest] = digest_cache.with_parts([digest])
    articles = list(digest.articles.all())
    slugs = [article.slug for article in articles]
    if slug not in slugs:
        return redirect_article(digest, slug)
    index = slugs.index(slug)
    article = articles[index]
    alternates = twins.alternates_of_article(article)
    beside = ties.of_article(article)
    context = {
        "digest": digest,
        "article": article,
        "number": index + 1,
        "previous": articles[index - 1] if index else None,
        "next": articles[index + 1] if index + 1 < len(articles) else None,
        "ties": beside,
        "related": related.related_to(article, besides={link.address for link in beside.linked}),
        "twins": alternates,
        "is_preview": False,
    }
    response = render(request, "articles/article.html", context)
    response["Link"] = twins.link_header((*twin, "alternate") for twin in alternates)
    return response


def redirect_article(digest, slug):
    """Redirect to the article at the address in our spelling (composed, lower case), else to the
    article that had this address before; Http404 if there is neither."""
    article = article_at(digest, slug)
    if article is None:
        raise Http404(_("There is no such article in this digest."))
    return HttpResponsePermanentRedirect(article.get_absolute_url())
