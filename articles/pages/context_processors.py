"""The variables of every template."""

from django.conf import settings


def site(request=None) -> dict[str, str]:
    """The settings that pages show; the same for every request."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "site_language": settings.LANGUAGE_CODE,
    }
