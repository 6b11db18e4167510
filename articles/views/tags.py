"""Tags: their articles, related tags, and their frequency over time."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from articles.models import Tag
from articles.pages import drawing, trends
from articles.serving.public import public_page
from articles.views.digest_lists import digests_linked, names_after, redirect_along

WEEKS = (12, 26, 52, 104)
MOST_CHOICES = 200


@public_page
def tags(request):
    """Tags of the last year with their number of articles, then the older ones by name."""
    year = trends.period(trends.YEAR)
    recent = trends.most_used(Tag, year.tag_counts) if year else []
    older = names_after(request, Tag.objects.in_use(), "folded", [tag.pk for tag in recent])
    context = {
        "heading": _("Tags"),
        "description": _("All tags, each with its articles."),
        "earlier": _("Earlier tags"),
        "nothing": _("No published article has a tag yet."),
        "address": request.path,
        "period": year,
        "recent": recent,
    }
    return render(request, "articles/names.html", context | older)


@public_page
def tag(request, slug):
    """A tag's articles by day, newest first; `?before=YYYY-MM-DD` shows older days."""
    tag = Tag.objects.known_at(slug)
    if tag is None:
        raise Http404(_("No published article has this tag."))
    if tag.slug != slug:
        return redirect_along(request, tag)
    listed = digests_linked(request, tag.tagged_articles.all(), "content_object")
    if not listed["digests"]:
        raise Http404(_("No published article has this tag."))
    year = trends.period(trends.YEAR)
    of_year = year.tagged(tag)
    shown = [article.pk for digest in listed["digests"] for article in digest.listed_articles]
    context = {
        "heading": tag.name,
        "description": tag.description
        or _("Articles on %(tag)s, newest first.") % {"tag": tag.name},
        "address": tag.get_absolute_url(),
        "tag": tag,
        **listed,
        # For a tag unused for a year, the related tags come from its last articles.
        "related": trends.related(tag, year.tags if of_year else trends.tags_of(shown)),
        "trend": drawing.trend(year, trends.by_week(of_year, year))
        if listed["is_first_page"]
        else None,
    }
    return render(request, "articles/tag.html", context)


@public_page
def compared(request):
    """Rising and falling tags, two tags compared by week, and the sources of citations.

    `?a=` and `?b=` are slugs of tags, `?weeks=` one of `WEEKS`.
    """
    weeks = _requested_weeks(request)
    whole = trends.period(max(weeks, trends.YEAR))
    if whole is None:
        return render(request, "articles/tag_trends.html", {"period": None})
    year, quarter = whole.latest(trends.YEAR), whole.latest(trends.EARLIER)
    context = {
        "period": year,
        **_compared(request, year, whole.latest(weeks)),
        **_changes(whole.latest(trends.RECENT)),
        "quarter": quarter,
        "citations": _citation_mix(quarter),
    }
    return render(request, "articles/tag_trends.html", context)


def _compared(request, year, period):
    """The form with the tags of the year, and the chosen tags by week of the period."""
    choices = trends.most_used(Tag, year.tag_counts)[:MOST_CHOICES]
    asked = [request.GET.get(name, "") for name in ("a", "b")]
    is_asked = not request.GET.keys().isdisjoint({"a", "b"})
    chosen = [*map(_requested_tag, asked)] if is_asked else choices[:2]
    tags = [tag for tag in chosen if tag]
    return {
        "weeks": period.weeks,
        "weeks_choices": WEEKS,
        "choices": choices + [tag for tag in tags if tag not in choices],
        "chosen": chosen,
        "comparison": _comparison(period, tags),
    }


def _changes(recent):
    """Rising and falling tags, the largest changes first."""
    changes = trends.changes(recent)
    risers = [change for change in changes if change.points > 0]
    fallers = [change for change in changes[::-1] if change.points < 0]
    return {
        "risers": risers[: trends.MOST_CHANGES],
        "fallers": fallers[: trends.MOST_CHANGES],
        "recent": recent,
        "earlier": recent.before(trends.EARLIER),
        "fewest": trends.FEWEST,
    }


def _comparison(period, tags):
    if not tags:
        return None
    counts = [trends.by_week(period.tagged(tag), period) for tag in tags]
    return drawing.comparison(period, tags, counts, trends.by_week(period.articles, period))


def _citation_mix(period):
    """The citations and scripts of a period as rows with shares."""
    mix = trends.citations(period)
    facts = [
        (_("cite one publisher only"), mix.single_citation),
        (_("cite a news portal"), mix.with_portal),
    ]
    headlines = trends.headline_scripts(period)
    names = {
        _("Headlines by script"): headlines,
        _("Publishers cited, by the script of their names"): mix.scripts,
    }
    return {
        "articles": mix.articles,
        "without": mix.without,
        "facts": drawing.shares(facts, mix.articles),
        "publishers": drawing.shares(
            [(publisher, publisher.recent_articles) for publisher in mix.publishers], mix.articles
        ),
        "other_publishers": mix.others,
        "scripts": [(caption, _by_script(counts)) for caption, counts in names.items()],
    }


def _by_script(counts):
    names = {
        "hangul": _("Hangul"),
        "kana": _("Kana"),
        "han": _("Chinese characters"),
        "latin": _("Latin letters"),
        None: _("No letters"),
    }
    named = [(names[script], count) for script, count in counts]
    return drawing.shares(named, sum(count for _name, count in counts))


def _requested_weeks(request):
    value = request.GET.get("weeks", str(trends.YEAR))
    if value not in map(str, WEEKS):
        raise Http404(_("Choose one of the periods that the page offers."))
    return int(value)


def _requested_tag(slug):
    """The tag at an address, None if it is blank; Http404 if readers know no such tag."""
    tag = Tag.objects.known_at(slug) if slug else None
    if slug and tag is None:
        raise Http404(_("No published article has this tag."))
    return tag
