"""Tokens of programs at the desk: making one, which shows it once, and ending it."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from articles.admin.display import zoned
from articles.admin.read_only import ReadOnlyAdmin
from articles.api import tokens
from articles.changes import audit
from articles.login.desk_page import desk_page
from articles.models import ApiToken, Program
from articles.rules.text import whole_number

DAYS, DEFAULT_DAYS = (30, 90, 365), 365
NEVER = ""
MEDIA = forms.Media(css={"all": ["css/admin-pushes.css"]}, js=["js/copy.js"])


class TokenForm(forms.Form):
    program = forms.ModelChoiceField(
        Program.objects.all(), label=gettext_lazy("For which program"), empty_label=None
    )
    may_push = forms.BooleanField(
        label=gettext_lazy("may hand in digests"),
        help_text=gettext_lazy("It writes into drafts only, and never over what a person wrote."),
        initial=True,
        required=False,
    )
    may_read = forms.BooleanField(
        label=gettext_lazy("may read drafts"),
        help_text=gettext_lazy("It also gets digests that are not published yet."),
        required=False,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Works for"),
        coerce=int,
        choices=lambda: [*((days, _in_words(days)) for days in DAYS), (NEVER, _("no end"))],
        initial=DEFAULT_DAYS,
        required=False,
        empty_value=None,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})


def _in_words(days):
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


class TokenChangeList(ChangeList):
    def get_results(self, request):
        super().get_results(request)
        share_owners(self.result_list)


def share_owners(found):
    """Give equal owners one object, so that the rights of each are looked up once."""
    owners = {}
    for token in found:
        if token.owner_id:
            token.owner = owners.setdefault(token.owner_id, token.owner)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Nobody changes or deletes a token: it is made, and it is ended."""

    list_display = [
        *("beginning_shown", "program", "scopes", "owner_name", "made", "last_used", "expires"),
        "state",
    ]
    list_display_links = ["beginning_shown"]
    list_filter = ["program"]
    list_select_related = ["program", "owner"]
    ordering = ["-created_at", "-pk"]

    class Media:
        css = {"all": ["css/admin-pushes.css"]}

    def get_changelist(self, request, **kwargs):
        return TokenChangeList

    def has_add_permission(self, request):
        return request.user.has_perm("articles.add_apitoken")

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.revoke))
        route = path("<int:pk>/revoke/", view, name="articles_apitoken_revoke")
        return [route, *super().get_urls()]

    @sensitive_variables("plain")
    def add_view(self, request, form_url="", extra_context=None):
        """Make a token of the user. The answer shows it, and nothing else ever does."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        asked = {"program": whole_number(request.GET.get("program"))}
        form = TokenForm(request.POST or None, initial=asked)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                token, plain = tokens.make(owner=request.user, by=request.user, **values)
            except tokens.NotAllowed as refusal:
                form.add_error(None, str(refusal))
            except Program.DoesNotExist as error:
                raise Http404 from error
            else:
                return self._made(request, token, plain)
        context = {"title": _("Make a token"), "media": self.media + MEDIA, "form": form}
        context["has_programs"] = Program.objects.exists()
        return desk_page(self, request, "articles/apitoken/make", context)

    def _made(self, request, token, plain):
        context = {
            "title": _("The new token"),
            "media": self.media + MEDIA,
            "token": token,
            "plain": plain,
            "command": command(token, plain),
            "expires": token.expires_at and zoned(token.expires_at),
        }
        # As on all pages of the desk, `admin_view` forbids storing the answer.
        return desk_page(self, request, "articles/apitoken/made", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The page of a token. What is no page, Django refuses, or leads to the index."""
        token = None
        if request.method != "POST" and self.has_view_permission(request):
            token = self.get_object(request, unquote(object_id))
        if token is None:
            return super().change_view(request, object_id, form_url, extra_context)
        context = {
            "title": str(token),
            "media": self.media + MEDIA,
            "token": token,
            "rows": [(capfirst(name), value) for name, value in self._facts(token)],
            "may_revoke": token.revoked_at is None and _may_revoke(request.user, token),
        }
        return desk_page(self, request, "articles/apitoken/page", context)

    def _facts(self, token):
        columns = (self.scopes, self.owner_name, self.made, self.last_used, self.expires)
        yield _("program"), token.program
        for column in (*columns, self.state):
            yield column.short_description, column(token)

    def revoke(self, request, pk):
        """End a token at once, for users who may change tokens."""
        if not self.has_view_permission(request):
            raise PermissionDenied  # the same answer whether or not the token exists
        token = get_object_or_404(ApiToken.objects.select_related("program"), pk=pk)
        if not _may_revoke(request.user, token):
            raise PermissionDenied
        if tokens.revoke(token, by=request.user):
            self.message_user(request, _("The token does not work any more."), messages.SUCCESS)
        return redirect("admin:articles_apitoken_change", token.pk)

    # The columns

    @admin.display(description=gettext_lazy("token"))
    def beginning_shown(self, token):
        return f"{token.beginning}…"

    @admin.display(description=gettext_lazy("may"))
    def scopes(self, token):
        names = ((token.may_push, _("hand in digests")), (token.may_read, _("read drafts")))
        return ", ".join(name for is_granted, name in names if is_granted)

    @admin.display(description=gettext_lazy("owner"))
    def owner_name(self, token):
        return audit.name_of(token.owner) if token.owner else _("the operator")

    @admin.display(description=gettext_lazy("made"), ordering="created_at")
    def made(self, token):
        return zoned(token.created_at)

    @admin.display(description=gettext_lazy("last used"), ordering="last_used_at")
    def last_used(self, token):
        return zoned(token.last_used_at) if token.last_used_at else _("never")

    @admin.display(description=gettext_lazy("expires"), ordering="expires_at")
    def expires(self, token):
        return zoned(token.expires_at) if token.expires_at else _("never")

    @admin.display(description=gettext_lazy("state"))
    def state(self, token):
        return tokens.why_dead(token) or _("works")


def _may_revoke(user, token):
    return user.has_perm("articles.change_apitoken") or user.pk == token.owner_id


def command(token, plain) -> str:
    """A line for a shell that tries the token with the digest of today."""
    address = settings.SITE_URL + "/api/v1/digests/$(date +%F)"
    shows = f'curl -H "Authorization: Bearer {plain}"'
    if not token.may_push:
        return f'{shows} "{address}"'
    sends = '-H "Content-Type: text/markdown" --data-binary @digest.md'
    return f'{shows} {sends} "{address}/pushes"'


def of_program(program) -> list[dict]:
    """The tokens of a program, as its page lists them."""
    found = list(program.tokens.select_related("owner"))
    share_owners(found)
    return [
        {
            "token": token,
            "url": reverse("admin:articles_apitoken_change", args=[token.pk]),
            "last_used": zoned(token.last_used_at) if token.last_used_at else _("never"),
            "why_dead": tokens.why_dead(token),
        }
        for token in found
    ]
