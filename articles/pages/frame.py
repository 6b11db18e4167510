"""What stands around every page, and where it leads."""

from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from articles.pages.context_processors import site


def frame(name: str) -> str:
    """The part of the frame that a template is of, or a whole page such as that of 404. It is given
    nothing of the request, so it is always the same, made once for each language and time zone."""
    made = _made.__wrapped__ if settings.DEBUG else _made
    return made(name, get_language(), get_current_timezone_name(), tuple(site().items()))


@lru_cache(maxsize=64)
def _made(name, _language, _zone, told):
    return render_to_string(name, dict(told))
