"""What an operator may set, and what is refused."""

import os
from unittest.mock import patch

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from articles.preflight.system_checks import check_preflight
from articles.preflight.tuning import LIMITS
from newsroom import environment as env


class ParserTests(SimpleTestCase):
    def parsed(self, function, value):
        with patch.dict(os.environ, {"NAME": value}):
            return function("NAME")

    def test_words(self):
        self.assertEqual(self.parsed(env.words, " OpenAI, 科技,,OpenAI "), ["OpenAI", "科技"])
        self.assertEqual(self.parsed(env.words, " "), [])

    def test_numbers(self):
        self.assertEqual(self.parsed(env.numbers, "a=1, b_c = 20"), {"a": 1, "b_c": 20})
        self.assertEqual(self.parsed(env.numbers, ""), {})

    def test_what_is_no_number_is_refused_in_a_sentence(self):
        for value in ("a", "a=", "a=x", "a=-1", "a=1.5", "=1", "a=1,a=2", "a=1=2", "a=٣", "a b=1"):
            with self.subTest(value), self.assertRaisesMessage(ImproperlyConfigured, "NAME"):
                self.parsed(env.numbers, value)


class SystemCheckTests(SimpleTestCase):
    def messages(self, **options):
        with self.settings(**options):
            errors = check_preflight(None)
        self.assertEqual({error.id for error in errors}, {"articles.E001"} if errors else set())
        return [error.msg for error in errors]

    def test_known_names_are_accepted(self):
        self.assertEqual(self.messages(), [])
        self.assertEqual(self.messages(PREFLIGHT_OFF=["byline"], PREFLIGHT_LIMITS=LIMITS), [])

    def test_unknown_code_is_refused(self):
        [message] = self.messages(PREFLIGHT_OFF=["by-line", "byline"])
        self.assertIn("PREFLIGHT_OFF names 'by-line', which is no rule.", message)

    def test_unknown_limit_is_refused(self):
        [message] = self.messages(PREFLIGHT_LIMITS={"point_max": 3})
        self.assertIn("PREFLIGHT_LIMITS names 'point_max', which is no limit.", message)

    def test_limits_that_nothing_can_keep_are_refused(self):
        [message] = self.messages(PREFLIGHT_LIMITS={"points_min": 9})
        self.assertIn("a larger points_min than points_max", message)

    def test_readme_names_every_limit_with_its_default(self):
        text = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
        self.assertIn(",".join(f"{name}={value}" for name, value in LIMITS.items()), text)
