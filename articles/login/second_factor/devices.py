"""The apps and passkeys of an account. Recovery codes only replace them temporarily."""

from functools import cache

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential, WebAuthnUserHandle

from articles.changes import audit

APP, PASSKEY = "app", "passkey"
MODELS = {APP: TOTPDevice, PASSKEY: WebAuthnCredential}
MAX_NAME = Device._meta.get_field("name").max_length


class LastDevice(Exception):
    """The account must keep this device because it is the only one."""


def lock(user) -> None:
    """Lock the second factor of an account until the transaction ends."""
    list(User.objects.select_for_update().filter(pk=user.pk))


def has_device(user) -> bool:
    """Whether the account has a device, so that a password alone does not give access. One
    query."""
    return _owners().filter(pk=user.pk).exists()


@cache
def _owners():
    """The accounts with a device: a query set that takes longer to build than to ask, and every
    request at the desk asks it."""
    own = [Exists(model.objects.filter(user=OuterRef("pk"), confirmed=True)) for model in _models()]
    return User.objects.filter(own[0] | own[1])


def devices_of(user) -> list:
    """The apps, then the passkeys, each in the order in which they were added."""
    return [
        device
        for model in _models()
        for device in model.objects.filter(user=user, confirmed=True).order_by("pk")
    ]


def kind_of(device) -> str:
    """The kind of a device: APP or PASSKEY."""
    return APP if isinstance(device, TOTPDevice) else PASSKEY


def called(device) -> str:
    """The name of a device's kind, for users."""
    return _("Authenticator app") if kind_of(device) == APP else _("Passkey")


def clean_name(name: str, kind: str) -> str:
    """A name in one line that fits the column. If it is empty, the name of the kind."""
    return " ".join(name.split())[:MAX_NAME] or called(MODELS[kind]())


def rename(device, name: str, *, by) -> None:
    with transaction.atomic():
        before, device.name = device.name, clean_name(name, kind_of(device))
        device.save(update_fields=["name"])
        record("second-factor-renamed", device.user, by=by, device=device, before=before)


def remove(device, *, by) -> None:
    """Delete a device. If it was the last one, delete the recovery codes too: they have no use
    without it.

    Raises LastDevice if a device is required, and the model's DoesNotExist if it was just removed.
    """
    with transaction.atomic():
        lock(device.user)
        device = type(device).objects.get(pk=device.pk)
        if settings.SECOND_FACTOR == "required" and devices_of(device.user) == [device]:
            raise LastDevice
        record("second-factor-removed", device.user, by=by, device=device)
        device.delete()
        if not has_device(device.user):
            StaticDevice.objects.filter(user=device.user).delete()


def reset(user, *, by=None) -> int:
    """Delete all of an account's devices and recovery codes. Returns how many devices it had."""
    with transaction.atomic():
        lock(user)
        count = len(devices_of(user))
        for model in (*_models(), StaticDevice, WebAuthnUserHandle):
            model.objects.filter(user=user).delete()
        record("second-factor-reset", user, by=by, devices=count)
    return count


def record(action: str, user, *, by, device=None, **detail) -> None:
    """Write the audit row of a change to a user's second factor. It never contains secrets."""
    if device is not None:
        detail |= {"kind": kind_of(device), "device": device.pk, "name": device.name}
    target = audit.target_of(user)
    audit.record(action, by=by, target=target, detail={"user": user.pk} | detail)


def _models():
    return MODELS.values()
