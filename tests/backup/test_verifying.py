"""The comparison of a restored backup with the live site: what differs, and what only went on."""

import datetime as dt
from io import StringIO
from unittest import skipUnless
from unittest.mock import patch

from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError, connection, connections
from django.test import SimpleTestCase
from django.utils import translation

from articles.backup import changes, creating, pages, scratch, verifying
from articles.backup.changes import Changes
from articles.changes import site_version
from articles.digests import publishing
from articles.models import Article, Digest, Revision
from tests.backup.sites import SiteTestCase, fill, new_database, site_of
from tests.support.factories import make_digest

FEED = "/feeds/digests.rss"


def outside_feeds(addresses):
    return {address for address in addresses if "feed" not in address}


class VerifyingTests(SiteTestCase):
    def setUp(self):
        super().setUp()
        fill()
        (self.media / "chart.png").write_bytes(b"chart")
        creating.create(self.file)

    def verify(self):
        """What the command prints, and the addresses that it says differ."""
        out, errors = StringIO(), StringIO()
        try:
            with translation.override("en"):
                call_command("verify_backup", self.file, stdout=out, stderr=errors, verbosity=2)
        except CommandError as error:
            self.assertIn("differences; the lines above name them.", str(error))
            self.assertNotEqual(errors.getvalue(), "")
        differs = {line.removeprefix("differs: ") for line in errors.getvalue().splitlines()}
        return out.getvalue(), differs

    def test_untouched_site_is_the_same_to_the_last_page(self):
        said, differs = self.verify()
        self.assertEqual(differs, set())
        self.assertIn(f"scratch database ({connection.vendor})", said)
        self.assertRegex(said, r" [1-9]\d* feed items")
        self.assertIn(f" feed items, {Revision.objects.count()} revisions, 1 file.", said)
        self.assertNotIn("Changed", said)

    def test_what_the_live_site_lost_is_found_by_address(self):
        """Written past the application: no version, no audit row, no revision tells of it."""
        Article.objects.filter(digest__date="2026-01-01").update(outlook="사라졌다.")
        revision = Revision.objects.filter(date="2026-01-02").first()
        Revision.objects.filter(pk=revision.pk).update(data=revision.data | {"title": "다른"})
        (self.media / "chart.png").write_bytes(b"other")
        _said, differs = self.verify()
        revision_name = f"revision 2026-01-02 #{revision.number}"
        digest = Digest.objects.get(date="2026-01-01")
        day = {"/2026/01/01/", "/2026/01/01.md", "/2026/01/01.json"}
        day |= {article.get_absolute_url() for article in digest.articles.all()}
        self.assertEqual(outside_feeds(differs), day | {revision_name, "media/chart.png"})
        self.assertLessEqual({FEED, f"{FEED} {digest.feed_id}"}, differs)

    def test_what_is_kept_of_one_site_is_not_taken_for_the_other(self):
        """Restoring is a change of the site; after another one here, both have counted the same."""
        site_version.move()
        Article.objects.filter(digest__date="2026-01-01").update(outlook="사라졌다.")
        _said, differs = self.verify()
        self.assertIn("/2026/01/01/", differs)

    def test_what_was_written_since_is_told_apart_from_what_was_lost(self):
        make_digest("2026-01-06")
        publishing.correct(Digest.objects.get(date="2026-01-03"), "이름을 바로잡습니다.")
        Article.objects.filter(digest__date="2026-01-01").update(outlook="사라졌다.")
        said, differs = self.verify()
        feed_id = Digest.objects.get(date="2026-01-01").feed_id
        # Articles name others of days around theirs, so their own pages may have changed.
        day = {"/2026/01/01/", "/2026/01/01.md", "/2026/01/01.json"}
        self.assertEqual(outside_feeds(differs), day)
        self.assertIn(f"{FEED} {feed_id}", differs)
        later = set(said.partition("Changed on the live site since the backup:")[2].split()[1:])
        # The page of the 2nd stays the same: who is before and after it did not change.
        self.assertLessEqual({"/", "/2026/01/03/", "/2026/01/", "/corrections/", FEED}, later)
        self.assertNotIn("/2026/01/02/", later)

    def test_a_page_that_fails_is_not_taken_for_the_same(self):
        with (
            translation.override("en"),
            patch("articles.views.pages.render", side_effect=KeyError("x")),
            self.assertRaisesMessage(CommandError, "/ cannot be shown"),
        ):
            call_command("verify_backup", self.file)

    @skipUnless(connection.vendor == "postgresql", "SQLite has no roles.")
    def test_role_that_may_not_create_databases_verifies_on_sqlite(self):
        wrapper = type(connections["default"])
        with patch.object(wrapper, "_nodb_cursor", side_effect=ProgrammingError):
            report = verifying.verify(self.file)
        self.assertEqual((report.engine, report.differences), ("sqlite", []))


