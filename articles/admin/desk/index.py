"""The desk's first page: the state of today's digest, and the work that waits.

The number of queries does not depend on the size of the archive. Each part is shown only to users
whose permissions let them see it elsewhere; users who may not see digests see none here.
"""

import datetime as dt

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.admin.desk import coverage, readers
from articles.admin.display import status_badge, zoned
from articles.admin.form.findings import finding_url, names_of, place_of
from articles.admin.inbox import page as inbox
from articles.admin.lists.audit import in_words
from articles.admin.permissions import may_change
from articles.admin.pushes import today as pushes_of_day
from articles.admin.reading import page as reading
from articles.digests import deadlines, publishing, revisions, schedules
from articles.inbox import listing
from articles.models import Article, AuditEntry, Comment, Digest, PlannedGap
from articles.notices import deliveries
from articles.posts.pushes import promises
from articles.preflight import Severity
from articles.rules import times

Status = Digest.Status
MAX_ROWS = 20
MAX_ACTIVITY = 10
CHECKED_DIGESTS = 2
SHOWN_FINDINGS = 3
WEEK = dt.timedelta(days=7)


def context(request):
    """The context of the page for this user, besides Django's list of models."""
    user, now = request.user, timezone.now()
    shown = {}
    if _may_see_digests(user):
        first, last = coverage.span(timezone.localdate(now))
        shown |= {
            "today": _today(user, now),
            "late_pushes": [late_sentence(promise) for promise in promises.broken(now)],
            "assignments": _assignments(user),
            "queue": _review_queue(),
            "schedule": _schedule(now),
            "coverage": coverage.draw(first, last, _digests_of(first, last), user),
        }
        if user.has_perm("articles.view_push"):
            shown["today_pushes"] = pushes_of_day.rows(timezone.localdate(now))
    if user.has_perm("articles.change_digest"):
        shown |= {"checked": _checked(now), "lost_schedules": _lost_schedules()}
    if user.has_perm("articles.view_candidate"):
        shown |= {"candidates": listing.waiting(), "troubled_feeds": inbox.troubled_feeds(user)}
    if user.has_perm("articles.view_auditentry"):
        shown["activity"] = _activity()
    if user.has_perm("articles.view_delivery"):
        shown["given_up"] = deliveries.given_up()
    if user.has_perm("articles.view_feedreading"):
        shown["readers"] = readers.draw()
    return shown


def missing_sentence(hour):
    """A sentence that today's digest is missing; empty if `hour`, the missed one, is None."""
    if hour is None:
        return ""
    return _("The digest of %(date)s was due at %(hour)s, and readers do not have it.") % {
        "date": f"{timezone.localdate(hour):%Y-%m-%d}",
        "hour": _hour(hour),
    }


def late_sentence(promise):
    """A sentence that a program did not keep a promise."""
    words = {
        "program": promise.program.name,
        "date": f"{promise.date:%Y-%m-%d}",
        "hour": _hour(promise.due_at),
        "why": promise.refusal,
    }
    if promise.refusal:
        return (
            _("What %(program)s handed in for %(date)s, due at %(hour)s, was refused: %(why)s")
            % words
        )
    return _("%(program)s should have handed in %(date)s by %(hour)s, and nothing came.") % words


def _may_see_digests(user):
    return any(user.has_perm(f"articles.{verb}_digest") for verb in ("view", "change"))


def _hidden():
    """Digests that readers do not have, except withdrawn ones."""
    public = Digest.objects.published().values("pk")
    return Digest.objects.exclude(pk__in=public).exclude(status=Status.WITHDRAWN)


def _digests_of(first, last):
    found = Digest.objects.filter(date__range=(first, last))
    return {digest.date: digest for digest in found.only("pk", "date", "status", "publish_at")}


# Today


def _today(user, now):
    """The banner: the state of today's digest, its deadline, and the next step."""
    state = deadlines.state(now)
    digest = _counted().filter(date=state.date).first()
    is_free = digest is None and user.has_perm("articles.add_digest")
    return {
        "date": state.date,
        "digest": digest,
        "badge": digest and status_badge(digest),
        "sentence": _standing(digest, state),
        "deadline": _deadline(state, now),
        "is_out": state.is_out,
        "is_missing": state.is_missing,
        "may_start": is_free,
        "url": digest and _change_url(digest.pk),
        "reading": _reading(user, digest) if digest and not state.is_out else None,
    }


def _reading(user, digest):
    """Where the articles of a digest are read, and how many are signed; None if the user may not
    change it, or there is nothing to read."""
    if not (digest.total and user.has_perm("articles.change_digest") and may_change(user, digest)):
        return None
    url = reverse("admin:articles_digest_reading", args=[digest.pk])
    return {"url": url, "progress": reading.progress(revisions.snapshot(digest))}


def _counted():
    ready = Count("articles", filter=Q(articles__is_ready=True))
    return Digest.objects.annotate(total=Count("articles"), ready=ready).order_by()


