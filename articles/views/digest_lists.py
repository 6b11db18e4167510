"""Shared code of lists: articles by digest in pages by day, names in pages by name."""

import re

from django.http import Http404, HttpResponsePermanentRedirect
from django.utils.translation import gettext as _

from articles.models import Digest
from articles.rules.times import parse_day

DAYS_A_PAGE = 20
NAMES_A_PAGE = 300
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class NoSuchPlace(Http404):
    """A list has no page at the place in its address. The sentence, one of few, is shown."""


def digests_linked(request, links, article):
    """The context for listing the articles to which such rows refer in their field `article`.

    `?before=YYYY-MM-DD` shows older days. `digests` is empty if there are none.
    """
    before = requested_date(request)
    digests = Digest.objects.published()
    digests = digests.filter(date__lt=before) if before else digests
    days = digests.newest_linked(links, article, DAYS_A_PAGE + 1)
    return {
        "digests": days[:DAYS_A_PAGE],
        "before": days[DAYS_A_PAGE - 1].date if len(days) > DAYS_A_PAGE else None,
        "is_first_page": before is None,
    }


def redirect_along(request, target):
    """Redirect a former address to the present one and keep the query."""
    query = request.META.get("QUERY_STRING")
    address = target.get_absolute_url()
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


def requested_date(request):
    """The date in `?before=`, None if it is absent; Http404 if it is not a date."""
    value = request.GET.get("before")
    if value is None:
        return None
    try:
        if _DATE.fullmatch(value):
            return parse_day(value)
    except ValueError:
        pass
    raise NoSuchPlace(_("The address asks for a day that does not exist."))


def names_after(request, rows, key, without):
    """A page of the rows, sorted by their unique text `key`, except those in `without` (primary
    keys).

    Returns context: `others`, and the key for the link to more in `after`. `?after=` a key shows
    the names that follow it; Http404 if there are none.
    """
    after = request.GET.get("after")
    if after:
        rows = rows.filter(**{f"{key}__gt": after})
    found = list(rows.exclude(pk__in=without).order_by(key)[: NAMES_A_PAGE + 1])
    if after is not None and not found:
        raise NoSuchPlace(_("There are no more names."))
    more = len(found) > NAMES_A_PAGE
    found = found[:NAMES_A_PAGE]
    return {
        "others": found,
        "after": getattr(found[-1], key) if more else None,
        "is_first_page": after is None,
    }
