"""Nothing typed is lost: ended logins, changed tokens, forms sent twice, too many articles."""

import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client, TransactionTestCase
from django.urls import reverse

from articles.models import Digest
from tests.support.desk import DeskTestCase, add_url, change_url, filled, management, new_article
from tests.support.factories import make_digest, make_user
from tests.support.waiting import PATIENCE

LOGIN = reverse("admin:login")
WHO = {"username": "editor", "password": "correct horse"}


def carried(response):
    """The hidden fields of a page, as its form would send them."""
    content = response.content.decode()
    areas = re.findall(r'<textarea name="([^"]+)"[^>]* hidden>\n(.*?)</textarea>', content, re.S)
    return {unescape(name): unescape(value) for name, value in areas}


# What was typed is kept in the session or the page, not in a table of its own.
@pytest.mark.one_engine
class LoginTests(DeskTestCase):
    def setUp(self):
        self.digest = make_digest(published=False)
        self.data = filled(self.digest, title='<b>"잃을 뻔한" 글</b>', introduction="두\r\n줄")
        self.data["_continue"] = "1"
        self.url = change_url(self.digest)

    def test_a_form_sent_without_a_login_waits_for_one(self):
        response = self.client.post(self.url, self.data)
        self.assertEqual(response.status_code, 403)
        self.assertContains(response, "잃을 뻔한", status_code=403)
        self.assertNotContains(response, "<b>", status_code=403)
        self.assertIn("no-store", response["Cache-Control"])
        login = WHO | carried(response) | {"next": self.url}
        wrong = self.client.post(LOGIN, login | {"password": "wrong"})
        self.assertEqual(carried(wrong), carried(response))
        onward = self.client.post(LOGIN, login)
        self.assertContains(onward, "js/admin-resend.js")
        self.assertContains(onward, f'action="{self.url}"')
        self.assertSaved(self.client.post(self.url, carried(onward)))
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.title, self.data["title"])
        self.assertEqual(self.digest.introduction, "두\n줄")

    def test_passwords_are_not_carried_along(self):
        data = {"old_password": "geheim", "new_password1": "a", "token": "x"}
        response = self.client.post(reverse("admin:password_change"), data)
        self.assertContains(response, "token", status_code=403)
        self.assertNotContains(response, "geheim", status_code=403)

    def test_an_ordinary_login_and_pages_are_as_ever(self):
        response = self.client.get(self.url)
        self.assertRedirects(response, f"{LOGIN}?next={self.url}")
        self.assertRedirects(self.client.post(LOGIN, WHO | {"next": self.url}), self.url)
        self.client.logout()
        self.assertEqual(self.client.post(reverse("admin:logout")).status_code, 302)

    def test_foreign_addresses_and_broken_packets_lead_nowhere(self):
        kept = carried(self.client.post(self.url, self.data))
        onward = self.client.post(LOGIN, WHO | kept | {"next": "https://evil.example/"})
        self.assertNotContains(onward, "evil")
        for broken in ("x", "[]", "[" * 9000, '{"fields": [1]}', '{"fields": [["a"]]}'):
            self.client.logout()
            answer = self.client.post(LOGIN, WHO | {"kept": broken, "next": self.url})
            self.assertRedirects(answer, self.url)


