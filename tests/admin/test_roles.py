"""Who may do what at the desk: stranger, staff without permissions, writer, editor."""

import pytest
from django.test import TestCase
from django.urls import reverse

from articles.admin.press.workflow import BUTTONS
from articles.digests import publishing
from articles.models import Correction, Digest
from tests.support.desk import change_url, filled, management, new_article
from tests.support.factories import make_digest, make_user

VERBS = ("view", "add", "change")
WRITER = [f"{verb}_{model}" for verb in VERBS for model in ("digest", "article", "tag")]
EDITOR = [*WRITER, "delete_article", "delete_digest", "publish_digest", "withdraw_digest"]
LIST = reverse("admin:articles_digest_changelist")
LOGIN, FORBIDDEN, FOUND, OK = "login", 403, 302, 200


class RoleTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.stranger = None
        cls.clerk = make_user("clerk")
        cls.writer = make_user("writer", permissions=WRITER)
        cls.editor = make_user("editor", permissions=EDITOR)

    def answers(self, ask):
        """What `ask` answers the four, in order of what they may do."""
        answers = []
        for user in (self.stranger, self.clerk, self.writer, self.editor):
            self.client.logout()
            if user:
                self.client.force_login(user)
            response = ask()
            is_login = b'id="login-form"' in response.content
            if response.status_code == FOUND:
                is_login = "/login/" in response["Location"]
            answers.append(LOGIN if is_login else response.status_code)
        return answers

    def status(self, digest):
        return Digest.objects.get(pk=digest.pk).status


# Who may what, the views decide; both engines list in `ListTests` and publish in `tests/digests`.
@pytest.mark.one_engine
class ButtonTests(RoleTestCase):
    def test_publishing(self):
        digest = make_digest(published=False)
        press = {"version": digest.version, "_publish_now": "1"}
        for url, data in (
            (change_url(digest), filled(digest) | {"_publish": "1"}),
            (reverse("admin:articles_digest_press", args=[digest.pk]), press),
        ):
            self.assertEqual(self.status(digest), "draft")
            answers = self.answers(lambda url=url, data=data: self.client.post(url, data))
            self.assertEqual(answers, [LOGIN, FORBIDDEN, FORBIDDEN, FOUND])
        self.assertEqual(self.status(digest), "published")

    def test_withdrawing(self):
        digest = make_digest()
        answers = self.answers(
            lambda: self.client.post(change_url(digest), filled(digest) | {"_withdraw": "1"})
        )
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FORBIDDEN, FOUND])
        self.assertEqual(self.status(digest), "withdrawn")

    def test_a_forged_button_saves_nothing(self):
        digest = make_digest(published=False)
        self.client.force_login(self.writer)
        data = filled(digest, title="몰래") | {"_publish": "1"}
        self.assertEqual(self.client.post(change_url(digest), data).status_code, FORBIDDEN)
        digest.refresh_from_db()
        self.assertNotEqual(digest.title, "몰래")

    def test_buttons_are_shown_to_those_who_may_press_them(self):
        draft, public = make_digest(published=False), make_digest("2026-01-04")
        for user, digest, shown in (
            (self.writer, draft, ["_submit"]),
            (self.writer, public, []),
            (self.editor, draft, ["_publish", "_schedule", "_submit"]),
            (self.editor, public, ["_withdraw"]),
        ):
            with self.subTest(user=user, digest=digest):
                self.client.force_login(user)
                page = self.client.get(change_url(digest)).content.decode()
                buttons = [name for name in sorted(BUTTONS) if f'name="{name}"' in page]
                self.assertEqual(buttons, shown)

    def press(self, digest):
        url = reverse("admin:articles_digest_press", args=[digest.pk])
        self.client.post(url, {"version": digest.version, "_publish_now": "1"})

    def test_publishing_saves_what_was_typed_and_shows_the_page(self):
        digest = make_digest(published=False)
        self.client.force_login(self.editor)
        data = filled(digest, articles_0_headline="마지막에 고친 제목") | {"_publish": "1"}
        self.client.post(change_url(digest), data)
        self.press(Digest.objects.get())
        self.assertContains(self.client.get(digest.get_absolute_url()), "마지막에 고친 제목")

    def test_a_digest_without_articles_is_saved_but_not_published(self):
        digest = make_digest(articles=0, published=False)
        self.client.force_login(self.editor)
        data = filled(digest, title="빈 호") | {"_publish": "1"}
        response = self.client.post(change_url(digest), data)
        press = reverse("admin:articles_digest_press", args=[digest.pk])
        self.assertRedirects(response, press)
        self.assertNotContains(self.client.get(press), "_publish_now")
        self.assertEqual(Digest.objects.get().title, "빈 호")
        self.assertEqual(self.status(digest), "draft")

    def test_a_new_digest_is_published_from_its_first_form(self):
        self.client.force_login(self.editor)
        data = {"date": "2020-03-01", "title": "삼일절", "language": "ko", "introduction": ""}
        article = new_article(
            0,
            "온디바이스 모델을 병원 열 곳이 시험합니다",
            points="병원 열 곳이 석 달 동안 시험합니다",
            citation_lines="한빛일보 | https://hanbit.example/1 | 2020-03-01",
            technical_significance="작은 모델로 충분하다는 증거입니다.",
            industry_impact="병원 전산 예산이 줄어듭니다.",
            outlook="연말까지 스무 곳으로 늘어날 전망입니다.",
        )
        data |= management(1) | article | {"_publish": "1", "version": ""}
        self.client.post(reverse("admin:articles_digest_add"), data)
        self.press(Digest.objects.get())
        self.assertEqual(Digest.objects.published().count(), 1)


