"""Nothing that anybody writes is active in anything the site gives out.

Every attack of the corpus stands in every field of text, and every output is read by a parser of
its format. A second site has rows that no form would take, written into the database directly.
"""

import datetime as dt
import json
import xml.etree.ElementTree as ET
from itertools import product
from urllib.parse import quote

import pytest
import time_machine
from django.test import SimpleTestCase, TestCase
from django.urls import reverse

from articles import search
from articles.models import Article, Correction, Publisher, Revision, Tag
from articles.rules.text import clean, find_forbidden
from articles.rules.validators import is_web_address
from tests.attacks.active import in_fragment, in_page, scheme_of
from tests.attacks.attacked_site import AttackedSite, published
from tests.attacks.corpus import ADDRESSES, ATTACKS
from tests.support.desk import change_url, filled
from tests.support.factories import make_article, make_digest, record

NOON = dt.datetime(2026, 1, 20, 3, 0, tzinfo=dt.UTC)
FEEDS, KINDS = ("digests", "articles", "corrections"), ("rss", "atom", "json")
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
# What an answer to a reader never has.
HEADERS = {"set-cookie", "location", "refresh", "x-header"}
LISTS = (
    *("digest", "tag", "publisher", "digesttemplate", "plannedgap", "auditentry"),
    *("digest_trash", "digest_import", "digest_add", "plannedgap_add"),
)


class OutputTestCase(TestCase):
    """How each kind of output is read."""

    @classmethod
    def setUpTestData(cls):
        with time_machine.travel(NOON, tick=False):
            cls.site = AttackedSite(cls.attacks)

    def get(self, address, status=200):
        with time_machine.travel(NOON, tick=False):
            response = self.client.get(address)
        self.assertEqual(response.status_code, status, address)
        self.assertEqual(HEADERS & {name.lower() for name in response.headers}, set(), address)
        return response

    def assert_inert_page(self, address, status=200):
        response = self.get(address, status)
        self.assertTrue(response["Content-Type"].startswith("text/html"), address)
        self.assertIn("script-src 'self'", response["Content-Security-Policy"])
        self.assertEqual(in_page(response.content.decode()), [], address)
        return response

    def assert_inert_json(self, address):
        response = self.get(address)
        self.assertNotIn("text/html", response["Content-Type"])
        self.assertEqual(response["X-Content-Type-Options"], "nosniff")
        return json.loads(response.content)

    def assert_inert_feeds(self, feeds):
        """The formats of a feed have the same HTML, which is looked at once."""
        html = set()
        for name, kind in feeds:
            html.update(self.html_of_feed(name, kind))
        for one in html:
            self.assertEqual(in_fragment(one), [])
            self.assertIsNone(find_forbidden(one))

    def html_of_feed(self, name, kind):
        """All HTML of a feed, which is read by a parser of its format."""
        address = f"/feeds/{name}/2026-01.{kind}"
        if kind == "json":
            items = self.assert_inert_json(address)["items"]
            html = [item["content_html"] for item in items]
            links = [item["external_url"] for item in items if "external_url" in item]
        else:
            root = ET.fromstring(self.get(address).content)
            html = [found.text or "" for found in root.iter() if found.tag in (CONTENT,)]
            html += [one.text or "" for one in root.iter("description")]
            html += [one.text or "" for one in root.iter(f"{ATOM}content")]
            links = [one.get("href") for one in root.iter(f"{ATOM}link")]
            links += [one.text or "" for one in root.iter("link")]
            links += [one.get("url") for one in root.iter("source")]
        self.assertTrue(html)
        self.assertEqual({scheme_of(link) for link in links} - {"http", "https"}, set())
        return html

    def login(self):
        self.client.force_login(self.site.editor)


