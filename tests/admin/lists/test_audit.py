"""The audit trail at the desk: read by those who may, changed by nobody."""

import datetime as dt

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.changes import audit
from articles.digests import publishing
from articles.models import AuditEntry
from tests.admin.test_roles import EDITOR, FORBIDDEN, LOGIN, OK, RoleTestCase
from tests.support.desk import DeskTestCase, change_url
from tests.support.factories import make_digest, make_user

LIST = reverse("admin:articles_auditentry_changelist")


class AuditPageTests(DeskTestCase):
    def test_a_row_says_when_who_what_and_why(self):
        with time_machine.travel(dt.datetime(2026, 1, 3, 1, 0, tzinfo=dt.UTC), tick=False):
            digest = make_digest(published=False)
            publishing.submit(digest, by=self.editor, note="2번 기사를 봐 주세요.")
        page = self.client.get(LIST)
        for text in (
            "2026-01-03 10:00 KST (UTC+9)",
            "editor",
            "2번 기사를 봐 주세요.",
            f'href="{change_url(digest)}"',
        ):
            with self.subTest(text):
                self.assertContains(page, text)
        self.assertNotContains(page, ">submitted<")

    def test_what_no_person_did_is_said_to_be_so(self):
        audit.record("deadline-missed", target="2026-01-03")
        entry = AuditEntry.objects.get()
        url = reverse("admin:articles_auditentry_change", args=[entry.pk])
        for page in (self.client.get(LIST), self.client.get(url)):
            self.assertContains(page, "2026-01-03")
            self.assertNotContains(page, "None")

    def test_filter_and_search(self):
        digest = make_digest(published=False)
        publishing.submit(digest, note="살펴 주세요")
        audit.record("saved", digest=digest, note="다른 글")
        for query, wanted in (
            ({"action": "submitted"}, 1),
            ({"action": "withdrawn"}, 0),
            ({"q": "살펴"}, 1),
            ({"q": "2026-01-03"}, 2),
        ):
            with self.subTest(query=query):
                changes = self.client.get(LIST, query).context["cl"]
                self.assertEqual(len(changes.result_list), wanted)

    def test_pages_go_on_without_counting_all_rows(self):
        for number in range(151):
            audit.record("saved", note=f"{number}번")
        with CaptureQueriesContext(connection) as queries:
            first = self.client.get(LIST)
        counts = [q["sql"] for q in queries if "COUNT(" in q["sql"]]
        self.assertTrue(counts)
        self.assertTrue(all("LIMIT 100" in sql for sql in counts), counts)
        self.assertContains(first, "150번")
        self.assertNotContains(first, 'rel="prev"')
        seen, page = 0, first
        while older := page.context.get("older"):
            seen += len(page.context["cl"].result_list)
            page = self.client.get(LIST + older)
        self.assertContains(page, "0번")
        self.assertContains(page, 'rel="prev"')
        self.assertEqual(seen + len(page.context["cl"].result_list), 151)

    def test_a_page_that_is_not_there_leads_back(self):
        audit.record("saved")
        for number in ("99", "0", "-1", "x", "9" * 30):
            with self.subTest(number):
                response = self.client.get(LIST, {"p": number}, follow=True)
                self.assertEqual(response.status_code, OK)


class PermanenceTests(RoleTestCase):
    def test_only_those_with_the_permission_read_it(self):
        self.assertEqual(
            self.answers(lambda: self.client.get(LIST)), [LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN]
        )
        self.client.force_login(make_user("chief", permissions=[*EDITOR, "view_auditentry"]))
        self.assertEqual(self.client.get(LIST).status_code, OK)

    def test_not_even_a_superuser_writes(self):
        entry = audit.record("saved", note="그대로")
        self.client.force_login(make_user("root", is_superuser=True))
        change = reverse("admin:articles_auditentry_change", args=[entry.pk])
        self.assertEqual(self.client.get(change).status_code, OK)
        for url, data in (
            (reverse("admin:articles_auditentry_add"), {"note": "x"}),
            (change, {"note": "x"}),
            (reverse("admin:articles_auditentry_delete", args=[entry.pk]), {"post": "yes"}),
        ):
            with self.subTest(url):
                self.assertEqual(self.client.post(url, data).status_code, FORBIDDEN)
        self.client.post(LIST, {"action": "delete_selected", "_selected_action": [entry.pk]})
        self.assertEqual(AuditEntry.objects.get().note, "그대로")


class TrailTests(DeskTestCase):
    def test_the_history_of_a_digest_tells_what_happened(self):
        digest = publishing.submit(make_digest(published=False), by=self.editor, note="다 썼습니다")
        publishing.send_back(digest, by=self.editor, note="제목이 깁니다")
        audit.record("saved", digest=digest, note="조용히")
        other = publishing.submit(make_digest("2026-01-09", published=False), note="딴 날")
        page = self.client.get(reverse("admin:articles_digest_history", args=[digest.pk]))
        told = [event["entry"].action for event in page.context["events"]]
        self.assertEqual(told, ["sent-back", "submitted"])
        self.assertContains(page, "<q>제목이 깁니다</q>")
        self.assertNotContains(page, other.title)

    def test_older_pages_of_the_history_do_not_repeat_it(self):
        digest = publishing.submit(make_digest(published=False), note="다 썼습니다")
        url = reverse("admin:articles_digest_history", args=[digest.pk])
        self.assertNotContains(self.client.get(url, {"before": 1}), "<q>")
