"""What editors note in a text stays at the desk: no reader gets it, in whatever form."""

import tempfile
from importlib import import_module
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

import pytest
import yaml
from django.apps import apps
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from articles import document
from articles.backup import static_copy
from articles.changes import site_version
from articles.digests import revisions
from articles.models import Digest
from articles.pages import ties
from articles.pages.structured_data import of_article, of_digest
from articles.pictures import cards
from articles.posts import exporting
from tests.support import leaks
from tests.support.address_kinds import some_of_each
from tests.support.canaries import canary, needles
from tests.support.factories import make_digest, make_user
from tests.support.noted_site import BLOCKS, LINES, NotedSite
from tests.test_leaks import LeakTestCase

STYLES = [*LINES, *BLOCKS]
# With these every page is asked for; with the others one of each kind, since all are taken out by
# the same code before any page is made.
EVERYWHERE = ("comment", "over lines")
ADDRESSES = (
    *("/", "/2026/01/03.md", "/2026/01/03.json", "/llms.txt", "/sitemap.xml", "/robots.txt"),
    *("/sitemaps/2026/01.xml", "/news-sitemap.xml", "/archive/", "/2026/01/", "/2026/"),
    *("/search/?q=" + quote("소식"), "/search/?q=" + quote("요점"), "/corrections/", "/topics/"),
    *(f"/feeds/{feed}.{kind}" for feed in leaks.FEEDS for kind in leaks.KINDS),
    *(f"/feeds/{feed}/2026-01.{kind}" for feed in leaks.FEEDS for kind in leaks.KINDS),
)


class EverywhereTests(LeakTestCase):
    """The site looks as if nobody had noted anything, to the byte."""

    def look(self):
        return leaks.crawl(Client(), *ADDRESSES)

    def assertSameSite(self, noted, plain):
        self.assertEqual(sorted(noted), sorted(plain))
        for address, answer in plain.items():
            expected, got = leaks.known_by(answer, address), leaks.known_by(noted[address], address)
            self.assertEqual(got, expected, address)

    # What readers get is taken from the text before it is written or shown.
    @pytest.mark.one_engine
    def test_every_public_address_is_the_same_without_notes(self):
        with self.noted_site() as site:
            plain = self.look()
            twins = {
                f"{site.digest.articles.first().get_absolute_url()[:-1]}.{end}"
                for end in ("md", "json")
            }
            self.assertLessEqual(twins, set(plain))
        one_of_each = some_of_each(plain, most=1)
        self.assertGreater(len(one_of_each), 30)
        few = {address: plain[address] for address in one_of_each}
        for style in STYLES:
            with self.subTest(style), self.noted_site(style) as site:
                self.assertGreater(len(site.places), 10)
                if style in EVERYWHERE:
                    noted, expected = self.look(), plain
                else:
                    client, expected = Client(), few
                    noted = {address: leaks.ask(client, address) for address in few}
                # What the site without notes answers too tells of none.
                others = {("GET", a, ()): b for a, b in noted.items() if b != expected.get(a)}
                self.assertNothingLeaks(others, site.places)
                self.assertSameSite(noted, expected)

    def noted_site(self, style=None):
        return self.site(make=lambda: NotedSite(style))

    def test_nobody_finds_an_article_by_a_note(self):
        for style in STYLES:
            with self.subTest(style), self.noted_site(style) as site:
                for place in site.places:
                    page = self.client.get("/search/", {"q": canary(place)[:11]})
                    self.assertNotContains(page, "번째 소식")

    @pytest.mark.one_engine
    def test_a_preview_shows_what_readers_will_see(self):
        for style in STYLES:
            with self.subTest(style), self.noted_site(style) as site:
                address = site.preview_address()
                answer = leaks.ask(Client(), address)
                self.assertTrue(answer.line.startswith("200"), answer.line)
                self.assertNothingLeaks({("GET", address, ()): answer}, site.places)


