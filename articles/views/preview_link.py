"""A digest before its publication, for somebody who got its preview link."""

import logging
from functools import wraps

from django.db import DatabaseError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page

from articles.digests import preview_links
from articles.models import Digest, Picture
from articles.pages import parts
from articles.rules import failures
from articles.serving.public import read_only
from articles.views.pictures import file_response

logger = logging.getLogger(__name__)

HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


def kept_private(view):
    """Forbids caching, indexing and referrers for a response; a 404 looks like any other."""

    @wraps(view)
    def private_view(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return private_view


@read_only
@kept_private
@gzip_page
def show(request, token):
    """The day's page as readers will see it; redirects to the public page once it is out."""
    link = preview_links.find(token)
    if link is None:
        raise Http404(_("This address does not work, or not any more."))
    public = Digest.objects.published().filter(pk=link.digest_id).first()
    if public is not None:
        return redirect(public)
    digest = hidden_digest(link)
    if request.method == "GET":
        _count(link)
    request.pictures_at = "pictures/"  # relative, so that the page does not contain its address
    context = {"digest": digest, "link": link, "is_preview": True}
    return render(request, "articles/preview_link.html", context)


def _count(link):
    """Count a view of the link, if the database accepts writes at the moment."""
    try:
        preview_links.count_view(link)
    except DatabaseError as error:
        if not failures.passes(error):
            raise
        logger.warning("A preview link was opened and not counted: %s", str(error).strip())


@read_only
@kept_private
def picture(request, token, uid, width):
    """A picture on that page, as long as the link is valid and the page shows it."""
    link = preview_links.find(token)
    shown = Digest.objects.exclude(status=Digest.Status.WITHDRAWN).filter(
        pk=link and link.digest_id
    )
    found = Picture.objects.filter(uid=uid, articles__digest__in=shown).first() if link else None
    if found is None:
        raise Http404(_("This address does not work, or not any more."))
    return file_response(found, width)


def hidden_digest(link):
    """The digest of a valid link, without corrections of a former publication; Http404 if it was
    withdrawn."""
    hidden = Digest.objects.exclude(status=Digest.Status.WITHDRAWN)
    digest = hidden.filter(pk=link.digest_id).first()
    if digest is None:
        raise Http404(_("This address does not work, or not any more."))
    parts.load([digest])
    parts.fill(digest, corrections=[])
    return digest
