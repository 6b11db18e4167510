"""Links within the site that lead nowhere."""

import datetime as dt

from django.conf import settings
from django.test import TestCase

from articles import preflight
from articles.digests import publishing
from articles.models import OldAddress
from tests.preflight.snapshots import RuleTests, article, digest, outlook, point
from tests.support.factories import make_digest


class OwnLinkTests(RuleTests):
    CASES = {
        "dead-link": (
            [
                point("[어제](/2026/01/02/) 소식"),
                outlook("[각주](#각주) 참고"),
                point("![](/a)"),
            ],
            [
                point("[보도](https://hanbit.example/a) 소식"),
                outlook("[오늘](/2026/01/03/) 참고"),
                point("`[글](/x)` 문법"),
            ],
        ),
    }


class DeadLinkTests(TestCase):
    def setUp(self):
        self.other = make_digest(date=dt.date(2026, 1, 2), articles=1)
        self.slug = self.other.articles.get().slug

    def found(self, text, **more):
        data = digest(article(points=[text], **more), date="2026-01-03")
        return [f for f in preflight.check(data) if f.code == "dead-link"]

    def assertLeads(self, *addresses):
        for address in addresses:
            with self.subTest(address):
                self.assertEqual(self.found(f"[글]({address})"), [])

    def assertDead(self, *addresses):
        for address in addresses:
            with self.subTest(address):
                [finding] = self.found(f"[글]({address})")
                self.assertEqual((finding.severity, finding.field), ("warning", "points"))

    def test_days_and_articles_that_readers_have_are_well(self):
        self.assertLeads(
            "/2026/01/02/", "/2026/01/02", "../02/", f"{settings.SITE_URL}/2026/01/02/"
        )
        self.assertLeads(f"/2026/01/02/#{self.slug}", f"/2026/01/02/{self.slug}/")

    def test_days_and_articles_that_nobody_has_are_not(self):
        self.assertDead("/2026/01/01/", "/2026/02/30/", "/2026/01/02/#none", "/2026/01/02/none/")

    def test_a_digest_that_is_not_public_is_no_target(self):
        publishing.withdraw(self.other)
        self.assertDead("/2026/01/02/")

    def test_places_in_the_digest_itself_are_its_articles(self):
        self.assertLeads("/2026/01/03/", "#온디바이스-모델-지역-병원에-도입")
        self.assertDead("#각주")

    def test_old_addresses_and_pages_of_the_site_are_well(self):
        OldAddress.objects.create(path="/news/first", digest=self.other)
        self.assertLeads(
            "/news/first.html", "/News/First/", "/tags/", "/archive/", "/", "/feed.xml"
        )
        self.assertLeads("/assets/a.png", "/files/report.v2.pdf")  # from the web server
        self.assertDead("/x", "../x.html", "/assets/", "/news/second.html")
        publishing.withdraw(self.other)
        self.assertDead("/news/first.html")

    def test_other_sites_are_not_asked(self):
        self.assertLeads("https://other.example/x", "//other.example/x", "mailto:a@b.example", "")

    def test_pictures_and_other_texts_are_looked_at_too(self):
        self.assertEqual(len(self.found("![](/a)")), 1)
        [finding] = self.found("글", other=[{"after": "points", "text": "[글](/x)"}])
        self.assertIn("/x", finding.sentence)

    def test_texts_without_links_cost_no_query_more(self):
        with self.assertNumQueries(3):
            self.found("글 [1] (2) <b>")
        with self.assertNumQueries(5):
            self.found("[a](/2026/01/02/) [b](/2026/01/01/) [c](/x) [d](/y)")
