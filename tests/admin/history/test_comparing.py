"""Two revisions of a digest side by side."""

import pytest
from django.urls import reverse

from articles.digests import publishing, revisions
from articles.models import Digest
from tests.admin.history.test_history import HistoryTestCase, change, history_url, revision_url
from tests.support.desk import change_url


# Revisions are compared in Python; both engines list and restore them in the other classes.
@pytest.mark.one_engine
class CompareTests(HistoryTestCase):
    def compare(self, number, other=None):
        return self.client.get(revision_url(self.digest, number, other))

    def sides(self, response):
        return [response.context[side]["name"] for side in ("before", "after")]

    def test_by_default_with_the_saved_one_before(self):
        change(self.digest, title="둘째")
        revisions.keep(self.digest, self.first.data | {"title": "?"}, kind="rescued")
        change(self.digest, title="셋째")
        response = self.compare(4)
        self.assertIn("2", self.sides(response)[0])
        self.assertContains(response, "둘째")
        self.assertContains(response, "셋째")
        self.assertNotContains(response, "diff-changed")

    def test_the_first_one_is_all_added(self):
        response = self.compare(1)
        kinds = {a["change"].kind for a in response.context["articles"]}
        self.assertEqual(kinds, {"added"})

    def test_moved_added_removed_and_changed_articles_are_shown_as_such(self):
        first, _second, third, fourth = self.texts
        new = third | {"uid": "8c3b2f6e-5f54-4f0e-9d0b-111111111111", "headline": "새 기사"}
        change(self.digest, articles=[fourth, first | {"outlook": "고친 전망."}, third, new])
        response = self.compare(2)
        for badge in ("badge-moved", "badge-added", "badge-removed", "badge-changed"):
            self.assertContains(response, badge, 1)
        self.assertContains(response, "diff-same", 1)
        self.assertContains(response, "<ins>")
        self.assertContains(response, "<del>")

    def test_any_two_the_older_one_first(self):
        for title in ("둘째", "셋째"):
            change(self.digest, title=title)
        self.assertEqual(self.sides(self.compare(1, 3)), self.sides(self.compare(3, 1)))
        self.assertEqual(self.compare(1, 3).context["size"], self.compare(3, 1).context["size"])
        for nonsense in ("99", "x", "9" * 40):
            self.assertEqual(self.compare(1, nonsense).status_code, 404)

    def test_with_what_the_digest_is_now(self):
        change(self.digest, title="둘째")
        change(self.digest, title="지금의 제목")
        self.assertContains(self.compare(1, "current"), "지금의")
        self.assertFalse(self.compare(3, "current").context["change"])

    def test_with_what_was_published(self):
        self.assertEqual(self.compare(1, "published").status_code, 404)
        publishing.publish(self.digest, unchecked=True)
        self.digest.refresh_from_db()
        publishing.withdraw(self.digest)
        change(self.digest, title="물린 뒤의 제목")
        response = self.compare(4, "published")
        self.assertIn("2", self.sides(response)[0])
        self.assertContains(response, "물린")

    def test_the_language_is_named(self):
        change(self.digest, language="en")
        self.assertContains(self.compare(2), "영어")

    def test_what_does_not_exist(self):
        self.assertEqual(self.compare(9).status_code, 404)
        self.assertEqual(self.client.get(history_url(Digest(pk=999))).status_code, 404)


@pytest.mark.one_engine
class SincePublicationTests(HistoryTestCase):
    def test_a_withdrawn_digest_leads_to_what_changed_since(self):
        publishing.publish(self.digest, unchecked=True)
        url = revision_url(self.digest, 2, "current")
        for page in (change_url(self.digest), history_url(self.digest)):
            self.assertFalse(self.client.get(page).context.get("since_publication"))
        self.digest.refresh_from_db()
        publishing.withdraw(self.digest)
        change(self.digest, title="물린 뒤의 제목")
        for page in (change_url(self.digest), history_url(self.digest)):
            self.assertEqual(self.client.get(page).context["since_publication"], url)
            self.assertContains(self.client.get(page), url)
        self.assertContains(self.client.get(url), "물린")

    def test_drafts_and_new_digests_have_no_such_link(self):
        page = self.client.get(change_url(self.digest))
        self.assertFalse(page.context.get("since_publication"))
        add = reverse("admin:articles_digest_add")
        self.assertEqual(self.client.get(add, {"date": "2026-05-05"}).status_code, 200)
