"""Sitemaps, see `articles.pages.sitemaps`."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from articles.pages import sitemaps
from articles.serving.public import public_page


@public_page
def index(request):
    return _xml(sitemaps.index())


@public_page
def decade(request, first):
    return _xml(sitemaps.decade(first), _("There are no digests in these years."))


@public_page
def month(request, first):
    return _xml(sitemaps.month(first), _("There are no digests in this month."))


@public_page
def tags(request):
    return _xml(sitemaps.tags())


@public_page
def pages(request):
    return _xml(sitemaps.pages())


@public_page
def news(request):
    return _xml(sitemaps.news())


def _xml(body, missing=""):
    if body is None:
        raise Http404(missing)
    return HttpResponse(body, content_type="application/xml; charset=utf-8")
