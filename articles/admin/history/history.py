"""The history of a digest: its revisions, the differences between two, and restoring one."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.admin.display import author_of, status_badge, zoned
from articles.admin.form.conflicts import label_of, readable
from articles.admin.form.saving import tell_cancellation
from articles.admin.lists.audit import in_words
from articles.admin.permissions import may_change
from articles.changes import audit
from articles.digests import diffing, restoring, revisions
from articles.login.desk_page import desk_page
from articles.models import Article, Digest, Revision
from articles.rules.text import whole_number

PAGE_SIZE = 20
MAX_EVENTS = 100
# The list of revisions already shows saves.
UNTOLD = ("saved",)
CURRENT, PUBLISHED = "current", "published"
Kind = Revision.Kind


@dataclass(frozen=True)
class Side:
    """One of the two states compared: a revision, the present state (`revision` is None), or
    nothing (`data` is None as well)."""

    data: dict | None
    revision: Revision | None = None


def beside_form(model_admin, request, digest, context):
    """The link to the changes since readers last saw the digest."""
    if not digest or not context["may_save"] or context["is_public"]:
        return {}
    return {"since_publication": since_publication(digest)}


def since_publication(digest):
    """The address of the changes since readers last saw the digest; None if they never did."""
    published = revisions.newest_published(digest)
    return published and revision_url(digest, published, CURRENT)


def revision_url(digest, revision, other=None):
    url = reverse("admin:articles_digest_revision", args=[digest.pk, revision.number])
    if not other:
        return url
    return f"{url}?{urlencode({'with': other})}"


# The list


def listing(model_admin, request, object_id):
    """All revisions, newest first, in pages; `?before=21` shows those before number 21."""
    digest = _digest(model_admin, request, whole_number(object_id))
    rows = digest.revisions.select_related("author").order_by("-number")
    before = whole_number(request.GET.get("before"))
    found = list((rows.filter(number__lt=before) if before else rows)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    is_public = digest.is_public
    context = {
        "title": _("History"),
        "rows": _rows(digest, shown),
        "older": shown[-1].number if len(found) > PAGE_SIZE else None,
        "is_newest": not before,
        "events": [] if before else _events(digest),
        "since_publication": None if is_public else since_publication(digest),
    }
    return _page(model_admin, request, digest, "history", context)


def _rows(digest, shown):
    """Each revision with its changes since the previous saved one."""
    saved = [revision for revision in shown if revision.kind == Kind.SAVED]
    if shown:
        lowest = digest.revisions.filter(kind=Kind.SAVED, number__lt=shown[-1].number)
        saved += lowest.order_by("-number")[:1]
    rows, effort = [], diffing.Effort()
    for revision in shown:
        previous = next((other for other in saved if other.number < revision.number), None)
        rows.append(
            {
                "revision": revision,
                "is_saved": revision.kind == Kind.SAVED,
                "time": zoned(revision.created_at),
                "author": author_of(revision),
                "size": _size(previous, revision, effort),
                "url": revision_url(digest, revision),
                "current_url": revision_url(digest, revision, CURRENT),
            }
        )
    return rows


def _events(digest):
    """Events of the digest besides saves, newest first."""
    told = audit.trail(digest).exclude(action__in=UNTOLD)[:MAX_EVENTS]
    return [
        {
            "entry": entry,
            "action": in_words(entry),
            "time": zoned(entry.at),
            "is_about_part": entry.target != str(digest),
        }
        for entry in told
    ]


def _size(previous, revision, effort):
    """The size of a change in characters and articles; None if a revision cannot be read."""
    try:
        before = previous and revisions.content(previous)
        change = diffing.compare(before, revisions.content(revision), effort)
    except revisions.Unreadable:
        return None
    added, removed = change.size
    kinds = [article.kind for article in change.articles]
    return {
        "is_any": bool(change),
        "added": added,
        "removed": removed,
        "articles_added": kinds.count(diffing.ADDED),
        "articles_removed": kinds.count(diffing.REMOVED),
        "articles_changed": kinds.count(diffing.CHANGED),
        "articles_moved": sum(article.moved for article in change.articles),
    }


# Two of them


def compare(model_admin, request, pk, number):
    """Compare a revision with another: by default the previous saved one; `?with=` is a number,
    `current` or `published`."""
    digest = _digest(model_admin, request, pk)
    revision = _revision(digest, number)
    asked = request.GET.get("with", "")
    now = Side(revisions.snapshot(digest))
    published = revisions.newest_published(digest)
    try:
        before, after = _sides(digest, revision, asked, now, published)
    except revisions.Unreadable as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
        return redirect("admin:articles_digest_history", digest.pk)
    own = before if before.revision == revision else after
    change = diffing.compare(before.data, after.data)
    context = {
        "title": _("Revision %(number)d") % {"number": revision.number},
        "revision": revision,
        "before": _described(before),
        "after": _described(after),
        "change": change,
        "size": change.size,
        "fields": [_field(field, Digest) for field in change.fields],
        "articles": [_article(article, (own, before), now) for article in change.articles],
        "asked": asked,
        "is_now": _texts(own.data) == _texts(now.data),
        "is_public": digest.is_public,
        "links": _links(digest, revision, published),
    }
    return _page(model_admin, request, digest, "revision", context)


def _sides(digest, revision, asked, now, published):
    """The two states to compare, the older one first."""
    own = Side(revisions.content(revision), revision)
    if asked == CURRENT:
        return own, now
    other = digest.revisions.select_related("author")
    if asked == PUBLISHED:
        other = published
        if other is None:
            raise Http404
    elif asked:
        other = get_object_or_404(other, number=whole_number(asked))
    else:
        saved = other.filter(kind=Kind.SAVED, number__lt=revision.number)
        other = saved.order_by("-number").first()
    if other is None:
        return Side(None), own
    sides = own, Side(revisions.content(other), other)
    return sorted(sides, key=lambda side: side.revision.number)


def _links(digest, revision, published):
    """Other states to compare this revision with: value of `?with=`, name and address."""
    links = [("", _("The one before")), (CURRENT, _("Now"))]
    if published and published != revision:
        links.append((PUBLISHED, _("Last published")))
    url = revision_url(digest, revision)
    return [
        {"asked": asked, "name": name, "url": f"{url}?with={asked}" if asked else url}
        for asked, name in links
    ]


def _described(side):
    """What a page shows about one side."""
    if side.revision is None:
        return {"name": _("Now") if side.data else _("Nothing yet")}
    revision = side.revision
    return {
        "name": _("Revision %(number)d") % {"number": revision.number},
        "time": zoned(revision.created_at),
        "author": author_of(revision),
        "note": revision.note,
    }


def _field(change, model=Article):
    label = capfirst(label_of(change.name, model))
    return {"label": label, "segments": readable(change.name, change.segments, model)}


def _article(change, sides, now):
    """One article of the comparison, and the revision it can be restored from, if any."""
    current = _content(now, change.uid)
    has_it = (side for side in sides if side.revision and _content(side, change.uid))
    source = next(has_it, None)
    differs = source is not None and _content(source, change.uid) != current
    return {
        "change": change,
        "fields": [_field(field) for field in change.fields],
        "source": source.revision if differs else None,
        "is_gone": current is None,
    }


def _content(side, uid):
    for article in (side.data or {}).get("articles", []):
        if article["uid"] == uid:
            return {name: article[name] for name in diffing.ARTICLE_FIELDS}
    return None


def _texts(data):
    """The parts of a snapshot that a restore brings back, as one value for comparison."""
    names = ("uid", *diffing.ARTICLE_FIELDS)
    articles = [[article[name] for name in names] for article in data["articles"]]
    return [*(data[name] for name in diffing.DIGEST_FIELDS), articles]


# Bringing back


def restore(model_admin, request, pk, number):
    """Restore the digest, or only the posted `article`. `version` is the version of the digest
    that the editor saw."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    digest = _digest(model_admin, request, pk)
    revision = _revision(digest, number)
    try:
        made = _restore(request, digest, revision)
    except (restoring.NotAllowed, revisions.Unreadable) as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
        return redirect(revision_url(digest, revision, request.POST.get("with")))
    except Digest.DoesNotExist:
        return redirect("admin:articles_digest_changelist")
    if made is None:
        model_admin.message_user(request, _("It reads like this already."), messages.INFO)
    else:
        model_admin.log_change(request, digest, made.note)
        done = _("Restored from revision %(number)d.") % {"number": revision.number}
        model_admin.message_user(request, done, messages.SUCCESS)
        _tell_kept_date(model_admin, request, made, revision)
        tell_cancellation(model_admin, request, digest)
    return redirect(revision_url(digest, revision, CURRENT))


