"""Parts that are missing, too few, too many, too short or too long."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.document import IMPLICATION_LABELS
from articles.fields import IMPLICATION_FIELDS
from articles.models import Article
from articles.preflight.checked import CheckedDigest
from articles.preflight.findings import Found, Severity, rule
from articles.rules.text import fold


@rule(
    "articles-missing",
    Severity.ERROR,
    gettext_lazy("No article"),
    gettext_lazy("Add the first article, or leave this day without a digest."),
)
def articles_missing(digest: CheckedDigest) -> Iterator[Found]:
    if not digest.articles:
        yield Found(digest.place(), _("This digest has no article."), "")


@rule(
    "title-missing",
    Severity.ERROR,
    gettext_lazy("No title"),
    gettext_lazy("Write the digest's title."),
    is_fault=True,
)
def title_missing(digest: CheckedDigest) -> Iterator[Found]:
    if not digest.title.strip():
        yield Found(digest.place("title"), _("This digest has no title."), "")


@rule(
    "headline-missing",
    Severity.ERROR,
    gettext_lazy("No headline"),
    gettext_lazy("Write the headline."),
    is_fault=True,
)
def headline_missing(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        if not article.headline.strip():
            yield Found(article.place("headline"), _("This article has no headline."), "")


@rule(
    "citations-missing",
    Severity.ERROR,
    gettext_lazy("No citation"),
    gettext_lazy("Say where the facts come from: publisher | address | date."),
)
def citations_missing(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        if not article.citations:
            yield Found(article.place("citations"), _("This article has no citation."), "")


@rule(
    "points-missing",
    Severity.ERROR,
    gettext_lazy("No summary point"),
    gettext_lazy("Write the summary, one point a line."),
)
def points_missing(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        if not article.points:
            yield Found(article.place("points"), _("This article has no summary point."), "")


@rule(
    "implication-missing",
    Severity.WARNING,
    gettext_lazy("Empty implication"),
    gettext_lazy("Write a sentence, or say why there is nothing to say."),
)
def implication_missing(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        for name in IMPLICATION_FIELDS:
            if not article.implications[name].strip():
                label = Article._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # no relation
                sentence = _("“%(label)s” is empty.") % {"label": label}
                yield Found(article.place(name), sentence, "")


@rule(
    "publisher-missing",
    Severity.WARNING,
    gettext_lazy("No publisher"),
    gettext_lazy("Write the publisher in front: publisher | address | date."),
)
def publisher_missing(digest: CheckedDigest) -> Iterator[Found]:
    """A known domain is enough, since it tells the publisher."""
    for citation in digest.citations:
        labels = citation.domain.split(".")
        above = {".".join(labels[start:]) for start in range(len(labels))}
        if not citation.publisher and not above & digest.archive.domains.keys():
            yield Found(citation.place, _("This citation has no publisher."), citation.url)


@rule(
    "publisher-named-by-domain",
    Severity.HINT,
    gettext_lazy("Publisher named by its domain"),
    gettext_lazy("Write its name in front: publisher | address | date."),
)
def publisher_named_by_domain(digest: CheckedDigest) -> Iterator[Found]:
    for citation in digest.citations:
        if citation.publisher and citation.publisher == citation.domain:
            sentence = _("The publisher “%(name)s” is named by its domain.")
            yield Found(citation.place, sentence % {"name": citation.publisher}, citation.url)


@rule(
    "publication-date-missing",
    Severity.HINT,
    gettext_lazy("No publication date"),
    gettext_lazy("Write the day on which it appeared after the address."),
)
def publication_date_missing(digest: CheckedDigest) -> Iterator[Found]:
    for citation in digest.citations:
        if citation.published_on is None and not citation.is_line:
            yield Found(citation.place, _("This citation has no publication date."), citation.url)


@rule(
    "single-source",
    Severity.HINT,
    gettext_lazy("Too few citations"),
    gettext_lazy("Look for a second, independent report and cite it."),
)
def single_citation(digest: CheckedDigest) -> Iterator[Found]:
    least = digest.tuning.limits["sources_min"]
    for article in digest.articles:
        understood = [citation for citation in article.citations if not citation.is_line]
        number = len(understood)
        if 0 < number < least:
            sentence = _("Number of citations: %(number)d. There should be at least %(least)d.")
            text = "\n".join(citation.url for citation in understood)
            place = article.place("citations", 1)
            yield Found(place, sentence % {"number": number, "least": least}, text)


@rule(
    "tags-missing",
    Severity.HINT,
    gettext_lazy("Without a tag"),
    gettext_lazy("Add one to three tags, so that it can be found."),
)
def tags_missing(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        if not article.tags:
            yield Found(article.place("tags"), _("This article has no tag."), "")


@rule(
    "picture-credit-missing",
    Severity.WARNING,
    gettext_lazy("Picture without credit"),
    gettext_lazy("Write who made the picture or gave it."),
)
def picture_credit_missing(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        if article.picture and not article.picture_credit.strip():
            place = article.place("picture_credit")
            yield Found(place, _("The picture of this article has no credit."), article.picture)


@rule(
    "points-number",
    Severity.HINT,
    gettext_lazy("Number of summary points"),
    gettext_lazy("Split, join or drop points, so that the summary reads at a glance."),
)
def points_number(digest: CheckedDigest) -> Iterator[Found]:
    limits = digest.tuning.limits
    for article in digest.articles:
        number = len(article.points)
        if number and not limits["points_min"] <= number <= limits["points_max"]:
            sentence = _(
                "Number of summary points: %(number)d. There should be %(least)d to %(most)d."
            ) % {"number": number, "least": limits["points_min"], "most": limits["points_max"]}
            yield Found(article.place("points"), sentence, str(number))


@rule(
    "point-length",
    Severity.HINT,
    gettext_lazy("Length of a summary point"),
    gettext_lazy("Make it one complete statement that reads in one breath."),
)
def point_length(digest: CheckedDigest) -> Iterator[Found]:
    least = digest.tuning.limits["point_length_min"]
    most = digest.tuning.limits["point_length_max"]
    for article in digest.articles:
        for point in article.points:
            length = len(point.text.strip())
            if least <= length <= most:
                continue
            sentence = _(
                "This summary point has %(length)d characters. It should have %(least)d to "
                "%(most)d."
            ) % {"length": length, "least": least, "most": most}
            yield Found(point.place, sentence, point.text)


@rule(
    "point-repeated",
    Severity.WARNING,
    gettext_lazy("Summary point repeated"),
    gettext_lazy("Remove one of the two."),
)
def point_repeated(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        met: dict[str, int | None] = {}
        for point in article.points:
            line = met.setdefault(fold(point.text), point.place.line)
            if line != point.place.line:
                sentence = _("This summary point says the same as point %(line)d.")
                yield Found(point.place, sentence % {"line": line}, point.text)


@rule(
    "label-repeated",
    Severity.WARNING,
    gettext_lazy("Label repeated in the text"),
    gettext_lazy("Remove the label: the page puts it in front by itself."),
)
def label_repeated(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        for passage in article.written_implications:
            start = passage.text.lstrip(" -*").lower()
            for label in IMPLICATION_LABELS:
                rest = start.removeprefix(label.lower())
                if rest != start and rest.lstrip(" *")[:1] in (":", "："):
                    sentence = _("The text begins with its own label, “%(label)s”.")
                    yield Found(passage.place, sentence % {"label": label}, passage.text)
