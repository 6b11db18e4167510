"""Django system checks of settings that the settings file cannot check itself."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from articles import preflight
from articles.preflight import tuning
from newsroom.environment import LOOPBACK


@register(Tags.security, deploy=True)
def check_site_url(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.HTTPS or settings.SITE_HOST in LOOPBACK:
        return []
    return [
        Warning(
            "SITE_URL does not use HTTPS.",
            hint="Set SITE_URL to the public https:// address, so that cookies are sent over "
            "HTTPS only and feeds carry the right addresses.",
            id="articles.W001",
        )
    ]


@register("operator")  # newsroom/commands.py runs those with this tag at every start
def check_preflight(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [Error(sentence, id="articles.E001") for sentence in tuning.mistakes(preflight.CODES)]
