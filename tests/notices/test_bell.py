"""Who is told what at the desk, from the real steps, and until when."""

import datetime as dt

from django.test import TestCase, override_settings
from django.utils import timezone

from articles.changes import audit
from articles.digests import assigning, publishing
from articles.models import AuditEntry, NoticeReader
from articles.notices import bell, events, mailing
from articles.notices.audience import may_be_told
from tests.support import pushes
from tests.support.factories import make_digest, make_user, record

CHANGE = ("change_digest",)
PUBLISH = ("change_digest", "publish_digest", "withdraw_digest")
HOUR = dt.timedelta(hours=1)
MAIL = {"MAILERS": {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}}


class ToldTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.writer, cls.colleague = (
            make_user(name, permissions=CHANGE) for name in ("writer", "colleague")
        )
        cls.editor, cls.chief = (
            make_user(name, permissions=PUBLISH) for name in ("editor", "chief")
        )
        cls.clerk = make_user("clerk")
        cls.gone = make_user("gone", permissions=PUBLISH, is_active=False)
        cls.people = (cls.writer, cls.colleague, cls.editor, cls.chief, cls.clerk, cls.gone)
        for user in cls.people:
            user.email = f"{user.username}@desk.example"
            user.save()
            NoticeReader.objects.create(user=user, mail_since=timezone.now())
        cls.digest = make_digest(published=False)
        record(cls.digest, author=cls.writer)
        cls.article = cls.digest.articles.first()

    def told(self):
        """Who has a notice of the newest event, and gets it by mail."""
        event = events.fresh(timezone.now() - HOUR)[-1]
        at_the_desk = {user.username for user in self.people if self.has(user, event.entry)}
        with override_settings(**MAIL):
            told = {target for _event, target in mailing.targets([event])}
        by_mail = {u.username for u in self.people if mailing.target_of(u) in told}
        self.assertEqual(by_mail, at_the_desk)
        return at_the_desk

    def has(self, user, entry):
        notices = bell.notices(user) if may_be_told(user) else []
        return entry in [notice.event.entry for notice in notices]

    def desk(self, by, **change):
        assigning.apply(self.digest, {str(self.article.uid): change}, by=by)


class AudienceTests(ToldTestCase):
    def test_what_is_handed_in_concerns_those_who_may_publish(self):
        publishing.submit(self.digest, by=self.writer)
        self.assertEqual(self.told(), {"editor", "chief"})

    def test_what_is_sent_back_concerns_its_writers_and_assignees(self):
        self.desk(self.writer, assignee=self.colleague.pk)
        publishing.submit(self.digest, by=self.editor)
        publishing.send_back(self.digest, by=self.editor, note="다시")
        self.assertEqual(self.told(), {"writer", "colleague"})

    def test_an_assignment_concerns_the_assignee_alone(self):
        self.desk(self.editor, assignee=self.colleague.pk)
        self.assertEqual(self.told(), {"colleague"})
        self.desk(self.editor, assignee=self.editor.pk)
        self.assertEqual(self.told(), set())
        self.desk(self.editor, assignee=None)
        self.assertEqual(self.told(), set())

    def test_a_comment_concerns_assignee_writers_and_earlier_commenters_of_the_article(self):
        self.desk(self.editor, assignee=self.colleague.pk, comment="확인해 주세요")
        self.assertEqual(self.told(), {"colleague", "writer"})
        self.desk(self.colleague, comment="확인했습니다")
        self.assertEqual(self.told(), {"editor", "writer"})
        other = self.digest.articles.last()
        assigning.apply(self.digest, {str(other.uid): {"comment": "여기도"}}, by=self.writer)
        self.assertEqual(self.told(), set())

    def test_what_readers_get_concerns_writers_and_those_who_may_publish(self):
        digest = publishing.publish(self.digest, by=self.editor, **let_pass(self.digest))
        self.assertEqual(self.told(), {"writer", "chief"})
        publishing.correct(digest, "고쳤습니다", by=self.editor)
        self.assertEqual(self.told(), {"writer", "chief"})
        publishing.withdraw(digest, by=self.chief)
        self.assertEqual(self.told(), {"writer", "editor"})

    def test_what_comes_out_on_schedule_concerns_whoever_scheduled_it_too(self):
        at = timezone.now() + HOUR
        digest = publishing.publish(self.digest, by=self.editor, at=at, **let_pass(self.digest))
        type(digest).objects.filter(pk=digest.pk).update(publish_at=timezone.now())
        publishing.release(digest.pk)
        self.assertEqual(self.told(), {"writer", "editor", "chief"})

    def test_a_push_concerns_the_assignees_of_the_day_else_those_who_may_publish(self):
        pushes.hand_in(pushes.article("9", "소식"))
        self.assertEqual(self.told(), {"editor", "chief"})
        self.desk(self.editor, assignee=self.colleague.pk)
        pushes.hand_in(pushes.article("8", "다른 소식"))
        self.assertEqual(self.told(), {"colleague"})

    def test_what_is_late_or_refused_concerns_those_who_may_publish(self):
        due = {"due_at": timezone.now().isoformat()}
        for action in ("deadline-near", "deadline-missed", "push-refused", "push-missed"):
            with self.subTest(action):
                audit.record(action, target="아침 2026-01-03", detail=due)
                self.assertEqual(self.told(), {"editor", "chief"})

    def test_a_lost_schedule_concerns_writers_and_those_who_may_publish(self):
        digest = publishing.publish(
            self.digest, by=self.editor, at=timezone.now() + HOUR, **let_pass(self.digest)
        )
        publishing.cancel_schedule(digest, [], note="제목이 없습니다", by=self.chief)
        self.assertEqual(self.told(), {"writer", "editor"})


