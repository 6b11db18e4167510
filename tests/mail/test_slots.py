"""Nothing that is typed into a digest is run by the templates of a service."""

import re

import pytest
from django.test import TestCase

from articles.mail import slots
from articles.mail.letters import UNSUBSCRIBE, letter_of
from articles.models import MailService
from tests.support.factories import make_article, make_digest

pytestmark = pytest.mark.one_engine

TYPED = (
    "{{{ .Subscriber.Email }}} {{`x`}} `{% include 'x' %}` {# 주석 #} {{ UnsubscribeURL }} "
    "https://a.example/x@TrackLink a < b <script>"
)
RUN = re.compile(r"\{[{%#]|@TrackLink")


class SlotsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        digest = make_digest(articles=0, published=False, title=f"제목 {TYPED}")
        make_article(digest, headline=f"기사 {TYPED}", outlook=TYPED, points=[TYPED])
        # Most of that readers never see: it is left out like Liquid tags. So put it in here.
        letter = letter_of(digest, can_unsubscribe=True)
        cls.letter = type(letter)(
            subject=TYPED,
            preheader=TYPED,
            html=letter.html.replace("</h1>", f"</h1><p>{TYPED}</p>", 1),
            text=letter.text + TYPED,
            language=letter.language,
            is_whole=True,
        )

    def put_in(self, kind, **fields):
        return slots.put_in(self.letter, MailService(kind=kind, **fields))

    def test_only_the_link_of_the_service_is_run(self):
        for kind, link in slots.LINKS.items():
            with self.subTest(kind):
                letter = self.put_in(kind)
                without = re.sub(r"\{\{ Safe `<!--[^`]*-->` \}\}", "", letter.html)
                self.assertEqual(without.count(link), 1)
                self.assertEqual(RUN.findall(without.replace(link, "")), [])
                self.assertEqual(letter.text.count(link), 1)
                self.assertEqual(RUN.findall(letter.text.replace(link, "")), [])
                self.assertEqual(RUN.findall(letter.subject + letter.preheader), [])

    def test_readers_see_what_was_typed(self):
        letter = self.put_in("listmonk")
        self.assertIn("&#123;&#123;{ .Subscriber.Email }}}", letter.html)
        self.assertEqual(letter.subject.replace("\u2060", ""), TYPED)

    def test_listmonk_keeps_the_comments_that_outlook_reads(self):
        html = self.put_in("listmonk").html
        self.assertEqual(html.count("{{ Safe `<!--[if mso]>"), 2)
        self.assertNotIn("<!--", re.sub(r"\{\{ Safe `[^`]*` \}\}", "", html))
        self.assertIn("<!--[if mso]>", self.put_in("buttondown").html)

    def test_nothing_in_a_plain_text_looks_like_an_element_to_go(self):
        self.assertNotRegex(self.put_in("listmonk").text, r"<[A-Za-z/!?]")

    def test_another_service_says_itself_where_its_link_goes(self):
        letter = self.put_in("own", unsubscribe="*|UNSUB|*")
        self.assertIn('href="*|UNSUB|*"', letter.html)
        self.assertNotIn(UNSUBSCRIBE, letter.html + letter.text)
