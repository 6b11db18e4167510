"""An account that somebody deletes while its owner sends a form, whichever form of the desk it is:
a sentence, nothing saved, and what was typed is there to be copied or sent by another account."""

import uuid
from contextlib import contextmanager
from unittest import mock

import pytest
from django.contrib.auth.models import Group, User
from django.test import TransactionTestCase
from django.urls import reverse

from articles.login import kept_text
from articles.login.site import DeskSite
from articles.models import AuditEntry
from tests.admin.content_writes import url
from tests.admin.desk_writes import DeskWrites
from tests.support.desk import DeskTestCase, filled, sign_in
from tests.support.factories import make_user

SENTENCE = "계정이 삭제되었습니다"
ASK = DeskSite.ask_who_is_there
# Nothing is typed there, or the page is open before a login too.
NOTHING_TO_KEEP = {"articles_digest_import", "second_factor_codes", "articles_digest_reading#undo"}
OPEN = ("second_factor_add", "second_factor_verify")


class LostAccountCase(DeskWrites, TransactionTestCase):
    serialized_rollback = True

    def setUp(self):
        self.setUpTestData()
        super().setUp()

    @contextmanager
    def lost(self, user):
        """The account goes when a request of its owner was let in, and comes back after. Nothing
        that anybody did is left of it."""

        def let_in(site, request):
            User.objects.filter(pk=request.user.pk).delete()
            return ASK(site, request)

        groups, entries = list(user.groups.all()), AuditEntry.objects.count()
        try:
            with mock.patch.object(DeskSite, "ask_who_is_there", let_in):
                yield
            self.assertFalse(User.objects.filter(pk=user.pk).exists(), "the account is back")
            self.assertEqual(AuditEntry.objects.count(), entries)
        finally:
            User.objects.filter(pk=user.pk).delete()
            user.save(force_insert=True)
            user.groups.set(groups)

    def post(self, write):
        data = write.data() if callable(write.data) else write.data
        address = write.address() if callable(write.address) else write.address
        return self.client.post(address, data)

    def assert_kept(self, response):
        self.assertContains(response, SENTENCE, status_code=403)
        fields, _is_checked = kept_text.unpack(response.context["kept"])
        self.assertEqual(fields, kept_text.fields_of(response.wsgi_request.POST))


class EveryFormTests(LostAccountCase):
    # What a failure takes back, each engine shows with the forms of an editor below.
    @pytest.mark.one_engine
    def test_nothing_is_saved_and_everything_kept_wherever_it_was_typed(self):
        for write in self.writes():
            if write.page in OPEN:
                continue
            with self.subTest(write.name):
                sign_in(self.client, self.root)
                if write.prepare:
                    write.prepare()
                with self.lost(self.root):
                    response = self.post(write)
                if NOTHING_TO_KEEP.isdisjoint((write.page, write.name)):
                    self.assert_kept(response)

    def test_somebody_else_logs_in_and_the_form_goes_on(self):
        sign_in(self.client, self.root)
        with self.lost(self.root):
            response = self.client.post(url("articles_tag_add"), {"name": "새 주제"})
            kept = response.context["kept"]
            make_user("heir", is_superuser=True)
            data = {"username": "heir", "password": "correct horse", "kept": kept}
            response = self.client.post(url("login"), data | {"next": url("articles_tag_add")})
        self.assertContains(response, "새 주제")


class RoleTests(LostAccountCase):
    """Rights are looked up when they are asked for, and who is gone has none."""

    who = "editor"

    def test_what_an_editor_typed_is_kept(self):
        editor = make_user("editor")
        editor.groups.add(Group.objects.get(name="editor"))
        pages = ("tag", "publisher", "plannedgap")
        wanted = {f"articles_{name}_{page}" for name in pages for page in ("add", "change")}
        wanted |= {"articles_digest_corrections", "articles_digest_press", "articles_digest_change"}
        wanted |= {"articles_digest_step submit", "password_change"}
        found = [write for write in self.writes() if write.page in wanted]
        self.assertEqual({write.page for write in found}, wanted)
        for write in found:
            with self.subTest(write.name):
                sign_in(self.client, editor)
                with self.lost(editor):
                    response = self.post(write)
                self.assert_kept(response)

    def test_scripts_get_an_answer_that_they_know(self):
        editor = make_user("editor")
        editor.groups.add(Group.objects.get(name="editor"))
        sign_in(self.client, editor)
        data = filled(self.draft) | {"form_key": uuid.uuid4()}
        address = f"{url('articles_digest_autosave')}?sequence=1"
        with self.lost(editor):
            response = self.client.post(address, data, headers={"Accept": "application/json"})
        self.assertEqual(response.status_code, 401)
        self.assertIn(SENTENCE, response.json()["error"])
        self.assertNotIn("_auth_user_id", self.client.session)


class OtherFailureTests(DeskTestCase):
    def test_a_failure_with_the_account_in_place_is_one(self):
        with (
            mock.patch("articles.changes.audit.record", side_effect=RuntimeError),
            self.assertRaises(RuntimeError),
        ):
            self.client.post(reverse("admin:articles_tag_add"), {"name": "주제"})
