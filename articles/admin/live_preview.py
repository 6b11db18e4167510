"""The public page of what is in the form at this moment, before anything is saved.

Nothing here is valid yet: what can be read is shown as the site would show it, what cannot is
shown as it was typed. The digest is put together in memory and never saved.
"""

from itertools import chain

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import CharField, Media
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from articles import editing, lines
from articles.admin.formsets import TEXTS
from articles.lines import CitationLine
from articles.models import Article, Citation, Digest, Publisher, Tag
from articles.text import clean, fold, slugify, tidy_name
from articles.views.pages import render_day

MAX_CHARACTERS = 300_000
MAX_ARTICLES = 200
MAX_LINE = 3_000
UNSAVED = -1  # a primary key that no row has; without one, Django refuses to look at relations


class LivePreviewMixin:
    """For the digest's admin: where the preview is asked for, and what its pane needs."""

    @property
    def media(self):
        own = Media(
            css={"all": ["css/admin-live-preview.css"]},
            js=["js/admin-preview-pane.js", "js/admin-live-preview.js"],
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
        """JSON: `page`, the HTML of the day, and `anchors`, the article that each row is.

        A digest that someone deleted meanwhile is previewed like a new one, as it would be saved.
        """
        digest = Digest.objects.for_page().filter(pk=pk).first() if pk else None
        if digest:
            allowed = self.has_change_permission(request, digest)
        else:
            allowed = self.has_add_permission(request)
        if not allowed:
            raise PermissionDenied
        if sum(map(len, request.POST.values())) > MAX_CHARACTERS:
            return JsonResponse({"problem": _("This is too long to be previewed.")}, status=413)
        return JsonResponse(_preview(self, request, digest))


def _preview(model_admin, request, digest):
    rows = _rows(model_admin, request, digest)
    digest = _typed_digest(model_admin, request, digest)
    articles = _typed_articles(digest, rows)
    _fill(digest, articles=articles)
    anchors = {row.prefix: article.slug for row, article in zip(rows, articles, strict=True)}
    return {"page": render_day(request, digest).content.decode(), "anchors": anchors}


def _rows(model_admin, request, digest):
    """The forms of the articles that saving would keep, in the order of the page."""
    [inline] = model_admin.get_inline_instances(request, digest)
    formset_class = inline.get_formset(request, digest)
    formset_class.absolute_max = MAX_ARTICLES
    formset = formset_class(
        request.POST, instance=digest or Digest(), prefix=formset_class.get_default_prefix()
    )
    kept = [form for form in formset.in_shown_order() if not _typed(form, DELETION_FIELD_NAME)]
    return [form for form in kept if form.has_changed() or not form.empty_permitted]


def _typed_digest(model_admin, request, digest):
    """The digest with its own fields as typed; a day that is none leaves it where it was."""
    form_class = model_admin.get_form(request, digest, change=digest is not None)
    form = form_class(request.POST, instance=digest)
    if digest is None:
        digest = Digest(pk=UNSAVED, date=timezone.localdate())
        _fill(digest, articles=[], corrections=[])
    for name in ("title", "introduction"):
        setattr(digest, name, _typed(form, name, ""))
    digest.date = _typed(form, "date") or digest.date
    language = _typed(form, "language")
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
        for name in ("headline", *TEXTS):
            setattr(article, name, _typed(row, name, ""))
        points = _points(_text(row, "points"))
        if points != _points(lines.format_points(article.points)):
            article.points = points  # else they only look different after a trip through the form
        articles.append(article)
    slugs = editing.slugs_of(articles, [{"headline": article.headline} for article in articles])
    citations = [_citation_lines(_text(row, "citation_lines")) for row in rows]
    tags = [lines.parse_tags(_text(row, "tag_names")) for row in rows]
    publishers, shown_tags = _publishers(chain(*citations)), _tags(chain(*tags))
    for article, slug, own, names in zip(articles, slugs, citations, tags, strict=True):
        article.slug = slug
        cited = [_citation(article, line, publishers[line]) for line in own]
        folded = dict.fromkeys(filter(None, map(fold, names)))
        _fill(article, citations=cited, tags=[shown_tags[name] for name in folded])
    return articles


def _typed(form, name, default=None):
    """The value of a field as far as it can be read; the rules for saving are not asked."""
    field = form.fields.get(name)
    if field is None:
        return getattr(form.instance, name, default)
    try:
        value = field.to_python(form[name].data)
    except ValidationError:
        return default
    # No more of a text than may be saved: rendering what is far longer could take minutes.
    return value[: field.max_length] if isinstance(field, CharField) else value


def _text(row, name):
    return clean(row[name].data or "")


def _points(text):
    points = []
    for line in filter(str.strip, text.split("\n")):
        try:
            points += lines.parse_points(line)
        except lines.LineErrors:
            points.append(line.strip()[:MAX_LINE])
    return points


def _citation_lines(text):
    citations = []
    for line in filter(str.strip, text.split("\n")):
        try:
            if len(line) > MAX_LINE:
                raise ValueError
            citations.append(lines.parse_citation(line))
        except ValueError:
            citations.append(CitationLine(line.strip()[:MAX_LINE], "", None))
    return citations


def _citation(article, line, publisher):
    return Citation(
        article=article, publisher=publisher, url=line.url, published_on=line.published_on
    )


def _publishers(citations):
    """The publisher of each citation line; one that does not exist yet is not made."""
    citations = set(citations)
    names = {line.publisher for line in citations}
    named = {known.name: known for known in Publisher.objects.filter(name__in=names)}
    domains = {editing.domain_of(line.url) for line in citations if not line.publisher}
    owners = {domain: editing.publisher_of_domain(domain) for domain in domains}
    publishers = {}
    for line in citations:
        known = named if line.publisher else owners
        found = known.get(line.publisher or editing.domain_of(line.url))
        publishers[line] = found or Publisher(name=line.publisher or line.url)
    return publishers


def _tags(names):
    """The tag of each folded name; one that does not exist yet is not made."""
    tags = {}
    for name in filter(None, map(tidy_name, names)):
        tags.setdefault(fold(name), Tag(name=name, slug=slugify(name)))
    return tags | {tag.folded: tag for tag in Tag.objects.filter(folded__in=tags)}


def _fill(instance, **related):
    """Give an instance its related objects, so that showing it asks the database for none."""
    cache = vars(instance).setdefault("_prefetched_objects_cache", {})
    cache.update(related)
