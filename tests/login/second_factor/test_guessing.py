"""Nobody guesses codes or learns which accounts have a second factor."""

import datetime as dt
import re

import pytest
from axes.models import AccessAttempt
from django.test import Client, override_settings

from articles.login.second_factor import recovery
from tests.admin.matrix import patterns
from tests.login.second_factor.authenticator import give_app
from tests.login.second_factor.test_devices import STEP
from tests.login.second_factor.test_two_steps import ADD, LIMIT, LOGIN, VERIFY, LoginTestCase
from tests.support.factories import make_user

# The session says which step was taken; both engines keep devices in `test_devices.py`.
pytestmark = pytest.mark.one_engine


@override_settings(AXES_ENABLED=True)
class ThrottlingTests(LoginTestCase):
    def setUp(self):
        super().setUp()
        self.app = give_app(self.user)
        self.codes = recovery.make(self.user, by=self.user)

    def test_many_wrong_codes_shut_the_second_step_whoever_logs_in_anew(self):
        answers = []
        for _attempt in range(LIMIT):
            self.log_in()
            answers.append(self.give("000000").status_code)
            self.clock.shift(STEP)
        self.assertEqual(answers, [200] * (LIMIT - 1) + [429])
        self.log_in()
        response = self.client.post(VERIFY, {"recovery_code": self.codes[0]})
        self.assertEqual(response.status_code, 429)
        self.assertFalse(self.is_logged_in())
        self.clock.shift(dt.timedelta(minutes=16))
        self.client.post(VERIFY, {"recovery_code": self.codes[0]})
        self.assertTrue(self.is_logged_in())
        self.assertFalse(AccessAttempt.objects.exists())

    def test_nothing_that_was_typed_is_kept_of_it(self):
        self.log_in()
        self.give("123123", kept='{"fields": [["title", "비밀 글"]], "is_checked": true}')
        attempt = AccessAttempt.objects.get()
        for text in ("123123", "비밀", "minji="):
            self.assertNotIn(text, f"{attempt.post_data}{attempt.get_data}")


class EnumerationTests(LoginTestCase):
    def test_no_page_tells_strangers_who_has_an_account_or_a_device(self):
        give_app(self.user)
        make_user("hana", is_active=False)
        make_user("guest", is_staff=False)
        pages = set()
        for name in ("minji", "jisoo", "hana", "guest", "nobody"):
            client = Client()
            response = client.post(LOGIN, {"username": name, "password": "wrong"})
            page = response.content.decode().replace(name, "…")
            page = re.sub(r'value="\w{64}"', "", page)
            pages.add((response.status_code, page, str(sorted(client.cookies))))
            for path in (VERIFY, ADD):
                response = client.get(path, {"username": name})
                self.assertIn(f"{LOGIN}?next=%2Fadmin%2F", response.url)
                response = client.post(path, {"username": name, "code": "123456"})
                self.assertContains(response, 'id="login-form"', status_code=403)
        self.assertEqual(len(pages), 1)

    def test_there_is_no_way_to_a_new_password_by_mail(self):
        self.assertNotIn("password_reset", dict(patterns(prefix="")))
