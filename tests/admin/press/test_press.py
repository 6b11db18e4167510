"""The press page: findings, reasons, and the hour of publication."""

import datetime as dt
from dataclasses import replace
from unittest import mock

import pytest
import time_machine
from django.test import override_settings
from django.urls import reverse

from articles.admin.press.press import REASONS
from articles.digests import publishing
from articles.models import AcceptedFinding, Digest, Revision
from articles.preflight import Finding, Severity
from tests.admin.test_roles import FORBIDDEN, LIST, LOGIN, OK, RoleTestCase
from tests.support.desk import change_url, filled
from tests.support.factories import make_digest

NOW = dt.datetime(2026, 1, 3, 1, 0, tzinfo=dt.UTC)  # 10:00 in Seoul
CHECK = "articles.digests.publishing.check_digest"


def finding(severity, key, article=None, field=None):
    sentence = f"{key}에 문제가 있습니다."
    return Finding(
        code="some-rule",
        severity=severity,
        article=article and str(article.uid),
        field=field,
        line=None,
        sentence=sentence,
        advice="고치세요.",
        key=key,
    )


def press_url(digest):
    return reverse("admin:articles_digest_press", args=[digest.pk])


@time_machine.travel(NOW, tick=False)
class PressTestCase(RoleTestCase):
    def setUp(self):
        self.client.force_login(self.editor)
        self.digest = make_digest(published=False)
        self.found = []
        patch = mock.patch(CHECK, side_effect=lambda digest: list(self.found))
        patch.start()
        self.addCleanup(patch.stop)

    def find(self, severity, key="k1", **place):
        self.found.append(finding(severity, key, **place))

    def send(self, button="_publish_now", **data):
        data = (
            {"version": self.digest.version, "reason-some-rule": "checked"} | data | {button: "1"}
        )
        return self.client.post(press_url(self.digest), data)

    def schedule(self, date, time, **data):
        return self.send("_schedule", date=date, time=time, **data)

    def now(self):
        return Digest.objects.get(pk=self.digest.pk)

    def errors(self, response):
        return response.context["form"].errors


