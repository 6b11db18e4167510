"""What somebody deletes at the moment of a save: a sentence, and the typed text is kept."""

from unittest import mock

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import TransactionTestCase
from django.urls import reverse

from articles.admin.digest import DigestAdmin
from articles.digests import publishing, trash
from articles.models import Digest
from tests.support.desk import DeskTestCase, add_url, change_url, filled
from tests.support.factories import make_digest

GET_OBJECT = DigestAdmin.get_object


class DeletedMeanwhileTests(TransactionTestCase):
    """What is deleted is really gone: no transaction of the test brings it back."""

    serialized_rollback = True

    def setUp(self):
        self.user = User.objects.create_superuser("editor", password="x")
        self.client.force_login(self.user)
        self.digest = make_digest(articles=1, published=False)
        self.data = filled(self.digest, articles_0_headline="내가 쓴 제목") | {"_continue": "1"}

    def save_when(self, happens):
        """Send the form; `happens` when the digest was looked up for the first time."""
        waiting = [happens]

        def looked_up(admin, *arguments):
            found = GET_OBJECT(admin, *arguments)
            if waiting:
                waiting.pop()()
            return found

        with mock.patch.object(DigestAdmin, "get_object", looked_up):
            return self.client.post(change_url(self.digest), self.data)

    def delete(self):
        Digest.objects.filter(pk=self.digest.pk).delete()

    def assert_offered_anew(self, response):
        self.assertContains(response, "내가 쓴 제목")
        self.assertContains(response, "이 다이제스트를 삭제했습니다")

    def test_digest_deleted_before_the_transaction(self):
        self.assert_offered_anew(self.save_when(self.delete))

    def test_digest_deleted_before_it_is_locked(self):
        stale = Digest.objects.get()
        self.delete()
        found = mock.patch.object(DigestAdmin, "get_object", return_value=stale)
        with found:
            response = self.client.post(change_url(self.digest), self.data)
        self.assert_offered_anew(response)

    def test_own_account(self):
        response = self.save_when(User.objects.all().delete)
        self.assertContains(response, "내가 쓴 제목", status_code=403)
        self.assertEqual(Digest.objects.get().version, self.digest.version)
        self.assertEqual(self.client.get(change_url(self.digest)).status_code, 302)

    def test_own_account_while_a_digest_is_added(self):
        data = self.data | {"version": "", "date": "2026-05-01"}
        with mock.patch("articles.admin.digest.take_in", self.lose_account):
            response = self.client.post(add_url(), data)
        self.assertContains(response, "내가 쓴 제목", status_code=403)
        self.assertEqual(Digest.objects.count(), 1)

    def lose_account(self, request):
        User.objects.filter(pk=request.user.pk).delete()
        return {}


class ForgedTests(DeskTestCase):
    def test_a_copy_that_no_button_asks_for_is_a_save(self):
        digest = make_digest(articles=1, published=False)
        response = self.client.post(change_url(digest), filled(digest) | {"_saveasnew": "1"})
        self.assertEqual(response.status_code, 302)
        self.assertEqual(Digest.objects.count(), 1)


class TrashTests(DeskTestCase):
    def test_day_started_at_the_moment_of_a_restore(self):
        revision = trash.delete(make_digest("2026-03-03", published=False))
        with mock.patch.object(Digest.objects, "create", side_effect=IntegrityError("date")):
            response = self.client.post(
                reverse("admin:articles_digest_trash"), {"revision": revision.pk}, follow=True
            )
        self.assertContains(response, "2026-03-03")
        self.assertContains(response, 'class="error"')
        self.assertEqual(trash.restore(revision).date.isoformat(), "2026-03-03")


class CorrectionTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest("2026-03-03")
        self.url = reverse("admin:articles_digest_corrections", args=[self.digest.pk])

    def test_text_stays_when_the_digest_is_withdrawn_meanwhile(self):
        correct = publishing.correct

        def late(digest, *arguments, **options):
            publishing.withdraw(digest)
            return correct(digest, *arguments, **options)

        with mock.patch("articles.digests.publishing.correct", late):
            response = self.client.post(self.url, {"text": "값을 바로잡습니다."})
        self.assertContains(response, "값을 바로잡습니다.")

    def test_text_stays_when_the_digest_is_deleted_meanwhile(self):
        with mock.patch(
            "articles.digests.publishing.editing.lock", side_effect=Digest.DoesNotExist
        ):
            response = self.client.post(self.url, {"text": "값을 바로잡습니다."})
        self.assertContains(response, "값을 바로잡습니다.")
