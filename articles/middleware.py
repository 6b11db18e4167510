"""What is true of every request."""

from urllib.parse import unquote

from django.http import Http404

from articles.text import find_forbidden


class CleanAddressMiddleware:
    """Answer 404 to addresses with characters that no text here can hold, such as NUL.

    PostgreSQL refuses them in any query, so that they would otherwise be a failure of the site.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = unquote(request.META.get("QUERY_STRING", "").replace("+", " "))
        if find_forbidden(request.path_info) or find_forbidden(query):
            raise Http404
        return self.get_response(request)
