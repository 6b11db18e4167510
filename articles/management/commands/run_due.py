"""`manage.py run_due [--every SECONDS]`"""

import argparse
import datetime as dt
import logging
import os
import signal
import time

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection, connections
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.api import limits
from articles.changes import audit, hubs
from articles.digests import deadlines, near_deadlines, publishing, trash
from articles.feeds import readers
from articles.inbox import ageing, polling
from articles.login import expired_sessions, login_attempts
from articles.models import Digest
from articles.notices import deliveries, sending
from articles.operations import heartbeats
from articles.pictures import files
from articles.posts import uploads
from articles.posts.pushes import promises, record
from articles.rules import failures, times

logger = logging.getLogger(__name__)

LATE_SECONDS = 60
LOOK_AT_PARENT_SECONDS = 1
PICTURES_EVERY_SECONDS = 3600
SESSIONS_EVERY_SECONDS = 3600


def seconds(text):
    """A whole number of seconds above 0, for argparse."""
    if not (text.isascii() and text.isdecimal() and int(text)):
        message = _("“%(text)s” is not a number of seconds above 0") % {"text": text}
        raise argparse.ArgumentTypeError(message)
    return int(text)


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Do what is due: mark scheduled digests whose hour has come as published, record a "
            "missed deadline and a push that did not come, tell webhooks what happened and hubs "
            "which feeds have changed, poll the feeds that bring candidates, forget what was in "
            "the trash for thirty days, what was uploaded for an import a day ago, pictures that "
            "nothing has shown for a week, wrong passwords that count no more, and sessions that "
            "have ended. Run it every minute, on as many machines as you like: everything is done "
            "once."
        )

    pictures_due_at = sessions_due_at = 0.0  # by time.monotonic()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lanes = sending.Lanes()
        self.poller = polling.Poller()

    def add_arguments(self, parser):
        parser.add_argument(
            "--every",
            type=seconds,
            metavar="SECONDS",
            help=_(
                "keep running and look every so many seconds, until SIGTERM, SIGINT or the end of "
                "the process that started it"
            ),
        )
        parser.add_argument(
            "--parent",
            type=int,
            metavar="PID",
            help=_("with --every: the process that started it, if it may end before this is up"),
        )

    def get_check_kwargs(self, options):
        """Run only the system checks that need no database.

        Django 6.1 also runs those that do, and their failure would end the command. A turn reports
        an unavailable database, and with --every the next turn tries again.
        """
        return {**super().get_check_kwargs(options), "databases": []}

    def handle(self, *, every, parent, **options):
        try:
            if every:
                self.keep_running(every, parent or os.getppid())
                return
            is_done = self.turn()
            self.lanes.finish()
            self.poller.finish()
        finally:
            self.lanes.stop()
            self.poller.stop()
        self.tell_accepted()
        self.tell_new_candidates()
        if not is_done or not (self.lanes.is_hale and self.poller.is_hale):
            raise CommandError(_("Not everything that is due could be done; the log says why."))

    def keep_running(self, every, parent):
        """Take turns until a signal or the end of `parent`; the next turn retries what failed.

        A signal ends it even in the middle of a turn. That is safe after any line, since each step
        is a transaction.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        while os.getppid() == parent:
            self.turn()
            _close_connections()
            until = time.monotonic() + every
            while os.getppid() == parent and (left := until - time.monotonic()) > 0:
                time.sleep(min(left, LOOK_AT_PARENT_SECONDS))

    def turn(self):
        """Do everything that is due; returns whether all of it succeeded."""
        try:
            due = list(Digest.objects.due().order_by("publish_at", "pk"))
            refusal = failures.why_no_writes(connection)
        except Error as error:
            if not failures.passes(error):
                raise
            logger.error("The database does not answer: %s", _in_a_line(error))
            return False
        if refusal:
            logger.error("Nothing that is due can be done: %s. The next turn tries again.", refusal)
            return False
        done = [self.attempt(self.release, digest) for digest in due]
        done += [self.attempt(self.record_near_deadlines)]
        done += [self.attempt(self.record_missed_deadlines), self.attempt(self.empty_trash)]
        done += [self.attempt(self.record_missed_pushes)]
        done += [self.attempt(self.forget_uploads), self.attempt(self.forget_feed_readers)]
        done += [self.attempt(self.forget_pictures), self.attempt(self.forget_login_attempts)]
        done += [self.attempt(self.forget_sessions), self.attempt(self.forget_requests)]
        done.append(self.attempt(self.forget_refused_pushes))
        done += [self.attempt(self.age_candidates)]
        done.append(self.attempt(self.queue_deliveries))
        done.append(self.attempt(self.beat))
        done.append(self.attempt(self.send_deliveries))
        done.append(self.attempt(self.poll_feeds))
        done.append(self.attempt(self.tell_hubs))
        return all(done)

    def attempt(self, step, *arguments):
        """Whether the step succeeded. A failure is logged, with a traceback unless it is a
        transient failure of the database."""
        name = " ".join([step.__name__, *map(str, arguments)])
        try:
            step(*arguments)
        except Exception as error:
            if failures.passes(error):
                logger.error("Failed: %s: %s", name, _in_a_line(error))
            else:
                logger.exception("Failed: %s", name)
            return False
        return True

    def release(self, digest):
        if not publishing.release(digest.pk):
            return
        late = int((timezone.now() - digest.publish_at).total_seconds())
        self.say(_("Published: %(digest)s") % {"digest": digest})
        if late > LATE_SECONDS:
            logger.warning(
                "%s was marked as published %d seconds after its hour. Readers had it on time, "
                "but run_due had not been running.",
                digest,
                late,
            )

    def record_near_deadlines(self):
        for entry in near_deadlines.record():
            self.say(_("Deadline near, and not ready: %(digest)s") % {"digest": entry.target})

    def record_missed_deadlines(self):
        """Record today's and yesterday's, in case nothing ran between deadline and midnight."""
        zone = timezone.get_default_timezone()
        today = timezone.localdate(timezone=zone)
        for day in deadlines.coverage(today - dt.timedelta(days=1), today):
            if day.kind != "missing":
                continue
            date, promised = f"{day.date:%Y-%m-%d}", deadlines.due_at(day.date)
            entry = audit.record(
                "deadline-missed",
                target=date,
                detail={"due_at": promised.isoformat()},
                key=f"deadline-missed:{date}",
            )
            if entry:
                shown = times.shown(promised, zone)
                sentence = _("Deadline missed: no digest for %(date)s, promised for %(time)s")
                self.say(sentence % {"date": date, "time": shown})
                logger.warning("Deadline missed: no digest for %s, promised for %s", date, shown)

    def record_missed_pushes(self):
        """Record today's and yesterday's, for the same reason."""
        today = timezone.localdate(timezone=timezone.get_default_timezone())
        for date in (today - dt.timedelta(days=1), today):
            for promise in promises.broken(date=date):
                self.record_missed_push(promise)

    def record_missed_push(self, promise):
        name, date = promise.program.name, f"{promise.date:%Y-%m-%d}"
        entry = audit.record(
            "push-missed",
            target=f"{name} {date}",
            note=promise.refusal,
            detail={"program": promise.program.pk, "due_at": promise.due_at.isoformat()},
            key=f"push-missed:{promise.program.pk}:{date}",
        )
        if not entry:
            return
        shown = times.shown(promise.due_at, timezone.get_default_timezone())
        words = {"program": name, "date": date, "time": shown}
        if promise.refusal:
            sentence = _("Push refused: %(program)s promised %(date)s for %(time)s: %(why)s")
            words["why"] = promise.refusal
        else:
            sentence = _("Push missed: %(program)s promised %(date)s for %(time)s")
        self.say(sentence % words)
        logger.warning("Push missed: nothing usable of %s for %s by %s", name, date, shown)

    def empty_trash(self):
        if count := trash.purge():
            self.say(_("Removed for good: %(count)d") % {"count": count})

    def forget_uploads(self):
        if count := uploads.purge():
            self.say(_("Uploads forgotten: %(count)d") % {"count": count})

    def forget_pictures(self):
        """Once an hour, since it searches the history."""
        if time.monotonic() >= self.pictures_due_at:
            self.pictures_due_at = time.monotonic() + PICTURES_EVERY_SECONDS
            if count := files.purge():
                self.say(_("Unused pictures removed: %(count)d") % {"count": count})

    def forget_feed_readers(self):
        if count := readers.forget():
            self.say(_("Counts of feed readers forgotten: %(count)d") % {"count": count})

    def forget_login_attempts(self):
        """Delete attempts after a quarter of an hour. This is not logged: nobody's work is lost."""
        login_attempts.forget()

    def forget_requests(self):
        """Delete the counts of programs' requests after an hour. This is not logged either."""
        limits.forget()

    def forget_refused_pushes(self):
        if count := record.forget_refused():
            self.say(_("Refused pushes forgotten: %(count)d") % {"count": count})

    def forget_sessions(self):
        """Once an hour; in every turn while there are more than one deletion takes."""
        if time.monotonic() >= self.sessions_due_at:
            count = expired_sessions.forget()
            if count < expired_sessions.AT_ONCE:
                self.sessions_due_at = time.monotonic() + SESSIONS_EVERY_SECONDS
            if count:
                self.say(_("Expired sessions forgotten: %(count)d") % {"count": count})

    def queue_deliveries(self):
        """Before the heartbeat, which tells what was looked at last."""
        deliveries.queue()
        deliveries.give_up()
        self.tell_accepted()
        if count := deliveries.forget():
            self.say(_("Deliveries forgotten: %(count)d") % {"count": count})

    def send_deliveries(self):
        """In threads, so that no receiver delays the next turn."""
        self.lanes.start()

    def age_candidates(self):
        """Bring back what was parked until today, and let go what nobody used for a fortnight. This
        is not logged: the desk lists it."""
        ageing.wake()
        ageing.expire()
        ageing.forget()

    def poll_feeds(self):
        """In threads too, so that no feed delays the next turn."""
        self.tell_new_candidates()
        self.poller.start()

    def tell_new_candidates(self):
        """What threads found since the last time."""
        if count := self.poller.new():
            self.say(_("New candidates from feeds: %(count)d") % {"count": count})

    def tell_accepted(self):
        """What threads achieved since the last time."""
        if count := self.lanes.accepted():
            self.say(_("Deliveries taken by receivers: %(count)d") % {"count": count})

    def beat(self):
        """Before the hubs, since they may be slow; after everything else, so that the heartbeat
        means a completed turn."""
        heartbeats.beat(heartbeats.RUN_DUE)

    def tell_hubs(self):
        """Last, since it waits for other servers. A hub that does not answer is not our failure."""
        hubs.queue_pings()
        if count := hubs.send_due():
            self.say(_("Messages taken by hubs: %(count)d") % {"count": count})
        if count := hubs.forget():
            self.say(_("Messages to hubs forgotten: %(count)d") % {"count": count})

    def say(self, text):
        """Flush at once, so that the line also appears in a pipe."""
        self.stdout.write(text)
        self.stdout.flush()


def _in_a_line(error):
    return " ".join(str(error).split())


def _stop(number, frame):
    raise SystemExit


def _close_connections():
    """Close connections, so that no turn starts with one that died since the last turn."""
    for opened in connections.all(initialized_only=True):
        opened.close()
