"""Passkeys: only the right answer to the challenge of this moment is one."""

import json
from unittest import mock

from django.test import RequestFactory, TestCase
from django_otp_webauthn.models import WebAuthnCredential

from articles.login.second_factor import devices, passkeys
from articles.models import AuditEntry
from tests.login.second_factor.authenticator import Authenticator, with_passkeys
from tests.support.factories import make_user


@with_passkeys
class PasskeyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user, cls.other = make_user("minji"), make_user("jisoo")

    def setUp(self):
        self.request = RequestFactory().get("/")
        self.authenticator = Authenticator()

    def add(self, user=None, authenticator=None):
        user, authenticator = user or self.user, authenticator or self.authenticator
        options, state = passkeys.begin_adding(self.request, user)
        answer = authenticator.create(options)
        return passkeys.add(self.request, user, state, answer, name=" 열쇠 ")

    def show(self, user=None, authenticator=None):
        user, authenticator = user or self.user, authenticator or self.authenticator
        options, state = passkeys.begin_showing(self.request, user)
        return passkeys.accept(self.request, user, state, authenticator.get(options))

    def test_one_that_was_added_opens(self):
        device = self.add()
        self.assertEqual(device.name, "열쇠")
        self.assertTrue(devices.has_device(self.user))
        self.assertEqual(self.show(), device)
        self.assertIsNotNone(WebAuthnCredential.objects.get().last_used_at)
        self.assertEqual(AuditEntry.objects.get().action, "second-factor-added")

    def test_that_of_another_person_key_or_site_does_not(self):
        self.add()
        self.add(self.other, Authenticator())
        self.assertIsNone(self.show(self.other))
        impostor = Authenticator()
        impostor.id = self.authenticator.id
        for authenticator in (Authenticator(), impostor):
            self.assertIsNone(self.show(authenticator=authenticator))
        self.authenticator.origin = "https://testserver.example"
        self.assertIsNone(self.show())
        self.assertIsNone(self.add(authenticator=Authenticator("https://evil.example")))

    def test_one_asked_for_in_the_frame_of_another_site_does_not(self):
        for said in ({"crossOrigin": True}, {"topOrigin": "https://evil.example"}):
            with self.subTest(said=said):
                self.authenticator.client = said
                self.assertIsNone(self.add())
                self.authenticator.client = {"crossOrigin": False}
                self.assertIsNotNone(self.add())
                self.authenticator.client = said
                self.assertIsNone(self.show())
                WebAuthnCredential.objects.all().delete()

    def test_an_answer_to_another_challenge_does_not(self):
        self.add()
        first, _state = passkeys.begin_showing(self.request, self.user)
        _options, second = passkeys.begin_showing(self.request, self.user)
        answer = self.authenticator.get(first)
        self.assertIsNone(passkeys.accept(self.request, self.user, second, answer))

    def test_the_same_passkey_is_not_added_twice(self):
        self.add()
        self.assertIsNone(self.add())
        self.assertIsNone(self.add(self.other))
        options, _state = passkeys.begin_adding(self.request, self.user)
        self.assertEqual(len(options["excludeCredentials"]), 1)

    def test_what_is_no_answer_is_refused_quietly(self):
        self.add()
        adding, begun = passkeys.begin_adding(self.request, self.user)
        showing, shown = passkeys.begin_showing(self.request, self.user)
        broken = ["", "x", "null", "[]", "{}", "1", '{"id": 1}', "[" * 5000, "0" * 30_000]
        for answer in (Authenticator().create(adding), self.authenticator.get(showing)):
            broken += damaged(json.loads(answer))
        self.assertGreater(len(broken), 100)
        for answer in broken:
            with self.subTest(answer[:200]):
                added = passkeys.add(self.request, self.user, begun, answer, name="")
                self.assertIsNone(added)
                self.assertIsNone(passkeys.accept(self.request, self.user, shown, answer))
        self.assertEqual(WebAuthnCredential.objects.count(), 1)

    def test_a_name_that_cannot_be_stored_leaves_nothing_half_done(self):
        with mock.patch.object(devices, "record", side_effect=ValueError):
            self.assertIsNone(self.add())
        self.assertFalse(WebAuthnCredential.objects.exists())


def damaged(answer):
    """The answer with every part of it replaced by something else, one at a time."""
    for name in ("id", "rawId", "response", "type"):
        for value in (None, 1, "", "가", "AAAA", [], {}, "A" * 3000):
            yield json.dumps(answer | {name: value})
    for results in ({"credProps": 1}, {"credProps": {"rk": []}, "other": "\0"}):
        yield json.dumps(answer | {"clientExtensionResults": results, "rawId": "AAAA"})
    for name in answer["response"]:
        for value in (None, 1, "", "가", "AAAA", "e30", "oA", [], {}, "_" * 999, "gYGB" * 999):
            yield json.dumps(answer | {"response": answer["response"] | {name: value}})
