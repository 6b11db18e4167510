r"""The vocabulary as a list, one tag a line: `인공지능 = AI, artificial intelligence`.

A list is read, planned (what storing it would do) and stored. It only adds: what it does not name
stays. In a name, `\=` stands for the sign itself.
"""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from articles.changes import audit, site_version
from articles.digests.permissions import require
from articles.models import Tag, TagAlias, TagRedirect
from articles.recognising.tag_words import Named, key_of
from articles.rules.lines import LineErrors, parse_tags, tag_errors
from articles.rules.text import Slugs, clean, fold, tidy_name
from articles.taxonomy import vocabulary

SEED = Path(__file__).with_name("seed.txt")
MAX_ENTRIES = 5_000
MAX_ALIASES = 50  # of a line

_SIGN = re.compile(r"(?<!\\)=")


class Outcome(enum.Enum):
    """What storing a line does."""

    NEW = "new"  # a new tag
    CHANGED = "changed"  # new aliases of a known tag
    UNCHANGED = "unchanged"
    REFUSED = "refused"  # its name means another tag


@dataclass(frozen=True)
class Entry:
    """A line of a list; `number` is that of the line, from 1."""

    number: int
    name: str
    aliases: list[str]


@dataclass
class Planned:
    """What storing an entry would do: `aliases` are added; `clashes` say what is left out."""

    number: int
    name: str
    outcome: Outcome
    aliases: list[str] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)


def read(text: str) -> list[Entry]:
    """The entries of a list. Raises LineErrors."""
    entries: list[Entry] = []
    errors: list[tuple[int, str]] = []
    for number, line in enumerate(clean(text).split("\n"), start=1):
        if not line.strip():
            continue
        name, aliases = _split(line)
        if problem := _problem(name, aliases):
            errors.append((number, problem))
        else:
            entries.append(Entry(number, name[0], aliases))
    if len(entries) > MAX_ENTRIES:
        message = _("These are too many lines. Use at most %(limit)d.")
        errors.append((entries[MAX_ENTRIES].number, message % {"limit": MAX_ENTRIES}))
    if errors:
        raise LineErrors(errors)
    return entries


def write(tags: Iterable[Named]) -> str:
    """The list of these tags, which `read` gives back."""
    return "".join(
        _escape(tag.name)
        + (f" = {', '.join(map(_escape, tag.aliases))}" if tag.aliases else "")
        + "\n"
        for tag in tags
    )


def seed() -> str:
    """The list that comes with the software: sixty tags of news about AI, in Korean and English."""
    return SEED.read_text(encoding="utf-8")


def plan(entries: Iterable[Entry]) -> list[Planned]:
    """What storing the entries would do, in their order. Two queries."""
    tags = dict(Tag.objects.values_list("folded", "name"))
    meanings = _Meanings(tags)
    for alias, folded in TagAlias.objects.values_list("name", "tag__folded"):
        meanings.add(alias, folded)
    return [_planned(entry, tags, meanings) for entry in entries]


@transaction.atomic
def store(entries: Iterable[Entry], *, by=None) -> list[Planned]:
    """Add the tags and aliases of the entries, except for those that clash. Returns what was done.
    Raises PermissionDenied."""
    require(by, *vocabulary.PERMISSIONS)
    planned = plan(entries)
    _make_tags([row.name for row in planned if row.outcome == Outcome.NEW])
    changed = [row for row in planned if row.aliases]
    tags = Tag.objects.in_bulk({fold(row.name) for row in changed}, field_name="folded")
    rows = [
        TagAlias(tag=tags[fold(row.name)], name=alias, folded=fold(alias))
        for row in changed
        for alias in row.aliases
    ]
    TagAlias.objects.bulk_create(rows)
    made = sum(row.outcome == Outcome.NEW for row in planned)
    if made or rows:
        detail = {"tags": made, "aliases": len(rows)}
        target = str(Tag._meta.verbose_name_plural)
        audit.record(vocabulary.CHANGED, by=by, target=target, detail=detail)
    if any(tag.is_known for tag in tags.values()):
        site_version.move()
    return planned


class _Meanings:
    """The tag (its folded name) that each name means, without regard to blanks."""

    def __init__(self, tags: dict[str, str]) -> None:
        self._owners = {key_of(name): folded for folded, name in tags.items()}
        self._exact = {folded: folded for folded in tags}

    def add(self, name: str, tag: str) -> None:
        self._owners.setdefault(key_of(name), tag)
        self._exact.setdefault(fold(name), tag)

    def of(self, name: str) -> str | None:
        return self._exact.get(fold(name)) or self._owners.get(key_of(name))

    def has(self, name: str) -> bool:
        """Whether the name is there with the same blanks."""
        return fold(name) in self._exact


def _planned(entry: Entry, tags: dict[str, str], meanings: _Meanings) -> Planned:
    """Plan an entry, and note what it adds for the next ones."""
    own = fold(entry.name)
    owner = meanings.of(entry.name)
    if own not in tags and owner is not None:
        sentence = _("“%(name)s” means the tag “%(tag)s”. The line is left out.")
        words = {"name": entry.name, "tag": tags[owner]}
        return Planned(entry.number, entry.name, Outcome.REFUSED, clashes=[sentence % words])
    is_new = own not in tags
    if is_new:
        tags[own] = entry.name
        meanings.add(entry.name, own)
    row = Planned(entry.number, tags[own], Outcome.NEW if is_new else Outcome.UNCHANGED)
    for alias in entry.aliases:
        owner = meanings.of(alias)
        if owner not in (None, own):
            sentence = _("“%(name)s” means the tag “%(tag)s”, so it is left out here.")
            row.clashes.append(sentence % {"name": alias, "tag": tags[owner]})
        elif not meanings.has(alias):
            meanings.add(alias, own)
            row.aliases.append(tidy_name(alias))
    if row.aliases and not is_new:
        row.outcome = Outcome.CHANGED
    return row


def _make_tags(names: list[str]) -> None:
    """Create tags that do not exist, all at once."""
    taken = [*Tag.objects.values_list("slug", flat=True)]
    slugs = Slugs([*taken, *TagRedirect.objects.values_list("slug", flat=True)])
    tidied = map(tidy_name, names)
    Tag.objects.bulk_create(
        Tag(name=name, folded=fold(name), slug=slugs.unique(name)) for name in tidied
    )


def _split(line: str) -> tuple[list[str], list[str]]:
    name, _sign, rest = _partition(line)
    names, aliases = (parse_tags(_unescape(part)) for part in (name, rest))
    return names, list(filter(tidy_name, aliases))


def _partition(line: str) -> tuple[str, str, str]:
    found = _SIGN.search(line)
    return (line[: found.start()], "=", line[found.end() :]) if found else (line, "", "")


def _problem(name: list[str], aliases: list[str]) -> str:
    """A sentence about a line that cannot be used; empty if it can."""
    if len(name) != 1 or not tidy_name(name[0]):
        return _("Write one tag, then its aliases: tag = alias, alias.")
    if errors := tag_errors([*name, *aliases]):
        return errors[0]
    if len(aliases) > MAX_ALIASES:
        return _("These are too many aliases. Use at most %(limit)d.") % {"limit": MAX_ALIASES}
    return ""


def _escape(name: str) -> str:
    return name.replace("=", r"\=")


def _unescape(text: str) -> str:
    return text.replace(r"\=", "=")
