"""A save that would bring errors into a scheduled digest: the desk asks, and cancels the schedule
only if its editor says so."""

import datetime as dt
import uuid
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation

from articles import document
from articles.admin.digest import DigestAdmin
from articles.changes import audit
from articles.digests import publishing, revisions, schedules
from articles.models import Digest
from tests.support.desk import DeskTestCase, change_url, filled, new_article
from tests.support.factories import make_article, make_digest, record

FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
TYPED = "내년에 더 작아질 전망이라고 고쳐 쓴다."
INDEX = reverse("admin:index")
SEOUL = ZoneInfo("Asia/Seoul")
Status = Digest.Status


class QuestionTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = self.scheduled()

    def scheduled(self, date="2026-01-03", articles=3):
        digest = make_digest(date, articles=articles, published=False)
        record(digest)
        return publishing.publish(digest, at=FUTURE, unchecked=True)

    def fresh(self):
        return Digest.objects.get(pk=self.digest.pk)

    def broken(self, **changes):
        """The form with an article that has lost its sources, and a new outlook."""
        changes = {"articles_1_citation_lines": "", "articles_1_outlook": TYPED} | changes
        return filled(self.digest, **changes)

    def assertAsked(self, response):
        self.assertEqual(response.status_code, 200)
        self.assertIn("schedule_choice", response.context["adminform"].form.errors)
        self.assertTrue(response.context["brought"])

    def assertUntouched(self):
        digest = self.fresh()
        self.assertEqual((digest.status, digest.version), (Status.SCHEDULED, self.digest.version))
        self.assertEqual(revisions.snapshot(digest), revisions.snapshot(self.digest))
        self.assertFalse(audit.trail(digest).filter(action="saved").exists())

    def assertCancelled(self):
        digest = self.fresh()
        self.assertEqual((digest.status, digest.publish_at), (Status.DRAFT, None))
        self.assertEqual(schedules.lost_by(digest).actor_id, self.editor.pk)


# What is wrong with a text is found in Python; what happens meanwhile, both engines see below.
@pytest.mark.one_engine
class AskingTests(QuestionTestCase):
    def test_a_save_that_would_bring_an_error_comes_back_whole(self):
        data = self.broken() | new_article(3, "아직 저장 안 된 기사")
        response = self.save(self.digest, data | {"articles-TOTAL_FORMS": 4})
        self.assertAsked(response)
        self.assertContains(response, TYPED)
        self.assertContains(response, "아직 저장 안 된 기사")
        self.assertContains(response, 'href="#id_schedule_choice"')
        self.assertContains(response, 'href="#id_articles-1-citation_lines"')
        self.assertContains(response, 'href="#id_articles-3-citation_lines"')
        self.assertContains(response, 'value="mend"', count=1)
        self.assertUntouched()

    def test_what_was_mended_is_saved_and_stays_scheduled(self):
        self.assertAsked(self.save(self.digest, self.broken()))
        mended = filled(self.digest, articles_1_outlook=TYPED, schedule_choice="mend")
        self.assertSaved(self.save(self.digest, mended))
        self.assertEqual(self.fresh().status, Status.SCHEDULED)
        self.assertEqual(self.digest.articles.get(position=2).outlook, TYPED)

    def test_going_back_without_mending_asks_again(self):
        self.assertAsked(self.save(self.digest, self.broken(schedule_choice="mend")))
        self.assertUntouched()

    def test_saving_all_the_same_cancels_the_schedule_and_says_so(self):
        data = self.broken(schedule_choice="cancel") | {"_continue": "1"}
        response = self.client.post(change_url(self.digest), data, follow=True)
        self.assertCancelled()
        self.assertEqual(self.digest.articles.get(position=2).outlook, TYPED)
        [warning] = [m for m in response.context["messages"] if m.level_tag == "warning"]
        self.assertIn(self.digest.articles.get(position=2).headline, str(warning))

    def test_an_answer_that_is_none_is_refused(self):
        response = self.save(self.digest, self.broken(schedule_choice="whatever"))
        self.assertIn("schedule_choice", response.context["adminform"].form.errors)
        self.assertUntouched()

    def test_agreeing_where_no_error_is_left_leaves_the_schedule(self):
        data = filled(self.digest, articles_1_outlook=TYPED, schedule_choice="cancel")
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(self.fresh().status, Status.SCHEDULED)

    def test_nothing_is_asked_about_a_change_without_errors(self):
        page = self.client.get(change_url(self.digest))
        self.assertNotContains(page, 'name="schedule_choice"')
        self.assertSaved(self.save(self.digest, filled(self.digest, articles_1_outlook=TYPED)))
        self.assertEqual(self.fresh().status, Status.SCHEDULED)

    def test_nothing_is_asked_about_drafts(self):
        self.digest = make_digest("2026-01-04", published=False)
        self.assertSaved(self.save(self.digest, self.broken()))

    def test_every_button_that_saves_asks(self):
        for button in ("_save", "_continue", "_publish", "_schedule", "_addanother"):
            with self.subTest(button):
                self.assertAsked(self.save(self.digest, self.broken(), button=button))
                self.assertUntouched()

    def test_who_cancels_the_schedule_is_not_asked(self):
        data = self.broken() | {"_unschedule": "1"}
        response = self.client.post(change_url(self.digest), data, follow=True)
        self.assertCancelled()
        levels = [message.level_tag for message in response.context["messages"]]
        self.assertNotIn("error", levels)

    def test_the_answer_is_no_change_of_the_digest(self):
        self.assertSaved(self.save(self.digest, filled(self.digest, schedule_choice="cancel")))
        self.assertUntouched()

    def test_a_working_copy_that_is_taken_up_is_asked_about_as_well(self):
        key = str(uuid.uuid4())
        url = reverse("admin:articles_digest_autosave")
        self.client.post(
            f"{url}?sequence=1&digest={self.digest.pk}", self.broken() | {"form_key": key}
        )
        page = self.client.get(change_url(self.digest), {"copy": key})
        self.assertContains(page, TYPED)
        self.assertAsked(self.save(self.digest, self.broken(form_key=key)))
        self.assertUntouched()


