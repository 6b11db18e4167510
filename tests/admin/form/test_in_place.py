"""Saving without leaving the page: what a script is answered."""

import datetime as dt

import time_machine
from django.urls import reverse

from articles.changes import audit
from articles.digests import publishing, revisions
from articles.models import Comment, Correction, Digest, WorkingCopy
from tests.admin.history.test_history import change
from tests.support.desk import DeskTestCase, change_url, filled, new_article
from tests.support.factories import make_digest, make_user, record

JSON = {"HTTP_ACCEPT": "application/json"}
KEY = "6e1a6f6e-0f6c-4f0c-9a51-1f3c8b3f6a01"
NOW = dt.datetime(2026, 1, 3, 0, 12, tzinfo=dt.UTC)  # 09:12 in Seoul
LATER = dt.datetime(2999, 1, 4, 1, 0, tzinfo=dt.UTC)


class InPlaceTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=2, published=False)
        record(self.digest)
        self.digest.refresh_from_db()

    def send(self, data, button="_continue"):
        return self.client.post(change_url(self.digest), data | {button: "1"}, **JSON)

    def saves(self):
        return self.digest.revisions.filter(kind=revisions.Kind.SAVED).count()

    def assertOrdinary(self, response):
        self.assertEqual((response.status_code, response.json()), (200, {"question": ""}))


class SavedTests(InPlaceTestCase):
    def test_a_save_answers_with_version_rows_and_the_hour(self):
        data = filled(self.digest, title="고친 제목") | new_article(2, "새 기사")
        data |= {"articles-TOTAL_FORMS": 3, "form_key": KEY, "version": self.digest.version}
        with time_machine.travel(NOW, tick=False):
            answer = self.send(data).json()
        digest = Digest.objects.get()
        rows = {
            f"articles-{index}": str(article.uid)
            for index, article in enumerate(digest.articles.order_by("position"))
        }
        self.assertEqual((answer["version"], answer["rows"]), (digest.version, rows))
        self.assertIn("09:12 KST", answer["saved"])
        self.assertEqual((digest.title, answer["merged"]), ("고친 제목", False))
        self.assertTrue(WorkingCopy.objects.get().is_closed)

    def test_sent_twice_it_is_saved_once(self):
        data = filled(self.digest, title="고친 제목", articles_0_comment="한 번만")
        data["form_key"] = KEY
        first, second = self.send(data).json(), self.send(data).json()
        self.assertEqual(first["version"], second["version"])
        self.assertEqual(self.saves(), 2)
        self.assertEqual(Comment.objects.count(), 1)
        self.assertEqual(audit.trail(self.digest).filter(action="saved").count(), 1)

    def test_a_merge_is_told_in_the_answer_and_not_on_the_next_page(self):
        data = filled(self.digest, articles_0_outlook="내 전망.")
        change(self.digest, make_user(first_name="서연"), title="남의 제목")
        answer = self.send(data).json()
        self.assertTrue(answer["merged"])
        self.assertIn("서연", answer["messages"][0]["html"])
        page = self.client.get(change_url(self.digest))
        self.assertEqual(list(page.context["messages"]), [])
        self.assertEqual(Digest.objects.get().title, "남의 제목")

    def test_names_and_headlines_are_told_as_text(self):
        data = filled(self.digest, title="내 제목")
        texts = revisions.snapshot(self.digest)["articles"]
        change(self.digest, articles=[texts[0] | {"headline": "<b>굵은 제목</b>"}, texts[1]])
        told = self.send(data).json()["messages"][0]["html"]
        self.assertIn("&lt;b&gt;굵은 제목&lt;/b&gt;", told)
        self.assertNotIn("<b>", told)

    def test_a_gap_among_the_rows_is_no_article(self):
        data = filled(self.digest) | {"articles-TOTAL_FORMS": 5} | new_article(4, "새 기사")
        data = {name: value for name, value in data.items() if not name.startswith("articles-0-")}
        self.send(data)
        headlines = list(self.digest.articles.order_by("position").values_list("headline"))
        self.assertEqual(len(headlines), 2)
        self.assertEqual(headlines[1], ("새 기사",))

    def test_closing_answers_with_where_it_leads(self):
        answer = self.send(filled(self.digest, title="고친 제목"), "_save").json()
        self.assertEqual(answer, {"address": reverse("admin:articles_digest_changelist")})
        self.assertContains(self.client.get(answer["address"]), "고친 제목")


