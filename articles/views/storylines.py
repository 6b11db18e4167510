"""The page of a storyline: news over several days."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from articles.models import Storyline
from articles.pages import timelines
from articles.serving.public import public_page
from articles.views.digest_lists import redirect_along, requested_date


@public_page
def show(request, slug):
    """The newest entries of a storyline in the order of their days; `?before=YYYY-MM-DD` shows
    earlier ones. A storyline of which readers have one article has no page."""
    storyline = Storyline.objects.known_at(slug)
    if storyline is None:
        raise Http404(_("There is no such storyline."))
    if storyline.slug != slug:
        return redirect_along(request, storyline)
    before = requested_date(request)
    timeline = timelines.of(storyline, before)
    if not timeline.entries:
        raise Http404(_("There is no such storyline."))
    context = {
        "heading": storyline.name,
        "description": _("News that goes on over several days: “%(name)s”.")
        % {"name": storyline.name},
        "address": storyline.get_absolute_url(),
        "storyline": storyline,
        "timeline": timeline,
        "is_first_page": before is None,
    }
    return render(request, "articles/storyline.html", context)
