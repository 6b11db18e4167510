"""The form of a mail service: what each kind needs, and that its key is never shown."""

import pytest
from django.test import override_settings
from django.urls import reverse

from articles.models import Campaign, MailService
from tests.support.desk import DeskTestCase
from tests.support.factories import make_digest
from tests.support.mail_services import TEMPLATE, make_service

pytestmark = pytest.mark.one_engine

LIST, ADD = (reverse(f"admin:articles_mailservice_{name}") for name in ("changelist", "add"))
NEW = {
    "name": "아침 메일",
    "kind": "listmonk",
    "address": "https://lists.example/hidden-way",
    "authorization": "desk:geheim",
    "mode": "draft",
    "lists": "3, 1 3",
    "is_active": "on",
}


class MailServiceTestCase(DeskTestCase):
    def add(self, **changes):
        return self.client.post(ADD, NEW | changes)

    def change(self, service, **changes):
        address = reverse("admin:articles_mailservice_change", args=[service.pk])
        kept = {"address": "", "authorization": ""}
        return self.client.post(address, NEW | kept | changes)

    def page(self, service):
        return self.client.get(reverse("admin:articles_mailservice_change", args=[service.pk]))

    def assertMissing(self, field, **changes):
        form = self.add(**changes).context["adminform"].form
        self.assertEqual(list(form.errors), [field])
        self.assertFalse(MailService.objects.exists())


class FormTests(MailServiceTestCase):
    def test_a_new_service_has_its_lists_and_is_on_from_now_on(self):
        self.assertRedirects(self.add(), LIST)
        service = MailService.objects.get()
        self.assertEqual((service.lists, service.mode, service.is_active), ([1, 3], "draft", True))
        self.assertIsNotNone(service.active_since)

    def test_each_kind_says_what_it_needs(self):
        self.assertMissing("lists", lists="")
        self.assertMissing("lists", lists="1; 2")
        self.assertMissing("authorization", authorization="")
        self.assertMissing("authorization", kind="buttondown", authorization="", lists="")
        self.assertMissing("hour", mode="scheduled")
        self.assertMissing("template", kind="own", lists="", template="{")
        self.assertMissing("template", kind="own", lists="", template='{"a": "{{ secret }}"}')
        self.assertMissing("address", address="http://lists.example/")
        self.assertMissing("address", address="lists.example")

    def test_an_own_template_needs_no_key(self):
        self.add(kind="own", template=TEMPLATE, authorization="", lists="")
        self.assertEqual(MailService.objects.get().kind, "own")

    def test_saving_twice_makes_one(self):
        self.add()
        self.add()
        self.assertEqual(MailService.objects.count(), 1)

    def test_switched_on_again_it_gets_what_is_published_from_then_on(self):
        service = make_service("https://lists.example/", is_active=False)
        before = service.active_since
        self.change(service)
        service.refresh_from_db()
        self.assertGreater(service.active_since, before)


class SecretTests(MailServiceTestCase):
    def test_the_key_and_the_address_are_never_shown_again(self):
        self.add()
        service = MailService.objects.get()
        for page in (self.page(service), self.client.get(LIST)):
            self.assertContains(page, "lists.example")
            self.assertNotContains(page, "geheim")
            self.assertNotContains(page, "hidden-way")

    def test_left_empty_they_stay_and_another_host_needs_the_key_anew(self):
        self.add()
        service = MailService.objects.get()
        self.change(service, name="다른 이름")
        service.refresh_from_db()
        self.assertEqual((service.name, service.authorization), ("다른 이름", "desk:geheim"))
        page = self.change(service, address="https://evil.example/")
        self.assertIn("authorization", page.context["adminform"].form.errors)
        service.refresh_from_db()
        self.assertEqual(service.address, "https://lists.example/hidden-way")

    @override_settings(LANGUAGE_CODE="ko")
    def test_the_page_says_what_became_of_the_last_digests(self):
        service = make_service("https://lists.example/")
        digest = make_digest()
        Campaign.objects.create(service=service, digest=digest, state="out", because="이미 보냈음")
        self.assertContains(self.page(service), "이미 보냈음")
        page = self.client.get(reverse("admin:articles_digest_mail", args=[digest.pk]))
        self.assertContains(page, "이미 보냈음")
