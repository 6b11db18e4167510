"""The search page: a form and the results."""

import re
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from articles import search
from articles.models import Publisher, Tag
from articles.rules.text import clean, fold
from articles.rules.times import parse_day
from articles.serving.public import public_page

FILTERS = ("tag", "publisher", "from", "to")
_KEY = re.compile(r"[0-9]{1,18}")


@public_page
def results(request):
    """Articles with the words in `?q=`, newest first; `tag`, `publisher`, `from` and `to` narrow
    the search, `before` shows older hits. Without parameters, the form and a guide to it."""
    asked = {name: clean(request.GET.get(name, "")).strip() for name in ("q", *FILTERS)}
    given = {name: value for name, value in asked.items() if value}
    before = requested_key(request)
    context = {
        "asked": asked | {"start": asked["from"]},
        "is_asked": bool(given),
        "is_narrowed": any(name in given for name in FILTERS),
        "is_first_page": before is None,
        "first_page": urlencode(given),
        "max_length": search.MAX_LENGTH,
    }
    if given:
        try:
            page = search.find(query_of(asked), before)
        except search.Unusable as problem:
            context["problem"] = str(problem)
        else:
            context["page"] = page
            context["older"] = urlencode(given | {"before": page.older}) if page.older else None
    return render(request, "articles/search.html", context)


def query_of(asked):
    """The query for the typed and chosen values; raises search.Unusable."""
    start, end = _day(asked["from"]), _day(asked["to"])
    if start and end and start > end:
        raise search.Unusable(_("The first day is after the last one. Swap them."))
    return search.parse(
        asked["q"],
        tags=_names(Tag, asked["tag"], folded=fold(asked["tag"])),
        publishers=_names(Publisher, asked["publisher"], name__iexact=asked["publisher"]),
        start=start,
        end=end,
    )


def requested_key(request):
    """The number in `?before=`, None if it is absent; Http404 if it is not a number."""
    value = request.GET.get("before")
    if value is None:
        return None
    if not _KEY.fullmatch(value):
        raise Http404(_("The address asks for a place in the search that does not exist."))
    return int(value)


def _names(model, typed, **is_named):
    """The name of the tag or publisher that readers know by this name or by this present or former
    address; else the typed text; empty if nothing was typed."""
    if not typed:
        return ()
    found = model.objects.in_use().filter(**is_named).first() or model.objects.known_at(typed)
    return (found.name if found else typed,)


def _day(typed):
    if not typed:
        return None
    try:
        return parse_day(typed)
    except ValueError as error:
        message = _("“%(day)s” is not a day. Write it like 2026-01-03.")
        raise search.Unusable(message % {"day": typed[:30]}) from error
