"""The storyline of an article in the form: typed, offered where preflight sees an update, and
joined by the earlier article that is ticked."""

import threading

from django.db import connection, transaction
from django.test import TransactionTestCase, skipUnlessDBFeature
from django.urls import reverse

from articles.digests import revisions
from articles.models import AuditEntry, Digest, Storyline
from tests.support.desk import DeskTestCase, change_url, filled, new_article
from tests.support.factories import make_article, make_digest, make_user, publish, record
from tests.support.waiting import somebody_waits_for_a_lock, wait_until

OLD = "‘여울2’ 공개, 추론 비용 절반"
NEW = "‘여울2’ 무료로 풀려"


class StorylineFormTests(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.earlier = make_digest("2026-01-02", articles=0, published=False)
        cls.old = make_article(cls.earlier, headline=OLD, citations=[])
        publish(cls.earlier)
        cls.digest = make_digest("2026-01-03", articles=0, published=False)
        make_article(cls.digest, headline=NEW, citations=[])
        record(cls.digest)

    def storyline(self, digest):
        return revisions.snapshot(digest)["articles"][0]["storyline"]

    def send(self, **fields):
        self.digest.refresh_from_db()
        return self.save(self.digest, filled(self.digest, **fields))

    def tick(self, **fields):
        return self.send(articles_0_follows=str(self.old.uid), articles_0_storyline="", **fields)

    def offer(self):
        context = self.client.get(change_url(self.digest)).context
        [formset] = [inline.formset for inline in context["inline_admin_formsets"]]
        return formset.forms[0].follow_offer

    def test_a_typed_name_begins_one(self):
        self.assertSaved(self.send(articles_0_storyline="  여울  2 "))
        self.assertEqual(self.storyline(self.digest), "여울 2")
        self.assertSaved(self.send(articles_0_storyline=""))
        self.assertEqual(self.storyline(self.digest), "")

    def test_the_earlier_article_is_offered_and_joins_when_it_is_ticked(self):
        self.assertEqual(self.offer()["uid"], str(self.old.uid))
        self.assertSaved(self.tick())
        self.assertEqual([self.storyline(d) for d in (self.earlier, self.digest)], [OLD, OLD])
        self.assertEqual(self.earlier.revisions.latest("number").author, self.editor)
        rows = AuditEntry.objects.filter(action="storyline", digest_id=self.earlier.pk)
        self.assertEqual(rows.count(), 1)
        self.assertIsNone(self.offer())

    def test_a_name_that_is_typed_beside_the_tick_counts(self):
        data = filled(self.digest, articles_0_storyline="여울")
        self.save(self.digest, data | {"articles-0-follows": str(self.old.uid)})
        self.assertEqual([self.storyline(d) for d in (self.earlier, self.digest)], ["여울"] * 2)

    def test_an_earlier_article_of_another_storyline_stays_there(self):
        other = Storyline.objects.create(name="다른 소식")
        other.entries.create(article=self.old)
        data = filled(self.digest, articles_0_storyline="여울")
        response = self.client.post(
            change_url(self.digest), data | {"articles-0-follows": str(self.old.uid)}, follow=True
        )
        self.assertContains(response, "다른 소식")
        self.assertEqual(self.storyline(self.earlier), "다른 소식")

    def test_a_tick_for_what_is_gone_does_nothing(self):
        uid = str(self.old.uid)
        self.earlier.articles.all().delete()
        data = filled(self.digest, articles_0_storyline="")
        self.assertSaved(self.save(self.digest, data | {"articles-0-follows": uid}))
        self.assertEqual(self.storyline(self.digest), "")

    def test_an_error_elsewhere_keeps_the_tick(self):
        response = self.tick(title="", date="x")
        self.assertContains(response, f'value="{self.old.uid}" checked')

    def test_the_check_of_what_is_typed_offers_it_for_a_new_row(self):
        data = filled(self.digest) | new_article(1, NEW)
        data["articles-TOTAL_FORMS"] = 2
        url = reverse("admin:articles_digest_findings", args=[self.digest.pk])
        found = self.client.post(url, data).json()["findings"]
        offers = {one["row"]: one["follow"]["uid"] for one in found if one["follow"]}
        self.assertEqual(offers["articles-1"], str(self.old.uid))

    def test_a_name_that_is_no_name_is_refused(self):
        for name in ("가" * 101, "여울 <!-- 비밀 -->"):
            with self.subTest(name[:10]):
                response = self.send(articles_0_storyline=name)
                self.assertEqual(response.status_code, 200)
                self.assertEqual(self.storyline(self.digest), "")

    def test_another_editors_storyline_is_not_overwritten(self):
        opened = filled(self.digest, articles_0_outlook="새 전망.")
        self.tick()
        self.assertSaved(self.save(self.digest, opened | {"articles-0-storyline": ""}))
        self.assertEqual(self.storyline(self.digest), OLD)

    def test_two_names_for_one_article_are_asked_about(self):
        opened = filled(self.digest)
        self.send(articles_0_storyline="여울")
        response = self.save(self.digest, opened | {"articles-0-storyline": "여울 2"})
        self.assertContains(response, "여울 2", status_code=409)
        self.assertEqual(self.storyline(self.digest), "여울")


@skipUnlessDBFeature("has_select_for_update_nowait")
class SimultaneousTests(TransactionTestCase):
    """Threads need transactions of their own that are really committed."""

    serialized_rollback = True

    def test_a_save_that_follows_up_locks_the_earlier_digest_before_its_own(self):
        earlier = make_digest("2026-01-02", articles=0, published=False)
        old = make_article(earlier, headline=OLD, citations=[])
        later = make_digest("2026-01-03", articles=0, published=False)
        make_article(later, headline=NEW, citations=[])
        record(later)
        self.client.force_login(make_user("editor", is_superuser=True))
        data = filled(later) | {"articles-0-follows": str(old.uid)}
        thread = threading.Thread(target=self.send, args=(later, data))
        with transaction.atomic():
            Digest.objects.select_for_update().get(pk=earlier.pk)
            thread.start()
            self.addCleanup(thread.join)
            wait_until(somebody_waits_for_a_lock)
            Digest.objects.select_for_update(nowait=True).get(pk=later.pk)
        thread.join()
        self.assertEqual(revisions.snapshot(earlier)["articles"][0]["storyline"], OLD)

    def send(self, digest, data):
        try:
            self.client.post(change_url(digest), data)
        finally:
            connection.close()
