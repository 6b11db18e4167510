"""Messages to one receiver: taken by one process at a time, repeated with growing pauses, given up
after a day.

A lane is everything that waits for one receiver. A receiver that fails delays its own lane only.
"""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from articles.outgoing.messages import FINISHED, UNFINISHED, Message, State
from articles.outgoing.requests import Answer

FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=4)
GIVE_UP_AFTER = dt.timedelta(hours=24)
# Longer than an attempt can take. A sender that died loses its messages after this time.
LEASE = dt.timedelta(minutes=2)
KEPT_FOR = dt.timedelta(days=30)
SECOND = dt.timedelta(seconds=1)
_jitter = random.SystemRandom()


def one(due: int) -> int:
    return 1


class Lane:
    """The messages of `model` whose columns have the values `which`."""

    def __init__(self, model: type[Message], **which: str):
        self._which = which
        self._messages = model._default_manager.filter(**which)
        relation: Any = model._meta.get_field("attempts")
        self._attempts = relation.related_model
        self._message = relation.field.name

    @transaction.atomic
    def take(self, same: str = "pk", at_once: Callable[[int], int] = one) -> list[Any]:
        """The message that has waited longest and that no other process is sending. Others that
        are due with the same value in the column `same` go with it, as many as `at_once` says if
        it gets their number, the first one included. Empty if nothing is due."""
        now = timezone.now()
        due = self._messages.filter(next_at__lte=now, state__in=UNFINISHED)
        free = due.select_for_update(skip_locked=True).order_by("next_at", "pk")
        first = free.first()
        if first is None:
            return []
        alike = {same: getattr(first, same)}
        taken = list(free.filter(**alike)[: max(1, at_once(due.filter(**alike).count()))])
        for message in taken:
            message.state, message.next_at = State.SENDING, now + LEASE
            message.tries += 1
            message.save(update_fields=["state", "next_at", "tries"])
        return taken

    @transaction.atomic
    def accept(self, taken: list[Any], answer: Answer) -> int:
        """Record that the receiver accepted. Returns how many this process still held."""
        self._note(taken, answer)
        return sum(self._ours(message).update(state=State.ACCEPTED) for message in taken)

    @transaction.atomic
    def postpone(self, taken: list[Any], answer: Answer) -> bool:
        """Record a failed attempt. Returns whether to leave the receiver alone for now.

        If so, all other messages of the lane wait too. They go before these, in case one of these
        makes the receiver fail.
        """
        now = timezone.now()
        self._note(taken, answer)
        failures = max(message.tries for message in taken)
        if answer.is_down:
            failures = max(failures, self._failures_in_a_row())
        until = now + max(pause_after(failures), min(answer.wait, GIVE_UP_AFTER))
        for message in taken:
            self._ours(message).update(state=State.WAITING, next_at=until + SECOND)
        if answer.is_down:
            others = self._messages.filter(state=State.WAITING)
            others = others.exclude(pk__in=[message.pk for message in taken])
            others.update(next_at=Greatest(F("next_at"), Value(until)))
        return answer.is_down

    def _note(self, taken, answer):
        now, result = timezone.now(), {"status": answer.status, "error": answer.error}
        self._attempts.objects.bulk_create(
            self._attempts(**{self._message: message}, at=now, **result) for message in taken
        )

    def _ours(self, message):
        """The row of a message that this process took, unless another process has taken it
        since."""
        return self._messages.filter(pk=message.pk, state=State.SENDING, next_at=message.next_at)

    def _failures_in_a_row(self):
        which = {f"{self._message}__{name}": value for name, value in self._which.items()}
        attempts = self._attempts.objects.filter(**which)
        last = attempts.filter(error="").order_by("-pk").values_list("pk", flat=True).first() or 0
        # Messages that were sent together failed together.
        return attempts.filter(pk__gt=last).values("at").distinct().count()


def pause_after(failures: int) -> dt.timedelta:
    """The pause after so many consecutive failures. It doubles each time, with 50 percent jitter,
    so that many senders do not return at the same moment."""
    pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE)
    return pause * _jitter.uniform(0.5, 1.5)


def free(model: type[Message]) -> models.QuerySet[Any]:
    """The messages that are unfinished and that nobody is sending."""
    messages = model._default_manager
    is_lost = models.Q(state=State.SENDING, next_at__lte=timezone.now())
    return messages.filter(models.Q(state=State.WAITING) | is_lost)


def too_old(model: type[Message]) -> models.QuerySet[Any]:
    """The free messages that no receiver accepted for a day."""
    return free(model).filter(queued_at__lte=timezone.now() - GIVE_UP_AFTER)


def forget(model: type[Message]) -> int:
    """Delete the messages that were queued a month ago and are finished. Returns their number."""
    old = model._default_manager.filter(queued_at__lte=timezone.now() - KEPT_FOR)
    return old.filter(state__in=FINISHED).delete()[1].get(model._meta.label, 0)
