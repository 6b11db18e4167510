"""What machines ask about the site: is it alive, is it ready, is today's issue out.

Everybody may ask. The answers are made of public facts only: a draft or a digest scheduled for
later changes no byte of them.
"""

import datetime as dt
import logging

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles import deadlines, times
from articles.models import Digest

logger = logging.getLogger(__name__)

OK = "ok"
WORKER_IS_GONE_AFTER = dt.timedelta(minutes=5)
OVERDUE_AFTER = dt.timedelta(seconds=60)
PLAIN = "text/plain; charset=utf-8"
# https://prometheus.io/docs/instrumenting/exposition_formats/
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@require_safe
@never_cache
def alive(request):
    """Liveness: touches neither the database nor a cache."""
    return HttpResponse("ok\n", content_type=PLAIN)


@require_safe
@never_cache
def ready(request):
    """Readiness: one line a check, 503 if one of them is not ok; `?exclude=NAME` leaves one out."""
    excluded = request.GET.getlist("exclude")
    if unknown := sorted(set(excluded) - CHECKS.keys()):
        text = f"There is no check {unknown[0]!r}. Exclude one of: {', '.join(CHECKS)}.\n"
        return HttpResponse(text, content_type=PLAIN, status=400)
    results = _run_checks(excluded)
    text = "".join(f"{name}: {result}\n" for name, result in results.items())
    is_ready = all(results[name] == OK for name in CHECKS if name not in excluded)
    return HttpResponse(text, content_type=PLAIN, status=200 if is_ready else 503)


@require_safe
@never_cache
def metrics(request):
    """The schedule and the deadline in Prometheus' text format; 503 without a database."""
    try:
        text = "".join(_metric(*sample) for sample in _samples())
    except Error:
        logger.warning("No metrics: the database does not answer", exc_info=True)
        return HttpResponse("The database does not answer.\n", content_type=PLAIN, status=503)
    return HttpResponse(text, content_type=PROMETHEUS)


def _run_checks(excluded):
    """What every check found, by name. Without a database none of the others is tried."""
    results = {}
    for name, check in CHECKS.items():
        if name in excluded:
            results[name] = "excluded"
        elif results.get("database", OK) not in (OK, "excluded"):
            results[name] = "not known without the database"
        else:
            results[name] = _run(name, check)
    return results


def _run(name, check):
    try:
        return check()
    except Error:
        logger.warning("Readiness: %s could not be checked", name, exc_info=True)
        return "the database does not answer as it should; the log says more"


def _check_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _check_migrations():
    executor = MigrationExecutor(connection)
    count = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return f"{count} not applied; run `manage.py migrate`" if count else OK


def _check_schedule():
    if not (count := _overdue(WORKER_IS_GONE_AFTER)):
        return OK
    return f"{count} digests out for more than 5 minutes were not worked on; is run_due running?"


def _check_deadline():
    state = deadlines.state()
    if not state.is_missing:
        return OK
    promised = times.shown(state.due_at, timezone.get_default_timezone())
    return f"no issue for {state.date:%Y-%m-%d}, promised for {promised}"


CHECKS = {
    "database": _check_database,
    "migrations": _check_migrations,
    "schedule": _check_schedule,
    "deadline": _check_deadline,
}


def _overdue(by):
    """How many digests are public by their schedule for at least that long, but not released."""
    hours = Digest.objects.due().values_list("publish_at", flat=True)
    return sum(hour + by < timezone.now() for hour in hours)


def _samples():
    """Name, help and value of every metric; None where there is nothing to tell."""
    state = deadlines.state()
    newest = Digest.objects.published().newest_first().first()
    return (
        (
            "newsroom_digest_missing",
            "1 if the promised hour of today's issue has passed and readers do not have it.",
            int(state.is_missing),
        ),
        (
            "newsroom_schedule_overdue",
            "Digests out by their schedule for more than 60 seconds that run_due has not seen.",
            _overdue(OVERDUE_AFTER),
        ),
        (
            "newsroom_latest_digest_timestamp_seconds",
            "When the newest issue was first published.",
            newest and newest.first_public_at.timestamp(),
        ),
        (
            "newsroom_deadline_timestamp_seconds",
            "The promised hour of today's issue, if one is planned.",
            state.due_at and state.due_at.timestamp(),
        ),
    )


def _metric(name, help_text, value):
    """One gauge, Unix times in whole seconds; nothing if it has no value."""
    if value is None:
        return ""
    return f"# HELP {name} {help_text}\n# TYPE {name} gauge\n{name} {int(value)}\n"
