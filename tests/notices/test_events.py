"""Which audit rows are events, and which tell of what happened elsewhere or before."""

import datetime as dt

from django.test import TestCase
from django.utils import timezone

from articles.changes import audit
from articles.digests import publishing, trash
from articles.notices import events
from articles.notices.sentences import sentence
from tests.support import pushes
from tests.support.factories import DAY, make_digest, make_user, record

HOUR = dt.timedelta(hours=1)
PUBLISH = ("change_digest", "publish_digest", "withdraw_digest", "delete_digest")


def kinds():
    return [event.kind for event in events.fresh(timezone.now() - HOUR)]


class FreshTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user("editor", permissions=PUBLISH)

    def test_the_steps_of_a_digest_are_events_in_their_order(self):
        digest = make_digest(published=False)
        record(digest)
        digest = publishing.submit(digest, by=self.editor)
        digest = publishing.send_back(digest, by=self.editor, note="다시")
        publishing.publish(publishing.submit(digest))
        self.assertEqual(kinds(), ["submitted", "sent-back", "submitted", "published"])

    def test_the_query_count_does_not_depend_on_the_number_of_events(self):
        for number in range(1, 4):
            digest = make_digest(f"2026-01-{number:02}", published=False)
            publishing.publish(publishing.submit(digest), by=self.editor, reasons={}, accepted=())
        with self.assertNumQueries(3):
            self.assertEqual(len(events.fresh(timezone.now() - HOUR)), 6)

    def test_an_event_knows_its_digest_and_where_to_look(self):
        digest = publishing.submit(make_digest(published=False))
        [event] = events.fresh(timezone.now() - HOUR)
        self.assertEqual((event.date, event.counts), (DAY, {"articles": 2}))
        self.assertEqual(event.path, f"/admin/articles/digest/{digest.pk}/change/")
        publishing.publish(digest)
        event = events.fresh(timezone.now() - HOUR)[-1]
        self.assertEqual(event.path, "/2026/01/03/")

    def test_a_digest_that_is_deleted_since_has_no_day(self):
        digest = publishing.submit(make_digest(published=False, title="감춘 제목"))
        trash.delete(digest)
        [event] = events.fresh(timezone.now() - HOUR)
        self.assertIsNone(event.date)
        self.assertEqual(event.path, "/admin/")
        self.assertNotIn("감춘", sentence(event))

    def test_an_imported_digest_is_no_event(self):
        make_digest()  # as an import does
        self.assertEqual(kinds(), [])

    def test_a_digest_from_the_trash_is_no_event(self):
        digest = make_digest()
        record(digest)
        trash.restore(trash.delete(digest))
        self.assertEqual(kinds(), [])

    def test_rows_before_a_restored_backup_are_no_events(self):
        digest = publishing.submit(make_digest(published=False))
        audit.record("restored-from-backup", target="newsroom.zip")
        self.assertEqual(kinds(), [])
        publishing.send_back(digest, by=self.editor, note="다시")
        self.assertEqual(kinds(), ["sent-back"])

    def test_what_was_due_before_the_restore_is_no_event_after_it(self):
        audit.record("restored-from-backup", target="newsroom.zip")
        for hours, date in ((-1, "2026-01-02"), (1, "2026-01-03")):
            due = timezone.now() + hours * HOUR
            audit.record("deadline-missed", target=date, detail={"due_at": due.isoformat()})
        [event] = events.fresh(timezone.now() - HOUR)
        self.assertEqual(event.date, DAY)

    def test_pushes_are_events_unless_they_bring_nothing_new(self):
        pushes.hand_in(pushes.article("1", "소식"))
        pushes.hand_in(pushes.article("1", "소식"))
        self.assertEqual(kinds(), ["push-arrived"])
        [event] = events.fresh(timezone.now() - HOUR)
        self.assertEqual(event.counts["pushed"], 1)

    def test_every_kind_has_a_sentence(self):
        due = {"due_at": timezone.now().isoformat()}
        near = {"status": "draft", "in_it": 2, "errors": 1, "unsigned": 2, "outcome": "updated"}
        for kind, action in events.ACTIONS.items():
            audit.record(action, target="아침 2026-01-03", detail=due | near)
            with self.subTest(kind):
                event = events.fresh(timezone.now() - HOUR)[-1]
                self.assertEqual(event.kind, kind)
                self.assertIn("2026-01-03", sentence(event))
