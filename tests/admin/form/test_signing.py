"""Signing in the form of a digest."""

import datetime as dt

import pytest

from articles.digests import publishing, revisions, signing
from articles.models import Signature
from tests.support.desk import DeskTestCase, change_url, filled
from tests.support.factories import make_digest

# Both engines keep signatures in `tests/digests/test_signing.py`.
pytestmark = pytest.mark.one_engine

FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)


class SigningInTheFormTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=2, published=False)
        self.uids = [str(uid) for uid in self.digest.articles.values_list("uid", flat=True)]

    def send(self, **changes):
        self.digest.refresh_from_db()
        self.assertSaved(self.save(self.digest, filled(self.digest, **changes)))

    def signed(self):
        return sorted(signing.of_digest(revisions.snapshot(self.digest)))

    def test_nothing_is_signed_beforehand(self):
        form = self.client.get(change_url(self.digest)).context["inline_admin_formsets"][0]
        self.assertFalse(any(row.initial["is_signed"] for row in form.formset.forms))
        self.assertSaved(self.save(self.digest))
        self.assertEqual(self.signed(), [])

    def test_a_tick_signs_the_text_that_is_saved(self):
        self.send(articles_0_is_signed="on", articles_0_headline="새 제목")
        self.assertEqual(self.signed(), [self.uids[0]])
        page = self.client.get(change_url(self.digest))
        self.assertContains(page, 'class="signature"', count=1)

    def test_a_tick_that_stays_does_not_sign_a_new_text(self):
        self.send(articles_0_is_signed="on")
        self.assertEqual(self.signed(), [self.uids[0]])
        ticked = {"articles_0_is_signed": "on", "articles_0_is_signed_was": "True"}
        self.send(articles_0_headline="고친 제목", **ticked)
        self.assertEqual(self.signed(), [])

    def test_without_the_tick_it_is_taken_back(self):
        self.send(articles_0_is_signed="on")
        self.assertEqual(self.signed(), [self.uids[0]])
        self.send(articles_0_is_signed_was="True")
        self.assertFalse(Signature.objects.exists())

    def test_whoever_saves_a_published_article_signs_it(self):
        self.digest = publishing.publish(self.digest, unchecked=True)
        self.send(articles_1_headline="고친 제목")
        self.assertEqual(self.signed(), [self.uids[1]])

    def test_whoever_saves_a_scheduled_article_signs_it_and_its_hour_stays(self):
        self.digest.articles.update(drafted_by="ai")
        signing.sign(self.digest, self.uids, by=self.editor)
        self.digest = publishing.publish(self.digest, at=FUTURE, unchecked=True)
        self.send(articles_1_headline="고친 제목")
        self.digest.refresh_from_db()
        self.assertEqual((self.digest.status, self.signed()), ("scheduled", sorted(self.uids)))
