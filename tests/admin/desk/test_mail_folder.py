"""A site without a mail server writes its mails into a folder, and the desk shows them."""

import stat
import tempfile
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import override_settings
from django.urls import reverse

from articles.login import invitations
from articles.outgoing import mail, mail_folder
from tests.support.desk import DeskTestCase
from tests.support.factories import make_user
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.one_engine

LIST = reverse("admin:mails")


class MailFolderTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "mail"
        backend = "articles.outgoing.mail_folder.MailFolder"
        mailers = {"default": {"BACKEND": backend, "OPTIONS": {"folder": str(self.folder)}}}
        self.enterContext(
            override_settings(
                MAIL_FOLDER=self.folder, MAILERS=mailers, DEFAULT_FROM_EMAIL="desk@localhost"
            )
        )

    def write(self, subject="제목 하나", text="글 하나", html="<p style='color:red'>글</p>"):
        mail.send_page_now(subject, text, html, ["minji@example.com"], {})
        return mail_folder.newest(self.folder)[0].name


class WrittenTests(MailFolderTestCase):
    def test_a_mail_is_a_file_that_its_owner_alone_reads(self):
        name = self.write()
        [path] = self.folder.iterdir()
        self.assertEqual(path.name, name)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.folder.stat().st_mode), 0o700)
        self.assertIn(b"To: minji@example.com\r\n", path.read_bytes())

    def test_the_newest_stay(self):
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(mail_folder, "KEPT", 2)
            names = [self.write(subject=f"{number}") for number in range(4)]
        self.assertEqual([path.name for path in mail_folder.newest(self.folder)], names[:1:-1])


class ShownTests(MailFolderTestCase):
    def test_the_account_menu_leads_to_the_mails(self):
        self.assertContains(self.client.get(reverse("admin:index")), LIST)
        self.assertContains(self.client.get(LIST), str(self.folder))
        name = self.write()
        self.assertContains(self.client.get(LIST), "제목 하나")
        page = self.client.get(reverse("admin:mails_mail", args=[name]))
        self.assertContains(page, "글 하나")
        self.assertIn("frame-src 'self'", page["Content-Security-Policy"])
        html = self.client.get(reverse("admin:mails_html", args=[name]))
        self.assertContains(html, "<p style='color:red'>")
        self.assertIn("sandbox allow-same-origin", html["Content-Security-Policy"])

    def test_a_link_that_opens_an_account_is_for_superusers_alone(self):
        person = make_user("hana", email="hana@example.com")
        person.set_unusable_password()
        person.save()
        with self.captureOnCommitCallbacks(execute=True):
            invitations.invite(person, by=self.editor)
        self.assertTrue(mail.wait(PATIENCE))
        name = mail_folder.newest(self.folder)[0].name
        editor = make_user("editor of the day")
        editor.groups.set([Group.objects.get(name="editor")])
        self.client.force_login(editor)
        token = invitations._invitations.make_token(person).partition("-")[2]
        address = reverse("admin:mails_mail", args=[name])
        self.assertNotContains(self.client.get(address), token[:20])
        self.client.force_login(User.objects.create_superuser("root"))
        self.assertContains(self.client.get(address), "/admin/new-password/")

    def test_only_mails_of_the_folder_are_shown(self):
        self.write()
        (self.folder.parent / "secret.eml").write_text("Subject: x\n\ny")
        for name in ("..%2Fsecret.eml", "secret.eml", "x.eml"):
            response = self.client.get(f"{LIST}{name}/")
            self.assertEqual(response.status_code, 404)

    def test_writers_see_none(self):
        name = self.write()
        writer = make_user("writer")
        writer.groups.set([Group.objects.get(name="writer")])
        self.client.force_login(writer)
        for address in (LIST, reverse("admin:mails_mail", args=[name])):
            self.assertEqual(self.client.get(address).status_code, 403)
        self.assertNotContains(self.client.get(reverse("admin:index")), LIST)

    @override_settings(MAIL_FOLDER=None)
    def test_without_a_folder_there_is_no_page(self):
        self.assertEqual(self.client.get(LIST).status_code, 404)
        self.assertNotContains(self.client.get(reverse("admin:index")), LIST)
