"""The paths of public pages."""

import datetime as dt

from django.test import SimpleTestCase
from django.urls import reverse, set_script_prefix

from articles.rules.paths import path_to

DAY = dt.date(2026, 1, 3)


class PathTests(SimpleTestCase):
    def test_they_are_those_of_the_url_patterns_also_when_asked_again(self):
        for _time in range(2):
            self.assertEqual(path_to("archive"), reverse("articles:archive"))
            self.assertEqual(
                path_to("article", DAY, "새-소식"), "/2026/01/03/%EC%83%88-%EC%86%8C%EC%8B%9D/"
            )

    def test_a_site_below_a_path_has_its_own(self):
        self.addCleanup(set_script_prefix, "/")
        path_to("day", DAY)
        set_script_prefix("/news/")
        self.assertEqual(path_to("day", DAY), "/news/2026/01/03/")
