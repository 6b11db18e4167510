"""Which feeds show a change."""

from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from articles.models import Correction, Digest, Revision, Tag
from articles.rules.text import fold

FORMATS = ("rss", "atom", "json")
# Tag feeds show the newest articles, so for a change of many digests the newest ones suffice.
DIGESTS_LOOKED_AT = 20


def of_changes(digest_ids: Iterable[int | None]) -> list[str]:
    """The absolute addresses of the feeds that show changes of these digests.

    There is one id per change; None stands for a change of more than one digest. Tag feeds are
    included for all present and former tags of the digests. Feeds that may or may not show a
    change, such as the one of corrections, are included.
    """
    changes = Counter(pk for pk in digest_ids if pk is not None)
    feeds = ["digests", "articles"]
    if Correction.objects.filter(digest__in=changes).exists():
        feeds.append("corrections")
    named = [reverse(f"articles:{feed}-{form}") for feed in feeds for form in FORMATS]
    tagged = [
        reverse(f"articles:tag-{form}", args=[slug]) for slug in _slugs(changes) for form in FORMATS
    ]
    return [settings.SITE_URL + path for path in [*named, *tagged]]


def _slugs(changes):
    """The slugs of the tags that the newest digests had before, between and after their changes.

    Every change stores one revision, which has the names of the tags.
    """
    newest = Digest.objects.filter(pk__in=changes).newest_first().values_list("pk", flat=True)
    names = set()
    for pk in newest[:DIGESTS_LOOKED_AT]:
        saved = Revision.objects.filter(digest=pk, kind=Revision.Kind.SAVED).order_by("-number")
        for articles in saved.values_list("data__articles", flat=True)[: changes[pk] + 1]:
            names |= {fold(name) for article in articles for name in article["tags"]}
    tags = Tag.objects.filter(folded__in=names, is_known=True).order_by("slug")
    return tags.values_list("slug", flat=True)
