"""Everything under `/api/` is for programs, which show a token and nothing else."""

from articles.rules.paths import FOR_PROGRAMS


class ProgramsMiddleware:
    """Take the cookies off requests of programs, before anything looks at them: a browser's
    session opens nothing here. No answer may be kept, and none sets a cookie."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(FOR_PROGRAMS):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response
