from django.core.exceptions import PermissionDenied
from django.test import TestCase

from articles.digests import revisions
from articles.models import Citation, Digest, Publisher, PublisherRedirect
from articles.taxonomy import publishers
from tests.support.factories import CITATION, make_article, make_digest, make_user, record

EDITOR = ["change_publisher", "delete_publisher", "publish_digest"]


class MergeTests(TestCase):
    def setUp(self):
        self.editor = make_user(permissions=EDITOR)
        self.digest = make_digest(articles=0, published=False)
        make_article(
            self.digest, citations=[CITATION, ("한빛 일보", "https://m.hanbit-old.example/1", None)]
        )
        record(self.digest)
        self.target = Publisher.objects.get(name="한빛일보")
        self.source = Publisher.objects.get(name="한빛 일보")

    def merge(self):
        return publishers.merge([self.source, self.target], self.target, by=self.editor)

    def test_citations_and_domains_go_along(self):
        self.assertEqual(self.merge(), 1)
        self.assertEqual(
            set(Citation.objects.values_list("publisher__name", flat=True)), {"한빛일보"}
        )
        domains = set(self.target.domains.values_list("domain", flat=True))
        self.assertEqual(domains, {"hanbit.example", "hanbit-old.example"})

    def test_all_old_addresses_lead_to_the_one_that_stayed(self):
        publishers.keep_address("older", self.source, is_known=False)
        self.merge()
        for slug in (self.source.slug, "older"):
            self.assertEqual(PublisherRedirect.objects.get(slug=slug).publisher, self.target)

    def test_the_history_tells_of_it(self):
        self.merge()
        digest = Digest.objects.get()
        newest = digest.revisions.order_by("number").last()
        self.assertEqual((digest.version, newest.author), (2, self.editor))
        self.assertIn("한빛 일보", newest.note)
        self.assertEqual(newest.data, revisions.snapshot(digest))

    def test_merging_twice_is_harmless(self):
        self.merge()
        self.assertEqual(self.merge(), 0)
        with self.assertRaises(Publisher.DoesNotExist):
            publishers.merge([self.target], self.source, by=self.editor)

    def test_it_needs_all_permissions(self):
        for missing in EDITOR:
            user = make_user(missing, permissions=[name for name in EDITOR if name != missing])
            with self.subTest(missing), self.assertRaises(PermissionDenied):
                publishers.merge([self.source], self.target, by=user)
        self.assertEqual(Publisher.objects.count(), 2)
