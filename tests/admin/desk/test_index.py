"""The desk's first page: today, and what waits for whom."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.admin.desk import index
from articles.changes import audit
from articles.digests import publishing
from articles.models import Article, Comment, Digest, PlannedGap
from tests.admin.desk.desk_index import (
    AFTER,
    INDEX,
    NOT_YET,
    TODAY,
    IndexTestCase,
    make_draft,
)
from tests.support.desk import change_url
from tests.support.factories import make_article, make_digest, make_user
from tests.support.push_rows import make_program, make_push, make_suggestion

LIST = reverse("admin:articles_digest_changelist")


@pytest.mark.one_engine
class TodayTests(IndexTestCase):
    def test_the_head_has_the_whole_name_of_a_korean_editor(self):
        self.open("writer")
        User.objects.filter(username="writer").update(last_name="김", first_name="민지")
        self.assertContains(self.open("writer"), 'popovertarget="account">김민지</button>')

    def test_nothing_yet_can_be_started_with_one_click(self):
        page = self.open("writer")
        self.assertContains(page, f'action="{reverse("admin:articles_digest_start")}"')
        self.assertContains(page, 'name="date" value="2026-01-14"')
        self.assertIn("08:00 KST (UTC+9)", page.context["today"]["deadline"])
        response = self.client.post(reverse("admin:articles_digest_start"), {"date": "2026-01-14"})
        digest = Digest.objects.get(date=TODAY)
        self.assertIn(change_url(digest), response["Location"])
        self.assertNotContains(self.open("writer"), reverse("admin:articles_digest_start"))

    def test_a_draft_says_how_much_is_ready(self):
        digest = make_draft(articles=3)
        Article.objects.filter(digest=digest, position=2).update(is_ready=True)
        page = self.open()
        self.assertIn("3", page.context["today"]["sentence"])
        self.assertEqual((page.context["today"]["digest"].ready, digest.articles.count()), (1, 3))
        self.assertContains(page, change_url(digest))
        self.assertContains(page, "status-draft")

    def test_review_and_schedule_are_told(self):
        digest = make_draft()
        publishing.submit(digest)
        self.assertContains(self.open(), "status-in_review")
        publishing.publish(digest, at=NOT_YET, unchecked=True)
        self.assertIn("2126-01-14 07:30 KST (UTC+9)", self.today()["sentence"])

    def test_a_published_digest_is_out(self):
        make_digest(TODAY)
        today = self.today()
        self.assertTrue(today["is_out"])
        self.assertIn("2026-01-14 07:00 KST (UTC+9)", today["sentence"])
        self.assertIn("2026-01-15 08:00 KST (UTC+9)", today["deadline"])

    def test_a_schedule_whose_hour_has_come_is_out(self):
        digest = make_draft()
        at = dt.datetime(2026, 1, 13, 22, 30, tzinfo=dt.UTC)
        publishing.publish(digest, at=at, unchecked=True)
        self.at(AFTER)
        self.assertTrue(self.today()["is_out"])

    def test_a_withdrawn_digest_is_not_out(self):
        publishing.withdraw(make_digest(TODAY))
        self.assertFalse(self.today()["is_out"])
        self.assertContains(self.open(), "status-withdrawn")

    def test_a_missed_deadline_is_red_and_said_in_words(self):
        make_draft()
        self.at(AFTER)
        page = self.open("writer")
        alert = re.search(r'role="alert">(.*?)</p>', page.content.decode())[1]
        self.assertIn("2026-01-14", alert)
        self.assertIn("08:00 KST (UTC+9)", alert)
        self.assertContains(page, 'class="today is-missing"')

    def test_the_list_says_so_too_and_only_then(self):
        self.assertNotContains(self.open("writer", LIST), 'role="alert"')
        self.at(AFTER)
        self.assertContains(self.open("writer", LIST), 'role="alert"')
        make_digest(TODAY)
        self.assertNotContains(self.open("writer", LIST), 'role="alert"')

    def test_a_planned_gap_is_no_alarm(self):
        PlannedGap.objects.create(date=TODAY, reason="설날")
        self.at(AFTER)
        page = self.open()
        self.assertFalse(page.context["today"]["is_missing"])
        self.assertNotContains(page, 'role="alert"')

    @override_settings(DIGEST_DEADLINE={})
    def test_without_a_deadline_nothing_is_late(self):
        self.at(AFTER)
        page = self.open()
        self.assertEqual(page.context["today"]["deadline"], "")
        self.assertNotContains(page, 'role="alert"')


@pytest.mark.one_engine
class PushTests(IndexTestCase):
    def test_what_programs_handed_in_today_is_a_line_each(self):
        digest, program = make_draft(), make_program()
        early, late = (
            make_push(
                program,
                TODAY,
                outcome=outcome,
                text=outcome,
                digest=digest,
                received_at=dt.datetime(2026, 1, 13, 21, minute, tzinfo=dt.UTC),
            )
            for minute, outcome in ((0, "created"), (30, "waiting"))
        )
        make_push(make_program("aurora"), TODAY, outcome="refused")
        make_push(make_program("zenith"), TODAY - dt.timedelta(days=1))
        for push, status in ((early, "waiting"), (late, "waiting"), (late, "taken")):
            make_suggestion(push, digest, status=status)
        page = self.open("writer")
        told = {row["program"]: row for row in page.context["today_pushes"]}
        self.assertEqual(told.keys(), {"horizon", "aurora"})
        row = told["horizon"]
        self.assertEqual((row["hour"], row["waiting"]), ("06:30 KST (UTC+9)", 2))
        self.assertContains(page, reverse("admin:articles_push_change", args=[late.pk]))
        self.assertContains(page, "기다리는 제안 2건")
        self.assertContains(page, 'class="status push-waiting"')

    def test_whoever_may_see_no_pushes_sees_none_here(self):
        make_push(make_program(), TODAY)
        self.roles["reader"] = make_user("reader", permissions=["view_digest"])
        self.assertNotContains(self.open("reader"), "horizon")


@pytest.mark.one_engine
class PromiseTests(IndexTestCase):
    def alerts(self, role="writer"):
        return re.findall(r'role="alert">(.*?)</p>', self.open(role).content.decode())

    @override_settings(DIGEST_DEADLINE={})
    def test_a_push_that_did_not_come_is_red_and_said_in_words(self):
        program = make_program(promise="wed 07:30")
        self.assertEqual(self.alerts(), [])
        self.at(AFTER)
        [alert] = self.alerts()
        for word in ("horizon", "2026-01-14", "07:30 KST (UTC+9)"):
            self.assertIn(word, alert)
        make_push(program, TODAY, outcome="refused", errors=[{"detail": "<b> Not UTF-8."}])
        [alert] = self.alerts()
        self.assertIn("&lt;b&gt; Not UTF-8.", alert)
        make_push(program, TODAY)
        self.assertEqual(self.alerts(), [])

    def test_whoever_sees_no_digests_sees_no_programs(self):
        make_program(promise="wed 07:30")
        self.at(AFTER)
        self.assertNotContains(self.open("nobody"), "horizon")


class WaitingTests(IndexTestCase):
    def test_my_articles_are_those_that_readers_do_not_have(self):
        writer = self.roles["writer"]
        draft = make_draft(articles=2)
        for digest in (draft, make_digest("2026-01-12"), make_digest("2026-01-13")):
            digest.articles.update(assignee=writer)
        publishing.withdraw(Digest.objects.get(date="2026-01-13"))
        make_draft("2026-01-15").articles.update(assignee=self.roles["editor"])
        mine = self.open("writer").context["assignments"]
        self.assertEqual([row["article"].digest for row in mine], [draft, draft])
        self.assertEqual(mine[1]["url"], f"{change_url(draft)}#articles-1")
        self.assertContains(self.client.get(mine[1]["url"]), 'id="articles-1"')

    def test_open_comments_are_counted(self):
        draft = make_draft(articles=1)
        draft.articles.update(assignee=self.roles["writer"], is_ready=True)
        uid = draft.articles.get().uid
        now = dt.datetime.now(dt.UTC)
        for resolved_at in (None, None, now):
            Comment.objects.create(
                article_uid=uid, text="?", created_at=now, resolved_at=resolved_at
            )
        page = self.open("writer")
        self.assertEqual(page.context["assignments"][0]["article"].comments, 2)
        self.assertContains(page, 'class="is-asked"')
        self.assertContains(page, 'class="is-ready"')

    def test_the_queue_says_who_handed_in_when_and_why(self):
        writer = self.roles["writer"]
        writer.first_name = "민지"
        writer.save()
        digest = make_draft()
        publishing.submit(digest, by=writer, note="첫 번째")
        publishing.send_back(digest, by=self.roles["editor"], note="다시")
        publishing.submit(digest, by=writer, note="고쳤습니다")
        make_draft("2026-01-15")
        page = self.open()
        [row] = page.context["queue"]
        self.assertEqual(row["digest"], digest)
        self.assertContains(page, "고쳤습니다")
        self.assertNotIn("첫 번째", page.content.decode().split('aria-labelledby="activity"')[0])
        self.assertContains(page, "민지")
        self.assertEqual(row["since"], "2026-01-14 07:00 KST (UTC+9)")

    def test_the_week_has_schedules_drafts_and_gaps_with_their_zone(self):
        soon = make_draft("2026-01-16")
        publishing.publish(soon, at=NOT_YET, unchecked=True)
        PlannedGap.objects.create(date="2026-01-15", reason="창립기념일")
        PlannedGap.objects.create(date="2026-02-15", reason="먼 날")
        make_draft("2026-02-20")
        make_digest("2026-01-13")
        page = self.open("writer")
        rows = page.context["schedule"]
        self.assertEqual([f"{row['date']:%m-%d}" for row in rows], ["01-15", "01-16"])
        self.assertContains(page, "창립기념일")
        self.assertContains(page, "2126-01-14 07:30 KST (UTC+9)")

    def test_findings_of_the_next_digests_lead_to_their_fields(self):
        draft = make_draft(articles=1)
        make_article(draft, headline="华为发布新芯片", citations=[], points=[])
        make_draft("2026-01-15")
        make_draft("2026-01-16")
        make_draft("2026-01-10")
        make_digest("2026-01-13")
        page = self.open("writer")
        rows = page.context["checked"]
        self.assertEqual([row["digest"].date.day for row in rows], [14, 15])
        expected = [finding.severity for finding in publishing.open_findings(draft)]
        for severity, number in rows[0]["counts"].items():
            self.assertEqual(number, expected.count(severity))
        self.assertGreater(rows[0]["counts"]["error"], 0)
        self.assertEqual(len(rows[0]["first"]), index.SHOWN_FINDINGS)
        form = self.client.get(change_url(draft)).content.decode()
        for each in rows[0]["first"]:
            self.assertContains(page, f'href="{each["url"]}"')
            self.assertIn(f'id="{each["url"].split("#")[1]}"', form)

    def test_activity_is_the_newest_ten_rows(self):
        for number in range(12):
            audit.record("added", target=f"매체: {number}번", by=self.roles["editor"])
        page = self.open("admin")
        targets = [row["entry"].target for row in page.context["activity"]]
        self.assertEqual(targets, [f"매체: {number}번" for number in range(11, 1, -1)])

    def test_activity_links_only_to_what_is_there(self):
        digest = make_draft()
        audit.record("saved", digest=digest, by=self.roles["editor"])
        self.assertEqual(self.open().context["activity"][0]["url"], change_url(digest))
        digest.delete()
        self.assertEqual(self.open().context["activity"][0]["url"], "")


@pytest.mark.one_engine
class RoleTests(IndexTestCase):
    PARTS = ("today", "assignments", "queue", "schedule", "coverage", "checked", "activity")

    def shown(self, role):
        page = self.open(role)
        return {name for name in self.PARTS if name in page.context}

    def test_each_role_sees_its_parts(self):
        make_draft()
        own = set(self.PARTS)
        self.assertEqual(self.shown("nobody"), set())
        self.assertEqual(self.shown("writer"), own - {"activity"})
        self.assertEqual(self.shown("editor"), own)
        self.assertEqual(self.shown("admin"), own)

    def test_who_only_looks_gets_neither_findings_nor_a_start(self):
        self.roles["looker"] = make_user("looker", permissions=["view_digest"])
        self.assertEqual(self.shown("looker"), set(self.PARTS) - {"activity", "checked"})
        page = self.open("looker")
        self.assertNotContains(page, reverse("admin:articles_digest_start"))
        self.assertNotContains(page, reverse("admin:articles_digest_add"))

    def test_without_permission_nothing_tells_of_digests(self):
        make_digest("2026-01-13", title="카나리아 공개")
        draft = make_draft(title="카나리아 초안")
        publishing.submit(draft, by=self.roles["writer"], note="카나리아 쪽지")
        draft.articles.update(assignee=self.roles["nobody"])
        PlannedGap.objects.create(date="2026-01-15", reason="카나리아 휴일")
        self.at(AFTER)
        text = self.open("nobody").content.decode()
        for trace in ("카나리아", "/digest/", "<svg viewBox", 'role="alert"', "2026-01"):
            self.assertNotIn(trace, text)

    def test_whoever_manages_people_only_sees_no_digests(self):
        clerk = User.objects.create_user("clerk", is_staff=True)
        clerk.user_permissions.add(
            *Group.objects.get(name="admin").permissions.filter(codename="view_user")
        )
        self.roles["clerk"] = clerk
        make_draft(title="카나리아 초안")
        page = self.open("clerk")
        self.assertNotContains(page, "카나리아")
        self.assertContains(page, reverse("admin:auth_user_changelist"))

    def test_strangers_log_in_first(self):
        self.assertEqual(self.client.get(INDEX).status_code, 302)


class CostTests(IndexTestCase):
    def fill(self, numbers):
        for number in numbers:
            digest = make_digest(dt.date(2025, 11, 1) + dt.timedelta(days=number))
            digest.articles.update(assignee=self.roles["editor"])

    # The number of queries is the same whichever engine answers them.
    @pytest.mark.one_engine
    def test_the_number_of_queries_is_that_of_one_digest_at_sixty(self):
        draft = make_draft(articles=3)
        draft.articles.update(assignee=self.roles["editor"])
        publishing.submit(draft)
        make_draft("2026-01-15")
        self.fill([0])
        self.open()  # what is asked only once
        with CaptureQueriesContext(connection) as queries:
            self.open()
        self.fill(range(1, 61))
        with self.assertNumQueries(len(queries)):
            self.open()
