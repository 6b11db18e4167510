"""Readers get the pages from before a change until those after it are made."""

import errno
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from django.test import SimpleTestCase, override_settings

from articles.changes import site_version
from articles.changes.site_version import Version
from articles.pages.inputs import Inputs
from articles.serving.page_store import files, preparing, versions
from articles.serving.page_store import front as front_module
from articles.serving.page_store.front import Front
from tests.serving.page_store.test_file_faults import failing
from tests.serving.page_store.test_front import FIRST, SECOND, Site, ask, wait_for_renewals

DAY, HOME, OTHER = "/2026/01/03/", "/", "/archive/"
THIRD = replace(FIRST, version=Version(3, None))


class PreparingTestCase(SimpleTestCase):
    def setUp(self):
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory())) / "pages"
        self.current = self.root / "current"
        self.site, self.state, self.stamp = Site(), FIRST, 1
        self.enterContext(patch.object(versions, "current", lambda: self.state))
        self.enterContext(patch.object(site_version.signal, "value", lambda: self.stamp))
        self.addCleanup(wait_for_renewals)
        self.most_wanted = ()
        self.front = self.process()
        self.versions = self.front.versions

    def process(self):
        return Front(
            self.site,
            max_bytes=1_000_000,
            files=self.root,
            renewed=10,
            most_wanted=lambda: self.most_wanted,
        )

    def read(self, path):
        return ask(self.front, path)[2].decode()

    def prepare(self):
        """Something was changed, and whoever changed it asks before the change shows."""
        self.state = SECOND
        return self.make()

    def make(self):
        self.front.preparing.hold()
        return self.front.preparing.make()

    def signal(self):
        self.stamp += 1
        self.versions.known()

    def made(self):
        return [environ["PATH_INFO"] for environ in self.site.asked]


