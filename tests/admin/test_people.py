"""Managing accounts opens no door that the manager may not pass."""

from django.contrib.auth.models import Group, Permission, User
from django.test import TestCase
from django.urls import reverse

from articles.models import AuditEntry
from tests.factories import make_user

LIST = reverse("admin:auth_user_changelist")


def change_url(user):
    return reverse("admin:auth_user_change", args=[user.pk])


class PeopleTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.admin = User.objects.create_user("admin", is_staff=True)
        cls.admin.groups.add(Group.objects.get(name="admin"))
        cls.root = User.objects.create_superuser("root", password="correct horse")
        cls.writer = make_user("writer")

    def setUp(self):
        self.client.force_login(self.admin)

    def post(self, user, **fields):
        data = {"username": user.username, "is_active": "on", "is_staff": "on"} | fields
        return self.client.post(change_url(user), data)

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
        self.client.force_login(self.root)
        self.post(self.writer, is_superuser="on")
        self.writer.refresh_from_db()
        self.assertTrue(self.writer.is_superuser)

    def test_a_new_account_needs_no_more_than_a_name_and_a_password(self):
        data = {"username": "hana", "usable_password": "true"}
        data |= dict.fromkeys(["password1", "password2"], "correct horse battery")
        response = self.client.post(reverse("admin:auth_user_add"), data)
        self.assertRedirects(response, change_url(User.objects.get(username="hana")))
