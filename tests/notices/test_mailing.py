"""Mails about events: from the real step through run_due to the mail, and which are never sent."""

import datetime as dt
from io import StringIO
from smtplib import SMTPRecipientsRefused
from unittest.mock import patch

from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.test import TestCase, override_settings
from django.utils import timezone, translation

from articles.changes import audit
from articles.digests import assigning, publishing, trash
from articles.models import Delivery, NoticeReader
from articles.notices import deliveries, mailing
from articles.posts import importing
from articles.posts.post_files import PostFile
from tests.support import pushes
from tests.support.factories import DAY, make_digest, make_user, record

CHANGE = ("change_digest",)
PUBLISH = ("change_digest", "publish_digest", "withdraw_digest", "delete_digest")
MAIL = {"MAILERS": {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}}
HOUR = dt.timedelta(hours=1)


def run_due():
    call_command("run_due", stdout=StringIO())


@override_settings(**MAIL, SITE_URL="https://news.example")
class MailTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.writer = make_user("writer", permissions=CHANGE, email="writer@desk.example")
        cls.editor = make_user("editor", permissions=PUBLISH, email="editor@desk.example")
        for user in (cls.writer, cls.editor):
            NoticeReader.objects.create(user=user, mail_since=timezone.now())
        cls.digest = make_digest(published=False, title="감춘 제목")
        record(cls.digest, author=cls.writer)

    def sent(self):
        """What run_due sends: the recipient and the subject of each mail."""
        mail.outbox.clear()
        run_due()
        return sorted(
            (m.to[0].partition("@")[0], m.subject.partition("] ")[2]) for m in mail.outbox
        )


class SentTests(MailTestCase):
    def test_each_step_is_mailed_once_to_those_whom_it_concerns(self):
        uid = str(self.digest.articles.first().uid)

        def at_the_article(**change):
            assigning.apply(self.digest, {uid: change}, by=self.editor)

        def miss_a_push():
            detail = {"due_at": timezone.now().isoformat()}
            audit.record("push-missed", target=f"아침 {DAY}", detail=detail)

        for step, who, what in (
            (lambda: publishing.submit(self.digest, by=self.writer), "editor", "검토를 요청함"),
            (
                lambda: publishing.send_back(self.digest, by=self.editor, note="다시"),
                "writer",
                "돌려보냄",
            ),
            (lambda: at_the_article(assignee=self.writer.pk), "writer", "기사 담당자를 바꿈"),
            (lambda: at_the_article(comment="확인"), "writer", "의견을 남김"),
            (lambda: pushes.hand_in(pushes.article("9")), "writer", "프로그램이 글을 보냄"),
            (miss_a_push, "editor", "약속한 글이 오지 않음"),
        ):
            step()
            with self.subTest(what):
                self.assertEqual(self.sent(), [(who, f"{DAY} {what}")])
                self.assertEqual(self.sent(), [])

    def test_a_mail_has_the_day_counts_and_a_link_and_nothing_that_anybody_wrote(self):
        publishing.submit(self.digest, by=self.writer, note="비밀 메모")
        self.sent()
        [message] = mail.outbox
        self.assertEqual(
            message.body,
            "writer 님이 2026-01-03 다이제스트의 검토를 요청했습니다(기사 2건).\n"
            f"https://news.example/admin/articles/digest/{self.digest.pk}/change/\n\n"
            "모든 알림, 메일로 받을지 고르기: https://news.example/admin/notices/\n",
        )

    @override_settings(LANGUAGE_CODE="en")
    def test_mails_are_in_the_language_of_the_site(self):
        publishing.submit(self.digest, by=self.writer)
        with translation.override("en"):
            [(_who, subject)] = self.sent()
        self.assertIn("Handed in for review", subject)
        self.assertIn("writer handed in the digest of 2026-01-03", mail.outbox[0].body)

    def test_more_than_ten_at_once_are_one_mail(self):
        for number in range(11):
            change = {str(self.digest.articles.first().uid): {"comment": f"{number}번"}}
            assigning.apply(self.digest, change, by=self.editor)
        [(who, subject)] = self.sent()
        self.assertEqual((who, subject), ("writer", "알림 11건"))
        self.assertEqual(mail.outbox[0].body.count("의견을 남겼습니다"), 11)
        self.assertEqual(self.sent(), [])