class TwoEditorsTests(QuestionTestCase):
    def setUp(self):
        super().setUp()
        self.other = User.objects.create_superuser("other", password="x")

    def save_as_other(self, data):
        self.client.force_login(self.other)
        self.assertSaved(self.save(self.digest, data))
        self.client.force_login(self.editor)

    def test_an_error_that_only_both_saves_together_make(self):
        mine = filled(self.digest) | {"articles-0-DELETE": "on"}
        theirs = {"articles-1-DELETE": "on", "articles-2-DELETE": "on"}
        self.save_as_other(filled(self.digest) | theirs)
        self.digest = self.fresh()
        response = self.save(self.digest, mine)
        self.assertAsked(response)
        self.assertEqual(self.digest.articles.count(), 1)
        self.assertSaved(self.save(self.digest, mine | {"schedule_choice": "cancel"}))
        self.assertCancelled()

    def test_what_was_chosen_between_two_texts_is_not_asked_for_again(self):
        mine = self.broken()
        self.save_as_other(filled(self.digest, articles_1_outlook="남의 전망."))
        response = self.save(self.digest, mine)
        self.assertEqual(response.status_code, 409)
        uid = self.digest.articles.get(position=2).uid
        chosen = {"chosen-version": response.context["version"], f"choose-{uid}.outlook": "mine"}
        response = self.save(self.digest, mine | chosen)
        self.assertAsked(response)
        kept = {name: str(value) for name, value in response.context["kept_choices"]}
        self.assertEqual(kept, {name: str(value) for name, value in chosen.items()})
        for name in chosen:
            self.assertContains(response, f'name="{name}"')
        self.assertSaved(self.save(self.digest, mine | kept | {"schedule_choice": "cancel"}))
        self.assertCancelled()


