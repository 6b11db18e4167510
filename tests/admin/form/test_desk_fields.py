"""Assignees, ready marks and comments in the form of a digest."""

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.digests import assigning, moving, restoring
from articles.models import Article, AuditEntry, Comment, WorkingCopy
from tests.support.desk import DeskTestCase, change_url, filled, management, new_article
from tests.support.factories import STAMP, make_article, make_digest, make_user, record


class DeskFieldsTestCase(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.minji = make_user("minji", permissions=["view_digest", "change_digest"])
        cls.reader = make_user("reader", permissions=["view_digest"])
        cls.digest = make_digest(articles=2, published=False)
        record(cls.digest)
        cls.first, cls.second = cls.digest.articles.order_by("position")

    def row(self, number=0, **values):
        """The desk's fields of a row: `assignee`, `is_ready`, `comment`, `done_17`, `…_was`."""
        return {f"articles-{number}-{name}": value for name, value in values.items()}

    def send(self, row, **changes):
        self.digest.refresh_from_db()
        return self.save(self.digest, filled(self.digest, **changes) | row)

    def form(self, number=0, digest=None, query=""):
        page = self.client.get(change_url(digest or self.digest) + query)
        [inline] = page.context["inline_admin_formsets"]
        return inline.formset.forms[number]

    def actions(self):
        return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))

    def comment(self, text="출처가 하나뿐입니다", **fields):
        values = {"article_uid": self.first.uid, "author": self.minji, "created_at": STAMP}
        return Comment.objects.create(text=text, **values | fields)


class ChangeTests(DeskFieldsTestCase):
    def test_assigning_makes_an_audit_row_and_no_revision(self):
        self.assertSaved(self.send(self.row(assignee=self.minji.pk)))
        self.first.refresh_from_db()
        self.assertEqual(self.first.assignee, self.minji)
        self.digest.refresh_from_db()
        self.assertEqual((self.digest.version, self.digest.revisions.count()), (1, 1))
        [entry] = AuditEntry.objects.all()
        self.assertEqual((entry.action, entry.note), ("assigned", "minji"))
        self.assertIn(self.first.headline, entry.target)

    def test_taking_the_assignment_away(self):
        Article.objects.filter(pk=self.first.pk).update(assignee=self.minji)
        self.send(self.row(assignee="", assignee_was=self.minji.pk))
        self.first.refresh_from_db()
        self.assertIsNone(self.first.assignee)

    def test_ready_on_and_off(self):
        for row, wanted in (
            ({"is_ready": "on", "is_ready_was": "False"}, True),
            ({"is_ready_was": "True"}, False),
        ):
            self.send(self.row(**row))
            self.first.refresh_from_db()
            self.assertEqual(self.first.is_ready, wanted)
        self.assertEqual(self.actions(), ["ready", "ready"])

    def test_commenting(self):
        with time_machine.travel(STAMP, tick=False):
            self.send(self.row(1, comment=" 제목이\r\n깁니다 "))
        comment = Comment.objects.get()
        self.assertEqual((comment.text, comment.author), ("제목이\n깁니다", self.editor))
        self.assertEqual((comment.article_uid, comment.created_at), (self.second.uid, STAMP))
        self.assertEqual(self.actions(), ["commented"])

    def test_a_comment_sent_twice_is_kept_once(self):
        for _attempt in range(2):
            self.send(self.row(comment="제목이 깁니다"))
        self.assertEqual(Comment.objects.count(), 1)

    def test_ticking_a_comment_off(self):
        comment = self.comment()
        for _attempt in range(2):
            self.send(self.row(**{f"done_{comment.pk}": "1"}))
        comment.refresh_from_db()
        self.assertEqual(comment.resolved_by, self.editor)
        self.assertEqual(self.actions(), ["comment-resolved"])

    def test_with_texts_both_are_saved(self):
        self.send(self.row(is_ready="on", comment="끝"), articles_0_headline="새 제목")
        self.first.refresh_from_db()
        self.assertEqual((self.first.headline, self.first.is_ready), ("새 제목", True))
        self.assertEqual(self.actions(), ["saved", "ready", "commented"])

    def test_a_new_article_may_have_all_of_it_at_once(self):
        row = new_article(2, "셋째") | self.row(2, assignee=self.minji.pk, comment="급함")
        data = filled(self.digest) | management(3) | row
        self.assertSaved(self.save(self.digest, data))
        third = self.digest.articles.get(headline="셋째")
        self.assertEqual(third.assignee, self.minji)
        self.assertEqual(Comment.objects.get().article_uid, third.uid)


