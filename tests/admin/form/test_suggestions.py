"""What programs suggest, in the form of its digest: told, put away, brought back, taken."""

import datetime as dt
import json
from unittest import mock

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.digests import publishing
from articles.models import AuditEntry, Digest, Suggestion
from tests.support.desk import DeskTestCase, change_url, filled
from tests.support.factories import make_digest, make_user
from tests.support.suggestions import suggest, suggest_article

JSON = {"HTTP_ACCEPT": "application/json"}
SEVEN = dt.datetime(2026, 1, 2, 22, 2, tzinfo=dt.UTC)  # 07:02 in Seoul on 2026-01-03
CITED = {
    "publisher": "새별신문",
    "url": "https://saebyeol.example/7",
    "published_on": "2026-01-03",
}
Status = Suggestion.Status


class SuggestionTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=2, published=False)
        self.first, self.second = self.digest.articles.order_by("position")

    def beat(self, *, at=SEVEN, digest=None, **posted):
        url = reverse("admin:articles_digest_presence")
        with mock.patch.object(timezone, "now", return_value=at):
            response = self.client.post(
                f"{url}?digest={(digest or self.digest).pk}", posted, **JSON
            )
        return response.json()["suggestions"]

    def decide(self, suggestion, verb="dismiss", *, digest=None, **headers):
        arguments = [(digest or suggestion.digest).pk, suggestion.pk]
        return self.client.post(reverse(f"admin:articles_digest_{verb}", args=arguments), **headers)

    def status(self, suggestion):
        return Suggestion.objects.get(pk=suggestion.pk).status

    def log_in_as(self, role):
        user = make_user(f"a-{role}")
        user.groups.set([Group.objects.get(name=role)])
        self.client.force_login(user)
        return user


# What is told is made in Python; both engines keep what is decided in `DecidingTests`.
@pytest.mark.one_engine
class NewsTests(SuggestionTestCase):
    def test_a_text_comes_with_its_input_and_whose_it_is(self):
        suggestion = suggest(self.digest, "outlook", "다른 전망.", article=self.second, at=SEVEN)
        [told] = self.beat()["waiting"]
        self.assertEqual(told["id"], suggestion.pk)
        self.assertEqual((told["article"], told["input"]), (str(self.second.uid), "outlook"))
        self.assertEqual((told["kind"], told["text"]), ("replace", "다른 전망."))
        self.assertEqual(told["origin"], "horizon 07:02의 제안")
        self.assertEqual(told["place"], f"기사 2 “{self.second.headline}” · 향후 전망")

    def test_a_suggestion_of_an_earlier_day_tells_the_day(self):
        suggest(self.digest, "title", "다른 제목", at=SEVEN - dt.timedelta(days=1))
        [told] = self.beat()["waiting"]
        self.assertEqual(told["origin"], "horizon 2026-01-02 07:02의 제안")

    def test_every_field_is_told_as_it_would_be_typed(self):
        for field, value, name, kind, text in (
            ("headline", "새 제목", "headline", "replace", "새 제목"),
            ("points", ["하나", "둘"], "points", "replace", "하나\n둘"),
            (
                "citations",
                [CITED, CITED | {"url": "https://saebyeol.example/8", "published_on": None}],
                "citation_lines",
                "lines",
                "새별신문 | https://saebyeol.example/7 | 2026-01-03\n"
                "새별신문 | https://saebyeol.example/8",
            ),
            ("tags", ["로봇", "병원"], "tag_names", "names", "로봇, 병원"),
            ("other.points", "덧붙임", "other_points", "replace", "덧붙임"),
        ):
            with self.subTest(field):
                Suggestion.objects.all().delete()
                suggest(self.digest, field, value, article=self.first)
                [told] = self.beat()["waiting"]
                found = told["input"], told["kind"], told["text"]
                self.assertEqual(found, (name, kind, text))

    def test_the_digests_own_texts_have_no_article(self):
        suggest(self.digest, "title", "다른 제목")
        suggest(self.digest, "introduction", "다른 머리글")
        told = [(each["article"], each["input"]) for each in self.beat()["waiting"]]
        self.assertEqual(told, [("", "title"), ("", "introduction")])

    def test_a_whole_article_comes_by_input_and_for_reading(self):
        other = [{"after": "points", "text": "하나."}, {"after": "notes", "text": "둘."}]
        content = {"points": ["가", "나"], "tags": ["로봇"], "citations": [CITED], "other": other}
        suggest_article(self.digest, headline="새 기사", drafted_by="ai", **content)
        [told] = self.beat()["waiting"]
        self.assertEqual((told["article"], told["input"], told["kind"]), ("", "", "article"))
        fields = {name: text for name, text in told["fields"].items() if text}
        self.assertEqual(
            fields,
            {
                "headline": "새 기사",
                "points": "가\n나",
                "citation_lines": "새별신문 | https://saebyeol.example/7 | 2026-01-03",
                "tag_names": "로봇",
                "drafted_by": "ai",
                "other_implications": "하나.\n\n둘.",
            },
        )
        parts = [(part["label"], part["text"]) for part in told["parts"]]
        self.assertEqual(parts[:2], [("기사 제목", "새 기사"), ("요약", "가\n나")])
        self.assertNotIn("ai", [text for _label, text in parts])

    def test_what_the_form_has_already_is_not_sent_again(self):
        suggestion = suggest(self.digest, "title", "다른 제목")
        first = self.beat()
        again = self.beat(suggestions=first["state"])
        self.assertEqual(again, {"state": first["state"], "waiting": None})
        suggest(self.digest, "introduction", "다른 머리글")
        self.assertEqual(len(self.beat(suggestions=first["state"])["waiting"]), 2)
        Suggestion.objects.exclude(pk=suggestion.pk).delete()
        self.assertEqual(self.beat()["state"], first["state"])
        suggestion.delete()
        self.assertEqual(self.beat(suggestions=first["state"])["waiting"], [])

    def test_those_of_other_digests_are_not_told(self):
        other = make_digest("2026-02-02", published=False)
        suggest(other, "title", "다른 제목")
        self.assertEqual(self.beat()["waiting"], [])


