"""Two editors, one digest: nobody overwrites and nothing typed is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, TransactionTestCase

from articles.models import Digest
from tests.admin.desk import DeskTestCase, change_url, filled
from tests.factories import make_digest, make_user


class ConflictTests(DeskTestCase):
    def test_a_form_opened_before_another_save_is_refused_and_its_text_kept(self):
        digest = make_digest(published=False)
        mine = filled(digest, articles_0_headline="나의 제목", title="나의 호")
        other = User.objects.create_superuser("other", first_name="서연", password="x")
        self.client.force_login(other)
        self.assertSaved(self.save(digest, filled(digest, articles_1_headline="남의 제목")))
        self.client.force_login(self.editor)
        response = self.save(digest, mine)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.context["adminform"].form.conflict)
        for text in ("나의 제목", "나의 호", "서연"):
            self.assertContains(response, text)
        self.assertNotIn("나의 제목", self.headlines(digest))

    def test_a_second_try_is_refused_as_well(self):
        digest = make_digest(published=False)
        mine = filled(digest, title="나의 호")
        self.assertSaved(self.save(digest, filled(digest, title="남의 호")))
        for _attempt in range(2):
            response = self.save(digest, mine)
            self.assertContains(response, f'name="version" value="{mine["version"]}"')

    def test_a_form_without_version_is_refused(self):
        digest = make_digest(published=False)
        for version in ("", "x", None):
            data = filled(digest, title="새 제목")
            if version is None:
                del data["version"]
            else:
                data["version"] = version
            response = self.save(digest, data)
            self.assertContains(response, "새 제목")
            self.assertTrue(response.context["errors"])
        digest.refresh_from_db()
        self.assertNotEqual(digest.title, "새 제목")

    def test_the_text_of_an_article_deleted_meanwhile_is_still_shown(self):
        digest = make_digest(articles=3, published=False)
        mine = filled(
            digest, articles_0_outlook="사라지면 안 되는 글", articles_2_outlook="마지막 글"
        )
        self.assertSaved(self.save(digest, filled(digest) | {"articles-0-DELETE": "on"}))
        response = self.save(digest, mine)
        self.assertContains(response, "사라지면 안 되는 글")
        self.assertContains(response, "마지막 글")
        self.assertEqual(digest.articles.count(), 2)

    def test_the_text_of_a_digest_deleted_meanwhile_is_shown_and_can_be_saved_anew(self):
        digest = make_digest(published=False)
        data = filled(digest, title="남은 글")
        url = change_url(digest)
        digest.delete()
        response = self.client.post(url, data | {"_continue": "1"})
        self.assertContains(response, "남은 글")
        self.assertEqual(Digest.objects.count(), 0)
        self.assertEqual(
            self.client.post(url, data | {"version": "", "_continue": "1"}).status_code, 302
        )
        self.assertEqual(Digest.objects.get().articles.count(), 2)

    def test_a_writer_whose_digest_came_out_meanwhile_keeps_the_text(self):
        digest = make_digest()
        verbs = ("view", "add", "change")
        permissions = [f"{verb}_{model}" for verb in verbs for model in ("digest", "article")]
        self.client.force_login(make_user(permissions=permissions))
        response = self.save(digest, filled(digest, title="기자의 글"))
        self.assertContains(response, "기자의 글")
        digest.refresh_from_db()
        self.assertNotEqual(digest.title, "기자의 글")


class SimultaneousTests(TransactionTestCase):
    """Threads need transactions of their own that are really committed."""

    serialized_rollback = True

    def test_of_saves_at_the_same_moment_one_wins_and_the_others_are_told(self):
        User.objects.create_superuser("editor", password="x")
        digest = make_digest(published=False)
        start = threading.Barrier(4)

        def save(number):
            try:
                client = Client()
                client.force_login(User.objects.get())
                title, headline = f"호 {number}", f"기사 {number}"
                data = filled(digest, title=title, articles_0_headline=headline)
                start.wait()
                return client.post(change_url(digest), data | {"_continue": "1"}).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            answers = sorted(pool.map(save, range(4)))
        self.assertEqual(answers, [200, 200, 200, 302])
        digest.refresh_from_db()
        self.assertEqual(digest.version, 2)
        first = digest.articles.get(position=1)
        self.assertEqual(digest.title.removeprefix("호 "), first.headline.removeprefix("기사 "))
