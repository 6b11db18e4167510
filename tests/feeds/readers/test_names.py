"""What user agents say, and what is taken of it."""

from django.test import SimpleTestCase

from articles.feeds.readers.names import (
    BROWSER,
    MAX_NAME,
    OTHER,
    UNNAMED,
    feed_id_of,
    reader_of,
    subscribers_of,
)

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0.1 Safari/605.1.15"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"

# As they were seen in the logs of public servers: (user agent, reader, subscribers, feed id).
SEEN = [
    (
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 37 subscribers; like FeedFetcher-Google)",
        *("Feedly", 37, ""),
    ),
    ("Feedly/1.0 (+http://www.feedly.com/fetcher.html; 134 subscribers; )", "Feedly", 134, ""),
    (
        "Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 3 subscribers; )",
        *("Inoreader", 3, ""),
    ),
    ("Mozilla/5.0 (compatible; inoreader.com; 7 subscribers)", "Inoreader", 7, ""),
    (
        "NewsBlur Feed Fetcher - 54 subscribers - https://www.newsblur.com/site/6865328/"
        f'grumpy-website ("{MAC} {SAFARI}")',
        *("NewsBlur", 54, ""),
    ),
    ("NewsBlur Feed Fetcher - 1 subscriber - http://www.newsblur.com", "NewsBlur", 1, ""),
    ("Feedbin feed-id:1373711 - 192 subscribers", "Feedbin", 192, "1373711"),
    (
        "Mozilla/5.0 (compatible; theoldreader.com; 12 subscribers; feed-id=5a1b2c3d4e)",
        *("The Old Reader", 12, "5a1b2c3d4e"),
    ),
    (
        "Mozilla/5.0 (compatible; BazQux/2.4; +https://bazqux.com/fetcher; 5 subscribers)",
        *("BazQux", 5, ""),
    ),
    (
        "Feedfetcher-Google; (+http://www.google.com/feedfetcher.html; 4 subscribers; "
        "feed-id=9048986372668769311)",
        *("Google FeedFetcher", 4, "9048986372668769311"),
    ),
    (
        "PlainFeeder v0.0.1 (+http://plainfeeder.com/about ; Subscriber Count: 12)",
        *("PlainFeeder", 12, ""),
    ),
    ("Mozilla/5.0 (compatible; Miniflux/2.2.3; +https://miniflux.app)", "Miniflux", None, ""),
    ("FreshRSS/1.29.1 (Linux; https://freshrss.org)", "FreshRSS", None, ""),
    ("NetNewsWire (RSS Reader; https://netnewswire.com/)", "NetNewsWire", None, ""),
    (
        "Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_6_3; de-de) AppleWebKit/531.22.7 (KHTML, "
        "like Gecko) NetNewsWire/3.2.7",
        *("NetNewsWire", None, ""),
    ),
    (
        "Tiny Tiny RSS/23.05-a4543de (Unsupported) (https://tt-rss.org/)",
        *("Tiny Tiny RSS", None, ""),
    ),
    ("Akregator/5.24.0 (23.08.0); syndication", "Akregator", None, ""),
    ("Emacs Elfeed 3.4.2", "Elfeed", None, ""),
    ("Blogtrottr/2.0", "Blogtrottr", None, ""),
    ("Fiery%20Feeds/572 CFNetwork/3860.100.1 Darwin/25.0.0", "Fiery Feeds", None, ""),
    ("Reeder/5050001 CFNetwork/1568.300.101 Darwin/24.2.0", "Reeder", None, ""),
    ("Unread RSS Reader - https://www.goldenhillsoftware.com/unread/", "Unread", None, ""),
    ("UniversalFeedParser/5.2.1 +https://code.google.com/p/feedparser/", "feedparser", None, ""),
    (
        "Mozilla/4.0 Leed (LightFeed Aggregator) dev by idleman http://projet.idleman.fr/leed",
        *("Leed", None, ""),
    ),
    (
        "SpaceCowboys Android RSS Reader / 2.13.0(3764)",
        *("SpaceCowboys Android RSS Reader", None, ""),
    ),
    ("davefeedread v0.5.25", "davefeedread", None, ""),
    ("python-requests/2.32.3", "python-requests", None, ""),
    ("Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)", "Naver", None, ""),
    (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        *("Googlebot", None, ""),
    ),
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME}", BROWSER, None, ""),
    ("Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 5.2; Trident/5.0)", BROWSER, None, ""),
    ("27F9D996-DF69-4753-A16D-76FBB0D682A3/310 CFNetwork/3826.400.120", OTHER, None, ""),
    ("help@dataminr.com", OTHER, None, ""),
    ("", UNNAMED, None, ""),
]


class NameTests(SimpleTestCase):
    def test_user_agents_that_were_seen(self):
        for user_agent, *expected in SEEN:
            with self.subTest(user_agent):
                said = (reader_of(user_agent), subscribers_of(user_agent), feed_id_of(user_agent))
                self.assertEqual(said, tuple(expected))

    def test_a_name_is_part_of_no_other_word(self):
        self.assertEqual(reader_of("Bleeder/1.0"), "Bleeder")
        self.assertEqual(reader_of("Feedlyish/1.0"), "Feedlyish")

    def test_what_may_name_somebody_is_not_taken(self):
        for user_agent in (
            "minji.example.com/1.0",
            "minji@example.com",
            "d41d8cd98f00b204/1.0",
            "Mozilla/5.0 (compatible; minji.example; +https://minji.example)",
            "x" * 200,
            "<script>alert(1)</script>",
            "한국어 리더/1.0",
            "\x00\x01",
        ):
            with self.subTest(user_agent):
                self.assertEqual(reader_of(user_agent), OTHER)

    def test_names_are_short_and_numbers_have_bounds(self):
        for length in range(1, 60):
            self.assertLessEqual(len(reader_of("a" * length)), MAX_NAME)
        self.assertIsNone(subscribers_of("Feedly/1.0 (99999999999 subscribers)"))
        self.assertEqual(feed_id_of(f"Feedbin feed-id:{'1' * 30} - 2 subscribers"), "")

    def test_long_and_odd_user_agents_take_no_time(self):
        for user_agent in ("a " * 50_000, "feed-id:" * 10_000, "Mozilla/5.0 (compatible;" * 5_000):
            reader_of(user_agent), subscribers_of(user_agent), feed_id_of(user_agent)
