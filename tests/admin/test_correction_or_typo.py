"""Changing what readers have: the desk asks whether that is a correction or a typo."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.digests import publishing, revisions
from articles.models import Article, Correction, Digest
from tests.support.desk import DeskTestCase, change_url, filled, new_article
from tests.support.factories import make_article, make_digest, record

NOW = dt.datetime(2026, 1, 3, 3, 0, tzinfo=dt.UTC)
SENTENCE = "전망을 거꾸로 썼습니다."
FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)


def corrected(digest, text=SENTENCE, **changes):
    """The form with a correction told to readers, and what changed shown to them."""
    answer = {"change_kind": "correction", "correction_text": text, "correction_about": ""}
    return filled(digest, **(answer | {"show_changes": "on"} | changes))


def silent(digest, **changes):
    """The form without an answer."""
    return filled(digest, **changes) | {"change_kind": ""}


class QuestionTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        traveller = time_machine.travel(NOW, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)
        self.digest = make_digest(articles=3)
        self.digest.refresh_from_db()

    def article(self, number):
        return self.digest.articles.get(position=number)

    def change(self, **changes):
        """Save the form with a typo."""
        self.assertSaved(self.save(self.digest, filled(self.digest, **changes)))

    def assertAsked(self, response, field="change_kind"):
        self.assertEqual(response.status_code, 200)
        self.assertIn(field, response.context["adminform"].form.errors)

    def assertUntouched(self):
        """Neither text nor version, history, trail or corrections are other than before."""
        digest = Digest.objects.get(pk=self.digest.pk)
        self.assertEqual(digest.version, self.digest.version)
        self.assertEqual(revisions.snapshot(digest), revisions.snapshot(self.digest))
        self.assertFalse(audit.trail(digest).filter(action__in=["saved", "corrected"]).exists())


# Whether a text changed is seen in Python; what happens meanwhile, both engines see below.
@pytest.mark.one_engine
class AskingTests(QuestionTestCase):
    def test_a_changed_text_without_an_answer_comes_back_whole(self):
        typed = "내년에 더 작아질 전망이라고 고쳐 쓴다."
        data = silent(self.digest, articles_1_outlook=typed) | new_article(
            3, "아직 저장 안 된 기사"
        )
        data |= {"articles-TOTAL_FORMS": 4}
        response = self.save(self.digest, data)
        self.assertAsked(response)
        self.assertContains(response, typed)
        self.assertContains(response, "아직 저장 안 된 기사")
        self.assertContains(response, 'href="#id_change_kind"')
        self.assertContains(response, 'id="id_change_kind"')
        self.assertUntouched()

    def test_the_answer_to_that_question_saves_what_was_typed(self):
        data = silent(self.digest, articles_1_outlook="새 전망.")
        self.assertAsked(self.save(self.digest, data))
        self.assertSaved(self.save(self.digest, data | {"change_kind": "typo"}))
        self.assertEqual(self.article(2).outlook, "새 전망.")

    def test_a_correction_needs_a_sentence(self):
        for text in ("", " \r\n "):
            with self.subTest(text):
                data = corrected(self.digest, text, articles_0_outlook="새 전망.")
                response = self.save(self.digest, data)
                self.assertAsked(response, "correction_text")
                self.assertContains(response, "새 전망.")
        self.assertUntouched()

    def test_a_sentence_that_is_too_long_comes_back_whole(self):
        text = "가" * 2001
        response = self.save(self.digest, corrected(self.digest, text))
        self.assertAsked(response, "correction_text")
        self.assertContains(response, text)

    def test_an_answer_that_is_none_is_refused(self):
        data = filled(self.digest, articles_0_outlook="새 전망.") | {"change_kind": "whatever"}
        self.assertAsked(self.save(self.digest, data))
        self.assertUntouched()

    def test_nothing_is_asked_while_nothing_changed(self):
        self.assertSaved(self.save(self.digest, silent(self.digest)))
        self.assertUntouched()

    def test_what_only_the_desk_sees_asks_nothing(self):
        data = silent(self.digest, articles_0_assignee=self.editor.pk, articles_0_is_ready="on")
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(self.article(1).assignee, self.editor)

    def test_the_form_asks_only_about_what_readers_have(self):
        drafts = [
            make_digest("2026-01-04", published=False),
            publishing.withdraw(make_digest("2026-01-05")),
            publishing.publish(
                make_digest("2026-01-06", published=False), at=FUTURE, unchecked=True
            ),
        ]
        for digest in drafts:
            with self.subTest(digest.status):
                page = self.client.get(change_url(digest))
                self.assertNotContains(page, 'name="change_kind"')
                data = silent(digest, articles_0_outlook="새 전망.")
                self.assertSaved(self.save(digest, data))
        self.assertContains(self.client.get(change_url(self.digest)), 'name="change_kind"')

    def test_withdrawing_asks_nothing(self):
        data = silent(self.digest, articles_0_outlook="새 전망.")
        self.assertSaved(self.save(self.digest, data, button="_withdraw"))
        self.assertEqual(self.article(1).outlook, "새 전망.")


class MeanwhileTests(QuestionTestCase):
    def test_a_digest_that_came_out_meanwhile_asks_too(self):
        digest = make_digest("2026-01-04", published=False)
        record(digest)
        data = silent(digest, articles_0_outlook="새 전망.")
        publishing.publish(digest, unchecked=True)
        response = self.save(digest, data)
        self.assertAsked(response)
        self.assertContains(response, "새 전망.")
        self.assertSaved(self.save(digest, data | {"change_kind": "typo"}))

    def test_a_schedule_whose_hour_came_meanwhile_is_kept_as_readers_had_it(self):
        digest = make_digest("2026-01-04", published=False)
        digest = publishing.publish(digest, at=FUTURE, unchecked=True)
        before = digest.articles.get(position=1).outlook
        Digest.objects.filter(pk=digest.pk).update(publish_at=NOW)
        data = silent(digest, articles_0_outlook="새 전망.")
        self.assertAsked(self.save(digest, data))
        self.assertSaved(self.save(digest, data | {"change_kind": "typo"}))
        saved = [revision.data for revision in digest.revisions.order_by("number")]
        texts = [(data["status"], data["articles"][0]["outlook"]) for data in saved]
        self.assertEqual(
            texts,
            [("scheduled", before), ("published", before), ("published", "새 전망.")],
        )

    def test_of_two_editors_the_second_is_asked_before_both_texts_are_compared(self):
        mine = silent(self.digest, articles_0_outlook="내 전망.")
        self.change(articles_0_outlook="남의 전망.")
        self.assertAsked(self.save(self.digest, mine))
        response = self.save(self.digest, corrected(self.digest) | mine | {"change_kind": "typo"})
        self.assertEqual(response.status_code, 409)
        self.assertContains(response, 'name="change_kind"', status_code=409)


class TypoTests(QuestionTestCase):
    def test_a_typo_is_changed_without_a_word_to_readers(self):
        self.change(articles_0_outlook="새 전망.")
        digest = Digest.objects.get()
        self.assertEqual(self.article(1).outlook, "새 전망.")
        self.assertIsNone(digest.revised_at)
        self.assertFalse(Correction.objects.exists())
        entry = audit.trail(digest).get(action="saved")
        self.assertEqual((entry.detail, entry.actor_id), ({"kind": "typo"}, self.editor.pk))


class CorrectionTests(QuestionTestCase):
    def correct(self, **changes):
        response = self.save(self.digest, corrected(self.digest, **changes))
        self.assertSaved(response)
        return Correction.objects.get()

    def test_text_and_correction_are_saved_in_one_step(self):
        before = self.digest.revisions.count()
        correction = self.correct(articles_1_outlook="새 전망.")
        digest = Digest.objects.get()
        self.assertEqual((correction.text, correction.author), (SENTENCE, self.editor))
        self.assertEqual(digest.revised_at, NOW)
        self.assertEqual(self.article(2).outlook, "새 전망.")
        self.assertEqual(digest.revisions.count(), before + 1)
        newest = digest.revisions.order_by("-number").first()
        self.assertEqual(newest.version, digest.version)
        self.assertIn(SENTENCE, newest.note)
        self.assertEqual(newest.data["articles"][1]["outlook"], "새 전망.")
        self.assertEqual(newest.data["corrections"][0]["text"], SENTENCE)
        actions = [entry.action for entry in audit.trail(digest)][:2]
        self.assertEqual(actions, ["corrected", "saved"])

    def test_readers_see_it_at_the_article_and_in_the_list(self):
        self.correct(articles_1_outlook="내년에 더 작아질 전망.")
        for path in (self.digest.get_absolute_url(), "/corrections/"):
            with self.subTest(path):
                page = self.client.get(path)
                self.assertContains(page, SENTENCE)
                self.assertContains(page, "<ins>작아질</ins>", count=1)

    def test_it_stands_at_the_one_article_that_changed(self):
        self.assertEqual(self.correct(articles_1_outlook="새 전망.").article, self.article(2))

    def test_it_stands_at_the_whole_if_more_changed(self):
        changed = {"articles_0_outlook": "새 전망.", "articles_1_outlook": "새 전망."}
        self.assertIsNone(self.correct(**changed).article)

    def test_it_stands_at_the_whole_if_the_title_changed_too(self):
        self.assertIsNone(self.correct(articles_1_outlook="새 전망.", title="새 제목").article)

    def test_it_stands_where_the_editor_says(self):
        chosen = str(self.article(3).uid)
        changed = {"articles_0_outlook": "새 전망.", "correction_about": chosen}
        self.assertEqual(self.correct(**changed).article, self.article(3))

    def test_it_stands_at_the_whole_if_the_editor_says_so(self):
        changed = {"articles_0_outlook": "새 전망.", "correction_about": "digest"}
        self.assertIsNone(self.correct(**changed).article)

    def test_an_article_of_another_digest_cannot_be_chosen(self):
        other = make_article(make_digest("2026-01-04"))
        for uid in (other.uid, uuid.uuid4(), "x"):
            data = corrected(self.digest, articles_0_outlook="새 전망.", correction_about=str(uid))
            self.assertAsked(self.save(self.digest, data), "correction_about")
        self.assertUntouched()

    def test_an_article_added_or_taken_out_is_a_change_as_well(self):
        data = corrected(self.digest) | new_article(3, "빠뜨렸던 기사")
        data |= {"articles-TOTAL_FORMS": 4, "articles-2-DELETE": "on"}
        self.assertSaved(self.save(self.digest, data))
        kinds = {row["headline"]: row["kind"] for row in Correction.objects.get().changes}
        self.assertEqual(kinds, {"빠뜨렸던 기사": "added", "3번째 기사의 제목": "removed"})

    def test_the_old_words_can_be_kept_from_readers(self):
        data = corrected(self.digest, articles_0_outlook="새 전망.")
        del data["show_changes"]
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(Correction.objects.get().changes, [])
        self.assertNotContains(self.client.get("/corrections/"), "<details")

    def test_a_correction_without_a_change_of_text_is_told_as_well(self):
        correction = self.correct()
        self.assertEqual((correction.changes, correction.article), ([], None))

    def test_a_form_sent_twice_tells_readers_once(self):
        data = corrected(self.digest, articles_0_outlook="새 전망.")
        self.assertSaved(self.save(self.digest, data))
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(Correction.objects.count(), 1)

    def test_an_answer_about_a_digest_that_was_withdrawn_meanwhile_is_not_lost(self):
        data = corrected(self.digest, articles_0_outlook="새 전망.")
        publishing.withdraw(self.digest)
        response = self.client.post(change_url(self.digest), data | {"_continue": "1"}, follow=True)
        self.assertFalse(Correction.objects.exists())
        self.assertEqual(self.article(1).outlook, "새 전망.")
        [message] = [m for m in response.context["messages"] if m.level_tag == "warning"]
        self.assertIn(SENTENCE, str(message))

    def test_log_of_the_admin_names_what_changed_and_not_the_answer(self):
        self.correct(title="새 제목")
        message = self.editor.logentry_set.latest("pk").change_message
        self.assertIn("Title", message)
        self.assertNotIn("typo", message)


class WriterTests(QuestionTestCase):
    def test_a_writer_who_forges_a_correction_tells_readers_nothing(self):
        writer = User.objects.create_user("writer", password="correct horse", is_staff=True)
        writer.groups.add(*User.groups.rel.model.objects.filter(name="writer"))
        self.client.force_login(writer)
        data = corrected(self.digest, articles_0_outlook="몰래.")
        self.client.post(change_url(self.digest), data | {"_continue": "1"})
        self.assertUntouched()


class WorkingCopyTests(QuestionTestCase):
    def test_a_sentence_that_was_never_sent_is_offered_again_with_the_text(self):
        record(self.digest)
        key = str(uuid.uuid4())
        typed = corrected(self.digest, articles_0_outlook="새 전망.") | {"form_key": key}
        url = reverse("admin:articles_digest_autosave")
        self.client.post(f"{url}?sequence=1&digest={self.digest.pk}", typed)
        page = self.client.get(change_url(self.digest), {"copy": key})
        self.assertContains(page, SENTENCE)
        form = page.context["adminform"].form
        self.assertEqual(form["change_kind"].value(), "correction")


class AuthorshipTests(QuestionTestCase):
    def test_history_and_conflict_page_call_it_as_the_form_does(self):
        mine = filled(self.digest, articles_0_drafted_by="ai")
        self.change(articles_0_drafted_by="person")
        response = self.save(self.digest, mine)
        label = Article.Drafting.AI.label
        self.assertContains(response, f"<mark>{label}</mark>", status_code=409)
        saved = self.digest.revisions.filter(kind="saved").latest("number")
        url = reverse("admin:articles_digest_revision", args=[self.digest.pk, saved.number])
        page = self.client.get(url)
        self.assertContains(page, f"<ins>{Article.Drafting.PERSON.label}</ins>")
        self.assertNotContains(page, "<ins>person</ins>")

    def test_live_preview_shows_it_while_it_is_typed(self):
        data = filled(self.digest, articles_0_drafted_by="ai", articles_0_read_by="김민지")
        url = reverse("admin:articles_digest_preview", args=[self.digest.pk])
        page = self.client.post(url, data).json()["page"]
        line = f"{_('Written with AI help')} · {_('checked by %(name)s') % {'name': '김민지'}}"
        self.assertInHTML(f'<p class="authorship">{line}</p>', page)
