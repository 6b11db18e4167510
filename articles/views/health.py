"""Answers machines about the site: is it alive, is it ready, is today's digest out.

The answers are open to everybody, so they contain only public facts: a draft or a digest scheduled
for later changes no byte of them. Whether an expected push has come is told, but of which program
and why is not.
"""

import datetime as dt
import logging

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from articles.digests import deadlines
from articles.models import Digest
from articles.operations import heartbeats
from articles.posts.pushes import promises
from articles.rules import failures, times
from articles.serving import static_files
from articles.serving.page_store.written import Fault, fault_of_node
from articles.serving.public import PLAIN_TEXT, read_only

logger = logging.getLogger(__name__)

OK = "ok"
DEGRADED = "degraded: "  # needs attention, but the node still serves readers
WORKER_IS_GONE_AFTER = dt.timedelta(minutes=5)
# A night, the random delay of the timer, and the duration of the verification.
BACKUP_IS_OLD_AFTER = dt.timedelta(hours=26)


@read_only
@never_cache
def alive(request):
    """Liveness: uses neither the database nor a cache."""
    return HttpResponse("ok\n", content_type=PLAIN_TEXT)


@read_only
@never_cache
def ready(request):
    """Readiness: one line per check, 503 if one fails; `?exclude=NAME` leaves one out."""
    excluded = request.GET.getlist("exclude")
    if unknown := sorted(set(excluded) - CHECKS.keys()):
        text = f"There is no check {unknown[0]!r}. Exclude one of: {', '.join(CHECKS)}.\n"
        return HttpResponse(text, content_type=PLAIN_TEXT, status=400)
    results = _run_checks(excluded)
    text = "".join(f"{name}: {result}\n" for name, result in results.items())
    is_ready = all(_is_good(results[name]) for name in CHECKS if name not in excluded)
    return HttpResponse(text, content_type=PLAIN_TEXT, status=200 if is_ready else 503)


def _is_good(result):
    return result == OK or result.startswith(DEGRADED)


def _run_checks(excluded):
    """The results of all checks, by name. Without a database, the others are skipped."""
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


def _check_page_files():
    return {
        Fault.NONE: OK,
        Fault.UNWRITTEN: f"{DEGRADED}finished pages cannot be written to PAGES_DIR, so readers are "
        "answered from memory; make room there, or make it writable",
        Fault.STALE: "a web server may be sending withdrawn pages: old ones cannot be removed "
        "from PAGES_DIR; remove `current` there, or stop the web server",
    }[fault_of_node()]


def _check_static_files():
    if not static_files.are_outdated():
        return OK
    return f"{DEGRADED}they are of another version than the code; run `manage.py prepare`"


def _check_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _check_writes():
    why = failures.why_no_writes(connection)
    return f"{why}; readers notice nothing, the desk saves nothing" if why else OK


def _check_migrations():
    executor = MigrationExecutor(connection)
    count = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return f"{count} not applied; run `manage.py migrate`" if count else OK


def _check_schedule():
    now = timezone.now()
    hours = Digest.objects.due().values_list("publish_at", flat=True)
    if not (count := sum(hour + WORKER_IS_GONE_AFTER < now for hour in hours)):
        return OK
    return f"{count} digests out for more than 5 minutes were not worked on; is run_due running?"


def _check_run_due():
    """At most degraded: without it a node serves readers, and digests still come out on time."""
    age = heartbeats.age(heartbeats.RUN_DUE)
    if age is None:
        return f"{DEGRADED}run_due has never run; start it"
    if age > WORKER_IS_GONE_AFTER:
        return f"{DEGRADED}run_due last ran {age // dt.timedelta(minutes=1)} minutes ago; start it"
    return OK


def _check_backup():
    """Silent until the first verified backup, since a site may be backed up in another way."""
    age = heartbeats.age(heartbeats.BACKUP)
    if age is None or age <= BACKUP_IS_OLD_AFTER:
        return OK
    return (
        f"{DEGRADED}the last verified backup is {age // dt.timedelta(hours=1)} hours old; make one"
    )


def _check_deadline():
    state = deadlines.state()
    if not state.is_missing:
        return OK
    promised = times.shown(state.due_at, timezone.get_default_timezone())
    return f"no digest for {state.date:%Y-%m-%d}, promised for {promised}"


def _check_pushes():
    """Does not say whether it is late or refused: its text is nobody's business."""
    broken = promises.broken()
    if not broken:
        return OK
    promised = times.shown(broken[0].due_at, timezone.get_default_timezone())
    return f"no usable push for {broken[0].date:%Y-%m-%d}, promised for {promised}"


CHECKS = {
    # First, since these need no database.
    "page_files": _check_page_files,
    "static_files": _check_static_files,
    "database": _check_database,
    "writes": _check_writes,
    "migrations": _check_migrations,
    "schedule": _check_schedule,
    "deadline": _check_deadline,
    "pushes": _check_pushes,
    "run_due": _check_run_due,
    "backup": _check_backup,
}
