"""Authenticator apps: six digits that change every 30 seconds (RFC 6238)."""

import re
from base64 import b32encode

from django.db import transaction
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from articles.login.second_factor import devices

_CODE = re.compile("[0-9]{6}")
# After each wrong code a device waits twice as long as before (1 s, 2 s, …), up to 2 ** 9 s.
# Without this limit, anybody who knows a password could lock its owner out for days.
MAX_FAILURES = 10


def new_key() -> str:
    """A random key of 160 bits, in hexadecimal digits."""
    return default_key()


def as_text(key: str) -> str:
    """A key in the form that users type into apps: Base32 in groups of four."""
    text = b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def qr_code(user, key: str) -> dict:
    """The QR code for an app: the `size` of a square and the `path` of an SVG in it."""
    # Rarely used, and 2 MB in each process.
    import segno

    code = segno.make(TOTPDevice(user=user, key=key).config_url, error="m", micro=False)
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(code.matrix_iter(border=4))
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return {"size": code.symbol_size(border=4)[0], "path": path}


def add(user, key: str, code: str, *, name: str) -> TOTPDevice | None:
    """The new device, if `code` proves that the app has the key; else None. The code is then used
    up."""
    totp = TOTP(bytes.fromhex(key))
    if (digits := _digits(code)) is None or not totp.verify(digits, tolerance=1):
        return None
    with transaction.atomic():
        device = TOTPDevice.objects.create(
            user=user,
            name=devices.clean_name(name, devices.APP),
            key=key,
            drift=totp.drift,
            last_t=totp.t(),
        )
        devices.record("second-factor-added", user, by=user, device=device)
    return device


@transaction.atomic
def accept(user, code: str) -> TOTPDevice | None:
    """The device that shows this code now. None if the code was used before, or comes too soon
    after wrong codes. A wrong code counts for every device, because it is unknown which one was
    meant."""
    if (digits := _digits(code)) is None:
        return None
    mine = TOTPDevice.objects.filter(user=user, confirmed=True)
    locked = list(mine.select_for_update())
    for device in [device for device in locked if _fits(device, digits)] or locked:
        if device.verify_token(digits):
            return device
    mine.filter(throttling_failure_count__gt=MAX_FAILURES).update(
        throttling_failure_count=MAX_FAILURES
    )
    return None


def _fits(device, digits):
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    return totp.verify(digits, device.tolerance)


def _digits(code):
    """The number of a code, which may be typed in groups; None if it is not a code."""
    code = "".join(code.split())
    return int(code) if _CODE.fullmatch(code) else None
