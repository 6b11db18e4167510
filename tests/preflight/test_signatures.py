"""Articles drafted with AI help that nobody signed; tests/digests/test_signing.py has the rest."""

import uuid

from django.utils import timezone

from articles.models import Signature, text_hash
from tests.preflight.snapshots import RuleTests, article, codes, digest


def drafted(by, **fields):
    return digest(article(drafted_by=by, **fields))


class UnsignedTests(RuleTests):
    CASES = {
        "unsigned": (
            [
                drafted("ai"),
                drafted("ai", read_by="김하늘"),
                drafted("ai", uid=str(uuid.uuid4())),
            ],
            [drafted(""), drafted("person"), drafted("person", read_by="김하늘")],
        )
    }

    def test_a_signature_under_another_text_does_not_count(self):
        uid = str(uuid.uuid4())
        data = drafted("ai", uid=uid)
        hashed = text_hash(data["articles"][0])
        row = Signature.objects.create(
            article_uid=uid, name="김하늘", text_hash=hashed, signed_at=timezone.now()
        )
        self.assertNotIn("unsigned", codes(data))
        row.text_hash = text_hash(article(headline="다른 제목"))
        row.save()
        self.assertIn("unsigned", codes(data))
