"""The history of a digest at the desk: the list, bringing back, and who may."""

from unittest import mock

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.admin.history import history
from articles.digests import editing, publishing, revisions
from articles.models import Digest, Revision
from tests.support.desk import DeskTestCase, change_url, filled
from tests.support.factories import make_article, make_digest, make_user, record

VERBS = ("view", "add", "change")
WRITER = [f"{verb}_{model}" for verb in VERBS for model in ("digest", "article")]
EDITOR = [*WRITER, "delete_article", "publish_digest", "withdraw_digest"]


def history_url(digest):
    return reverse("admin:articles_digest_history", args=[digest.pk])


def revision_url(digest, number, other=None):
    url = reverse("admin:articles_digest_revision", args=[digest.pk, number])
    return f"{url}?with={other}" if other else url


def restore_url(digest, number):
    return reverse("admin:articles_digest_restore", args=[digest.pk, number])


def change(digest, author=None, **fields):
    """A save with some fields of the snapshot changed."""
    digest.refresh_from_db()
    editing.write(digest, revisions.snapshot(digest) | fields)
    digest.version += 1
    digest.save()
    return record(digest, author=author, note="저장함")


class HistoryTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=4, published=False)
        self.first = record(self.digest, author=self.editor, note="만듦")
        self.texts = self.first.data["articles"]

    def restore(self, number, **fields):
        self.digest.refresh_from_db()
        data = {"version": self.digest.version, "with": ""} | fields
        return self.client.post(restore_url(self.digest, number), data)

    def levels(self, response):
        return [message.level_tag for message in response.context["messages"]]


class ListTests(HistoryTestCase):
    def rows(self, **query):
        return self.client.get(history_url(self.digest), query).context["rows"]

    def test_a_save_at_the_desk_is_listed_with_author_time_and_note(self):
        self.editor.first_name = "서연"
        self.editor.save()
        self.assertSaved(self.save(self.digest, filled(self.digest, title="새 제목")))
        response = self.client.get(history_url(self.digest))
        self.assertEqual([r["revision"].number for r in response.context["rows"]], [2, 1])
        self.assertContains(response, "서연")
        self.assertContains(response, "만듦")
        self.assertContains(response, "KST")

    def test_a_program_is_told_as_the_author_of_what_it_wrote(self):
        made = change(self.digest, title="새 제목")
        Revision.objects.filter(pk=made.pk).update(program="horizon")
        for url in (history_url(self.digest), revision_url(self.digest, made.number)):
            self.assertContains(self.client.get(url), "horizon 프로그램")
        press = reverse("admin:articles_digest_press", args=[self.digest.pk])
        self.assertContains(self.client.get(press), "마지막 저장: horizon 프로그램")

    def test_the_size_of_a_change_is_counted_in_characters_and_articles(self):
        first, second, _third, fourth = self.texts
        new = first | {"uid": "8c3b2f6e-5f54-4f0e-9d0b-111111111111", "slug": ""}
        edited = second | {"outlook": "내년에 더 작아질 전망."}
        change(self.digest, articles=[fourth, first, edited, new])
        newest, oldest = self.rows()
        size = newest["size"]
        kinds = ("articles_added", "articles_removed", "articles_changed", "articles_moved")
        self.assertEqual([size[kind] for kind in kinds], [1, 1, 1, 1])
        self.assertGreater(size["added"], len("작아질"))
        self.assertGreater(size["removed"], len("커질"))
        self.assertEqual(oldest["size"]["articles_added"], 4)
        self.assertEqual(oldest["size"]["removed"], 0)

    def test_sizes_are_counted_from_the_saved_one_before_also_across_pages(self):
        for number in range(3):
            change(self.digest, title="가" * (number + 1))
            rescued = self.first.data | {"title": f"남은 글 {number}"}
            revisions.keep(self.digest, rescued, kind=revisions.Kind.RESCUED)
        with mock.patch.object(history, "PAGE_SIZE", 1):
            pages = [self.rows(before=number)[0] for number in (7, 6, 5, 4)]
        shown = [(row["revision"].number, row["is_saved"]) for row in pages]
        self.assertEqual(shown, [(6, True), (5, False), (4, True), (3, False)])
        sizes = [(row["size"]["added"], row["size"]["removed"]) for row in pages]
        self.assertEqual(sizes[0], (3, 2))
        self.assertEqual(sizes[2], (2, 1))

    def test_what_was_kept_from_a_conflict_is_marked(self):
        data = self.first.data | {"title": "나의 제목"}
        revisions.keep(self.digest, data, kind=revisions.Kind.RESCUED, author=self.editor)
        self.assertContains(self.client.get(history_url(self.digest)), "badge-kept", 1)

    def test_pages_follow_by_number(self):
        for number in range(history.PAGE_SIZE + 4):
            change(self.digest, title=f"제목 {number}")
        response = self.client.get(history_url(self.digest))
        numbers = [row["revision"].number for row in response.context["rows"]]
        older = response.context["older"]
        self.assertEqual(older, numbers[-1])
        self.assertContains(response, f"?before={older}")
        response = self.client.get(history_url(self.digest), {"before": older})
        numbers += [row["revision"].number for row in response.context["rows"]]
        self.assertEqual(numbers, list(range(history.PAGE_SIZE + 5, 0, -1)))
        self.assertIsNone(response.context["older"])
        for nonsense in ("x", "-1", "9" * 30, "٣x"):
            self.assertEqual(len(self.rows(before=nonsense)), history.PAGE_SIZE)

    def test_a_digest_without_revisions(self):
        digest = make_digest("2026-02-01", published=False)
        self.assertEqual(self.client.get(history_url(digest)).context["rows"], [])

    def test_what_cannot_be_read_is_listed_and_says_so(self):
        self.first.schema = revisions.SCHEMA + 1
        self.first.save()
        change(self.digest, title="새 제목")
        self.assertEqual([row["size"] for row in self.rows()], [None, None])
        response = self.client.get(revision_url(self.digest, 1), follow=True)
        self.assertEqual(self.levels(response), ["error"])
        response = self.client.post(restore_url(self.digest, 1), {"version": 2}, follow=True)
        self.assertEqual(set(self.levels(response)), {"error"})

    # The number of queries is the same whichever engine answers them.
    @pytest.mark.one_engine
    def test_the_number_of_queries_does_not_grow(self):
        urls = [history_url(self.digest), revision_url(self.digest, 1)]
        counts = []
        for number in range(2):
            make_article(self.digest, headline=f"새 기사 {number}", tags=["AI"])
            for save in range(6 * number + 1):
                author = make_user(f"user{number}-{save}")
                change(self.digest, author=author, title=f"{number} {save}")
            counts.append([])
            for url in urls:
                with CaptureQueriesContext(
                    connection,
                ) as queries:
                    self.assertEqual(self.client.get(url).status_code, 200)
                counts[-1].append(len(queries))
        self.assertEqual(counts[0], counts[1])
        self.assertLess(max(counts[0]), 16)

    def test_names_are_escaped(self):
        change(self.digest, title="<b>굵게</b>")
        for url in (history_url(self.digest), revision_url(self.digest, 2)):
            self.assertNotContains(self.client.get(url), "<b>굵게")


