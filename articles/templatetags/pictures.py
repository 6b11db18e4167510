"""The files of an article's picture, by the addresses that the page at hand has for them."""

from django import template
from django.conf import settings
from django.urls import reverse

# The width that is asked for where nothing is known of the screen.
USUAL_WIDTH = 800

register = template.Library()


@register.simple_tag(takes_context=True)
def picture_files(context, picture):
    """`src` and `srcset` of a picture. A view whose readers get pictures elsewhere than the public
    does says where by `request.pictures_at`."""
    folder = getattr(context.get("request"), "pictures_at", None)
    files = [(_address(picture, width, folder), width) for width in picture.widths]
    return {
        "src": next((file for file, width in files if width >= USUAL_WIDTH), files[-1][0]),
        "srcset": ", ".join(f"{file} {width}w" for file, width in files),
    }


@register.simple_tag
def picture_address(picture):
    """The absolute address of the largest file, for feeds."""
    return settings.SITE_URL + _address(picture, picture.width, None)


def _address(picture, width, folder):
    if folder:
        return f"{folder}{picture.uid}/{width}.webp"
    return reverse("articles:picture", args=[picture.uid, width])
