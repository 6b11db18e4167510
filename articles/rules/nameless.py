"""What the desk shows in place of a headline or title that is missing."""

from django.utils.translation import gettext as _


def shown_headline(headline: str) -> str:
    """The headline, or words that say that there is none."""
    return headline if headline.strip() else _("(no headline)")


def shown_title(title: str) -> str:
    """The title, or words that say that there is none."""
    return title if title.strip() else _("(no title)")
