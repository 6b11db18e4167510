"""Managing accounts opens no door that the manager may not pass."""

from django.contrib.auth.models import Group, Permission, User
from django.test import TestCase
from django.urls import reverse

from articles.login.second_factor import devices
from articles.models import AuditEntry
from tests.login.second_factor.authenticator import give_app
from tests.support.desk import sign_in
from tests.support.factories import make_user

LIST = reverse("admin:auth_user_changelist")
OWN_APPS = ("articles", "auth")
ALL_OF_GROUPS = [f"{verb}_group" for verb in ("view", "add", "change", "delete")]


def change_url(user):
    return reverse("admin:auth_user_change", args=[user.pk])


def permissions(**conditions):
    """Permissions of accounts and content; those of libraries have some of the same names."""
    return Permission.objects.filter(content_type__app_label__in=OWN_APPS, **conditions)


class PeopleTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.admin = User.objects.create_user("admin", is_staff=True)
        cls.admin.groups.add(Group.objects.get(name="admin"))
        cls.root = User.objects.create_superuser("root", password="correct horse")
        cls.writer = make_user("writer")

    def setUp(self):
        sign_in(self.client, self.admin)

    def post(self, user, **fields):
        data = {"username": user.username, "is_active": "on", "is_staff": "on"} | fields
        return self.client.post(change_url(user), data)


class PeopleTests(PeopleTestCase):
    def test_an_admin_gives_roles(self):
        editor = Group.objects.get(name="editor")
        self.assertRedirects(self.post(self.writer, groups=[editor.pk]), LIST)
        self.assertEqual(list(self.writer.groups.all()), [editor])
        self.assertEqual(AuditEntry.objects.get().action, "changed")

    def test_an_admin_cannot_make_a_superuser_or_hand_out_permissions(self):
        every = list(Permission.objects.values_list("pk", flat=True))
        self.post(self.writer, is_superuser="on", user_permissions=every)
        self.writer.refresh_from_db()
        self.assertFalse(self.writer.is_superuser)
        self.assertFalse(self.writer.user_permissions.exists())

    def test_an_admin_neither_sees_nor_changes_a_superuser(self):
        self.assertNotContains(self.client.get(LIST), "root")
        self.post(self.root, email="new@example.com")
        self.client.post(
            reverse("admin:auth_user_password_change", args=[self.root.pk]),
            {"password1": "new-password-9", "password2": "new-password-9"},
        )
        self.client.post(reverse("admin:auth_user_delete", args=[self.root.pk]), {"post": "yes"})
        root = User.objects.get(pk=self.root.pk)
        self.assertEqual(root.email, "")
        self.assertTrue(root.check_password("correct horse"))

    def test_an_admin_does_not_change_what_roles_may_do(self):
        editor = Group.objects.get(name="editor")
        url = reverse("admin:auth_group_change", args=[editor.pk])
        self.assertEqual(self.client.post(url, {"name": "editor"}).status_code, 403)
        self.assertTrue(editor.permissions.exists())

    def test_a_superuser_still_does_all_of_it(self):
        sign_in(self.client, self.root)
        self.post(self.writer, is_superuser="on")
        self.writer.refresh_from_db()
        self.assertTrue(self.writer.is_superuser)

    def test_a_new_account_needs_no_more_than_a_name_and_a_password(self):
        data = {"username": "hana", "usable_password": "true"}
        data |= dict.fromkeys(["password1", "password2"], "correct horse battery")
        response = self.client.post(reverse("admin:auth_user_add"), data)
        self.assertRedirects(response, change_url(User.objects.get(username="hana")))