# What stands in the way is decided in Python; both engines publish in `VersionTests`.
@pytest.mark.one_engine
class FindingTests(PressTestCase):
    def test_hints_of_one_kind_are_one_line_and_warnings_are_not(self):
        for severity in (Severity.HINT, Severity.WARNING):
            with self.subTest(severity):
                self.found = []
                self.find(severity, "k1")
                self.find(severity, "k2")
                page = self.client.get(press_url(self.digest)).content.decode()
                is_folded = severity == Severity.HINT
                self.assertEqual(page.count("<summary>고치세요. <b>2</b></summary>"), is_folded)
                self.assertEqual(page.count('class="press-advice"'), 0 if is_folded else 2)

    def test_findings_are_grouped_and_lead_to_their_fields(self):
        article = self.digest.articles.get(position=2)
        self.find(Severity.WARNING, "k1", article=article, field="citations")
        self.find(Severity.HINT, "k2")
        response = self.client.get(press_url(self.digest))
        names = [group["name"] for group in response.context["groups"]]
        self.assertEqual(names, ["warning", "hint"])
        self.assertContains(
            response, f'href="{change_url(self.digest)}#id_articles-1-citation_lines"'
        )
        self.assertContains(response, 'name="accepted" value="k1"')
        self.assertNotContains(response, 'value="k2"')

    def test_an_error_blocks_with_a_sentence(self):
        self.find(Severity.ERROR)
        page = self.client.get(press_url(self.digest))
        self.assertContains(page, "press-blocked")
        self.assertNotContains(page, "_publish_now")
        response = self.send(accepted=["k1"])
        self.assertEqual(response.status_code, OK)
        self.assertEqual(self.now().status, "draft")

    def test_a_warning_passes_with_a_reason_that_is_kept(self):
        self.find(Severity.WARNING)
        self.assertRedirects(self.send(accepted=["k1"]), change_url(self.digest))
        self.assertEqual(self.now().status, "published")
        kept = AcceptedFinding.objects.get()
        self.assertEqual((kept.key, kept.author), ("k1", self.editor))
        self.assertEqual(kept.reason, str(REASONS["checked"]))

    def test_own_words_are_the_reason_where_there_are_any(self):
        self.find(Severity.WARNING)
        self.send(accepted=["k1"], **{"own_reason-some-rule": "편집장이 확인했습니다."})
        self.assertEqual(AcceptedFinding.objects.get().reason, "편집장이 확인했습니다.")

    def test_no_reason_is_refused(self):
        self.find(Severity.WARNING)
        response = self.send(accepted=["k1"], **{"reason-some-rule": ""})
        self.assertEqual(len(self.errors(response)["__all__"]), 1)
        self.assertEqual(self.now().status, "draft")

    def test_no_reason_is_chosen_beforehand(self):
        self.find(Severity.WARNING)
        self.assertNotContains(self.client.get(press_url(self.digest)), "checked ")
        self.assertNotContains(self.client.get(press_url(self.digest)), "checked>")

    def test_each_kind_of_warning_needs_a_reason_of_its_own(self):
        self.find(Severity.WARNING, "k1")
        self.found.append(replace(finding(Severity.WARNING, "k2"), code="other-rule"))
        page = self.client.get(press_url(self.digest))
        self.assertContains(page, 'name="reason-some-rule"')
        self.assertContains(page, 'name="reason-other-rule"')
        self.send(accepted=["k1", "k2"])
        self.assertEqual(self.now().status, "draft")
        self.send(accepted=["k1", "k2"], **{"own_reason-other-rule": "살펴봄"})
        self.assertEqual(self.now().status, "published")
        kept = dict(AcceptedFinding.objects.values_list("key", "reason"))
        self.assertEqual(kept, {"k1": str(REASONS["checked"]), "k2": "살펴봄"})

    def test_a_finding_that_is_new_since_shows_the_page_again(self):
        self.find(Severity.WARNING, "k1")
        self.find(Severity.WARNING, "k2")
        response = self.send(
            accepted=["k1"],
            date="2026-01-05",
            time="09:15",
            **{"own_reason-some-rule": "살펴봄"},
        )
        self.assertContains(response, 'name="accepted" value="k2"')
        self.assertContains(response, 'value="살펴봄"')
        self.assertContains(response, 'value="09:15"')
        self.assertEqual(self.now().status, "draft")
        self.assertFalse(AcceptedFinding.objects.exists())

    def test_what_passed_once_is_not_asked_again(self):
        self.find(Severity.WARNING)
        self.send(accepted=["k1"])
        publishing.withdraw(self.now())
        page = self.client.get(press_url(self.digest))
        self.assertEqual(page.context["groups"], [])