@pytest.mark.one_engine
class OutputTests(OutputTestCase):
    attacks = ATTACKS

    def test_there_are_enough_attacks_and_no_two_are_the_same(self):
        self.assertGreaterEqual(len({attack.text for attack in ATTACKS}), 300)
        self.assertEqual(len({attack.id for attack in ATTACKS}), len(ATTACKS))
        self.assertEqual(Article.objects.published().count(), len(ATTACKS))

    def test_pages_of_digests(self):
        for digest in published():
            response = self.assert_inert_page(digest.get_absolute_url())
            self.assertContains(response, 'class="what-changed"')

    def test_pages_of_articles(self):
        """Of every twelfth, since an article's own page says what the page of its digest says."""
        for number, article in enumerate(Article.objects.published().select_related("digest")):
            if number % 12 == 0:
                self.assert_inert_page(article.get_absolute_url())

    def test_lists(self):
        for address in (
            *("/", "/archive/", "/2026/", "/2026/01/", "/2026/03/", "/corrections/", "/subscribe/"),
            *("/tags/", "/publishers/", "/topics/", "/search/"),
            *(tag.get_absolute_url() for tag in Tag.objects.order_by("pk")[::16]),
            *(outlet.get_absolute_url() for outlet in Publisher.objects.order_by("pk")[::16]),
        ):
            self.assert_inert_page(address, 404 if "/03/" in address else 200)

    def test_feeds(self):
        """Every attack in each of the formats, and in each kind of item."""
        self.assert_inert_feeds([("articles", "rss"), ("digests", "atom"), ("corrections", "json")])

    def test_twins(self):
        for digest in published():
            address = digest.get_absolute_url().rstrip("/")
            self.assert_inert_json(f"{address}.json")
            response = self.get(f"{address}.md")
            self.assertTrue(response["Content-Type"].startswith("text/markdown"))
            self.assertEqual(response["X-Content-Type-Options"], "nosniff")
        for article in Article.objects.published().select_related("digest")[::20]:
            self.assert_inert_json(article.get_absolute_url().rstrip("/") + ".json")

    def test_what_machines_ask_for(self):
        for address in ("/sitemap.xml", "/news-sitemap.xml", "/sitemaps/2026/01.xml"):
            ET.fromstring(self.get(address).content)
        ET.fromstring(self.get("/opensearch.xml").content)
        self.assert_inert_json("/manifest.webmanifest")
        self.assertTrue(self.get("/llms.txt")["Content-Type"].startswith("text/plain"))

    def test_desk_lists(self):
        self.login()
        self.assert_inert_page(reverse("admin:index"))
        for name in LISTS:
            name = name if "_" in name else f"{name}_changelist"
            self.assert_inert_page(reverse(f"admin:articles_{name}"))
        self.assert_inert_page(reverse("admin:auth_user_changelist"))
        self.assert_inert_page(reverse("admin:articles_digest_changelist") + "?q=%3Cimg%3E%22%27")

    def test_desk_pages_of_a_digest(self):
        self.login()
        for digest in self.site.digests[::5]:
            self.assert_inert_page(change_url(digest))
            history = reverse("admin:articles_digest_history", args=[digest.pk])
            self.assert_inert_page(history)
            newest = Revision.objects.filter(digest=digest).order_by("number").last()
            self.assert_inert_page(f"{history}{newest.number}/?with=current")
            self.assert_inert_page(reverse("admin:articles_digest_corrections", args=[digest.pk]))
        for name in ("change", "history", "press", "delete", "preview_links", "duplicate"):
            address = reverse(f"admin:articles_digest_{name}", args=[self.site.draft.pk])
            self.assert_inert_page(address)

    def test_live_preview_and_findings(self):
        self.login()
        for digest in self.site.digests[1::6]:
            data = filled(digest)
            for name in ("preview", "findings"):
                address = reverse(f"admin:articles_digest_{name}", args=[digest.pk])
                response = self.client.post(address, data)
                self.assertEqual(response["Content-Type"], "application/json")
                self.assertEqual(response["X-Content-Type-Options"], "nosniff")
                if name == "preview":
                    self.assertEqual(in_page(response.json()["page"]), [])

    def test_refused_form_comes_back_with_every_text(self):
        self.login()
        digest = self.site.digests[2]
        data = filled(digest, title="", date="<b>")
        for row in range(4):
            typed = [postable(attack.text) for attack in ADDRESSES[row::4]]
            data[f"articles-{row}-citation_lines"] = "\n".join(typed)
        response = self.client.post(change_url(digest), data)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(in_page(response.content.decode()), [])

    def test_markdown_preview_of_a_field(self):
        self.login()
        for attack in ATTACKS[::9]:
            data = {"content": postable(as_markdown(attack))}
            response = self.client.post("/admin/markdownx/preview/", data)
            [preview] = response.json()["previews"]
            self.assertEqual(in_fragment(preview), [], attack.id)


class SearchTests(OutputTestCase):
    """Each engine reads what was asked for in its own way."""

    attacks = ATTACKS[::4]

    def test_search_shows_what_was_asked_for(self):
        for attack in ATTACKS[::3]:
            text = postable(attack.text)
            asked = quote(text)
            response = self.client.get(f"/search/?q={asked}&tag={asked}&from={asked}")
            # What no text can hold, no address can.
            self.assertEqual(response.status_code, 404 if find_forbidden(text) else 200)
            self.assertEqual(in_page(response.content.decode()), [], attack.id)

    def test_search_marks_hits(self):
        for words in ("img", "script", "onerror", "글", "javascript", "svg onload", "a href"):
            response = self.assert_inert_page(f"/search/?q={quote(words)}")
            self.assertContains(response, "<mark>")


