"""What a mail with everything in it is made of, against the tables of Can I email."""

import subprocess
from pathlib import Path

from django.test import TestCase

from articles.mail.letters import letter_of
from tests.mail.test_letters import MARKDOWN
from tests.support.reader_site import ReaderSite

CHECK = Path(__file__).with_name("check.mjs")


class MailProgramTests(TestCase):
    def check(self, html):
        command = ["node", str(CHECK)]
        return subprocess.run(command, input=html.encode(), capture_output=True, check=False)

    def test_mail_programs_show_all_of_it(self):
        digest = ReaderSite().digest
        digest.introduction = MARKDOWN
        checked = self.check(letter_of(digest, can_unsubscribe=True).html)
        self.assertEqual((checked.stderr.decode(), checked.returncode), ("", 0))
        self.assertIn(b": 0 things", checked.stdout)

    def test_the_check_finds_what_they_do_not_show(self):
        checked = self.check('<p style="position:fixed">글</p>')
        self.assertEqual(checked.returncode, 1)
        self.assertIn(b"position", checked.stderr)
