"""What programs ask every site for, checked by the rules of each format."""

import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.test import SimpleTestCase, TestCase, override_settings
from PIL import Image

from articles.views import machines
from tests.support.factories import make_digest

# Pages are made of plain rows, for which `test_leaks.WorkTests` asks both engines at every address.
pytestmark = pytest.mark.one_engine

SITE = "http://testserver"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
ADDRESSES = (
    *("/robots.txt", "/llms.txt", "/opensearch.xml", "/manifest.webmanifest"),
    "/.well-known/security.txt",
)
# What they ask the database.
QUERIES = {"/llms.txt": 1, "/robots.txt": 1}


class RobotsTests(TestCase):
    def setUp(self):
        response = self.client.get("/robots.txt")
        self.assertEqual(response["Content-Type"], "text/plain; charset=utf-8")
        self.robots = RobotFileParser()
        self.robots.parse(response.content.decode().splitlines())

    def test_public_pages_are_open_and_others_are_not(self):
        for path in ("/", "/2026/01/03/", "/tags/", "/feeds/digests.rss", "/static/css/site.css"):
            self.assertTrue(self.robots.can_fetch("Googlebot", SITE + path), path)
        for path in ("/admin/", "/admin/articles/digest/", "/preview/x/", "/search/?q=x"):
            self.assertFalse(self.robots.can_fetch("Googlebot", SITE + path), path)

    def test_sitemaps_are_named_and_there(self):
        addresses = self.robots.site_maps()
        self.assertEqual(addresses, [f"{SITE}/sitemap.xml", f"{SITE}/news-sitemap.xml"])
        for address in addresses:
            self.assertEqual(self.client.get(address.removeprefix(SITE)).status_code, 200)


class LlmsTests(TestCase):
    """By llmstxt.org: one heading, a summary in a quotation, sections of links with notes."""

    def test_is_in_order_and_every_link_leads_somewhere(self):
        make_digest("2026-01-03")
        response = self.client.get("/llms.txt")
        self.assertEqual(response["Content-Type"], "text/plain; charset=utf-8")
        lines = response.content.decode().splitlines()
        self.assertEqual(lines[0], "# Newsroom")
        self.assertTrue(lines[2].startswith("> "))
        self.assertEqual(len([line for line in lines if line.startswith("# ")]), 1)
        links = [line for line in lines if line.startswith("- ")]
        addresses = []
        for line in links:
            match = re.fullmatch(r"- \[[^\]]+\]\((http://testserver/[^)\s]*)\): \S.*", line)
            self.assertIsNotNone(match, line)
            addresses.append(match[1].removeprefix(SITE))
        self.assertIn("/2026/01/03.md", addresses)
        self.assertIn("/2026/01/03.json", addresses)
        for address in addresses:
            self.assertEqual(self.client.get(address).status_code, 200, address)

    def test_without_a_digest_there_is_no_example(self):
        make_digest("2026-01-03", published=False)
        self.assertNotContains(self.client.get("/llms.txt"), "/2026/")


class OpenSearchTests(TestCase):
    """By OpenSearch 1.1, draft 6."""

    def setUp(self):
        response = self.client.get("/opensearch.xml")
        self.assertEqual(response["Content-Type"], "application/opensearchdescription+xml")
        self.root = ET.fromstring(response.content)

    def test_has_what_the_specification_requires(self):
        self.assertEqual(self.root.tag, f"{OPENSEARCH}OpenSearchDescription")
        self.assertLessEqual(len(self.root.findtext(f"{OPENSEARCH}ShortName")), 16)
        self.assertLessEqual(len(self.root.findtext(f"{OPENSEARCH}Description")), 1_024)
        self.assertEqual(self.root.findtext(f"{OPENSEARCH}InputEncoding"), "UTF-8")

    def test_leads_to_the_search(self):
        [url] = self.root.findall(f"{OPENSEARCH}Url")
        self.assertEqual(url.get("type"), "text/html")
        address = url.get("template").replace("{searchTerms}", "%EC%B9%A9")
        self.assertContains(self.client.get(address.removeprefix(SITE)), 'value="칩"')

    def test_every_page_leads_to_it(self):
        link = (
            '<link rel="search" href="/opensearch.xml" '
            'type="application/opensearchdescription+xml" title="Newsroom">'
        )
        self.assertContains(self.client.get("/archive/"), link)

    @override_settings(SITE_NAME="아주 긴 이름을 가진 신문 & <그 밖의 것>")
    def test_long_names_are_cut(self):
        self.setUp()
        self.test_has_what_the_specification_requires()


class SecurityTests(TestCase):
    """RFC 9116."""

    def test_without_a_contact_there_is_none(self):
        self.assertEqual(self.client.get("/.well-known/security.txt").status_code, 404)

    @override_settings(SECURITY_CONTACT="mailto:security@example.com")
    def test_has_what_the_rfc_requires(self):
        response = self.client.get("/.well-known/security.txt")
        self.assertEqual(response["Content-Type"], "text/plain; charset=utf-8")
        fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
        self.assertEqual(fields["Contact"], "mailto:security@example.com")
        self.assertEqual(fields["Canonical"], f"{SITE}/.well-known/security.txt")
        self.assertEqual(fields["Preferred-Languages"], "ko, en")

    @override_settings(SECURITY_CONTACT="https://example.com/contact")
    def test_expires_in_six_to_twelve_months(self):
        for text in ("2026-01-01", "2026-06-30", "2026-07-01", "2026-12-31", "2028-02-29"):
            now = dt.datetime.fromisoformat(f"{text}T12:00:00+00:00")
            with time_machine.travel(now, tick=False), self.subTest(text):
                body = self.client.get("/.well-known/security.txt").content.decode()
                expires = dt.datetime.fromisoformat(re.search("Expires: (.*)", body)[1])
                left = expires - now
                self.assertGreater(left, dt.timedelta(days=180))
                self.assertLess(left, dt.timedelta(days=366))


