"""Pictures of public articles."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from articles.pictures import files
from articles.serving.public import read_only

KIND = "image/webp"


@read_only
@cache_control(public=True, no_cache=True)
def picture(request, uid, width):
    """One file of a picture while an article of a published digest shows it.

    Its bytes never change, but it may be withdrawn: browsers store it and revalidate each time,
    which costs one query and no read of the file. It is not compressed, since WebP already is. A
    standard width that the picture does not have redirects to its largest file.
    """
    found = files.shown_to_readers(uid)
    if found is None:
        raise _nothing()
    if width not in found.widths:
        if width in files.WIDTHS:
            return redirect("articles:picture", found.uid, found.width)
        raise _nothing()
    etag = f'"{found.uid}-{width}"'
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or file_response(found, width)
    response["ETag"] = etag
    return response


def file_response(found, width):
    """The file of a picture; Http404 if there is none of that width, or the storage lost it."""
    data = files.read(found, width) if width in found.widths else None
    if data is None:
        raise _nothing()
    headers = {"Content-Length": len(data), "Content-Disposition": "inline"}
    return HttpResponse(data, content_type=KIND, headers=headers)


def _nothing():
    return Http404(_("There is no picture at this address."))
