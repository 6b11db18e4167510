"""Programs at the desk: their names and promises."""

from django.contrib.auth.models import Group
from django.test import TestCase
from django.urls import reverse

from articles.models import AuditEntry, Program
from tests.support.factories import make_user
from tests.support.push_rows import make_program, make_push

ADD = reverse("admin:articles_program_add")
LIST = reverse("admin:articles_program_changelist")


class ProgramTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.admin = make_user("admin")
        cls.admin.groups.add(Group.objects.get(name="admin"))

    def setUp(self):
        self.client.force_login(self.admin)

    def errors(self, **fields):
        response = self.client.post(ADD, {"name": "n8n", "promise": ""} | fields)
        return response.context["adminform"].form.errors

    def test_a_program_is_added_with_its_promise(self):
        self.client.post(ADD, {"name": " n8n\n", "promise": "mon-fri 07:00, sat 09:00"})
        program = Program.objects.get()
        self.assertEqual((program.name, program.promise), ("n8n", "mon-fri 07:00, sat 09:00"))
        self.assertEqual(AuditEntry.objects.get(action="added").actor_name, "admin")

    def test_an_hour_that_is_not_understood_is_refused_at_its_field(self):
        for promise in ("07:00", "daily 07:00", "mon 7:00", "mon 07:00, mon 08:00"):
            with self.subTest(promise):
                self.assertIn("promise", self.errors(promise=promise))
        self.assertFalse(Program.objects.exists())

    def test_a_name_is_given_once_and_not_empty(self):
        make_program("n8n")
        self.assertIn("name", self.errors())
        self.assertIn("name", self.errors(name="  "))

    def test_the_list_tells_when_something_came_last(self):
        make_push(make_program())
        response = self.client.get(LIST)
        self.assertContains(response, "horizon")
        self.assertContains(response, "KST")

    def test_nobody_deletes_a_program(self):
        program = make_program()
        url = reverse("admin:articles_program_delete", args=[program.pk])
        self.admin.is_superuser = True
        self.admin.save()
        self.assertEqual(self.client.post(url, {"post": "yes"}).status_code, 403)
        self.assertTrue(Program.objects.exists())
