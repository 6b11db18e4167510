"""Feeds of others, as they are: right, wrong, slow and hostile."""

import datetime as dt
import gzip
import json
import threading
import zlib
from unittest.mock import patch

import pytest
import time_machine
from django.test import TestCase, override_settings
from django.utils import timezone

from articles.inbox import feed_reading, polling, safe_xml
from articles.models import Arrival, Candidate, FollowedFeed
from articles.models.followed_feed import DEAD_AFTER
from articles.outgoing import fetching, networks
from articles.rules.text import clean
from tests.inbox.candidates import make_feed
from tests.support.receivers import THIS_MACHINE
from tests.support.strange_server import StrangeServer, response, rss
from tests.support.waiting import wait_for_event

PAUSE = 0.02  # seconds between the pieces of an answer
NOW = "2026-01-03T06:00:00+09:00"
ITEM = ("https://hanbit.example/1", "새 라인 가동")
GOOD = rss(ITEM)
ATOM = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"
 xml:lang="ko"><title>t</title><entry><title type="html">새 &lt;b&gt;라인&lt;/b&gt; 가동</title>
<link rel="alternate" href="/1"/><id>tag:x</id><updated>2026-01-02T20:30:00Z</updated>
<summary type="html">&lt;p&gt;한 달에 &lt;script&gt;x()&lt;/script&gt; 4만 장.&lt;/p&gt;</summary>
</entry></feed>""".encode()
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "items": [{"url": ITEM[0], "title": ITEM[1], "content_html": "<p>한 달에 4만 장.</p>"}],
}
LOL = "<!DOCTYPE r [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10 if n else '&a;' * 10}'>" for n in range(9)
)


def item(address, moment):
    """An item of RSS with its moment."""
    return f"<item><link>{address}</link><pubDate>{moment}</pubDate></item>"


@override_settings(WEBHOOK_PRIVATE_NETWORKS=THIS_MACHINE)
class PollingTestCase(TestCase):
    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(NOW, tick=False))
        self.server = self.enterContext(StrangeServer())
        self.feed = make_feed(f"{self.server.origin}/feed")

    def polled(self, said=None, **more):
        """The feed after a poll of it."""
        self.server.says |= {"/feed": said} | more if said is not None else more
        FollowedFeed.objects.filter(pk=self.feed.pk).update(next_at=timezone.now())
        taken = polling.take()
        self.new = polling.poll(taken)
        self.feed.refresh_from_db()
        return self.feed

    def candidate(self):
        return Candidate.objects.get()


class FormsTests(PollingTestCase):
    def test_rss_atom_and_json_feed_bring_the_same(self):
        atom = ATOM.replace(b'href="/1"', f'href="{ITEM[0]}"'.encode())
        text = json.dumps(JSON_FEED).encode()
        for body in (GOOD, atom, text):
            with self.subTest(body[:30]):
                self.assertEqual(self.polled(response(body)).error, "")
                self.assertEqual((self.candidate().url, self.candidate().title), ITEM)
        self.assertEqual(Arrival.objects.get().origin, f"feed:{self.feed.pk}")

    def test_an_entry_has_day_and_text_without_tags_and_its_address_may_be_relative(self):
        self.polled(response(ATOM, Content_Type="application/atom+xml"))
        found = self.candidate()
        self.assertEqual(found.url, f"{self.server.origin}/1")
        self.assertEqual(
            (f"{found.published_on}", found.excerpt), ("2026-01-03", "한 달에 4만 장.")
        )

    def test_entries_that_are_too_old_or_have_no_web_address_are_left(self):
        old = item("https://a.example/1", "Mon, 01 Dec 2025 00:00:00 GMT")
        odd = [f"<item><link>{link}</link></item>" for link in ("javascript:x", "", "http://[")]
        self.assertEqual(self.polled(response(rss(old, *odd, ITEM))).error, "")
        self.assertEqual(self.candidate().url, ITEM[0])

    def test_a_day_that_lies_ahead_is_none(self):
        late = (
            f"<item><link>{ITEM[0]}</link><pubDate>Mon, 01 Feb 2027 00:00:00 GMT</pubDate></item>"
        )
        self.polled(response(rss(late)))
        self.assertIsNone(self.candidate().published_on)

    def test_letters_are_right_whatever_the_charset_is_called(self):
        text = rss(ITEM).decode()
        for encoded, kind in (
            (text.encode(), "text/xml; charset=iso-8859-1"),
            (text.encode("cp949"), "text/xml"),
            (
                f'<?xml version="1.0" encoding="euc-kr"?>{text}'.encode("cp949"),
                "text/xml; charset=x",
            ),
            (f'<?xml version="1.0" encoding="ascii"?>{text}'.encode(), "application/xml"),
            (text.encode("utf-16"), "application/xml"),
            (text.encode("utf-16-le"), "application/xml"),
            (f'\n<?xml version="1.0" encoding="utf-16"?>{text}'.encode("utf-16-be"), "text/xml"),
            (b"\xef\xbb\xbf" + text.encode(), "application/xml"),
        ):
            Candidate.objects.all().delete()
            with self.subTest(encoded[:40], kind=kind):
                self.assertEqual(self.polled(response(encoded, Content_Type=kind)).error, "")
                self.assertEqual(self.candidate().title, ITEM[1])

    def test_little_mistakes_are_mended(self):
        for title in (
            "새 라인 & 가동",
            "새&nbsp;라인 가동",
            "새 \x0b라인 가동",
            "새 라인&unknown; 가동",
        ):
            Candidate.objects.all().delete()
            with self.subTest(title):
                self.assertEqual(self.polled(response(rss((ITEM[0], title)))).error, "")
                self.assertIn("가동", self.candidate().title)


class MisbehavingTests(PollingTestCase):
    """Whatever a server does, the poll ends soon, says why, and brings nothing wrong."""

    def test_what_is_no_feed_is_told(self):
        deep = b"<rss>" + b"<a>" * 100 + b"</a>" * 100 + b"</rss>"
        many = b"<rss " + b" ".join(b"a%d='1'" % n for n in range(100)) + b"/>"
        huge = rss(
            *(f"<item><link>https://a.example/{'x' * 50}</link></item>" for _ in range(50_000))
        )
        for name, said in {
            "nothing": response(b""),
            "a web page": response(b"<!DOCTYPE html><html><p>Feeds<br></html>"),
            "a well-formed web page": response(b"<html><body/></html>"),
            "other XML": response(b"<svg/>"),
            "half of a feed": response(GOOD[:60]),
            "other JSON": response(b'{"a": 1}'),
            "deep JSON": response(b'{"a":' * 100_000),
            "no HTTP": b"SSH-2.0-hello\r\n\r\n",
            "no answer": b"",
            "entities of its own": response(f"{LOL}]><rss>&a8;</rss>".encode()),
            "an outer entity": response(
                b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>'
            ),
            "deep elements": response(deep),
            "many attributes": response(many),
            "too large": response(huge),
            "a bomb": response(gzip.compress(b" " * 50_000_000), Content_Encoding="gzip"),
            "no gzip": response(GOOD, Content_Encoding="gzip"),
            "half a gzip": response(gzip.compress(GOOD)[:-9], Content_Encoding="gzip"),
            "another compression": response(GOOD, Content_Encoding="br"),
            "a length that is too long": response(GOOD, Content_Length=len(GOOD) + 50),
            "a length that is too short": response(GOOD, Content_Length=60),
            "a length that is none": response(GOOD, Content_Length="viel")[:40],
            "a broken chunk": response(b"zz\r\n", Content_Length=None, Transfer_Encoding="chunked"),
            "many headers": response(GOOD, **{f"X_{n}": "1" for n in range(200)}),
            "a long header": response(GOOD, X="1" * 70_000),
            "no access": response(GOOD, status="403 Forbidden"),
            "a fault": response(GOOD, status="500 Oh"),
            "a redirect to nowhere": response(b"", status="302 Found", Location="javascript:x"),
            "a redirect without a place": response(b"", status="302 Found"),
            "a redirect to itself": response(b"", status="302 Found", Location="/feed"),
        }.items():
            with self.subTest(name):
                feed = self.polled(said)
                self.assertTrue(feed.error, name)
                self.assertEqual((feed.error, self.new), (clean(feed.error), 0))
                self.assertTrue(feed.is_active)
        self.assertFalse(Candidate.objects.exists())
        self.assertGreaterEqual(self.feed.failures, 25)

    def test_slow_ones_are_given_up(self):
        def silent(_write, over):
            wait_for_event(over)

        def dripping(write, over):
            for byte in response(GOOD):
                write(bytes([byte]))
                if over.wait(PAUSE):
                    return

        def endless(write, over):
            write(response(b"", Content_Length=None))
            while not over.is_set():
                write(b"<!-- -->" * 10)
                over.wait(PAUSE)

        for said in (silent, dripping, endless):
            with self.subTest(said.__name__), patch.object(fetching, "WHOLE_SECONDS", 0.4):
                feed = self.polled(said)
                self.assertTrue(feed.error)
        self.assertFalse(Candidate.objects.exists())

    def test_a_look_up_that_takes_long_is_not_waited_for(self):
        released = threading.Event()
        self.addCleanup(released.set)
        look_up = patch.object(networks, "look_up", lambda *_: wait_for_event(released))
        with patch.object(fetching, "WHOLE_SECONDS", 0.2), look_up:
            feed = self.polled(response(GOOD))
        self.assertTrue(feed.error)
        self.assertEqual(self.server.heard, [])

    def test_what_is_right_and_odd_is_read(self):
        chunks = b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in GOOD) + b"0\r\n\r\n"
        for name, said in {
            "gzip": response(gzip.compress(GOOD), Content_Encoding="gzip"),
            "deflate": response(zlib.compress(GOOD), Content_Encoding="deflate"),
            "chunks of a byte": response(chunks, Content_Length=None, Transfer_Encoding="chunked"),
            "no length": response(GOOD, Content_Length=None),
            "another kind": response(GOOD, Content_Type="text/html"),
            "cookies": response(GOOD, Set_Cookie="a=b"),
            "HTTP 1.0": response(GOOD).replace(b"HTTP/1.1", b"HTTP/1.0"),
        }.items():
            Candidate.objects.all().delete()
            with self.subTest(name):
                self.assertEqual(self.polled(said).error, "")
                self.assertEqual(self.candidate().title, ITEM[1])
        for _path, headers in self.server.heard:
            self.assertNotIn("cookie", headers)

    def test_what_is_not_well_formed_never_gets_to_the_slow_parser(self):
        for text in (b"<rss>" + b"<" * 500_000, b"<rss>" + b"&a" * 250_000, b"<a>" * 160_000):
            with (
                self.assertRaises(safe_xml.Unsafe),
                patch("feedparser.parse", side_effect=AssertionError("it was asked")),
            ):
                feed_reading.read(text, "https://a.example/")


class StrangersTests(PollingTestCase):
    """A feed must not lead into the own network."""

    @override_settings(WEBHOOK_PRIVATE_NETWORKS=[])
    def test_this_machine_is_refused(self):
        for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"):
            address = f"http://{host}:{self.server.port}/feed"
            FollowedFeed.objects.filter(pk=self.feed.pk).update(address=address)
            with self.subTest(host):
                self.assertTrue(self.polled(response(GOOD)).error)
        self.assertEqual(self.server.heard, [])

    def test_a_redirect_leads_nowhere_else(self):
        for target in ("http://127.0.0.1:9/", "http://10.0.0.1/", "http://169.254.169.254/latest"):
            with (
                self.subTest(target),
                override_settings(WEBHOOK_PRIVATE_NETWORKS=[]),
                patch.object(networks, "refuse_private", wraps=networks.refuse_private) as asked,
                patch.object(fetching, "connected", side_effect=AssertionError("it connected")),
            ):
                redirect = (302, {"Location": target}, b"")
                with patch.object(
                    fetching, "_exchange", side_effect=first_then(redirect, fetching._exchange)
                ):
                    self.assertTrue(self.polled(response(GOOD)).error)
                asked.assert_called_once()

    def test_a_name_that_means_something_else_a_moment_later_is_looked_up_once(self):
        """What was checked is what is connected to."""
        answers = [
            [networks.Place(2, ("127.0.0.1", self.server.port))],
            [networks.Place(2, ("10.0.0.1", 80))],
        ]
        FollowedFeed.objects.update(address=f"http://feeds.example:{self.server.port}/feed")
        with patch.object(networks, "look_up", side_effect=answers) as looked_up:
            self.assertEqual(self.polled(response(GOOD)).error, "")
        self.assertEqual(looked_up.call_count, 1)
        self.assertEqual(self.server.heard[0][1]["host"], f"feeds.example:{self.server.port}")


def first_then(answer, otherwise):
    """A function that answers once, and calls another one after that."""
    answers = [answer]
    return lambda *arguments: answers.pop() if answers else otherwise(*arguments)


class KeepingTests(PollingTestCase):
    def test_what_did_not_change_is_not_sent_again(self):
        self.polled(response(GOOD, ETag='W/"1"', Last_Modified="Fri, 02 Jan 2026 00:00:00 GMT"))
        self.assertEqual(self.polled(response(b"", status="304 Not Modified")).error, "")
        first, second = (headers for _path, headers in self.server.heard)
        self.assertNotIn("if-none-match", first)
        self.assertEqual(second["if-none-match"], 'W/"1"')
        self.assertEqual(second["if-modified-since"], "Fri, 02 Jan 2026 00:00:00 GMT")
        self.assertEqual((self.feed.etag, self.feed.failures), ('W/"1"', 0))

    def test_odd_validators_are_not_kept(self):
        self.polled(response(GOOD, ETag="x" * 600, Last_Modified="어제".encode().decode("latin-1")))
        self.assertEqual((self.feed.error, self.feed.etag, self.feed.last_modified), ("", "", ""))

    def test_what_failed_is_tried_again_after_growing_pauses(self):
        pauses = []
        for _attempt in range(12):
            feed = self.polled(response(b"", status="500 Oh"))
            pauses.append((feed.next_at - timezone.now()) / polling.EVERY)
        self.assertTrue(1.7 <= pauses[0] <= 2.3 and 3.4 <= pauses[1] <= 4.6, pauses)
        self.assertTrue(all(pause <= 48 * 1.15 for pause in pauses), pauses)
        self.assertIn(feed, FollowedFeed.objects.troubled())
        feed = self.polled(response(GOOD))
        self.assertEqual((feed.failures, feed.error), (0, ""))
        self.assertNotIn(feed, FollowedFeed.objects.troubled())
        self.assertLess(DEAD_AFTER, 12)

    def test_a_server_may_ask_to_be_left_alone(self):
        feed = self.polled(response(b"", status="429 Slow", Retry_After="36000"))
        self.assertGreaterEqual(feed.next_at - timezone.now(), dt.timedelta(hours=10))
        feed = self.polled(response(b"", status="503 Slow", Retry_After="99999999"))
        self.assertLessEqual(feed.next_at - timezone.now(), dt.timedelta(hours=28))

    def test_one_that_is_gone_is_switched_off_and_told(self):
        feed = self.polled(response(b"", status="410 Gone"))
        self.assertEqual((feed.is_active, feed.is_gone), (False, True))
        self.assertIn(feed, FollowedFeed.objects.troubled())

    def test_one_that_has_moved_is_read_and_told(self):
        for status, is_told in (("301 Moved", True), ("308 Moved", True), ("302 Found", False)):
            FollowedFeed.objects.update(moved_to="")
            move = response(b"", status=status, Location="/new")
            feed = self.polled(move, **{"/new": response(GOOD)})
            with self.subTest(status):
                self.assertEqual(feed.error, "")
                self.assertEqual(feed.moved_to, f"{self.server.origin}/new" if is_told else "")
                self.assertEqual(self.candidate().title, ITEM[1])

    def test_each_is_polled_by_one_and_again_when_that_one_died(self):
        first = polling.take()
        self.assertEqual((first, polling.take()), (self.feed, None))
        self.clock.shift(polling.LEASE)
        second = polling.take()
        self.server.says["/feed"] = response(GOOD)
        self.assertEqual((polling.poll(second), polling.poll(first)), (1, 0))
        self.assertEqual(Arrival.objects.count(), 1)

    def test_feeds_that_are_off_or_not_due_are_left_alone(self):
        FollowedFeed.objects.update(is_active=False)
        self.assertIsNone(polling.take())
        FollowedFeed.objects.update(is_active=True, next_at=timezone.now() + dt.timedelta(1))
        self.assertIsNone(polling.take())


# What threads do with rows, both engines are asked by `take` above.
@pytest.mark.one_engine
class LanesTests(PollingTestCase):
    def test_a_turn_polls_what_is_due_and_counts_what_is_new(self):
        self.server.says["/feed"] = response(GOOD)
        poller = polling.Poller()
        poller.start()
        self.assertEqual((poller.new(), poller.new(), poller.is_hale), (1, 0, True))

    def test_it_asks_for_five_seconds_and_two_megabytes_at_most(self):
        self.assertEqual((fetching.WHOLE_SECONDS, fetching.MAX_BYTES), (5.0, 2_000_000))
        self.assertLess(fetching.WHOLE_SECONDS, polling.LEASE.total_seconds())