class ScratchTests(SiteTestCase):
    def test_caches_of_the_live_site_are_put_aside(self):
        cache.set("page", "live")
        self.addCleanup(cache.delete, "page")
        with new_database("sqlite") as database, site_of(database):
            self.assertIsNone(cache.get("page"))
            cache.set("page", "restored")
        self.assertEqual(cache.get("page"), "live")

    def test_scratch_database_is_gone_afterwards(self):
        with scratch.database() as own:
            name = own.settings_dict["NAME"]
            with scratch.in_place_of_live(own):
                self.assertEqual(connection.introspection.table_names(), [])
        with self.assertRaises(OperationalError), scratch.opened(own.settings_dict) as again:
            again.introspection.table_names()
        self.assertNotEqual(connection.settings_dict["NAME"], name)

    @skipUnless(connection.vendor == "postgresql", "SQLite's is a file.")
    def test_it_goes_also_if_a_session_has_not_ended_yet(self):
        with scratch.database() as own:
            late = self.enterContext(scratch.opened(own.settings_dict))
            self.assertEqual(late.introspection.table_names(), [])
        with connection.cursor() as cursor:
            name = own.settings_dict["NAME"]
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
            self.assertEqual(cursor.fetchall(), [])


class ChangesTests(SimpleTestCase):
    day, other = dt.date(2026, 1, 3), dt.date(2026, 1, 4)

    def test_nothing_explains_a_difference_where_nothing_was_written(self):
        self.assertFalse(Changes().explain(self.day))
        self.assertFalse(Changes().explain(None))

    def test_a_digest_explains_its_day_and_pages_of_many_days(self):
        since = Changes(days={self.day})
        self.assertTrue(since.explain(self.day))
        self.assertTrue(since.explain(None))
        self.assertFalse(since.explain(self.other))

    def test_a_digest_explains_the_articles_of_days_around_it(self):
        since, near = Changes(days={self.day}), changes.reach_of("/2026/01/04/로봇/")
        self.assertTrue(since.explain(self.other, near))
        self.assertTrue(since.explain(self.day + dt.timedelta(near), near))
        self.assertFalse(since.explain(self.day + dt.timedelta(near + 1), near))
        for address in ("/2026/01/04/", "/2026/01/", "/2026/01/04/로봇.md"):
            self.assertEqual(changes.reach_of(address), 0)

    def test_twins_of_articles_are_in_those_of_their_day(self):
        for address in ("/2026/01/03/로봇.md", "/2026/01/03/로봇.json"):
            self.assertTrue(changes.is_part_of_another(address))
        for address in ("/2026/01/03.md", "/2026/01/03/로봇/", "/2026/01/03/"):
            self.assertFalse(changes.is_part_of_another(address))

    def test_what_many_pages_show_explains_all(self):
        self.assertTrue(Changes(has_audit_rows=True, is_shared=True).explain(self.day))

    def test_day_of_an_address(self):
        for address, day in {
            "/2026/01/03/": self.day,
            "/2026/01/03.md": self.day,
            "/2026/01/03/로봇/": self.day,
            "/2026/01/": None,
            "/2026/13/03/": None,
            "/tags/2026/01/03/": None,
        }.items():
            with self.subTest(address):
                self.assertEqual(changes.day_of(address), day)

    def test_day_of_a_feed_item_is_that_of_its_own_address(self):
        item = "<title>/2026/02/02/</title><link>http://testserver/2026/01/03/</link>"
        self.assertEqual(changes.day_of_item(f"<item>{item}</item>"), self.day)
        self.assertIsNone(changes.day_of_item("<item><title>2026/02/02</title></item>"))


class PagesTests(SimpleTestCase):
    def links(self, *written):
        body = "".join(f'<a href="{address}">x</a>' for address in written)
        return list(pages.links("/tags/", pages.Page(200, "text/html", body.encode())))

    def test_links_to_pages_are_followed(self):
        found = self.links(
            "/2026/01/03/#a", "http://testserver/feeds/digests.rss", "?before=1", "/"
        )
        self.assertEqual(found, ["/2026/01/03/", "/feeds/digests.rss", "/tags/?before=1", "/"])

    def test_other_links_are_not(self):
        others = ("https://elsewhere.example/", "/admin/", "/healthz", "/static/css/site.css")
        self.assertEqual(self.links(*others, "?q=a", "/archive/?a=1&amp;b=2", "/nothing/here/"), [])

    def test_items_of_feeds_are_found_by_their_ids(self):
        for kind, body in {
            "application/rss+xml": b"<rss><item><guid a='b'>1</guid>x</item></rss>",
            "application/atom+xml": b"<feed><id>0</id><entry><id>1</id>x</entry></feed>",
            "application/feed+json": b'{"items": [{"id": "1"}]}',
        }.items():
            with self.subTest(kind):
                self.assertEqual(list(pages.feed_items(pages.Page(200, kind, body))), [b"1"])
        self.assertEqual(pages.feed_items(pages.Page(200, "text/html", b"<item>")), {})
