"""A signature names a person, a time and a text, and lapses when that text changes."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import TestCase, override_settings

from articles import preflight
from articles.digests import editing, publishing, revisions, signing
from articles.models import AuditEntry, Publisher, Signature, SiteVersion
from articles.preflight import Severity
from tests.support.factories import make_digest, make_user


class SigningTestCase(TestCase):
    def setUp(self):
        self.digest = make_digest(articles=2, published=False)
        self.digest.articles.update(drafted_by="ai")
        self.editor = make_user(permissions=["change_digest"], first_name="하늘")
        self.first, self.second = (
            str(uid) for uid in self.digest.articles.values_list("uid", flat=True)
        )

    def sign(self, *uids, by=None):
        with transaction.atomic():
            return signing.sign(editing.lock(self.digest), uids, by=by or self.editor)

    def change(self, **values):
        data = revisions.snapshot(self.digest)
        data["articles"][0] |= values
        editing.write(self.digest, data)

    def signed(self):
        return set(signing.of_digest(revisions.snapshot(self.digest)))

    def unsigned(self):
        found = publishing.check_digest(self.digest)
        return {
            finding.article: finding.severity for finding in found if finding.code == "unsigned"
        }


class SignatureTests(SigningTestCase):
    def test_it_has_the_person_the_time_and_the_text(self):
        self.assertEqual(self.sign(self.first), [self.first])
        row = Signature.objects.get()
        self.assertEqual((str(row.article_uid), row.user), (self.first, self.editor))
        self.assertEqual(self.signed(), {self.first})
        entry = AuditEntry.objects.get(action="signed")
        self.assertEqual(
            (entry.actor_id, entry.detail), (self.editor.pk, {"articles": [self.first]})
        )

    def test_it_lapses_when_what_was_read_changes(self):
        for values in (
            {"headline": "다른 제목"},
            {"points": ["다른 요점"]},
            {"outlook": "다른 전망"},
            {"citations": []},
        ):
            with self.subTest(values):
                self.sign(self.first)
                before = revisions.snapshot(self.digest)["articles"][0]
                self.change(**values)
                self.assertEqual(self.signed(), set())
                self.change(**{name: before[name] for name in values})
                self.assertEqual(self.signed(), {self.first})

    def test_tags_and_names_of_publishers_do_not_end_it(self):
        self.sign(self.first)
        self.change(tags=["AI"])
        Publisher.objects.update(name="한빛신문")
        self.assertEqual(self.signed(), {self.first})

    def test_it_is_given_once_and_by_several(self):
        self.sign(self.first)
        self.assertEqual(self.sign(self.first), [])
        self.sign(self.first, by=make_user("bora", permissions=["change_digest"]))
        self.assertEqual(Signature.objects.count(), 2)

    def test_it_can_be_taken_back(self):
        self.sign(self.first)
        self.assertTrue(signing.take_back(self.digest, self.first, by=self.editor))
        self.assertFalse(signing.take_back(self.digest, self.first, by=self.editor))
        self.assertEqual(self.signed(), set())

    def test_only_those_who_may_write_sign(self):
        with self.assertRaises(PermissionDenied):
            self.sign(self.first, by=make_user("clerk"))

    def test_an_article_of_another_digest_is_not_signed(self):
        other = make_digest("2026-01-04", published=False)
        uid = str(other.articles.first().uid)
        self.assertEqual(self.sign(uid), [])

    def test_it_outlives_the_account_with_the_name(self):
        self.sign(self.first)
        self.editor.delete()
        self.assertEqual(Signature.objects.get().name, "하늘")

    def test_under_a_public_digest_it_shows_at_once(self):
        self.digest = publishing.publish(self.digest, unchecked=True)
        page = self.digest.get_absolute_url()
        self.assertNotContains(self.client.get(page), "하늘")
        before = SiteVersion.objects.get().number
        self.sign(self.first)
        self.assertGreater(SiteVersion.objects.get().number, before)
        self.assertContains(self.client.get(page), "하늘")

    def test_readers_of_a_changed_text_do_not_see_it(self):
        self.sign(self.first)
        self.change(headline="다른 제목")
        digest = publishing.publish(self.digest, unchecked=True)
        self.assertNotContains(self.client.get(digest.get_absolute_url()), "하늘")


class UnsignedTests(SigningTestCase):
    def test_an_article_that_nobody_signed_stops_publication(self):
        self.assertEqual(self.unsigned(), {self.first: Severity.ERROR, self.second: Severity.ERROR})
        self.sign(self.first, self.second)
        self.assertEqual(self.unsigned(), {})

    def test_an_imported_name_is_no_signature(self):
        self.digest.articles.update(read_by="김하늘")
        self.assertEqual(len(self.unsigned()), 2)

    def test_a_text_by_a_person_needs_none(self):
        self.digest.articles.update(drafted_by="person")
        self.assertEqual(self.unsigned(), {})

    def test_the_site_decides_what_it_means(self):
        with override_settings(UNSIGNED_ARTICLES="warning"):
            self.assertEqual(set(self.unsigned().values()), {Severity.WARNING})
        with override_settings(UNSIGNED_ARTICLES="off"):
            self.assertEqual(self.unsigned(), {})

    def test_a_text_that_is_typed_and_not_saved_is_not_signed(self):
        self.sign(self.first, self.second)
        data = revisions.snapshot(self.digest)
        data["articles"][0]["headline"] = "쓰는 중"
        found = [
            f.article for f in preflight.check(data, digest=self.digest) if f.code == "unsigned"
        ]
        self.assertEqual(found, [self.first])

    def test_a_malformed_article_is_unsigned_and_breaks_nothing(self):
        for article in ({"drafted_by": "ai"}, {"drafted_by": "ai", "points": 3, "citations": [7]}):
            found = [f.code for f in preflight.check({"articles": [article]})]
            self.assertIn("unsigned", found)
