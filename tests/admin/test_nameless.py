"""Drafts without a title and articles without a headline have words in place of them."""

import pytest
from django.urls import reverse

from articles.digests import diffing, revisions, trash
from articles.models import Article, Digest
from tests.support.desk import DeskTestCase, change_url, filled
from tests.support.factories import make_digest, record

# The words in place of a name are put there in Python.
pytestmark = pytest.mark.one_engine

NO_TITLE, NO_HEADLINE = "(제목 없음)", "(기사 제목 없음)"


class NamelessTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=2, published=False)
        data = filled(self.digest, title="", articles_0_headline="", articles_1_outlook="새 전망")
        self.assertSaved(self.save(self.digest, data))
        self.digest.refresh_from_db()

    def page(self, name, *arguments):
        return self.client.get(reverse(f"admin:{name}", args=arguments))

    def test_lists_and_the_desk_name_them(self):
        self.assertEqual(str(self.digest), f"2026-01-03 {NO_TITLE}")
        self.assertEqual(str(Article.objects.first()), NO_HEADLINE)
        self.assertContains(self.page("articles_digest_changelist"), f">{NO_TITLE}</a>")
        self.assertContains(self.client.get(change_url(self.digest)), f"<h1>{NO_TITLE}</h1>")

    def test_the_history_names_them(self):
        self.assertContains(self.page("articles_digest_history", self.digest.pk), NO_TITLE)
        number = self.digest.revisions.order_by("-number").first().number
        page = self.page("articles_digest_revision", self.digest.pk, number)
        self.assertContains(page, NO_HEADLINE)

    def test_the_trash_names_them(self):
        trash.delete(self.digest)
        page = self.page("articles_digest_trash")
        self.assertContains(page, f"2026-01-03 {NO_TITLE}")
        self.assertContains(page, f"<li>{NO_HEADLINE}</li>")
        [revision] = trash.deleted()
        restored = trash.restore(revision)
        self.assertEqual((restored.title, restored.articles.first().headline), ("", ""))

    def test_a_copy_of_it_is_as_nameless(self):
        record(self.digest)
        self.page("articles_digest_duplicate", self.digest.pk)
        data = {"date": "2026-01-09"}
        self.client.post(reverse("admin:articles_digest_duplicate", args=[self.digest.pk]), data)
        copy = revisions.snapshot(Digest.objects.get(date="2026-01-09"))
        before = revisions.snapshot(self.digest)
        kept = ("headline", "points", "citations")
        self.assertEqual(
            [[article[name] for name in kept] for article in copy["articles"]],
            [[article[name] for name in kept] for article in before["articles"]],
        )
        self.assertFalse(diffing.compare(before, before))
