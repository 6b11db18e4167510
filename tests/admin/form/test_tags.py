"""Tags in the form: offered from the text, and aliases that become their tags."""

from django.urls import reverse

from articles.models import Digest, Tag
from articles.posts.exporting import markdown_of
from articles.taxonomy import vocabulary_list
from tests.support.desk import DeskTestCase, change_url, filled, management, new_article
from tests.support.factories import make_article, make_digest, record

NEW = reverse("admin:articles_digest_findings")


class OfferedTests(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        vocabulary_list.store(vocabulary_list.read("인공지능 = AI\n반도체\n로봇"))

    def offered(self, data, digest=None):
        url = reverse("admin:articles_digest_findings", args=[digest.pk]) if digest else NEW
        return self.client.post(url, data).json()["tags"]

    def test_what_is_typed_brings_its_tags_except_for_typed_ones(self):
        data = filled(make_digest(articles=0, published=False)) | management(2)
        data |= new_article(0, "로봇이 쓰는 AI 반도체", 1, tag_names="ai반도체, 로봇")
        data |= new_article(1, "아무것도 아닌 소식", 2)
        self.assertEqual(
            self.offered(data), {"articles-0": ["인공지능", "반도체"], "articles-1": []}
        )

    def test_the_page_has_them_without_a_script(self):
        digest = make_digest(articles=1, published=False)
        make_article(digest, headline="AI 소식")
        page = self.client.get(change_url(digest))
        self.assertContains(page, "<li>인공지능</li>", count=1, html=True)

    def test_the_finding_about_missing_tags_names_them(self):
        digest = make_digest(articles=0, published=False)
        make_article(digest, headline="AI 소식")
        url = reverse("admin:articles_digest_findings", args=[digest.pk])
        found = self.client.post(url, filled(digest)).json()["findings"]
        [finding] = [each for each in found if each["code"] == "tags-missing"]
        self.assertIn("인공지능", finding["advice"])

    def test_at_most_eight_are_offered(self):
        names = [f"기술분야{letter}" for letter in "가나다라마바사아자차"]
        vocabulary_list.store(vocabulary_list.read("\n".join(names)))
        data = management(1) | new_article(0, " ".join(names), 1)
        self.assertEqual(len(self.offered(data)["articles-0"]), 8)


class AliasTests(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        vocabulary_list.store(vocabulary_list.read("인공지능 = AI, 에이아이\n반도체"))

    def typed(self, digest, **values):
        """Save the first article with other values."""
        changes = {f"articles_0_{name}": value for name, value in values.items()}
        return self.save(digest, filled(digest, **changes))

    def tags_of(self, digest):
        article = digest.articles.get()
        return [link.tag.name for link in article.tagged_articles.order_by("pk")]

    def test_an_alias_is_saved_as_its_tag_once_and_the_editor_is_told(self):
        digest = make_digest(articles=1, published=False)
        response = self.typed(digest, tag_names="반도체, ai, AI, 인공지능, 에이아이, 로봇")
        self.assertSaved(response)
        self.assertEqual(self.tags_of(digest), ["반도체", "인공지능", "로봇"])
        self.assertFalse(Tag.objects.filter(name__in=["ai", "에이아이"]).exists())
        page = self.client.get(response["Location"])
        told = [str(message) for message in page.context["messages"]]
        self.assertEqual(sum("인공지능" in sentence for sentence in told), 2)

    def test_an_alias_of_what_is_there_is_no_change(self):
        digest = make_digest(articles=0, published=False)
        make_article(digest, tags=["인공지능"])
        record(digest)
        self.assertSaved(self.typed(digest, tag_names="AI"))
        self.assertEqual(Digest.objects.get(pk=digest.pk).revisions.count(), 1)

    def test_an_imported_tag_that_is_an_alias_stays_through_a_save(self):
        digest = make_digest(articles=0, published=False)
        make_article(digest, tags=["AI"])  # as an import writes it
        record(digest)
        before = markdown_of(digest)
        for outlook in ("다른 전망.", "내년에 더 커질 전망."):
            digest = Digest.objects.get(pk=digest.pk)
            self.assertSaved(self.typed(digest, outlook=outlook))
        self.assertEqual(self.tags_of(digest), ["AI"])
        self.assertEqual(markdown_of(Digest.objects.get(pk=digest.pk)), before)