@pytest.mark.one_engine
class TokenTests(DeskTestCase):
    def setUp(self):
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(self.editor)
        self.digest = make_digest(published=False)
        self.url = change_url(self.digest)
        self.client.get(self.url)
        self.data = filled(self.digest, title="<i>옛 창의 글</i>")
        self.data |= {"csrfmiddlewaretoken": "a" * 64, "_continue": "1"}

    def token(self, response):
        return re.search(r'csrfmiddlewaretoken" value="(\w+)"', response.content.decode())[1]

    def test_a_form_with_an_old_token_is_sent_again_at_the_press_of_a_button(self):
        response = self.client.post(self.url, self.data)
        self.assertContains(response, "옛 창의 글", status_code=403)
        self.assertNotContains(response, "<i>", status_code=403)
        self.assertNotContains(response, "admin-resend.js", status_code=403)
        again = self.client.post(
            self.url, carried(response) | {"csrfmiddlewaretoken": self.token(response)}
        )
        self.assertEqual(again.status_code, 302)
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.title, "<i>옛 창의 글</i>")

    def test_what_another_site_may_have_sent_is_only_refused(self):
        for headers in (
            {"HTTP_ORIGIN": "https://evil.example"},
            {"HTTP_ORIGIN": "null"},
            {"HTTP_SEC_FETCH_SITE": "cross-site"},
            {"HTTP_REFERER": "https://evil.example/admin/"},
        ):
            with self.subTest(headers):
                response = self.client.post(self.url, self.data, **headers)
                self.assertNotContains(response, "옛 창의 글", status_code=403)

    def test_without_a_login_too_the_button_has_to_be_pressed(self):
        self.client.logout()
        self.client.cookies["csrftoken"] = "b" * 32
        response = self.client.post(self.url, self.data)
        self.assertContains(response, 'id="login-form"', status_code=403)
        login = WHO | carried(response)
        login |= {"csrfmiddlewaretoken": self.token(response), "next": self.url}
        onward = self.client.post(LOGIN, login)
        self.assertContains(onward, "옛 창의 글")
        self.assertNotContains(onward, "admin-resend.js")

    def test_a_login_form_with_an_old_token_keeps_what_waits_for_it(self):
        self.client.logout()
        self.client.cookies["csrftoken"] = "b" * 32
        kept = carried(self.client.post(self.url, self.data))
        stale = WHO | kept | {"csrfmiddlewaretoken": "c" * 64, "next": self.url}
        self.assertContains(self.client.post(LOGIN, stale), "옛 창의 글", status_code=403)
        self.client.force_login(self.editor)
        response = self.client.post(LOGIN, stale)
        self.assertContains(response, f'action="{self.url}"', status_code=403)
        self.assertNotIn("password", carried(response))

    def test_scripts_get_an_answer_for_scripts(self):
        url = reverse("admin:articles_digest_autosave")
        response = self.client.post(url, {}, HTTP_ACCEPT="application/json")
        self.assertEqual(response.status_code, 403)
        self.assertTrue(response.json()["error"])


class FailureTests(DeskTestCase):
    """A form meets a failure of the site, such as a database that is away."""

    DATABASE = "django.db.backends.utils.CursorWrapper.execute"

    def setUp(self):
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.client.force_login(self.editor)
        self.digest = make_digest(published=False)
        self.url = change_url(self.digest)
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', self.client.get(self.url).text)[1]
        self.data = filled(self.digest, title="<b>내릴 수 없는 글</b>")
        self.data |= {"csrfmiddlewaretoken": token, "_continue": "1"}

    def send_without_database(self, url, data, **headers):
        with (
            patch(self.DATABASE, side_effect=OperationalError("away")),
            self.assertLogs("django.request", "ERROR"),
        ):
            return self.client.post(url, data, **headers)

    def test_a_form_that_met_no_database_is_sent_again_from_the_page_it_got(self):
        response = self.send_without_database(self.url, self.data)
        self.assertContains(response, "내릴 수 없는 글", status_code=503)
        self.assertNotContains(response, "<b>", status_code=503)
        self.assertIn("no-store", response["Cache-Control"])
        self.assertGreater(int(response["Retry-After"]), 0)
        self.assertContains(response, f'action="{self.url}"', status_code=503)
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', response.text)[1]
        self.assertSaved(
            self.client.post(self.url, carried(response) | {"csrfmiddlewaretoken": token})
        )
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.title, self.data["title"])

    def test_other_failures_keep_the_text_too(self):
        with (
            patch("articles.admin.form.saving.save", side_effect=ValueError),
            self.assertLogs("django.request", "ERROR"),
        ):
            response = self.client.post(self.url, self.data)
        self.assertContains(response, "내릴 수 없는 글", status_code=500)
        self.assertNotIn("Retry-After", response)

    def test_what_another_site_may_have_sent_is_not_repeated(self):
        self.data["csrfmiddlewaretoken"] = "x"
        with patch(self.DATABASE, side_effect=OperationalError("away")):
            response = self.client.post(self.url, self.data)
        self.assertNotContains(response, "내릴 수", status_code=response.status_code)

    def test_a_password_is_not_repeated(self):
        token = {"csrfmiddlewaretoken": self.data["csrfmiddlewaretoken"]}
        response = self.send_without_database(LOGIN, WHO | token)
        self.assertNotContains(response, WHO["password"], status_code=503)

    def test_scripts_get_an_answer_for_scripts(self):
        url = reverse("admin:articles_digest_autosave")
        token = self.data["csrfmiddlewaretoken"]
        json = {"HTTP_ACCEPT": "application/json", "HTTP_X_CSRFTOKEN": token}
        response = self.send_without_database(url, self.data, **json)
        self.assertEqual(response.status_code, 503)
        self.assertTrue(response.json()["error"])

    def test_readers_are_told_when_to_come_again(self):
        with (
            patch(self.DATABASE, side_effect=OperationalError("away")),
            self.assertLogs("django.request", "ERROR"),
        ):
            response = self.client.get("/archive/")
        self.assertEqual(response.status_code, 503)
        self.assertGreater(int(response["Retry-After"]), 0)