class OrdinaryTests(InPlaceTestCase):
    """What is more than a plain success writes nothing, and is left to the ordinary submission."""

    def test_an_error_of_a_field(self):
        self.assertOrdinary(self.send(filled(self.digest, date="")))
        self.assertEqual(self.saves(), 1)

    def test_a_conflict_rescues_nothing_yet(self):
        data = filled(self.digest, title="내 제목")
        change(self.digest, title="남의 제목")
        before = self.digest.revisions.count()
        self.assertOrdinary(self.send(data))
        self.assertEqual(self.digest.revisions.count(), before)
        self.assertEqual(self.client.post(change_url(self.digest), data).status_code, 409)
        self.assertEqual(self.digest.revisions.count(), before + 1)

    def test_errors_that_would_come_into_a_scheduled_digest(self):
        publishing.publish(self.digest, at=LATER, unchecked=True)
        self.digest.refresh_from_db()
        self.assertOrdinary(self.send(filled(self.digest, articles_1_citation_lines="")))
        self.assertEqual(Digest.objects.get().status, "scheduled")

    def test_a_digest_that_was_deleted_meanwhile(self):
        data = filled(self.digest)
        Digest.objects.all().delete()
        self.assertOrdinary(self.send(data))
        self.assertFalse(Digest.objects.exists())

    def test_a_login_that_ended(self):
        self.client.logout()
        self.assertEqual(self.send(filled(self.digest)).status_code, 401)


class QuestionTests(InPlaceTestCase):
    def setUp(self):
        super().setUp()
        publishing.publish(self.digest, unchecked=True)
        self.digest.refresh_from_db()
        self.before = self.saves()

    def ask(self, **answer):
        """The question about a changed title, sent with this answer."""
        data = filled(self.digest, title="고친 제목") | answer
        if not answer:
            del data["change_kind"]
        response = self.send(data)
        self.assertEqual(self.saves(), self.before)
        return response.json()["question"]

    def test_without_an_answer_the_question_comes_alone(self):
        question = self.ask()
        for part in ('value="typo"', 'value="correction"', 'id="id_correction_text"'):
            self.assertIn(part, question)
        self.assertNotIn("errorlist", question)
        self.assertRegex(question, 'name="show_changes"[^>]*checked')

    def test_a_correction_without_its_sentence_comes_back_with_the_answer(self):
        question = self.ask(change_kind="correction", correction_text="")
        self.assertIn("errorlist", question)
        self.assertRegex(question, 'value="correction"[^>]*checked')
        self.assertNotRegex(question, 'name="show_changes"[^>]*checked')

    def test_asked_again_it_shows_no_changes_that_were_not_to_be_shown(self):
        data = filled(self.digest, title="고친 제목", change_kind="", correction_text="")
        self.assertNotRegex(self.send(data).json()["question"], 'name="show_changes"[^>]*checked')

    def test_other_errors_go_first(self):
        data = filled(self.digest, title="")
        data |= {"change_kind": "correction", "correction_text": ""}
        self.assertOrdinary(self.send(data))

    def test_answered_it_is_saved_and_told(self):
        data = filled(self.digest, title="고친 제목", change_kind="correction")
        answer = self.send(data | {"correction_text": "제목이 틀렸습니다."}).json()
        self.assertEqual(Correction.objects.get().text, "제목이 틀렸습니다.")
        self.assertEqual(answer["version"], Digest.objects.get().version)
        self.assertEqual([told["level"] for told in answer["messages"]], ["success"])

    def test_without_a_script_the_page_opens_at_the_question(self):
        data = filled(self.digest, title="고친 제목") | {"change_kind": "", "_continue": "1"}
        page = self.client.post(change_url(self.digest), data).content.decode()
        self.assertRegex(page, 'id="id_change_kind" tabindex="-1" autofocus')