class DecidingTests(SuggestionTestCase):
    def setUp(self):
        super().setUp()
        self.suggestion = suggest(self.digest, "title", "다른 제목")

    def test_a_script_puts_it_away_and_brings_it_back(self):
        response = self.decide(self.suggestion, **JSON)
        self.assertEqual(response.json(), {"text": "제안을 치웠습니다."})
        self.assertEqual(self.status(self.suggestion), Status.DISMISSED)
        self.assertEqual(self.beat()["waiting"], [])
        self.assertEqual(self.decide(self.suggestion, "reopen", **JSON).status_code, 200)
        self.assertEqual(self.status(self.suggestion), Status.WAITING)

    def test_without_a_script_it_leads_back_to_the_form(self):
        response = self.decide(self.suggestion)
        self.assertRedirects(response, change_url(self.digest))
        self.assertEqual(self.status(self.suggestion), Status.DISMISSED)

    def test_the_trail_names_who_decided(self):
        before = AuditEntry.objects.count()
        self.decide(self.suggestion)
        self.decide(self.suggestion, "reopen")
        rows = AuditEntry.objects.order_by("pk")[before:]
        self.assertEqual([row.actor_name for row in rows], ["editor", "editor"])
        self.assertEqual({row.digest_id for row in rows}, {self.digest.pk})

    def test_whoever_comes_second_is_told(self):
        self.decide(self.suggestion)
        response = self.decide(self.suggestion, **JSON)
        self.assertEqual(response.status_code, 409)
        self.assertEqual(response.json(), {"text": "이 제안은 그사이 처리되었습니다."})
        self.assertContains(
            self.client.post(
                reverse("admin:articles_digest_dismiss", args=[self.digest.pk, self.suggestion.pk]),
                follow=True,
            ),
            "이 제안은 그사이 처리되었습니다.",
        )

    def test_only_by_a_post_and_only_at_its_own_digest(self):
        other = make_digest("2026-02-02", published=False)
        self.assertEqual(self.decide(self.suggestion, digest=other).status_code, 404)
        url = reverse("admin:articles_digest_dismiss", args=[self.digest.pk, self.suggestion.pk])
        self.assertEqual(self.client.get(url).status_code, 405)
        self.assertEqual(self.status(self.suggestion), Status.WAITING)

    def test_a_writer_decides_until_readers_get_the_digest(self):
        self.log_in_as("writer")
        self.assertEqual(self.decide(self.suggestion, **JSON).status_code, 200)
        self.assertEqual(self.decide(self.suggestion, "reopen", **JSON).status_code, 200)
        publishing.publish(Digest.objects.get(pk=self.digest.pk), unchecked=True)
        self.assertEqual(self.decide(self.suggestion, **JSON).status_code, 403)
        self.assertEqual(self.decide(self.suggestion, "reopen", **JSON).status_code, 403)
        self.assertEqual(self.status(self.suggestion), Status.WAITING)
        self.log_in_as("editor")
        self.assertEqual(self.decide(self.suggestion, **JSON).status_code, 200)

    def test_who_only_reads_decides_nothing(self):
        self.client.force_login(make_user("reader", permissions=["view_digest"]))
        self.assertEqual(self.decide(self.suggestion).status_code, 403)
        self.client.logout()
        self.assertEqual(self.decide(self.suggestion, **JSON).status_code, 401)
        self.assertEqual(self.status(self.suggestion), Status.WAITING)