class RestoreTests(HistoryTestCase):
    def test_the_whole_digest(self):
        change(self.digest, title="새 제목", articles=self.texts[2:])
        response = self.client.get(revision_url(self.digest, 1))
        self.assertContains(response, "restore-whole")
        response = self.restore(1)
        self.assertRedirects(response, revision_url(self.digest, 1, "current"))
        self.assertEqual(revisions.snapshot(Digest.objects.get()), self.first.data)
        newest = self.digest.revisions.first()
        self.assertEqual((newest.number, newest.author), (3, self.editor))
        entry = LogEntry.objects.get()
        self.assertEqual((entry.object_id, entry.user), (str(self.digest.pk), self.editor))

    def test_one_article(self):
        change(self.digest, title="새 제목", articles=self.texts[2:])
        uid = self.texts[1]["uid"]
        response = self.client.get(revision_url(self.digest, 2))
        self.assertContains(response, f'value="{uid}"')
        self.restore(1, article=uid)
        self.assertEqual(self.headlines(self.digest), [a["headline"] for a in self.texts[1:]])
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.title, "새 제목")

    def test_an_article_removed_is_offered_from_the_revision_that_has_it(self):
        change(self.digest, articles=self.texts[1:])
        for url in (revision_url(self.digest, 2), revision_url(self.digest, 1, "current")):
            page = self.client.get(url)
            self.assertContains(page, f'formaction="{restore_url(self.digest, 1)}"', 1)

    def test_nothing_is_offered_that_reads_so_already(self):
        response = self.client.get(revision_url(self.digest, 1))
        self.assertNotContains(response, 'type="submit" form="restore"')
        response = self.client.post(restore_url(self.digest, 1), {"version": 1}, follow=True)
        self.assertEqual(self.levels(response), ["info"])
        self.assertEqual(self.digest.revisions.count(), 1)

    def test_a_digest_that_changed_since_is_shown_again(self):
        change(self.digest, title="둘째")
        data = {"version": self.digest.version, "with": "current"}
        change(self.digest, title="그사이 누가 고침")
        response = self.client.post(restore_url(self.digest, 1), data, follow=True)
        self.assertRedirects(response, revision_url(self.digest, 1, "current"))
        self.assertEqual(self.levels(response), ["error"])
        self.assertContains(response, "그사이")
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.title, "그사이 누가 고침")

    def test_a_form_without_version_is_refused(self):
        change(self.digest, title="둘째")
        for version in ("", "x", "9" * 30):
            response = self.client.post(
                restore_url(self.digest, 1), {"version": version}, follow=True
            )
            self.assertEqual(self.levels(response), ["error"])
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.title, "둘째")

    def test_what_is_not_there_is_refused(self):
        for article in ("x", "8c3b2f6e-5f54-4f0e-9d0b-111111111111"):
            response = self.restore(1, article=article)
            self.assertEqual(response.status_code, 302)
        self.assertEqual(self.restore(7).status_code, 404)
        self.assertEqual(self.digest.revisions.count(), 1)

    def test_only_a_post_restores(self):
        response = self.client.get(restore_url(self.digest, 1), {"version": 1})
        self.assertEqual(response.status_code, 405)

    def test_published_addresses_and_feed_ids_stay_and_readers_see_it(self):
        published = publishing.publish(self.digest, unchecked=True)
        ids = [(a.slug, a.feed_id) for a in published.articles.order_by("position")]
        articles = [a | {"headline": "고친 " + a["headline"]} for a in self.texts]
        change(self.digest, articles=articles, title="고친 제목")
        self.restore(1)
        digest = Digest.objects.get()
        self.assertEqual([(a.slug, a.feed_id) for a in digest.articles.order_by("position")], ids)
        self.assertEqual(digest.feed_id, published.feed_id)
        self.assertContains(self.client.get(digest.get_absolute_url()), self.first.data["title"])

    def test_it_is_told_in_a_sentence(self):
        change(self.digest, title="고친 제목")
        response = self.client.get(self.restore(1).url)
        [message] = response.context["messages"]
        self.assertEqual(str(message), "1번 판에서 복원했습니다.")

    def test_a_date_that_stays_is_told(self):
        change(self.digest, date="2026-02-01")
        publishing.publish(self.digest, unchecked=True)
        response = self.client.get(self.restore(1).url)
        self.assertContains(response, "2026-02-01")
        self.assertEqual(Digest.objects.get().date.isoformat(), "2026-02-01")