class HourTests(QuestionTestCase):
    """The hour of the digest comes while it is saved."""

    def come(self):
        """The clock of SQLite counts milliseconds, and may be behind Python's by one."""
        just_now = timezone.now() - dt.timedelta(seconds=1)
        Digest.objects.filter(pk=self.digest.pk).update(publish_at=just_now)

    def comes(self):
        """Let the hour come when the revision is kept, long after the form was looked at; the
        transaction that this ends takes it back, so that it has to come again."""
        keep, get_form = revisions.keep, DigestAdmin.get_form

        def keep_late(*args, **kwargs):
            kept = keep(*args, **kwargs)
            self.come()
            return kept

        def get_form_again(admin, request, *args, **kwargs):
            if admin.state.is_unanswered:
                self.come()
            return get_form(admin, request, *args, **kwargs)

        return mock.patch.multiple(revisions, keep=keep_late), mock.patch.multiple(
            DigestAdmin, get_form=get_form_again
        )

    def test_what_readers_have_by_then_is_a_correction_or_a_typo(self):
        before = revisions.snapshot(self.digest)["articles"]
        data = filled(self.digest, articles_1_outlook=TYPED) | {"change_kind": ""}
        keep, get_form = self.comes()
        with keep, get_form:
            response = self.save(self.digest, data)
        self.assertIn("change_kind", response.context["adminform"].form.errors)
        self.assertContains(response, TYPED)
        self.assertEqual(revisions.snapshot(self.fresh())["articles"], before)
        self.assertSaved(self.save(self.digest, data | {"change_kind": "typo"}))
        self.assertEqual(self.fresh().status, Status.PUBLISHED)

    def test_a_schedule_that_came_out_is_not_cancelled(self):
        self.come()
        data = self.broken(schedule_choice="cancel", change_kind="")
        response = self.save(self.digest, data)
        self.assertIn("change_kind", response.context["adminform"].form.errors)
        self.assertTrue(self.fresh().is_public)


class TellingTests(QuestionTestCase):
    def lose(self):
        self.assertSaved(self.save(self.digest, self.broken(schedule_choice="cancel")))
        return self.digest.articles.get(position=2).headline

    def test_the_first_page_says_so_until_it_is_scheduled_again(self):
        self.assertEqual(self.client.get(INDEX).context["lost_schedules"], [])
        headline = self.lose()
        page = self.client.get(INDEX)
        self.assertContains(page, change_url(self.digest))
        [lost] = page.context["lost_schedules"]
        self.assertIn(headline, lost["entry"].note)
        publishing.publish(self.fresh(), at=FUTURE, unchecked=True)
        self.assertEqual(self.client.get(INDEX).context["lost_schedules"], [])

    def test_the_form_says_so_too(self):
        headline = self.lose()
        page = self.client.get(change_url(self.digest))
        self.assertEqual(page.context["lost_schedule"]["entry"], schedules.lost_by(self.fresh()))
        self.assertContains(page, headline)

    def test_restoring_and_moving_say_that_they_cancelled_it(self):
        broken = make_digest("2026-01-05", articles=1, published=False)
        article = make_article(broken, headline="출처 없는 기사", citations=())
        old = record(broken)
        move = reverse("admin:articles_digest_move", args=[broken.pk, article.uid])
        response = self.client.post(move, {"date": "2026-01-03"}, follow=True)
        self.assertCancelled()
        self.assertTold(response)
        self.digest = publishing.publish(
            Digest.objects.get(pk=broken.pk), at=FUTURE, unchecked=True
        )
        restore = reverse("admin:articles_digest_restore", args=[broken.pk, old.number])
        response = self.client.post(restore, {"version": self.digest.version}, follow=True)
        self.assertCancelled()
        self.assertTold(response)

    def test_an_import_says_what_it_would_cancel_and_what_it_has(self):
        text = document.write(document.from_snapshot(self.without_sources(), SEOUL))
        upload = SimpleUploadedFile("2026-01-03-ai.md", text.encode())
        page = reverse("admin:articles_digest_import")
        report = self.client.post(page, {"file": upload, "force": "on"})
        self.assertTrue(report.context["run"].files[0]["is_schedule_cancelled"])
        self.assertContains(report, 'class="import-warning"')
        self.assertEqual(self.fresh().status, Status.SCHEDULED)
        form = {"key": report.context["upload"].key, "seen": report.context["seen"]}
        done = self.client.post(page, form | {"force": "on"})
        self.assertContains(done, 'class="import-warning"')
        self.assertCancelled()

    def test_the_command_that_imports_says_so_too(self):
        text = document.write(document.from_snapshot(self.without_sources(), SEOUL))
        folder = Path(self.enterContext(TemporaryDirectory()))
        (folder / "2026-01-03-ai.md").write_text(text)
        said, warned = StringIO(), StringIO()
        with translation.override("en"):
            streams = {"stdout": said, "stderr": warned}
            call_command("import_posts", folder, force=True, **streams)
        self.assertIn("schedule", warned.getvalue())
        self.assertEqual(self.fresh().status, Status.DRAFT)

    def without_sources(self):
        data = revisions.snapshot(self.digest)
        data["articles"][0]["citations"] = []
        return data

    def assertTold(self, response):
        levels = [message.level_tag for message in response.context["messages"]]
        self.assertIn("warning", levels)
