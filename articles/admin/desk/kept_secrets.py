"""The address and the key of a receiver: typed at the desk, and never shown again."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from articles.rules.validators import is_web_address

NEVER_SHOWN = {"autocomplete": "off", "spellcheck": "false", "class": "vTextField"}


class KeptSecretsMixin:
    """For a model form with the fields `address` and `authorization`. Left empty, they stay. An
    address at another host needs the key anew, and a hyphen removes it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.was_active = bool(self.instance.pk and self.instance.is_active)
        self.kept = self.instance.address, self.instance.authorization
        self.initial["address"] = self.initial["authorization"] = ""
        if self.instance.pk and "address" in self.fields:
            self.fields["address"].required = False
            self.fields["address"].help_text = _(
                "Now at %(host)s. The whole address is not shown again, since it may be a secret. "
                "Left empty, it stays."
            ) % {"host": host_in(self.instance.address)}

    def clean_address(self):
        address = self.cleaned_data["address"] or self.kept[0]
        if not is_web_address(address):
            raise ValidationError(_("This is not a web address. Give the full https:// address."))
        if urlsplit(address).scheme != "https" and not settings.WEBHOOK_PRIVATE_NETWORKS:
            raise ValidationError(
                _(
                    "Use an https address. Without encryption only networks of the setting "
                    "WEBHOOK_PRIVATE_NETWORKS are reached."
                )
            )
        return address

    def clean_authorization(self):
        typed = self.cleaned_data["authorization"]
        if not typed.isascii():
            raise ValidationError(_("A header has only ASCII characters."))
        return "" if typed == "-" else typed or self.kept[1]

    def clean(self):
        cleaned = super().clean()
        typed = self.data.get("authorization", "").strip()
        if not typed and host_in(cleaned.get("address", "")) != host_in(self.kept[0]):
            cleaned["authorization"] = ""  # it was for the former receiver only
        return cleaned


def host_in(address: str) -> str:
    """The part of an address that is no secret."""
    return urlsplit(address).hostname or ""
