"""An open form learns that the state of its digest changed: who did it, when, and what it means."""

import datetime as dt

import time_machine
from django.urls import reverse

from articles.digests import publishing
from articles.models import Digest
from tests.admin.history.test_history import WRITER
from tests.support.desk import DeskTestCase, change_url
from tests.support.factories import make_digest, make_user

NOW = dt.datetime(2026, 1, 3, 0, 10, tzinfo=dt.UTC)  # 09:10 in Seoul
LATER = dt.datetime(2999, 1, 4, 1, 0, tzinfo=dt.UTC)


@time_machine.travel(NOW, tick=False)
class StateNewsTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=2, published=False)
        self.minji = make_user("minji", first_name="민지", is_superuser=True)

    def beat(self, state):
        url = reverse("admin:articles_digest_presence") + f"?digest={self.digest.pk}"
        return self.client.post(url, {"state": state}).json()["state"]

    def news(self, *parts):
        """Check what a form is told that was opened before, and that it is told once."""
        answer = self.beat(self.known)
        for part in parts:
            self.assertIn(part, answer["text"])
        self.known = answer["name"]
        self.assertEqual(self.beat(self.known)["text"], "")

    def test_each_step_is_told_with_name_hour_and_meaning(self):
        page = self.client.get(change_url(self.digest)).content.decode()
        self.known = self.beat("")["name"]
        self.assertIn(f'data-state="{self.known}"', page)
        self.news()
        publishing.submit(self.digest, by=self.minji)
        self.news("민지 님이 09:10 KST에 검토를 요청했습니다.", "독자에게 보이지 않습니다")
        publishing.send_back(self.digest, by=self.minji, note="다시")
        self.news("민지 님이 09:10 KST에", "돌려보냈습니다", "초안")
        publishing.publish(self.digest, by=self.minji, at=LATER, unchecked=True)
        self.news("민지 님이 09:10 KST에 발행을 예약했습니다.", "예약한 시각에 독자에게 보입니다.")
        publishing.withdraw(self.digest, by=self.minji)
        self.news("예약을 취소했습니다", "초안")
        publishing.publish(self.digest, by=self.minji, unchecked=True)
        self.news("민지 님이 09:10 KST에 발행했습니다.", "독자에게 바로 보입니다.")
        publishing.withdraw(self.digest, by=self.minji)
        self.news("발행을 철회했습니다", "독자에게 보이지 않습니다.")

    def test_a_writer_is_told_that_only_editors_change_it_now(self):
        self.known = self.beat("")["name"]
        self.client.force_login(make_user("writer", permissions=WRITER))
        publishing.publish(self.digest, by=self.minji, unchecked=True)
        self.news("민지 님이 09:10 KST에 발행했습니다.", "편집자만 고칠 수 있습니다.")

    def test_a_schedule_that_came_is_told_with_its_hour_also_before_it_is_carried_out(self):
        publishing.publish(self.digest, by=self.minji, at=LATER, unchecked=True)
        self.known = self.beat("")["name"]
        Digest.objects.update(publish_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        before = self.known
        self.news("예약한 대로 09:00 KST에 발행되었습니다.", "독자에게 바로 보입니다.")
        publishing.release(self.digest.pk)
        self.known = before
        self.news("예약한 대로 09:00 KST에 발행되었습니다.")

    def test_another_day_is_told(self):
        self.known = self.beat("")["name"]
        Digest.objects.update(date="2026-02-01")
        self.news("2026-02-01")
