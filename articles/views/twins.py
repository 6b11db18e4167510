"""The twins of a page for machines: the same digest or article as Markdown and as JSON."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from articles.models import Article, Digest
from articles.posts import exporting, json_document
from articles.rules.paths import path_to
from articles.serving.public import public_page

MARKDOWN, JSON = "text/markdown", "application/json"
KINDS = {"markdown": MARKDOWN, "json": JSON}


@public_page
def markdown(request, date):
    """The digest document, without the parts that are only for the desk and the operator."""
    digest = get_object_or_404(Digest.objects.published(), date=date)
    return _twin(MARKDOWN, digest, alternates(digest), exporting.public_markdown_of(digest))


@public_page
def json(request, date):
    """The JSON document, see docs/digest.schema.json."""
    digest = get_object_or_404(Digest.objects.published(), date=date)
    body = json_document.write(exporting.shown_snapshot(digest))
    return _twin(JSON, digest, alternates(digest), body)


@public_page
def article_markdown(request, date, slug):
    """The digest document with one of its articles."""
    article = _article(date, slug)
    body = exporting.public_markdown_of(article.digest, article)
    return _twin(MARKDOWN, article, alternates_of_article(article), body)


@public_page
def article_json(request, date, slug):
    """The JSON document with one of its articles."""
    article = _article(date, slug)
    data = exporting.with_one_article(exporting.shown_snapshot(article.digest), article)
    return _twin(JSON, article, alternates_of_article(article), json_document.write(data))


def alternates(digest):
    """(absolute address, media type) of each twin of a public digest's page."""
    return _alternates("day", digest.date)


def alternates_of_article(article):
    """(absolute address, media type) of each twin of a public article's page."""
    return _alternates("article", article.digest.date, article.slug)


def link_header(links):
    """The value of a Link header (RFC 8288) for (address, media type, relation) triples."""
    return ", ".join(f'<{address}>; rel="{rel}"; type="{kind}"' for address, kind, rel in links)


def _alternates(name, *arguments):
    return [
        (settings.SITE_URL + path_to(f"{name}-{end}", *arguments), kind)
        for end, kind in KINDS.items()
    ]


def _article(date, slug):
    """A public article with its digest; Http404 if there is none."""
    public = Article.objects.published().select_related("digest")
    article = public.filter(digest__date=date, slug=slug).first()
    if article is None:
        raise Http404(_("There is no such article in this digest."))
    return article


def _twin(kind, page, twins, body):
    address = settings.SITE_URL + page.get_absolute_url()
    others = [(twin, other, "alternate") for twin, other in twins if other != kind]
    links = [(address, "text/html", "canonical"), (address, "text/html", "alternate"), *others]
    headers = {
        "Link": link_header(links),
        "X-Robots-Tag": "noindex",  # search engines should find the page instead
    }
    parameters = "; charset=utf-8" if kind == MARKDOWN else ""
    return HttpResponse(body, content_type=kind + parameters, headers=headers)
