"""The bell in the desk's head, and the page that it leads to."""

from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.digests import assigning, publishing
from articles.models import AuditEntry, NoticeReader
from articles.notices import bell
from tests.support.desk import change_url, filled
from tests.support.factories import make_digest, make_user, record

PAGE = reverse("admin:notices")
INDEX = reverse("admin:index")
CHANGE = ("view_digest", "change_digest", "view_article", "change_article")
PUBLISH = (*CHANGE, "publish_digest", "withdraw_digest")
MAIL = {"MAILERS": {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}}


class NoticesTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.writer = make_user("writer", permissions=CHANGE, email="writer@desk.example")
        cls.editor = make_user("editor", permissions=PUBLISH)
        cls.digest = make_digest(published=False)
        record(cls.digest, author=cls.writer)

    def bell(self, user):
        """The count in the bell of a user's first page; None without a bell."""
        self.client.force_login(user)
        page = self.client.get(INDEX).content.decode()
        if 'class="bell"' not in page:
            return None
        return page.partition("data-bell")[2].partition("<b>")[2].partition("</b>")[0]

    def send_back(self):
        publishing.submit(self.digest, by=self.writer)
        publishing.send_back(self.digest, by=self.editor, note="<b>출처</b>를 더해 주세요")


class BellTests(NoticesTestCase):
    def test_a_digest_sent_back_rings_at_its_writers(self):
        self.assertEqual(self.bell(self.writer), "")
        self.send_back()
        self.assertEqual(self.bell(self.writer), "1")
        self.assertIsNone(self.bell(make_user("clerk")))

    def test_a_saved_form_with_a_comment_rings_at_the_assignee(self):
        self.client.force_login(self.editor)
        changes = {"articles_0_assignee": self.writer.pk, "articles_0_comment": "확인해 주세요"}
        self.client.post(change_url(self.digest), filled(self.digest, **changes))
        self.assertEqual(self.bell(self.writer), "2")
        page = self.client.get(PAGE).content.decode()
        self.assertIn("확인해 주세요", page)
        self.assertIn(f"{change_url(self.digest)}#articles-0", page)

    def test_the_open_form_hears_of_news(self):
        self.send_back()
        self.client.force_login(self.writer)
        url = f"{reverse('admin:articles_digest_presence')}?digest={self.digest.pk}"
        self.assertEqual(self.client.post(url).json()["unseen"], "1")

    def test_more_than_two_digits_are_not_counted(self):
        self.assertEqual([bell.shown(count) for count in (0, 7, 99, 100)], ["", "7", "99", "99+"])


class PageTests(NoticesTestCase):
    def test_it_has_the_note_and_leads_to_the_place(self):
        self.send_back()
        self.client.force_login(self.writer)
        page = self.client.get(PAGE).content.decode()
        self.assertIn("editor 님이 2026-01-03 다이제스트를 돌려보냈습니다.", page)
        self.assertIn("&lt;b&gt;출처&lt;/b&gt;를 더해 주세요", page)
        self.assertIn(f'href="{change_url(self.digest)}"', page)
        self.assertIn("notice-unseen", page)

    def test_looking_writes_nothing_and_the_button_marks_what_was_shown(self):
        self.send_back()
        self.client.force_login(self.writer)
        self.client.get(PAGE)
        self.assertEqual(self.bell(self.writer), "1")
        newest = AuditEntry.objects.latest("pk").pk
        self.assertRedirects(self.client.post(PAGE, {"until": newest}), PAGE)
        self.assertEqual(self.bell(self.writer), "")
        self.assertNotContains(self.client.get(PAGE), "notice-unseen")

    def test_nonsense_marks_nothing(self):
        self.send_back()
        self.client.force_login(self.writer)
        for until in ("", "-1", "all", "9" * 30):
            with self.subTest(until):
                sent = {"until": until}
                answer = self.client.post(PAGE, sent, headers={"Accept": "application/json"})
                self.assertEqual(answer.status_code, 204)
                self.assertEqual(self.bell(self.writer), "1")

    def test_the_query_count_does_not_depend_on_the_number_of_notices(self):
        self.client.force_login(self.writer)
        uid = str(self.digest.articles.first().uid)
        counts = []
        for number in range(4):
            change = {"comment": f"{number}번 의견", "assignee": self.writer.pk}
            assigning.apply(self.digest, {uid: change}, by=self.editor)
            with CaptureQueriesContext(connection) as queries:
                self.client.get(PAGE)
            counts.append(len(queries))
        self.assertEqual(len(set(counts[1:])), 1, counts)


class MailChoiceTests(NoticesTestCase):
    def test_without_mail_there_is_no_choice(self):
        self.client.force_login(self.writer)
        self.assertNotContains(self.client.get(PAGE), 'name="mail"')
        self.client.post(PAGE, {"mail": "on"})
        self.assertFalse(NoticeReader.objects.exists())

    @override_settings(**MAIL)
    def test_a_tick_is_kept_and_audited(self):
        self.client.force_login(self.writer)
        self.client.post(PAGE, {"mail": ["off", "on"]})
        self.assertContains(self.client.get(PAGE), "checked")
        self.assertIsNotNone(NoticeReader.objects.get().mail_since)
        self.client.post(PAGE, {"mail": ["off", "on"]})  # changes nothing
        self.client.post(PAGE, {"mail": "off"})
        self.assertIsNone(NoticeReader.objects.get().mail_since)
        rows = AuditEntry.objects.filter(action="notices-by-mail").order_by("pk")
        self.assertEqual([row.detail["mail"] for row in rows], [True, False])

    @override_settings(**MAIL)
    def test_an_account_without_an_address_is_told_so(self):
        self.client.force_login(self.editor)
        page = self.client.get(PAGE)
        self.assertContains(page, "메일 주소가 없습니다")
        self.assertNotContains(page, 'name="mail"')
