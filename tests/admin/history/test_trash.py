import pytest
from django.urls import reverse

from articles.digests import trash
from articles.models import Digest
from tests.admin.test_roles import FORBIDDEN, FOUND, LIST, LOGIN, OK, RoleTestCase
from tests.support.desk import change_url
from tests.support.factories import make_article, make_digest

TRASH = reverse("admin:articles_digest_trash")


def delete_url(digest):
    return reverse("admin:articles_digest_delete", args=[digest.pk])


class DeletingTests(RoleTestCase):
    def setUp(self):
        self.digest = make_digest(articles=2, published=False)
        self.client.force_login(self.editor)

    def test_the_question_names_every_article(self):
        page = self.client.get(delete_url(self.digest))
        for article in self.digest.articles.all():
            self.assertContains(page, article.headline)
        self.assertContains(page, f'name="seen-{self.digest.pk}" value="{self.digest.version}"')

    def test_deleting_says_where_it_went(self):
        response = self.client.post(delete_url(self.digest), {"post": "yes"}, follow=True)
        self.assertContains(response, TRASH)
        self.assertEqual(trash.deleted().get().author, self.editor)

    def test_an_article_written_meanwhile_is_not_deleted_unseen(self):
        make_article(self.digest, headline="방금 쓴 기사")
        Digest.objects.update(version=2)
        seen = {f"seen-{self.digest.pk}": 1, "post": "yes"}
        response = self.client.post(delete_url(self.digest), seen, follow=True)
        self.assertContains(response, "방금 쓴 기사")
        self.assertTrue(Digest.objects.exists())

    def test_many_are_deleted_all_or_none(self):
        other = make_digest("2026-01-05", articles=1, published=False)
        data = {"action": "delete_selected", "_selected_action": [self.digest.pk, other.pk]}
        page = self.client.post(LIST, data)
        self.assertContains(page, f"seen-{other.pk}")
        self.assertContains(page, other.articles.get().headline)
        stale = data | {"post": "yes", f"seen-{self.digest.pk}": 1, f"seen-{other.pk}": 9}
        response = self.client.post(LIST, stale, follow=True)
        self.assertEqual([m.level_tag for m in response.context["messages"]], ["error"])
        self.assertEqual(Digest.objects.count(), 2)
        self.client.post(LIST, data | {"post": "yes", f"seen-{other.pk}": 1})
        self.assertEqual(trash.deleted().count(), 2)


# Both engines delete and restore in `tests/digests/test_trash.py`.
@pytest.mark.one_engine
class TrashPageTests(RoleTestCase):
    def setUp(self):
        self.revision = trash.delete(make_digest(articles=2, published=False), by=self.editor)

    def restore(self, revision=None):
        return self.client.post(TRASH, {"revision": (revision or self.revision).pk})

    def test_who_may_see_it(self):
        answers = self.answers(lambda: self.client.get(TRASH))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FORBIDDEN, OK])

    def test_who_may_restore(self):
        self.assertEqual(self.answers(self.restore), [LOGIN, FORBIDDEN, FORBIDDEN, FOUND])
        self.assertEqual(Digest.objects.get().articles.count(), 2)

    def test_the_page_says_what_is_in_it(self):
        self.client.force_login(self.editor)
        page = self.client.get(TRASH)
        for words in ("2026-01-03 AI 뉴스", "editor", "30", "1번째 기사의 제목"):
            self.assertContains(page, words)
        self.assertEqual(self.client.put(TRASH).status_code, 405)

    def test_the_list_leads_there_for_those_who_may(self):
        for user, shown in ((self.writer, False), (self.editor, True)):
            self.client.force_login(user)
            self.assertEqual(TRASH in self.client.get(LIST).content.decode(), shown)

    def test_restoring_opens_the_digest(self):
        self.client.force_login(self.editor)
        self.assertRedirects(self.restore(), change_url(Digest.objects.get()))
        self.assertNotContains(self.client.get(TRASH), 'name="revision"')

    def test_a_taken_day_is_said_in_words(self):
        make_digest(articles=0, published=False)
        self.client.force_login(self.editor)
        response = self.client.post(TRASH, {"revision": self.revision.pk}, follow=True)
        self.assertEqual([m.level_tag for m in response.context["messages"]], ["error"])
        self.assertEqual(Digest.objects.count(), 1)

    def test_nonsense_is_not_found(self):
        self.client.force_login(self.editor)
        for value in ("", "x", "99999999"):
            self.assertEqual(self.client.post(TRASH, {"revision": value}).status_code, 404)
