from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import SimpleTestCase

from tests.browser.chromium import find_chromium, must_have_browser, unforgiven


class FindChromiumTests(SimpleTestCase):
    def setUp(self):
        self.directory = Path(self.enterContext(TemporaryDirectory()))

    def program(self, name):
        path = self.directory / name
        path.touch(mode=0o755)
        return str(path)

    def test_the_first_known_name_on_the_path_is_taken(self):
        self.program("google-chrome")
        chromium = self.program("chromium")
        self.assertEqual(find_chromium({"PATH": str(self.directory)}), chromium)

    def test_one_without_windows_comes_before_a_whole_one(self):
        self.program("chromium")
        shell = self.program("chromium-headless-shell")
        self.assertEqual(find_chromium({"PATH": str(self.directory)}), shell)

    def test_a_named_browser_comes_first(self):
        self.program("chromium")
        named = self.program("my-browser")
        self.assertEqual(find_chromium({"PATH": str(self.directory), "CHROMIUM": named}), named)

    def test_a_named_browser_that_does_not_exist_is_not_replaced(self):
        self.program("chromium")
        missing = str(self.directory / "missing")
        environ = {"PATH": str(self.directory), "CHROMIUM": missing}
        self.assertIsNone(find_chromium(environ))

    def test_no_browser_is_found_in_an_empty_folder(self):
        self.assertIsNone(find_chromium({"PATH": str(self.directory)}))


class RuleTests(SimpleTestCase):
    def test_only_ci_must_have_a_browser(self):
        self.assertIs(must_have_browser({"CI": "true"}), True)
        self.assertIs(must_have_browser({"CI": ""}), False)
        self.assertIs(must_have_browser({}), False)

    def test_problems_fail_a_test_unless_it_expects_them(self):
        self.assertEqual(unforgiven(["/: 고장"], expected=False), ["/: 고장"])
        self.assertEqual(unforgiven(["/: 고장"], expected=True), [])
