"""Lost passwords: a link by mail leads to a page for a new one. This needs a mail server. The links
of invitations lead to the same page.

The response does not reveal who has an account: every address gets the same response after the same
work, and the mail is sent afterwards. A new password does not log the user in and does not change
the second factor.
"""

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import DatabaseError, transaction
from django.db.models import Sum
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.changes import audit
from articles.login import kept_text, throttling
from articles.login.desk_page import desk_page, frame
from articles.login.invitations import Tokens
from articles.outgoing import mail

TEMPLATES = "admin/lost_password"


class AddressForm(PasswordResetForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["email"].label = gettext_lazy("Mail address")


class NewPasswordForm(SetPasswordForm):
    def save(self, commit=True):
        """Saves the password alone. A plain `User.save` would bring back an account that was
        deleted meanwhile; without one this raises DatabaseError."""
        user = super().save(commit=False)
        if commit:
            user.save(update_fields=["password"])
        return user


class NewPasswordView(PasswordResetConfirmView):
    """Django's view, which moves the token from the address into the session."""

    form_class = NewPasswordForm
    token_generator = Tokens()
    template_name = f"{TEMPLATES}/choose.html"
    title = gettext_lazy("New password")

    def get_user(self, uidb64):
        """The user of the link. None if the user is not active: then no link was sent, or the
        account has changed since."""
        user = super().get_user(uidb64)
        return user if user and user.is_active else None

    def form_valid(self, form):
        """Save the new password. All sessions of the account end, because each depends on the old
        password. The user is not logged in: a login asks for the second factor too."""
        is_first = not self.user.has_usable_password()
        action = "invitation-accepted" if is_first else "password-reset"
        try:
            with transaction.atomic():
                response = super().form_valid(form)
                audit.record(action, by=self.user, target=audit.target_of(self.user))
        except DatabaseError:
            if User.objects.filter(pk=self.user.pk).exists():
                raise
            messages.error(self.request, kept_text.ACCOUNT_DELETED)
            return redirect(self.get_success_url())
        messages.success(self.request, _("The new password is set. Log in with it."))
        return response


def ask(site, request):
    """The page on which the user types a mail address."""
    _need_mail()
    form = AddressForm(request.POST or None)
    sentence = ""
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        if _is_allowed(request, address):
            _send_links(form, address)
            return redirect("admin:lost_password_sent")
        sentence = throttling.too_many_asked(request)
    return _page(site, request, "ask", {"form": form, "sentence": sentence})


def sent(site, request):
    """The page that everybody sees after that, with or without an account."""
    _need_mail()
    return _page(site, request, "sent", {})


def choose(site, request, token, uidb64):
    """The page behind the link: the user types a new password."""
    _need_mail()
    request.current_app = site.name
    view = NewPasswordView.as_view(
        success_url=reverse("admin:login"),
        extra_context=frame(site, request, subtitle=None),
    )
    return view(request, token=token, uidb64=uidb64)


def _need_mail():
    if not mail.is_set_up():
        raise Http404


def _is_allowed(request, address):
    """Count the attempt like a wrong password. False if there were too many."""
    who = throttling.who_lost(address)
    if not AxesProxyHandler.is_allowed(request, who):
        request.axes_locked_out, request.axes_credentials = True, who
        return False
    AxesProxyHandler.user_login_failed(ask, who, request)
    return not getattr(request, "axes_locked_out", False)


def _send_links(form, address):
    """Write a mail for every account with the address. If there is none, write one and discard it,
    so that both cases take the same work."""
    users = list(form.get_users(address))
    is_flooded = _is_flooded(address)
    for user in users or [User(username=address, email=address)]:
        subject, body = _letter(user)
        if user.pk and not is_flooded:
            mail.send(subject, body, [user.email])


def _is_flooded(address):
    """Whether so many links were requested for this address, by any number of clients, that its
    owner would be harassed."""
    name = throttling.counted_as(None, throttling.who_lost(address))
    attempts = AccessAttempt.objects.filter(username=name)
    number = attempts.aggregate(number=Sum("failures_since_start"))["number"] or 0
    return number > settings.AXES_FAILURE_LIMIT


def _letter(user):
    """Subject and text of the mail. The host in the link comes from SITE_URL, not from the
    request."""
    token = default_token_generator.make_token(user)
    uid = urlsafe_base64_encode(force_bytes(user.pk or 0))
    link = f"{settings.SITE_URL}{reverse('admin:new_password', args=[token, uid])}"
    minutes = settings.PASSWORD_RESET_TIMEOUT // 60
    lasts = ngettext(
        "The link works once, for %(minutes)d minute.",
        "The link works once, for %(minutes)d minutes.",
        minutes,
    )
    body = _(
        "Somebody asked for a new password for “%(name)s” at %(site)s. If it was you, set one "
        "here:\n\n%(link)s\n\n%(lasts)s If it was not you, do nothing: your password stays as it "
        "is."
    )
    values = {
        "name": user.get_username(),
        "site": settings.SITE_NAME,
        "link": link,
        "lasts": lasts % {"minutes": minutes},
    }
    return _("A new password"), body % values


def _page(site, request, name, context):
    context = {"title": _("A lost password"), "subtitle": None, **context}
    return desk_page(site, request, f"lost_password/{name}", context)