class TogetherTests(DeskFieldsTestCase):
    def test_a_form_opened_earlier_does_not_undo_what_others_did(self):
        Article.objects.filter(pk=self.first.pk).update(assignee=self.minji, is_ready=True)
        opened_before = self.row(assignee="", assignee_was="", is_ready_was="False")
        self.send(opened_before | self.row(comment="한 마디"))
        self.first.refresh_from_db()
        self.assertEqual((self.first.assignee, self.first.is_ready), (self.minji, True))
        self.assertEqual(self.actions(), ["commented"])

    def test_what_others_did_already_leaves_no_second_row(self):
        Article.objects.filter(pk=self.first.pk).update(assignee=self.minji)
        self.send(self.row(assignee=self.minji.pk, assignee_was=""))
        self.assertEqual(self.actions(), [])

    def test_errors_keep_everything(self):
        comment = self.comment()
        row = self.row(
            assignee=self.minji.pk, is_ready="on", comment="남아라", **{f"done_{comment.pk}": "1"}
        )
        response = self.send(row, title="제" * 1_001)
        [inline] = response.context["inline_admin_formsets"]
        form = inline.formset.forms[0]
        self.assertEqual(form.assignee_name, "minji")
        self.assertTrue(form["is_ready"].value())
        self.assertTrue(form.thread[0]["is_ticked"])
        self.assertContains(response, "남아라")
        self.assertEqual(Comment.objects.filter(resolved_at=None).count(), 1)
        self.assertEqual(self.actions(), [])

    def test_a_comment_on_an_article_deleted_meanwhile_is_kept_for_its_return(self):
        data = filled(self.digest) | self.row(1, comment="지우지 마세요", is_ready="on")
        without = filled(self.digest) | {"articles-1-DELETE": "on"}
        self.assertSaved(self.save(self.digest, without))
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(Comment.objects.get().article_uid, self.second.uid)
        self.assertFalse(self.digest.articles.filter(is_ready=True).exists())


# What the form may name is decided in Python; both engines keep it in the classes above.
@pytest.mark.one_engine
class ForgeryTests(DeskFieldsTestCase):
    def test_articles_and_comments_of_elsewhere_stay_as_they_are(self):
        other = make_article(make_digest("2026-01-09", articles=0, published=False))
        comment = self.comment(article_uid=other.uid)
        row = self.row(
            uid=str(other.uid),
            assignee=self.minji.pk,
            is_ready="on",
            comment="몰래",
            **{f"done_{comment.pk}": "1"},
        )
        self.send(row)
        other.refresh_from_db()
        comment.refresh_from_db()
        self.assertIsNone(other.assignee)
        self.assertFalse(other.is_ready)
        self.assertIsNone(comment.resolved_at)
        self.assertEqual(Comment.objects.count(), 1)

    def test_a_comment_of_another_article_of_the_same_digest_is_not_ticked_off(self):
        comment = self.comment(article_uid=self.second.uid)
        self.send(self.row(0, **{f"done_{comment.pk}": "1", "done_x": "1", "done_99": "1"}))
        comment.refresh_from_db()
        self.assertIsNone(comment.resolved_at)

    def test_only_those_who_may_change_digests_can_be_chosen(self):
        gone = make_user("gone", permissions=["change_digest"], is_active=False)
        for value in (self.reader.pk, gone.pk, 10**8, "x"):
            with self.subTest(value):
                response = self.send(self.row(assignee=value))
                self.assertEqual(response.status_code, 200)
        names = [name for _pk, name in assigning_choices(self.form())]
        self.assertEqual(names, ["–", "editor", "minji"])

    def test_whoever_has_the_article_stays_even_without_the_permission(self):
        Article.objects.filter(pk=self.first.pk).update(assignee=self.reader)
        row = self.row(assignee=self.reader.pk, assignee_was=self.reader.pk)
        self.assertSaved(self.send(row, title="새 제목"))
        self.first.refresh_from_db()
        self.assertEqual(self.first.assignee, self.reader)
        self.assertEqual(self.form().assignee_name, "reader")

    def test_too_long_a_comment_is_refused_and_kept(self):
        response = self.send(self.row(comment="가" * 1001))
        self.assertContains(response, "가" * 1001)
        self.assertEqual(Comment.objects.count(), 0)

    def test_those_who_may_not_change_digests_see_and_do_none_of_it(self):
        self.comment()
        Article.objects.filter(pk=self.first.pk).update(assignee=self.minji)
        self.client.force_login(self.reader)
        page = self.client.get(change_url(self.digest))
        for hidden in ("출처가 하나뿐입니다", "minji", "-assignee", "desk-names"):
            with self.subTest(hidden):
                self.assertNotContains(page, hidden)
        adder = make_user("adder", permissions=["add_digest", "view_digest", "add_article"])
        self.client.force_login(adder)
        page = self.client.get(reverse("admin:articles_digest_add"))
        self.assertNotContains(page, "-assignee")