class TwiceTests(DeskTestCase):
    def new(self, **changes):
        data = {"date": "2026-03-01", "title": "새 호", "language": "ko", "introduction": ""}
        data |= management(1) | new_article(0, "첫 기사") | {"version": "", "_continue": "1"}
        return data | {"form_key": str(uuid.uuid4())} | changes

    def test_a_new_digest_sent_twice_is_made_once(self):
        data = self.new()
        answers = [self.client.post(add_url(), data) for _attempt in range(3)]
        digest = Digest.objects.get()
        self.assertEqual({answer.url for answer in answers}, {change_url(digest)})
        self.assertEqual(self.headlines(digest), ["첫 기사"])
        self.assertEqual(digest.revisions.count(), 1)

    def test_what_was_typed_after_going_back_is_saved_too(self):
        data = self.new()
        self.client.post(add_url(), data)
        data |= {"title": "고친 제목", "articles-0-outlook": "덧붙인 전망"} | management(2)
        data |= new_article(1, "둘째 기사")
        for _attempt in range(2):
            self.assertSaved(self.client.post(add_url(), data))
        digest = Digest.objects.get()
        self.assertEqual(digest.title, "고친 제목")
        self.assertEqual(self.headlines(digest), ["첫 기사", "둘째 기사"])
        self.assertEqual(digest.articles.get(position=1).outlook, "덧붙인 전망")

    def test_a_new_article_sent_twice_is_added_once(self):
        digest = make_digest(articles=1, published=False)
        data = filled(digest) | management(2) | new_article(1, "새 기사")
        data["form_key"] = str(uuid.uuid4())
        for _attempt in range(2):
            self.assertSaved(self.save(digest, data))
        self.assertEqual(self.headlines(digest).count("새 기사"), 1)

    def test_the_form_of_a_digest_deleted_since_makes_it_anew(self):
        data = self.new()
        self.client.post(add_url(), data)
        Digest.objects.get().delete()
        self.assertEqual(self.client.post(add_url(), data).status_code, 302)
        self.assertEqual(Digest.objects.count(), 1)

    def test_keys_of_others_and_no_keys_are_no_obstacle(self):
        data = self.new()
        self.client.post(add_url(), data)
        self.client.force_login(User.objects.create_superuser("other"))
        for key, date in ((data["form_key"], "2026-03-02"), ("x", "2026-03-03")):
            more = {"form_key": key, "date": date}
            self.assertEqual(self.client.post(add_url(), data | more).status_code, 302)
        self.assertEqual(Digest.objects.count(), 3)

    def test_each_opening_has_a_key_of_its_own(self):
        digest = make_digest()
        forms = [self.client.get(change_url(digest)).context["adminform"].form for _ in range(2)]
        first, second = (str(form["form_key"].value()) for form in forms)
        self.assertNotEqual(first, second)


class LimitTests(DeskTestCase):
    def test_too_many_articles_are_refused_with_a_sentence_and_kept(self):
        digest = make_digest(articles=0, published=False)
        data = filled(digest) | management(21)
        for index in range(21):
            data |= {f"articles-{index}-headline": f"{index}번 기사"}
        with patch("articles.admin.digest.MAX_ARTICLES", 20):
            response = self.save(digest, data)
        self.assertContains(response, "20번 기사")
        [inline] = response.context["inline_admin_formsets"]
        self.assertIn("20", str(inline.formset.non_form_errors()))
        self.assertFalse(digest.articles.exists())

    def test_the_limit_is_on_the_page_before_it_is_met(self):
        self.assertContains(self.client.get(add_url()), 'data-max="500"')


class AtOnceTests(TransactionTestCase):
    serialized_rollback = True

    def test_a_new_digest_sent_twice_at_the_same_moment_is_made_once(self):
        user = make_user("editor", is_superuser=True)
        data = TwiceTests.new(None)
        start = threading.Barrier(3)

        def send(_number):
            try:
                client = Client()
                client.force_login(user)
                start.wait(PATIENCE)
                return client.post(add_url(), data).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(send, range(3)))
        self.assertEqual(answers, [302, 302, 302])
        self.assertEqual(Digest.objects.get().articles.count(), 1)
