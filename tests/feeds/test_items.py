"""What stays and what moves about an item through its life."""

import datetime as dt

import time_machine
from django.test import TestCase, override_settings

from articles.digests import editing, publishing, revisions
from articles.feeds.items import correction_id
from articles.models import Article, Correction, Digest, Tag
from articles.taxonomy import tags
from tests.feeds.readings import addresses, make_day, read
from tests.support.factories import record

LATER = dt.datetime(2026, 1, 6, 3, 0, 0, 250_000, tzinfo=dt.UTC)


class ItemTests(TestCase):
    def setUp(self):
        self.digest = make_day("2026-01-03")
        self.first, self.second = self.digest.articles.all()

    def items(self, feed, kind="json"):
        return read(self.client.get(addresses()[feed, kind]).content, kind)

    def correct(self, text="**14%**입니다.", at=LATER, **options):
        with time_machine.travel(at, tick=False):
            return publishing.correct(self.digest, text, **options)

    def edit(self, **fields):
        data = revisions.snapshot(self.digest)
        data["articles"][0] |= fields
        editing.write(self.digest, data)
        record(self.digest)

    def test_ids_are_those_fixed_at_publication(self):
        self.assertEqual(list(self.items("digests")), [self.digest.feed_id])
        feed_ids = [self.first.feed_id, self.second.feed_id]
        self.assertEqual(list(self.items("articles")), feed_ids)
        self.assertEqual(list(self.items("tag")), feed_ids)
        self.assertTrue(all(feed_id.startswith("tag:testserver,") for feed_id in feed_ids))

    def test_ids_survive_another_domain_another_address_and_other_keys(self):
        self.correct(article=self.first)
        before = {feed: list(self.items(feed)) for feed in ("digests", "articles", "corrections")}
        Article.objects.filter(pk=self.first.pk).update(slug="다른-주소")
        Correction.objects.update(id=4711)
        with override_settings(SITE_URL="https://new.example"):
            for feed, ids in before.items():
                items = self.items(feed)
                self.assertEqual(list(items), ids)
                for item in items.values():
                    self.assertTrue(item["link"].startswith("https://new.example/2026/"))

    def test_a_typo_moves_no_date(self):
        before = self.items("articles")[self.first.feed_id]
        self.edit(outlook="고친 전망.")
        after = self.items("articles")[self.first.feed_id]
        self.assertIn("고친 전망.", after["content"])
        self.assertEqual(after["published"], before["published"])
        self.assertEqual(after["updated"], before["updated"])

    def test_a_correction_moves_updated_and_stands_in_the_text(self):
        before = self.items("articles")
        self.correct(article=self.first)
        after = self.items("articles")
        item = after[self.first.feed_id]
        self.assertEqual(item["published"], before[self.first.feed_id]["published"])
        self.assertEqual(item["updated"], "2026-01-06T03:00:00")
        self.assertIn("<strong>14%</strong>", item["content"])
        self.assertIn('<time datetime="2026-01-06T12:00:00+0900">', item["content"])
        self.assertEqual(after[self.second.feed_id], before[self.second.feed_id])

    def test_a_correction_of_the_digest_moves_the_articles_that_it_changed(self):
        change = {"uid": str(self.second.uid), "headline": "", "kind": "changed", "fields": []}
        self.correct(changes=[change])
        items = self.items("articles")
        self.assertEqual(items[self.second.feed_id]["updated"], "2026-01-06T03:00:00")
        self.assertIn("<strong>14%</strong>", items[self.second.feed_id]["content"])
        self.assertNotIn("<strong>14%</strong>", items[self.first.feed_id]["content"])

    def test_a_correction_is_an_item_of_its_own(self):
        self.correct(article=self.first)
        of_digest = self.correct("전체를 바로잡습니다.", at=LATER + dt.timedelta(hours=1))
        for feed in ("articles", "corrections"):
            newest, older = list(self.items(feed).items())[:2]
            self.assertEqual(newest[0], f"{self.digest.feed_id}/correction/20260106T040000.250000Z")
            self.assertEqual(older[0], f"{self.digest.feed_id}/correction/20260106T030000.250000Z")
            self.assertIn(self.first.headline, older[1]["title"])
            self.assertIn("<strong>14%</strong>", older[1]["content"])
            self.assertEqual(older[1]["summary"], "14%입니다.")
            self.assertEqual(older[1]["published"], "2026-01-06T03:00:00")
            self.assertIn(self.digest.title, newest[1]["title"])
        page = "http://testserver/2026/01/03/"
        self.assertEqual(newest[1]["link"], f"{page}#{of_digest.anchor}")
        self.assertContains(self.client.get(page), f'id="{of_digest.anchor}"', count=1)
        self.assertEqual(correction_id(of_digest), newest[0])

    def test_articles_of_a_digest_are_a_second_apart_in_their_order(self):
        for kind in ("rss", "atom", "json"):
            items = self.items("articles", kind)
            self.assertEqual(list(items), [self.first.feed_id, self.second.feed_id])
            first, second = (dt.datetime.fromisoformat(i["published"]) for i in items.values())
            [whole] = self.items("digests", kind).values()
            self.assertEqual(first, dt.datetime.fromisoformat(whole["published"]))
            self.assertEqual(first - second, dt.timedelta(seconds=1))

    def test_articles_that_feeds_have_had_keep_their_moment(self):
        Digest.objects.update(has_spread_articles=False)
        times = {item["published"] for item in self.items("articles").values()}
        self.assertEqual(len(times), 1)

    def test_corrections_of_one_moment_have_ids_of_their_own(self):
        self.correct("하나"), self.correct("둘")
        ids = list(self.items("corrections"))
        base = f"{self.digest.feed_id}/correction/20260106T030000.250000Z"
        self.assertEqual(sorted(ids), [base, f"{base}/2"])

    def test_withdrawal_takes_items_away_and_they_come_back_as_they_were(self):
        self.correct(article=self.first)
        before = {feed: self.items(feed) for feed, _kind in addresses()}
        digest = publishing.withdraw(self.digest)
        for feed in ("digests", "articles", "corrections"):
            self.assertEqual(self.items(feed), {})
        publishing.publish(digest, unchecked=True)
        self.assertEqual({feed: self.items(feed) for feed, _kind in addresses()}, before)

    def test_sources_are_named_for_machines(self):
        cited = "https://hanbit.example/2026/01/03/1"
        rss = self.client.get("/feeds/articles.rss").content.decode()
        self.assertIn(f'<source url="{cited}">한빛일보</source>', rss)
        atom = self.client.get("/feeds/articles.atom").content.decode()
        self.assertIn(
            f'<link href="{cited}" rel="via" title="한빛일보"', atom.replace("></link", "/")
        )
        self.assertIn(
            f'"external_url":"{cited}"', self.client.get("/feeds/articles.json").content.decode()
        )

    def test_empty_feeds_are_valid(self):
        publishing.withdraw(self.digest)
        for (feed, kind), path in addresses().items():
            if feed != "tag":
                self.assertEqual(read(self.client.get(path).content, kind), {})
        self.assertEqual(self.client.get(addresses()["tag", "rss"]).status_code, 404)


