"""What the site writes as JSON and gets back unchanged is nothing new to it."""

from django.test import TestCase

from articles.digests import revisions
from articles.posts import json_document
from tests.support.factories import make_article, make_digest
from tests.support.pushes import fates, hand_in_json

REMARK = "<!-- 확인 중 -->"


class RoundTripTests(TestCase):
    def setUp(self):
        self.digest = make_digest(
            "2026-01-03",
            published=False,
            title=f"아침 {REMARK} 뉴스",
            introduction=f"{REMARK} 머리글",
        )
        make_article(
            self.digest,
            headline="새 기사 {{ page.date }}",
            points=["요점 하나", REMARK, f"요점 둘 {REMARK}"],
            outlook=f"{REMARK}\n내년에 더 커질 전망.",
            other=[{"after": "points", "text": f"글 {REMARK}"}, {"after": "tags", "text": REMARK}],
        )
        self.before = revisions.snapshot(self.digest)

    def document(self, **changes):
        return json_document.from_snapshot(self.before, for_readers=False) | changes

    def test_remarks_that_documents_do_not_have_are_not_missed(self):
        received = hand_in_json(self.document())
        self.assertEqual((received.outcome, set(fates(received))), ("unchanged", {"unchanged"}))
        self.assertEqual(revisions.snapshot(self.digest), self.before)

    def test_only_what_was_edited_is_suggested(self):
        document = self.document()
        document["articles"][2]["industry_impact"] = "새 글"
        received = hand_in_json(document)
        self.assertEqual(received.account["articles"][2]["suggested"], ["industry_impact"])
