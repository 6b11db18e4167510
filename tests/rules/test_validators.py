from django.core.exceptions import ValidationError
from django.test import SimpleTestCase

from articles.rules import validators


class WebAddressTests(SimpleTestCase):
    def test_http_addresses_with_a_host_are_accepted(self):
        for url in (
            "https://news.example.com/a?b=c#d",
            "http://뉴스.example/기사/1",
            "https://example.com:8443/",
            "https://www.etnews.com/20260103000018",
            "https://example.com/a_(b)",
        ):
            with self.subTest(url):
                validators.validate_web_address(url)

    def test_everything_else_is_refused(self):
        for url in (
            "",
            "example.com",
            "//example.com/a",
            "ftp://example.com/",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "https://",
            "https:///path",
            "https://user:secret@example.com/",
            "https://example.com/a b",
            "https://example.com/\n",
            'https://example.com/"onclick="x',
            "https://example.com:99999/",
            "https://[::1",
            "https://[v1.a]/",
            "https://exa_mple..com/",
            "https://example.com/" + "a" * 2000,
        ):
            with self.subTest(url), self.assertRaises(ValidationError):
                validators.validate_web_address(url)


class DomainTests(SimpleTestCase):
    def test_domains_are_in_small_letters_with_a_dot(self):
        validators.validate_domain("news.example.co.kr")
        for domain in ("Example.com", "localhost", "https://example.com", "a..b", ""):
            with self.subTest(domain), self.assertRaises(ValidationError):
                validators.validate_domain(domain)


class PointsTests(SimpleTestCase):
    def test_points_are_lines_of_text(self):
        validators.validate_points(["하나", "둘"])
        for points in ("하나", [1], [""], ["  "], ["두\n줄"], {"a": 1}):
            with self.subTest(points), self.assertRaises(ValidationError):
                validators.validate_points(points)
