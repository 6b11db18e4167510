"""The frame of the desk's pages."""

from functools import lru_cache
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language

from articles.changes import audit

register = template.Library()
register.filter("person", audit.name_of)

OF_APP = ("app_label", "name", "app_url")
OF_MODEL = ("object_name", "name", "admin_url", "add_url")


@register.simple_tag(takes_context=True)
def nav_sidebar(context):
    """Django's list of models beside a page. Its template takes a fifth of the time of a list, so
    what came of it is kept for each choice of models and each model whose pages these are."""
    apps = tuple(
        (_texts(app, OF_APP), tuple(_texts(model, OF_MODEL) for model in app["models"]))
        for app in context["available_apps"]
    )
    path = quote(context["request"].path)
    addresses = (text for app, models in apps for texts in (app, *models) for text in texts[2:3])
    above = [address for address in addresses if address and address in path]
    made = _made.__wrapped__ if settings.DEBUG else _made
    return made(apps, max(above, key=len, default=""), get_language())


def _texts(row, names):
    """The texts of a row of Django's list; None stays None."""
    return tuple(None if row.get(name) is None else str(row[name]) for name in names)


@lru_cache(maxsize=32)
def _made(apps, path, _language):
    available = [
        {
            **dict(zip(OF_APP, app, strict=True)),
            "models": [dict(zip(OF_MODEL, model, strict=True)) for model in models],
        }
        for app, models in apps
    ]
    return render_to_string(
        "admin/nav_sidebar.html", {"available_apps": available, "request": {"path": path}}
    )