@pytest.mark.one_engine
class FormTests(SuggestionTestCase):
    def test_without_a_script_they_are_a_list_above_the_form(self):
        suggestion = suggest(self.digest, "outlook", "<b>다른</b> 전망.", article=self.second)
        page = self.client.get(change_url(self.digest))
        self.assertContains(page, "&lt;b&gt;다른&lt;/b&gt; 전망.")
        url = reverse("admin:articles_digest_dismiss", args=[self.digest.pk, suggestion.pk])
        self.assertContains(page, f'action="{url}"')
        html = page.content.decode()
        self.assertLess(html.index("data-suggestion-list"), html.index('id="digest_form"'))

    def test_the_page_has_what_the_script_starts_with(self):
        suggest(self.digest, "title", "다른 제목 \"'<&")
        context = self.client.get(change_url(self.digest)).context
        news = self.beat(at=timezone.now())
        self.assertEqual(json.loads(context["suggestions_json"]), news["waiting"])
        self.assertEqual(context["suggestions_state"], news["state"])

    def test_nothing_is_shown_where_nothing_waits(self):
        page = self.client.get(change_url(self.digest))
        self.assertNotContains(page, "data-suggestion-list")
        self.assertNotContains(
            self.client.get(reverse("admin:articles_digest_add")), "data-suggestions="
        )

    def test_who_may_not_save_reads_them_and_has_no_buttons(self):
        suggest(self.digest, "outlook", "다른 전망.", article=self.second)
        publishing.publish(Digest.objects.get(pk=self.digest.pk), unchecked=True)
        self.log_in_as("writer")
        page = self.client.get(change_url(self.digest))
        self.assertContains(page, "다른 전망.")
        self.assertNotContains(page, "/dismiss/")
        self.assertNotContains(page, "data-suggestions=")

    def test_they_are_shown_in_every_state_of_a_digest(self):
        for number, step in enumerate(("submit", "publish", "withdraw"), start=5):
            digest = make_digest(f"2026-03-0{number}", published=step == "withdraw")
            suggest(digest, "title", "다른 제목")
            if step != "publish":
                getattr(publishing, step)(digest)
            else:
                at = timezone.now() + dt.timedelta(days=1)
                publishing.publish(digest, at=at, unchecked=True)
            with self.subTest(step):
                page = self.client.get(change_url(digest))
                self.assertContains(page, "data-suggestion-list")
                self.assertContains(page, "/dismiss/")
                self.assertEqual(len(self.beat(digest=digest)["waiting"]), 1)

    def test_more_of_them_cost_no_more_queries(self):
        def queries():
            with CaptureQueriesContext(connection) as found:
                self.beat()
            return len(found)

        suggest(self.digest, "outlook", "다른 글", article=self.first)
        self.beat()  # the first one notes who is there
        few = queries()
        for article in (self.first, self.second):
            for field in ("headline", "technical_significance", "industry_impact"):
                suggest(self.digest, field, "다른 글", article=article, program=field)
        self.assertEqual(queries(), few)


class TakingTests(SuggestionTestCase):
    def test_a_save_notes_what_was_typed_in(self):
        taken = suggest(self.digest, "outlook", "다른 전망.", article=self.first)
        left = suggest(self.digest, "title", "다른 제목")
        response = self.save(
            self.digest, articles_0_outlook="다른 전망.", taken_suggestions=f"{taken.pk}"
        )
        self.assertSaved(response)
        self.assertEqual(self.status(taken), Status.TAKEN)
        self.assertEqual(Suggestion.objects.get(pk=taken.pk).decided_by, self.editor)
        self.assertEqual(self.status(left), Status.WAITING)

    def test_a_refused_save_keeps_them_in_the_form(self):
        taken = suggest(self.digest, "outlook", "다른 전망.", article=self.first)
        response = self.save(
            self.digest, date="", articles_0_outlook="다른 전망.", taken_suggestions=f"{taken.pk}"
        )
        self.assertContains(response, f'name="taken_suggestions" value="{taken.pk}"')
        self.assertEqual(self.status(taken), Status.WAITING)

    def test_a_draft_keeps_them(self):
        taken = suggest(self.digest, "outlook", "다른 전망.", article=self.first)
        key = "11111111-1111-4111-8111-111111111111"
        data = filled(self.digest, articles_0_outlook="다른 전망.")
        data |= {"copy_key": key, "taken_suggestions": f"{taken.pk}"}
        url = reverse("admin:articles_digest_autosave") + f"?sequence=1&digest={self.digest.pk}"
        self.assertEqual(self.client.post(url, data, **JSON).status_code, 200)
        page = self.client.get(f"{change_url(self.digest)}?copy={key}")
        self.assertContains(page, f'name="taken_suggestions" value="{taken.pk}"')

    def test_whatever_else_is_sent_counts_for_nothing(self):
        other = suggest(make_digest("2026-02-02", published=False), "title", "다른 제목")
        mine = suggest(self.digest, "title", "다른 제목")
        sent = f"x,,-1,{'9' * 40},{other.pk},{mine.pk}, ,"
        self.assertSaved(self.save(self.digest, title="다른 제목", taken_suggestions=sent))
        self.assertEqual(self.status(mine), Status.TAKEN)
        self.assertEqual(self.status(other), Status.WAITING)

    def test_a_number_is_no_change_of_the_digest(self):
        taken = suggest(self.digest, "title", "다른 제목")
        version = self.digest.version
        self.assertSaved(self.save(self.digest, taken_suggestions=f"{taken.pk}"))
        self.assertEqual(Digest.objects.get(pk=self.digest.pk).version, version)
