"""The same correction posted twice, by a double click or a page that is sent again, is one."""

from django.urls import reverse

from articles.models import AuditEntry, Digest
from tests.support.desk import DeskTestCase
from tests.support.factories import make_digest


class CorrectingTwiceTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest("2026-03-03", articles=2)
        self.url = reverse("admin:articles_digest_corrections", args=[self.digest.pk])

    def correct(self, text, article=None):
        data = {"text": text, "article": article.pk if article else ""}
        response = self.client.post(self.url, data, follow=True)
        self.assertContains(response, "success")

    def test_the_same_correction_is_made_once(self):
        self.correct("값을\r\n바로잡습니다.")
        version, revised = Digest.objects.values_list("version", "revised_at").get()
        self.correct("값을\r\n바로잡습니다.")
        self.assertEqual(self.digest.corrections.count(), 1)
        self.assertEqual(
            Digest.objects.values_list("version", "revised_at").get(), (version, revised)
        )
        self.assertEqual(AuditEntry.objects.filter(action="corrected").count(), 1)

    def test_another_text_or_another_article_is_another_correction(self):
        first, second = self.digest.articles.order_by("position")
        for text, article in (("가", None), ("나", None), ("가", first), ("가", second)):
            self.correct(text, article)
        self.assertEqual(self.digest.corrections.count(), 4)
