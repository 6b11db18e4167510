"""The page of a storyline: its articles in order, so that what was expected stands above what
came."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from articles.models import Article, Storyline
from articles.pages import parts
from articles.rules.text import fold

ENTRIES = 20  # on a page


@dataclass(frozen=True)
class Timeline:
    """Entries in the order of their days. `before` is the day to ask for earlier ones, None if
    there are none."""

    entries: list[Article]
    before: dt.date | None


def of(storyline: Storyline, before: dt.date | None = None) -> Timeline:
    """The newest public entries of a storyline, or the newest of days before `before`; the oldest
    of them come first. Entries of one day stay together. Their parts are loaded. Four queries."""
    articles = Article.objects.published().filter(storyline_entry__storyline=storyline)
    if before:
        articles = articles.filter(digest__date__lt=before)
    newest = articles.select_related("digest").order_by("-digest__date", "-position")
    found = list(newest[: ENTRIES + 1])
    more = None
    if len(found) > ENTRIES:
        last = found[ENTRIES].digest.date
        kept = [article for article in found if article.digest.date > last]
        found = kept or list(newest.filter(digest__date=found[0].digest.date))
        more = found[-1].digest.date
    found.reverse()
    parts.load_links(found)
    return Timeline(found, more)


def without_pages(names: Iterable[str], day: dt.date) -> set[str]:
    """Those of the names of storylines in the digest of a day that have no page for readers. One
    query, or none; it depends on what readers know alone."""
    folded = {name: fold(name) for name in names if name}
    if not folded:
        return set()
    known = Storyline.objects.in_use().filter(entries__article__digest__date=day)
    shown = set(known.order_by().values_list("folded", flat=True))
    return {name for name in folded if folded[name] not in shown}