class HandedOnRightsTests(PeopleTestCase):
    """Nobody hands on rights that they lack, be it to themselves, and nobody takes over an account
    that has such rights."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.templates = cls.group("templates", "delete_digesttemplate")  # admins may not
        cls.tags = cls.group("tags", "add_tag", "change_tag")
        cls.chief = make_user("chief")
        cls.chief.groups.add(cls.templates)
        cls.expert = make_user("expert", permissions=["delete_digesttemplate"])

    @staticmethod
    def group(name, *codenames):
        group = Group.objects.create(name=name)
        group.permissions.set(permissions(codename__in=codenames))
        return group

    def of(self, user):
        return [group.name for group in user.groups.order_by("name")]

    def test_only_groups_whose_rights_they_hold_can_be_given(self):
        for user in (self.writer, self.admin):
            before = self.of(user)
            with self.subTest(user):
                answer = self.post(user, groups=[self.templates.pk, self.tags.pk])
                self.assertContains(answer, 'class="errorlist"')
                self.assertEqual(self.of(user), before)
        self.assertEqual(self.post(self.writer, groups=[self.tags.pk]).status_code, 302)
        self.assertEqual(self.of(self.writer), ["tags"])
        page = self.client.get(change_url(self.writer))
        self.assertContains(page, " tags</label>")
        self.assertNotContains(page, " templates</label>")

    def test_the_roles_that_come_with_the_desk_can_all_be_given(self):
        roles = [Group.objects.get(name=name).pk for name in ("writer", "editor", "admin")]
        self.assertEqual(self.post(self.writer, groups=roles).status_code, 302)
        self.assertEqual(self.of(self.writer), ["admin", "editor", "writer"])

    def test_whoever_holds_a_right_may_hand_it_on(self):
        self.admin.groups.add(self.templates)
        self.assertEqual(self.post(self.chief, groups=[self.templates.pk]).status_code, 302)
        self.assertEqual(self.post(self.writer, groups=[self.templates.pk]).status_code, 302)
        self.assertEqual(self.of(self.writer), ["templates"])

    def test_an_account_with_more_rights_is_out_of_reach(self):
        for person in (self.chief, self.expert):
            for is_active in (True, False):
                User.objects.filter(pk=person.pk).update(is_active=is_active)
                with self.subTest(person, is_active=is_active):
                    self.assertOutOfReach(person)

    def assertOutOfReach(self, person):
        give_app(person)
        before = User.objects.filter(pk=person.pk).values().get()
        new = dict.fromkeys(("password1", "password2"), "new-password-9")
        for name, data in (
            ("auth_user_change", {"username": "taken", "is_active": "on", "groups": []}),
            ("auth_user_password_change", new | {"usable_password": "true"}),
            ("auth_user_password_change", {"usable_password": "false", "unset-password": "1"}),
            ("auth_user_delete", {"post": "yes"}),
            ("auth_user_second_factor", {}),
        ):
            response = self.client.post(reverse(f"admin:{name}", args=[person.pk]), data)
            self.assertEqual(response.status_code, 403)
        chosen = {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}
        self.client.post(LIST, chosen)
        self.assertEqual(User.objects.filter(pk=person.pk).values().get(), before)
        self.assertTrue(devices.has_device(person))
        page = self.client.get(change_url(person))
        self.assertContains(page, person.username)
        for name in ('name="_save"', "/password/", 'second-factor/"'):
            self.assertNotContains(page, f"{person.pk}{name}" if "/" in name else name)
        self.assertNotContains(page, "algorithm")

    def test_rights_that_were_lost_meanwhile_are_not_handed_on(self):
        self.admin.groups.set([self.group("managers", "change_user", "view_user")])
        for group in ("writer", "editor", "admin"):
            with self.subTest(group):
                self.post(self.writer, groups=[Group.objects.get(name=group).pk])
                self.assertEqual(self.of(self.writer), [])


class GroupTests(PeopleTestCase):
    """No role manages groups by itself; a superuser may let one do so."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.admin.groups.add(HandedOnRightsTests.group("groups", *ALL_OF_GROUPS))
        cls.templates = HandedOnRightsTests.group("templates", "delete_digesttemplate")
        cls.tags = HandedOnRightsTests.group("tags", "add_tag")

    def key(self, codename):
        return permissions(codename=codename).get().pk

    def test_only_rights_that_they_hold_go_into_a_group(self):
        url = reverse("admin:auth_group_add")
        more = {"name": "new", "permissions": [self.key("delete_digesttemplate")]}
        self.assertContains(self.client.post(url, more), 'class="errorlist"')
        self.assertNotContains(self.client.get(url), f'value="{more["permissions"][0]}"')
        own = {"name": "new", "permissions": [self.key("change_tag")]}
        self.assertEqual(self.client.post(url, own).status_code, 302)
        url = reverse("admin:auth_group_change", args=[self.tags.pk])
        self.assertContains(self.client.post(url, more), 'class="errorlist"')
        self.assertEqual([p.codename for p in self.tags.permissions.all()], ["add_tag"])
        self.assertEqual(self.client.post(url, own | {"name": "tags"}).status_code, 302)
        self.assertEqual([p.codename for p in self.tags.permissions.all()], ["change_tag"])

    def test_rights_are_named_in_the_language_of_the_site(self):
        sign_in(self.client, self.root)
        for url in (reverse("admin:auth_group_add"), change_url(self.writer)):
            with self.subTest(url):
                page = self.client.get(url)
                for name in ("주제: 추가", "다이제스트를 발행할 수 있음", "사용자: 삭제"):
                    self.assertContains(page, name)
                self.assertNotContains(page, "Can ")

    def test_a_group_with_more_rights_is_out_of_reach(self):
        for name, data in (
            ("auth_group_change", {"name": "x", "permissions": []}),
            ("auth_group_delete", {"post": "yes"}),
        ):
            url = reverse(f"admin:{name}", args=[self.templates.pk])
            self.assertEqual(self.client.post(url, data).status_code, 403)
        chosen = [self.templates.pk, self.tags.pk]
        data = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
        self.client.post(reverse("admin:auth_group_changelist"), data)
        self.assertEqual(Group.objects.filter(pk__in=chosen).count(), 2)
        self.assertTrue(self.templates.permissions.exists())
        page = self.client.get(reverse("admin:auth_group_change", args=[self.templates.pk]))
        self.assertNotContains(page, 'name="_save"')
