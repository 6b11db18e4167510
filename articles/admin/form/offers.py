"""The working copy that an open form offers: a summary of its changes, and filling the form."""

from django.utils import timezone

from articles.admin.form.conflicts import label_of, readable
from articles.admin.form.correction_question import ANSWER
from articles.digests import diffing, revisions, working_copies
from articles.models import Article, Digest
from articles.rules import nameless
from articles.rules.text import parse_key

# Fields that a blank form fills in; for a new digest they are not a change.
_PRESET = {"date", "language"}


def asked_for(request, object_id):
    """The user's open copy named by `?copy=`, if it belongs to this form; else None."""
    key = parse_key(request.GET.get("copy"))
    if key is None:
        return None
    copy = working_copies.open_copies(request.user).filter(key=key).first()
    is_here = copy and str(copy.digest_id or "") == str(object_id or "")
    return copy if is_here else None


def sequence(request, taken, names):
    """The number of the last state of the form's working copy on the server."""
    if taken:
        return taken.sequence
    keys = [parse_key(request.POST.get(name)) for name in names]
    copies = working_copies.open_copies(request.user).filter(key__in=[key for key in keys if key])
    return max(copies.values_list("sequence", flat=True), default=0)


def digest_fields(copy, digest):
    """The digest's own fields as they were typed. A new digest has no version yet."""
    if copy is None:
        return {}
    names = [*diffing.DIGEST_FIELDS, *ANSWER, *(["version", "taken_suggestions"] if digest else [])]
    return {name: value for name, value in copy.fields if name in names}


def offer(user, digest):
    """The context of the notice about the newest copy; None if it would change nothing."""
    copy = working_copies.offer(user, digest)
    if copy is None:
        return None
    remarks = working_copies.remarks(copy.fields)
    change = _change(copy, digest)
    if change is None and not remarks:
        return None
    change = change or diffing.compare({}, {})
    return {
        "remarks": remarks,
        "key": copy.key,
        "time": timezone.localtime(copy.saved_at),
        "fields": [_labelled(field, Digest) for field in change.fields],
        "articles": [
            {
                "headline": nameless.shown_headline(article.headline),
                "kind": article.kind,
                "moved": article.moved,
                "number": article.after or article.before,
                "fields": [_labelled(field) for field in article.fields],
            }
            for article in change.changed_articles
        ],
    }


def _change(copy, digest):
    """The changes since the form was opened; None if all of them are stored by now."""
    if digest is None:
        fields = [[name, value] for name, value in copy.fields if name not in _PRESET]
        return _difference(fields, {})
    stored = revisions.snapshot(digest)
    opened = copy.version and revisions.at_version(digest, copy.version)
    return _difference(copy.fields, stored) and _difference(copy.fields, opened or stored)


def _difference(fields, base):
    """The difference between typed fields and a snapshot, as the form shows them; None if empty."""
    before, after = (
        working_copies.texts_of(data) for data in (base, working_copies.typed(fields, base))
    )
    return diffing.compare(before, after) or None


def _labelled(field, model=Article):
    segments = readable(field.name, field.segments, model)
    return {"label": label_of(field.name, model), "segments": segments}
