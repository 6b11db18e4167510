"""The page that says who publishes the site."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from articles.models import Imprint
from articles.serving.public import public_page

FACTS = (
    *("publisher", "editor", "legal_name", "registration_number", "registered_on"),
    *("address", "phone", "email", "youth_protection_officer", "copyright"),
)


@public_page
def show(request):
    """The imprint; Http404 while none is kept at the desk."""
    imprint = Imprint.objects.first()
    if imprint is None:
        raise Http404(_("This site has no imprint yet."))
    context = {"imprint": imprint, "facts": list(_facts(imprint))}
    return render(request, "articles/about.html", context)


def _facts(imprint):
    """(name of the field, its label, its value) of those that are filled in."""
    for name in FACTS:
        if value := getattr(imprint, name):
            yield name, Imprint._meta.get_field(name).verbose_name, value
