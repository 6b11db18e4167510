"""Forged fields and buttons: what a page does not offer does nothing."""

import datetime as dt
import logging
import uuid
from contextlib import contextmanager
from functools import cache
from unittest import mock

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.test import TestCase
from django.urls import reverse

from articles.digests import publishing
from articles.models import DigestTemplate, PlannedGap, Publisher, Tag
from tests.support.desk import add_url, change_url, filled, management, new_article, sign_in
from tests.support.factories import make_digest, make_user

NOW = dt.datetime(2026, 1, 10, 3, 0, tzinfo=dt.UTC)
FORGED = "forged"
MOMENT = "2020-01-01 00:00:00"
# Numbers differ from try to try, a token is random, and the database has its own clock.
UNSTABLE = {
    "changed_at",
    "id",
    "digest_id",
    "object_id",
    "token_hash",
    "password",
    "last_login",
    "detail",
}
LIST = reverse("admin:articles_digest_changelist")
KEY = uuid.UUID(int=7)


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


def state():
    """Every row of every table, in words."""
    models = apps.get_models(include_auto_created=True)
    models = [model for model in models if model._meta.label != "sessions.Session"]
    found = {(model, row.pk): row for model in models for row in model._base_manager.all()}
    for (model, _pk), row in found.items():
        for field in relations(model):
            # Else what a row refers to would be asked for again, one by one.
            if target := found.get((field.related_model, getattr(row, field.attname))):
                field.set_cached_value(row, target)
    return sorted(in_words(model, row) for (model, _pk), row in found.items())


@cache
def relations(model):
    return [field for field in model._meta.concrete_fields if field.is_relation]


def in_words(model, row):
    """What is told of a row; rows it refers to by their names."""
    fields = [field for field in model._meta.concrete_fields if field.attname not in UNSTABLE]
    return f"{model._meta.label} " + " ".join(f"{f.name}={getattr(row, f.name)}" for f in fields)


class ForgeryTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.clerk = make_user("clerk")
        cls.root = User.objects.create_superuser("root", password="correct horse")
        for role in ("writer", "editor", "admin"):
            user = make_user(role)
            user.groups.set([Group.objects.get(name=role)])
            setattr(cls, role, user)
        cls.draft = make_digest("2026-01-12", published=False)
        cls.other = make_digest("2026-01-13", published=False)
        cls.public = make_digest("2026-01-09")
        cls.tag, cls.rival = Tag.objects.create(name="AI"), Tag.objects.create(name="반도체")
        cls.publisher = Publisher.objects.first()
        cls.template = DigestTemplate.objects.create(name="평일", title_pattern="{date}")
        cls.gap = PlannedGap.objects.create(date="2026-05-05", reason="어린이날")

    def setUp(self):
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        traveller = time_machine.travel(NOW, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    @contextmanager
    def undone(self):
        """Whatever happens in it is undone, and random numbers are the same each time."""
        numbers = (uuid.UUID(int=number) for number in range(1_000, 2_000))
        with transaction.atomic(), mock.patch.object(uuid, "uuid4", side_effect=numbers):
            yield
            transaction.set_rollback(True)

    def assertNothingChanges(self, address, data, user, answers):
        sign_in(self.client, user)
        before = state()
        with self.subTest(address=address, user=user, data=data):
            self.assertIn(self.client.post(address, data).status_code, answers)
            self.assertEqual(state(), before)


# What a form has no field for never comes to the database.
@pytest.mark.one_engine
class ForgedFieldTests(ForgeryTestCase):
    """A form with fields that are not its own does what it does without them, and no more."""

    def extras(self):
        article = self.other.articles.first()
        permission = Permission.objects.get(codename="publish_digest")
        moments = ("publish_at", "published_at", "revised_at", "corrected_at", "expires_at")
        own = {
            **dict.fromkeys((*moments, "created_at", "revoked_at", "date_joined"), MOMENT),
            **dict.fromkeys(("id", "pk", "digest", "digest_id", "instance"), self.other.pk),
            **dict.fromkeys(("author", "by", "user", "actor_id"), self.root.pk),
            **dict.fromkeys(("feed_id", "folded", "token_hash", "url_key", "token"), FORGED),
            "status": "published",
            "front_matter": '{"key": "forged"}',
            "views": 99,
            "is_superuser": "on",
            "user_permissions": permission.pk,
            "unchecked": "1",
        }
        row = {
            "id": article.pk,
            "digest": self.other.pk,
            "position": 77,
            "feed_id": FORGED,
            "slug": FORGED,
        }
        return own | {f"articles-0-{name}": value for name, value in row.items()}

    def forms(self):
        """(user, address, valid fields) of every form."""
        draft, public = self.draft, self.public
        blank = {"version": "", "date": "2026-01-20", "title": "새 호", "language": "ko"}
        blank |= management(1) | new_article(0, "새 기사") | {"form_key": str(KEY)}
        yield self.writer, change_url(draft), filled(draft, title="고침") | {"_continue": "1"}
        yield self.writer, add_url(), blank | {"introduction": "", "_continue": "1"}
        step = page("articles_digest_step", draft.pk, "submit")
        yield self.writer, step, {"version": draft.version, "note": "봐 주세요"}
        yield self.editor, page("articles_digest_press", draft.pk), self.pressed()
        links = page("articles_digest_preview_links", draft.pk)
        yield self.writer, links, {"recipient": "검토자", "days": "3"}
        corrections = page("articles_digest_corrections", public.pk)
        article = public.articles.first().pk
        yield self.editor, corrections, {"article": article, "text": "바로잡습니다."}
        yield self.editor, page("articles_tag_change", self.tag.pk), {"name": "AI 모델"}
        inlines = {"domains-TOTAL_FORMS": 0, "domains-INITIAL_FORMS": 0}
        publisher = {"name": "새한빛", "slug": "saehan", "home_page": ""} | inlines
        yield self.editor, page("articles_publisher_change", self.publisher.pk), publisher
        template = {"name": "주말", "title_pattern": "{date}", "language": "ko", "slots": 3}
        address = page("articles_digesttemplate_change", self.template.pk)
        yield self.writer, address, template | {"introduction": ""}
        gap = {"date": "2026-05-05", "reason": "쉬는 날"}
        yield self.editor, page("articles_plannedgap_change", self.gap.pk), gap
        person = {"username": "clerk", "first_name": "새", "is_active": "on", "is_staff": "on"}
        yield self.admin, page("auth_user_change", self.clerk.pk), person

    def pressed(self):
        keys = [finding.key for finding in publishing.open_findings(self.draft)]
        form = {"version": self.draft.version, "reason": "checked", "accepted": keys}
        early = f"now {NOW:%Y-%m-%d} {self.draft.date}"
        return form | {"_publish_now": "1", "early": early}

    def test_fields_of_no_form_do_nothing(self):
        before = state()
        for user, address, data in self.forms():
            with self.subTest(address):
                sign_in(self.client, user)
                with self.undone():
                    self.client.post(address, data)
                    honest = state()
                with self.undone():
                    self.client.post(address, self.extras() | data)
                    forged = state()
                self.assertNotEqual(honest, before)
                self.assertEqual(forged, honest)
                self.assertNotIn(FORGED, "\n".join(forged))

    def test_a_version_that_is_still_to_come_or_none_saves_nothing(self):
        for version in (self.draft.version + 1, 10**9, 10**30, "", FORGED):
            data = filled(self.draft, title="고침") | {"version": version, "_continue": "1"}
            self.assertNothingChanges(change_url(self.draft), data, self.writer, [200])
        form = self.pressed() | {"version": self.draft.version + 1}
        press = page("articles_digest_press", self.draft.pk)
        self.assertNothingChanges(press, form, self.editor, [200])

    def test_groups_and_superusers_are_out_of_reach(self):
        group = Group.objects.get(name="admin").pk
        person = {"username": "clerk", "is_active": "on", "is_staff": "on", "groups": group}
        clerk, root = (page("auth_user_change", user.pk) for user in (self.clerk, self.root))
        for user in (self.clerk, self.writer, self.editor):
            self.assertNothingChanges(clerk, person, user, [403])
            self.assertNothingChanges(page("auth_user_add"), person, user, [403])
            self.assertNothingChanges(page("auth_group_change", group), {"name": "x"}, user, [403])
        self.assertNothingChanges(root, person | {"username": "root"}, self.admin, [302])
        password = {"password1": "correct battery staple", "password2": "correct battery staple"}
        own = page("auth_user_password_change", self.root.pk)
        self.assertNothingChanges(own, password, self.admin, [404])
        selected = {"action": "delete_selected", "_selected_action": self.root.pk, "post": "yes"}
        self.assertNothingChanges(page("auth_user_changelist"), selected, self.admin, [200, 302])
        self.assertNothingChanges(
            page("auth_group_change", group), {"name": "x"}, self.admin, [403]
        )


# Who may press a button, the views decide before they ask for rows.
@pytest.mark.one_engine
class ForgedButtonTests(ForgeryTestCase):
    def test_buttons_of_editors_do_nothing_for_writers(self):
        for button in ("_publish", "_schedule", "_unschedule", "_withdraw", "_send_back"):
            for digest in (self.draft, self.public):
                data = filled(digest, title="몰래") | {button: "1"}
                self.assertNothingChanges(change_url(digest), data, self.writer, [403])
        for button in ("_publish_now", "_schedule"):
            form = {"version": self.draft.version, "reason": "checked", button: "1"}
            press = page("articles_digest_press", self.draft.pk)
            self.assertNothingChanges(press, form, self.writer, [403])

    def test_names_that_readers_see_are_not_changed_by_writers(self):
        """Also not by somebody who was given the model's own permissions, but may not publish."""
        verbs = ("view", "add", "change", "delete")
        owner = make_user(
            "owner",
            permissions=["change_digest"]
            + [f"{verb}_{name}" for verb in verbs for name in ("tag", "publisher")]
            + [f"{verb}_publisherdomain" for verb in verbs],
        )
        domain = self.publisher.domains.get()
        publisher = {"name": "몰래", "slug": "molrae", "home_page": "https://molrae.example/"}
        publisher |= {"domains-TOTAL_FORMS": 1, "domains-INITIAL_FORMS": 1}
        publisher |= {"domains-0-id": domain.pk, "domains-0-publisher": self.publisher.pk}
        publisher |= {"domains-0-domain": "molrae.example"}
        tag = {"name": "몰래", "new_address": "on", "description": "몰래"}
        for user in (self.writer, owner):
            for label, row, data in (
                ("articles_tag", self.tag, tag),
                ("articles_publisher", self.publisher, publisher),
            ):
                address = page(f"{label}_change", row.pk)
                for popup in ("", "?_popup=1&_to_field=id"):
                    self.assertNothingChanges(address + popup, data, user, [403])
                seen = {"post": "yes", "seen": 0}
                self.assertNothingChanges(page(f"{label}_delete", row.pk), seen, user, [403])
                self.client.force_login(user)
                self.assertNotContains(self.client.get(address), 'name="_save"')
            rivals = [self.publisher.pk, Publisher.objects.create(name="옛", slug="old").pk]
            for label, chosen in (
                ("articles_tag", [self.tag.pk, self.rival.pk]),
                ("articles_publisher", rivals),
            ):
                address = page(f"{label}_changelist")
                merge = {"action": "merge_selected", "_selected_action": chosen, "index": "0"}
                merge |= {"target": chosen[1], "select_across": "1"}
                self.assertNothingChanges(address, merge, user, [200, 302])
                self.assertNotContains(self.client.get(address), "merge_selected")
            Publisher.objects.get(slug="old").delete()

    def test_actions_of_editors_do_nothing_for_writers(self):
        digests = [self.draft.pk, self.other.pk, self.public.pk]
        lists = {
            LIST: (digests, ("publish_selected", "withdraw_selected", "delete_selected")),
            page("articles_tag_changelist"): ([self.tag.pk, self.rival.pk], ("merge_selected",)),
            page("articles_publisher_changelist"): (
                [self.publisher.pk],
                ("merge_selected", "delete_selected"),
            ),
            page("articles_plannedgap_changelist"): ([self.gap.pk], ("delete_selected",)),
            page("articles_digesttemplate_changelist"): ([self.template.pk], ("delete_selected",)),
        }
        for address, (chosen, actions) in lists.items():
            for action in actions:
                data = {"action": action, "_selected_action": chosen, "post": "yes", "index": "0"}
                data |= {"target": chosen[0], "select_across": "1"}
                self.assertNothingChanges(address, data, self.writer, [200, 302])
                self.assertNothingChanges(address, data, self.clerk, [403])