class ListTests(RoleTestCase):
    def act(self, action, *digests, **more):
        data = {"action": action, "_selected_action": [d.pk for d in digests]} | more
        return self.client.post(LIST, data)

    def test_publishing_selected_digests(self):
        digest = make_digest(published=False)
        empty = make_digest("2026-01-04", articles=0, published=False)
        self.answers(lambda: self.act("publish_selected", digest, empty, post="yes"))
        self.assertEqual([self.status(digest), self.status(empty)], ["published", "draft"])

    def test_only_editors_publish_from_the_list(self):
        digest = make_digest(published=False)
        for user in (self.clerk, self.writer):
            self.client.force_login(user)
            self.act("publish_selected", digest, post="yes")
            self.assertEqual(self.status(digest), "draft")

    def test_withdrawing_from_the_list_asks_first(self):
        digest = make_digest()
        self.client.force_login(self.editor)
        self.assertContains(self.act("withdraw_selected", digest), digest.title)
        self.assertEqual(self.status(digest), "published")
        self.act("withdraw_selected", digest, post="yes")
        self.assertEqual(self.status(digest), "withdrawn")

    def test_only_editors_withdraw_from_the_list(self):
        digest = make_digest()
        self.client.force_login(self.writer)
        self.act("withdraw_selected", digest, post="yes")
        self.assertEqual(self.status(digest), "published")

    def test_the_list_is_found_by_headlines(self):
        make_digest(articles=3)
        self.client.force_login(self.writer)
        self.assertContains(self.client.get(LIST, {"q": "2번째"}), "2026-01-03 AI")
        self.assertNotContains(self.client.get(LIST, {"q": "없는말"}), "2026-01-03 AI")

    def test_the_list_names_the_zone(self):
        make_digest()
        self.client.force_login(self.writer)
        self.assertContains(self.client.get(LIST), "2026-01-03 07:00 KST")


@pytest.mark.one_engine
class WriterTests(RoleTestCase):
    def test_a_writer_reads_but_does_not_change_what_is_public(self):
        digest = make_digest()
        self.client.force_login(self.writer)
        page = self.client.get(change_url(digest))
        self.assertContains(page, digest.articles.first().headline)
        self.assertNotContains(page, 'name="_continue"')

    def test_a_writer_changes_a_withdrawn_digest(self):
        digest = publishing.withdraw(make_digest())
        self.client.force_login(self.writer)
        data = filled(digest, title="다시 씀") | {"_continue": "1"}
        self.assertEqual(self.client.post(change_url(digest), data).status_code, FOUND)


