"""Strict parsing of environment variables.

Every function takes the variable's name and what to use when it is unset or empty,
and raises ImproperlyConfigured with a sentence naming the variable when its value
cannot be used. Nothing here reads Django's settings.
"""

import os
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

MINIMUM_KEY_LENGTH = 50


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def boolean(name: str, default: bool) -> bool:
    value = text(name)
    if value not in ("", "True", "False"):
        raise ImproperlyConfigured(f"{name}={value!r} is not understood. Use True or False.")
    return value == "True" if value else default


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not understood. Use one of: {', '.join(allowed)}."
        )
    return value


def path(name: str, default: Path) -> Path:
    value = Path(text(name, str(default)))
    if not value.is_absolute():
        raise ImproperlyConfigured(f"{name}={str(value)!r} must be an absolute path.")
    return value


def hosts(name: str, default: list[str]) -> list[str]:
    """Comma-separated host names without scheme or path; `*` is refused."""
    values = [host.strip() for host in text(name).split(",") if host.strip()]
    for host in values:
        if host == "*" or "/" in host:
            raise ImproperlyConfigured(
                f"{name} contains {host!r}. List host names such as news.example.com, "
                "separated by commas."
            )
    return values or default


def site_url(name: str, default: str) -> str:
    """The public origin: scheme, host and optional port, without a trailing slash."""
    value = text(name, default)
    parts = urlsplit(value)
    try:
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        port_is_valid = False
    origin = f"{parts.scheme}://{parts.netloc}"
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or "@" in parts.netloc
        or not port_is_valid
        or value != origin
    ):
        raise ImproperlyConfigured(
            f"{name}={value!r} is not an origin. Use a form such as https://news.example.com, "
            "without a path or trailing slash."
        )
    return value


def time_zone(name: str, default: str) -> str:
    value = text(name, default)
    if value not in zoneinfo.available_timezones():
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a time zone. Use an IANA name such as Asia/Seoul."
        )
    return value


def secret_key(name: str, kept_in: Path) -> str:
    """The signing key from the environment, else the one kept in the file `kept_in`.

    A key that is short, repetitive or carries Django's placeholder prefix counts as
    known to others and is refused, wherever it came from.
    """
    key = text(name)
    if not key and kept_in.is_file():
        key = kept_in.read_text(encoding="ascii").strip()
    if not key:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it to at least {MINIMUM_KEY_LENGTH} random characters, "
            f"or run `make run`, which generates one and keeps it in {kept_in}."
        )
    if len(key) < MINIMUM_KEY_LENGTH or len(set(key)) < 10 or key.startswith("django-insecure-"):
        raise ImproperlyConfigured(
            f"{name} can be guessed. Use at least {MINIMUM_KEY_LENGTH} random characters, such as "
            'the output of: python -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return key
