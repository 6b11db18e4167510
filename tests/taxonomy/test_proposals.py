"""Tags proposed for an archive."""

import datetime as dt
import uuid
from unittest import mock

from django.core.exceptions import PermissionDenied
from django.test import TestCase

from articles.digests import publishing, revisions
from articles.models import Article, AuditEntry, Digest, SiteVersion, Tag, TagProposal, text_hash
from articles.taxonomy import proposals, tags, vocabulary, vocabulary_list
from tests.support.factories import make_article, make_digest, make_user, record

State = TagProposal.State


def propose(**options):
    return proposals.propose(vocabulary.named(), **options)


def tags_of(article):
    return [tag.name for tag in article.tags.order_by("tagged_articles__pk")]


class ProposalTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        text = "인공지능 = AI\n반도체\n로봇"
        vocabulary_list.store(vocabulary_list.read(text))
        cls.chip = Tag.objects.get(name="반도체")
        cls.editor = make_user(permissions=["change_tag", "delete_tag", "publish_digest"])
        cls.digest = make_digest(articles=0, published=False)
        cls.first = make_article(cls.digest, headline="AI 반도체", tags=["칩"])
        cls.second = make_article(cls.digest, headline="둘째", points=["반도체를 판다"])
        cls.has_it = make_article(cls.digest, headline="반도체", tags=["반도체"])
        cls.once = make_article(cls.digest, headline="넷째", outlook="로봇이 온다.")
        record(cls.digest)
        cls.later = make_digest("2026-01-04", articles=0, published=False)
        make_article(cls.later, headline="반도체 소식")
        publishing.publish(cls.later, unchecked=True)

    def setUp(self):
        self.later.refresh_from_db()

    def open(self):
        rows = TagProposal.objects.filter(state=State.OPEN)
        headlines = dict(Article.objects.values_list("uid", "headline"))
        return sorted((row.tag.name, headlines[row.article_uid]) for row in rows)

    def uids(self):
        rows = TagProposal.objects.filter(tag=self.chip, state=State.OPEN)
        return list(rows.values_list("article_uid", flat=True))


class ProposingTests(ProposalTestCase):
    def test_words_in_headlines_and_points_are_proposed_unless_the_article_has_the_tag(self):
        proposed = propose()
        self.assertEqual(
            self.open(),
            [
                ("반도체", "AI 반도체"),
                ("반도체", "둘째"),
                ("반도체", "반도체 소식"),
                ("인공지능", "AI 반도체"),
            ],
        )
        self.assertEqual((proposed.articles, proposed.counts["반도체"]), (5, 3))
        self.assertEqual(proposed.samples["반도체"][0], (self.digest.date, "AI 반도체"))

    def test_nothing_is_written_without_keeping(self):
        proposed = propose(is_kept=False)
        self.assertEqual(proposed.counts.total(), 4)
        self.assertFalse(TagProposal.objects.exists())

    def test_only_later_days_are_looked_at(self):
        propose(since=dt.date(2026, 1, 4))
        self.assertEqual(self.open(), [("반도체", "반도체 소식")])

    def test_batches_give_what_one_run_gives(self):
        propose()
        whole = self.open()
        TagProposal.objects.all().delete()
        with mock.patch.object(proposals, "ARTICLES_AT_ONCE", 2):
            propose()
        self.assertEqual(self.open(), whole)

    def test_a_second_run_changes_nothing_and_one_after_an_edit_follows_it(self):
        propose()
        before = list(TagProposal.objects.values_list("pk", "weight"))
        propose()
        self.assertEqual(list(TagProposal.objects.values_list("pk", "weight")), before)
        Article.objects.filter(pk=self.first.pk).update(headline="새 소식")
        propose()
        self.assertEqual(self.open(), [("반도체", "둘째"), ("반도체", "반도체 소식")])

    def test_what_was_decided_is_not_proposed_again(self):
        propose()
        proposals.refuse(self.chip, by=self.editor)
        propose()
        self.assertEqual(self.open(), [("인공지능", "AI 반도체")])

    def test_proposals_of_articles_that_are_gone_go(self):
        gone = TagProposal.objects.create(tag=self.chip, article_uid=uuid.uuid4(), weight=3)
        propose()
        self.assertFalse(TagProposal.objects.filter(pk=gone.pk).exists())


