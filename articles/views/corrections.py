"""All corrections, for readers."""

import datetime as dt
import re

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import Correction
from articles.serving.public import public_page
from articles.views.digest_lists import NoSuchPlace

CORRECTIONS_A_PAGE = 20
# The moment of a correction in the address of a page, to the microsecond and in UTC.
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@public_page
def listing(request):
    """Corrections of published digests, newest first; `?before=` a moment shows older ones."""
    before = requested_moment(request)
    public = Correction.objects.published()
    asked = public.filter(corrected_at__lt=before) if before else public
    corrections = page_of(asked)
    if before and not corrections:
        raise NoSuchPlace(_("There are no older corrections."))
    oldest = corrections[-1].corrected_at if corrections else None
    has_older = bool(oldest) and public.filter(corrected_at__lt=oldest).exists()
    address = reverse("articles:corrections")
    context = {
        "corrections": corrections,
        "older": f"{oldest.astimezone(dt.UTC):{MOMENT}}" if has_older else None,
        "is_first_page": before is None,
        "address": f"{address}?before={request.GET['before']}" if before else address,
    }
    return render(request, "articles/corrections.html", context)


def page_of(corrections):
    """The newest corrections of a page with everything they show. Those with the same moment as
    the oldest one are included, so that the moment alone says where the next page starts."""
    newest = corrections.order_by("-corrected_at")
    moments = newest.values_list("corrected_at", flat=True)[:CORRECTIONS_A_PAGE]
    oldest = min(moments, default=None)
    if oldest is None:
        return []
    rows = corrections.filter(corrected_at__gte=oldest).select_related("digest", "article__digest")
    return list(rows.order_by("-corrected_at", "-digest__date", "-pk"))


def requested_moment(request):
    """The aware moment in `?before=`, None if it is absent; Http404 if it is not a moment."""
    value = request.GET.get("before")
    if value is None:
        return None
    if not _MOMENT.fullmatch(value):
        raise NoSuchPlace(_("The address asks for a moment that does not exist."))
    try:
        return dt.datetime.strptime(value, MOMENT).replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise NoSuchPlace(_("The address asks for a moment that does not exist.")) from error