class ManifestTests(TestCase):
    """By the W3C's Web Application Manifest and what browsers ask for to install a site."""

    def setUp(self):
        response = self.client.get("/manifest.webmanifest")
        self.assertEqual(response["Content-Type"], "application/manifest+json")
        self.manifest = json.loads(response.content)

    def test_has_what_browsers_ask_for(self):
        manifest = self.manifest
        self.assertEqual((manifest["name"], manifest["lang"]), ("Newsroom", "ko"))
        self.assertEqual({manifest[name] for name in ("start_url", "scope", "id")}, {"/"})
        self.assertIn(manifest["display"], ("standalone", "minimal-ui", "browser", "fullscreen"))
        for name in ("background_color", "theme_color"):
            self.assertRegex(manifest[name], "^#[0-9a-f]{6}$")
        sizes = {icon["sizes"] for icon in manifest["icons"] if icon["purpose"] == "any"}
        self.assertEqual(sizes, {"192x192", "512x512"})
        self.assertIn("maskable", {icon["purpose"] for icon in manifest["icons"]})

    def test_icons_are_as_large_as_they_say(self):
        for icon in self.manifest["icons"]:
            with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as picture:
                self.assertEqual(picture.format, "PNG")
                self.assertEqual("{}x{}".format(*picture.size), icon["sizes"])

    def test_a_maskable_icon_has_no_corners_and_keeps_to_the_middle(self):
        """Its mark is within the circle of 40 % of the width that every mask leaves."""
        with Image.open(finders.find("img/icon-maskable-512.png")) as file:
            picture = file.convert("RGB")
        background = picture.getpixel((0, 0))
        for x in range(0, 512, 4):
            for y in range(0, 512, 4):
                if (x - 256) ** 2 + (y - 256) ** 2 > (0.4 * 512) ** 2:
                    self.assertEqual(picture.getpixel((x, y)), background)

    def test_every_page_leads_to_it(self):
        page = self.client.get("/archive/")
        self.assertContains(page, '<link rel="manifest" href="/manifest.webmanifest">')


class FaviconTests(TestCase):
    def test_is_there_for_those_who_read_no_page(self):
        response = self.client.get("/favicon.ico")
        self.assertEqual(response["Location"], "/static/img/favicon.ico")
        self.assertIn("max-age=86400", response["Cache-Control"])

    def test_pages_name_one_for_every_kind_of_program(self):
        page = self.client.get("/archive/").content.decode()
        icons = re.findall(r'<link rel="(icon|apple-touch-icon)" href="/static/([^"]+)"', page)
        self.assertEqual(
            icons,
            [
                ("icon", "img/favicon-32.png"),
                ("icon", "img/favicon.svg"),
                ("apple-touch-icon", "img/favicon-180.png"),
            ],
        )
        for _rel, name in icons:
            self.assertIsNotNone(finders.find(name))

    def test_pictures_have_the_sizes_of_their_names(self):
        for name, size in (("favicon-32", 32), ("favicon-180", 180), ("icon-192", 192)):
            with Image.open(finders.find(f"img/{name}.png")) as picture:
                self.assertEqual(picture.size, (size, size))
        with Image.open(finders.find("img/favicon.ico")) as icon:
            self.assertEqual(icon.info["sizes"], {(16, 16), (32, 32)})
        with Image.open(finders.find("img/card.png")) as card:
            self.assertEqual(card.size, (1200, 630))


class HttpTests(TestCase):
    @override_settings(SECURITY_CONTACT="mailto:security@example.com")
    def test_they_are_sent_like_every_public_page_at_a_constant_cost(self):
        for count in (0, 3):
            for day in range(1, count + 1):
                make_digest(f"2026-01-{day:02}")
            for path in ADDRESSES:
                with self.subTest(path), self.assertNumQueries(QUERIES.get(path, 0)):
                    response = self.client.get(path)
                self.assertEqual(response.status_code, 200)
                self.assertIn("public", response["Cache-Control"])
                self.assertFalse(response.cookies)
                again = self.client.get(path, headers={"if-none-match": response["ETag"]})
                self.assertEqual((again.status_code, again.content), (304, b""))
                self.assertEqual(self.client.post(path).status_code, 405)

    @override_settings(SITE_URL="https://news.example.com", SECURITY_CONTACT="https://a.example/")
    def test_addresses_are_the_sites_own_whatever_host_was_asked(self):
        make_digest("2026-01-03")
        for path in ADDRESSES:
            body = self.client.get(path, headers={"host": "localhost"}).content.decode()
            self.assertNotIn("localhost", body)
            self.assertNotIn("testserver", body)


class ColourTests(SimpleTestCase):
    def test_colours_are_those_of_the_pages(self):
        css = Path(finders.find("css/site.css")).read_text("utf-8")
        tokens = dict(re.findall(r"--(paper|indigo): light-dark\((#[0-9a-f]{6}),", css))
        self.assertEqual((tokens["paper"], tokens["indigo"]), (machines.PAPER, machines.INDIGO))
