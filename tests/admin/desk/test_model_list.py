"""The list of models, which Django would make for every page of the desk."""

from unittest import mock

import pytest
from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group
from django.template.loader import render_to_string
from django.urls import reverse

from articles.templatetags import desk
from tests.support.desk import DeskTestCase, change_url
from tests.support.factories import make_digest, make_user

TAGS = reverse("admin:articles_tag_changelist")


# Which models there are asks no table.
@pytest.mark.one_engine
class ModelListTests(DeskTestCase):
    def test_it_is_made_only_for_pages_that_show_it(self):
        form = change_url(make_digest(articles=1, published=False))
        made = AdminSite._build_app_dict
        with mock.patch.object(
            AdminSite, "_build_app_dict", autospec=True, side_effect=made
        ) as make:
            self.assertEqual(self.client.get(form).status_code, 200)
            self.assertFalse(make.called)
            for name, arguments in (("index", []), ("app_list", ["articles"])):
                with self.subTest(name):
                    make.reset_mock()
                    page = self.client.get(reverse(f"admin:{name}", args=arguments))
                    self.assertTrue(make.called)
                    self.assertContains(page, f'href="{TAGS}"')

    def test_an_app_without_models_for_the_user_has_no_page(self):
        address = reverse("admin:app_list", args=["articles"])
        with mock.patch.object(AdminSite, "_build_app_dict", return_value={}):
            self.assertEqual(self.client.get(address).status_code, 404)


@pytest.mark.one_engine
class NavSidebarTests(DeskTestCase):
    def beside(self, response):
        """What Django's own template makes for the page."""
        context = {"available_apps": response.context["available_apps"]}
        return render_to_string("admin/nav_sidebar.html", context, response.wsgi_request)

    def test_each_user_and_page_has_the_list_that_django_makes(self):
        writer = make_user("writer")
        writer.groups.add(Group.objects.get(name="writer"))
        seen = set()
        for user, model in ((writer, "digest"), (writer, "tag"), (self.editor, "digest")):
            self.client.force_login(user)
            with self.subTest(user=user, model=model):
                response = self.client.get(reverse(f"admin:articles_{model}_changelist"))
                self.assertContains(response, self.beside(response))
                self.assertContains(response, 'aria-current="page"')
                seen.add(self.beside(response))
        self.assertEqual(len(seen), 3)

    def test_other_pages_of_a_model_take_what_is_there(self):
        self.client.get(TAGS)
        with mock.patch.object(desk, "render_to_string", side_effect=AssertionError):
            self.assertContains(self.client.get(f"{TAGS}?q=x"), 'aria-current="page"')
