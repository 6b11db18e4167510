"""Requests are signed as Standard Webhooks says."""

import base64
import time

from django.test import SimpleTestCase

from articles.notices import signing
from tests.support.code_blocks import code_blocks
from tests.support.receivers import verified

BODY = b'{"test": 2432232314}'


class SigningTests(SimpleTestCase):
    def test_the_code_of_the_documentation_verifies_what_is_sent(self):
        [code] = code_blocks("webhooks.md", "Verifying a request", "python")
        namespace = {}
        exec(code, namespace)  # noqa: S102 - it is our own page
        is_ours = namespace["is_from_the_newsroom"]
        new, former = signing.new_secret(), signing.new_secret()
        now = int(time.time())
        headers = signing.headers([new, former], "msg_1", now, BODY)
        self.assertTrue(is_ours(new, headers, BODY))
        self.assertTrue(is_ours(former, headers, BODY))
        self.assertFalse(is_ours(signing.new_secret(), headers, BODY))
        self.assertFalse(is_ours(new, headers, BODY + b" "))
        old = signing.headers([new], "msg_1", now - 600, BODY)
        self.assertFalse(is_ours(new, old, BODY))

    def test_the_example_that_libraries_of_the_standard_are_tested_with(self):
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        headers = signing.headers([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BODY)
        expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        self.assertEqual(headers["webhook-signature"], expected)

    def test_either_of_two_secrets_verifies(self):
        new, former, other = (signing.new_secret() for _ in range(3))
        headers = signing.headers([new, former], "msg_1", 1, BODY)
        self.assertTrue(verified(new, headers, BODY))
        self.assertTrue(verified(former, headers, BODY))
        self.assertFalse(verified(other, headers, BODY))
        self.assertFalse(verified(new, headers, BODY + b" "))
        self.assertFalse(verified(new, headers | {"webhook-timestamp": "2"}, BODY))

    def test_a_secret_has_as_many_bytes_as_the_standard_wants(self):
        found = {signing.new_secret() for _ in range(20)}
        self.assertEqual(len(found), 20)
        for secret in found:
            self.assertTrue(24 <= len(base64.b64decode(secret.removeprefix("whsec_"))) <= 64)
