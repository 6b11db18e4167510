"""Parts that are missing, too few, too many, too short or too long."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.document import IMPLICATION_LABELS
from articles.fields import IMPLICATION_FIELDS
from articles.models import Article
from articles.preflight.findings import Found, Severity, rule
from articles.preflight.issue import Issue
from articles.rules.text import fold


@rule(
    "articles-missing",
    Severity.ERROR,
    gettext_lazy("Add the first article, or leave this day without an issue."),
)
def articles_missing(issue: Issue) -> Iterator[Found]:
    if not issue.stories:
        yield Found(issue.place(), _("This digest has no article."), "")


@rule("title-missing", Severity.ERROR, gettext_lazy("Write the digest's title."))
def title_missing(issue: Issue) -> Iterator[Found]:
    if not issue.title.strip():
        yield Found(issue.place("title"), _("This digest has no title."), "")


@rule("headline-missing", Severity.ERROR, gettext_lazy("Write the headline."))
def headline_missing(issue: Issue) -> Iterator[Found]:
    for story in issue.stories:
        if not story.headline.strip():
            yield Found(story.place("headline"), _("This article has no headline."), "")


@rule(
    "citations-missing",
    Severity.ERROR,
    gettext_lazy("Say where the facts come from: publisher | address | date."),
)
def citations_missing(issue: Issue) -> Iterator[Found]:
    for story in issue.stories:
        if not story.sources:
            yield Found(story.place("citations"), _("This article cites no source."), "")


@rule("points-missing", Severity.ERROR, gettext_lazy("Write the summary, one point a line."))
def points_missing(issue: Issue) -> Iterator[Found]:
    for story in issue.stories:
        if not story.points:
            yield Found(story.place("points"), _("This article has no summary point."), "")


@rule(
    "implication-missing",
    Severity.WARNING,
    gettext_lazy("Write a sentence, or say why there is nothing to say."),
)
def implication_missing(issue: Issue) -> Iterator[Found]:
    for story in issue.stories:
        for name in IMPLICATION_FIELDS:
            if not story.implications[name].strip():
                label = Article._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # no relation
                sentence = _("“%(label)s” is empty.") % {"label": label}
                yield Found(story.place(name), sentence, "")


@rule(
    "publisher-missing",
    Severity.WARNING,
    gettext_lazy("Write the publisher in front: publisher | address | date."),
)
def publisher_missing(issue: Issue) -> Iterator[Found]:
    """A known domain names its publisher by itself."""
    for source in issue.sources:
        labels = source.domain.split(".")
        above = {".".join(labels[start:]) for start in range(len(labels))}
        if not source.publisher and not above & issue.archive.domains.keys():
            yield Found(source.place, _("This source has no publisher."), source.url)


@rule(
    "publication-date-missing",
    Severity.HINT,
    gettext_lazy("Write the day on which the source appeared after its address."),
)
def publication_date_missing(issue: Issue) -> Iterator[Found]:
    for source in issue.sources:
        if source.published_on is None:
            yield Found(source.place, _("This source has no publication date."), source.url)


@rule(
    "single-source",
    Severity.HINT,
    gettext_lazy("Look for a second, independent source and cite it."),
)
def single_source(issue: Issue) -> Iterator[Found]:
    least = issue.tuning.limits["sources_min"]
    for story in issue.stories:
        number = len(story.sources)
        if 0 < number < least:
            sentence = _("Number of sources: %(number)d. There should be at least %(least)d.")
            text = "\n".join(source.url for source in story.sources)
            place = story.place("citations", 1)
            yield Found(place, sentence % {"number": number, "least": least}, text)


@rule(
    "tags-missing", Severity.HINT, gettext_lazy("Add one to three tags, so that it can be found.")
)
def tags_missing(issue: Issue) -> Iterator[Found]:
    for story in issue.stories:
        if not story.tags:
            yield Found(story.place("tags"), _("This article has no tag."), "")


@rule(
    "picture-credit-missing",
    Severity.WARNING,
    gettext_lazy("Write who made the picture or gave it."),
)
def picture_credit_missing(issue: Issue) -> Iterator[Found]:
    for story in issue.stories:
        if story.picture and not story.picture_credit.strip():
            place = story.place("picture_credit")
            yield Found(place, _("The picture of this article has no credit."), story.picture)


@rule(
    "points-number",
    Severity.HINT,
    gettext_lazy("Split, join or drop points, so that the summary reads at a glance."),
)
def points_number(issue: Issue) -> Iterator[Found]:
    limits = issue.tuning.limits
    for story in issue.stories:
        number = len(story.points)
        if number and not limits["points_min"] <= number <= limits["points_max"]:
            sentence = _(
                "Number of summary points: %(number)d. There should be %(least)d to %(most)d."
            ) % {"number": number, "least": limits["points_min"], "most": limits["points_max"]}
            yield Found(story.place("points"), sentence, str(number))


@rule(
    "point-length",
    Severity.HINT,
    gettext_lazy("Make it one complete statement that reads in one breath."),
)
def point_length(issue: Issue) -> Iterator[Found]:
    least = issue.tuning.limits["point_length_min"]
    most = issue.tuning.limits["point_length_max"]
    for story in issue.stories:
        for point in story.points:
            length = len(point.text.strip())
            if least <= length <= most:
                continue
            sentence = _(
                "This summary point has %(length)d characters. It should have %(least)d to "
                "%(most)d."
            ) % {"length": length, "least": least, "most": most}
            yield Found(point.place, sentence, point.text)


@rule("point-repeated", Severity.WARNING, gettext_lazy("Remove one of the two."))
def point_repeated(issue: Issue) -> Iterator[Found]:
    for story in issue.stories:
        met: dict[str, int | None] = {}
        for point in story.points:
            line = met.setdefault(fold(point.text), point.place.line)
            if line != point.place.line:
                sentence = _("This summary point says the same as point %(line)d.")
                yield Found(point.place, sentence % {"line": line}, point.text)


@rule(
    "label-repeated",
    Severity.WARNING,
    gettext_lazy("Remove the label: the page puts it in front by itself."),
)
def label_repeated(issue: Issue) -> Iterator[Found]:
    for story in issue.stories:
        for passage in story.written_implications:
            start = passage.text.lstrip(" -*").lower()
            for label in IMPLICATION_LABELS:
                rest = start.removeprefix(label.lower())
                if rest != start and rest.lstrip(" *")[:1] in (":", "："):
                    sentence = _("The text begins with its own label, “%(label)s”.")
                    yield Found(passage.place, sentence % {"label": label}, passage.text)
