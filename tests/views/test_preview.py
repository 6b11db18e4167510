from django.test import Client, TestCase

from tests.support.factories import make_user

URL = "/admin/markdownx/preview/"


class PreviewTests(TestCase):
    def test_staff_see_what_the_site_would_show(self):
        self.client.force_login(make_user())
        texts = ["**GPU(그래픽)**를 <script> [글](/x)", "", "a" * 20_001]
        response = self.client.post(URL, {"content": texts})
        link = '<a href="/x" rel="noopener">글</a>'
        shown = f"<p><strong>GPU(그래픽)</strong>를  {link}</p>\n"
        self.assertEqual(response.json(), {"previews": [shown, "", None]})
        self.assertIn("no-store", response["Cache-Control"])

    def test_strangers_and_readers_are_sent_to_the_login(self):
        for user in (None, make_user("reader", is_staff=False)):
            if user:
                self.client.force_login(user)
            response = self.client.post(URL, {"content": "x"})
            self.assertRedirects(response, f"/admin/login/?next={URL}")

    def test_only_post_is_allowed(self):
        self.client.force_login(make_user())
        self.assertEqual(self.client.get(URL).status_code, 405)

    def test_token_is_needed(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(make_user())
        self.assertEqual(client.post(URL, {"content": "x"}).status_code, 403)

    def test_missing_or_long_text_is_refused(self):
        self.client.force_login(make_user())
        for data in ({}, {"content": ["a" * 20_000] * 11}):
            self.assertEqual(self.client.post(URL, data).status_code, 400)

    def test_upload_of_markdownx_is_not_mounted(self):
        self.client.force_login(make_user(is_superuser=True))
        for path in ("/markdownx/upload/", "/admin/markdownx/upload/", "/markdownx/markdownify/"):
            with self.subTest(path):
                self.assertEqual(self.client.post(path, {}).status_code, 404)