def _restore(request, digest, revision):
    seen, uid = whole_number(request.POST.get("version")), request.POST.get("article")
    if not seen:
        raise restoring.NotAllowed(_("This page was incomplete. Look at it again, then restore."))
    if uid:
        return restoring.restore_article(digest, revision, uid, by=request.user, version=seen)
    return restoring.restore(digest, revision, by=request.user, version=seen)


def _tell_kept_date(model_admin, request, made, revision):
    kept, asked = made.data["date"], revisions.content(revision)["date"]
    if kept != asked and "article" not in request.POST:
        sentence = _("The date stays %(date)s: readers have it, or %(other)s is taken.")
        model_admin.message_user(request, sentence % {"date": kept, "other": asked}, messages.INFO)


# What all pages share


def _digest(model_admin, request, pk):
    """The digest, for users who may change its present state: the history shows all its texts."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied  # the same answer whether or not the digest exists
    digest = get_object_or_404(Digest, pk=pk)
    if not may_change(request.user, digest):
        raise PermissionDenied
    return digest


def _revision(digest, number):
    return get_object_or_404(digest.revisions.select_related("author"), number=number)


def _page(model_admin, request, digest, name, context):
    context = {
        "digest": digest,
        "subtitle": str(digest),
        "status": status_badge(digest),
        **context,
    }
    return desk_page(model_admin, request, f"articles/digest/{name}", context)
