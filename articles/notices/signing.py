"""Signatures of requests by Standard Webhooks 1.0.0 (https://www.standardwebhooks.com)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
SECRET_BYTES = 32  # the specification wants 24 to 64


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(keys: Iterable[str], uid: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers that name and sign a message. There is a signature for every one of the secrets,
    so that a receiver can change to a new one while the former still signs.

    `uid` must have no full stop. `timestamp` is the Unix time of the attempt, in seconds.
    """
    signed = f"{uid}.{timestamp}.".encode() + body
    return {
        "webhook-id": uid,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(key, signed) for key in keys),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
