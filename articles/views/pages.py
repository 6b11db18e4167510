"""Pages that show digests."""

from django.shortcuts import get_object_or_404, render

from articles.digests import deadlines
from articles.models import Digest
from articles.pages import digest_cache
from articles.pages import ties as ties_of_page
from articles.pages.inputs import remembered
from articles.serving.public import public_page
from articles.views import twins


@public_page
def home(request):
    """The latest digest, with a notice if today's is late; a placeholder before the first one."""
    newest = Digest.objects.published().latest_one()
    missed_hour = deadlines.missed_hour()
    if newest is None:
        return render(request, "articles/no_digest.html", {"missed_hour": missed_hour})
    [digest] = digest_cache.with_parts([newest])
    ties = ties_of_page.of_digest(digest)
    return render_day(request, digest, _neighbours(digest.date), missed_hour, ties=ties)


@public_page
def day(request, date):
    digest = get_object_or_404(Digest.objects.published(), date=date)
    [digest] = digest_cache.with_parts([digest])
    alternates = twins.alternates(digest)
    ties = ties_of_page.of_digest(digest)
    response = render_day(request, digest, _neighbours(digest.date), twins=alternates, ties=ties)
    response["Link"] = twins.link_header((*twin, "alternate") for twin in alternates)
    return response


def _neighbours(date):
    known = Digest.objects.published()
    return remembered(("neighbours", date), lambda: known.neighbours_of(date))


def render_day(request, digest, neighbours, missed_hour=None, *, twins=(), ties=None):
    """The page of one digest whose parts are loaded, with links to its neighbours (the previous and
    the next digest), to its twins, and to what came before its articles (`ties`)."""
    previous, following = neighbours
    context = {
        "digest": digest,
        "previous": previous,
        "next": following,
        "ties": ties or {},
        "missed_hour": missed_hour,
        "twins": twins,
        "is_preview": False,
    }
    return render(request, "articles/day.html", context)
