"""A save that met the saves of others: what was merged, and who had changed what."""

from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from articles.admin.display import author_of
from articles.changes import audit
from articles.digests import revisions
from articles.digests.three_way_merge import ORDER, Merge, articles_of, value_at
from articles.models import Digest

MAX_HEADLINE = 60


@dataclass(frozen=True)
class Meeting:
    """The snapshots `base`, `mine` and `theirs` of a digest, their merge, and the versions of the
    digest in which the form was opened and sent."""

    digest: Digest
    base: dict
    mine: dict
    theirs: dict
    merge: Merge
    opened: int
    met: int

    def saves(self, places):
        """The revisions of each place that changed it since the form was opened, oldest first."""
        found = {place: [] for place in places}
        if not found:
            return found
        before = self.base
        for revision in self._saved.filter(version__gt=self.opened).order_by("number"):
            try:
                after = revisions.content(revision)
            except revisions.Unreadable:
                continue
            for place in places:
                if before and _is_changed(place, before, after):
                    found[place].append(revision)
            before = after
        return found

    def written_by_programs(self, places):
        """Those places that only programs changed since the form was opened."""
        saves = self.saves(places)
        return [
            place
            for place in places
            if saves[place] and all(revision.program for revision in saves[place])
        ]

    @property
    def newest(self):
        """The revision of the other side; None if none is stored."""
        return self._saved.order_by("-number").first()

    @property
    def _saved(self):
        saved = self.digest.revisions.select_related("author")
        return saved.filter(kind=revisions.Kind.SAVED, version__lte=self.met)

    def headline(self, uid):
        """The headline of an article in the merged text; if that lacks the article, as the other
        side has it, or else as it was."""
        versions = (self.merge.data, self.theirs, self.mine, self.base)
        sides = (articles_of(side).get(uid) for side in versions)
        article = next(filter(None, sides))
        return Truncator(article["headline"] or _("(no headline)")).chars(MAX_HEADLINE)


def _is_changed(place, before, after):
    old, new = value_at(before, place), value_at(after, place)
    if place.field == ORDER:  # articles that came or went are no other order
        return [uid for uid in old if uid in new] != [uid for uid in new if uid in old]
    return old != new


def names_of(saves, user):
    """The names of the others who saved, people and programs, without repetitions; empty if there
    are none, as after a command."""
    others = (_in_sentence(revision) for revision in saves if revision.author != user)
    return ", ".join(dict.fromkeys(filter(None, others)))


def _in_sentence(revision):
    """The author's name; Korean adds an honorific to that of a person only."""
    if revision.author:
        name = audit.name_of(revision.author)
        return pgettext("a person in a sentence", "%(name)s") % {"name": name}
    return author_of(revision)


def is_only(user, saves):
    """Whether nobody but this user saved."""
    return bool(saves) and all(revision.author == user for revision in saves)