def _standing(digest, state):
    """One sentence about the state of today's digest."""
    if digest is None:
        is_promised = state.due_at is not None
        return _("Nothing has been started yet.") if is_promised else _("No digest for today.")
    if state.is_out:
        return _("Readers have it since %(time)s.") % {"time": zoned(digest.first_public_at)}
    if digest.status == Status.SCHEDULED:
        return _("It comes out by itself at %(time)s.") % {"time": zoned(digest.publish_at)}
    if digest.status == Status.WITHDRAWN:
        return _("It was withdrawn; readers do not have it.")
    return ngettext(
        "%(ready)d of %(total)d article is ready.",
        "%(ready)d of %(total)d articles are ready.",
        digest.total,
    ) % {"ready": digest.ready, "total": digest.total}


def _deadline(state, now):
    """One sentence about the promised hour; empty if the next two months have none."""
    if state.is_missing:
        return missing_sentence(state.due_at)
    if state.due_at and not state.is_out and state.due_at > now:
        left = {"hour": _hour(state.due_at), "left": timeuntil(state.due_at, now)}
        return _("Due at %(hour)s, in %(left)s.") % left
    if state.next_due:
        return _("The next digest is due at %(time)s.") % {"time": zoned(state.next_due)}
    return ""


# What waits


def _assignments(user):
    """The user's articles in digests that readers do not have, with the count of open comments."""
    comments = Comment.objects.filter(article_uid=OuterRef("uid"), resolved_at=None)
    counted = comments.order_by().values("article_uid").annotate(count=Count("pk")).values("count")
    articles = (
        Article.objects.filter(assignee=user, digest__in=_hidden())
        .select_related("digest")
        .annotate(comments=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
        .order_by("digest__date", "position")[:MAX_ROWS]
    )
    return [
        {
            "article": article,
            "date": article.digest.date,
            "url": f"{_change_url(article.digest_id)}#articles-{article.position - 1}",
        }
        for article in articles
    ]


def _review_queue():
    """Digests in review, ordered by date, with the note they were handed in with."""
    handed_in = AuditEntry.objects.filter(digest_id=OuterRef("pk"), action="submitted")
    newest = handed_in.order_by("-pk")
    digests = (
        _counted()
        .filter(status=Status.IN_REVIEW)
        .annotate(
            since=Subquery(newest.values("at")[:1]),
            author=Subquery(newest.values("actor_name")[:1]),
            note=Subquery(newest.values("note")[:1]),
        )
        .order_by("date")[:MAX_ROWS]
    )
    return [
        {"digest": each, "url": _change_url(each.pk), "since": each.since and zoned(each.since)}
        for each in digests
    ]


def _schedule(now):
    """Digests that come out, and days planned without one, in the week that starts today."""
    today = timezone.localdate(now)
    in_week = Q(date__range=(today, today + WEEK))
    scheduled = _hidden().filter(Q(status=Status.SCHEDULED) | in_week)
    rows = [
        {
            "date": digest.date,
            "digest": digest,
            "url": _change_url(digest.pk),
            "badge": status_badge(digest),
            "time": digest.publish_at and zoned(digest.publish_at),
        }
        for digest in scheduled.order_by("date")[:MAX_ROWS]
    ]
    rows += [{"date": gap.date, "gap": gap} for gap in PlannedGap.objects.filter(in_week)]
    return sorted(rows, key=lambda row: row["date"])


def _lost_schedules():
    """Digests whose schedule was cancelled because errors came into them."""
    return [shown_loss(entry) for entry in schedules.lost()[:MAX_ROWS]]


def shown_loss(entry):
    """An audit row of a schedule cancelled by errors, as templates show it."""
    return {
        "entry": entry,
        "time": zoned(entry.at),
        "errors": entry.note.split("\n"),
        "url": _change_url(entry.digest_id),
    }


def _checked(now):
    """The next digests that readers do not have, with their preflight findings."""
    digests = _hidden().filter(date__gte=timezone.localdate(now)).order_by("date")
    return [_findings_of(digest) for digest in digests[:CHECKED_DIGESTS]]


def _findings_of(digest):
    found = publishing.open_findings(digest)
    severities = [finding.severity for finding in found]
    url, names = _change_url(digest.pk), names_of(digest)
    return {
        "digest": digest,
        "url": url,
        "counts": {severity.value: severities.count(severity) for severity in Severity},
        "first": [
            {
                "finding": finding,
                "url": finding_url(url, names, finding),
                "place": place_of(finding, names.get(finding.article)),
            }
            for finding in found[:SHOWN_FINDINGS]
            if finding.severity != Severity.HINT
        ],
    }


def _activity():
    entries = AuditEntry.objects.annotate(
        is_there=Exists(Digest.objects.filter(pk=OuterRef("digest_id")))
    ).order_by(F("at").desc(), F("pk").desc())
    return [
        {
            "entry": entry,
            "action": in_words(entry),
            "time": zoned(entry.at),
            "url": _change_url(entry.digest_id) if entry.is_there else "",
        }
        for entry in entries[:MAX_ACTIVITY]
    ]


def _hour(moment):
    """The hour in the site's time zone, with the name of the zone."""
    return times.shown_hour(moment, timezone.get_current_timezone())


def _change_url(pk):
    return reverse("admin:articles_digest_change", args=[pk])
