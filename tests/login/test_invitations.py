"""An invitation lets a new colleague choose a password, once, and nobody else."""

import datetime as dt
import re

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core import mail as django_mail
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from articles.login import invitations
from articles.models import AuditEntry
from articles.outgoing import mail
from articles.serving.logs import redact
from tests.serving.test_error_mail import LOCMEM
from tests.support.factories import make_user
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.one_engine

NEW = "quite another horse"
NOW = dt.datetime(2026, 1, 3, 3, 0, tzinfo=dt.UTC)


@override_settings(MAILERS=LOCMEM, DEFAULT_FROM_EMAIL="desk@example.com", SITE_NAME="Newsroom")
class InvitationTestCase(TestCase):
    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(NOW, tick=False))
        self.admin = make_user("admin")
        self.admin.groups.set([Group.objects.get(name="admin")])
        self.person = User.objects.create_user("hana", "hana@example.com", is_staff=True)
        self.client.post(reverse("admin:login"), {"username": "admin", "password": "correct horse"})

    def invite(self, person=None):
        address = reverse("admin:auth_user_invite", args=[(person or self.person).pk])
        with self.captureOnCommitCallbacks(execute=True):
            response = self.client.post(address, follow=True)
        self.assertTrue(mail.wait(PATIENCE))
        return response

    def link(self):
        """The path of the link in the newest mail."""
        url = re.findall(r"http\S+", django_mail.outbox[-1].body)[0]
        self.assertTrue(url.startswith("http://testserver/admin/new-password/"), url)
        return url.removeprefix("http://testserver")

    def choose(self, path):
        """What a stranger with the link does."""
        client = Client()
        form = client.get(path, follow=True)
        data = {"new_password1": NEW, "new_password2": NEW}
        client.post(form.request["PATH_INFO"], data)
        return form

    def has_chosen(self):
        self.person.refresh_from_db()
        return self.person.check_password(NEW)


class InvitedTests(InvitationTestCase):
    def test_the_link_sets_the_first_password(self):
        self.assertContains(self.invite(), "hana@example.com")
        [sent] = django_mail.outbox
        self.assertEqual(sent.to, ["hana@example.com"])
        self.assertIn("hana", sent.body)
        self.assertIn("3일", sent.body)
        self.assertContains(self.choose(self.link()), "hana")
        self.assertTrue(self.has_chosen())
        actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
        self.assertEqual(actions, ["invited", "invitation-accepted"])

    def test_it_works_once(self):
        self.invite()
        path = self.link()
        self.choose(path)
        User.objects.get(pk=self.person.pk).set_password("x")
        self.assertNotContains(self.choose(path), "new_password1")

    def test_it_works_for_three_days(self):
        self.invite()
        path = self.link()
        self.clock.shift(invitations.LASTS + dt.timedelta(minutes=1))
        self.assertNotContains(self.choose(path), "new_password1")
        self.assertFalse(self.has_chosen())
        self.clock.shift(dt.timedelta(minutes=-2))
        self.choose(path)
        self.assertTrue(self.has_chosen())

    def test_it_ends_if_the_account_is_switched_off_or_gets_a_password_or_another_address(self):
        for change in ({"is_active": False}, {"email": "x@example.com"}, {"password": "pbkdf2$1"}):
            with self.subTest(change):
                before = User.objects.filter(pk=self.person.pk).values().get()
                self.invite()
                User.objects.filter(pk=self.person.pk).update(**change)
                self.assertNotContains(self.choose(self.link()), "new_password1")
                self.assertFalse(self.has_chosen())
                User.objects.filter(pk=self.person.pk).update(**before)

    def test_a_link_for_a_lost_password_opens_no_account_without_one(self):
        make_user("minji", email="minji@example.com")
        self.client.post(reverse("admin:lost_password"), {"email": "hana@example.com"})
        self.assertTrue(mail.wait(PATIENCE))
        self.assertEqual(django_mail.outbox, [])

    def test_logs_do_not_have_the_token(self):
        self.invite()
        token = self.link().split("/")[3]
        self.assertNotIn(token, redact(f"GET {self.link()}"))


class NotInvitedTests(InvitationTestCase):
    def assertNotInvited(self, person=None):
        self.invite(person)
        self.assertEqual(django_mail.outbox, [])
        self.assertFalse(AuditEntry.objects.filter(action="invited").exists())

    def test_who_has_a_password(self):
        self.assertNotInvited(make_user("minji", email="minji@example.com"))

    def test_who_has_no_address_or_is_switched_off(self):
        for change in ({"email": ""}, {"email": "hana@example.com", "is_active": False}):
            User.objects.filter(pk=self.person.pk).update(**change)
            self.assertNotInvited()

    def test_a_superuser_by_somebody_who_is_none(self):
        root = User.objects.create_superuser("root", "root@example.com")
        self.assertNotInvited(root)

    @override_settings(MAILERS={})
    def test_without_a_mail_server(self):
        page = self.client.get(reverse("admin:auth_user_change", args=[self.person.pk]))
        self.assertContains(page, "EMAIL_URL")
        self.assertNotInvited()

    def test_the_page_offers_it_where_it_can_be_done(self):
        page = self.client.get(reverse("admin:auth_user_change", args=[self.person.pk]))
        self.assertContains(page, reverse("admin:auth_user_invite", args=[self.person.pk]))
        other = make_user("minji", email="minji@example.com")
        page = self.client.get(reverse("admin:auth_user_change", args=[other.pk]))
        self.assertNotContains(page, "/invite/")
