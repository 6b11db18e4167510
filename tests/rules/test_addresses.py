from unittest.mock import patch

from django.test import SimpleTestCase
from hypothesis import example, given, settings
from hypothesis import strategies as st

from articles.rules.addresses import comparison_key, detours_of, domain_of, normalise

PAGE = "https://news.example.com/2026/01/03/칩?id=7&page=2"
SAME = [
    "http://news.example.com/2026/01/03/칩?id=7&page=2",
    "https://NEWS.Example.com/2026/01/03/칩?id=7&page=2",
    "https://news.example.com:443/2026/01/03/칩?id=7&page=2",
    "https://news.example.com./2026/01/03/칩?id=7&page=2",
    "https://www.news.example.com/2026/01/03/칩?id=7&page=2",
    "https://m.news.example.com/2026/01/03/칩?id=7&page=2",
    "https://www.m.news.example.com/2026/01/03/칩?id=7&page=2",
    "https://amp.news.example.com/2026/01/03/칩?id=7&page=2",
    "https://news.example.com/2026/01/03/칩/?id=7&page=2",
    "https://news.example.com//2026/01/03/칩?id=7&page=2",
    "https://news.example.com/2026/01/03/%EC%B9%A9?id=7&page=2",
    "https://news.example.com/2026/01/03/%ec%b9%a9?id=7&page=2",
    "https://news.example.com/2026/01/03/\u110e\u1175\u11b8?id=7&page=2",
    "https://news.example.com/2026/01/03/칩?page=2&id=7",
    "https://news.example.com/2026/01/03/칩?id=7&page=2&utm_source=a&UTM_Medium=b",
    "https://news.example.com/2026/01/03/칩?id=7&fbclid=a&page=2&gclid=b&igshid=c&_ga=d",
    "https://news.example.com/2026/01/03/칩?&id=7&&page=2&",
    "https://news.example.com/2026/01/03/칩?id=7&page=2#comments",
    "https://news.example.com/2026/01/03/칩?id=7&page=2#:~:text=칩",
    "https://news.example.com/2026/01/03/칩/amp?id=7&page=2",
    "https://news.example.com/2026/01/03/칩/amp/?id=7&page=2",
    "https://news.example.com/2026/01/03/칩.amp.html?id=7&page=2",
    "https://news.example.com/amp/2026/01/03/칩?id=7&page=2",
    "https://news.example.com/2026/01/03/칩?id=7&page=2&amp=1",
    "https://news.example.com/2026/01/03/칩/index.html?id=7&page=2",
    "https://news-example-com.cdn.ampproject.org/c/s/news.example.com/2026/01/03/칩?id=7&page=2",
    "https://www.google.com/amp/s/news.example.com/2026/01/03/칩?id=7&page=2",
    "  https://news.example.com/2026/01/03/칩?id=7&page=2 ",
]
OTHERS = [
    "https://example.com/2026/01/03/칩?id=7&page=2",
    "https://sports.example.com/2026/01/03/칩?id=7&page=2",
    "https://news.example.com:8443/2026/01/03/칩?id=7&page=2",
    "https://news.example.com/2026/01/03/칩?id=7",
    "https://news.example.com/2026/01/03/칩?id=8&page=2",
    "https://news.example.com/2026/01/03/칩?ID=7&page=2",
    "https://news.example.com/2026/01/03/Chip?id=7&page=2",
    "https://news.example.com/2026/01/03/칩/amplifier?id=7&page=2",
    "https://news.example.com/2026/01/03%2F칩?id=7&page=2",
    "https://news.example.com/2026/01/03/칩?id=7&page=2#!/photo",
    "https://news.example.com/2026/01/03/칩?id=7&page=2#/photo",
]


