"""Items of an old site stay known to its subscribers."""

import json
import tempfile
import xml.etree.ElementTree as ET
from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings
from django.utils import translation

from articles.digests import publishing, trash
from articles.models import Digest
from articles.posts.importing import import_posts
from articles.posts.post_files import find_posts
from tests.support.posts import POST, post

SITE = "https://old.example"
OLD_ID = f"{SITE}/news/2026/01/03/ai-news"
ATOM = "{http://www.w3.org/2005/Atom}"


class KeptIdTests(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, text=POST, name="2026-01-03-ai-news"):
        (self.folder / f"{name}.md").write_text(text, encoding="utf-8")

    def run_import(self, **options):
        options = {"publish": True, "old_site": SITE} | options
        return list(import_posts(find_posts([self.folder]), **options))

    def feed_id(self, day="2026-01-03"):
        return Digest.objects.get(date=day).feed_id

    def test_every_format_has_the_id_of_the_old_site(self):
        self.write()
        self.run_import()
        atom = ET.fromstring(self.client.get("/feeds/digests.atom").content)
        self.assertEqual([e.text for e in atom.findall(f"{ATOM}entry/{ATOM}id")], [OLD_ID])
        rss = ET.fromstring(self.client.get("/feeds/digests.rss").content)
        [guid] = rss.findall("channel/item/guid")
        self.assertEqual((guid.text, guid.get("isPermaLink")), (OLD_ID, "false"))
        items = json.loads(self.client.get("/feeds/digests.json").content)["items"]
        self.assertEqual([item["id"] for item in items], [OLD_ID])
        twin = json.loads(self.client.get("/2026/01/03.json").content)
        self.assertEqual(twin["id"], OLD_ID)
        self.assertTrue(twin["articles"][0]["id"].startswith("tag:"))

    def test_a_draft_gets_it_when_it_is_published(self):
        self.write()
        self.run_import(publish=False)
        self.assertEqual(self.feed_id(), "")
        self.write(POST.replace("첫", "다음") + "\n글\n")
        self.run_import(publish=False, old_site="")
        publishing.publish(Digest.objects.get(), unchecked=True)
        self.assertEqual(self.feed_id(), OLD_ID)

    def test_a_draft_that_was_imported_before_gets_it(self):
        self.write()
        self.run_import(publish=False, old_site="")
        self.assertEqual([outcome.status for outcome in self.run_import()], ["updated"])
        self.assertEqual(self.feed_id(), OLD_ID)
        self.assertEqual([outcome.status for outcome in self.run_import()], ["unchanged"])

    def test_a_digest_that_was_published_here_keeps_its_own(self):
        self.write()
        self.run_import(old_site="")
        known = self.feed_id()
        self.write(POST + "\n글\n")
        self.run_import()
        self.assertEqual(self.feed_id(), known)
        publishing.withdraw(Digest.objects.get())
        self.run_import(force=True)
        self.assertEqual(self.feed_id(), known)

    def test_no_two_digests_have_one_id(self):
        same = "permalink: /:title/"
        self.write(POST.replace("categories: news", same))
        text = post("2026-01-04").replace("categories: news", same)
        self.write(text, name="2026-01-04-ai-news")
        with translation.override("en"):
            first, second = self.run_import()
        self.assertEqual(first.warnings, [])
        self.assertEqual(len(second.warnings), 2, "its id, and its address")
        self.assertEqual(self.feed_id(), f"{SITE}/ai-news")
        self.assertTrue(self.feed_id("2026-01-04").startswith("tag:"))

    def test_an_id_that_another_digest_got_meanwhile_is_not_taken(self):
        same = "permalink: /:title/"
        for day in ("2026-01-03", "2026-01-04"):
            for file in self.folder.iterdir():
                file.unlink()
            text = post(day).replace("categories: news", same)
            self.write(text, name=f"{day}-ai-news")
            self.run_import(publish=False)
        for digest in Digest.objects.order_by("date"):
            publishing.publish(digest, unchecked=True)
        self.assertEqual(self.feed_id(), f"{SITE}/ai-news")
        self.assertTrue(self.feed_id("2026-01-04").startswith("tag:"))

    def test_an_id_that_is_too_long_is_not_kept(self):
        self.write(name="2026-01-03-" + "가" * 75)
        [outcome] = self.run_import(old_site=SITE + "/a" * 300)
        self.assertEqual(len(outcome.warnings), 1)
        self.assertTrue(self.feed_id().startswith("tag:"))

    def test_the_trash_keeps_it(self):
        self.write()
        self.run_import()
        trash.restore(trash.delete(Digest.objects.get()))
        self.assertEqual(self.feed_id(), OLD_ID)

    def test_the_command_takes_the_address_of_the_old_site(self):
        self.write()
        for wrong in ("old.example", "ftp://old.example", f"{SITE}/?a", f"{SITE}/#a", ""):
            with self.subTest(wrong), self.assertRaises(CommandError):
                call_command("import_posts", self.folder, "--keep-feed-ids", wrong)
        words = ("--publish", "--keep-feed-ids", f"{SITE}/blog/")
        call_command("import_posts", self.folder, *words, stdout=StringIO())
        self.assertEqual(self.feed_id(), f"{SITE}/blog/news/2026/01/03/ai-news")

    @override_settings(SITE_URL="https://new.example")
    def test_a_correction_has_an_id_of_its_own(self):
        self.write()
        self.run_import()
        publishing.correct(Digest.objects.get(), "고침")
        feed = ET.fromstring(self.client.get("/feeds/corrections.atom").content)
        [found] = [e.text for e in feed.findall(f"{ATOM}entry/{ATOM}id")]
        self.assertTrue(found.startswith(f"{OLD_ID}/correction/"), found)
