"""Error pages. The 500 page needs neither database nor session, since those may be broken."""

from django.conf import settings
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string


def not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    context = {"site_name": settings.SITE_NAME, "site_language": settings.LANGUAGE_CODE}
    return HttpResponseServerError(render_to_string("500.html", context))
