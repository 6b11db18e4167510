"""What becomes a message to which hub."""

import datetime as dt
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.test import TestCase, override_settings
from django.utils import timezone

from articles.changes import hubs
from articles.digests import editing, identifiers, publishing, revisions
from articles.models import Digest, FeedChange, HubPing, Tag
from articles.taxonomy import tags
from tests.support.factories import make_article, make_digest, record

HUB, OTHER = "https://hub.example/", "https://other.example/push"
FORMATS = ("rss", "atom", "json")
MAIN = {f"/feeds/{feed}.{form}" for feed in ("digests", "articles") for form in FORMATS}
CORRECTIONS = {f"/feeds/corrections.{form}" for form in FORMATS}


def of_topic(slug):
    return {f"/tags/{slug}/feed.{form}" for form in FORMATS}


def queued(hub=HUB, **fields):
    """The paths of the feeds that a hub is to hear of."""
    pings = HubPing.objects.filter(hub=hub, **fields)
    return sorted(unquote(urlsplit(ping.topic).path) for ping in pings)


@override_settings(WEBSUB_HUBS=[HUB])
class QueueTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_digest("2026-01-03")
        cls.article = make_article(cls.digest, headline="셋째", tags=["반도체", "로봇"])
        record(cls.digest)
        cls.draft = make_digest("2026-01-04", published=False)

    def setUp(self):
        FeedChange.objects.all().delete()

    def assertTold(self, *feeds):
        hubs.queue_pings()
        self.assertEqual(queued(), sorted(set().union(*feeds)))
        self.assertFalse(FeedChange.objects.exists())

    def save(self, digest, **fields):
        editing.write(digest, revisions.snapshot(digest) | fields)
        identifiers.settle(digest, timezone.now())
        record(digest)

    def test_publication_is_told_for_the_feeds_it_is_in(self):
        make_article(self.draft, headline="소식", tags=["로봇"])
        publishing.publish(self.draft, unchecked=True)
        self.assertTold(MAIN, of_topic("로봇"))

    def test_so_is_withdrawal(self):
        publishing.withdraw(self.digest)
        self.assertTold(MAIN, of_topic("로봇"), of_topic("반도체"))

    def test_a_correction_is_told_for_the_feed_of_corrections_too(self):
        publishing.correct(self.digest, "바로잡습니다.", article=self.article)
        self.assertTold(MAIN, CORRECTIONS, of_topic("로봇"), of_topic("반도체"))

    def test_the_feed_of_a_topic_that_was_taken_away_is_told(self):
        data = revisions.snapshot(self.digest)
        data["articles"][-1]["tags"] = ["우주"]
        self.save(self.digest, articles=data["articles"])
        self.assertTold(MAIN, of_topic("로봇"), of_topic("반도체"), of_topic("우주"))

    def test_a_renamed_topic_is_told(self):
        tags.rename(Tag.objects.get(name="로봇"), "인공지능", new_address=True)
        self.assertTold(MAIN, of_topic("인공지능"), of_topic("반도체"))

    def test_a_schedule_is_told_when_it_comes_true_and_not_before(self):
        soon = timezone.now() + dt.timedelta(hours=1)
        publishing.publish(self.draft, at=soon, unchecked=True)
        self.assertTold()
        passed = timezone.now() - dt.timedelta(seconds=1)
        Digest.objects.filter(pk=self.draft.pk).update(publish_at=passed)
        publishing.release(self.draft.pk)
        self.assertTold(MAIN)
        HubPing.objects.all().delete()
        publishing.release(self.draft.pk)
        self.assertTold()

    def test_what_readers_do_not_see_is_told_to_nobody(self):
        self.save(self.draft, title="아직 초안")
        publishing.submit(self.draft)
        record(self.digest)
        self.assertTold()

    def test_an_undone_change_is_told_to_nobody(self):
        with transaction.atomic():
            publishing.correct(self.digest, "바로잡습니다.")
            self.assertTrue(FeedChange.objects.exists())
            transaction.set_rollback(True)
        self.assertTold()

    def test_a_change_of_everything_is_told_for_the_feeds_of_all(self):
        hubs.note()
        self.assertTold(MAIN)

    def test_every_hub_hears_of_it_once(self):
        with self.settings(WEBSUB_HUBS=[HUB, OTHER]):
            for title in ("하나", "둘", "셋"):
                self.save(self.digest, title=title)
            hubs.queue_pings()
            publishing.correct(self.digest, "바로잡습니다.")
            hubs.queue_pings()
        for hub in (HUB, OTHER):
            told = MAIN | CORRECTIONS | of_topic("로봇") | of_topic("반도체")
            self.assertEqual(queued(hub), sorted(told))

    def test_what_is_being_sent_has_a_successor(self):
        hubs.note()
        hubs.queue_pings()
        HubPing.objects.update(state="sending")
        hubs.note()
        hubs.queue_pings()
        self.assertEqual(queued(state="sending"), sorted(MAIN))
        self.assertEqual(queued(state="waiting"), sorted(MAIN))

    def test_what_waits_is_as_new_after_another_change(self):
        hubs.note()
        hubs.queue_pings()
        now = timezone.now()
        later, before = now + dt.timedelta(hours=3), now - dt.timedelta(hours=20)
        HubPing.objects.update(next_at=later, queued_at=before, tries=9)
        hubs.note()
        hubs.queue_pings()
        for ping in HubPing.objects.all():
            self.assertEqual((ping.tries, ping.next_at), (0, ping.queued_at))
            self.assertGreaterEqual(ping.queued_at, now)

    def test_without_a_hub_nothing_is_written_or_asked(self):
        with self.settings(WEBSUB_HUBS=[]):
            with self.assertNumQueries(0):
                hubs.note(self.digest)
            publishing.correct(self.digest, "바로잡습니다.")
            self.assertEqual(hubs.queue_pings(), 0)
        self.assertTold()

    def test_a_change_costs_one_insertion(self):
        with self.assertNumQueries(1):
            hubs.note(self.digest)

    def test_a_change_of_a_long_archive_costs_no_more_than_one_of_twenty_digests(self):
        for day in range(1, 29):
            digest = make_digest(f"2025-02-{day:02}", articles=1)
            make_article(digest, headline="소식", tags=[f"주제 {day}"])
            record(digest)
        self.assertEqual(FeedChange.objects.count(), 56)
        hubs.queue_pings()
        told = {path for path in queued() if path.startswith("/tags/")}
        days = {int(path.split("-")[1].split("/")[0]) for path in told}
        self.assertEqual(days, set(range(9, 29)))


class LinkTests(TestCase):
    @override_settings(WEBSUB_HUBS=[HUB, OTHER])
    def test_feeds_name_their_hubs_and_themselves(self):
        topic = "https://news.example/feeds/digests.rss"
        header = (
            f'<{HUB}>; rel="hub", <{OTHER}>; rel="hub", '
            '<https://news.example/feeds/digests.rss>; rel="self"'
        )
        self.assertEqual(hubs.link_header(topic), header)
        self.assertEqual(hubs.element_links(), [HUB, OTHER])

    @override_settings(WEBSUB_HUBS=[])
    def test_without_a_hub_they_name_none(self):
        self.assertEqual(hubs.link_header("https://news.example/"), "")
        self.assertEqual(hubs.element_links(), [])