class SamePageTests(SimpleTestCase):
    def test_addresses_of_one_page_have_one_key(self):
        for url in SAME:
            with self.subTest(url):
                self.assertEqual(normalise(url), normalise(PAGE))
                self.assertEqual(comparison_key(url), comparison_key(PAGE))

    def test_addresses_of_other_pages_have_other_keys(self):
        keys = {comparison_key(url) for url in [PAGE, *OTHERS]}
        self.assertEqual(len(keys), len(OTHERS) + 1)

    def test_idn_in_its_own_letters_and_encoded_is_the_same(self):
        self.assertEqual(
            normalise("https://한빛.example/1"), normalise("http://xn--xx3br43b.example/1")
        )
        self.assertEqual(normalise("https://MÜNCHEN.example"), "münchen.example")

    def test_bytes_that_are_not_utf_8_stay_apart(self):
        """EUC-KR, as older Korean sites encode: `%B0%A1` is 가, `%B0%A2` is 각."""
        one, other = (f"https://a.example/?q=%B0%A{digit}" for digit in "12")
        self.assertNotEqual(normalise(one), normalise(other))
        self.assertEqual(normalise(one), normalise(one.lower()))
        self.assertNotEqual(normalise("https://a.example/%B0"), normalise("https://a.example/%B1"))

    def test_encoded_separators_are_not_separators(self):
        self.assertNotEqual(
            normalise("https://a.example/?a=1%26b=2"), normalise("https://a.example/?a=1&b=2")
        )
        self.assertNotEqual(
            normalise("https://a.example/a%3Fb"), normalise("https://a.example/a?b")
        )
        self.assertEqual(
            normalise("https://a.example/?a=b+c"), normalise("https://a.example/?a=b%20c")
        )

    def test_short_hosts_keep_their_labels(self):
        self.assertEqual(normalise("https://m.example/1"), "m.example/1")
        self.assertEqual(normalise("https://www.example/1"), "www.example/1")

    def test_what_is_too_long_for_a_host_costs_no_decoding(self):
        """IDNA takes time by the square of the length, a second for the longest address."""
        for length, decodes in ((253, True), (254, False)):
            host = "".join(chr(0x4E00 + number) for number in range(length))
            with self.subTest(length), patch("encodings.idna.ToASCII") as to_ascii:
                to_ascii.side_effect = UnicodeError
                self.assertEqual(normalise(f"https://{host}/1"), f"{host}/1")
                self.assertEqual(to_ascii.called, decodes)

    def test_ipv6_and_ports(self):
        self.assertEqual(normalise("http://[::1]:8000/a"), "[::1]:8000/a")
        self.assertEqual(normalise("http://[::1]/a"), "[::1]/a")

    def test_what_is_no_address_comes_back_as_it_is(self):
        for text in (
            "",
            "한빛일보",
            "http://",
            "http://[::1",
            "https://a.example:x/",
            "mailto:a@b.example",
        ):
            self.assertEqual(normalise(text), text)
        self.assertEqual(len(comparison_key("\ud800")), 64)
        self.assertEqual(len(comparison_key("https://a.example/\ud800")), 64)


HOSTS = st.lists(
    st.sampled_from(
        ["www", "m", "amp", "mobile", "a", "news", "한빛", "ß", "xn--xx3br43b", "co", "google"]
    ),
    min_size=1,
    max_size=4,
).map(".".join)
PATHS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *("/", "amp", ".amp", "index.html", "default.aspx", "%2F", "%25", "%2525", "%"),
                *("%zz", "+", "%3f", "%23", "%B0", "칩", "\u110e\u1175", ";", "c/s/a.example"),
                *("..", " ", "İ"),
            ]
        ),
        st.text(max_size=4),
    ),
    max_size=8,
).map("".join)
QUERIES = st.lists(
    st.one_of(
        st.sampled_from(
            ["&", "=", "utm_source=x", "a=1", "a", "b=%B0", "%26", "+", "amp", "%75tm_id=1"]
        ),
        st.text(max_size=4),
    ),
    max_size=8,
).map("".join)


class IdempotenceTests(SimpleTestCase):
    @settings(max_examples=300)
    @given(HOSTS, PATHS, QUERIES, st.sampled_from(["", "#!/x%20y", "#/a?b", "#c"]))
    @example("a", "amp/index.html", "", "")
    @example("a", "index.html/amp/amp", "", "")
    @example("a", "a%252Fb%2525", "a=%2526", "")
    def test_normalised_address_normalises_to_itself(self, host, path, query, fragment):
        url = f"https://{host}.example/{path}?{query}{fragment}"
        normal = normalise(url)
        if normal != url:
            self.assertEqual(normalise(f"https://{normal}"), normal)

    @settings(max_examples=150)
    @given(st.text())
    def test_no_text_raises(self, text):
        for url in (text, f"https://{text}", f"https://a.example/{text}"):
            self.assertRegex(comparison_key(url), "^[0-9a-f]{64}$")
            self.assertIsInstance(detours_of(url), list)


class DomainTests(SimpleTestCase):
    def test_domain_without_labels_of_serving(self):
        for url, domain in {
            "https://www.Example.com/x": "example.com",
            "https://m.news.example.com:8000": "news.example.com",
            "https://m.example": "m.example",
            "https://한빛.example/": "한빛.example",
            "nothing": "",
        }.items():
            self.assertEqual(domain_of(url), domain)


class DetourTests(SimpleTestCase):
    def test_detours_are_named(self):
        for url, detours in {
            "https://a.example/1": [],
            "https://a.example/1/amp": ["/amp"],
            "https://a.example/1.amp.html?id=1": [".amp.html"],
            "https://a.example/amp/1/": ["/amp"],
            "https://m.a.example/1?utm_source=x&id=2&fbclid=y": ["m.", "utm_source", "fbclid"],
            "https://a-example.cdn.ampproject.org/c/s/a.example/1": [
                "a-example.cdn.ampproject.org"
            ],
            "https://www.a.example/camp?amplitude=1": [],
            "http://[::1": [],
        }.items():
            self.assertEqual(detours_of(url), detours, url)
