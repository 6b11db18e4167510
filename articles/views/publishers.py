"""Publishers: who is cited, and in which articles."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from articles.models import Publisher
from articles.pages import trends
from articles.serving.public import public_page
from articles.views.digest_lists import digests_linked, names_after, redirect_along


@public_page
def listing(request):
    """Publishers cited in the last year with their number of articles, then the others."""
    year = trends.period(trends.YEAR)
    recent = trends.most_used(Publisher, trends.publisher_counts(year.articles)) if year else []
    known = [publisher.pk for publisher in recent]
    older = names_after(request, Publisher.objects.in_use(), "name", known)
    context = {
        "heading": _("Publishers"),
        "description": _("Everyone we cite, each with the articles that do."),
        "earlier": _("Cited earlier"),
        "nothing": _("No published article cites anyone yet."),
        "address": request.path,
        "period": year,
        "recent": recent,
    }
    return render(request, "articles/names.html", context | older)


@public_page
def show(request, slug):
    """The articles that cite a publisher, by day, newest first; `?before=YYYY-MM-DD` shows older
    days."""
    publisher = Publisher.objects.known_at(slug)
    if publisher is None:
        raise Http404(_("No published article cites this publisher."))
    if publisher.slug != slug:
        return redirect_along(request, publisher)
    listed = digests_linked(request, publisher.citations.all(), "article")
    if not listed["digests"]:
        raise Http404(_("No published article cites this publisher."))
    year = trends.period(trends.YEAR)
    in_year = len(trends.citing(publisher, year.articles))
    context = {
        "heading": publisher.name,
        "description": _("Articles that cite %(publisher)s, newest first.")
        % {"publisher": publisher.name},
        "address": publisher.get_absolute_url(),
        "publisher": publisher,
        **listed,
        "period": year,
        "in_year": in_year,
    }
    return render(request, "articles/publisher.html", context)
