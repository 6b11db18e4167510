"""Deciding about candidates, and where they are in digests afterwards."""

import datetime as dt

import time_machine
from django.core.exceptions import PermissionDenied
from django.test import TestCase

from articles.digests import moving, publishing, revisions, trash
from articles.digests.publishing import NotAllowed
from articles.inbox import ageing, arriving, deciding, listing, used
from articles.models import Article, AuditEntry, Candidate, Digest, Excerpt, RejectionReason
from articles.posts.pushes import excerpts
from tests.inbox.candidates import make_candidate, page
from tests.support.factories import make_article, make_digest, make_user, publish

MORNING = "2026-01-03T06:00:00+09:00"
DAY = dt.date(2026, 1, 3)
RIGHTS = ("view_candidate", "change_candidate", "change_digest", "add_digest", "view_digest")
State = Candidate.State


class DecidingTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.writer = make_user("writer", permissions=RIGHTS)

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))

    def choose(self, candidate, day=DAY):
        return deciding.choose(candidate, day, by=self.writer)

    def place(self, candidate):
        candidate.refresh_from_db()
        return used.places([candidate]).get(candidate.pk)

    def tab(self, name):
        return [row.pk for row in listing.rows(listing.Filters(tab=name))]


class ChoosingTests(DecidingTestCase):
    def test_the_draft_of_the_day_gets_an_article_with_citation_and_excerpt(self):
        candidate = make_candidate(
            publisher="한빛일보", published_on=dt.date(2026, 1, 2), excerpt="한 달에 4만 장."
        )
        decided = self.choose(candidate)
        digest = Digest.objects.get(date=DAY)
        data = revisions.snapshot(digest)
        [article] = data["articles"]
        self.assertEqual((digest.status, article["headline"]), ("draft", candidate.title))
        cited = {"publisher": "한빛일보", "url": candidate.url, "published_on": "2026-01-02"}
        self.assertEqual(article["citations"], [cited])
        self.assertEqual(list(excerpts.of_article(digest, article).values()), ["한 달에 4만 장."])
        self.assertEqual((decided.digest, decided.place), (digest, 1))
        self.assertEqual(digest.revisions.latest("number").author, self.writer)
        actions = AuditEntry.objects.values_list("action", flat=True)
        self.assertIn("candidate-chosen", actions)

    def test_a_digest_that_is_there_keeps_what_it_has(self):
        digest = make_digest(DAY, published=False)
        before = digest.version
        self.assertEqual(self.choose(make_candidate()).place, 3)
        digest.refresh_from_db()
        self.assertEqual((digest.articles.count(), digest.version), (3, before + 1))

    def test_a_publisher_is_known_by_the_address(self):
        make_digest("2026-01-02")
        self.choose(make_candidate(url="https://hanbit.example/9"))
        citation = Article.objects.get(digest__date=DAY).citations.get()
        self.assertEqual(citation.publisher.name, "한빛일보")

    def test_it_is_chosen_once(self):
        candidate = make_candidate()
        self.choose(candidate)
        with self.assertRaises(NotAllowed):
            self.choose(candidate, dt.date(2026, 1, 4))
        self.assertEqual(Article.objects.count(), 1)

    def test_what_readers_have_or_will_have_is_left_alone(self):
        for day, status in (("2026-01-01", "published"), ("2026-01-02", "scheduled")):
            digest = make_digest(day, published=status == "published")
            if status == "scheduled":
                hour = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
                publishing.publish(digest, at=hour, unchecked=True)
            with self.subTest(status), self.assertRaises(NotAllowed):
                self.choose(make_candidate(), dt.date.fromisoformat(day))
        self.assertEqual(Candidate.objects.get().state, State.NEW)
        self.assertEqual(Article.objects.count(), 4)

    def test_nobody_decides_without_the_permission(self):
        reader = make_user("reader", permissions=["view_candidate", "change_digest", "add_digest"])
        clerk = make_user("clerk", permissions=["change_candidate"])
        candidate = make_candidate()
        tomorrow = DAY + dt.timedelta(days=1)
        for step in (
            lambda: deciding.choose(candidate, DAY, by=reader),
            lambda: deciding.choose(candidate, DAY, by=clerk),
            lambda: deciding.park(candidate, tomorrow, by=reader),
            lambda: deciding.reject(candidate, "광고", by=reader),
            lambda: deciding.renew(candidate, by=reader),
        ):
            with self.assertRaises(PermissionDenied):
                step()
        self.assertEqual((Digest.objects.count(), Candidate.objects.get().state), (0, State.NEW))


