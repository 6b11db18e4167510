"""Which pages of the desk check the user's identity before they do anything.

A person who finds an unattended, logged-in desk must not be able to change who has access. So every
page of the desk asks for the same proof as a login, unless the user gave it within the last half
hour. Only the pages named here do not ask. A page about accounts that is added later asks by
default, because it is not named here.
"""

from django.urls import reverse

# Apps whose pages are about content, not about access.
CONTENT = ("articles",)
# Pages of these apps that are about access: who makes a token lets a program in.
ACCESS = ("articles/apitoken/",)

# The pages by their URL names. Pages without a name are listed by the rest of their route.
OPEN = frozenset(
    {
        *("index", "app_list", "jsi18n", "autocomplete", "password_change_done"),
        *("login", "logout"),
        # What a person is told leads into digests, not to accounts.
        "notices",
        # A text, the same for all.
        "manual",
        # Mails of a site without a mail server; what opens an account is left out.
        *("mails", "mails_mail", "mails_html"),
        # Open to everybody: the mail protects the way to a new password.
        *("lost_password", "lost_password_sent", "new_password"),
        # The list of the user's own devices, and the pages that check the identity.
        *("second_factor", "second_factor_confirm"),
        # Both are also open between the steps of a login, and check the identity themselves.
        *("second_factor_verify", "second_factor_add"),
        # Unknown addresses, and the redirects from a row to its page.
        *("(?P<url>.*)$", "auth/user/<path:object_id>/", "auth/group/<path:object_id>/"),
        "articles/apitoken/<path:object_id>/",
    }
)
# These pages check the identity only when data is sent.
TO_LOOK_AT = frozenset(
    f"{model}_{page}"
    for model in ("auth_user", "auth_group", "articles_apitoken")
    for page in ("changelist", "change", "history")
)


def is_asked(match, method: str) -> bool:
    """Whether the page at a resolved address (a ResolverMatch) checks the identity."""
    route = match.route.removeprefix(reverse("admin:index").lstrip("/"))
    if route.startswith(tuple(f"{app}/" for app in CONTENT)) and not route.startswith(ACCESS):
        return False
    page = match.url_name or route
    if page in TO_LOOK_AT:
        return method not in ("GET", "HEAD")
    return page not in OPEN
