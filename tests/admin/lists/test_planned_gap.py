"""Days without a digest on purpose, as editors plan them."""

import datetime as dt

from django.test import TestCase
from django.urls import reverse

from articles.changes import site_version
from articles.models import AuditEntry, PlannedGap
from tests.support.factories import make_user

ADD = reverse("admin:articles_plannedgap_add")
LIST = reverse("admin:articles_plannedgap_changelist")
VERBS = ("view", "add", "change", "delete")


class PlannedGapTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user("editor", permissions=[f"{verb}_plannedgap" for verb in VERBS])
        cls.writer = make_user("writer", permissions=["view_plannedgap"])

    def add(self, **changes):
        data = {"date": "2026-02-17", "reason": "설날"} | changes
        return self.client.post(ADD, data)

    def test_editor_adds_a_day_with_its_reason(self):
        self.client.force_login(self.editor)
        self.assertRedirects(self.add(), LIST)
        gap = PlannedGap.objects.get()
        self.assertEqual((gap.date, gap.reason), (dt.date(2026, 2, 17), "설날"))
        self.assertContains(self.client.get(LIST), "화요일")

    def test_readers_see_another_calendar(self):
        self.client.force_login(self.editor)
        versions = [site_version.current().number]
        self.add()
        versions.append(site_version.current().number)
        gap = PlannedGap.objects.get()
        self.client.post(
            reverse("admin:articles_plannedgap_delete", args=[gap.pk]), {"post": "yes"}
        )
        versions.append(site_version.current().number)
        self.assertFalse(PlannedGap.objects.exists())
        self.assertEqual(versions, sorted(set(versions)))

    def test_what_cannot_be_stored_is_told_with_what_to_do(self):
        self.client.force_login(self.editor)
        for date, sentence in (
            ("어제", "날짜가 아닙니다. 2026-01-03처럼 적어 주세요."),
            ("", "비워 둘 수 없습니다. 채우거나 골라 주세요."),
        ):
            with self.subTest(date):
                self.assertContains(self.add(date=date), sentence)

    def test_a_day_twice_is_a_sentence(self):
        self.client.force_login(self.editor)
        self.add()
        response = self.add()
        self.assertEqual(response.status_code, 200)
        self.assertEqual(len(response.context["errors"]), 1)
        self.assertEqual(PlannedGap.objects.count(), 1)

    def test_writer_sees_the_days_and_changes_none(self):
        gap = PlannedGap.objects.create(date="2026-02-17", reason="설날")
        self.client.force_login(self.writer)
        self.assertContains(self.client.get(LIST), "설날")
        change = reverse("admin:articles_plannedgap_change", args=[gap.pk])
        self.assertEqual(self.add().status_code, 403)
        self.assertEqual(self.client.post(change, {"date": "2026-02-18"}).status_code, 403)
        self.assertEqual(PlannedGap.objects.get().date, dt.date(2026, 2, 17))

    def test_every_write_leaves_an_audit_row(self):
        self.client.force_login(self.editor)
        self.add()
        gap = PlannedGap.objects.get()
        change = reverse("admin:articles_plannedgap_change", args=[gap.pk])
        self.client.post(change, {"date": "2026-02-18", "reason": "설날"})
        delete = reverse("admin:articles_plannedgap_delete", args=[gap.pk])
        self.client.post(delete, {"post": "yes"})
        rows = AuditEntry.objects.order_by("pk")
        self.assertEqual([row.action for row in rows], ["added", "changed", "deleted"])
        self.assertTrue(all("2026-02-1" in row.target for row in rows))
        self.assertEqual({row.actor_name for row in rows}, {"editor"})
