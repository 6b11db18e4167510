"""The frame of the desk's own pages, those that do not come from Django's admin."""

from django.template.response import TemplateResponse


def desk_page(owner, request, template, context, *, status=200):
    """A page of the desk. `owner` is the site, or the admin of the model that the page is about."""
    request.current_app = _site(owner).name
    whole = frame(owner, request, **context)
    return TemplateResponse(request, f"admin/{template}.html", whole, status=status)


def frame(owner, request, /, **context):
    """The context of the frame, and the page's own `context`."""
    site = _site(owner)
    about = {} if owner is site else {"opts": owner.opts}
    return {**site.each_context(request), **about, **context}


def _site(owner):
    return getattr(owner, "admin_site", owner)
