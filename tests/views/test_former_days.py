"""A digest whose day changed while readers did not have it."""

from django.test import TestCase

from articles.digests import editing, publishing, revisions
from articles.models import Digest
from tests.support.factories import make_digest


class FormerDayTests(TestCase):
    def setUp(self):
        self.digest = make_digest("2026-01-03", articles=2)
        self.slug = self.digest.articles.first().slug

    def move(self, day):
        publishing.withdraw(Digest.objects.get())
        digest = Digest.objects.get()
        editing.write(digest, revisions.snapshot(digest) | {"date": day})
        publishing.publish(Digest.objects.get(), unchecked=True)

    def assertLeads(self, address, target):
        response = self.client.get(address)
        self.assertEqual((response.status_code, response.headers.get("Location")), (301, target))
        self.assertIn("no-cache", response["Cache-Control"])

    def test_the_former_day_leads_to_the_present_one(self):
        self.move("2026-01-05")
        self.assertLeads("/2026/01/03/", "/2026/01/05/")
        article = Digest.objects.get().articles.first().get_absolute_url()
        self.assertLeads(f"/2026/01/03/{self.slug}/", article)
        self.assertEqual(self.client.get("/2026/01/03/nichts/").status_code, 404)
        self.move("2026-01-06")
        for day in ("03", "05"):
            self.assertLeads(f"/2026/01/{day}/", "/2026/01/06/")

    def test_moved_back_it_is_where_it_was(self):
        self.move("2026-01-05")
        self.move("2026-01-03")
        self.assertEqual(self.client.get("/2026/01/03/").status_code, 200)
        self.assertLeads("/2026/01/05/", "/2026/01/03/")

    def test_another_digest_of_that_day_has_the_page(self):
        self.move("2026-01-05")
        other = make_digest("2026-01-03", title="다른 소식")
        self.assertContains(self.client.get("/2026/01/03/"), other.title)

    def test_while_it_is_hidden_nothing_tells_of_it(self):
        self.move("2026-01-05")
        publishing.withdraw(Digest.objects.get())
        never = self.client.get("/2025/01/01/")
        for address in ("/2026/01/03/", f"/2026/01/03/{self.slug}/", "/2026/01/05/"):
            found = self.client.get(address)
            self.assertEqual((found.status_code, found.content), (404, never.content))
            self.assertEqual(found.headers, never.headers)

    def test_a_draft_that_moves_leaves_no_address(self):
        draft = make_digest("2026-02-01", published=False)
        editing.write(draft, revisions.snapshot(draft) | {"date": "2026-02-02"})
        publishing.publish(draft, unchecked=True)
        self.assertEqual(self.client.get("/2026/02/01/").status_code, 404)


class UnknownAddressTests(TestCase):
    def test_the_answer_is_compressed_and_says_so(self):
        plain = self.client.get("/wp-login.php")
        self.assertNotIn("Content-Encoding", plain.headers)
        for encoding in ("br", "gzip"):
            with self.subTest(encoding):
                response = self.client.get("/wp-login.php", headers={"accept-encoding": encoding})
                self.assertEqual(response.status_code, 404)
                self.assertEqual(response["Content-Encoding"], encoding)
                self.assertEqual(response["Vary"], "Accept-Encoding")
                self.assertLess(len(response.content), len(plain.content) / 2)

    def test_it_costs_one_query(self):
        self.client.get("/wp-login.php")
        with self.assertNumQueries(1):
            self.client.get("/wp-login.php")