@pytest.mark.one_engine
class FormsTests(TestCase):
    """Cards, structured data, the static copy; and the desk and the operator, who see all."""

    def assertUnseen(self, site, data):
        for place in site.places:
            plain, _exact = needles(place)
            self.assertFalse([form for form in plain if form in data.lower()], place)

    def each(self):
        """A site in every style, one after the other."""
        for style in STYLES:
            Digest.objects.all().delete()
            yield NotedSite(style)

    def test_cards_and_structured_data(self):
        for site in self.each():
            with patch("articles.pictures.cards._fonts", return_value=(Path("a"), Path("a"))):
                article = site.digest.articles.first()
                found = [cards.of_digest(site.digest), cards.of_article(article)]
                found += [
                    of_digest(site.digest, found[0]),
                    of_article(article, found[1], ties.of_article(article)),
                ]
            self.assertUnseen(site, repr(found).encode())
            self.assertIn("새해 첫 소식", repr(found))

    def test_the_static_copy(self):
        site = NotedSite("comment")
        with tempfile.TemporaryDirectory() as folder:
            static_copy.copy_site(Path(folder) / "copy")
            files = [path for path in Path(folder).rglob("*") if path.is_file()]
            self.assertGreater(len(files), 10)
            for path in files:
                self.assertUnseen(site, str(path).encode() + path.read_bytes())

    def test_slugs(self):
        for site in self.each():
            slugs = [article.slug for article in site.digest.articles.all()]
            self.assertEqual(slugs, ["1번째-소식", "2번째-소식"])

    def test_the_desk_and_the_operator_keep_all(self):
        editor = make_user("editor", is_superuser=True)
        self.client.force_login(editor)
        for site in self.each():
            exported = exporting.markdown_of(site.digest).decode()
            url = reverse("admin:articles_digest_change", args=[site.digest.pk])
            page = self.client.get(url).content.decode()
            for place in site.places:
                if "new outlook" in place:  # what was corrected is history
                    continue
                self.assertIn(canary(place), exported, place)
                if "correction" not in place:
                    self.assertIn(canary(place), page, place)

    def test_what_is_exported_comes_in_again_with_its_notes(self):
        for site in self.each():
            exported = exporting.markdown_of(site.digest).decode()
            read = document.parse(exported, timezone.get_default_timezone())
            self.assertEqual(document.write(read), exported)
            self.assertEqual(len(read.articles), 2)

    def test_the_public_document_can_be_read_too(self):
        for _site in self.each():
            twin = self.client.get("/2026/01/03.md").content.decode()
            read = document.parse(twin, timezone.get_default_timezone())
            self.assertEqual(document.write(read), twin)
            self.assertEqual([a.headline for a in read.articles], ["1번째 소식", "2번째 소식"])


class FrontMatterTests(TestCase):
    """Readers get the keys that are meant for them, and no comment of YAML."""

    SOURCE = {
        "": "# CANARY1 about all of it",
        "layout": "layout: post # CANARY2",
        "title": 'title: "오늘의 소식"',
        "author_email": "author_email: CANARY3@example.com",
        "date": "date: 2026-01-03 07:00:00 +0900\n# CANARY4 between",
        "categories": "categories: !CANARY5 [news, &CANARY6 ai]",
        "embargo_note": "embargo_note:\n  until: CANARY7\n  who: [CANARY8]",
        "description": "description: |\n  한 줄\n  # 두 줄",
        "permalink": "permalink: /a/b.html",
        "tags": "tags: {AI: CANARY9}",
    }

    def make(self, **values):
        front = {
            "layout": "post",
            "author_email": "CANARY3@example.com",
            "date": "2026-01-03 07:00:00 +0900",
            "categories": ["news", "ai"],
            "embargo_note": {"until": "CANARY7", "who": ["CANARY8"]},
            "description": "한 줄\n# 두 줄\n",
            "permalink": "/a/b.html",
            "tags": {"AI": "CANARY9"},
        } | values
        source = [[key, text] for key, text in self.SOURCE.items()]
        return make_digest(title="오늘의 소식", front_matter=front, layout={"front": source})

    def test_twins_have_the_public_keys_alone(self):
        digest = self.make()
        slug = digest.articles.first().slug
        for address in ("/2026/01/03.md", f"/2026/01/03/{slug}.md"):
            text = self.client.get(address).content.decode()
            self.assertNotIn("CANARY", text)
            front = yaml.safe_load(text.split("---\n")[1])
            self.assertEqual(
                list(front), ["layout", "title", "date", "categories", "description", "permalink"]
            )
            self.assertEqual(front["categories"], ["news", "ai"])
            self.assertEqual(front["description"], "한 줄\n# 두 줄\n")
            self.assertIn('title: "오늘의 소식"\n', text)
            self.assertIn("date: 2026-01-03 07:00:00 +0900\n", text)

    def test_the_operator_keeps_every_key_and_comment(self):
        text = exporting.markdown_of(self.make()).decode()
        self.assertTrue(all(f"CANARY{number}" in text for number in range(1, 10)))
        self.assertEqual(text.count("CANARY"), 9)

    def test_a_hidden_key_changes_nothing_that_readers_get(self):
        digest = self.make()
        before = leaks.ask(self.client, "/2026/01/03.md")
        front = digest.front_matter | {"embargo_note": "anders", "internal": "neu"}
        source = [["internal", "internal: neu # ja"], *digest.layout["front"]]
        Digest.objects.update(front_matter=front, layout={"front": source})
        self.assertEqual(leaks.ask(self.client, "/2026/01/03.md"), before)
        self.assertNotEqual(revisions.snapshot(Digest.objects.get())["front_matter"], {})


class MigrationTests(TestCase):
    """What an earlier version kept of the texts is made again."""

    migration = import_module("articles.migrations.0013_texts_without_comments")

    def found(self, place):
        return self.client.get("/search/", {"q": canary(place)[:11]}).context["page"].hits

    def test_the_search_finds_no_notes_any_more(self):
        with patch("articles.search.indexed_text.shown_line", str):
            site = NotedSite("comment")
        self.assertTrue(self.found("comment headline 1"))
        self.migration.index_again(apps, None)
        for place in site.places:
            self.assertFalse(self.found(place))

    def test_pages_that_were_kept_are_made_again(self):
        NotedSite("comment")
        before = site_version.current()
        self.migration.move_version(apps, None)
        self.assertLess(before, site_version.current())
