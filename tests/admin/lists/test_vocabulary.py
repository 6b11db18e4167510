"""The list of tags at the desk."""

from django.urls import reverse

from articles.models import AuditEntry, Tag
from articles.taxonomy import vocabulary, vocabulary_list
from tests.admin.test_roles import EDITOR, FORBIDDEN, LOGIN, OK, RoleTestCase
from tests.support.desk import DeskTestCase
from tests.support.factories import make_user

PAGE = reverse("admin:articles_tag_vocabulary")
EXPORT = reverse("admin:articles_tag_vocabulary_list")
LIST = "인공지능 = AI\n반도체 = 칩셋, ai\n"


class VocabularyTests(DeskTestCase):
    def test_a_list_is_shown_before_it_is_stored(self):
        page = self.client.post(PAGE, {"list": LIST, "check": ""})
        self.assertContains(page, "칩셋")
        self.assertEqual([row["row"].clashes != [] for row in page.context["rows"]], [False, True])
        self.assertFalse(Tag.objects.exists())
        response = self.client.post(PAGE, {"list": LIST, "store": ""})
        self.assertRedirects(response, reverse("admin:articles_tag_changelist"))
        self.assertEqual(vocabulary.meant_by(["AI", "칩셋"]), {"AI": "인공지능", "칩셋": "반도체"})
        self.assertEqual(AuditEntry.objects.get(action=vocabulary.CHANGED).actor_id, self.editor.pk)

    def test_faults_are_told_with_their_lines_and_nothing_is_stored(self):
        page = self.client.post(PAGE, {"list": f"로봇\n{'가' * 101}", "store": ""})
        self.assertEqual([number for number, _sentence in page.context["errors"]], [2])
        self.assertContains(page, "로봇\n")
        self.assertFalse(Tag.objects.exists())

    def test_an_empty_and_a_much_too_long_list_are_refused(self):
        for text in ("", "\n", "가" * 600_000):
            with self.subTest(text[:3]):
                page = self.client.post(PAGE, {"list": text, "store": ""})
                self.assertTrue(page.context["errors"])

    def test_the_list_of_the_software_is_looked_at_first(self):
        page = self.client.post(PAGE, {"seed": ""})
        self.assertEqual(len(page.context["rows"]), 60)
        self.assertFalse(Tag.objects.exists())

    def test_what_is_downloaded_says_nothing_new(self):
        self.client.post(PAGE, {"list": vocabulary_list.seed(), "store": ""})
        response = self.client.get(EXPORT)
        self.assertIn("attachment", response["Content-Disposition"])
        page = self.client.post(PAGE, {"list": response.content.decode(), "check": ""})
        self.assertEqual((page.context["rows"], page.context["has_changes"]), ([], False))


class AliasFieldTests(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        vocabulary_list.store(vocabulary_list.read("인공지능 = AI\n로봇"))
        cls.tag = Tag.objects.get(name="인공지능")
        cls.url = reverse("admin:articles_tag_change", args=[cls.tag.pk])

    def test_the_page_of_a_tag_shows_and_changes_its_aliases(self):
        self.assertContains(self.client.get(self.url), 'value="AI"')
        self.client.post(self.url, {"name": "인공지능", "aliases": "AI, 에이아이"})
        self.assertEqual(self.tag.aliases.count(), 2)

    def test_a_name_of_another_tag_is_refused_at_its_field(self):
        page = self.client.post(self.url, {"name": "인공지능", "aliases": "로봇"})
        self.assertIn("aliases", page.context["adminform"].form.errors)
        other = reverse("admin:articles_tag_change", args=[Tag.objects.get(name="로봇").pk])
        page = self.client.post(other, {"name": "ai"})
        self.assertIn("name", page.context["adminform"].form.errors)

    def test_the_list_and_the_suggestions_know_aliases(self):
        listed = self.client.get(reverse("admin:articles_tag_changelist"), {"q": "ai"})
        self.assertEqual([tag.name for tag in listed.context["cl"].result_list], ["인공지능"])
        suggested = self.client.get(reverse("admin:articles_tag_suggest"), {"q": "ai"})
        self.assertEqual(suggested.json()["tags"], ["인공지능"])

    def test_who_may_only_look_sees_them(self):
        self.client.force_login(make_user("reader", permissions=["view_tag"]))
        self.assertContains(self.client.get(self.url), "AI")


class RoleTests(RoleTestCase):
    def test_only_those_who_may_change_tags_for_readers_are_let_in(self):
        answers = [LOGIN, FORBIDDEN, FORBIDDEN, OK]
        self.editor = make_user("chief", permissions=[*EDITOR, "delete_tag"])
        for address in (PAGE, EXPORT, reverse("admin:articles_tag_proposals")):
            with self.subTest(address):
                self.assertEqual(self.answers(lambda url=address: self.client.get(url)), answers)
