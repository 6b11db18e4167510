"""The admin site of the desk. It stands outside the app, whose admin registers with it."""

from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.http import JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from articles.views import rescue
from newsroom.logins import LoginForm


class DeskSite(AdminSite):
    """The desk's own first page; a form that arrives after the login has ended is kept until there
    is a new one."""

    login_form = LoginForm
    # What the first page shows besides the list of models; set by the app, which is loaded later.
    index_context = None

    def get_urls(self):
        """Without Django's way from any row to its page: it tells everybody who may log in the
        addresses of hidden digests, headlines in them, and nothing at the desk links there."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def index(self, request, extra_context=None):
        return super().index(request, self.index_context(request) | (extra_context or {}))

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        def guarded(request, *args, **kwargs):
            if self.has_permission(request) or request.path == reverse("admin:logout"):
                return inner(request, *args, **kwargs)
            if rescue.wants_json(request):
                return JsonResponse({"error": _("Your login has ended.")}, status=401)
            if request.method == "POST":
                return self._log_in_first(request)
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    @method_decorator(never_cache)
    def _log_in_first(self, request):
        kept = rescue.pack(rescue.fields_of(request.POST))
        return rescue.login_first(self, request, kept, next_url=request.get_full_path())

    @method_decorator(sensitive_post_parameters("password"))
    def login(self, request, extra_context=None):
        kept = request.POST.get(rescue.KEPT, "")
        if not kept:
            return super().login(request, extra_context)
        response = super().login(request, {**(extra_context or {}), **rescue.login_context(kept)})
        fields, is_checked = rescue.unpack(kept)
        if response.status_code != 302 or not fields:
            return response
        return rescue.resend(self, request, fields, path=response.url, is_automatic=is_checked)
