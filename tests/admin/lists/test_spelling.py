"""Words that mean the same for the search, as editors keep them."""

from django.test import TestCase
from django.urls import reverse

from articles import search
from articles.changes import site_version
from articles.models import AuditEntry, Spelling
from tests.support.factories import make_article, make_digest, make_user, publish

ADD = reverse("admin:articles_spelling_add")
LIST = reverse("admin:articles_spelling_changelist")
VERBS = ("view", "add", "change", "delete")


class SpellingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        Spelling.objects.all().delete()
        cls.editor = make_user("editor", permissions=[f"{verb}_spelling" for verb in VERBS])
        digest = make_digest(articles=0, published=False)
        make_article(digest, headline="짜장면 값이 올랐다")
        publish(digest)

    def setUp(self):
        self.client.force_login(self.editor)

    def hits(self, text):
        return len(search.find(search.parse(text, spellings=search.known())).hits)

    def test_readers_find_both_spellings_from_then_on_and_no_longer_when_it_is_deleted(self):
        versions = [site_version.current().number]
        self.assertEqual(self.hits("자장면"), 0)
        self.assertRedirects(self.client.post(ADD, {"line": "자장면,  짜장면, 자장면"}), LIST)
        spelling = Spelling.objects.get()
        self.assertEqual(spelling.line, "자장면, 짜장면")
        self.assertEqual((self.hits("자장면"), self.hits('"자장면"')), (1, 0))
        versions.append(site_version.current().number)
        delete = reverse("admin:articles_spelling_delete", args=[spelling.pk])
        self.client.post(delete, {"post": "yes"})
        self.assertEqual(self.hits("자장면"), 0)
        versions.append(site_version.current().number)
        self.assertEqual(versions, sorted(set(versions)))
        actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
        self.assertEqual(list(actions)[-2:], ["added", "deleted"])

    def test_a_line_that_says_nothing_is_refused_with_a_sentence(self):
        for line in ("자장면", "자장면, ", "자장면, 자장면", "가, !", f"가, {'나' * 61}", ""):
            with self.subTest(line):
                response = self.client.post(ADD, {"line": line})
                self.assertEqual(response.status_code, 200)
                self.assertEqual(len(response.context["errors"]), 1)
        self.assertFalse(Spelling.objects.exists())
