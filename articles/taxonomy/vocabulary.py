"""The vocabulary: all tags with their aliases, by which texts and editors mean them.

Nothing of it is for readers, until an article that they have has the tag. From then on the search
understands its aliases, so changing them moves the site version.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from articles.changes import audit, site_version
from articles.digests.permissions import require
from articles.fields import IMPLICATION_FIELDS
from articles.models import Tag, TagAlias
from articles.recognising.tag_words import Found, Named, Part, Vocabulary
from articles.rules.hidden_text import shown_line
from articles.rules.text import fold, tidy_name
from articles.search import indexed_text
from articles.taxonomy.tags import PUBLISH

PERMISSIONS = ("articles.change_tag", PUBLISH)
MAX_SOUGHT = 20_000  # characters of a passage
CHANGED = "vocabulary-changed"


def load() -> Vocabulary:
    """The vocabulary as it is now, in two queries."""
    return _prepared(tuple(named()))


def named() -> list[Named]:
    """All tags with their aliases, by name."""
    aliases: dict[int, list[str]] = {}
    for tag, name in TagAlias.objects.values_list("tag", "name"):
        aliases.setdefault(tag, []).append(name)
    tags = Tag.objects.order_by("name", "pk").values_list("pk", "name")
    return [Named(name, tuple(aliases.get(pk, ()))) for pk, name in tags]


@lru_cache(maxsize=2)
def _prepared(tags: tuple[Named, ...]) -> Vocabulary:
    return Vocabulary(tags)


def passages(article: dict[str, Any]) -> list[tuple[Part, str]]:
    """What readers see of an article's headline, points and implications, as plain text: the
    beginning of each. The article is as in a snapshot."""
    whole = [
        (Part.HEADLINE, shown_line(article["headline"])),
        *((Part.POINT, indexed_text.line_of(point)) for point in article["points"]),
        *((Part.TEXT, indexed_text.text_of(article[name])) for name in IMPLICATION_FIELDS),
    ]
    return [(part, text[:MAX_SOUGHT]) for part, text in whole]


def missing_in(article: dict[str, Any], vocabulary: Vocabulary) -> list[Found]:
    """The tags that occur in an article which does not have them, the weightiest first. The article
    is as in a snapshot."""
    has = set(map(fold, article["tags"]))
    return [
        found for found in vocabulary.in_article(passages(article)) if fold(found.tag) not in has
    ]


def meant_by(names: Iterable[str]) -> dict[str, str]:
    """The tag for each name that is an alias. A name that is a tag's own means that tag, whatever
    alias there is besides. Two queries at most."""
    folded = {fold(name): name for name in names}
    own = set(Tag.objects.filter(folded__in=folded).values_list("folded", flat=True))
    others = folded.keys() - own
    if not others:
        return {}
    rows = TagAlias.objects.filter(folded__in=others).values_list("folded", "tag__name")
    meant = dict(rows)
    return {name: meant[fold(name)] for name in names if fold(name) in meant}


@transaction.atomic
def set_aliases(tag: Tag, names: Iterable[str], *, by=None) -> None:
    """Replace the aliases of a tag. Its own name is left out. Raises ValidationError for a name
    that means another tag, and PermissionDenied."""
    require(by, *PERMISSIONS)
    wanted = {fold(name): tidy_name(name) for name in names}
    wanted.pop(fold(tag.name), None)
    if problems := taken(wanted.values(), tag):
        raise ValidationError(problems)
    present = {alias.folded: alias for alias in tag.aliases.all()}
    if {folded: alias.name for folded, alias in present.items()} == wanted:
        return
    tag.aliases.exclude(folded__in=wanted).delete()
    for folded, name in wanted.items():
        TagAlias.objects.update_or_create(folded=folded, defaults={"tag": tag, "name": name})
    detail = {"aliases": list(wanted.values())}
    audit.record(CHANGED, by=by, target=audit.target_of(tag), detail=detail)
    if tag.is_known:
        site_version.move()


def taken(names: Iterable[str], tag: Tag | None = None) -> list[str]:
    """A sentence for each alias that means another tag than this one."""
    folded = {fold(name): name for name in names}
    own = Tag.objects.filter(folded__in=folded)
    others = TagAlias.objects.filter(folded__in=folded)
    if tag is not None:
        own, others = own.exclude(pk=tag.pk), others.exclude(tag=tag.pk)
    problems = [
        _("“%(name)s” is a tag of its own. Merge the two tags to make it an alias.")
        % {"name": each}
        for each in own.values_list("name", flat=True)
    ]
    for name, other in others.values_list("name", "tag__name"):
        words = {"name": name, "tag": other}
        problems.append(_("“%(name)s” is an alias of “%(tag)s” already.") % words)
    return problems
