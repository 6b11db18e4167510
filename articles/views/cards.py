"""Social cards of public pages."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.utils.cache import get_conditional_response, patch_cache_control

from articles.models import Article, Digest
from articles.pictures import cards
from articles.serving.public import read_only

YEAR = 365 * 24 * 60 * 60  # seconds


@read_only
def day(request, date, mark):
    digest = get_object_or_404(Digest.objects.published(), date=date)
    return _answer(request, cards.of_digest(digest), mark)


@read_only
def article(request, date, slug, mark):
    published = Article.objects.published().select_related("digest")
    article = get_object_or_404(published, digest__date=date, slug=slug)
    return _answer(request, cards.of_article(article), mark)


def _answer(request, card, mark):
    """The picture. Any other mark redirects to it, or to the site's own if none can be drawn."""
    if card is None or card.mark != mark:
        response = HttpResponseRedirect(card.address if card else static("img/card.png"))
        patch_cache_control(response, public=True, no_cache=True)
        return response
    response = get_conditional_response(request, etag=f'"{mark}"')
    if response is None:
        response = HttpResponse(cards.picture(card), content_type=cards.MEDIA_TYPE)
        response["ETag"] = f'"{mark}"'
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response