class StorageTests(TestCase):
    def test_every_attack_comes_back_as_it_was_written(self):
        texts = [clean(attack.text) for attack in ATTACKS]
        digest = make_digest(articles=0, published=False, front_matter={"key": texts})
        other = [{"text": text, "after": "rule"} for text in texts]
        make_article(digest, points=texts, outlook="\n".join(texts), other=other)
        record(digest)
        Correction.objects.bulk_create(
            Correction(digest=digest, text=text, corrected_at=NOON) for text in texts if text
        )
        digest.refresh_from_db()
        article = digest.articles.get()
        self.assertEqual(digest.front_matter, {"key": texts})
        self.assertEqual((article.points, article.other), (texts, other))
        self.assertEqual(article.outlook, "\n".join(texts))
        kept = digest.revisions.get().data["articles"][0]
        self.assertEqual((kept["points"], kept["other"]), (texts, other))
        corrections = Correction.objects.order_by("pk").values_list("text", flat=True)
        self.assertEqual(list(corrections), [text for text in texts if text])


class ForcedRowTests(OutputTestCase):
    """Rows that came into the database by another way than this project."""

    attacks = ATTACKS[::60]

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.site.force()
        search.rebuild()

    def test_no_output_breaks(self):
        for digest in published():
            self.assert_inert_page(digest.get_absolute_url())
            self.assert_inert_json(digest.get_absolute_url().rstrip("/") + ".json")
            self.get(digest.get_absolute_url().rstrip("/") + ".md")
            for article in digest.articles.all():
                self.assert_inert_page(article.get_absolute_url())
        self.assert_inert_feeds(product(FEEDS, KINDS))

    def test_lists(self):
        for address in ("/tags/", "/publishers/", "/corrections/", "/2026/01/", "/search/?q=b"):
            self.assert_inert_page(address)
        for one in (Tag.objects.first(), Publisher.objects.first()):
            self.assert_inert_page(one.get_absolute_url())
        for address in ("/sitemap.xml", "/news-sitemap.xml", "/sitemaps/2026/01.xml"):
            ET.fromstring(self.get(address).content)

    def test_desk(self):
        self.login()
        for digest in self.site.digests:
            self.assert_inert_page(change_url(digest))
            self.assert_inert_page(reverse("admin:articles_digest_history", args=[digest.pk]))
        for name in LISTS[:6]:
            self.assert_inert_page(reverse(f"admin:articles_{name}_changelist"))

    def test_database_takes_only_http_addresses_of_sources(self):
        for attack in ADDRESSES:
            address = attack.text.replace("\x00", "").encode(errors="replace").decode()
            if not address.startswith(("http://", "https://")):
                with self.subTest(attack.id):
                    self.assertTrue(self.site.refuses(address))


class AddressTests(SimpleTestCase):
    def test_an_accepted_address_leads_where_it_says(self):
        for attack in ADDRESSES:
            if is_web_address(attack.text):
                with self.subTest(attack.id):
                    self.assertIn(scheme_of(attack.text), ("http", "https"))
                    self.assertRegex(attack.text, r"\Ahttps?://[^/?#@\\\s]+")
                    self.assertEqual(clean(attack.text).strip(), clean(attack.text))

    def test_most_are_refused(self):
        accepted = [attack.id for attack in ADDRESSES if is_web_address(attack.text)]
        self.assertLess(len(accepted), len(ADDRESSES) / 2)
        self.assertFalse([name for name in accepted if name.startswith("scheme")])


class RuleTests(SimpleTestCase):
    """What is active is found."""

    def test_what_browsers_take_for_a_scheme(self):
        for address in ("javascript:a", " \x01JavaScript:a", "java\tscript:a", "\njavascript\n:a"):
            self.assertEqual(scheme_of(address), "javascript")
        self.assertEqual(scheme_of("/a:b"), "")

    def test_what_is_active_in_a_page_is_found(self):
        page = "<!doctype html><title>a</title><p>{}"
        self.assertEqual(in_page(page.format('<a href="https://a.example/">글</a>')), [])
        for text in (
            *("<script>1</script>", "<b onclick=1>", "<b style=a>", "<a href=javascript:1>"),
            *("<iframe>", "<form action=//a.example>", "<img src=//a.example>", "<svg onload=1>"),
            *("<svg><animate>", "<math>", "<object>", "<base href=/>", "<meta http-equiv=refresh>"),
            *("<script src=//a.example></script>", "<link href=//a.example>", "<a href='/\\a'>"),
        ):
            with self.subTest(text):
                self.assertNotEqual(in_page(page.format(text)), [])


def as_markdown(attack):
    return f"[글]({attack.text})" if attack.is_address else attack.text


def postable(text):
    """What a browser can post."""
    return text.encode(errors="replace").decode()
