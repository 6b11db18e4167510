"""The page of a storyline, its feeds, and where else readers meet it."""

import datetime as dt
import json
import re
from urllib.parse import quote

from django.test import TestCase
from django.utils import timezone
from django.utils.html import strip_tags

from articles.digests import publishing
from articles.models import Digest
from articles.pages import timelines
from tests.storylines.site import DAYS, NAME, entry, line, make_story
from tests.support import schema_org
from tests.support.factories import make_article, make_digest, publish

ADDRESS = "/storylines/가속기-경쟁/"
FEEDS = [f"{ADDRESS}feed.{kind}" for kind in ("rss", "atom", "json")]


def documents(response):
    """The JSON-LD documents of a page, without its breadcrumbs."""
    blocks = re.findall(r'ld\+json">(.*?)</script>', response.content.decode())
    return [data for data in map(json.loads, blocks) if data["@type"] != "BreadcrumbList"]


class StorylinePageTests(TestCase):
    def setUp(self):
        self.digests = make_story()

    def test_what_was_expected_stands_above_what_came(self):
        text = self.client.get(ADDRESS).content.decode()
        places = [text.index(f">{text_}<") for text_ in ("소식 1", "소식 2", "소식 3")]
        self.assertEqual(places, sorted(places))
        first = text[places[0] : places[1]]
        for shown in ("첫째 요점", "둘째 요점", "내년에 더 커질 전망.", "https://paper1.example/"):
            self.assertIn(shown, first)
        self.assertNotIn("다른 소식", text)

    def test_an_article_names_its_digest_and_its_storyline_as_what_it_is_part_of(self):
        [article] = documents(self.client.get(entry(self.digests[1]).get_absolute_url()))
        [page] = documents(self.client.get(ADDRESS))
        self.assertEqual(list(schema_org.faults(article)), [])
        digest, storyline = article["isPartOf"]
        self.assertIn(self.digests[1].get_absolute_url(), digest["@id"])
        self.assertEqual(storyline, {key: page[key] for key in ("@type", "@id", "url", "name")})

    def test_one_public_article_makes_no_page_and_no_link(self):
        later = self.digests[2].get_absolute_url()
        self.assertContains(self.client.get(later), ADDRESS)
        for digest in self.digests[:2]:
            publishing.withdraw(digest)
        self.assertEqual(self.client.get(ADDRESS).status_code, 404)
        for feed in FEEDS:
            self.assertEqual(self.client.get(feed).status_code, 404)
        for path in (later, entry(self.digests[2]).get_absolute_url(), "/sitemaps/topics.xml"):
            self.assertNotContains(self.client.get(path), "/storylines/")

    def test_a_name_without_a_page_is_in_no_twin(self):
        publishing.withdraw(self.digests[0])
        day, article = self.digests[2].get_absolute_url(), entry(self.digests[2])
        paths = [day[:-1], article.get_absolute_url()[:-1]]
        for path in paths:
            self.assertContains(self.client.get(f"{path}.md"), f"이어지는 소식: {NAME}")
            articles = json.loads(self.client.get(f"{path}.json").content)["articles"]
            self.assertEqual(articles[0]["storyline"], NAME)
        publishing.withdraw(self.digests[1])
        for path in paths:
            for end in ("md", "json"):
                self.assertNotContains(self.client.get(f"{path}.{end}"), NAME)

    def test_an_unknown_storyline_is_not_there(self):
        self.assertEqual(self.client.get("/storylines/없는-것/").status_code, 404)

    def test_a_scheduled_entry_comes_with_its_hour(self):
        digest = make_digest(DAYS[-1] + dt.timedelta(days=1), articles=0, published=False)
        make_article(digest, headline="소식 4", storyline=NAME)
        publishing.publish(digest, at=timezone.now() + dt.timedelta(hours=1), unchecked=True)
        self.assertNotContains(self.client.get(ADDRESS), "소식 4")
        Digest.objects.filter(pk=digest.pk).update(publish_at="2026-01-04T00:00Z")
        self.assertContains(self.client.get(ADDRESS), "소식 4")

    def test_structured_data_lists_the_articles_in_order(self):
        found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', self.text())
        [data] = [one for one in map(json.loads, found) if one["@type"] == "CollectionPage"]
        items = data["mainEntity"]["itemListElement"]
        self.assertEqual([item["name"] for item in items], ["소식 1", "소식 2", "소식 3"])

    def text(self):
        return self.client.get(ADDRESS).content.decode()

    def test_the_feeds_have_its_articles_newest_first(self):
        items = json.loads(self.client.get(FEEDS[2]).content)["items"]
        self.assertEqual([item["title"] for item in items], ["소식 3", "소식 2", "소식 1"])
        for feed in FEEDS:
            self.assertContains(self.client.get(ADDRESS), f'href="http://testserver{quote(feed)}"')

    def test_search_is_narrowed_to_it(self):
        for asked in (NAME, "가속기 경쟁 ", "가속기-경쟁"):
            page = self.client.get("/search/", {"q": "소식", "storyline": asked}).context["page"]
            self.assertEqual(
                [strip_tags(hit.headline) for hit in page.hits], ["소식 3", "소식 2", "소식 1"]
            )
        publishing.withdraw(self.digests[0])
        publishing.withdraw(self.digests[1])
        self.assertEqual(self.client.get("/search/", {"storyline": NAME}).context["page"].hits, [])

    def test_the_cost_is_the_same_for_a_long_storyline(self):
        with self.assertNumQueries(4):
            self.client.get(ADDRESS)
        make_story(days=[dt.date(2025, 3, day) for day in range(1, 29)])
        with self.assertNumQueries(4):
            self.client.get(ADDRESS)


class LongStorylineTests(TestCase):
    def test_every_entry_is_on_one_of_its_pages(self):
        days = [dt.date(2025, 3, day) for day in range(1, 29)]
        make_story(days=days)
        first = timelines.of(line())
        rest = timelines.of(line(), first.before)
        shown = [article.digest.date for article in (*rest.entries, *first.entries)]
        self.assertEqual((shown, rest.before), (days, None))
        page = self.client.get(f"{ADDRESS}?before={first.before}")
        self.assertContains(page, ">소식 1<")
        self.assertEqual(self.client.get(f"{ADDRESS}?before=2025-03-01").status_code, 404)

    def test_articles_of_one_day_stay_together(self):
        for day, count in ((dt.date(2025, 3, 1), 15), (dt.date(2025, 3, 2), 15)):
            digest = make_digest(day, articles=0, published=False)
            for number in range(count):
                make_article(digest, headline=f"소식 {day} {number}", storyline=NAME)
            publish(digest)
        first = timelines.of(line())
        self.assertEqual({article.digest.date.day for article in first.entries}, {2})
        self.assertEqual(len(timelines.of(line(), first.before).entries), 15)
