"""Each step of the workflow from each status: who may, and what it leaves behind."""

import datetime as dt
from itertools import product
from unittest import mock

import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import TestCase

from articles.changes import audit
from articles.digests import publishing
from articles.digests.publishing import NotAllowed, Stale
from tests.digests.test_publishing import LATER, NOW, traces
from tests.support.factories import make_digest, make_user

STATES = ("draft", "in_review", "scheduled", "published", "withdrawn")

# What each transition makes of each state; where there is none it is refused.
TRANSITIONS = {
    "submit": {"draft": "in_review", "withdrawn": "in_review"},
    "send_back": {"in_review": "draft"},
    "publish": {
        "draft": "published",
        "in_review": "published",
        "scheduled": "published",
        "withdrawn": "published",
    },
    "schedule": {
        "draft": "scheduled",
        "in_review": "scheduled",
        "scheduled": "scheduled",
        "withdrawn": "scheduled",
    },
    "withdraw": {"scheduled": "draft", "published": "withdrawn"},
    "correct": {"published": "published"},
}

ACTIONS = {
    "submit": "submitted",
    "send_back": "sent-back",
    "publish": "published",
    "schedule": "scheduled",
    "correct": "corrected",
}

PERMISSION = {"submit": "change", "withdraw": "withdraw"}


def in_state(state):
    digest = make_digest(published=False)
    if state == "in_review":
        return publishing.submit(digest)
    if state == "scheduled":
        return publishing.publish(digest, at=LATER)
    if state in ("published", "withdrawn"):
        digest = publishing.publish(digest)
    return publishing.withdraw(digest) if state == "withdrawn" else digest


def take(transition, digest, **options):
    if transition == "schedule":
        return publishing.publish(digest, at=LATER + dt.timedelta(days=1), **options)
    if transition == "correct":
        return publishing.correct(digest, "40%가 아니라 14%입니다.", **options)
    if transition == "send_back":
        options["note"] = "2번 기사를 다시."
    return getattr(publishing, transition)(digest, **options)


@time_machine.travel(NOW, tick=False)
class TransitionTests(TestCase):
    """Every transition out of every state."""

    def each(self, check, *, allowed_only=False):
        """Call `check` with each transition, state and a digest in it, and undo what it did."""
        for transition, state in product(TRANSITIONS, STATES):
            if allowed_only and state not in TRANSITIONS[transition]:
                continue
            with self.subTest(transition=transition, state=state), transaction.atomic():
                check(transition, state, in_state(state))
                transaction.set_rollback(True)

    def test_it_leads_where_it_should_or_is_refused_and_changes_nothing(self):
        def check(transition, state, digest):
            before = traces(digest)
            wanted = TRANSITIONS[transition].get(state)
            if wanted is None:
                with self.assertRaises(NotAllowed) as refusal:
                    take(transition, digest)
                self.assertTrue(str(refusal.exception).endswith("."))
                self.assertEqual(traces(digest), before)
                return
            take(transition, digest)
            after = traces(digest)
            self.assertEqual(after[0]["status"], wanted)
            self.assertEqual(after[0]["version"], before[0]["version"] + 1)
            self.assertEqual(after[1:3], (before[1] + 1, before[2] + 1))

        self.each(check)

    def test_its_audit_row_says_what_was_done(self):
        def check(transition, state, digest):
            take(transition, digest)
            wanted = ACTIONS.get(transition, "unscheduled" if state == "scheduled" else "withdrawn")
            self.assertEqual(audit.trail(digest).first().action, wanted)

        self.each(check, allowed_only=True)

    def test_a_stale_version_is_refused_and_changes_nothing(self):
        def check(transition, state, digest):
            before = traces(digest)
            with self.assertRaises(Stale):
                take(transition, digest, version=digest.version + 1)
            self.assertEqual(traces(digest), before)

        self.each(check)

    def test_without_its_permission_it_is_refused_and_changes_nothing(self):
        verbs = ("view", "add", "change", "delete", "publish", "withdraw")
        without = {
            verb: make_user(verb, permissions=[f"{v}_digest" for v in verbs if v != verb])
            for verb in verbs
        }

        def check(transition, state, digest):
            before = traces(digest)
            with self.assertRaises(PermissionDenied):
                take(transition, digest, by=without[PERMISSION.get(transition, "publish")])
            self.assertEqual(traces(digest), before)

        self.each(check)

    def test_what_cannot_be_written_takes_the_transition_back(self):
        """A row of the audit trail, and a revision."""

        def check(transition, state, digest):
            for function in ("changes.audit.record", "digests.revisions.commit"):
                before = traces(digest)
                broken = mock.patch(f"articles.{function}", side_effect=RuntimeError)
                with self.subTest(function), broken, self.assertRaises(RuntimeError):
                    take(transition, digest)
                self.assertEqual(traces(digest), before)

        self.each(check, allowed_only=True)