class TopicFeedTests(TestCase):
    def setUp(self):
        self.digest = make_day("2026-01-03")

    def test_a_topic_that_nobody_knows_and_a_hidden_one_are_the_same_404(self):
        draft = Tag.objects.create(name="비밀")
        for kind in ("rss", "atom", "json"):
            for end in (f".{kind}", f"/2026-01.{kind}", f"/before/20260104T000000.000000Z.{kind}"):
                hidden = self.client.get(f"/tags/{draft.slug}/feed{end}")
                never = self.client.get(f"/tags/없음/feed{end}")
                self.assertEqual((hidden.status_code, never.status_code), (404, 404))
                for headers in (
                    {"if-none-match": "*"},
                    {"if-modified-since": "Fri, 01 Jan 2038 00:00:00 GMT"},
                ):
                    answer = self.client.get(f"/tags/{draft.slug}/feed{end}", headers=headers)
                    self.assertEqual(answer.status_code, 404)

    def test_an_old_address_of_a_topic_leads_to_its_feed(self):
        tag = Tag.objects.get()
        tags.rename(tag, "칩", new_address=True)
        response = self.client.get("/tags/반도체/feed.atom")
        self.assertRedirects(
            response, "http://testserver/tags/%EC%B9%A9/feed.atom", status_code=301
        )
        response = self.client.get("/tags/반도체/feed/2026-01.json")
        self.assertEqual(response["Location"], "http://testserver/tags/%EC%B9%A9/feed/2026-01.json")
