"""What was told to hubs, for admins to read."""

import datetime as dt

from django.contrib.auth.models import Group
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import HubAttempt, HubPing
from tests.support.factories import make_user

LIST = reverse("admin:articles_hubping_changelist")
NOON = dt.datetime(2026, 1, 3, 3, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
REFUSAL = "The hub refused with status 400: “<b>no</b>”"


def make_ping(name, state="waiting", *attempts):
    topic = f"https://news.example/feeds/{name}.rss"
    ping = HubPing.objects.create(
        hub="https://hub.example/", topic=topic, queued_at=NOON, next_at=NOON + MINUTE, state=state
    )
    for number, (status, error) in enumerate(attempts):
        at = NOON + number * MINUTE
        HubAttempt.objects.create(ping=ping, at=at, status=status, error=error)
    return ping


class HubPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.admin = make_user("admin")
        cls.admin.groups.add(Group.objects.get(name="admin"))
        cls.ping = make_ping("digests", "accepted", (400, REFUSAL), (202, ""))
        make_ping("articles")

    def setUp(self):
        self.client.force_login(self.admin)

    def test_the_list_says_what_became_of_every_message(self):
        page = self.client.get(LIST)
        for text in ("2026-01-03 12:00 KST (UTC+9)", "https://hub.example/", "2026-01-03 12:01"):
            self.assertContains(page, text)
        for name in ("digests", "articles"):
            self.assertContains(page, f">/feeds/{name}.rss<")
        self.assertContains(page, "hub-accepted")
        self.assertContains(page, "hub-waiting")

    def test_a_message_shows_every_attempt_and_escapes_what_the_hub_said(self):
        url = reverse("admin:articles_hubping_change", args=[self.ping.pk])
        page = self.client.get(url)
        self.assertContains(page, "2026-01-03 12:00 KST (UTC+9) – The hub refused")
        self.assertContains(page, "2026-01-03 12:01 KST (UTC+9) – ")
        self.assertContains(page, "&lt;b&gt;no&lt;/b&gt;")
        self.assertNotContains(page, "<b>no</b>")
        self.assertNotContains(page, 'name="_save"')

    def test_search_and_filter(self):
        for query, wanted in (({"q": "articles.rss"}, 1), ({"state__exact": "given-up"}, 0)):
            with self.subTest(query=query):
                changes = self.client.get(LIST, query).context["cl"]
                self.assertEqual(len(changes.result_list), wanted)

    def test_the_number_of_queries_is_that_of_two_at_twenty(self):
        self.client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            self.client.get(LIST)
        for number in range(18):
            make_ping(str(number), "waiting", (503, "Gone."))
        with self.assertNumQueries(len(queries)):
            self.client.get(LIST)