class OtherStepsTests(DecidingTestCase):
    def test_rejecting_keeps_the_words_of_the_reason(self):
        candidate = make_candidate()
        deciding.reject(candidate, "광고", by=self.writer)
        RejectionReason.objects.all().delete()
        candidate.refresh_from_db()
        self.assertEqual((candidate.state, candidate.reason), (State.REJECTED, "광고"))
        with self.assertRaises(NotAllowed):
            deciding.reject(make_candidate(2), "광고", by=self.writer)

    def test_parking_is_until_a_day_that_comes(self):
        candidate = make_candidate()
        for days in (-1, 0, 91):
            with self.subTest(days), self.assertRaises(NotAllowed):
                deciding.park(candidate, DAY + dt.timedelta(days=days), by=self.writer)
        deciding.park(candidate, DAY + dt.timedelta(days=3), by=self.writer)
        self.assertEqual((self.tab("new"), self.tab("parked")), ([], [candidate.pk]))

    def test_each_step_can_be_undone(self):
        candidate = make_candidate(excerpt="본문")
        for step in (
            lambda: deciding.reject(candidate, "광고", by=self.writer),
            lambda: deciding.park(candidate, DAY + dt.timedelta(days=2), by=self.writer),
            lambda: self.choose(candidate),
        ):
            before = Candidate.objects.filter(pk=candidate.pk).values(*deciding.DECIDED).get()
            deciding.undo(candidate, step().before, by=self.writer)
            after = Candidate.objects.filter(pk=candidate.pk).values(*deciding.DECIDED).get()
            self.assertEqual(after, before)
        self.assertEqual((Article.objects.count(), Excerpt.objects.count()), (0, 0))

    def test_an_article_that_somebody_worked_on_stays(self):
        decided = self.choose(make_candidate())
        Article.objects.update(points=["첫째"])
        with self.assertRaises(NotAllowed):
            deciding.undo(decided.candidate, decided.before, by=self.writer)
        self.assertEqual(Article.objects.count(), 1)

    def test_a_step_after_which_another_came_cannot_be_undone(self):
        candidate = make_candidate()
        decided = deciding.reject(candidate, "광고", by=self.writer)
        self.clock.shift(1)
        deciding.renew(candidate, by=None)
        with self.assertRaises(NotAllowed):
            deciding.undo(candidate, decided.before, by=self.writer)


class UsedTests(DecidingTestCase):
    """*Used on day N* is looked up, so it is right whatever becomes of the article."""

    def test_it_is_used_when_readers_have_the_article(self):
        candidate = make_candidate()
        digest = self.choose(candidate).digest
        self.assertFalse(self.place(candidate).is_public)
        self.assertEqual((self.tab("chosen"), self.tab("used")), ([candidate.pk], []))
        publish(digest)
        place = self.place(candidate)
        self.assertEqual((place.is_public, place.date), (True, DAY))
        self.assertEqual((self.tab("chosen"), self.tab("used")), ([], [candidate.pk]))
        self.assertEqual(listing.counts()["used"], 1)

    def test_another_citation_or_another_day_does_not_lose_it(self):
        candidate = make_candidate()
        self.choose(candidate)
        article = Article.objects.get()
        article.citations.all().delete()
        moving.move_article(article, dt.date(2026, 1, 5))
        self.assertEqual(f"{self.place(candidate).date}", "2026-01-05")

    def test_an_article_that_was_left_out_frees_its_candidate(self):
        candidate = make_candidate()
        self.choose(candidate)
        Article.objects.all().delete()
        self.assertIsNone(self.place(candidate))
        self.choose(candidate)
        self.assertEqual(Article.objects.count(), 1)

    def test_it_comes_back_with_its_digest_from_the_trash(self):
        candidate = make_candidate()
        deleted = trash.delete(self.choose(candidate).digest)
        self.assertIsNone(self.place(candidate))
        trash.restore(deleted)
        self.assertEqual(self.place(candidate).date, DAY)

    def test_what_was_in_a_digest_before_says_so(self):
        make_digest("2026-01-02")
        make_article(
            make_digest(DAY, articles=0, published=False),
            citations=[("가람", "https://www.garam.example/7?utm_source=a", None)],
        )
        arriving.take([page(url="https://hanbit.example/2026/01/02/1")], "feed:1")
        arriving.take([page(url="http://garam.example/7/")], "feed:1")
        shown = listing.shown(listing.rows(listing.Filters()))
        places = [(f"{row.place.date}", row.place.is_public) for row in shown]
        self.assertEqual(places, [("2026-01-02", True), ("2026-01-03", False)])

    def test_a_withdrawn_digest_does_not_count(self):
        candidate = make_candidate()
        digest = publish(self.choose(candidate).digest)
        publishing.withdraw(digest)
        self.assertIsNone(self.place(candidate))

    def test_what_is_used_is_kept_with_its_excerpt(self):
        candidate = make_candidate(excerpt="본문")
        self.choose(candidate)
        self.clock.shift(dt.timedelta(days=400))
        ageing.expire()
        ageing.forget()
        self.assertEqual((Candidate.objects.count(), Excerpt.objects.count()), (1, 1))
        Article.objects.all().delete()
        ageing.forget()
        self.assertEqual((Candidate.objects.count(), Excerpt.objects.count()), (0, 0))
