"""Storylines are renamed, merged, split and deleted; addresses that readers know lead on."""

from django.core.exceptions import PermissionDenied
from django.test import TestCase
from django.urls import reverse

from articles.digests import publishing, revisions
from articles.digests.publishing import NotAllowed
from articles.models import Digest, Storyline, StorylineEntry
from articles.storylines import keeping
from tests.storylines.site import NAME, entry, line, make_story
from tests.support.factories import make_user, record

EDITOR = ["change_storyline", "delete_storyline", "publish_digest"]


def address(slug):
    return reverse("articles:storyline", args=[slug])


class KeepingTests(TestCase):
    def setUp(self):
        self.editor = make_user(permissions=EDITOR)
        self.digests = make_story()
        for digest in self.digests:
            record(digest)
        self.line = line()
        self.old = self.line.slug

    def assert_leads(self, slug, target):
        target = Storyline.objects.get(pk=target.pk)
        for path, end in ((address(slug), ""), (f"{address(slug)}feed.rss", "feed.rss")):
            response = self.client.get(path)
            self.assertEqual(response.status_code, 301, path)
            self.assertTrue(response["Location"].endswith(address(target.slug) + end))

    def assert_noted(self, digests, words):
        for digest in digests:
            digest = Digest.objects.get(pk=digest.pk)
            newest = digest.revisions.order_by("number").last()
            self.assertIn(words, newest.note)
            self.assertEqual((newest.author, newest.version), (self.editor, digest.version))
            self.assertEqual(newest.data, revisions.snapshot(digest))

    def names(self):
        snapshots = map(revisions.snapshot, self.digests)
        return [data["articles"][0]["storyline"] for data in snapshots]

    def test_a_new_name_keeps_the_address(self):
        keeping.rename(self.line, "칩 경쟁", by=self.editor)
        self.assertEqual(self.names(), ["칩 경쟁"] * 3)
        self.assertContains(self.client.get(address(self.old)), "칩 경쟁")
        self.assert_noted(self.digests, "칩 경쟁")

    def test_the_former_address_leads_to_the_new_one(self):
        keeping.rename(self.line, "칩 경쟁", new_address=True, by=self.editor)
        self.assert_leads(self.old, self.line)
        keeping.rename(line("칩 경쟁"), NAME, new_address=True, by=self.editor)
        self.assertEqual(self.client.get(address(self.old)).status_code, 200)
        self.assert_leads("칩-경쟁", self.line)

    def test_merged_storylines_are_one(self):
        make_story("칩 경쟁", days=[day.replace(month=2) for day in self.days()])
        other = line("칩 경쟁")
        self.assertEqual(keeping.merge([other, self.line], self.line, by=self.editor), 1)
        self.assertEqual(self.line.entries.count(), 6)
        self.assert_leads("칩-경쟁", self.line)
        self.assertEqual(keeping.merge([other], self.line, by=self.editor), 0)

    def days(self):
        return [digest.date for digest in self.digests]

    def test_a_part_becomes_a_storyline_of_its_own(self):
        chosen = [entry(digest).pk for digest in self.digests[1:]]
        new = keeping.split(self.line, chosen, "칩 경쟁", by=self.editor)
        self.assertEqual(self.names(), [NAME, "칩 경쟁", "칩 경쟁"])
        self.assert_leads(self.old, new)  # readers have one article of the rest
        self.assert_noted(self.digests[1:], "칩 경쟁")
        # Once it is a storyline again, its address is its own.
        StorylineEntry.objects.filter(article__in=chosen[:1]).update(storyline=self.line)
        self.assertEqual(self.client.get(address(self.old)).status_code, 200)

    def test_a_split_leaves_something_on_both_sides(self):
        everything = [entry(digest).pk for digest in self.digests]
        for chosen, name in ((everything, "칩"), ([], "칩"), (everything[:1], NAME)):
            with self.subTest(len(chosen)), self.assertRaises(NotAllowed):
                keeping.split(self.line, chosen, name, by=self.editor)
        self.assertEqual(self.names(), [NAME] * 3)

    def test_a_deleted_storyline_leaves_its_articles(self):
        keeping.delete(self.line, by=self.editor)
        self.assertEqual(self.names(), [""] * 3)
        self.assertEqual(self.client.get(address(self.old)).status_code, 404)
        self.assert_noted(self.digests, NAME)

    def test_it_takes_the_permission_to_publish(self):
        writer = make_user("writer", permissions=["change_storyline", "delete_storyline"])
        for change in (
            lambda: keeping.rename(self.line, "칩", by=writer),
            lambda: keeping.merge([self.line], self.line, by=writer),
            lambda: keeping.split(self.line, [], "칩", by=writer),
            lambda: keeping.delete(self.line, by=writer),
        ):
            with self.assertRaises(PermissionDenied):
                change()

    def test_an_address_that_readers_never_knew_leads_nowhere(self):
        for digest in self.digests[1:]:
            publishing.withdraw(digest)
        keeping.rename(self.line, "칩 경쟁", new_address=True, by=self.editor)
        self.assertEqual(self.client.get(address(self.old)).status_code, 404)
