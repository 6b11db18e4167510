"""The public page of what is in the form at this moment, before anything is saved.

The digest is put together in memory and never saved.
"""

from itertools import chain

from django.forms import Media
from django.http import JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from articles.admin.form import other_text, typed
from articles.digests import editing
from articles.fields import IMPLICATION_FIELDS, NOTE_FIELDS, PICTURE_TEXTS
from articles.models import Article, Citation, Digest, Publisher, Tag
from articles.pages import parts
from articles.rules import lines
from articles.rules.addresses import domain_of
from articles.rules.text import fold, slugify, tidy_name
from articles.views.pages import render_day

UNSAVED = -1  # a primary key that no row has; without one, Django refuses to look at relations


class LivePreviewMixin:
    """For the digest's admin: where the preview is asked for, and what its pane needs."""

    @property
    def media(self):
        own = Media(
            css={"all": ["css/admin-live-preview.css"]},
            js=["js/admin-forms.js", "js/admin-preview-pane.js", "js/admin-live-preview.js"],
        )
        return super().media + own

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.live_preview_view))
        name = "articles_digest_preview"
        return [
            path("live-preview/", view, name=name),
            path("<int:pk>/live-preview/", view, name=name),
            *super().get_urls(),
        ]

    def live_preview_view(self, request, pk=None):
        """JSON: `page`, the HTML of the day, and `anchors`, the article that each row is."""
        digest = typed.digest_of(self, request, pk)
        if typed.is_too_long(request):
            return JsonResponse({"problem": _("This is too long to be previewed.")}, status=413)
        return JsonResponse(_preview(self, request, digest))


def _preview(model_admin, request, digest):
    rows = typed.rows_of(model_admin, request, digest)
    digest = _typed_digest(model_admin, request, digest)
    articles = _typed_articles(digest, rows)
    parts.fill(digest, articles=articles)
    anchors = {row.prefix: article.slug for row, article in zip(rows, articles, strict=True)}
    request.pictures_at = reverse("admin:articles_digest_pictures")
    return {"page": render_day(request, digest).content.decode(), "anchors": anchors}


def _typed_digest(model_admin, request, digest):
    """The digest with its own fields as typed; a day that is none leaves it where it was."""
    form = typed.form_of(model_admin, request, digest)
    if digest is None:
        digest = Digest(pk=UNSAVED, date=timezone.localdate())
        parts.fill(digest, articles=[], corrections=[])
    else:
        parts.load([digest])
    for name in ("title", "introduction"):
        setattr(digest, name, typed.value(form, name, ""))
    digest.date = typed.value(form, "date") or digest.date
    language = typed.value(form, "language")
    if language in Digest.Language:
        digest.language = language
    return digest


def _typed_articles(digest, rows):
    """The articles of the rows, each with its citations and tags."""
    known = {str(article.uid): article for article in digest.articles.all()}
    articles = []
    for number, row in enumerate(rows, start=1):
        article = known.pop(row.posted_uid, None) or Article(pk=UNSAVED * number)
        article.digest = digest
        article.picture = row.shown_picture
        for name in ("headline", *IMPLICATION_FIELDS, *NOTE_FIELDS, *PICTURE_TEXTS):
            setattr(article, name, typed.value(row, name, ""))
        article.other = other_text.read(row, article.other)
        points = typed.points(row["points"].data)
        if points != typed.points(lines.format_points(article.points)):
            article.points = points  # else they only look different after a trip through the form
        articles.append(article)
    slugs = editing.slugs_of(articles, [{"headline": article.headline} for article in articles])
    citations = [typed.citations(row["citation_lines"].data) for row in rows]
    tags = [typed.tags(row["tag_names"].data) for row in rows]
    publishers, shown_tags = _publishers(chain(*citations)), _tags(chain(*tags))
    for article, slug, own, names in zip(articles, slugs, citations, tags, strict=True):
        article.slug = slug
        cited = [_citation(article, line, publishers[line]) for line in own]
        folded = dict.fromkeys(filter(None, map(fold, names)))
        parts.fill(article, citations=cited, tags=[shown_tags[name] for name in folded])
    return articles


def _citation(article, line, publisher):
    return Citation(
        article=article, publisher=publisher, url=line.url, published_on=line.published_on
    )


def _publishers(citations):
    """The publisher of each citation line; one that does not exist yet is not made."""
    citations = set(citations)
    names = {line.publisher for line in citations}
    named = {known.name: known for known in Publisher.objects.filter(name__in=names)}
    domains = {domain_of(line.url) for line in citations if not line.publisher}
    owners = {domain: editing.publisher_of_domain(domain) for domain in domains}
    publishers = {}
    for line in citations:
        known = named if line.publisher else owners
        found = known.get(line.publisher or domain_of(line.url))
        publishers[line] = found or Publisher(name=line.publisher or line.url)
    return publishers


def _tags(names):
    """The tag of each folded name as readers will see it; one that does not exist is not made."""
    tags = {}
    for name in filter(None, map(tidy_name, names)):
        tags.setdefault(fold(name), Tag(name=name, slug=slugify(name)))
    known = Tag.objects.filter(folded__in=tags, is_known=True)  # others are spelled as typed
    return tags | {tag.folded: tag for tag in known}
