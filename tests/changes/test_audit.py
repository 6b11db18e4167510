"""The audit trail: what leaves a row, and that rows stay as they are."""

from django.contrib.auth.models import User
from django.test import TestCase

from articles.changes import audit
from articles.digests import moving, preview_links, publishing, restoring, starting, trash
from articles.models import AuditEntry
from articles.models.audit import Permanent
from tests.support.factories import DAY, make_digest, make_user, record


def actions(digest):
    return [entry.action for entry in audit.trail(digest)][::-1]


class RowTests(TestCase):
    def test_a_row_keeps_the_name_of_an_account_that_is_gone(self):
        user = make_user("minji", last_name="김", first_name="민지")
        entry = audit.record("saved", by=user, digest=make_digest())
        user.delete()
        entry.refresh_from_db()
        self.assertEqual(entry.actor_name, "김민지")
        self.assertIsNotNone(entry.actor_id)

    def test_a_name_has_the_order_of_its_letters(self):
        for family, given, name in (
            ("김", "민지", "김민지"),
            ("남궁", " 하늘 ", "남궁하늘"),
            ("王", "小明", "王小明"),
            ("山田", "さくら", "山田さくら"),
            ("스미스", "메리", "메리 스미스"),
            ("Kim", "Minji", "Minji Kim"),
            ("김", "Minji", "Minji 김"),
            ("", "김민지", "김민지"),
            ("김", "", "김"),
            ("", "", "minji"),
        ):
            with self.subTest(name):
                user = User(username="minji", last_name=family, first_name=given)
                self.assertEqual(audit.name_of(user), name)

    def test_a_row_stays_when_its_digest_goes(self):
        digest = make_digest(published=False)
        trash.delete(digest)
        entry = AuditEntry.objects.get(action="deleted")
        self.assertEqual((entry.digest_id, entry.target), (digest.pk, str(digest)))

    def test_rows_are_neither_changed_nor_deleted(self):
        entry = audit.record("saved")
        for attempt in (
            entry.save,
            entry.delete,
            AuditEntry.objects.all().delete,
            lambda: AuditEntry.objects.update(note="다른 말"),
        ):
            with self.subTest(attempt), self.assertRaises(Permanent):
                attempt()

    def test_a_key_is_recorded_once(self):
        first = audit.record("deadline-missed", key="deadline-missed:2026-01-03")
        again = audit.record("deadline-missed", key="deadline-missed:2026-01-03")
        self.assertEqual((first.action, again), ("deadline-missed", None))
        self.assertEqual(AuditEntry.objects.count(), 1)

    def test_a_long_target_is_shortened_to_one_line(self):
        entry = audit.record("saved", target="긴 이름\n" * 200)
        self.assertLessEqual(len(entry.target), 300)
        self.assertNotIn("\n", entry.target)


class TrailTests(TestCase):
    """What is done to digests elsewhere than in publishing, whose steps have tests of their own."""

    def test_deleting_and_restoring(self):
        digest = make_digest(published=False)
        digest = trash.restore(trash.delete(digest))
        self.assertEqual(actions(digest), ["deleted", "restored-from-trash"])

    def test_restoring_a_revision(self):
        digest = make_digest(published=False)
        revision = record(digest)
        digest.articles.update(headline="다른 제목")
        restoring.restore(digest, revision)
        self.assertEqual(actions(digest), ["restored"])

    def test_starting_and_copying(self):
        digest = starting.from_template(starting.default_template(), DAY)
        copy = starting.duplicate(digest, DAY.replace(day=4))
        self.assertEqual([actions(digest), actions(copy)], [["created"], ["created"]])

    def test_moving_an_article_is_told_on_both_days(self):
        source, target = make_digest(published=False), make_digest("2026-01-04", published=False)
        moving.move_article(source.articles.first(), target)
        self.assertEqual([actions(source), actions(target)], [["article-moved"]] * 2)

    def test_preview_links(self):
        digest = make_digest(published=False)
        link, token = preview_links.make(digest, recipient="법무팀")
        preview_links.revoke(link)
        preview_links.revoke(link)
        self.assertEqual(actions(digest), ["preview-link-made", "preview-link-revoked"])
        for entry in audit.trail(digest):
            self.assertNotIn(token, f"{entry.note}{entry.detail}{entry.target}")

    def test_a_refused_step_leaves_no_row(self):
        digest = make_digest(articles=0, published=False)
        with self.assertRaises(publishing.NotAllowed):
            publishing.publish(digest)
        self.assertEqual(actions(digest), [])

    def test_the_name_of_a_user_without_one_is_the_login(self):
        self.assertEqual(audit.name_of(User(username="minji")), "minji")
