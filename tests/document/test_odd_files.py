"""Hand-made files that are odd in one way each: kept to the byte, or refused with the line."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles import document
from articles.document import DocumentError
from articles.posts.post_files import find_posts, read_post

FOLDER = Path(__file__).parent / "odd"
SEOUL = ZoneInfo("Asia/Seoul")


class OddFileTests(SimpleTestCase):
    def test_there_are_files_of_both_kinds(self):
        self.assertGreaterEqual(len(list(FOLDER.glob("kept-*.md"))), 40)
        self.assertGreaterEqual(len(list(FOLDER.glob("refused-*.md"))), 12)

    def test_what_is_read_is_written_to_the_byte(self):
        for path in sorted(FOLDER.glob("kept-*.md")):
            with self.subTest(path.name):
                data = path.read_bytes()
                read = parse(path)
                self.assertEqual(document.write(read).encode(), data)

    def test_what_is_refused_names_its_line(self):
        for path in sorted(FOLDER.glob("refused-*.md")):
            line = int(path.stem.rsplit("-", 1)[1])
            with self.subTest(path.name), self.assertRaises(DocumentError) as refused:
                parse(path)
            with self.subTest(path.name):
                self.assertEqual([number for number, _ in refused.exception.errors], [line])

    def test_every_letter_of_a_kept_file_is_in_a_field(self):
        """Only marks, labels and blanks may live in the layout alone."""
        for path in sorted(FOLDER.glob("kept-*.md")):
            with self.subTest(path.name):
                read = parse(path)
                usual = document.write(without_layout(read))
                for word in (
                    "편집부로",
                    "경쟁사도",
                    "150W",
                    "시제품",
                    "둘째 문단",
                    "칩 사진",
                    "한 줄 평",
                ):
                    if word in path.read_text(encoding="utf-8-sig"):
                        self.assertIn(word, usual)


def parse(path):
    [source] = find_posts([path])
    return document.parse(read_post(source), SEOUL)


def without_layout(read):
    articles = [replace(article, layout={}) for article in read.articles]
    return replace(read, articles=articles, layout={})
