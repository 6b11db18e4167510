from django.contrib.auth.models import User
from django.test import TestCase
from django.urls import NoReverseMatch, reverse

from articles.models import Tag
from tests.factories import make_article, make_digest

LIST = reverse("admin:articles_tag_changelist")
SUGGEST = reverse("admin:articles_tag_suggest")


class TagTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        User.objects.create_superuser("editor", password="correct horse")
        digest = make_digest(articles=0, published=False)
        for tags in (["AI 반도체", "GPU"], ["AI 반도체", "모바일 AI"], ["50%_할인"]):
            make_article(digest, headline=tags[0] + tags[-1], tags=tags)

    def setUp(self):
        self.client.force_login(User.objects.get())

    def suggested(self, q):
        response = self.client.get(SUGGEST, {"q": q})
        self.assertIn("no-store", response["Cache-Control"])
        return response.json()["tags"]

    def test_suggestions_begin_with_the_letters_first(self):
        self.assertEqual(self.suggested("ai"), ["AI 반도체", "모바일 AI"])

    def test_suggestions_know_other_writings_of_the_same_letters(self):
        self.assertEqual(self.suggested("ｇｐ"), ["GPU"])

    def test_signs_of_the_database_are_letters(self):
        self.assertEqual(self.suggested("%"), ["50%_할인"])
        self.assertEqual(self.suggested("x_"), [])

    def test_nothing_is_suggested_for_nothing(self):
        self.assertEqual(self.suggested(" "), [])

    def test_at_most_ten_are_suggested(self):
        for number in range(12):
            Tag.objects.create(name=f"번호 {number}")
        self.assertEqual(len(self.suggested("번호")), 10)

    def test_the_list_counts_uses(self):
        page = self.client.get(LIST)
        counts = {tag.name: tag.use_count for tag in page.context["cl"].result_list}
        self.assertEqual(counts["AI 반도체"], 2)

    def test_renaming_keeps_the_address(self):
        tag = Tag.objects.get(name="GPU")
        url = reverse("admin:articles_tag_change", args=[tag.pk])
        self.assertEqual(self.client.post(url, {"name": "그래픽 처리 장치"}).status_code, 302)
        tag.refresh_from_db()
        self.assertEqual((tag.name, tag.slug), ("그래픽 처리 장치", "gpu"))

    def test_a_name_that_another_tag_has_is_refused(self):
        url = reverse("admin:articles_tag_change", args=[Tag.objects.get(name="모바일 AI").pk])
        for name in ("ｇｐｕ", "a, b", "주" * 51, " , "):
            with self.subTest(name=name):
                response = self.client.post(url, {"name": name})
                self.assertEqual(response.status_code, 200)
                self.assertTrue(response.context["adminform"].form.errors["name"])

    def test_the_stock_tag_admin_is_gone(self):
        with self.assertRaises(NoReverseMatch):
            reverse("admin:taggit_tag_changelist")
