"""Templates of JSON that admins write: what is refused, and with which words."""

from django.core.exceptions import ValidationError
from django.test import SimpleTestCase
from django.utils import translation

from articles.outgoing import json_templates


class CheckTests(SimpleTestCase):
    def refusal(self, template):
        with self.assertRaises(ValidationError) as raised, translation.override("ko"):
            json_templates.check(template, {"url": ""})
        return "".join(raised.exception.messages)

    def test_the_place_of_a_slip_is_told_in_the_language_of_the_site(self):
        self.assertIn("2행 6번째 글자", self.refusal('{"a": 1,\n"b": }'))

    def test_what_could_not_be_sent_is_refused(self):
        for template in ('{"a": "\\ud800"}', '{"a": NaN}', '["{{ url }}", -Infinity]'):
            with self.subTest(template):
                self.assertIn("JSON", self.refusal(template))

    def test_a_template_that_is_right_is_taken(self):
        json_templates.check('{"a": ["{{ url }}", 1, null, "\\ud83d\\ude00"]}', {"url": ""})
