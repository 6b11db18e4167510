"""Passkeys and security keys (WebAuthn). A ceremony starts with options for the browser and a state
for the session. It ends with the browser's response. A state is valid for one attempt."""

import json

from django.db import IntegrityError, transaction
from django_otp_webauthn.exceptions import OTPWebAuthnApiError
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import WebAuthnCredential
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException

from articles.login.second_factor import devices

MAX_ANSWER = 20_000  # characters
# The exceptions of the libraries for wrong or malformed responses.
WRONG = (
    *(OTPWebAuthnApiError, WebAuthnException, IntegrityError),
    *(AttributeError, LookupError, RecursionError, TypeError, ValueError),
)


def begin_adding(request, user) -> tuple[dict, dict]:
    """(options, state) to create a passkey."""
    return WebAuthnHelper(request).register_begin(user)


def add(request, user, state: dict, answer: str, *, name: str) -> WebAuthnCredential | None:
    """The new passkey, if the browser's response matches the state's challenge; else None."""
    try:
        with transaction.atomic():
            helper = WebAuthnHelper(request)
            device = helper.register_complete(user, state, _parsed(answer))
            device.name = devices.clean_name(name, devices.PASSKEY)
            device.save(update_fields=["name"])
            devices.record("second-factor-added", user, by=user, device=device)
    except WRONG:
        return None
    return device


def begin_showing(request, user) -> tuple[dict, dict]:
    """(options, state) to use one of the user's passkeys."""
    return WebAuthnHelper(request).authenticate_begin(user, require_user_verification=False)


def accept(request, user, state: dict, answer: str) -> WebAuthnCredential | None:
    """The user's passkey that answered the state's challenge; None if there is none."""
    try:
        device = WebAuthnHelper(request).authenticate_complete(user, state, _parsed(answer))
    except WRONG:
        return None
    return device if device.confirmed else None


def _parsed(answer):
    data = json.loads(answer) if len(answer) <= MAX_ANSWER else None
    if not isinstance(data, dict):
        raise ValueError("A browser's answer is an object.")
    _refuse_frame(data)
    return data


def _refuse_frame(data):
    """Raise ValueError if the browser says that our page is in a frame of another site. The
    libraries parse this value but ignore it."""
    said = json.loads(base64url_to_bytes(data["response"]["clientDataJSON"]))
    if said.get("crossOrigin") or "topOrigin" in said:
        raise ValueError("Nobody uses a passkey in the frame of another site.")