@pytest.mark.one_engine
class DeletingTests(RoleTestCase):
    def delete(self, digest):
        url = reverse("admin:articles_digest_delete", args=[digest.pk])
        return self.client.post(url, {"post": "yes"})

    def test_drafts(self):
        digest = make_digest(published=False)
        answers = self.answers(lambda: self.delete(digest))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FORBIDDEN, FOUND])
        self.assertEqual(Digest.objects.count(), 0)

    def test_what_was_published_stays_even_after_withdrawal(self):
        digest = publishing.withdraw(make_digest())
        self.client.force_login(self.editor)
        for _attempt in range(2):
            self.delete(digest)
            data = {"action": "delete_selected", "_selected_action": [digest.pk], "post": "yes"}
            response = self.client.post(LIST, data, follow=True)
        self.assertContains(response, "2026-01-03")
        self.assertEqual([m.level_tag for m in response.context["messages"]][-1], "error")
        self.assertEqual(Digest.objects.count(), 1)

    def test_selected_drafts(self):
        digest = make_digest(published=False)
        data = {"action": "delete_selected", "_selected_action": [digest.pk], "post": "yes"}
        self.client.force_login(self.writer)
        self.client.post(LIST, data)
        self.assertEqual(Digest.objects.count(), 1)
        self.client.force_login(self.editor)
        self.client.post(LIST, data)
        self.assertEqual(Digest.objects.count(), 0)


@pytest.mark.one_engine
class CorrectionTests(RoleTestCase):
    def test_reading_the_page(self):
        url = reverse("admin:articles_digest_corrections", args=[make_digest().pk])
        answers = self.answers(lambda: self.client.get(url))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FORBIDDEN, OK])

    def test_correcting(self):
        digest = make_digest()
        article = digest.articles.first()
        url = reverse("admin:articles_digest_corrections", args=[digest.pk])
        data = {"article": article.pk, "text": "“75%”를 “57%”로 바로잡습니다."}
        answers = self.answers(lambda: self.client.post(url, data))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FORBIDDEN, FOUND])
        correction = Correction.objects.get()
        self.assertEqual((correction.article, correction.author), (article, self.editor))
        self.assertContains(self.client.get(url), "바로잡습니다")

    def test_the_whole_digest_and_an_empty_text(self):
        digest = make_digest()
        url = reverse("admin:articles_digest_corrections", args=[digest.pk])
        self.client.force_login(self.editor)
        self.assertEqual(self.client.post(url, {"article": "", "text": ""}).status_code, OK)
        self.client.post(url, {"article": "", "text": "날짜를 고쳤습니다."})
        self.assertIsNone(Correction.objects.get().article)

    def test_a_draft_has_no_corrections(self):
        digest = make_digest(published=False)
        url = reverse("admin:articles_digest_corrections", args=[digest.pk])
        self.client.force_login(self.editor)
        self.assertRedirects(self.client.get(url), change_url(digest))
        self.client.post(url, {"article": "", "text": "몰래"})
        self.assertEqual(Correction.objects.count(), 0)

    def test_a_digest_that_does_not_exist(self):
        self.client.force_login(self.editor)
        url = reverse("admin:articles_digest_corrections", args=[1])
        self.assertEqual(self.client.get(url).status_code, 404)


@pytest.mark.one_engine
class SmallViewTests(RoleTestCase):
    def test_tag_suggestions(self):
        url = reverse("admin:articles_tag_suggest")
        answers = self.answers(lambda: self.client.get(url, {"q": "a"}))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, OK, OK])
        self.client.force_login(self.writer)
        self.assertEqual(self.client.post(url).status_code, 405)

    def test_preview(self):
        url = reverse("markdown-preview")
        answers = self.answers(lambda: self.client.post(url, {"content": "**가**"}))
        self.assertEqual(answers, [LOGIN, OK, OK, OK])