class UnsentTests(MailTestCase):
    def test_imports_restores_and_the_trash_send_nothing(self):
        post = PostFile(
            "2026-03-03.md", lambda limit: pushes.post_of("9", day="2026-03-03").encode()
        )
        [outcome] = importing.import_posts([post], publish=True)
        self.assertTrue(outcome.is_published)
        digest = publishing.submit(make_digest("2026-02-01", published=False), by=self.writer)
        audit.record("restored-from-backup", target="newsroom.zip")
        record(digest)
        trash.restore(trash.delete(digest))
        self.assertEqual(self.sent(), [])

    def test_what_happened_before_the_tick_is_not_mailed(self):
        publishing.submit(self.digest, by=self.writer)
        NoticeReader.objects.update(mail_since=timezone.now() + HOUR)
        self.assertEqual(self.sent(), [])

    def test_whoever_wants_it_no_more_or_is_gone_gets_nothing(self):
        publishing.submit(self.digest, by=self.writer)
        for change in (
            lambda: NoticeReader.objects.update(mail_since=None),
            lambda: User.objects.update(is_active=False),
            lambda: User.objects.update(email=""),
            lambda: User.objects.update(is_staff=False),
            lambda: self.editor.user_permissions.clear(),
        ):
            with self.subTest(), transaction.atomic():
                change()
                self.assertEqual(self.sent(), [])
                transaction.set_rollback(True)
        deliveries.queue()
        NoticeReader.objects.update(mail_since=None)
        self.assertEqual(self.sent(), [])
        self.assertEqual(Delivery.objects.get().state, "given-up")

    def test_without_mail_nothing_is_queued(self):
        publishing.submit(self.digest, by=self.writer)
        with override_settings(MAILERS={}):
            run_due()
        self.assertFalse(Delivery.objects.exists())


class FailedTests(MailTestCase):
    def setUp(self):
        publishing.submit(self.digest, by=self.writer)

    def test_a_server_that_is_away_gets_the_same_mail_later(self):
        with patch.object(mailing.mail, "_deliver", side_effect=ConnectionRefusedError):
            run_due()
        delivery = Delivery.objects.get()
        self.assertEqual(delivery.state, "waiting")
        [attempt] = delivery.attempts.all()
        self.assertIn("ConnectionRefusedError", attempt.error)
        Delivery.objects.update(next_at=timezone.now())
        self.assertEqual(len(self.sent()), 1)
        self.assertIn(str(delivery.uid), mail.outbox[0].extra_headers["Message-ID"])

    def test_an_address_that_cannot_be_written_does_not_hold_up_the_others(self):
        User.objects.filter(pk=self.editor.pk).update(email=f"a@{'가' * 60}.kr")
        self.assertEqual(self.sent(), [])
        delivery = Delivery.objects.get()
        self.assertEqual((delivery.state, delivery.attempts.count()), ("waiting", 1))

    def test_a_refused_address_does_not_hold_up_the_others(self):
        publishing.send_back(self.digest, by=self.editor, note="다시")
        deliver = mailing.mail._deliver

        def refusing(message):
            if message.to == ["editor@desk.example"]:
                raise SMTPRecipientsRefused({})
            deliver(message)

        with patch.object(mailing.mail, "_deliver", refusing):
            run_due()
        self.assertEqual([message.to for message in mail.outbox], [["writer@desk.example"]])
        states = dict(Delivery.objects.values_list("target", "state"))
        targets = map(mailing.target_of, (self.editor, self.writer))
        self.assertEqual(states, dict(zip(targets, ("waiting", "accepted"), strict=True)))
