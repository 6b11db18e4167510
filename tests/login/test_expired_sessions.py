"""Sessions that have ended are deleted; those that go on are not."""

import datetime as dt
from io import StringIO
from unittest.mock import patch

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import TestCase
from django.utils import timezone, translation

from articles.login import expired_sessions
from articles.management.commands.run_due import Command


def make_sessions(count, ends_in):
    ends = timezone.now() + ends_in
    Session.objects.bulk_create(
        Session(session_key=f"{ends:%j%H%M%S}-{number}", session_data="", expire_date=ends)
        for number in range(count)
    )


class ExpiredSessionTests(TestCase):
    def setUp(self):
        make_sessions(3, dt.timedelta(hours=1))

    def turn(self, command):
        out = StringIO()
        with translation.override("en"):
            call_command(command, stdout=out)
        return out.getvalue()

    def test_only_expired_ones_go(self):
        make_sessions(4, -dt.timedelta(seconds=10))
        self.assertEqual(self.turn(Command()), "Expired sessions forgotten: 4\n")
        self.assertEqual(Session.objects.count(), 3)
        self.assertEqual(self.turn(Command()), "")

    def test_they_are_looked_for_once_an_hour(self):
        command = Command()
        self.turn(command)
        make_sessions(1, -dt.timedelta(seconds=10))
        self.assertEqual(self.turn(command), "")
        command.sessions_due_at = 0.0
        self.assertIn("forgotten: 1", self.turn(command))

    def test_many_go_in_several_turns_the_oldest_first(self):
        command = Command()
        make_sessions(3, -dt.timedelta(days=1))
        make_sessions(2, -dt.timedelta(days=2))
        with patch.object(expired_sessions, "AT_ONCE", 2):
            self.assertIn("forgotten: 2", self.turn(command))
            day_ago = timezone.now() - dt.timedelta(days=1, hours=1)
            self.assertFalse(Session.objects.filter(expire_date__lt=day_ago).exists())
            self.assertIn("forgotten: 2", self.turn(command))
            self.assertIn("forgotten: 1", self.turn(command))
            self.assertEqual(self.turn(command), "")
        self.assertEqual(Session.objects.count(), 3)