@pytest.mark.one_engine
class PermissionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.viewer = make_user("viewer", permissions=["view_digest", "view_article"])
        cls.writer = make_user("writer", permissions=WRITER)
        cls.editor = make_user("editor", permissions=EDITOR)

    def answers(self, ask):
        answers = []
        for user in (None, self.viewer, self.writer, self.editor):
            self.client.logout()
            if user:
                self.client.force_login(user)
            response = ask()
            is_login = response.status_code == 302 and "/login/" in response["Location"]
            answers.append("login" if is_login else response.status_code)
        return answers

    def test_looking(self):
        draft, public = make_digest(published=False), make_digest("2026-01-04")
        record(draft)
        for digest, writer in ((draft, 200), (public, 403)):
            for url in (history_url(digest), revision_url(digest, 1)):
                with self.subTest(url):
                    answers = self.answers(lambda url=url: self.client.get(url))
                    self.assertEqual(answers, ["login", 403, writer, 200])

    def test_restoring(self):
        draft, public = make_digest(published=False), make_digest("2026-01-04")
        for digest, writer in ((draft, 302), (public, 403)):
            record(digest)
            newest = digest.revisions.count()
            for fields in ({}, {"article": str(digest.articles.first().uid)}):
                before = revisions.snapshot(digest)
                url = restore_url(digest, newest)
                with self.subTest(digest=digest, fields=fields):
                    data = {"version": digest.version, **fields}
                    answers = self.answers(lambda url=url, data=data: self.client.post(url, data))
                    self.assertNotEqual(answers[0], 200)
                    self.assertEqual(answers[1:], [403, writer, 302])
                    self.assertEqual(revisions.snapshot(digest), before)

    def test_a_writer_does_not_restore_what_is_public(self):
        digest = make_digest(published=False)
        record(digest)
        change(digest, title="새 제목")
        digest = publishing.publish(digest, unchecked=True)
        self.client.force_login(self.writer)
        response = self.client.post(restore_url(digest, 1), {"version": digest.version})
        self.assertEqual(response.status_code, 403)
        self.assertEqual(Digest.objects.get().title, "새 제목")

    def test_the_link_is_shown_to_those_who_may_follow_it(self):
        draft, public = make_digest(published=False), make_digest("2026-01-04")
        for user, digest, shown in (
            (self.writer, draft, True),
            (self.writer, public, False),
            (self.editor, public, True),
            (self.viewer, draft, False),
        ):
            with self.subTest(user=user, digest=digest):
                self.client.force_login(user)
                page = self.client.get(change_url(digest)).content.decode()
                self.assertEqual(history_url(digest) in page, shown)
