"""The page on which users change their own password."""

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.urls import reverse

from articles.login import second_step_page
from articles.login.desk_page import frame


class OwnPasswordForm(AdminPasswordChangeForm):
    """Counts wrong old passwords, as a login does, so that nobody can guess them here."""

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self):
        password = self.cleaned_data["old_password"]
        if sentence := second_step_page.doubt_of_password(self.request, self.user, password):
            raise ValidationError(sentence, code="password_incorrect")
        return password


class OwnPasswordView(PasswordChangeView):
    form_class = OwnPasswordForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}


def change(site, request, extra_context=None):
    """Django's page, with the form above."""
    context = frame(site, request, **(extra_context or {}))
    request.current_app = site.name
    done = reverse("admin:password_change_done", current_app=site.name)
    return OwnPasswordView.as_view(success_url=done, extra_context=context)(request)
