"""Proposed tags at the desk."""

from io import StringIO
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import TestCase
from django.urls import reverse
from django.utils import translation

from articles.models import Article, Digest, Tag, TagProposal
from articles.taxonomy import proposals, vocabulary, vocabulary_list
from tests.support.desk import DeskTestCase
from tests.support.factories import make_article, make_digest, record

LIST = reverse("admin:articles_tag_proposals")
State = TagProposal.State


def make_archive():
    digest = make_digest(articles=0, published=False)
    for headline in ("AI <b>반도체</b>를", "메모리 반도체 값", "로봇"):
        make_article(digest, headline=headline, points=["생성형 AI 없이 AI로"])
    record(digest)
    return digest


class ProposalsTestCase(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        vocabulary_list.store(vocabulary_list.read("인공지능 = AI\n생성형 AI\n반도체"))
        cls.digest = make_archive()
        proposals.propose(vocabulary.named())
        cls.chip, cls.ai = (Tag.objects.get(name=name) for name in ("반도체", "인공지능"))
        cls.first, cls.second, cls.third = cls.digest.articles.order_by("position")

    def url(self, tag=None):
        return reverse("admin:articles_tag_proposal", args=[(tag or self.chip).pk])

    def tagged(self):
        linked = Article.objects.filter(tagged_articles__tag=self.chip)
        return sorted(linked.values_list("headline", flat=True))

    def states(self):
        rows = TagProposal.objects.filter(tag=self.chip).order_by("pk")
        return sorted(rows.values_list("state", flat=True))


class PageTests(ProposalsTestCase):
    def test_what_is_no_moment_takes_nothing_back(self):
        proposals.confirm(self.chip, [self.first.uid], by=self.editor)
        for text in ("2026-13-45T00:00:00", "2026-01-03T00:00:00", "x" * 10_000, "\0"):
            with self.subTest(text[:20]):
                self.assertRedirects(self.client.post(self.url(), {"undo": text}), self.url())
        self.assertEqual(len(self.tagged()), 1)

    def test_the_list_has_the_tags_with_the_number_of_articles(self):
        page = self.client.get(LIST)
        shown = [(tag.name, tag.open) for tag in page.context["tags"]]
        self.assertEqual(shown, [("생성형 AI", 3), ("인공지능", 3), ("반도체", 2)])

    def test_samples_mark_the_words_and_escape_the_rest(self):
        page = self.client.get(self.url(self.ai))
        self.assertContains(page, "생성형 AI 없이 <mark>AI</mark>로")
        self.assertContains(page, "<mark>AI</mark> &lt;b&gt;반도체&lt;/b&gt;를")

    def test_ticked_articles_get_the_tag_and_the_others_are_not_asked_about_again(self):
        shown = [self.first.uid, self.second.uid]
        data = {"shown": shown, "article": [self.second.uid], "confirm": ""}
        self.assertRedirects(self.client.post(self.url(), data), self.url())
        self.assertEqual(self.tagged(), ["메모리 반도체 값"])
        self.assertEqual(self.states(), ["confirmed", "refused"])

    def test_all_that_wait_get_it_with_one_press(self):
        self.client.post(self.url(), {"confirm-all": ""})
        self.assertEqual(len(self.tagged()), 2)
        self.assertContains(self.client.get(self.url()), "undo")

    def test_they_can_be_refused_together(self):
        self.client.post(self.url(), {"refuse": ""})
        self.assertEqual((self.tagged(), self.states()), ([], ["refused", "refused"]))

    def test_it_is_taken_back_with_one_press(self):
        self.client.post(self.url(), {"confirm-all": ""})
        [batch] = self.client.get(self.url()).context["batches"]
        self.client.post(self.url(), {"undo": batch["moment"]})
        self.assertEqual((self.tagged(), self.states()), ([], ["open", "open"]))

    def test_nonsense_changes_nothing(self):
        for data in ({"confirm": "", "article": "x"}, {"undo": "2026-99-99T"}, {"undo": "gestern"}):
            with self.subTest(data):
                self.assertRedirects(self.client.post(self.url(), data), self.url())
        self.assertEqual(self.states(), ["open", "open"])

    def test_more_than_a_page_can_be_given_unseen(self):
        with mock.patch("articles.admin.lists.tag_proposals.SHOWN", 1):
            page = self.client.get(self.url())
        self.assertEqual((len(page.context["rows"]), page.context["at_once"]), (1, 2))

    def test_an_article_that_is_gone_is_not_shown(self):
        self.first.delete()
        page = self.client.get(self.url())
        self.assertEqual((len(page.context["rows"]), page.context["total"]), (1, 1))
        self.second.delete()
        self.assertNotContains(self.client.get(LIST), "반도체")


class CommandTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_archive()

    def run_command(self, *arguments):
        out = StringIO()
        with translation.override("en"):
            call_command("propose_tags", *arguments, stdout=out, no_color=True)
        return out.getvalue()

    def test_it_prints_the_tags_with_samples_and_keeps_proposals(self):
        vocabulary_list.store(vocabulary_list.read("인공지능 = AI\n반도체"))
        said = self.run_command()
        self.assertIn("반도체 2\n  2026-01-03", said)
        self.assertEqual(TagProposal.objects.count(), 5)

    def test_a_dry_run_with_the_list_of_the_software_leaves_nothing(self):
        said = self.run_command("--dry-run", "--seed")
        self.assertIn("인공지능", said)
        self.assertEqual((Tag.objects.count(), TagProposal.objects.count()), (0, 0))
        self.run_command("--seed")
        self.assertEqual(Tag.objects.count(), 60)
        self.assertTrue(TagProposal.objects.exists())
        self.assertEqual(Digest.objects.get().version, self.digest.version)

    def test_it_says_what_is_missing_or_not_understood(self):
        for arguments in ((), ("--seed", "--since", "gestern")):
            with self.subTest(arguments), self.assertRaises(CommandError):
                self.run_command(*arguments)
