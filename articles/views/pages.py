"""Pages that show issues and topics."""

import datetime as dt

from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from articles import deadlines, topics
from articles.models import Article, Digest, Tag
from articles.views import twins
from articles.views.public import public_page

DAYS_A_PAGE = 20


@public_page
def home(request):
    """The latest issue; before the first one, a page that says so. Says if today's is late."""
    digest = Digest.objects.published().for_page().newest_first().first()
    missed_hour = deadlines.missed_hour()
    if digest is None:
        return render(request, "articles/no_digest.html", {"missed_hour": missed_hour})
    return render_day(request, digest, missed_hour)


@public_page
def day(request, date):
    digest = get_object_or_404(Digest.objects.published().for_page(), date=date)
    alternates = twins.alternates(digest)
    response = render_day(request, digest, twins=alternates)
    response["Link"] = twins.link_header((*twin, "alternate") for twin in alternates)
    return response


def render_day(request, digest, missed_hour=None, twins=()):
    """The page of one issue, with links to the issues before and after it and to its twins."""
    published = Digest.objects.published()
    context = {
        "digest": digest,
        "previous": published.previous_to(digest.date),
        "next": published.next_to(digest.date),
        "missed_hour": missed_hour,
        "twins": twins,
    }
    return render(request, "articles/day.html", context)


@public_page
def tags(request):
    return render(request, "articles/tags.html", {"tags": Tag.objects.in_use()})


@public_page
def tag(request, slug):
    """A topic's articles by day, newest first; `?before=YYYY-MM-DD` asks for older days."""
    tag = Tag.objects.filter(slug=slug).first()
    if tag is None:
        return redirect_tag(request, slug)
    digests = Digest.objects.published().tagged(tag)
    before = requested_date(request, "before")
    page = digests.filter(date__lt=before) if before else digests
    days = list(page.with_articles_tagged(tag).newest_first()[: DAYS_A_PAGE + 1])
    if not days:
        raise Http404(_("No published article has this topic."))
    context = {
        "tag": tag,
        "digests": days[:DAYS_A_PAGE],
        "before": days[DAYS_A_PAGE - 1].date if len(days) > DAYS_A_PAGE else None,
        "is_first_page": before is None,
    }
    return render(request, "articles/tag.html", context)


def redirect_tag(request, slug):
    """From an address that a topic once had to its present one, if readers know the topic."""
    target = topics.moved_to(slug)
    if target is None or not Article.objects.published().tagged(target).exists():
        raise Http404(_("No published article has this topic."))
    query = request.META.get("QUERY_STRING")
    address = target.get_absolute_url()
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


def requested_date(request, name):
    """The ISO date in the query parameter, None if it is absent; Http404 if it is no date."""
    value = request.GET.get(name)
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise Http404(_("The address asks for a day that does not exist.")) from error