class PreparingTests(PreparingTestCase):
    def test_readers_get_the_present_page_until_the_signal_and_never_wait(self):
        self.assertEqual(self.read(DAY), "page 1")
        self.assertEqual(self.prepare().version, "0")
        self.assertEqual(self.made(), [DAY, DAY])
        self.versions.look()
        self.assertEqual(self.read(DAY), "page 1")
        self.signal()
        self.assertEqual(self.read(DAY), "page 2")
        self.assertEqual(self.made(), [DAY, DAY])

    def test_the_last_used_comes_first_and_what_nobody_asked_for_is_left(self):
        for path in (HOME, OTHER, DAY, HOME):
            self.read(path)
        self.front._made_once("/llms.txt", {**self.site.asked[0], "PATH_INFO": "/llms.txt"}, FIRST)
        self.site.asked.clear()
        self.prepare()
        self.assertEqual(self.made(), [HOME, DAY, OTHER])

    def test_the_most_wanted_pages_are_made_in_any_case_and_first(self):
        self.read(OTHER)
        self.site.asked.clear()
        self.most_wanted = [HOME, DAY]
        self.prepare()
        self.assertEqual(self.made(), [HOME, DAY, OTHER])
        self.signal()
        self.assertEqual(self.read(HOME), "page 1")

    def test_a_page_is_wanted_for_a_while_after_the_last_reader(self):
        self.read(DAY)
        with patch("articles.serving.page_store.store.WANTED", 0.0):
            self.site.asked.clear()
            self.prepare()
        self.assertEqual(self.made(), [])

    def test_when_the_time_is_over_the_rest_is_made_after_the_signal(self):
        for path in (OTHER, DAY):
            self.read(path)
        self.site.asked.clear()
        with patch.object(preparing, "LONGEST", 0.0):
            self.assertIsNotNone(self.prepare())
        self.assertEqual(self.made(), [])
        self.signal()
        wait_for_renewals()
        self.assertEqual(self.made(), [DAY, OTHER])

    def test_what_is_made_when_the_signal_comes_is_taken_and_no_more_is_made(self):
        """Whoever made the change waits for a while only."""
        for path in (OTHER, HOME, DAY):
            self.read(path)
        self.site.asked.clear()

        def signal_at_the_second():
            if len(self.site.asked) == 2:
                self.signal()

        with patch.object(self.front, "renewed", 0):
            self.site.while_rendering = signal_at_the_second
            self.assertIsNone(self.prepare())
        self.assertEqual(self.made(), [DAY, HOME])
        self.assertEqual([key for key, _ in self.front.store.newest(SECOND, 9)], [DAY])

    def test_pages_that_few_ask_for_are_made_again_when_nothing_changes_for_a_while(self):
        self.read(DAY)
        with patch("articles.serving.page_store.store.WANTED", 0.0):
            self.read(OTHER)
        with patch.object(front_module, "STILL", 60.0), patch.object(front_module, "time") as clock:
            self.front.store._used_at.pop(OTHER)
            self.state = SECOND
            self.signal()
            wait_for_renewals()
            clock.sleep.assert_called_once_with(60.0)
        self.assertEqual(self.made(), [DAY, OTHER, DAY, OTHER])

    def test_a_page_that_is_gone_is_not_kept(self):
        self.read(DAY)
        self.site.status = "404 Not Found"
        self.prepare()
        self.signal()
        self.assertEqual(ask(self.front, DAY)[0], 404)

    def test_a_further_change_meanwhile_makes_all_of_it_worthless(self):
        def change():
            self.state = THIRD

        self.read(DAY)
        self.site.while_rendering = change
        self.assertIsNone(self.prepare())
        self.site.while_rendering = lambda: None
        self.signal()
        wait_for_renewals()
        self.assertEqual(self.read(DAY), "page 3")
        self.assertIsNotNone(self.front.store.peek(DAY, THIRD))

    def test_pages_made_for_another_state_are_not_taken(self):
        self.read(DAY)
        self.prepare()
        self.state = THIRD
        self.signal()
        wait_for_renewals()
        self.assertEqual(self.read(DAY), "page 3")

    def test_what_is_changed_already_is_not_made(self):
        self.read(DAY)
        self.assertIsNone(self.make())
        self.state = SECOND
        self.versions.look()
        wait_for_renewals()
        self.assertIsNone(self.prepare())

    def test_a_page_that_is_not_stored_begins_the_new_state_for_all(self):
        """It shows what is new. Nobody gets an old page after that, on this machine."""
        self.read(DAY)
        self.prepare()
        with patch.object(site_version.signal, "change") as change:
            self.assertEqual(self.read(OTHER), "page 4")
        self.assertTrue(change.called)
        self.assertEqual(self.read(DAY), "page 2")

    def test_so_does_what_is_new_in_an_answer_that_is_never_stored(self):
        """Such as a search, or the link of a newsletter with a query behind it."""
        for request in ({"query": "utm_source=mail"}, {"range": "bytes=0-9"}, {"cookie": "a=1"}):
            with self.subTest(request):
                self.setUp()
                self.read(DAY)
                self.prepare()
                with patch.object(site_version.signal, "change") as change:
                    self.assertEqual(ask(self.front, HOME, **request)[2], b"page 3")
                self.assertTrue(change.called)
                self.assertEqual(self.read(DAY), "page 2")

    def test_an_answer_for_one_person_begins_nothing(self):
        """A program that asks every second whether the site is ready shows nothing to readers."""
        self.read(DAY)
        self.prepare()
        self.site.public = False
        ask(self.front, "/readyz")
        self.assertEqual(self.read(DAY), "page 1")

    def test_a_signal_that_never_comes_is_not_waited_for_long(self):
        self.read(DAY)
        with patch.object(versions, "LONGEST_HOLD", 0.0):
            self.prepare()
        self.versions.look()
        self.assertEqual(self.read(DAY), "page 2")

    def test_without_a_signal_to_see_nothing_is_made_beforehand(self):
        self.read(DAY)
        self.stamp = None
        self.assertIsNone(self.prepare())
        self.assertEqual(self.read(DAY), "page 2")

    def test_a_change_that_was_signalled_before_shows_first(self):
        """Where a web server sends the files, no reader may have come since."""
        self.read(DAY)
        self.state = SECOND
        self.stamp += 1
        self.state = THIRD
        self.make()
        wait_for_renewals()
        self.assertNotEqual(self.read(DAY), "page 1")

    def test_what_the_clock_begins_is_made_before_it_shows_and_other_changes_show_at_once(self):
        """What was changed on another machine may have been withdrawn."""
        self.read(DAY)
        self.site.asked.clear()
        made_before = []

        def show():
            self.make()
            made_before.extend(self.made())
            self.signal()

        with patch.object(site_version, "show", show):
            self.state = replace(FIRST, hour="2026-01-03T10+0900")
            self.versions.read()  # for a reader, who does not wait
            wait_for_renewals()
            self.assertEqual((self.made(), made_before), ([DAY], []))
            self.state = replace(FIRST, hour="2026-01-03T11+0900")
            self.versions.look()
            self.assertEqual((self.made(), made_before), ([DAY, DAY], [DAY, DAY]))
            self.assertIsNotNone(self.front.store.peek(DAY, self.state))
        with patch.object(site_version, "show") as show:
            self.state = SECOND
            self.versions.look()
        self.assertFalse(show.called)


