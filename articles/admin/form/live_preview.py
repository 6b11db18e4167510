"""The public page of the current contents of the form, before anything is saved.

The digest is built in memory and never saved.
"""

import datetime as dt
from itertools import chain

from django.forms import Media
from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.admin.form import typed
from articles.digests import editing
from articles.fields import TEXT_FIELDS
from articles.models import Article, Citation, Digest, Publisher, Tag
from articles.pages import parts
from articles.pictures import files
from articles.rules import lines
from articles.rules.text import fold, slugify, tidy_name
from articles.views.pages import render_day

# Style and script of the preview pane beside the form.
MEDIA = Media(
    css={"all": ["css/admin-live-preview.css"]},
    js=["js/admin-forms.js", "js/admin-preview-pane.js", "js/admin-live-preview.js"],
)
UNSAVED = -1  # a primary key that no row has; Django rejects relations of objects without a key


def page(model_admin, request, pk=None):
    """JSON: `page`, the HTML of the day, and `anchors`, the article of each row."""
    digest = typed.digest_of(model_admin, request, pk)
    if typed.is_too_long(request):
        return JsonResponse({"problem": _("This is too long to be previewed.")}, status=413)
    return JsonResponse(_preview(model_admin, request, digest))


def _preview(model_admin, request, digest):
    data, prefixes = typed.snapshot(model_admin, request, digest)
    digest = _typed_digest(digest, data)
    articles = _typed_articles(digest, data["articles"])
    parts.fill(digest, articles=articles)
    slugs = [article.slug for article in articles]
    anchors = dict(zip(prefixes.values(), slugs, strict=True))
    request.pictures_at = reverse("admin:articles_digest_pictures")
    published = Digest.objects.published()
    neighbours = published.neighbours_of(digest.date)
    return {"page": render_day(request, digest, neighbours).content.decode(), "anchors": anchors}


def _typed_digest(digest, data):
    """The digest with its own fields as typed."""
    if digest is None:
        digest = Digest(pk=UNSAVED)
        parts.fill(digest, articles=[], corrections=[])
    else:
        parts.load([digest])
    for name in ("title", "introduction", "language"):
        setattr(digest, name, data[name])
    digest.date = dt.date.fromisoformat(data["date"])
    return digest


def _typed_articles(digest, texts):
    """The articles of a snapshot, each with its citations and tags."""
    known = {str(article.uid): article for article in digest.articles.all()}
    shown = files.by_uid(text["picture"] for text in texts)
    articles = []
    for number, text in enumerate(texts, start=1):
        article = known.get(text["uid"]) or Article(pk=UNSAVED * number)
        article.digest = digest
        article.picture = shown.get(text["picture"])
        for name in TEXT_FIELDS:
            setattr(article, name, text[name])
        articles.append(article)
    slugs = editing.slugs_of(articles, [{"headline": article.headline} for article in articles])
    publishers = _publishers(chain(*(text["citations"] for text in texts)))
    tags = _tags(chain(*(text["tags"] for text in texts)))
    for article, slug, text in zip(articles, slugs, texts, strict=True):
        article.slug = slug
        cited = [_citation(article, each, publishers) for each in text["citations"]]
        folded = dict.fromkeys(filter(None, map(fold, text["tags"])))
        parts.fill(article, citations=cited, tags=[tags[name] for name in folded])
    return articles


def _citation(article, data, publishers):
    line = lines.citation_from(data)
    publisher = publishers.get(line.publisher) or Publisher(name=line.publisher or line.url)
    return Citation(
        article=article, publisher=publisher, url=line.url, published_on=line.published_on
    )


def _publishers(citations):
    """The existing publishers of these citations, by name."""
    named = {citation["publisher"] for citation in citations}
    return {known.name: known for known in Publisher.objects.filter(name__in=named)}


def _tags(names):
    """Tags by folded name, as readers will see them; unknown ones are not stored."""
    tags = {}
    for name in filter(None, map(tidy_name, names)):
        tags.setdefault(fold(name), Tag(name=name, slug=slugify(name)))
    known = Tag.objects.filter(folded__in=tags, is_known=True)  # others keep the typed spelling
    return tags | {tag.folded: tag for tag in known}
