"""The desk's first page at fixed moments, for each role."""

import datetime as dt

import time_machine
from django.contrib.auth.models import Group
from django.test import TestCase, override_settings
from django.urls import reverse

from tests.support.factories import make_digest, make_user

INDEX = reverse("admin:index")
DAILY = dict.fromkeys(range(7), dt.time(8))
TODAY = dt.date(2026, 1, 14)  # a Wednesday
# The database's clock, which decides what is public, is a real one: long after TODAY.
NOT_YET = dt.datetime(2126, 1, 13, 22, 30, tzinfo=dt.UTC)
BEFORE, AFTER = "2026-01-14T07:00+09:00", "2026-01-14T09:00+09:00"


@override_settings(DIGEST_DEADLINE=DAILY)
class IndexTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.roles = {"nobody": make_user("nobody")}
        for name in ("writer", "editor", "admin"):
            cls.roles[name] = make_user(name)
            cls.roles[name].groups.add(Group.objects.get(name=name))

    def setUp(self):
        self.at(BEFORE)

    def at(self, moment):
        clock = time_machine.travel(moment, tick=False)
        clock.start()
        self.addCleanup(clock.stop)

    def open(self, role="editor", url=INDEX):
        self.client.force_login(self.roles[role])
        response = self.client.get(url)
        self.assertEqual(response.status_code, 200)
        return response

    def today(self, role="editor"):
        return self.open(role).context["today"]


def make_draft(date=TODAY, **fields):
    return make_digest(date, published=False, **fields)


# What of the rows is shown to whom is worked out in Python; `WaitingTests` asks both engines.
