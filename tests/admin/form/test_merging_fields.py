"""Two editors in one article: their changes merge field by field, and the messages say which."""

import re

import pytest
from django.contrib import messages
from django.contrib.auth.models import User

from articles.admin.form.conflicts import label_of
from articles.models import Revision
from tests.support.desk import DeskTestCase, filled, management, new_article
from tests.support.factories import make_digest, record


# Texts are merged in Python; that both engines keep what comes of it, `test_conflicts` sees.
@pytest.mark.one_engine
class FieldTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=3, published=False)
        record(self.digest)
        self.other = User.objects.create_superuser("other", first_name="서연", password="x")
        self.uid = str(self.digest.articles.get(position=1).uid)

    def meet(self, mine, theirs):
        """The answer to a form with my changes after the other editor saved theirs."""
        form = filled(self.digest, **mine)
        self.client.force_login(self.other)
        self.assertSaved(self.save(self.digest, filled(self.digest, **theirs)))
        self.client.force_login(self.editor)
        return self.save(self.digest, form)

    def choose(self, response, **choices):
        """Answer the page: choices by the field of the first article."""
        data = dict(response.context["typed"])
        data |= {"chosen-version": response.context["version"]}
        data |= {f"choose-{self.uid}.{name}": choice for name, choice in choices.items()}
        response = self.save(self.digest, data)
        self.assertSaved(response)
        return self.told(response)

    def told(self, response):
        """The messages after a save besides that it was saved."""
        page = self.client.get(response.url)
        return [told.message for told in page.context["messages"] if told.level == messages.INFO]

    def asked(self, response):
        self.assertEqual(response.status_code, 409)
        return [question["name"] for question in response.context["questions"]]

    def article(self):
        return self.digest.articles.get(uid=self.uid)

    def test_two_fields_of_one_article_merge_and_the_message_says_whose(self):
        response = self.meet(
            {"articles_0_industry_impact": "나의 영향."}, {"articles_0_outlook": "남의 전망."}
        )
        self.assertSaved(response)
        article = self.article()
        self.assertEqual((article.industry_impact, article.outlook), ("나의 영향.", "남의 전망."))
        [sentence] = self.told(response)
        for word in ("서연", str(label_of("outlook")), article.headline):
            self.assertIn(word, sentence)
        self.assertNotIn(str(label_of("industry_impact")), sentence)

    def test_the_message_names_each_editor_with_their_own_changes(self):
        form = filled(self.digest, title="나의 호")
        for name, change in (("민준", {"articles_0_outlook": "남의 전망."}), ("하은", {})):
            self.client.force_login(User.objects.create_superuser(name, first_name=name))
            change = change or {"articles_1_tag_names": "로봇"}
            self.digest.refresh_from_db()
            self.assertSaved(self.save(self.digest, filled(self.digest, **change)))
        self.client.force_login(self.editor)
        first, second = self.told(self.save(self.digest, form))
        self.assertTrue("민준" in first and str(label_of("outlook")) in first, first)
        self.assertTrue("하은" in second and str(label_of("tags")) in second, second)

    def test_the_message_names_a_program_without_the_honorific_of_a_person(self):
        form = filled(self.digest, title="나의 호")
        for change in ({"articles_0_outlook": "남의 전망."}, {"articles_0_industry_impact": "둘."}):
            self.digest.refresh_from_db()
            self.client.force_login(self.other)
            self.assertSaved(self.save(self.digest, filled(self.digest, **change)))
        saved = self.digest.revisions.order_by("-number").first()
        Revision.objects.filter(pk=saved.pk).update(author=None, program="horizon")
        self.client.force_login(self.editor)
        told = " ".join(self.told(self.save(self.digest, form)))
        self.assertIn("서연 님이", told)
        self.assertIn("horizon 프로그램이", told)

    def test_the_message_names_an_article_by_the_headline_that_stays(self):
        response = self.meet(
            {"articles_0_headline": "나의 제목"}, {"articles_0_headline": "남의 제목"}
        )
        [sentence] = self.choose(response, headline="mine")
        self.assertIn("나의 제목", sentence)
        self.assertNotIn("남의 제목", sentence)

    def test_no_message_claims_a_merge_that_did_not_happen(self):
        same = {"articles_0_outlook": "같은 전망."}
        self.assertEqual(self.told(self.meet(same, same)), [])
        self.digest.refresh_from_db()
        response = self.meet({}, {"articles_0_outlook": "남의 전망."})
        self.assertEqual(self.told(response), [])

    def test_keeping_mine_puts_back_no_other_field(self):
        response = self.meet(
            {"articles_0_outlook": "나의 전망.", "articles_1_outlook": "나의 둘째."},
            {"articles_0_outlook": "남의 전망.", "articles_0_industry_impact": "남의 영향."}
            | {"articles_0_headline": "남의 제목", "title": "남의 호"},
        )
        self.assertEqual(self.asked(response), [f"choose-{self.uid}.outlook"])
        self.assertNotContains(response, "남의 영향.", status_code=409)
        replaced = self.choose(response, outlook="mine")[-1]
        article = self.article()
        self.assertEqual(
            (article.outlook, article.industry_impact, article.headline),
            ("나의 전망.", "남의 영향.", "남의 제목"),
        )
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.title, "남의 호")
        self.assertOffers(replaced, "남의 전망")

    def test_keeping_theirs_leaves_my_text_one_click_away(self):
        response = self.meet(
            {"articles_0_outlook": "나의 전망."}, {"articles_0_outlook": "남의 전망."}
        )
        [sentence] = self.choose(response, outlook="theirs")
        self.assertEqual(self.article().outlook, "남의 전망.")
        self.assertIn("서연", sentence)
        self.assertOffers(sentence, "나의 전망")

    def test_after_choosing_both_lost_texts_are_offered(self):
        mine = {"articles_0_outlook": "나의 전망.", "articles_0_read_by": "나의 이름"}
        theirs = {"articles_0_outlook": "남의 전망.", "articles_0_read_by": "남의 이름"}
        response = self.meet(mine, theirs)
        kept, lost = self.choose(response, outlook="mine", read_by="theirs")
        self.assertOffers(kept, "남의 전망")
        self.assertOffers(lost, "나의 이름")
        article = self.article()
        self.assertEqual((article.outlook, article.read_by), ("나의 전망.", "남의 이름"))

    def assertOffers(self, sentence, text):
        """The link in a sentence leads to a comparison that shows the words."""
        [address] = re.findall(r'href="([^"#]+)#', sentence)
        page = self.client.get(address)
        shown = re.sub("<[^>]+>|\\[.*?[:：] |\\] ", "", page.content.decode())
        for word in text.split():
            self.assertIn(word, shown)

    def test_lines_of_both_stay(self):
        response = self.meet(
            {"articles_0_points": "나의 요점\r\n첫째 요점\r\n둘째 요점"},
            {"articles_0_points": "첫째 요점\r\n남의 요점"},
        )
        self.assertSaved(response)
        self.assertEqual(self.article().points, ["나의 요점", "첫째 요점", "남의 요점"])

    def test_moving_lines_beside_editing_one_asks_about_that_field(self):
        response = self.meet(
            {"articles_0_points": "둘째 요점\r\n첫째 요점", "articles_0_outlook": "나의 전망."},
            {"articles_0_points": "첫째 요점\r\n고친 요점"},
        )
        self.assertEqual(self.asked(response), [f"choose-{self.uid}.points"])
        self.choose(response, points="mine")
        self.assertEqual(self.article().points, ["둘째 요점", "첫째 요점"])
        self.assertEqual(self.article().outlook, "나의 전망.")

    def test_editing_stays_beside_another_order(self):
        turned = {"articles_0_ORDER": 2, "articles_1_ORDER": 1}
        self.assertSaved(self.meet({"articles_0_headline": "나의 제목"}, turned))
        self.assertEqual(self.headlines(self.digest)[1], "나의 제목")

    def test_two_different_orders_are_asked_about(self):
        before = self.headlines(self.digest)
        response = self.meet(
            {"articles_0_ORDER": 2, "articles_1_ORDER": 1},
            {"articles_1_ORDER": 3, "articles_2_ORDER": 2},
        )
        self.assertEqual(self.asked(response), ["choose-order"])
        data = dict(response.context["typed"]) | {"choose-order": "mine"}
        response = self.save(self.digest, data | {"chosen-version": response.context["version"]})
        self.assertSaved(response)
        self.assertEqual(self.headlines(self.digest), [before[1], before[0], before[2]])
        self.assertIn(str(label_of("order")), self.told(response)[0])

    def test_an_article_deleted_here_and_changed_there_is_asked_about(self):
        response = self.meet({"articles_0_DELETE": "on"}, {"articles_0_outlook": "남의 전망."})
        self.assertEqual(self.asked(response), [f"choose-{self.uid}"])
        self.assertContains(response, "<mark>남의</mark>", status_code=409)
        data = dict(response.context["typed"]) | {f"choose-{self.uid}": "mine"}
        response = self.save(self.digest, data | {"chosen-version": response.context["version"]})
        self.assertSaved(response)
        self.assertEqual(self.digest.articles.count(), 2)
        [sentence] = self.told(response)
        self.assertOffers(sentence, "남의 전망")

    def test_my_other_window_is_not_called_somebody_else(self):
        form = filled(self.digest, articles_0_industry_impact="나의 영향.")
        self.assertSaved(self.save(self.digest, filled(self.digest, articles_0_outlook="먼저.")))
        [sentence] = self.told(self.save(self.digest, form))
        self.assertIn(str(label_of("outlook")), sentence)
        self.assertNotIn("editor", sentence)

    def test_who_added_an_article_is_not_said_to_have_moved_any(self):
        form = filled(self.digest, articles_0_headline="나의 제목")
        self.client.force_login(self.other)
        added = management(4) | new_article(3, "남의 새 기사", 1)
        self.assertSaved(self.save(self.digest, filled(self.digest) | added))
        self.digest.refresh_from_db()
        third = User.objects.create_superuser("third", first_name="하은")
        self.client.force_login(third)
        turned = {"articles_1_ORDER": 3, "articles_2_ORDER": 2}
        self.assertSaved(self.save(self.digest, filled(self.digest, **turned)))
        self.client.force_login(self.editor)
        sentences = self.told(self.save(self.digest, form))
        [order] = [told for told in sentences if str(label_of("order")) in told]
        self.assertTrue("하은" in order and "서연" not in order, sentences)
        [new] = [told for told in sentences if "남의 새 기사" in told]
        self.assertTrue("서연" in new and "하은" not in new, sentences)
