"""An authenticator in software, for tests without a browser, and what else they need to log in."""

import hashlib
import json
import re
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from html import unescape

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import override_settings
from django_otp.oath import totp as code_at
from django_otp.plugins.otp_totp.models import TOTPDevice

DOMAIN, ORIGIN = "testserver", "https://testserver"
PRESENT, HAS_KEY = 0x01, 0x40

with_passkeys = override_settings(
    PASSKEYS=True, OTP_WEBAUTHN_RP_ID=DOMAIN, OTP_WEBAUTHN_ALLOWED_ORIGINS=[ORIGIN]
)


class Authenticator:
    """One passkey: answers options as a browser with a security key would."""

    def __init__(self, origin=ORIGIN):
        self.origin = origin
        self.client = {}  # what the browser says besides
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)

    def create(self, options):
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})  # RFC 9053, ES256 on P-256
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        data = self._data(PRESENT | HAS_KEY) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._answer(
            {"clientDataJSON": text(client), "attestationObject": text(attestation)}
        )

    def get(self, options):
        data, client = self._data(PRESENT), self._client("webauthn.get", options)
        signed = data + hashlib.sha256(client).digest()
        response = {
            "clientDataJSON": text(client),
            "authenticatorData": text(data),
            "signature": text(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
        }
        return self._answer(response)

    def _data(self, flags):
        return hashlib.sha256(DOMAIN.encode()).digest() + struct.pack(">BI", flags, 0)

    def _client(self, kind, options):
        challenge = text(urlsafe_b64decode(options["challenge"] + "=="))
        data = {"type": kind, "challenge": challenge, "origin": self.origin} | self.client
        return json.dumps(data).encode()

    def _answer(self, response):
        own = {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}
        return json.dumps(own | {"response": response, "clientExtensionResults": {}})


def text(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def options_of(response):
    """What a page asks of the browser."""
    return json.loads(unescape(re.search(r'data-options="([^"]+)"', response.content.decode())[1]))


def key_of(response):
    """The key of an app that a page shows, as the table has it."""
    return bytes.fromhex(response.context["request"].session["app_key_to_add"]).hex()


def give_app(user, **fields):
    return TOTPDevice.objects.create(user=user, name="폰", **fields)


def code_for(key):
    """The six digits that an app shows now."""
    return f"{code_at(bytes.fromhex(key)):06}"
