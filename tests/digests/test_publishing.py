import datetime as dt
from unittest import mock

import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import TestCase, override_settings

from articles.changes import audit
from articles.digests import publishing
from articles.digests.publishing import CLOCKS_APART, NotAllowed, NotReady
from articles.models import AcceptedFinding, Article, Correction, Digest
from articles.preflight import Finding, Severity
from tests.support.factories import DAY, make_article, make_digest, make_user

NOW = dt.datetime(2026, 1, 3, 1, 0, tzinfo=dt.UTC)
LATER = dt.datetime(2999, 1, 3, 1, 0, tzinfo=dt.UTC)


def published():
    return set(Digest.objects.published())


def traces(digest):
    """What a refusal leaves alone: the row, the audit trail and the revisions."""
    row = Digest.objects.filter(pk=digest.pk).values().get()
    return row, audit.trail(digest).count(), digest.revisions.count(), Correction.objects.count()


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


class ClockTests(TestCase):
    """The clock of this process is ahead of the database's, or behind."""

    AHEAD = CLOCKS_APART / 2

    def test_what_is_published_now_is_out_for_the_clock_that_decides(self):
        digest = make_digest(published=False)
        with time_machine.travel(dt.datetime.now(dt.UTC) + self.AHEAD):
            digest = publishing.publish(digest)
        self.assertEqual(digest.status, Digest.Status.PUBLISHED)
        self.assertEqual(published(), {digest})

    def test_an_hour_between_the_two_clocks_is_a_schedule(self):
        digests = [make_digest("2026-01-03", published=False), Digest(date=DAY, title="새 호")]
        digests[1].date += dt.timedelta(days=1)
        at = dt.datetime.now(dt.UTC) + self.AHEAD / 2
        with time_machine.travel(dt.datetime.now(dt.UTC) + self.AHEAD), transaction.atomic():
            publishing.publish(digests[0], at=at)
            publishing.publish_new(digests[1], at=at)
        found = set(Digest.objects.values_list("status", "published_at"))
        self.assertEqual(found, {(Digest.Status.SCHEDULED, None)})
        Digest.objects.update(publish_at=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
        self.assertEqual(published(), set(Digest.objects.all()))

    def test_a_correction_is_never_before_what_it_corrects(self):
        digest = publishing.publish(make_digest(published=False))
        with time_machine.travel(dt.datetime.now(dt.UTC) - self.AHEAD):
            correction = publishing.correct(digest, "수치를 바로잡습니다.")
        self.assertEqual(correction.corrected_at, digest.published_at)


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

    def test_articles_are_not_compared_with_each_other(self):
        """Each with all before it would be 125,000 times for five hundred articles."""
        digest = make_digest(articles=40, published=False)
        compared = mock.Mock(side_effect=lambda one, other: one.pk == other.pk)
        with mock.patch.object(Article, "__eq__", lambda one, other: compared(one, other)):
            publishing.publish(digest, by=None, unchecked=True)
        self.assertLessEqual(compared.call_count, 3 * 40)


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


class ReviewTests(TestCase):
    def test_an_empty_digest_is_not_handed_in(self):
        with self.assertRaises(NotAllowed):
            publishing.submit(make_digest(articles=0, published=False))

    def test_sending_back_without_a_note_is_refused(self):
        digest = publishing.submit(make_digest(published=False))
        for note in ("", " \n "):
            with self.subTest(note=note), self.assertRaises(NotAllowed):
                publishing.send_back(digest, note=note)

    def test_what_readers_had_goes_back_to_withdrawn(self):
        digest = publishing.submit(publishing.withdraw(make_digest()))
        self.assertEqual(publishing.send_back(digest, note="다시").status, "withdrawn")

    def test_the_note_is_in_the_audit_row_and_the_revision(self):
        user = make_user(permissions=["change_digest"])
        digest = publishing.submit(make_digest(published=False), by=user, note="다 썼습니다")
        entry, revision = audit.trail(digest).first(), digest.revisions.get()
        self.assertEqual((entry.note, entry.actor_id), ("다 썼습니다", user.pk))
        self.assertIn("다 썼습니다", revision.note)
        self.assertEqual(revision.author, user)


class PreflightTests(TestCase):
    def setUp(self):
        self.digest = make_digest(published=False)
        self.found = []
        check = mock.patch(
            "articles.digests.publishing.check_digest", side_effect=lambda _: self.found
        )
        check.start()
        self.addCleanup(check.stop)

    def find(self, severity, key):
        values = {"article": None, "field": None, "line": None, "advice": "고치세요."}
        sentence = f"{key}에 문제가 있습니다."
        found = Finding(code="rule", severity=severity, sentence=sentence, key=key, **values)
        self.found = [*self.found, found]

    def refused(self, **options):
        before = traces(self.digest)
        with self.assertRaises(NotReady) as refusal:
            publishing.publish(self.digest, **options)
        self.assertEqual(traces(self.digest), before)
        self.assertFalse(AcceptedFinding.objects.exists())
        return [finding.key for finding in refusal.exception.findings]

    def test_an_error_stops_it_whatever_is_said(self):
        self.find(Severity.ERROR, "e")
        self.assertEqual(self.refused(reasons={"rule": "괜찮음"}, accepted=["e"]), ["e"])
        self.assertEqual(self.refused(reasons={"rule": "괜찮음"}, accepted=["e"], at=LATER), ["e"])

    def test_a_warning_needs_its_key_and_a_reason(self):
        self.find(Severity.WARNING, "w")
        for options in (
            {},
            {"reasons": {"rule": "괜찮음"}},
            {"accepted": ["w"]},
            {"accepted": ["w"], "reasons": {"rule": "  "}},
            {"accepted": ["x"], "reasons": {"rule": "괜찮음"}},
        ):
            with self.subTest(options=options):
                self.assertEqual(self.refused(**options), ["w"])

    def test_one_warning_of_two_is_not_enough(self):
        self.find(Severity.WARNING, "w")
        self.find(Severity.WARNING, "v")
        self.assertEqual(self.refused(accepted=["w"], reasons={"rule": "괜찮음"}), ["w", "v"])

    def test_what_passed_is_kept_with_its_reason_and_its_author(self):
        self.find(Severity.WARNING, "w")
        user = make_user(permissions=["publish_digest"])
        publishing.publish(self.digest, by=user, accepted=["w"], reasons={"rule": " 확인함 "})
        kept = AcceptedFinding.objects.get()
        self.assertEqual((kept.key, kept.reason, kept.author), ("w", "확인함", user))
        self.assertEqual(audit.trail(self.digest).first().detail["accepted"], ["rule"])

    def test_what_passed_once_passes_again_and_a_new_text_does_not(self):
        self.find(Severity.WARNING, "w")
        publishing.publish(self.digest, accepted=["w"], reasons={"rule": "확인함"}, at=LATER)
        publishing.publish(self.digest, at=LATER)
        self.find(Severity.WARNING, "w2")
        with self.assertRaises(NotReady) as refusal:
            publishing.publish(self.digest)
        self.assertEqual([f.key for f in refusal.exception.findings], ["w2"])

    def test_hints_are_only_said(self):
        self.find(Severity.HINT, "h")
        self.assertEqual(publishing.publish(self.digest).status, "published")
        self.assertEqual([f.key for f in publishing.open_findings(self.digest)], ["h"])

    def test_posts_that_readers_had_elsewhere_are_not_asked_about(self):
        self.find(Severity.ERROR, "e")
        digest = publishing.publish(self.digest, unchecked=True)
        self.assertEqual(digest.status, "published")
