"""Pages that show digests."""

from django.shortcuts import get_object_or_404, render

from articles.digests import deadlines
from articles.models import Digest
from articles.pages import digest_cache
from articles.serving.public import public_page
from articles.views import twins


@public_page
def home(request):
    """The latest digest, with a notice if today's is late; a placeholder before the first one."""
    digest = Digest.objects.published().latest_one()
    missed_hour = deadlines.missed_hour()
    if digest is None:
        return render(request, "articles/no_digest.html", {"missed_hour": missed_hour})
    [digest] = digest_cache.with_parts([digest])
    return render_day(request, digest, missed_hour, is_newest=True)


@public_page
def day(request, date):
    digest = get_object_or_404(Digest.objects.published(), date=date)
    [digest] = digest_cache.with_parts([digest])
    alternates = twins.alternates(digest)
    response = render_day(request, digest, twins=alternates)
    response["Link"] = twins.link_header((*twin, "alternate") for twin in alternates)
    return response


def render_day(request, digest, missed_hour=None, twins=(), *, is_newest=False):
    """The page of one digest whose parts are loaded, with links to the previous and next digest
    and to its twins."""
    published = Digest.objects.published()
    context = {
        "digest": digest,
        "previous": published.previous_to(digest.date),
        "next": None if is_newest else published.next_to(digest.date),
        "missed_hour": missed_hour,
        "twins": twins,
        "is_preview": False,
    }
    return render(request, "articles/day.html", context)