class HandedTests(PreparingTestCase):
    """What one process has made, another takes."""

    def setUp(self):
        super().setUp()
        self.other = self.process()
        for front in (self.front, self.other):
            for path in (OTHER, DAY):
                ask(front, path)
        self.site.asked.clear()

    def take(self, pages):
        self.other.preparing.hold()
        return self.other.preparing.take(pages)

    def test_it_makes_none_of_them(self):
        prepared = self.prepare()
        self.assertEqual(self.made(), [DAY, OTHER])
        taken = self.take(prepared.pages)
        self.assertEqual((taken.version, taken.directory), (prepared.version, prepared.directory))
        self.assertEqual(self.made(), [DAY, OTHER])
        self.assertEqual(self.other.preparing._ready.handed_over, 2)
        self.signal()
        for path, page in ((DAY, "page 1"), (OTHER, "page 2")):  # they were 2 and 1
            for front in (self.front, self.other):
                self.assertEqual(ask(front, path)[2].decode(), page)
        self.assertEqual(self.made(), [DAY, OTHER])

    def test_it_makes_those_that_the_first_was_not_asked_for(self):
        ask(self.other, HOME)
        self.site.asked.clear()
        self.take(self.prepare().pages)
        self.assertEqual(self.made(), [DAY, OTHER, HOME])

    def test_of_pages_that_stay_as_they_are_each_uses_its_own(self):
        with patch.object(self.front.preparing, "_unchanged", lambda page, state: page):
            prepared = self.prepare()
        page = self.other.store.peek(OTHER, FIRST)
        self.other.store.put(OTHER, replace(page, etag='"another"'), FIRST)
        self.take(prepared.pages)
        self.assertEqual(self.made(), [OTHER])
        self.assertNotIn(page.variants["identity"].body, prepared.pages)

    def test_pages_of_other_software_or_settings_or_of_a_stranger_are_not_taken(self):
        prepared = self.prepare()
        changed = patch.dict("os.environ", SITE_NAME="다른 이름")
        upgraded = patch("articles.operations.software.fingerprint", return_value="new")
        stranger = override_settings(SECRET_KEY="of somebody else" * 4)
        for name, difference in (("set", changed), ("new", upgraded)):
            with self.subTest(name), difference:
                self.other = self.process()
                self.assertIsNone(self.other.preparing._handing.unpacked(prepared.pages))
        with stranger:
            self.assertIsNone(self.other.preparing._handing.unpacked(prepared.pages))
        self.assertIsNone(self.other.preparing._handing.unpacked(prepared.pages[:-1]))
        self.assertIsNone(self.other.preparing._handing.unpacked(b""))

    def test_who_cannot_take_them_makes_its_own(self):
        self.prepare()
        self.assertIsNotNone(self.take(b"nothing that can be read"))
        self.assertEqual(self.made(), [DAY, OTHER] * 2)

    def test_pages_of_another_state_are_not_taken(self):
        prepared = self.prepare()
        self.state = THIRD
        self.take(prepared.pages)
        self.assertEqual(self.made(), [DAY, OTHER] * 2)

    def test_what_cannot_be_handed_over_is_made_by_each(self):
        self.most_wanted = [DAY]
        page = self.front.store.peek(DAY, FIRST)
        inputs = Inputs(None, (("SELECT 1", (lambda: None,)),), (b"",))
        with patch.object(self.front.preparing, "_fresh", lambda *_: replace(page, inputs=inputs)):
            prepared = self.prepare()
        self.assertEqual((prepared.version, prepared.pages), ("0", b""))