class DecidingTests(ProposalTestCase):
    def setUp(self):
        super().setUp()
        propose()

    def confirm(self, **options):
        return proposals.confirm(self.chip, self.uids(), by=self.editor, **options)

    def test_articles_get_the_tag_after_those_that_they_have(self):
        self.assertEqual(self.confirm(), 3)
        self.assertEqual(tags_of(self.first), ["칩", "반도체"])
        self.assertEqual(tags_of(self.second), ["반도체"])
        self.assertEqual(self.open(), [("인공지능", "AI 반도체")])

    def test_the_history_and_the_audit_trail_tell_of_it(self):
        self.confirm()
        digest = Digest.objects.get(pk=self.digest.pk)
        newest = digest.revisions.order_by("number").last()
        self.assertEqual((digest.version, newest.author), (2, self.editor))
        self.assertEqual(newest.data, revisions.snapshot(digest))
        self.assertIn("반도체", newest.note)
        entries = AuditEntry.objects.filter(action="tagged").order_by("pk")
        self.assertEqual([entry.detail["articles"] for entry in entries], [2, 1])
        self.assertEqual({entry.actor_id for entry in entries}, {self.editor.pk})

    def test_readers_see_the_tag_and_no_correction(self):
        version = SiteVersion.objects.get().number
        self.confirm()
        later = Digest.objects.get(pk=self.later.pk)
        self.assertIsNone(later.revised_at)
        self.assertFalse(later.corrections.exists())
        self.assertGreater(SiteVersion.objects.get().number, version)
        self.chip.refresh_from_db()
        self.assertTrue(self.chip.is_known)

    def test_signatures_stay(self):
        def hashes():
            articles = revisions.snapshot(Digest.objects.get(pk=self.digest.pk))["articles"]
            return [text_hash(article) for article in articles]

        before = hashes()
        self.confirm()
        self.assertEqual(hashes(), before)

    def test_only_what_was_proposed_and_is_open_is_given(self):
        proposals.refuse(self.chip, [self.first.uid], by=self.editor)
        uids = [self.first.uid, self.second.uid, self.once.uid, uuid.uuid4()]
        self.assertEqual(proposals.confirm(self.chip, uids, by=self.editor), 1)
        self.assertEqual(tags_of(self.once), [])
        self.assertEqual(tags_of(self.first), ["칩"])

    def test_twice_is_harmless(self):
        uids = self.uids()
        proposals.confirm(self.chip, uids, by=self.editor)
        self.assertEqual(proposals.confirm(self.chip, uids, by=self.editor), 0)
        self.assertEqual(Digest.objects.get(pk=self.digest.pk).version, 2)

    def test_it_can_be_taken_back_and_is_proposed_again(self):
        before, open_before = tags_of(self.first), self.open()
        self.confirm()
        confirmed = TagProposal.objects.filter(state=State.CONFIRMED)
        [moment] = set(confirmed.values_list("decided_at", flat=True))
        self.assertEqual(proposals.undo(self.chip, moment, by=self.editor), 3)
        self.assertEqual(tags_of(self.first), before)
        self.assertEqual(self.open(), open_before)
        self.assertEqual(tags_of(self.has_it), ["반도체"])

    def test_a_tag_that_an_editor_gave_meanwhile_is_not_taken_back(self):
        self.first.tags.add("반도체")
        self.assertEqual(self.confirm(), 2)
        moment = TagProposal.objects.filter(state=State.CONFIRMED).first().decided_at
        proposals.undo(self.chip, moment, by=self.editor)
        self.assertEqual(tags_of(self.first), ["칩", "반도체"])

    def test_one_press_changes_a_limited_number(self):
        with mock.patch.object(proposals, "MOST_CONFIRMED", 2):
            self.assertEqual(self.confirm(), 2)

    def test_proposals_follow_a_merged_tag(self):
        robot = Tag.objects.get(name="로봇")
        proposals.refuse(self.chip, [self.first.uid], by=self.editor)
        tags.merge([self.chip, Tag.objects.get(name="인공지능")], robot, by=self.editor)
        self.assertEqual(self.open(), [("로봇", "둘째"), ("로봇", "반도체 소식")])
        [refused] = TagProposal.objects.filter(state=State.REFUSED)
        self.assertEqual((refused.tag, refused.article_uid), (robot, self.first.uid))

    def test_deciding_needs_the_permissions(self):
        writer = make_user("writer", permissions=["change_tag", "change_digest"])
        for act in (
            lambda: proposals.confirm(self.chip, self.uids(), by=writer),
            lambda: proposals.refuse(self.chip, by=writer),
            lambda: proposals.undo(self.chip, dt.datetime.now(dt.UTC), by=writer),
        ):
            with self.subTest(act), self.assertRaises(PermissionDenied):
                act()
        self.assertEqual(tags_of(self.second), [])
