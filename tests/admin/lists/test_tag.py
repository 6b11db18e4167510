from django.contrib.auth.models import User
from django.test import TestCase
from django.urls import NoReverseMatch, reverse

from articles.changes import site_version
from articles.models import Digest, Tag
from tests.admin.test_roles import FORBIDDEN, FOUND, LOGIN, OK, RoleTestCase
from tests.support.factories import make_article, make_digest, make_user, publish

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

    def test_the_list_says_how_many_there_are_as_its_search_does(self):
        page = self.client.get(LIST)
        count = page.context["cl"].result_count
        self.assertContains(page, f"전체 {count}건")
        self.assertNotContains(page, f"{count} 주제")

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

    def test_the_address_changes_only_when_asked(self):
        tag = Tag.objects.get(name="GPU")
        url = reverse("admin:articles_tag_change", args=[tag.pk])
        self.client.post(url, {"name": "그래픽 칩", "new_address": "on"})
        tag.refresh_from_db()
        self.assertEqual((tag.name, tag.slug), ("그래픽 칩", "그래픽-칩"))
        self.assertEqual(Tag.objects.moved_to("gpu"), tag)

    def test_the_description_is_for_readers_who_know_the_topic(self):
        tag = Tag.objects.get(name="GPU")
        url = reverse("admin:articles_tag_change", args=[tag.pk])
        before = site_version.current()
        self.client.post(url, {"name": "GPU", "description": " 그림을\r\n그리는 칩 "})
        tag.refresh_from_db()
        self.assertEqual((tag.name, tag.description), ("GPU", "그림을 그리는 칩"))
        self.assertEqual(site_version.current(), before)
        publish(Digest.objects.get())
        before = site_version.current()
        self.client.post(url, {"name": "GPU", "description": "그래픽 칩"})
        self.assertGreater(site_version.current().number, before.number)

    def test_a_new_tag(self):
        self.client.post(reverse("admin:articles_tag_add"), {"name": "새 태그"})
        self.assertEqual(Tag.objects.get(name="새 태그").slug, "새-태그")

    def test_many_are_not_deleted_at_once(self):
        self.assertNotContains(self.client.get(LIST), 'value="delete_selected"')


class TaggedTestCase(RoleTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        permissions = [f"{verb}_tag" for verb in ("view", "change", "delete")] + ["publish_digest"]
        cls.editor = make_user("tagger", permissions=permissions)

    def setUp(self):
        digest = make_digest(articles=0, published=False)
        make_article(digest, headline="하나", tags=["AI", "인공지능"])
        make_article(digest, headline="둘", tags=["인공지능"])
        self.target, self.source = (Tag.objects.get(name=name) for name in ("AI", "인공지능"))


class MergingTests(TaggedTestCase):
    def ask(self, **more):
        chosen = [self.target.pk, self.source.pk]
        data = {"action": "merge_selected", "_selected_action": chosen}
        return self.client.post(LIST, data | more)

    def test_who_may(self):
        answers = self.answers(lambda: self.ask(target=self.target.pk))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, OK, FOUND])
        self.assertEqual(list(Tag.objects.all()), [self.target])

    def test_writers_cannot(self):
        self.client.force_login(self.writer)
        self.assertNotContains(self.client.get(LIST), "merge_selected")
        self.ask(target=self.target.pk)
        self.assertEqual(Tag.objects.count(), 2)

    def test_the_page_asks_which_one_stays(self):
        self.client.force_login(self.editor)
        page = self.ask()
        self.assertContains(page, '<select name="target"')
        self.assertEqual(Tag.objects.count(), 2)
        self.ask(target="")
        self.ask(target="99999")
        self.assertEqual(Tag.objects.count(), 2)

    def test_one_alone_is_not_merged(self):
        self.client.force_login(self.editor)
        data = {"action": "merge_selected", "_selected_action": [self.target.pk]}
        response = self.client.post(LIST, data, follow=True)
        self.assertEqual([m.level_tag for m in response.context["messages"]], ["error"])


class TagDeletingTests(TaggedTestCase):
    def url(self):
        return reverse("admin:articles_tag_delete", args=[self.source.pk])

    def test_who_may(self):
        answers = self.answers(lambda: self.client.get(self.url()))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FORBIDDEN, OK])
        answers = self.answers(lambda: self.client.post(self.url(), {"post": "yes"}))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FORBIDDEN, FOUND])
        self.assertFalse(Tag.objects.filter(name="인공지능").exists())

    def test_the_question_names_the_articles_that_lose_it(self):
        self.client.force_login(self.editor)
        page = self.client.get(self.url())
        self.assertContains(page, "하나 (2026-01-03)")
        self.assertContains(page, 'name="seen" value="2"')

    def test_articles_that_were_not_shown_keep_it(self):
        self.client.force_login(self.editor)
        self.client.post(self.url(), {"post": "yes", "seen": "1"})
        self.assertTrue(Tag.objects.filter(name="인공지능").exists())
