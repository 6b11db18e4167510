"""Links within the site that lead nowhere."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Digest, OldAddress
from articles.preflight.checked import CheckedDigest, Passage
from articles.preflight.findings import Found, Severity, rule
from articles.rules.hidden_text import shown_line
from articles.rules.paths import is_own, path_to
from articles.rules.permalinks import key_of
from articles.rules.rendering import links_in
from articles.rules.text import find_forbidden, slugify
from articles.rules.times import parse_day

CODE = "dead-link"  # the one rule that asks the database
MAX_SHOWN = 80
MAX_LINKS = 500
_OF_DAY = re.compile(r"/([0-9]{4}/[0-9]{2}/[0-9]{2})(?:/([^/.]+))?/?")


@dataclass(frozen=True)
class _Link:
    """A link within the site: its decoded path and fragment. `day` and `slug` are those of the
    digest and the article that it leads to, if it has the form of their addresses."""

    passage: Passage
    written: str
    path: str
    day: dt.date | None
    slug: str


@rule(
    CODE,
    Severity.WARNING,
    gettext_lazy("Link that leads nowhere"),
    gettext_lazy("Correct the address, or remove the link."),
)
def dead_links(digest: CheckedDigest) -> Iterator[Found]:
    links = list(_links(digest))[:MAX_LINKS]
    slugs = _slugs({link.day for link in links if link.day and link.day != digest.date})
    if digest.date:
        slugs[digest.date] = _own_slugs(digest)
    others = [link for link in links if link.day is None and _must_be_page(link.path)]
    keys = {link.path: key_of(link.path) for link in others}
    known = _known(keys.values())
    for link in links:
        if link.day:
            is_dead = link.slug not in slugs.get(link.day, ())
        else:
            is_dead = keys.get(link.path, "") not in known | {""}
        if is_dead:
            sentence = _("This link leads nowhere (%(address)s).")
            address = link.written[:MAX_SHOWN]
            yield Found(link.passage.place, sentence % {"address": address}, link.written)


def _must_be_page(path: str) -> bool:
    """Whether nothing but an old address can be at a path that is no day. Pictures and other files
    of the old site may be sent by the web server."""
    name, dot, ending = path.rpartition("/")[2].rpartition(".")
    is_file = bool(name and dot) and ending.lower() not in ("html", "htm")
    return not is_file and not is_own(path)


def _links(digest: CheckedDigest) -> Iterator[_Link]:
    base = path_to("day", digest.date) if digest.date else "/"
    texts = [passage for passage in digest.passages if passage.place.field != "headline"]
    for passage in [*texts, *(text for article in digest.articles for text in article.other)]:
        for address in links_in(passage.text, base):
            path = address.removeprefix(settings.SITE_URL) or "/"
            if path.startswith("/"):
                yield _link(passage, path)


def _link(passage: Passage, address: str) -> _Link:
    parts = urlsplit(address)
    path, fragment = unquote(parts.path), unquote(parts.fragment)
    match = _OF_DAY.fullmatch(path)
    try:
        day = parse_day(match[1].replace("/", "-")) if match else None
    except ValueError:
        day = None
    slug = (match[2] or fragment) if match and day else ""
    return _Link(passage, address, path, day, slug)


def _own_slugs(digest: CheckedDigest) -> set[str]:
    """The slugs that the articles of this digest have or will have, and an empty one."""
    articles = digest.articles
    will_be = {slugify(shown_line(article.headline)) for article in articles}
    return {""} | will_be | {article.slug for article in articles}


def _slugs(days: Iterable[dt.date]) -> dict[dt.date, set[str]]:
    """The slugs of the articles of each of these days with a public digest, and an empty one."""
    found: dict[dt.date, set[str]] = {}
    if days:
        public = Digest.objects.published().filter(date__in=days)
        for day, slug in public.values_list("date", "articles__slug"):
            found.setdefault(day, {""}).add(slug)
    return found


def _known(keys: Iterable[str]) -> set[str]:
    """Those of the keys that are old addresses of public digests."""
    wanted = {key for key in keys if not find_forbidden(key)}
    if not wanted:
        return set()
    public = Digest.objects.published()
    rows = OldAddress.objects.filter(path__in=wanted, digest__in=public)
    return set(rows.values_list("path", flat=True))
