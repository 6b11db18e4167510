"""A save is never asked about the text of a program: the editor's stays, the other is suggested."""

import datetime as dt

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from articles.models import Digest, Suggestion
from tests.support.desk import DeskTestCase, filled
from tests.support.pushes import article, hand_in


class SavesBesidePushesTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        hand_in("하나", "둘")
        self.digest = Digest.objects.get()
        self.form = filled(self.digest)

    def suggested(self):
        rows = Suggestion.objects.filter(digest=self.digest, status="waiting")
        return [(str(row.article_uid), row.field, row.value) for row in rows]

    def test_the_editors_text_stays_and_the_programs_waits(self):
        hand_in(article("하나", point="프로그램의 새 요점"), "둘")
        uid = self.form["articles-0-uid"]
        response = self.save(self.digest, self.form | {"articles-0-points": "편집자의 요점"})
        self.assertSaved(response)
        found = self.digest.articles.get(uid=uid)
        self.assertEqual(found.points, ["편집자의 요점"])
        self.assertEqual(self.suggested(), [(uid, "points", ["프로그램의 새 요점"])])

    def test_a_title_of_the_editor_stays_too(self):
        hand_in("하나", "둘", title="프로그램의 제목")
        self.assertSaved(self.save(self.digest, self.form | {"title": "편집자의 제목"}))
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.title, "편집자의 제목")
        self.assertEqual(self.suggested(), [("None", "title", "프로그램의 제목")])

    def test_the_text_waits_though_the_digest_was_moved_to_another_day(self):
        hand_in(article("하나", point="프로그램의 새 요점"), "둘")
        day = self.digest.date + dt.timedelta(days=1)
        form = self.form | {"articles-0-points": "편집자의 요점", "date": day.isoformat()}
        self.assertSaved(self.save(self.digest, form))
        self.assertEqual([row[1] for row in self.suggested()], ["points"])

    def test_pushes_are_looked_through_once_for_all_texts(self):
        hand_in(article("하나", point="새 요점"), article("둘", point="새 요점"))
        forms = [self.form, self.form | {"articles-1-points": "편집자의 요점"}]
        counts = []
        for form in forms:
            with transaction.atomic(), CaptureQueriesContext(connection) as queries:
                self.save(self.digest, form | {"articles-0-points": "편집자의 요점"})
                transaction.set_rollback(True)
            asked = [q["sql"] for q in queries if '"articles_push"."articles"' in q["sql"]]
            counts.append(len(asked))
        self.assertEqual(counts, [1, 1])

    def test_other_fields_are_merged(self):
        hand_in(article("하나", point="프로그램의 새 요점"), "둘")
        self.assertSaved(self.save(self.digest, self.form | {"articles-0-headline": "새 제목"}))
        found = self.digest.articles.get(position=1)
        self.assertEqual((found.headline, found.points), ("새 제목", ["프로그램의 새 요점"]))
        self.assertEqual(self.suggested(), [])

    def test_a_merge_with_a_program_names_it(self):
        hand_in(article("하나", point="프로그램의 새 요점"), "둘")
        self.save(self.digest, self.form | {"articles-1-headline": "새 제목"})
        page = self.client.get(f"/admin/articles/digest/{self.digest.pk}/change/")
        self.assertContains(page, "아침 수집기")

    def test_an_article_that_the_editor_deletes_is_gone(self):
        hand_in(article("하나", point="프로그램의 새 요점"), "둘")
        self.assertSaved(self.save(self.digest, self.form | {"articles-0-DELETE": "on"}))
        self.assertEqual(self.headlines(self.digest), ["둘 기사"])
        self.assertEqual(self.suggested(), [])

    def test_a_colleagues_text_is_still_asked_about(self):
        self.save(self.digest, filled(self.digest) | {"articles-0-points": "동료의 요점"})
        hand_in(article("둘", point="프로그램의 새 요점"), "하나")
        response = self.save(
            self.digest,
            self.form | {"articles-0-points": "편집자의 요점", "articles-1-points": "내 요점"},
        )
        asked, settled = (self.form[f"articles-{n}-uid"] for n in (0, 1))
        self.assertContains(response, f"choose-{asked}.points", status_code=409)
        self.assertNotContains(response, f"choose-{settled}", status_code=409)
