"""Who else has a digest open: seen at once, gone by itself, and in nobody's way."""

import datetime as dt
import uuid
from unittest import mock

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from articles.models import Presence
from tests.support.desk import DeskTestCase
from tests.support.factories import make_digest, make_user

JSON = {"HTTP_ACCEPT": "application/json"}
NOON = dt.datetime(2026, 1, 3, 0, 12, tzinfo=dt.UTC)  # 09:12 in Seoul


class PresenceTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=3, published=False)
        self.minji = User.objects.create_superuser("minji", last_name="김", first_name="민지")
        self.third = self.digest.articles.get(position=3)

    def beat(self, user, article="", at=NOON, digest=None):
        self.client.force_login(user)
        url = reverse("admin:articles_digest_presence")
        url += f"?digest={(digest or self.digest).pk}"
        with mock.patch.object(timezone, "now", return_value=at):
            return self.client.post(url, {"article": article}, **JSON)

    def others(self, at=NOON, **kwargs):
        return self.beat(self.editor, at=at, **kwargs).json()["others"]

    def test_another_editor_is_seen_at_her_article(self):
        self.beat(self.minji, self.third.uid)
        [other] = self.others(at=NOON + dt.timedelta(seconds=20))
        self.assertEqual(other["article"], str(self.third.uid))
        for part in ("김민지", "3", "09:12"):
            self.assertIn(part, other["text"])

    def test_nobody_sees_herself_or_those_elsewhere(self):
        self.beat(self.minji, digest=make_digest("2026-02-02"))
        self.beat(self.editor)
        self.assertEqual(self.others(), [])

    def test_who_is_not_heard_of_fades(self):
        self.beat(self.minji)
        self.assertEqual(self.others(at=NOON + dt.timedelta(seconds=46)), [])
        self.beat(self.editor, digest=make_digest("2026-02-02"), at=NOON + dt.timedelta(minutes=2))
        self.assertEqual(Presence.objects.count(), 1)

    def test_the_time_is_that_of_coming_to_the_article(self):
        def since():
            return Presence.objects.get(user=self.minji).since - NOON

        self.beat(self.minji, self.third.uid)
        self.beat(self.minji, self.third.uid, NOON + dt.timedelta(seconds=30))
        self.assertEqual(since(), dt.timedelta(0))
        self.beat(self.minji, uuid.uuid4(), NOON + dt.timedelta(seconds=40))
        self.assertEqual(since(), dt.timedelta(seconds=40))
        self.beat(self.minji, uuid.uuid4(), NOON + dt.timedelta(hours=1))
        self.assertEqual(since(), dt.timedelta(hours=1))

    def test_an_article_that_is_not_stored_is_just_the_digest(self):
        for article in ("", "x", uuid.uuid4()):
            self.beat(self.minji, article)
            [other] = self.others()
            self.assertIn("민지", other["text"])

    def test_only_those_who_may_write_are_told(self):
        reader = make_user("reader", permissions=["view_digest"])
        self.assertEqual(self.beat(reader).status_code, 403)
        self.client.logout()
        url = reverse("admin:articles_digest_presence")
        self.assertEqual(self.client.post(url, **JSON).status_code, 401)
        self.client.force_login(self.editor)
        self.assertEqual(self.client.post(url, **JSON).status_code, 405)
        self.assertEqual(self.client.post(f"{url}?digest=999999", **JSON).status_code, 404)
