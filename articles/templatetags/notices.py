"""The bell in the desk's head."""

from django import template

from articles.notices import bell
from articles.notices.audience import may_be_told

register = template.Library()


@register.inclusion_tag("admin/notices/_bell.html", takes_context=True)
def notices_bell(context):
    """How many notices the user has not seen. Users who are told nothing have no bell."""
    user = context["request"].user
    return {"has_bell": may_be_told(user), "shown": bell.shown(bell.unseen(user))}
