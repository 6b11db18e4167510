"""The parts that surround every page, such as its navigation."""

from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from articles.pages import imprints
from articles.pages.context_processors import site


def frame(name: str, **place: str) -> str:
    """Render a template of the frame, or a whole page such as the 404 page. It gets the settings,
    the imprint and the place of the page, and nothing else from the request, so the result is
    always the same. It is cached for each of these, each language and time zone."""
    made = _made.__wrapped__ if settings.DEBUG else _made
    told = tuple((site() | place).items())
    return made(name, get_language(), get_current_timezone_name(), told, imprints.current())


@lru_cache(maxsize=64)
def _made(name, _language, _zone, told, imprint):
    return render_to_string(name, {**dict(told), "imprint": imprint})
