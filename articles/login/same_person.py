"""Which pages of the desk ask who is there before they do anything.

Whoever finds an open desk must not change who may come in. So every page of the desk asks for what
a login takes, unless that was shown within the last half hour. Only the pages named here do not.
A page about accounts that somebody adds later asks, because nobody has named it.
"""

from django.urls import reverse

# Apps whose pages are about what the desk writes, not about who may write.
CONTENT = ("articles",)

# The pages by the names of their addresses. Those without a name have the rest of their route.
OPEN = frozenset(
    {
        *("index", "app_list", "jsi18n", "autocomplete", "password_change_done"),
        *("login", "logout"),
        # Open to everybody: the way to a new password is a mail.
        *("lost_password", "lost_password_sent", "new_password"),
        # The list of one's own devices, and the pages that do the asking.
        *("second_factor", "second_factor_confirm"),
        # Both are open between the steps of a login too, and ask by themselves.
        *("second_factor_verify", "second_factor_add"),
        # What is not there, and the way from a row to its page.
        *("(?P<url>.*)$", "auth/user/<path:object_id>/", "auth/group/<path:object_id>/"),
    }
)
# They ask only when something is sent.
TO_LOOK_AT = frozenset(
    f"auth_{model}_{page}"
    for model in ("user", "group")
    for page in ("changelist", "change", "history")
)


def is_asked(match, method: str) -> bool:
    """Whether the page that was found for an address (a ResolverMatch) asks who is there."""
    route = match.route.removeprefix(reverse("admin:index").lstrip("/"))
    if route.startswith(tuple(f"{app}/" for app in CONTENT)):
        return False
    page = match.url_name or route
    if page in TO_LOOK_AT:
        return method not in ("GET", "HEAD")
    return page not in OPEN
