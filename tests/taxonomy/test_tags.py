from django.core.exceptions import PermissionDenied
from django.test import TestCase

from articles.digests import revisions, three_way_merge
from articles.models import Digest, Revision, Tag, TagRedirect
from articles.taxonomy import tags
from tests.support.factories import make_article, make_digest, make_user, record

EDITOR = ["change_tag", "delete_tag", "publish_digest"]


def tags_of(article):
    return [tag.name for tag in article.tags.order_by("tagged_articles__pk")]


class TopicsTestCase(TestCase):
    def setUp(self):
        self.editor = make_user(permissions=EDITOR)
        self.writer = make_user("writer", permissions=["change_tag", "publish_digest"])
        self.digest = make_digest(articles=0, published=False)
        self.both = make_article(self.digest, headline="둘 다", tags=["AI", "칩", "인공지능"])
        self.one = make_article(self.digest, headline="하나", tags=["로봇", "인공지능", "칩"])
        self.other = make_digest("2026-01-04", articles=1, published=False)
        for digest in (self.digest, self.other):
            record(digest)
        self.target, self.source = (Tag.objects.get(name=name) for name in ("AI", "인공지능"))

    def assertNoted(self, words):
        digest = Digest.objects.get(pk=self.digest.pk)
        newest = digest.revisions.order_by("number").last()
        self.assertEqual((digest.version, newest.version, newest.author), (2, 2, self.editor))
        self.assertIn(words, newest.note)
        self.assertEqual(newest.data, revisions.snapshot(digest))
        self.assertEqual(Digest.objects.get(pk=self.other.pk).version, 1)


class MergeTests(TopicsTestCase):
    def merge(self):
        return tags.merge([self.source, self.target], self.target, by=self.editor)

    def test_every_tagging_is_kept_once_and_in_its_place(self):
        self.assertEqual(self.merge(), 1)
        self.assertEqual(tags_of(self.both), ["AI", "칩"])
        self.assertEqual(tags_of(self.one), ["로봇", "AI", "칩"])

    def test_the_history_tells_of_it(self):
        self.merge()
        self.assertNoted("인공지능")

    def test_the_old_address_stays_known(self):
        TagRedirect.objects.create(slug="옛-주소", tag=self.source)
        self.merge()
        for slug in ("인공지능", "옛-주소"):
            self.assertEqual(Tag.objects.moved_to(slug), self.target)

    def test_merging_twice_is_harmless(self):
        self.merge()
        self.assertEqual(self.merge(), 0)
        self.assertEqual(self.digest.revisions.count(), 2)

    def test_both_ways_at_once_leaves_one(self):
        self.merge()
        with self.assertRaises(Tag.DoesNotExist):
            tags.merge([self.target], self.source, by=self.editor)
        self.assertEqual(tags_of(self.one), ["로봇", "AI", "칩"])

    def test_three_into_one(self):
        chip = Tag.objects.get(name="칩")
        tags.merge([self.source, chip], self.target, by=self.editor)
        self.assertEqual(tags_of(self.both), ["AI"])
        self.assertEqual(tags_of(self.one), ["로봇", "AI"])

    def test_it_needs_both_permissions(self):
        with self.assertRaises(PermissionDenied):
            tags.merge([self.source], self.target, by=self.writer)
        self.assertTrue(Tag.objects.filter(name="인공지능").exists())

    def test_a_form_opened_before_does_not_bring_the_old_tag_back(self):
        base = revisions.snapshot(self.digest)
        self.merge()
        theirs = revisions.snapshot(self.digest)
        merged = three_way_merge.merge(base, base | {"title": "고친 제목"}, theirs)
        self.assertEqual(merged.conflicts, [])
        self.assertEqual(merged.data["articles"], theirs["articles"])


class RenameTests(TopicsTestCase):
    def test_the_address_stays(self):
        tag = tags.rename(self.target, "AI 일반", by=self.editor)
        self.assertEqual((tag.name, tag.slug), ("AI 일반", "ai"))
        self.assertEqual(TagRedirect.objects.count(), 0)
        self.assertNoted("AI 일반")

    def test_the_address_changes_when_asked(self):
        tag = tags.rename(self.target, "AI 일반", new_address=True, by=self.editor)
        self.assertEqual(tag.slug, "ai-일반")
        self.assertEqual(Tag.objects.moved_to("ai"), tag)

    def test_the_same_name_again_is_nothing(self):
        tags.rename(self.target, "AI", new_address=True, by=self.editor)
        self.assertEqual(TagRedirect.objects.count(), 0)
        self.assertEqual(Revision.objects.count(), 2)

    def test_it_needs_the_permission(self):
        with self.assertRaises(PermissionDenied):
            tags.rename(self.target, "AI 일반", by=make_user("reader"))

    def test_it_is_for_those_who_may_publish(self):
        owner = make_user("owner", permissions=["change_tag", "delete_tag"])
        for change in (
            lambda: tags.rename(self.target, "AI 일반", by=owner),
            lambda: tags.describe(self.target, "몰래", by=owner),
            lambda: tags.merge([self.source], self.target, by=owner),
            lambda: tags.delete(self.target, by=owner),
        ):
            with self.assertRaises(PermissionDenied):
                change()
        self.assertEqual(Tag.objects.get(pk=self.target.pk).name, "AI")


class DeleteTests(TopicsTestCase):
    def test_articles_stay_and_histories_tell(self):
        self.assertTrue(tags.delete(self.source, by=self.editor, seen=2))
        self.assertEqual(tags_of(self.one), ["로봇", "칩"])
        self.assertNoted("인공지능")

    def test_more_articles_than_were_seen(self):
        self.assertFalse(tags.delete(self.source, by=self.editor, seen=1))
        self.assertEqual(tags_of(self.one), ["로봇", "인공지능", "칩"])
