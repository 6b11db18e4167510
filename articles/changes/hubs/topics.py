"""Which feeds show a change."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import reverse

from articles.models import Correction, Digest, Revision, Storyline, Tag
from articles.rules.text import fold

FORMATS = ("rss", "atom", "json")
# Tag feeds show the newest articles, so for a change of many digests the newest ones suffice.
DIGESTS_LOOKED_AT = 20


def of_changes(digest_ids: Iterable[int | None]) -> list[str]:
    """The absolute addresses of the feeds that show changes of these digests.

    There is one id per change; None stands for a change of more than one digest. Feeds of tags and
    storylines are included for all that the digests have and had. Feeds that may or may not show a
    change, such as the one of corrections, are included.
    """
    changes = Counter(pk for pk in digest_ids if pk is not None)
    feeds = ["digests", "articles"]
    if Correction.objects.filter(digest__in=changes).exists():
        feeds.append("corrections")
    named = [reverse(f"articles:{feed}-{form}") for feed in feeds for form in FORMATS]
    of_rows = [
        reverse(f"articles:{name}-{form}", args=[slug])
        for name, slug in _rows(changes)
        for form in FORMATS
    ]
    return [settings.SITE_URL + path for path in [*named, *of_rows]]


def _rows(changes: Counter[int]) -> Iterator[tuple[str, str]]:
    """The names of the patterns and the slugs of the tags and storylines that the newest digests
    had before, between and after their changes.

    Every change stores one revision, which has the names of the tags and storylines.
    """
    newest = Digest.objects.filter(pk__in=changes).newest_first().values_list("pk", flat=True)
    tags, storylines = set(), set()
    for pk in newest[:DIGESTS_LOOKED_AT]:
        saved = Revision.objects.filter(digest=pk, kind=Revision.Kind.SAVED).order_by("-number")
        for articles in saved.values_list("data__articles", flat=True)[: changes[pk] + 1]:
            tags |= {fold(name) for article in articles for name in article["tags"]}
            storylines |= {fold(article.get("storyline", "")) for article in articles}
    known = Tag.objects.filter(folded__in=tags, is_known=True).order_by("slug")
    yield from (("tag", slug) for slug in known.values_list("slug", flat=True))
    if storylines - {""}:
        shown = Storyline.objects.in_use().filter(folded__in=storylines).order_by("slug")
        yield from (("storyline", slug) for slug in shown.values_list("slug", flat=True))