@pytest.mark.one_engine
class WhenTests(PressTestCase):
    def test_the_promised_hour_is_proposed(self):
        friday = make_digest("2026-01-09", published=False)
        with override_settings(DIGEST_DEADLINE={4: dt.time(6, 30)}):
            form = self.client.get(press_url(friday)).context["form"]
        self.assertEqual(form.initial["date"], dt.date(2026, 1, 9))
        self.assertEqual(form.initial["time"], dt.time(6, 30))
        with override_settings(DIGEST_DEADLINE={}):
            form = self.client.get(press_url(friday)).context["form"]
        self.assertEqual(form.initial["time"], dt.time(7, 0))

    def test_a_promised_hour_that_has_passed_is_not_proposed(self):
        form = self.client.get(press_url(self.digest)).context["form"]
        self.assertEqual(form.initial["date"], dt.date(2026, 1, 3))
        self.assertEqual(form.initial["time"], dt.time(11, 0))

    def test_scheduling_is_in_the_zone_of_the_site_which_is_named(self):
        self.assertContains(self.client.get(press_url(self.digest)), "10:00 KST (UTC+9)")
        response = self.schedule("2026-01-04", "07:00")
        self.assertRedirects(response, change_url(self.digest))
        moment = dt.datetime(2026, 1, 3, 22, 0, tzinfo=dt.UTC)
        self.assertEqual((self.now().status, self.now().publish_at), ("scheduled", moment))

    def test_a_schedule_is_moved(self):
        self.schedule("2999-01-04", "07:00")  # the database's clock is the real one
        self.digest = self.now()
        form = self.client.get(press_url(self.digest)).context["form"]
        self.assertEqual(form.initial["time"], dt.time(7, 0))
        self.schedule("2999-01-05", "07:30")
        self.assertEqual(self.now().publish_at.isoformat(), "2999-01-04T22:30:00+00:00")

    def test_a_passed_hour_and_a_missing_one_are_refused_in_words(self):
        for date, time in (("2026-01-03", "09:59"), ("2026-01-04", ""), ("", "07:00"), ("x", "y")):
            with self.subTest(date=date, time=time):
                response = self.schedule(date, time)
                self.assertTrue(self.errors(response))
                self.assertEqual(self.now().status, "draft")

    @override_settings(TIME_ZONE="Europe/Berlin")
    def test_an_hour_that_the_clocks_skip_is_refused_with_those_there_are(self):
        response = self.schedule("2026-03-29", "02:30")
        [sentence] = self.errors(response)["time"]
        self.assertIn("03:00 CEST", sentence)
        self.assertEqual(self.now().status, "draft")

    @override_settings(TIME_ZONE="Europe/Berlin")
    def test_an_hour_that_comes_twice_is_asked_about(self):
        response = self.schedule("2026-10-25", "02:30")
        values = [value for value, label in response.context["twice"]]
        self.assertEqual(values, ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"])
        self.assertContains(response, "CEST (UTC+2)")
        self.assertEqual(self.now().status, "draft")
        self.schedule("2026-10-25", "02:30", which="nonsense")
        self.assertEqual(self.now().status, "draft")
        self.schedule("2026-10-25", "02:30", which=values[1])
        self.assertEqual(self.now().publish_at.isoformat(), "2026-10-25T01:30:00+00:00")

    def test_publishing_now_does_not_mind_the_hour(self):
        self.send(date="2020-01-01", time="07:00")
        self.assertEqual((self.now().status, self.now().publish_at), ("published", NOW))


class VersionTests(PressTestCase):
    def test_a_changed_digest_is_shown_anew_and_not_published(self):
        Digest.objects.update(version=9, title="바뀐 제목")
        response = self.send()
        self.assertEqual(len(self.errors(response)["__all__"]), 1)
        self.assertContains(response, "바뀐 제목")
        self.assertContains(response, 'name="version" value="9"')
        self.assertEqual(self.now().status, "draft")

    def test_other_mistakes_do_not_hide_that_it_was_changed(self):
        Digest.objects.update(version=9)
        response = self.schedule("2020-01-01", "07:00")
        self.assertContains(response, f'name="version" value="{self.digest.version}"')

    def test_pressed_twice_it_is_published_once(self):
        for _attempt in range(2):
            self.assertRedirects(self.send(), change_url(self.digest))
        titles = Revision.objects.filter(digest=self.digest).values_list("note", flat=True)
        self.assertEqual(len(titles), 1)

    def test_pressed_twice_it_is_scheduled_once(self):
        for _attempt in range(2):
            response = self.schedule("2999-01-04", "07:00")
            self.assertRedirects(response, change_url(self.digest))
        self.assertEqual(self.digest.revisions.count(), 1)

    def test_without_a_version_nothing_is_done(self):
        self.send(version="")
        self.assertEqual(self.now().status, "draft")


class OwnDayTests(PressTestCase):
    """What would reach readers before the digest's own day is asked about, and never refused."""

    def setUp(self):
        super().setUp()
        Digest.objects.filter(pk=self.digest.pk).update(date="2999-01-05")
        self.digest.refresh_from_db()

    def agreed(self, response):
        return {"early": response.context["early"]["agreed"]}

    def test_publishing_now_is_asked_about_and_done_at_the_second_click(self):
        response = self.send()
        self.assertEqual(self.now().status, "draft")
        for day in ("2026-01-03", "2999-01-05", "그래도 지금 발행"):
            self.assertContains(response, day)
        self.assertRedirects(self.send(**self.agreed(response)), change_url(self.digest))
        self.assertEqual(self.now().status, "published")

    def test_a_schedule_before_the_day_in_the_sites_zone_is_asked_about(self):
        response = self.schedule("2999-01-04", "23:59")
        self.assertContains(response, "그래도 예약하기")
        self.assertEqual(self.now().status, "draft")
        self.schedule("2999-01-04", "23:59", **self.agreed(response))
        self.assertEqual(self.now().status, "scheduled")

    def test_from_the_beginning_of_the_day_nothing_is_asked(self):
        self.schedule("2999-01-05", "00:00")
        self.assertEqual(self.now().status, "scheduled")

    def test_who_agreed_to_one_day_is_asked_about_another(self):
        response = self.schedule("2999-01-04", "23:59")
        self.schedule("2999-01-02", "07:00", **self.agreed(response))
        self.assertEqual(self.now().status, "draft")
        self.send(**self.agreed(response))
        self.assertEqual(self.now().status, "draft")

    def test_the_list_names_the_days_that_come_too_early(self):
        data = {"action": "publish_selected", "_selected_action": [self.digest.pk]}
        early = self.client.post(LIST, data).content.decode().partition("press-early")[2]
        self.assertIn("2999-01-05", early)


@pytest.mark.one_engine
class WayThereTests(PressTestCase):
    def press_button(self, button, **changes):
        data = filled(self.digest, **changes) | {button: "1"}
        return self.client.post(change_url(self.digest), data)

    def test_publishing_always_asks_once(self):
        for severity in (None, *Severity):
            with self.subTest(severity):
                self.found = [finding(severity, "k1")] if severity else []
                self.assertRedirects(self.press_button("_publish"), press_url(self.digest))
                self.assertEqual(self.now().status, "draft")

    def test_where_nothing_stands_in_the_way_it_asks_one_sentence_with_one_button(self):
        page = self.client.get(press_url(self.digest))
        self.assertContains(page, f"기사 {self.digest.articles.count()}건, 지금 독자에게 보입니다.")
        self.assertRegex(page.content.decode(), r'name="_publish_now" value="1" autofocus')
        self.assertRedirects(self.send(), change_url(self.digest))
        self.assertEqual(self.now().status, "published")

    def test_where_a_reason_is_asked_no_button_has_the_focus(self):
        self.find(Severity.WARNING)
        self.assertNotContains(self.client.get(press_url(self.digest)), "autofocus")

    def test_scheduling_leads_to_the_hour(self):
        self.assertRedirects(self.press_button("_schedule"), f"{press_url(self.digest)}#id_time")

    def test_a_public_digest_has_no_press_page(self):
        public = make_digest("2026-01-02")
        self.assertRedirects(self.client.get(press_url(public)), change_url(public))

    def test_who_may_open_it(self):
        url = press_url(self.digest)
        self.assertEqual(
            self.answers(lambda: self.client.get(url)), [LOGIN, FORBIDDEN, FORBIDDEN, OK]
        )
        data = {"version": self.digest.version, "_publish_now": "1"}
        self.client.force_login(self.writer)
        self.assertEqual(self.client.post(url, data).status_code, FORBIDDEN)
        self.assertEqual(self.now().status, "draft")

    def test_missing_digests_and_other_methods(self):
        self.assertEqual(self.client.put(press_url(self.digest)).status_code, 405)
        self.digest.delete()
        self.digest.pk = 0
        self.assertEqual(self.client.get(press_url(self.digest)).status_code, 404)

    def test_the_list_publishes_through_the_same_gate(self):
        other = make_digest("2026-01-02", published=False)
        self.found = [finding(Severity.WARNING, "k1")]
        with mock.patch(CHECK, side_effect=lambda d: self.found if d.pk == other.pk else []):
            data = {"action": "publish_selected", "_selected_action": [self.digest.pk, other.pk]}
            question = self.client.post(LIST, data)
            self.assertEqual([self.now().status, self.status(other)], ["draft", "draft"])
            page = self.client.post(LIST, data | {"post": "yes"}, follow=True)
        count = self.digest.articles.count() + other.articles.count()
        self.assertContains(question, f"다이제스트 2건(기사 {count}건), 지금 독자에게 보입니다.")
        self.assertEqual([self.now().status, self.status(other)], ["published", "draft"])
        self.assertContains(page, f'href="{press_url(other)}"')
        self.assertNotContains(page, f'href="{press_url(self.digest)}"')
