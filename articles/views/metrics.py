"""Metrics for Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/, 0.0.4).

Without `METRICS_TOKEN` they are open to everybody and contain only public facts: a draft or a
digest scheduled for later changes no byte. With it, a client must send the token as a bearer token
(RFC 6750), and also gets metrics of the site's processes; all others get 401.
"""

import datetime as dt
import hmac
import logging
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import django
from django.conf import settings
from django.db import Error
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

import newsroom
from articles.changes import site_version
from articles.digests import deadlines
from articles.models import Digest
from articles.notices import deliveries
from articles.operations import figures, heartbeats, lost_workers
from articles.posts.pushes import promises
from articles.serving.page_store.written import Fault, fault_of_node
from articles.serving.public import PLAIN_TEXT, read_only

logger = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OVERDUE_AFTER = dt.timedelta(seconds=60)


@dataclass(frozen=True)
class Metric:
    """`values` by labels as they are written, such as `process="7"`; the key "" has the value of
    the whole site. None values are omitted. Moments are Unix times."""

    name: str
    kind: str
    help: str
    values: dict[str, int | float | None] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        told = {labels: value for labels, value in self.values.items() if value is not None}
        if told:
            yield f"# HELP newsroom_{self.name} {self.help}\n"
            yield f"# TYPE newsroom_{self.name} {self.kind}\n"
        for labels, value in told.items():
            braced = f"{{{labels}}}" if labels else ""
            yield f"newsroom_{self.name}{braced} {int(value)}\n"


@read_only
@never_cache
def show(request):
    """401 without the token, if one is set; 503 without a database."""
    if settings.METRICS_TOKEN and not _has_token(request):
        text = "Show METRICS_TOKEN as a bearer token.\n"
        headers = {"WWW-Authenticate": "Bearer"}
        return HttpResponse(text, content_type=PLAIN_TEXT, status=401, headers=headers)
    try:
        metrics = [*_public(), *_of_programs(), *_of_heartbeats(), *_of_page_files()]
        if settings.METRICS_TOKEN:
            metrics += [*_of_site(), *_of_processes()]
    except Error:
        logger.warning("No metrics: the database does not answer", exc_info=True)
        return HttpResponse("The database does not answer.\n", content_type=PLAIN_TEXT, status=503)
    text = "".join(line for metric in metrics for line in metric.lines())
    return HttpResponse(text, content_type=CONTENT_TYPE)


def _has_token(request):
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    told = token.strip().encode(errors="replace")
    return kind.lower() == "bearer" and hmac.compare_digest(told, settings.METRICS_TOKEN.encode())


def _public() -> Iterable[Metric]:
    state = deadlines.state()
    newest = Digest.objects.published().newest_first().first()
    overdue = _overdue()
    return (
        Metric(
            "digest_missing",
            "gauge",
            "1 if the promised hour of today's digest has passed and readers do not have it.",
            {"": state.is_missing},
        ),
        Metric(
            "schedule_overdue",
            "gauge",
            "Digests out by their schedule for more than 60 seconds that run_due has not seen.",
            {"": len(overdue)},
        ),
        Metric(
            "schedule_overdue_seconds",
            "gauge",
            "For how long the oldest of them has waited for run_due; 0 if none does.",
            {"": max(overdue, default=0)},
        ),
        Metric(
            "latest_digest_timestamp_seconds",
            "gauge",
            "When the newest digest was first published.",
            {"": newest and newest.first_public_at.timestamp()},
        ),
        Metric(
            "deadline_timestamp_seconds",
            "gauge",
            "The promised hour of today's digest, if one is planned.",
            {"": state.due_at and state.due_at.timestamp()},
        ),
    )


def _of_programs() -> Iterable[Metric]:
    return (
        Metric(
            "push_missing",
            "gauge",
            "1 if a program promised today's digest by an hour that has passed, and none came.",
            {"": bool(promises.broken())},
        ),
    )


def _of_heartbeats() -> Iterable[Metric]:
    last = heartbeats.last()
    texts = {
        heartbeats.RUN_DUE: ("run_due", "When run_due last took a turn, to about a minute."),
        heartbeats.BACKUP: (
            "backup_verified",
            "The moment of the data in the newest backup that was proved to restore.",
        ),
    }
    for name, (metric, text) in texts.items():
        moment = last.get(name)
        values = {"": moment and moment.timestamp()}
        yield Metric(f"{metric}_timestamp_seconds", "gauge", text, values)


def _of_page_files() -> Iterable[Metric]:
    if not settings.PAGES_DIR:
        return ()
    fault = fault_of_node()
    return (
        Metric(
            "page_files_unwritten",
            "gauge",
            "1 if finished pages cannot be written to PAGES_DIR; readers are answered from memory.",
            {"": fault == Fault.UNWRITTEN},
        ),
        Metric(
            "page_files_stale",
            "gauge",
            "1 if a web server may be sending pages of an earlier state from PAGES_DIR.",
            {"": fault == Fault.STALE},
        ),
    )


def _overdue():
    """For each digest that is public by its schedule but not yet released for more than a minute,
    the seconds since its hour."""
    hours = Digest.objects.due().values_list("publish_at", flat=True)
    waits = [timezone.now() - hour for hour in hours]
    return [wait.total_seconds() for wait in waits if wait > OVERDUE_AFTER]


def _of_site() -> Iterable[Metric]:
    """Includes versions of software, which would tell a stranger the known holes to try."""
    moment = site_version.current().moment
    runs = {
        "version": newsroom.__version__,
        "django": django.get_version(),
        "python": platform.python_version(),
    }
    return (
        Metric(
            "info",
            "gauge",
            "1, with the versions of this software, of Django and of Python.",
            {",".join(f'{name}="{number}"' for name, number in runs.items()): 1},
        ),
        Metric(
            "feeds_changed_timestamp_seconds",
            "gauge",
            "When feeds and pages last changed for readers.",
            {"": moment and moment.timestamp()},
        ),
        Metric(
            "deliveries_waiting",
            "gauge",
            "What webhooks and people are to be told and no receiver has taken yet.",
            {"": deliveries.waiting()},
        ),
        Metric(
            "deliveries_given_up",
            "gauge",
            "What was queued for them in the last three days and was given up.",
            {"": deliveries.given_up()},
        ),
        Metric(
            "workers_lost_total",
            "counter",
            "Server processes that ended unasked, as by a crash, and were replaced.",
            {"": lost_workers.count(settings.DATA_DIR)},
        ),
    )


# The help text of each metric, by its name in `figures`.
_COUNTED = {
    "requests": "Requests that reached Django.",
    "server_errors": "Requests that Django answered with a status of 500 or more.",
    "pages_made": "Public pages that were rendered to be kept, since none was finished.",
    "pages_taken": "Public pages that another process had made for a change, and that were kept.",
}


def _of_processes() -> Iterable[Metric]:
    found = figures.kept_in(settings.FIGURES_DIR).by_process()
    for name, text in _COUNTED.items():
        values = {f'process="{process}"': counts[name] for process, counts in found.items()}
        yield Metric(f"{name}_total", "counter", text, values)
