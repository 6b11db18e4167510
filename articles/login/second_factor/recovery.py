"""Ten recovery codes on paper. Each of them replaces the devices once when they are unavailable."""

from base64 import b32encode

from django.db import transaction
from django.utils.crypto import get_random_string, salted_hmac
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from articles.login.second_factor import devices, totp

NUMBER = 10
GROUP, GROUPS = 4, 3
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no characters that look alike; 59 bits per code
_STORED = 16  # the characters in the column, 5 bits each


@transaction.atomic
def make(user, *, by) -> list[str]:
    """Create new codes, which replace all old ones. Only their keyed digests are stored."""
    devices.lock(user)
    device, _is_new = StaticDevice.objects.get_or_create(user=user)
    device.token_set.all().delete()
    device.throttle_reset()
    codes = [_new() for _number in range(NUMBER)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_digest(code)) for code in codes
    )
    devices.record("recovery-codes-made", user, by=by)
    return codes


@transaction.atomic
def accept(user, code: str) -> StaticDevice | None:
    """The device of the recovery codes, if this is a valid code; the code is then used up."""
    mine = StaticDevice.objects.filter(user=user)
    device = mine.select_for_update().first()
    if device is None or not code.strip():
        return None
    if device.verify_token(_digest(code)):
        devices.record("recovery-code-used", user, by=user, left=left(user))
        return device
    mine.filter(throttling_failure_count__gt=totp.MAX_FAILURES).update(
        throttling_failure_count=totp.MAX_FAILURES
    )
    return None


def left(user) -> int:
    """The number of unused codes."""
    return StaticToken.objects.filter(device__user=user).count()


def _new():
    return "-".join(get_random_string(GROUP, ALPHABET) for _group in range(GROUPS))


def _digest(code):
    """The digest of a code for storage. Grouping and letter case do not matter."""
    plain = "".join(code.replace("-", " ").split()).lower()
    digest = salted_hmac("second_factor.recovery", plain, algorithm="sha256").digest()
    return b32encode(digest).decode()[:_STORED]
