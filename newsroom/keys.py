"""The keys that sessions and links are signed with."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from newsroom import environment as env

MINIMUM_KEY_LENGTH = 50


def secret_key(name: str, kept_in: Path) -> str:
    """The signing key from the environment, else from the file `kept_in`.

    A key that is short, is repetitive or has Django's placeholder prefix counts as publicly known
    and is refused, from either source.
    """
    key = env.text(name)
    if not key and kept_in.is_file():
        key = kept_in.read_text(encoding="ascii").strip()
    if not key:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it to at least {MINIMUM_KEY_LENGTH} random characters, or "
            "name the file that has it in NEWSROOM_ENV. `make run` generates one and keeps it in "
            f"{kept_in}."
        )
    _refuse_weak(name, key)
    return key


def former_keys(name: str) -> list[str]:
    """Comma-separated former signing keys. They must be as strong as the present one."""
    keys = env.words(name)
    for key in keys:
        _refuse_weak(name, key)
    return keys


def _refuse_weak(name, key):
    if len(key) < MINIMUM_KEY_LENGTH or len(set(key)) < 10 or key.startswith("django-insecure-"):
        raise ImproperlyConfigured(
            f"{name} can be guessed. Use at least {MINIMUM_KEY_LENGTH} random characters, such as "
            'the output of: python -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
