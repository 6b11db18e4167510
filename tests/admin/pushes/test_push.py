"""Pushes at the desk: the list, the page of each, and undoing one."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.admin.pushes import told
from articles.models import AuditEntry, Push
from tests.support.desk import DeskTestCase, change_url
from tests.support.factories import make_digest, make_user
from tests.support.push_rows import (
    entries_of,
    make_program,
    make_push,
    make_suggestion,
)
from tests.support.pushes import hand_in

LIST = reverse("admin:articles_push_changelist")


def page_url(push):
    return reverse("admin:articles_push_change", args=[push.pk])


def undo_url(push):
    return reverse("admin:articles_push_undo", args=[push.pk])


def text_url(push):
    return reverse("admin:articles_push_text", args=[push.pk])


def member(role):
    user = make_user(role)
    user.groups.add(Group.objects.get(name=role))
    return user


class PushTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.program = make_program()

    def page(self, push):
        response = self.client.get(page_url(push))
        self.assertEqual(response.status_code, 200)
        return response


class ListTests(PushTestCase):
    def test_a_row_says_what_came_and_what_became_of_it(self):
        digest = make_digest(articles=2, published=False)
        findings = [{"code": "a", "severity": s, "article": 1} for s in ("error", "hint", "hint")]
        push = make_push(
            self.program,
            digest=digest,
            outcome="waiting",
            share=0.996,
            articles=entries_of(digest),
            findings=findings,
        )
        for status in ("waiting", "waiting", "taken"):
            make_suggestion(push, digest, status=status)
        response = self.client.get(LIST)
        [row] = response.context["cl"].result_list
        admin = response.context["cl"].model_admin
        self.assertEqual(admin.recognised(row), "99 %")
        self.assertEqual(row.articles_told, 2)
        self.assertIn("오류 1", admin.finding_counts(row))
        self.assertIn("참고 2", admin.finding_counts(row))
        counts = admin.suggestion_counts(row)
        self.assertIn("push-waiting", counts)
        self.assertIn(" 2</span>", counts)
        self.assertIn(" 1</span>", counts)
        self.assertContains(response, change_url(digest))
        self.assertContains(response, 'class="status push-waiting"')
        self.assertNotContains(response, 'class="status push-undone"')

    def test_a_refused_push_has_no_numbers(self):
        push = make_push(self.program, outcome="refused")
        response = self.client.get(LIST)
        [row] = response.context["cl"].result_list
        admin = response.context["cl"].model_admin
        self.assertEqual(row, push)
        self.assertEqual((admin.recognised(row), admin.finding_counts(row)), ("–", "–"))
        self.assertEqual(admin.day(row), "2026-01-03")

    def test_the_number_of_queries_does_not_grow(self):
        make_push(self.program, articles=[])
        self.client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            self.client.get(LIST)
        for number in range(12):
            digest = make_digest(f"2026-02-{number + 1:02}", articles=1, published=False)
            push = make_push(self.program, digest.date, digest=digest, text=f"{number}")
            make_suggestion(push, digest)
        with self.assertNumQueries(len(queries)):
            self.client.get(LIST)

    def test_the_texts_are_not_loaded_for_the_list(self):
        make_push(self.program)
        with CaptureQueriesContext(connection) as queries:
            self.client.get(f"{LIST}?outcome__exact=created")
        for query in queries:
            self.assertNotIn('"articles_push"."content"', query["sql"])

    def test_the_quality_of_programs_stands_above_the_whole_list_only(self):
        make_push(self.program, share=0.875)
        response = self.client.get(LIST)
        self.assertContains(response, "horizon")
        self.assertContains(response, "88 %")
        self.assertContains(response, 'id="quality"')
        filtered = self.client.get(f"{LIST}?outcome__exact=created")
        self.assertNotContains(filtered, 'id="quality"')

    def test_the_quality_says_rules_by_name_and_former_rules_by_code(self):
        codes = ("unsigned", "unsigned", "a-former-rule")
        findings = [{"code": code, "severity": "error", "article": 1} for code in codes]
        digest = make_digest(articles=1, published=False)
        make_push(self.program, digest=digest, articles=entries_of(digest), findings=findings)
        response = self.client.get(LIST)
        self.assertContains(response, "서명 없음 2.0")
        self.assertNotContains(response, "unsigned")
        self.assertContains(response, "a-former-rule 1.0")


# What a page tells is made in Python; both engines list pushes and undo them in the other classes.
@pytest.mark.one_engine
class PageTests(PushTestCase):
    def test_articles_are_told_with_their_fate_and_what_editors_did(self):
        digest = make_digest(articles=3, published=False)
        entries = entries_of(digest)
        last = digest.articles.order_by("position").last()
        entries[2] |= {"fate": "suggested", "why": "<b>Somebody</b> changed it.", "content": None}
        entries[2]["suggested"] = ["outlook", "other.points"]
        push = make_push(self.program, digest=digest, articles=entries)
        digest.articles.filter(position=2).update(outlook="편집자의 전망.")
        first, second, third = (response := self.page(push)).context["articles"]
        self.assertEqual(
            [one["since"] for one in (first, second, third)], ["untouched", "edited", ""]
        )
        self.assertEqual(third["url"], f"{change_url(digest)}#articles-{last.position - 1}")
        self.assertContains(response, "향후 전망")
        self.assertContains(response, "&lt;b&gt;Somebody&lt;/b&gt; changed it.")

    def test_an_article_that_is_gone_has_no_link(self):
        digest = make_digest(articles=1, published=False)
        push = make_push(self.program, digest=digest, articles=entries_of(digest))
        digest.articles.all().delete()
        [article] = self.page(push).context["articles"]
        self.assertEqual((article["since"], article["url"]), ("gone", ""))

    def test_a_whole_article_that_waits_is_shown(self):
        [entry] = entries_of(make_digest(articles=1), "suggested")
        entry |= {"uid": None, "content": None, "why": "Somebody has it open."}
        push = make_push(self.program, outcome="waiting", articles=[entry])
        self.assertContains(self.page(push), "Somebody has it open.")

    def test_lines_that_are_in_no_field_are_told_with_their_numbers(self):
        entries = [
            {"first": 1, "last": 1, "fate": "placed", "part": "headline", "article": 1},
            {"first": 2, "last": 3, "fate": "left_out", "part": "", "article": None},
            {"first": 4, "last": 4, "fate": "guessed", "part": "points", "article": 1},
        ]
        text = "# 제목\n<script>\n남은 말\n요점\n"
        push = make_push(self.program, text=text, entries=entries, share=0.5)
        response = self.page(push)
        guessed, left_out = response.context["accounts"]
        self.assertEqual(left_out["items"][0]["words"], "<script> 남은 말")
        self.assertIn("2–3", left_out["items"][0]["lines"])
        self.assertEqual(guessed["items"][0]["name"], "요약")
        self.assertContains(response, "50 % 인식")
        self.assertContains(response, '<li id="line-2" class="line-left_out">&lt;script&gt;</li>')
        self.assertContains(response, 'href="#line-2"')

    def test_the_other_texts_of_an_exact_reading_are_found_in_their_lines(self):
        received = hand_in("1", "2")
        text = bytes(received.push.content).decode() + "\n남는 문단 하나\n"
        push = hand_in(text=text).push
        self.assertTrue(push.account["reading"]["exact"])
        [account] = self.page(push).context["accounts"]
        number = text.split("\n").index("남는 문단 하나") + 1
        self.assertEqual([one["first"] for one in account["items"]], [number])

    def test_of_json_no_lines_are_told(self):
        digest = make_digest(articles=1, published=False)
        [entry] = entries_of(digest)
        entry["pushed"] = entry["pushed"] | {"other": [{"after": "points", "text": "}"}]}
        push = make_push(self.program, text="{\n}\n", articles=[entry])
        account = push.account | {"reading": {"exact": True, "share": 1.0, "entries": []}}
        for media_type, lists in (("text/markdown", 1), ("application/json", 0)):
            Push.objects.filter(pk=push.pk).update(account=account, media_type=media_type)
            self.assertEqual(len(self.page(push).context["accounts"]), lists)

    def test_a_refused_push_says_why_and_cannot_be_undone(self):
        errors = [{"line": 3, "detail": "Mend it."}, {"pointer": "/articles/0", "detail": "No."}]
        push = make_push(self.program, outcome="refused", errors=errors)
        response = self.page(push)
        self.assertContains(response, "3번째 줄")
        self.assertContains(response, "/articles/0")
        self.assertContains(response, "Mend it.")
        self.assertNotContains(response, undo_url(push))

    def test_findings_are_grouped_with_their_places(self):
        found = {"code": "a", "severity": "warning", "article": 2, "field": "outlook", "line": None}
        found |= {"sentence": "너무 깁니다.", "advice": "줄이십시오.", "headline": "제목"}
        push = make_push(self.program, findings=[found])
        response = self.page(push)
        [group] = response.context["findings"]
        self.assertEqual(group["name"], "warning")
        self.assertEqual(group["rows"][0]["place"], "기사 2 · 향후 전망")
        self.assertContains(response, "줄이십시오.")

    def test_bytes_that_are_no_text_are_shown_and_saved_as_they_came(self):
        push = make_push(self.program, text=b"\xff\xfe<i>\r\nzwei", outcome="refused")
        response = self.page(push)
        self.assertContains(response, "�&lt;i&gt;</li>")
        self.assertContains(response, "zwei")
        saved = self.client.get(text_url(push))
        self.assertEqual(saved.content, b"\xff\xfe<i>\r\nzwei")
        self.assertIn("attachment", saved["Content-Disposition"])
        self.assertEqual(saved["Content-Type"], "application/octet-stream")
        self.assertEqual(saved["X-Content-Type-Options"], "nosniff")

    def test_a_long_text_is_cut_and_says_so(self):
        for text in ("줄\n" * (told.MAX_LINES + 5), "가" * (told.MAX_CHARACTERS + 1)):
            push = make_push(self.program, text=text)
            response = self.page(push)
            self.assertTrue(response.context["is_cut"])
            self.assertLessEqual(len(response.context["lines"]), told.MAX_LINES)
        self.assertFalse(self.page(make_push(self.program, text="짧은 글")).context["is_cut"])


class UndoTests(PushTestCase):
    def test_one_click_removes_what_came_and_says_so(self):
        push = hand_in("1", "2").push
        digest = push.digest
        digest.articles.filter(position=2).update(outlook="편집자의 전망.")
        self.assertContains(self.page(push), undo_url(push))
        response = self.client.post(undo_url(push), follow=True)
        told = " ".join(message.message for message in response.context["messages"])
        self.assertIn("1 기사", told)
        self.assertIn("2 기사", told)
        self.assertEqual(self.headlines(digest), ["2 기사"])
        self.assertNotContains(response, undo_url(push))
        self.assertContains(response, 'class="status push-undone"')
        entry = AuditEntry.objects.get(action="push-undone")
        self.assertEqual(entry.actor_name, "editor")

    def test_undoing_again_is_refused_in_words(self):
        push = hand_in("1").push
        self.client.post(undo_url(push))
        response = self.client.post(undo_url(push), follow=True)
        *_before, message = response.context["messages"]
        self.assertEqual(message.level_tag, "error")
        self.assertEqual(AuditEntry.objects.filter(action="push-undone").count(), 1)

    def test_whoever_may_only_look_is_not_offered_it_and_refused(self):
        push = hand_in("1").push
        self.client.force_login(make_user("reader", permissions=["view_push", "view_digest"]))
        self.assertNotContains(self.page(push), undo_url(push))
        self.assertEqual(self.client.post(undo_url(push)).status_code, 403)
        self.assertIsNone(Push.objects.get(pk=push.pk).undone_at)

    def test_a_writer_may(self):
        push = hand_in("1").push
        self.client.force_login(member("writer"))
        self.client.post(undo_url(push))
        self.assertIsNotNone(Push.objects.get(pk=push.pk).undone_at)

    def test_a_page_that_was_only_fetched_undoes_nothing(self):
        push = hand_in("1").push
        self.assertEqual(self.client.get(undo_url(push)).status_code, 405)
        self.assertIsNone(Push.objects.get(pk=push.pk).undone_at)


@pytest.mark.one_engine
class PercentTests(PushTestCase):
    def test_only_all_is_a_hundred_and_only_nothing_is_nothing(self):
        shares = (0, 0.001, 0.5, 0.996, 1)
        self.assertEqual([told.percent(share) for share in shares], [0, 1, 50, 99, 100])
