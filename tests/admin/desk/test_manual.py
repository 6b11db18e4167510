"""The manual for editors: shown in both languages, with its pictures, and true about the keys."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import SimpleTestCase, TestCase
from django.urls import reverse
from django.utils.translation import override
from PIL import Image

from tests.support.factories import make_user

ROOT = Path(__file__).parents[3]
LANGUAGES = ("ko", "en")
DOCUMENTS = {language: ROOT / f"docs/editors.{language}.md" for language in LANGUAGES}
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)]+)\)")
LARGEST = 80_000  # bytes
KEY = r"<kbd>([^<{]+)</kbd>"
HELD = re.compile(rf"{KEY}\+((?:{KEY})+)")


def pictures(language):
    return PICTURE.findall(DOCUMENTS[language].read_text())


def keys_in(html):
    """Every key of a text: such as `s`, or `Alt+N` where one is held down for another."""
    held = {
        f"{found[1]}+{key}" for found in HELD.finditer(html) for key in re.findall(KEY, found[2])
    }
    return held | set(re.findall(KEY, HELD.sub("", html)))


def keys_of_the_desk():
    """The keys that the templates show or press, and those that scripts announce."""
    templates = [path.read_text() for path in (ROOT / "templates/admin").rglob("*.html")]
    scripts = [path.read_text() for path in (ROOT / "static/js").glob("admin-*.js")]
    found = (
        {"Alt+T"} if any("'aria-keyshortcuts', 'Alt+T'" in script for script in scripts) else set()
    )
    for text in templates:
        found |= {f"{m[1]}+{key}" for m in HELD.finditer(text) for key in re.findall(KEY, m[2])}
        found |= {
            key for names in re.findall(r'data-key="([^"{]+)"', text) for key in names.split()
        }
    return found


class DocumentTests(SimpleTestCase):
    def test_every_picture_is_there_small_and_described(self):
        for language in LANGUAGES:
            self.assertGreaterEqual(len(pictures(language)), 3)
            for alt, address in pictures(language):
                with self.subTest(language=language, picture=address):
                    path = (ROOT / "docs" / address).resolve()
                    self.assertGreater(len(alt), 20)
                    self.assertLessEqual(path.stat().st_size, LARGEST)
                    with Image.open(path) as picture:
                        self.assertEqual(picture.format, "WEBP")

    def test_both_languages_have_the_same_pictures_and_no_picture_is_left_over(self):
        korean, english = ([address for _alt, address in pictures(each)] for each in LANGUAGES)
        self.assertEqual(korean, english)
        names = {path.name for path in (ROOT / "static/img/manual").iterdir()}
        self.assertEqual({Path(address).name for address in korean}, names)

    def test_the_keys_are_those_of_the_desk(self):
        reasons = {str(number) for number in range(1, 7)}  # tests/browser/test_reading.py
        for language in LANGUAGES:
            with self.subTest(language):
                named = keys_in(DOCUMENTS[language].read_text())
                self.assertEqual(named - reasons, keys_of_the_desk())
                self.assertLessEqual(reasons, named)

    def test_no_link_leads_out_of_the_desk(self):
        for language in LANGUAGES:
            self.assertEqual(LINK.findall(DOCUMENTS[language].read_text()), [])

    def test_the_image_of_the_site_has_the_documents(self):
        self.assertIn("COPY docs/editors.*.md docs/\n", (ROOT / "Dockerfile").read_text())


class PageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.clerk = make_user("clerk")

    def setUp(self):
        self.client.force_login(self.clerk)

    def page(self, language):
        with override(language):
            return self.client.get(reverse("admin:manual"))

    def test_it_is_shown_in_the_language_of_the_desk_with_every_picture(self):
        for language in LANGUAGES:
            with self.subTest(language):
                response = self.page(language)
                title = DOCUMENTS[language].read_text().partition("\n")[0].removeprefix("# ")
                self.assertContains(response, f"<h1>{title}</h1>", html=True)
                for alt, address in pictures(language):
                    name = address.removeprefix("../static/")
                    self.assertIsNotNone(finders.find(name))
                    self.assertContains(
                        response, f'<img src="{static(name)}" alt="{alt}">', html=True
                    )

    def test_headings_keys_and_tables_are_elements(self):
        response = self.page("en")
        self.assertContains(response, '<table tabindex="0">')
        self.assertContains(response, "<kbd>Alt</kbd>+<kbd>N</kbd>")
        self.assertContains(response, "<h2>")

    def test_the_head_of_every_page_leads_to_it(self):
        with override("ko"):
            response = self.client.get(reverse("admin:index"))
        self.assertContains(response, f'href="{reverse("admin:manual")}">길잡이</a>')
