"""Everything under `/api/` is for programs, which show a token and nothing else."""

from django.conf import settings
from django.utils.translation import gettext as _

from articles.api import problems
from articles.api.problems import Problem
from articles.rules.paths import FOR_PROGRAMS


class ProgramsMiddleware:
    """Take the cookies off requests of programs, before anything looks at them: a browser's
    session opens nothing here. No answer may be kept, and none sets a cookie.

    What the layers between here and the views refuse becomes a problem, too.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(FOR_PROGRAMS):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        if response["Content-Type"] != problems.MEDIA_TYPE:
            response = _refused(response.status_code) or response
        response["Cache-Control"] = "no-store"
        return response


def _refused(status):
    """The answer to a host name that is not the site's, and to a method that nothing implements;
    None for all else."""
    if status == 400:
        detail = _("Send this to %(address)s.") % {"address": settings.SITE_URL}
        return problems.answer(Problem("malformed", detail))
    if status == 501:
        return problems.answer(Problem("not-implemented", _("Use GET or POST.")))
    return None
