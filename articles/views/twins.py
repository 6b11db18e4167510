"""The twins of a day's page for machines: the same issue as Markdown and as JSON."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from articles import exporting, json_document, revisions
from articles.models import Digest
from articles.views.public import public_page

KINDS = {"day-markdown": "text/markdown", "day-json": "application/json"}


@public_page
def markdown(request, date):
    """The digest document, as `export_posts` writes it."""
    digest = get_object_or_404(Digest.objects.published(), date=date)
    return _twin("day-markdown", digest, exporting.markdown_of(digest), "; charset=utf-8")


@public_page
def json(request, date):
    """The JSON document, see docs/digest.schema.json."""
    digest = get_object_or_404(Digest.objects.published(), date=date)
    return _twin("day-json", digest, json_document.write(revisions.snapshot(digest)))


def alternates(digest):
    """(absolute address, media type) of each twin of a public digest's page."""
    return [
        (settings.SITE_URL + reverse(f"articles:{name}", args=[digest.date]), kind)
        for name, kind in KINDS.items()
    ]


def link_header(links):
    """The value of a Link header (RFC 8288) of (address, media type, relation) triples."""
    return ", ".join(f'<{address}>; rel="{rel}"; type="{kind}"' for address, kind, rel in links)


def _twin(name, digest, body, parameters=""):
    kind = KINDS[name]
    page = settings.SITE_URL + digest.get_absolute_url()
    others = [(address, other) for address, other in alternates(digest) if other != kind]
    links = [(page, "text/html", "canonical"), (page, "text/html", "alternate")]
    headers = {
        "Link": link_header([*links, *((*other, "alternate") for other in others)]),
        "X-Robots-Tag": "noindex",  # the page is what searches shall find
    }
    return HttpResponse(body, content_type=kind + parameters, headers=headers)