class PreparedFilesTests(PreparingTestCase):
    def sent(self, path=DAY):
        """What a web server finds; None if it has to ask."""
        try:
            return (self.current / path.strip("/") / "index.html").read_text()
        except OSError:
            return None

    def turn(self, prepared):
        """What `showing` does with the link."""
        self.front.files._files.link.lead_to(self.root / prepared.directory, lambda: True)

    def test_they_are_written_before_the_link_turns(self):
        self.read(DAY)
        prepared = self.prepare()
        self.assertEqual(self.sent(), "page 1")
        self.turn(prepared)
        self.assertEqual(self.sent(), "page 2")
        with patch.object(type(self.front.files._files.link), "take_away") as taken_away:
            self.signal()
        self.assertFalse(taken_away.called)
        self.assertEqual(self.sent(), "page 2")

    def test_those_that_are_made_later_come_into_the_same_directory(self):
        self.read(DAY)
        self.turn(self.prepare())
        self.signal()
        self.read(OTHER)
        self.assertEqual([self.sent(), self.sent(OTHER)], ["page 2", "page 3"])

    def test_a_disk_that_is_full_costs_the_present_files_nothing(self):
        self.read(DAY)
        is_new = lambda path: self.current.resolve() not in path.parents  # noqa: E731
        with failing("mkdir", "write_bytes", number=errno.ENOSPC, on=is_new):
            prepared = self.prepare()
            self.assertEqual((prepared.version, prepared.directory), ("0", ""))
        self.assertEqual(self.sent(), "page 1")
        self.current.unlink()  # what `showing` does
        self.signal()
        wait_for_renewals()
        self.assertEqual(self.sent(), "page 2")

    def test_what_another_process_has_written_is_left_and_the_rest_comes_beside_it(self):
        other = self.process()
        for front, paths in ((self.front, [DAY]), (other, [DAY, OTHER])):
            for path in paths:
                ask(front, path)
        prepared = self.prepare()
        other.preparing.hold()
        with patch.object(files.encoded_files, "write", wraps=files.encoded_files.write) as write:
            taken = other.preparing.take(prepared.pages)
        self.assertEqual([call.args[2] for call in write.call_args_list], ["archive/index.html"])
        self.assertEqual(taken.directory, prepared.directory)
        self.turn(prepared)
        self.stamp += 1
        for front in (self.front, other):
            with patch.object(front.files, "put") as put:
                front.versions.known()
                wait_for_renewals()
                self.assertFalse(put.called)
        self.assertEqual([self.sent(), self.sent(OTHER)], ["page 4", "page 5"])

    def test_a_process_that_has_seen_no_state_writes_nothing(self):
        self.read(DAY)
        with patch.object(self.front.files._files, "_has_begun", new=False):
            self.assertEqual(self.prepare().directory, "")

    def test_clearing_up_leaves_what_the_web_server_finds(self):
        self.read(DAY)
        self.prepare()
        for name in ("a", "b"):
            (self.root / name).mkdir()
        self.front.files._files.clear_up(THIRD)
        self.assertEqual(self.sent(), "page 1")
