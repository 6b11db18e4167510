"""What every template may use."""

from django.conf import settings


def site(request=None) -> dict[str, str]:
    """What of the settings pages show; the same for every request."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "site_language": settings.LANGUAGE_CODE,
    }
