"""What happens to a valid form: it is merged with what is there now, written and kept."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from articles import diffing, editing, merging, publishing, revisions
from articles.models import Digest

CHOICE_PREFIX = "choose-"


class Conflict(Exception):
    """Others changed, since the form was opened, what was changed in the form as well.

    Carries the digest and the snapshots `mine` and `theirs`, and the names in conflict.
    """

    def __init__(self, digest, mine, theirs, names):
        super().__init__(names)
        self.digest, self.mine, self.theirs, self.names = digest, mine, theirs, names


@dataclass(frozen=True)
class Saved:
    """What a save changed, and the users whose saves it was merged with."""

    change: diffing.DigestChange
    merged_with: list


def save(request, form, formset, *, is_new):
    """Write a valid form in the admin's transaction; raises Conflict and writes nothing."""
    digest = editing.lock(form.instance)
    theirs = revisions.snapshot(digest)
    opened = digest.version if is_new else form.cleaned_data["version"]
    is_stale = opened != digest.version
    base = (revisions.at_version(digest, opened) or {}) if is_stale else theirs
    mine = form.snapshot({**theirs, **base}) | {"articles": formset.articles(base)}
    merged = merging.merge(base, mine, theirs, chosen(request.POST, digest))
    if merged.conflicts:
        raise Conflict(digest, mine, theirs, merged.conflicts)
    change = diffing.compare(theirs, merged.data)
    if change:
        editing.write(digest, merged.data)
        _count_up(digest, is_new)
    note = _("Created") if is_new else _("Saved")
    revisions.record(digest, author=request.user, note=note)
    form.instance.refresh_from_db()
    return Saved(change, _authors_since(digest, opened, request.user) if is_stale else [])


def chosen(posted, digest):
    """The choices of the conflict page, unless the digest was changed again since that page."""
    if posted.get("chosen-version") != str(digest.version):
        return {}
    return {
        name.removeprefix(CHOICE_PREFIX): value
        for name, value in posted.items()
        if name.startswith(CHOICE_PREFIX)
    }


def merged_sentence(authors):
    names = ", ".join(author.get_full_name() or author.get_username() for author in authors)
    return _("Merged with what %(names)s saved in the meantime.") % {"names": names}


def _count_up(digest, is_new):
    if digest.feed_id:
        publishing.fix_feed_ids(digest, timezone.now())
    if not is_new:
        digest.version += 1
    digest.save()


def _authors_since(digest: Digest, version, user):
    """Other users who saved after that version, each once."""
    saved = digest.revisions.filter(kind=revisions.Kind.SAVED, version__gt=version)
    authors = (revision.author for revision in saved.select_related("author").order_by("number"))
    return list(dict.fromkeys(author for author in authors if author and author != user))
