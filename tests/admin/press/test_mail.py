"""The page of a digest as a mail: both forms, and one copy by a real mail server."""

import pytest
from django.test import override_settings
from django.urls import reverse

from articles.models import AuditEntry
from tests.support.desk import DeskTestCase
from tests.support.factories import make_article, make_digest, make_picture
from tests.support.mail_server import mail_server

pytestmark = pytest.mark.one_engine


class MailPageTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=0, published=False, title="오늘의 소식: 칩과 전력")
        make_article(self.digest, headline="새 가속기", picture=make_picture(), picture_alt="그림")
        self.url = reverse("admin:articles_digest_mail", args=[self.digest.pk])
        self.frame = reverse("admin:articles_digest_mail_html", args=[self.digest.pk])

    def give_address(self, address="editor@desk.example"):
        type(self.editor).objects.filter(pk=self.editor.pk).update(email=address)


class PreviewTests(MailPageTestCase):
    def test_both_forms_are_shown(self):
        page = self.client.get(self.url)
        self.assertContains(page, "오늘의 소식: 칩과 전력")
        self.assertContains(page, "1. 새 가속기")
        self.assertContains(page, f'sandbox="allow-same-origin" src="{self.frame}"')

    def test_the_frame_may_show_styles_and_run_nothing(self):
        answer = self.client.get(self.frame)
        policy = answer["Content-Security-Policy"]
        for part in ("default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'self'"):
            self.assertIn(part, policy)
        self.assertIn("sandbox allow-same-origin", policy)
        self.assertNotIn("script-src", policy)
        self.assertEqual(answer["X-Frame-Options"], "SAMEORIGIN")
        self.assertIn("no-store", answer["Cache-Control"])
        self.assertContains(answer, reverse("admin:articles_digest_pictures"))

    def test_the_page_itself_keeps_the_strict_policy(self):
        policy = self.client.get(self.url)["Content-Security-Policy"]
        self.assertNotIn("unsafe", policy)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertIn("frame-src 'self'", policy)

    def test_without_a_server_or_an_address_the_page_says_so(self):
        self.assertContains(self.client.get(self.url), "EMAIL_URL")
        self.assertEqual(AuditEntry.objects.filter(action="mail-tried").count(), 0)


class SendingTests(MailPageTestCase):
    def setUp(self):
        super().setUp()
        self.server, mailers = self.enterContext(mail_server())
        self.enterContext(
            override_settings(MAILERS=mailers, DEFAULT_FROM_EMAIL="news@news.example")
        )

    def test_it_comes_in_both_forms_under_its_own_subject(self):
        self.give_address()
        answer = self.client.post(self.url, follow=True)
        self.assertContains(answer, "editor@desk.example")
        [message] = self.server.messages
        self.assertEqual(message["Subject"], "오늘의 소식: 칩과 전력")
        self.assertEqual(message["To"], "editor@desk.example")
        self.assertEqual(message["Content-Language"], "ko")
        plain, html = message.iter_parts()
        kinds = [part.get_content_type() for part in (plain, html)]
        self.assertEqual(kinds, ["text/plain", "text/html"])
        self.assertIn("1. 새 가속기", plain.get_content())
        self.assertIn("새 가속기</a></h2>", html.get_content())
        self.assertLess(max(map(len, message.as_bytes().splitlines())), 998)  # RFC 5322, 2.1.1
        self.assertEqual(AuditEntry.objects.get(action="mail-tried").actor_id, self.editor.pk)

    def test_nobody_without_an_address_gets_one(self):
        self.client.post(self.url)
        self.assertEqual(self.server.messages, [])

    def test_a_server_that_refuses_is_told_of(self):
        self.give_address()
        for prepare in (
            lambda: self.server.refusals.append("451 Later"),
            lambda: self.server.strangers.add("editor@desk.example"),
        ):
            prepare()
            answer = self.client.post(self.url, follow=True)
            self.assertContains(answer, "EMAIL_URL")
        self.assertEqual(self.server.messages, [])
        self.assertEqual(AuditEntry.objects.filter(action="mail-tried").count(), 0)

    def test_no_server_there(self):
        self.give_address()
        mailers = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}
        mailers["default"]["OPTIONS"] = {"host": "127.0.0.1", "port": 9, "timeout": 30}
        with override_settings(MAILERS=mailers):
            self.assertContains(self.client.post(self.url, follow=True), "ConnectionRefusedError")
