import datetime as dt

import time_machine
from django.core.exceptions import PermissionDenied
from django.test import TestCase, override_settings

from articles import publishing
from articles.models import Article, Digest
from articles.publishing import NotAllowed
from tests.factories import DAY, make_article, make_digest, make_user

NOW = dt.datetime(2026, 1, 3, 1, 0, tzinfo=dt.UTC)
LATER = dt.datetime(2999, 1, 3, 1, 0, tzinfo=dt.UTC)


def published():
    return set(Digest.objects.published())


@time_machine.travel(NOW, tick=False)
class PublishTests(TestCase):
    def test_published_digest_is_public_from_now_on(self):
        digest = publishing.publish(make_digest(published=False))
        self.assertEqual(digest.status, Digest.Status.PUBLISHED)
        self.assertEqual((digest.published_at, digest.publish_at), (NOW, NOW))
        self.assertEqual(published(), {digest})

    def test_future_time_schedules(self):
        digest = publishing.publish(make_digest(published=False), at=LATER)
        self.assertEqual(digest.status, Digest.Status.SCHEDULED)
        self.assertIsNone(digest.published_at)
        self.assertEqual(published(), set())

    def test_scheduled_digest_is_public_once_its_time_has_come(self):
        digest = publishing.publish(make_digest(published=False), at=LATER)
        Digest.objects.update(publish_at=NOW)
        self.assertEqual(published(), {digest})

    def test_digest_without_articles_is_refused(self):
        digest = make_digest(articles=0, published=False)
        with self.assertRaises(NotAllowed):
            publishing.publish(digest)
        digest.refresh_from_db()
        self.assertEqual((digest.status, digest.version), (Digest.Status.DRAFT, 1))

    def test_publishing_twice_is_refused(self):
        digest = publishing.publish(make_digest(published=False))
        with self.assertRaises(NotAllowed):
            publishing.publish(digest)

    def test_permission_is_needed_and_of_its_own(self):
        digest = make_digest(published=False)
        with self.assertRaises(PermissionDenied):
            publishing.publish(digest, by=make_user(permissions=["change_digest"]))
        publisher = make_user("hana", permissions=["publish_digest"])
        digest = publishing.publish(digest, by=publisher)
        with self.assertRaises(PermissionDenied):
            publishing.withdraw(digest, by=publisher)

    def test_every_transition_is_one_revision_by_its_author(self):
        user = make_user(permissions=["publish_digest", "withdraw_digest"])
        digest = publishing.publish(make_digest(published=False), by=user)
        publishing.withdraw(digest, by=user)
        revisions = digest.revisions.order_by("number")
        self.assertEqual([r.data["status"] for r in revisions], ["published", "withdrawn"])
        self.assertEqual({r.author for r in revisions}, {user})


@time_machine.travel(NOW, tick=False)
class IdentityTests(TestCase):
    def test_feed_ids_are_tag_uris_of_their_own(self):
        digest = publishing.publish(make_digest(published=False))
        ids = [digest.feed_id, *digest.articles.values_list("feed_id", flat=True)]
        self.assertEqual(len(set(ids)), 3)
        self.assertRegex(digest.feed_id, r"^tag:testserver,2026-01-03:digest/[0-9a-f-]{36}$")

    def test_feed_ids_and_first_publication_survive_withdrawal_and_a_new_domain(self):
        digest = publishing.publish(make_digest(published=False))
        before = digest.feed_id, set(digest.articles.values_list("feed_id", flat=True))
        publishing.withdraw(digest)
        with override_settings(SITE_URL="https://new.example"):
            again = publishing.publish(digest, at=NOW + dt.timedelta(hours=-1))
        self.assertEqual(
            (again.feed_id, set(again.articles.values_list("feed_id", flat=True))), before
        )
        self.assertEqual(again.published_at, NOW)


@time_machine.travel(NOW, tick=False)
class WithdrawTests(TestCase):
    def test_withdrawn_digest_is_not_public(self):
        publishing.withdraw(publishing.publish(make_digest(published=False)))
        self.assertEqual(published(), set())

    def test_cancelled_schedule_is_a_draft_again(self):
        digest = publishing.publish(make_digest(published=False), at=LATER)
        digest = publishing.withdraw(digest)
        self.assertEqual((digest.status, digest.publish_at), (Digest.Status.DRAFT, None))

    def test_draft_cannot_be_withdrawn(self):
        with self.assertRaises(NotAllowed):
            publishing.withdraw(make_digest(published=False))


@time_machine.travel(NOW, tick=False)
class CorrectionTests(TestCase):
    def test_correction_moves_revised_and_not_published(self):
        digest = make_digest()
        before = digest.published_at
        correction = publishing.correct(digest, "40%가 아니라 14%입니다.")
        digest.refresh_from_db()
        self.assertEqual(digest.published_at, before)
        self.assertEqual(digest.revised_at, correction.corrected_at)

    def test_draft_has_no_corrections(self):
        with self.assertRaises(NotAllowed):
            publishing.correct(make_digest(published=False), "틀렸습니다.")

    def test_article_of_another_digest_is_refused(self):
        other = make_article(make_digest("2026-01-04"))
        with self.assertRaises(NotAllowed):
            publishing.correct(make_digest(), "틀렸습니다.", article=other)


class LostRaceTests(TestCase):
    def test_digest_deleted_meanwhile_is_said(self):
        digest = make_digest(published=False)
        Digest.objects.all().delete()
        with self.assertRaises(Digest.DoesNotExist):
            publishing.publish(digest)
        self.assertFalse(Article.objects.filter(digest__date=DAY).exists())
