"""The admin site of the desk. It is not in the admin package, which registers its models here."""

from functools import partial, update_wrapper
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME, get_user_model
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from articles.changes import audit
from articles.login import (
    kept_text,
    lost_password,
    own_devices,
    own_password,
    same_person,
    second_step_page,
    two_step_login,
)
from articles.login.second_factor.devices import has_device
from articles.login.throttling import LoginForm
from articles.outgoing import mail


class DeskSite(AdminSite):
    """The desk's admin site. It has its own first page and a second login step. If a login has
    ended, it keeps a posted form until the user has logged in again."""

    login_form = LoginForm
    # The function for the other content of the first page. The admin sets it, because it loads
    # later.
    index_context = None
    # The function for the URL patterns of pages that belong to no model. The admin sets it, too.
    more_urls = None

    def register(self, model_or_iterable, admin_class=None, **options):
        """Skip the pages that django-otp brings for its devices: they show secrets."""
        if getattr(admin_class, "__module__", "").startswith("django_otp"):
            return
        super().register(model_or_iterable, admin_class, **options)

    def get_urls(self):
        """Remove Django's redirect from a row to its public page. It would reveal the addresses of
        hidden digests, which contain headlines, to everybody who may log in. No page of the desk
        uses it."""
        urls = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        own = [*self._second_factor_urls(), *self._lost_password_urls(), *self.more_urls(self)]
        return [*own, *urls]

    def get_app_list(self, request, app_label=None):
        """The models that the user may see, by app, found out when a template asks: most pages of
        the desk have no list of them, and Django would make one for each."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def _build_app_dict(self, request, label=None):
        """As Django's, with names that need not be translated again each time two are compared."""
        apps = super()._build_app_dict(request, label)
        for model in (model for app in apps.values() for model in app["models"]):
            model["name"] = str(model["name"])
        return apps

    def each_context(self, request):
        has_folder = bool(settings.MAIL_FOLDER) and request.user.has_perm("articles.publish_digest")
        more = {"has_mail": mail.is_set_up(), "has_mail_folder": has_folder}
        return super().each_context(request) | more

    def _lost_password_urls(self):
        """Pages that are open to everybody. The token is the first part of the address, where the
        logs redact it."""

        def page(route, name, view):
            guard = sensitive_post_parameters("email", "new_password1", "new_password2")
            return path(route, never_cache(guard(partial(view, self))), name=name)

        return [
            page("lost-password/", "lost_password", lost_password.ask),
            page("lost-password/sent/", "lost_password_sent", lost_password.sent),
            page("new-password/<str:token>/<str:uidb64>/", "new_password", lost_password.choose),
        ]

    def _second_factor_urls(self):
        """The pages of the second factor. Those that are also open between the steps of a login
        check access themselves."""

        def page(route, name, view, guard):
            secret = sensitive_post_parameters(*second_step_page.SECRETS)(partial(view, self))
            told = guard(self._with_account(secret))
            return path(f"second-factor/{route}", told, name=f"second_factor{name}")

        return [
            page("", "", own_devices.devices, self.admin_view),
            page("verify/", "_verify", second_step_page.verify, never_cache),
            page("confirm/", "_confirm", second_step_page.confirm, self.admin_view),
            page("add/", "_add", own_devices.add, never_cache),
            page("codes/", "_codes", own_devices.codes, self.admin_view),
            page("<str:kind>/<int:pk>/", "_device", own_devices.device, self.admin_view),
        ]

    def index(self, request, extra_context=None):
        return super().index(request, self.index_context(request) | (extra_context or {}))

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(self._with_account(view), cacheable)

        def guarded(request, *args, **kwargs):
            if self.has_permission(request) or request.path == reverse("admin:logout"):
                return self.ask_who_is_there(request) or inner(request, *args, **kwargs)
            if kept_text.wants_json(request):
                return JsonResponse({"error": _("Your login has ended.")}, status=401)
            if request.method == "POST":
                return self._keep_and_log_in(request)
            if two_step_login.waiting(request):
                return self._lead_on(request, request.get_full_path())
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def _with_account(self, view):
        """Wrap a view for the case that the user's account is deleted while a POST runs. The
        response then says so and keeps the typed text. The exception can be of any kind: a row that
        refers to the user, the user's own row, or the lookup of rights may fail."""

        def answered(request, *args, **kwargs):
            try:
                return view(request, *args, **kwargs)
            except Exception:
                answer = request.method == "POST" and kept_text.without_account(self, request)
                if not answer:
                    raise
                return answer

        return update_wrapper(answered, view)

    @method_decorator(never_cache)
    def _keep_and_log_in(self, request):
        fields, is_checked, next_url = kept_text.what_waits(request)
        kept = kept_text.pack(fields, is_checked=is_checked) if fields else ""
        return self.log_in_first(request, kept, next_url=next_url)

    def log_in_first(self, request, kept, *, next_url, status=403):
        """The next step of the login, with the data that waits for it (may be empty). If nothing
        was posted, a redirect to that step."""
        user = two_step_login.waiting(request)
        if request.method != "POST":
            return self._lead_on(request, next_url)
        if user is None:
            return kept_text.login_first(self, request, kept, next_url=next_url)
        page = second_step_page.page if has_device(user) else own_devices.adding_page
        return page(self, request, user, kept=kept, next_url=next_url, status=status)

    @method_decorator(never_cache)
    def _lead_on(self, request, next_url):
        user = two_step_login.waiting(request)
        if user is None:
            step = "login"
        else:
            step = "second_factor_verify" if has_device(user) else "second_factor_add"
        query = urlencode({REDIRECT_FIELD_NAME: next_url})
        return redirect(f"{reverse(f'admin:{step}')}?{query}")

    @method_decorator(sensitive_post_parameters("password"))
    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        kept = request.POST.get(kept_text.KEPT, "")
        context = kept_text.login_context(kept) if kept else {}
        response = super().login(request, {**(extra_context or {}), **context})
        if request.method != "POST" or response.status_code != 302:
            return response
        two_step_login.begin(request)
        fields, _is_checked = kept_text.unpack(kept)
        if two_step_login.waiting(request) is None:
            return self.go_on(request, kept, response.url)
        if not fields:
            return self._lead_on(request, response.url)
        return self.log_in_first(request, kept, next_url=response.url, status=200)

    def ask_who_is_there(self, request):
        """The identity check, with the posted data, or a redirect to it. None if the page needs no
        check, or if the user just passed one."""
        is_asked = same_person.is_asked(request.resolver_match, request.method)
        if not is_asked or two_step_login.is_fresh(request):
            return None
        return self._ask(request)

    @method_decorator(never_cache)
    def _ask(self, request):
        return second_step_page.ask(self, request)

    def go_on(self, request, kept, next_url):
        """Continue after a complete login: send the waiting data, or go to the requested page."""
        fields, is_checked = kept_text.unpack(kept)
        if not fields:
            return redirect(next_url)
        return kept_text.resend(self, request, fields, path=next_url, is_automatic=is_checked)

    def password_change(self, request, extra_context=None):
        """Change the user's own password and record it. Django ends all other sessions of the
        account."""
        with transaction.atomic():
            if request.method == "POST":
                # An account that is deleted at this moment must not be created again by saving it.
                get_user_model().objects.select_for_update().get(pk=request.user.pk)
            response = own_password.change(self, request, extra_context)
            if request.method == "POST" and response.status_code == 302:
                target = audit.target_of(request.user)
                audit.record("password-changed", by=request.user, target=target)
        return response