class SeenTests(ToldTestCase):
    def test_a_notice_counts_until_it_is_seen(self):
        publishing.submit(self.digest, by=self.writer)
        self.assertEqual([bell.unseen(user) for user in self.people], [0, 0, 1, 1, 0, 0])
        bell.see(self.editor, AuditEntry.objects.latest("pk").pk)
        self.assertEqual([bell.unseen(user) for user in self.people], [0, 0, 0, 1, 0, 0])
        [notice] = bell.notices(self.editor)
        self.assertFalse(notice.is_unseen)

    def test_what_came_after_the_list_was_shown_stays_unseen(self):
        publishing.submit(self.digest, by=self.writer)
        shown = AuditEntry.objects.latest("pk").pk
        publishing.send_back(self.digest, by=self.chief, note="다시")
        publishing.submit(self.digest, by=self.writer)
        bell.see(self.editor, shown)
        self.assertEqual(bell.unseen(self.editor), 1)

    def test_old_notices_and_those_from_before_an_account_are_not_told(self):
        entry = publishing.submit(self.digest, by=self.writer) and AuditEntry.objects.latest("pk")
        late = make_user("late", permissions=PUBLISH)
        self.assertEqual(bell.notices(late), [])
        AuditEntry.objects.filter(pk=entry.pk)._raw_delete("default")
        entry.at, entry.pk = entry.at - bell.KEPT, None
        AuditEntry.objects.bulk_create([entry])
        self.assertEqual(bell.unseen(self.editor), 0)

    def test_counting_takes_three_queries_whatever_happened(self):
        for _ in range(3):
            publishing.submit(self.digest, by=self.writer)
            publishing.send_back(self.digest, by=self.chief, note="다시")
        self.editor.has_perm("articles.publish_digest")
        with self.assertNumQueries(3):
            self.assertEqual(bell.unseen(self.editor), 3)

    def test_counting_takes_two_queries_while_there_is_nothing_new(self):
        publishing.submit(self.digest, by=self.writer)
        bell.see(self.editor, AuditEntry.objects.latest("pk").pk)
        for user in (self.editor, self.writer):
            user.has_perm("articles.publish_digest")
            with self.assertNumQueries(2):
                self.assertEqual(bell.unseen(user), 0)

    def test_seen_rows_are_forgotten_with_their_notices(self):
        NoticeReader.objects.filter(user=self.editor).update(seen=[1, 2, 3])
        publishing.submit(self.digest, by=self.writer)
        newest = AuditEntry.objects.latest("pk").pk
        bell.see(self.editor, newest)
        self.assertEqual(NoticeReader.objects.get(user=self.editor).seen, [newest])


def let_pass(digest):
    """The options that publish a digest with its warnings."""
    found = [f for f in publishing.open_findings(digest) if f.severity == "warning"]
    return {
        "reasons": {finding.code: "확인함" for finding in found},
        "accepted": [finding.key for finding in found],
    }