@pytest.mark.one_engine
class ThreadTests(DeskFieldsTestCase):
    def test_comments_are_shown_with_author_time_and_state(self):
        self.comment()
        self.comment("둘째 말", author=None, resolved_at=STAMP, resolved_by=self.minji)
        page = self.client.get(change_url(self.digest))
        for text in ("출처가 하나뿐입니다", "minji", "2026-01-03 07:00 KST", "둘째 말"):
            self.assertContains(page, text)
        self.assertEqual(self.form().open_comments, 1)

    def test_they_stay_with_their_article_through_everything(self):
        self.comment()
        self.assertSaved(self.send({}, articles_0_ORDER="2", articles_1_ORDER="1"))
        self.assertEqual(len(self.form(1).thread), 1)
        kept = self.digest.revisions.order_by("-number").first()
        without = filled(self.digest) | {"articles-1-DELETE": "on"}
        self.digest.refresh_from_db()
        self.assertSaved(self.save(self.digest, without | {"version": self.digest.version}))
        self.digest.refresh_from_db()
        restoring.restore(self.digest, kept, by=self.editor, version=self.digest.version)
        self.assertEqual(len(self.form(1).thread), 1)
        article = self.digest.articles.get(uid=self.first.uid)
        target = make_digest("2026-01-09", articles=0, published=False)
        moving.move_article(article, target, by=self.editor)
        self.assertEqual(len(self.form(0, target).thread), 1)

    # The number of queries is the same whichever engine answers them.
    @pytest.mark.one_engine
    def test_the_number_of_queries_does_not_grow_with_articles_and_comments(self):
        small = make_digest("2026-01-10", articles=1, published=False)
        large = make_digest("2026-01-11", articles=9, published=False)
        for article in large.articles.all():
            Article.objects.filter(pk=article.pk).update(assignee=self.minji)
            self.comment(article_uid=article.uid)
        few, many = (self.queries(digest) for digest in (small, large))
        self.assertLess(many, few + 5)

    def queries(self, digest):
        with CaptureQueriesContext(connection) as seen:
            self.client.get(change_url(digest))
        return len(seen)


@pytest.mark.one_engine
class WorkingCopyTests(DeskFieldsTestCase):
    def keep(self, row):
        key = str(self.form().data.get("form_key") or "11111111-1111-4111-8111-111111111111")
        data = filled(self.digest) | row | {"form_key": key}
        url = reverse("admin:articles_digest_autosave")
        response = self.client.post(f"{url}?sequence=1&digest={self.digest.pk}", data)
        self.assertEqual(response.status_code, 200)
        return WorkingCopy.objects.get().key

    def test_a_copy_carries_all_of_it_and_changes_nothing(self):
        comment = self.comment()
        key = self.keep(
            self.row(
                assignee=self.minji.pk,
                is_ready="on",
                is_ready_was="False",
                comment="아직 쓰는 중",
                **{f"done_{comment.pk}": "1"},
            )
        )
        self.assertEqual(self.actions(), [])
        form = self.form(query=f"?copy={key}")
        self.assertEqual(form.assignee_name, "minji")
        self.assertTrue(form["is_ready"].value())
        self.assertEqual(form["comment"].value(), "아직 쓰는 중")
        self.assertTrue(form.thread[0]["is_ticked"])

    def test_a_comment_alone_is_offered_again(self):
        self.keep(self.row(comment="아직 쓰는 중"))
        page = self.client.get(change_url(self.digest))
        self.assertContains(page, "아직 쓰는 중")
        self.assertEqual(page.context["offer"]["remarks"][0]["headline"], self.first.headline)

    def test_an_untouched_form_offers_nothing(self):
        Article.objects.filter(pk=self.first.pk).update(is_ready=True)
        self.keep(self.row(is_ready="on", is_ready_was="True"))
        self.assertIsNone(self.client.get(change_url(self.digest)).context["offer"])


def assigning_choices(form):
    return list(form.fields["assignee"].choices)


class PeopleTests(DeskFieldsTestCase):
    def test_superusers_and_members_of_the_roles_can_be_chosen(self):
        from_group = make_user("writer")
        from_group.groups.add(Group.objects.get(name="writer"))
        names = {person.username for person in assigning.people()}
        self.assertEqual(names, {"editor", "minji", "writer"})
