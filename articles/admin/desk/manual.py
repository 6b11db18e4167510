"""The manual for editors, which the desk shows in its own language."""

from django.conf import settings
from django.templatetags.static import static
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.login.desk_page import desk_page
from articles.rules.rendering import render_document

FOLDER = settings.BASE_DIR / "docs"
STATIC = "../static/"


def urls(site):
    """The URL pattern of the page."""

    @require_safe
    def view(request):
        return page(site, request)

    return [path("manual/", site.admin_view(view), name="manual")]


def page(site, request):
    title, _line, text = document().read_text(encoding="utf-8").partition("\n")
    context = {
        "title": title.removeprefix("# "),
        "manual": render_document(text, _address_of),
    }
    return desk_page(site, request, "manual", context)


def document():
    """The file with the manual in the present language."""
    return FOLDER / f"editors.{get_language()}.md"


def _address_of(picture):
    """The address at this site of a picture that the document names by its place in the
    repository."""
    return static(picture.removeprefix(STATIC))
