"""Excerpts of cited pages: for editors, as long as the article is there."""

import datetime as dt

from django.test import TestCase
from django.utils import timezone

from articles.digests import publishing, revisions, trash
from articles.models import Excerpt, Revision
from articles.posts import json_document
from articles.posts.pushes import excerpts, undoing
from tests.support.pushes import fates, hand_in, hand_in_json

URL = "https://hanbit.example/1"


def article(excerpt="한 달에 4만 장을 만든다.", headline="새 라인 가동", url=URL, **more):
    return {"headline": headline, "citations": [{"url": url, "excerpt": excerpt}], **more}


def known(digest):
    return [
        list(excerpts.of_article(digest, text).values())
        for text in revisions.snapshot(digest)["articles"]
    ]


class ExcerptTests(TestCase):
    def test_it_stays_with_the_page_in_whatever_spelling_of_the_address(self):
        digest = hand_in_json({"articles": [article(url=f"{URL}?utm_source=x")]}).digest
        data = revisions.snapshot(digest)["articles"][0]
        data["citations"][0]["url"] = f"{URL}/amp"
        self.assertEqual(
            list(excerpts.of_article(digest, data).values()), ["한 달에 4만 장을 만든다."]
        )

    def test_a_newer_one_replaces_the_older_also_where_nothing_else_is_new(self):
        digest = hand_in_json({"articles": [article()]}).digest
        received = hand_in_json({"articles": [article("한 달에 5만 장")]})
        self.assertEqual(fates(received), ["unchanged"])
        self.assertEqual(known(digest), [["한 달에 5만 장"]])

    def test_one_without_its_page_is_told_and_left_out(self):
        for url in (None, "n/a"):
            with self.subTest(url):
                received = hand_in_json({"articles": [article(url=url)]}, dry_run=True)
                [notice] = received.account["notices"]
                self.assertIn("발췌", notice)
        self.assertFalse(Excerpt.objects.exists())

    def test_one_of_a_suggested_article_waits_for_it(self):
        digest = hand_in("9").digest
        publishing.submit(digest)
        received = hand_in_json({"articles": [article()]})
        self.assertEqual(fates(received), ["suggested"])
        cited = {"uid": "00000000-0000-0000-0000-000000000001", "citations": [{"url": URL}]}
        self.assertEqual(
            list(excerpts.of_article(digest, cited).values()), ["한 달에 4만 장을 만든다."]
        )

    def test_it_is_in_no_document(self):
        digest = hand_in_json({"articles": [article("비밀 발췌")]}).digest
        data = revisions.snapshot(digest)
        for for_readers in (True, False):
            self.assertNotIn(
                "비밀", str(json_document.from_snapshot(data, for_readers=for_readers))
            )
        self.assertNotIn("비밀", str(data))

    def test_it_goes_with_an_undone_push(self):
        received = hand_in_json({"articles": [article()]})
        undoing.undo(received.push, by=None)
        self.assertFalse(Excerpt.objects.exists())

    def test_it_is_forgotten_with_the_digest_for_good_and_not_before(self):
        digest = hand_in_json({"articles": [article()]}).digest
        kept = trash.delete(digest)
        self.assertEqual(trash.purge(), 0)
        self.assertTrue(Excerpt.objects.exists())
        old = timezone.now() - dt.timedelta(days=31)
        Revision.objects.filter(pk=kept.pk).update(created_at=old)
        self.assertEqual(trash.purge(), 1)
        self.assertFalse(Excerpt.objects.exists())
