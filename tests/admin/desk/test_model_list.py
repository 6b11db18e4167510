"""The list of models, which Django would make for every page of the desk."""

from unittest import mock

import pytest
from django.contrib.admin import AdminSite
from django.urls import reverse

from tests.support.desk import DeskTestCase, change_url
from tests.support.factories import make_digest

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
