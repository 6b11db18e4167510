from django.test import TestCase
from django.urls import reverse

from articles.digests import publishing
from articles.models import Tag
from articles.taxonomy import tags
from tests.support.factories import make_article, make_digest


def address(slug):
    return reverse("articles:tag", args=[slug])


class TagRedirectTests(TestCase):
    def setUp(self):
        self.digest = make_digest(articles=0, published=False)
        make_article(self.digest, tags=["인공지능"])
        publishing.publish(self.digest, unchecked=True)
        self.tag = tags.rename(Tag.objects.get(), "로봇 공학", new_address=True)

    def test_an_old_address_leads_to_the_new_one(self):
        response = self.client.get(address("인공지능"))
        self.assertRedirects(response, address("로봇-공학"), status_code=301)

    def test_the_query_goes_along(self):
        response = self.client.get(address("인공지능"), {"before": "2026-02-01"})
        self.assertEqual(response["Location"], f"{address('로봇-공학')}?before=2026-02-01")
        self.assertEqual(self.client.get(response["Location"]).status_code, 200)

    def test_an_address_never_leads_twice(self):
        tags.rename(self.tag, "로봇", new_address=True)
        for slug in ("인공지능", "로봇-공학"):
            self.assertEqual(self.client.get(address(slug))["Location"], address("로봇"))

    def test_back_to_the_first_address(self):
        tags.rename(self.tag, "인공지능", new_address=True)
        self.assertEqual(self.client.get(address("인공지능")).status_code, 200)
        self.assertEqual(self.client.get(address("로봇-공학"))["Location"], address("인공지능"))

    def test_old_addresses_are_compared_as_the_present_one(self):
        compared = [self.client.get("/topics/", {"a": slug}) for slug in ("인공지능", "로봇-공학")]
        self.assertEqual([page.status_code for page in compared], [200, 200])
        self.assertEqual([page.context["chosen"] for page in compared], [[self.tag, None]] * 2)

    def test_a_topic_that_readers_do_not_know_is_not_told(self):
        publishing.withdraw(self.digest)
        for slug in ("인공지능", "로봇-공학", "없는-것"):
            self.assertEqual(self.client.get(address(slug)).status_code, 404)

    def test_an_old_address_is_not_given_to_a_new_topic(self):
        self.assertEqual(Tag.objects.create(name="인공지능").slug, "인공지능-2")

    def test_a_merged_topic_leads_to_the_one_that_stayed(self):
        target = Tag.objects.create(name="AI")
        tags.merge([self.tag], target)
        for slug in ("인공지능", "로봇-공학"):
            self.assertRedirects(self.client.get(address(slug)), address("ai"), status_code=301)
