"""Handing in, sending back, scheduling and withdrawing from the form, and the note above it."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from articles.changes import audit
from articles.digests import publishing
from articles.models import Digest
from tests.admin.test_roles import FORBIDDEN, FOUND, LOGIN, OK, RoleTestCase
from tests.support.desk import change_url, filled, management, new_article
from tests.support.factories import make_digest

NOW = dt.datetime(2026, 1, 3, 1, 0, tzinfo=dt.UTC)
# The database's clock is the real one.
LATER = dt.datetime(2999, 1, 4, 1, 0, tzinfo=dt.UTC)
EVERY_BUTTON = ("_submit", "_send_back", "_publish", "_schedule", "_unschedule", "_withdraw")


def step_url(digest, name):
    return reverse("admin:articles_digest_step", args=[digest.pk, name])


def press_url(digest):
    return reverse("admin:articles_digest_press", args=[digest.pk])


@time_machine.travel(NOW, tick=False)
class WorkflowTestCase(RoleTestCase):
    def setUp(self):
        self.client.force_login(self.writer)

    def press(self, digest, button, **changes):
        return self.client.post(change_url(digest), filled(digest, **changes) | {button: "1"})

    def take(self, digest, name, **data):
        data = {"version": digest.version, "note": ""} | data
        return self.client.post(step_url(digest, name), data)

    def in_review(self, note="2번 기사 출처를 봐 주세요."):
        return publishing.submit(make_digest(published=False), by=self.writer, note=note)


# Which button is there is decided in Python; both engines take the steps in `StepTests`.
@pytest.mark.one_engine
class ButtonTests(WorkflowTestCase):
    def test_buttons_follow_state_and_permission(self):
        draft = make_digest(published=False)
        review = publishing.submit(make_digest("2026-01-04", published=False))
        planned = publishing.publish(make_digest("2026-01-05", published=False), at=LATER)
        public = make_digest("2026-01-02")
        withdrawn = publishing.withdraw(make_digest("2026-01-01"))
        to_press = {"_publish", "_schedule"}
        for digest, for_writer, for_editor in (
            (None, {"_submit"}, {"_submit", *to_press}),
            (draft, {"_submit"}, {"_submit", *to_press}),
            (review, set(), {"_send_back", *to_press}),
            (planned, set(), {"_unschedule", *to_press}),
            (public, set(), {"_withdraw"}),
            (withdrawn, {"_submit"}, {"_submit", *to_press}),
        ):
            url = change_url(digest) if digest else reverse("admin:articles_digest_add")
            for user, wanted in ((self.writer, for_writer), (self.editor, for_editor)):
                with self.subTest(digest=digest, user=user):
                    self.client.force_login(user)
                    page = self.client.get(url).content.decode()
                    shown = {name for name in EVERY_BUTTON if f'name="{name}"' in page}
                    self.assertEqual(shown, wanted)

    def test_a_schedule_whose_hour_has_come_offers_to_withdraw(self):
        digest = publishing.publish(make_digest(published=False), at=LATER)
        self.client.force_login(self.editor)
        Digest.objects.update(publish_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        page = self.client.get(change_url(digest)).content.decode()
        shown = {name for name in EVERY_BUTTON if f'name="{name}"' in page}
        self.assertEqual(shown, {"_withdraw"})

    def test_every_button_saves_what_was_typed_and_leads_on(self):
        self.client.force_login(self.editor)
        for day, (button, name) in enumerate(
            (("_submit", "step"), ("_schedule", "press")), start=1
        ):
            digest = make_digest(f"2026-01-0{day}", published=False)
            response = self.press(digest, button, title="고친 제목")
            hour = f"{press_url(digest)}#id_time"
            target = hour if name == "press" else step_url(digest, "submit")
            self.assertRedirects(response, target)
            digest.refresh_from_db()
            self.assertEqual((digest.title, digest.status), ("고친 제목", "draft"))

    def test_forged_buttons_save_nothing(self):
        digest = make_digest(published=False)
        for button in EVERY_BUTTON[1:]:
            with self.subTest(button):
                response = self.press(digest, button, title="몰래")
                self.assertEqual(response.status_code, FORBIDDEN)
                self.assertNotEqual(Digest.objects.get().title, "몰래")

    def test_a_new_digest_is_handed_in_from_its_first_form(self):
        data = {"date": "2026-03-01", "title": "삼일절", "language": "ko", "introduction": ""}
        data |= management(1) | new_article(0, "첫 기사") | {"_submit": "1", "version": ""}
        response = self.client.post(reverse("admin:articles_digest_add"), data)
        self.assertRedirects(response, step_url(Digest.objects.get(), "submit"))

    def test_cancelling_a_schedule_takes_one_press(self):
        digest = publishing.publish(make_digest(published=False), at=LATER)
        self.client.force_login(self.editor)
        self.assertRedirects(self.press(digest, "_unschedule"), change_url(digest))
        digest.refresh_from_db()
        self.assertEqual((digest.status, digest.publish_at), ("draft", None))

    def test_a_schedule_is_not_cancelled_once_readers_have_it(self):
        digest = publishing.publish(make_digest(published=False), at=LATER)
        self.client.force_login(self.editor)
        Digest.objects.update(publish_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        self.press(digest, "_unschedule")
        self.assertEqual(set(Digest.objects.published()), {digest})

    def test_withdrawing_keeps_its_note(self):
        digest = make_digest()
        self.client.force_login(self.editor)
        data = filled(digest) | {"_withdraw": "1", "_withdraw_note": " 출처가 틀렸습니다. "}
        self.client.post(change_url(digest), data)
        entry = audit.trail(digest).first()
        self.assertEqual((entry.action, entry.note), ("withdrawn", "출처가 틀렸습니다."))

    def test_a_withdrawal_note_comes_back_with_errors(self):
        digest = make_digest()
        self.client.force_login(self.editor)
        data = filled(digest, title="") | {"_withdraw": "1", "_withdraw_note": "틀림"}
        self.assertContains(self.client.post(change_url(digest), data), "틀림</textarea>")


class StepTests(WorkflowTestCase):
    def test_handing_in_with_a_note(self):
        digest = make_digest(published=False)
        self.assertContains(self.client.get(step_url(digest, "submit")), digest.title)
        response = self.take(digest, "submit", note="끝났습니다.")
        self.assertRedirects(response, change_url(digest))
        digest.refresh_from_db()
        self.assertEqual(digest.status, "in_review")
        entry = audit.trail(digest).first()
        self.assertEqual((entry.actor_id, entry.note), (self.writer.pk, "끝났습니다."))

    def test_sending_back_needs_a_note(self):
        digest = self.in_review()
        self.client.force_login(self.editor)
        response = self.take(digest, "send-back", note="  ")
        self.assertEqual(response.status_code, OK)
        self.assertTrue(response.context["form"].errors["note"])
        self.assertEqual(self.status(digest), "in_review")
        self.take(digest, "send-back", note="3번 기사를 다시.")
        self.assertEqual(self.status(digest), "draft")

    def test_only_those_who_may_take_a_step(self):
        review = self.in_review()
        for name, wanted in (
            ("submit", [LOGIN, FORBIDDEN, FOUND, FOUND]),
            ("send-back", [LOGIN, FORBIDDEN, FORBIDDEN, OK]),
        ):
            with self.subTest(name):
                url = step_url(review, name)
                answers = self.answers(lambda url=url: self.client.get(url))
                self.assertEqual(answers, wanted)

    def test_a_changed_digest_is_shown_anew_with_the_note_kept(self):
        digest = make_digest(published=False)
        Digest.objects.update(version=7)
        response = self.take(digest, "submit", note="끝났습니다.")
        self.assertContains(response, "끝났습니다.")
        self.assertContains(response, 'name="version" value="7"')
        self.assertEqual(self.status(digest), "draft")

    def test_pressed_twice_it_is_done_once(self):
        digest = make_digest(published=False)
        for _attempt in range(2):
            self.assertRedirects(self.take(digest, "submit"), change_url(digest))
        self.assertEqual(audit.trail(digest).filter(action="submitted").count(), 1)

    def test_what_is_not_there_is_not_found(self):
        digest = make_digest(published=False)
        self.client.force_login(self.editor)
        self.assertEqual(self.client.get(step_url(digest, "burn")).status_code, 404)
        digest.pk = 0
        self.assertEqual(self.client.get(step_url(digest, "submit")).status_code, 404)

    def test_other_methods_are_refused(self):
        url = step_url(make_digest(published=False), "submit")
        self.assertEqual(self.client.put(url).status_code, 405)


@pytest.mark.one_engine
class LastStepTests(WorkflowTestCase):
    def shown(self, digest):
        return self.client.get(change_url(digest)).content.decode()

    def test_the_note_stands_above_the_form_while_it_is_to_be_read(self):
        digest = self.in_review(note="2번 기사 출처를 봐 주세요.")
        self.assertIn("2번 기사 출처를 봐 주세요.", self.shown(digest))
        digest = publishing.send_back(digest, note="제목이 깁니다.", by=self.editor)
        page = self.shown(digest)
        self.assertIn("제목이 깁니다.", page)
        self.assertIn("editor", page)
        self.assertNotIn("2번 기사 출처를 봐 주세요.", page)
        digest = publishing.submit(digest)
        self.assertNotIn("last-step", self.shown(digest))

    def test_a_save_in_between_leaves_it_there(self):
        digest = self.in_review(note="봐 주세요.")
        self.press(digest, "_continue", title="고친 제목")
        self.assertIn("봐 주세요.", self.shown(digest))
