"""The search page: a form and the results."""

from functools import lru_cache
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import search
from articles.changes import site_version
from articles.models import Digest, Publisher, Storyline, Tag
from articles.pages import imprints
from articles.rules.dates import find_day, read_day, read_month
from articles.rules.text import clean, fold
from articles.rules.times import parse_day, written_out
from articles.serving.public import public_page

FILTERS = ("tag", "publisher", "storyline", "from", "to")
NEWEST = "newest"
# Pages of hits that a process keeps, of about 40 kB each.
KEPT = 200


@public_page
def results(request):
    """Articles with the words in `?q=`, those with them in the headline first, or with
    `order=newest` by day; `tag`, `publisher`, `storyline`, `from` and `to` narrow the search,
    `before` shows the next hits. A typed day also leads to its digest. Without parameters, the form
    and a guide to it."""
    after = requested_place(request)
    if connection.in_atomic_block or settings.DEBUG:
        return HttpResponse(_drawn(request, after))
    version = str(site_version.current())
    today = timezone.localdate()  # which tells the year of a typed day
    site = str(connection.settings_dict["NAME"]), settings.LANGUAGE_CODE
    # The imprint in the memory of this process may be the one of the version before.
    place = _places(*site, version, today, imprints.current())(request.get_full_path())
    if not place:
        place.append(_drawn(request, after, version))
    return HttpResponse(place[0])


@lru_cache(maxsize=1)
def _places(*_state):
    """Gives the place of a page by its address: a list, empty at first. The pages of one state of
    the site are given up together."""
    return lru_cache(maxsize=KEPT)(lambda _address: [])


def _drawn(request, after, version=None):
    asked = {name: clean(request.GET.get(name, "")).strip() for name in ("q", *FILTERS)}
    given = {name: value for name, value in asked.items() if value}
    is_newest = request.GET.get("order") == NEWEST or (after is not None and after.is_by_day)
    context = {
        "asked": asked | {"start": asked["from"]},
        "is_asked": bool(given),
        "is_narrowed": any(name in given for name in FILTERS),
        "is_first_page": after is None,
        "max_length": search.MAX_LENGTH,
    }
    if given:
        if after is None:
            context |= _digest_of_day(asked["q"]) | {"month": _month_of(asked["q"])}
        try:
            context |= _found(asked, given, after, search.known(version), is_newest=is_newest)
            is_alone, has_hits = context.get("is_day_alone"), _has_hits(context["page"])
            is_meant = context.get("month") or (is_alone and context["digest"])
            context["is_digest_alone"] = is_meant and not has_hits
            if has_hits and not is_alone:
                context.pop("digest", None)
        except search.Unusable as problem:
            context["problem"] = str(problem)
    return render_to_string("articles/search.html", context, request)


def _digest_of_day(typed):
    """The digest of a typed day, if readers have it, for the page. Beside other words it shows the
    digest only where they find nothing. Of a day alone it also says that there is none."""
    near = timezone.localdate()
    if (found := find_day(typed, near)) is None:
        return {}
    is_alone = read_day(typed, near) is not None
    digest = Digest.objects.published().filter(date=found.day).first()
    if not (digest or is_alone):
        return {}
    return {"digest": digest, "digest_day": written_out(found.day), "is_day_alone": is_alone}


def _month_of(typed):
    """The first day of a typed month, if readers have digests of it."""
    first = read_month(typed)
    if first is None:
        return None
    of_month = {"date__year": first.year, "date__month": first.month}
    return first if Digest.objects.published().filter(**of_month).exists() else None


def _has_hits(page):
    """Whether a search found something, or may find something if it goes on."""
    return bool(page.hits) or page.is_cut


def _found(asked, given, after, spellings, *, is_newest):
    """The hits and the links around them, for the page. Raises search.Unusable."""
    query = query_of(asked, spellings)
    page = search.find(query, after, newest=is_newest)
    is_newest = is_newest or not query.wanted
    ordered = given | {"order": NEWEST} if is_newest and query.wanted else given
    context = {
        "page": page,
        "is_newest": is_newest,
        "first_page": urlencode(ordered),
        "more": urlencode(ordered | {"before": page.more}) if page.more else None,
    }
    if query.wanted and (page.hits or after):
        other = given if is_newest else given | {"order": NEWEST}
        context["other_order"] = urlencode(other)
    if not _has_hits(page) and after is None and asked["q"]:
        offers = search.offers(asked["q"], spellings)
        context["offers"] = [(offer.text, urlencode({"q": offer.text})) for offer in offers]
    return context


def query_of(asked, spellings):
    """The query for the typed and chosen values; raises search.Unusable."""
    start, end = _day(asked["from"]), _day(asked["to"])
    if start and end and start > end:
        raise search.Unusable(_("The first day is after the last one. Swap them."))
    return search.parse(
        asked["q"],
        spellings=spellings,
        tags=_names(Tag, asked["tag"], folded=fold(asked["tag"])),
        publishers=_names(Publisher, asked["publisher"], name__iexact=asked["publisher"]),
        storylines=_storylines(asked["storyline"]),
        start=start,
        end=end,
    )


def requested_place(request):
    """The place in the order of hits in `?before=`, None if it is absent; Http404 if it is none."""
    value = request.GET.get("before")
    if value is None:
        return None
    if (place := search.cursor(value)) is None:
        raise Http404(_("The address asks for a place in the search that does not exist."))
    return place


def _names(model, typed, **is_named):
    """The name of the tag or publisher that readers know by this name or by this present or former
    address; else the typed text; empty if nothing was typed."""
    if not typed:
        return ()
    found = model.objects.in_use().filter(**is_named).first() or model.objects.known_at(typed)
    return (found.name if found else typed,)


def _storylines(typed):
    """As `_names`. A name that readers do not know finds nothing: the index may have it."""
    if not typed:
        return ()
    known = Storyline.objects
    found = known.in_use().filter(folded=fold(typed)).first() or known.known_at(typed)
    return (found.name if found else "",)


def _day(typed):
    if not typed:
        return None
    try:
        return parse_day(typed)
    except ValueError as error:
        message = _("“%(day)s” is not a day. Write it like 2026-01-03.")
        raise search.Unusable(message % {"day": typed[:30]}) from error
