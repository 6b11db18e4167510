"""Where candidates come from, as a short text: `pasted`, `page`, `feed:3`, `program:5`."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from articles.models import FollowedFeed, Program

PASTED, PAGE = "pasted", "page"
FEED, PROGRAM = "feed", "program"
_ROWS = {FEED: FollowedFeed.objects.all(), PROGRAM: Program.objects.all()}


def of_feed(feed: FollowedFeed) -> str:
    return f"{FEED}:{feed.pk}"


def of_program(program: Program) -> str:
    return f"{PROGRAM}:{program.pk}"


def names(origins: Iterable[str]) -> dict[str, str]:
    """The name of each origin for editors. One query for the feeds and one for the programs."""
    keys: dict[str, set[int]] = {FEED: set(), PROGRAM: set()}
    wanted = set(origins)
    for origin in wanted:
        kind, _colon, key = origin.partition(":")
        if kind in keys and key.isdecimal():
            keys[kind].add(int(key))
    found = {
        f"{kind}:{pk}": name
        for kind, rows in _ROWS.items()
        if keys[kind]
        for pk, name in rows.filter(pk__in=keys[kind]).values_list("pk", "name")
    }
    own = {PASTED: _("Pasted"), PAGE: _("Bookmarklet")}
    return {origin: own.get(origin) or found.get(origin) or _gone(origin) for origin in wanted}


def _gone(origin: str) -> str:
    return _("A deleted feed") if origin.startswith(f"{FEED}:") else origin
