"""Numbers and dates that no form of the desk sends, where it takes numbers and dates."""

from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase
from django.urls import reverse

from articles.digests import posted
from articles.models import Digest, Tag
from tests.admin.test_roles import LIST, RoleTestCase
from tests.support.factories import make_article, make_digest, make_user

LONG = "9" * 5000  # more digits than Python converts
ADD = reverse("admin:articles_digest_add")
START = reverse("admin:articles_digest_start")
TRASH = reverse("admin:articles_digest_trash")
CHANGE = "/admin/articles/digest/{}/change/"
NUMBERS = (LONG, "٣", "²", "-1", "1.5", "")
YEARS = ("0001", "9999", "1", LONG, "x", "0")


class OddNumberTests(RoleTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest("2026-01-03", published=False)
        self.client.force_login(make_user("boss", is_superuser=True))

    def test_blank_rows(self):
        for number in NUMBERS:
            with self.subTest(number[:9]):
                self.assertEqual(self.client.get(f"{ADD}?extra={number}").status_code, 200)

    def test_trash(self):
        for number in NUMBERS:
            with self.subTest(number[:9]):
                response = self.client.post(TRASH, {"revision": number})
                self.assertEqual(response.status_code, 404)

    def test_deletion_of_a_digest_that_was_not_shown(self):
        address = reverse("admin:articles_digest_delete", args=[self.digest.pk])
        for number in NUMBERS:
            with self.subTest(number[:9]):
                seen = {"post": "yes", f"seen-{self.digest.pk}": number}
                self.assertLess(self.client.post(address, seen).status_code, 500)
                self.assertTrue(Digest.objects.exists())

    def test_template_of_a_new_day(self):
        for number in NUMBERS:
            with self.subTest(number[:9]):
                values = {"date": "2026-11-24", "template": number}
                self.assertEqual(self.client.post(START, values).status_code, 302)

    def test_tags(self):
        make_article(self.digest, tags=["AI"])
        address = reverse("admin:articles_tag_delete", args=[Tag.objects.get().pk])
        for number in NUMBERS:
            with self.subTest(number[:9]):
                self.client.post(address, {"post": "yes", "seen": number})
                self.assertTrue(Tag.objects.exists())
                other = reverse("admin:articles_tag_delete", args=[number or "x"])
                self.assertLess(self.client.get(other).status_code, 500)

    def test_drafts_do_not_brick_the_form(self):
        """What autosave keeps is read again whenever the form is opened."""
        for number in NUMBERS:
            with self.subTest(number[:9]):
                fields = [
                    [f"articles-{number}-headline", "안녕"],
                    ["articles-0-ORDER", number],
                    ["articles-0-headline", "첫째"],
                ]
                rows = [row.values for row in posted.rows(fields)]
                self.assertIn({"ORDER": number, "headline": "첫째"}, rows)

    def test_history(self):
        address = reverse("admin:articles_digest_history", args=[self.digest.pk])
        for number in NUMBERS:
            with self.subTest(number[:9]):
                self.assertLess(self.client.get(f"{address}?before={number}").status_code, 500)
                self.assertLess(self.client.get(CHANGE.format(number or "x")).status_code, 500)


class OneParserTests(SimpleTestCase):
    def test_the_desk_converts_numbers_of_clients_in_one_way(self):
        for path in (Path(settings.BASE_DIR) / "articles/admin").rglob("*.py"):
            with self.subTest(path.name):
                self.assertNotIn("isdecimal", path.read_text())


class OddDateTests(RoleTestCase):
    def setUp(self):
        super().setUp()
        make_digest("2026-01-03", published=False)
        self.client.force_login(make_user("boss", is_superuser=True))

    def test_a_new_day(self):
        for year in YEARS:
            with self.subTest(year[:9]):
                response = self.client.post(START, {"date": f"{year}-01-01"})
                self.assertEqual(response.status_code, 400)
        self.assertEqual(Digest.objects.count(), 1)

    def test_lists_by_year(self):
        for address in (LIST, reverse("admin:articles_plannedgap_changelist")):
            for year in YEARS:
                for more in ("", "&date__month=12", "&date__month=12&date__day=31"):
                    with self.subTest(address, year=year[:9], more=more):
                        response = self.client.get(f"{address}?date__year={year}{more}")
                        self.assertLess(response.status_code, 400)

    def test_forms_say_which_years_are_possible(self):
        for year in ("0001", "9999", "1899", "3000"):
            with self.subTest(year):
                response = self.client.post(
                    reverse("admin:articles_plannedgap_add"), {"date": f"{year}-01-01"}
                )
                self.assertContains(response, "1900")
