"""What the page cache asks the site for by itself."""

from django.test import SimpleTestCase, override_settings

from articles.serving.page_store import requests


class OwnRequestTests(SimpleTestCase):
    def test_the_site_asks_itself_by_the_name_that_clients_use(self):
        for host, sent in (("news.example.com",) * 2, ("2001:db8::1", "[2001:db8::1]")):
            with self.subTest(host), override_settings(SITE_HOST=host):
                self.assertEqual(requests.of_own("/")["HTTP_HOST"], sent)
