"""Issues kept in memory show what is in the database, whatever happened to them."""

import datetime as dt
import gc
import weakref
from contextlib import contextmanager
from unittest.mock import patch

from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client, TestCase, TransactionTestCase
from django.urls import reverse
from django.utils import timezone

from articles.changes import site_version
from articles.digests import editing, publishing, restoring, revisions
from articles.digests.moving import move_article
from articles.models import Digest, Publisher, Tag
from articles.pages import digest_cache, inputs
from articles.taxonomy import tags
from tests.support.factories import make_article, make_digest, record

DAYS = ("2026-01-03", "2026-01-04")
PAGES = ("/", "/2026/01/03/", "/2026/01/04/", "/2026/01/03/첫-소식/")
FEEDS = ("/feeds/digests.rss", "/feeds/articles.json", "/feeds/digests.atom")


@transaction.atomic
def save(digest, **changes):
    """As the desk does."""
    digest = editing.lock(digest)
    before = revisions.snapshot(digest)
    editing.write(digest, before | changes)
    digest.version += 1
    digest.save()
    record(digest)


class FollowingTests(TransactionTestCase):
    """What is shown from memory is what is made from scratch."""

    serialized_rollback = True

    def setUp(self):
        self.digests = [make_digest(day, articles=1, published=False) for day in DAYS]
        for digest in self.digests:
            make_article(digest, headline="첫 소식", slug="첫-소식", tags=["반도체"])
        self.digests = [publishing.publish(digest, unchecked=True) for digest in self.digests]
        self.shown = self.ask()

    def ask(self):
        answers = {path: self.client.get(path) for path in PAGES + FEEDS}
        return {path: (a.status_code, a.content.decode()) for path, a in answers.items()}

    @contextmanager
    def seen(self, *paths):
        """On these pages, and everywhere from memory the same as from scratch."""
        with transaction.atomic():
            yield
        shown, before, self.shown = self.ask(), self.shown, None
        digest_cache.forget()
        inputs.forget()
        self.shown = self.ask()
        self.assertEqual(shown, self.shown)
        for path in paths:
            self.assertNotEqual(shown[path], before[path], path)

    def first(self):
        return Digest.objects.get(pk=self.digests[0].pk)

    def test_a_saved_change(self):
        with self.seen("/2026/01/03/", "/2026/01/04/", *FEEDS[::2]):
            save(self.first(), title="고친 제목")

    def test_a_correction(self):
        with self.seen("/2026/01/03/", *FEEDS):
            publishing.correct(self.first(), "바로잡습니다.")

    def test_a_correction_of_an_article(self):
        digest = self.first()
        with self.seen("/2026/01/03/", "/2026/01/03/첫-소식/", *FEEDS):
            publishing.correct(digest, "바로잡습니다.", article=digest.articles.last())

    def test_withdrawal_and_publication_again(self):
        with self.seen("/2026/01/03/", "/2026/01/04/", *FEEDS):
            publishing.withdraw(self.first())
        self.assertEqual(self.shown["/2026/01/03/"][0], 404)
        with self.seen("/2026/01/03/", "/2026/01/04/", *FEEDS):
            publishing.publish(self.first(), unchecked=True)

    def test_an_article_on_another_day(self):
        digest = self.first()
        with self.seen("/2026/01/03/", "/2026/01/04/", *FEEDS):
            move_article(digest.articles.last(), self.digests[1], by=None)

    def test_an_old_version(self):
        save(self.first(), title="고친 제목")
        self.shown = self.ask()
        old = self.first().revisions.order_by("number").first()
        with self.seen("/2026/01/03/", *FEEDS[::2]):
            restoring.restore(self.first(), old, by=None, version=self.first().version)

    def test_a_topic_by_another_name(self):
        with self.seen("/2026/01/03/", "/2026/01/04/", *FEEDS):
            tags.rename(Tag.objects.get(name="반도체"), "칩")

    def test_a_publisher_by_another_name_and_as_a_portal(self):
        publisher = Publisher.objects.get()
        editor = Client()
        editor.force_login(User.objects.create_superuser("chief"))
        url = reverse("admin:articles_publisher_change", args=[publisher.pk])
        typed = {"name": publisher.name, "slug": publisher.slug}
        domains = {"domains-TOTAL_FORMS": 0, "domains-INITIAL_FORMS": 0}
        for change, feeds in (({"name": "한빛신문"}, FEEDS[:1]), ({"is_portal": "on"}, ())):
            with self.subTest(change), self.seen("/2026/01/03/", "/2026/01/04/", *feeds):
                editor.post(url, typed | domains | change)
            typed |= change

    def test_a_schedule_that_comes_true(self):
        later = make_digest("2026-01-05", published=False)
        publishing.publish(later, at=timezone.now() + dt.timedelta(hours=1), unchecked=True)
        self.shown = self.ask()
        with self.seen("/", "/2026/01/04/", *FEEDS):
            passed = timezone.now() - dt.timedelta(seconds=1)
            Digest.objects.filter(pk=later.pk).update(publish_at=passed)
        self.assertTrue(publishing.release(later.pk))
        shown = self.ask()
        digest_cache.forget()
        inputs.forget()
        self.assertEqual(shown, self.ask())


class KeepingTests(TransactionTestCase):
    serialized_rollback = True

    def read(self, day="2026-01-03"):
        return Digest.objects.published().get(date=day)

    def test_what_is_kept_costs_one_query(self):
        make_digest()
        [kept] = digest_cache.with_parts([self.read()])
        digest = self.read()
        with self.assertNumQueries(1):
            [again] = digest_cache.with_parts([digest])
        self.assertIs(again, kept)

    def test_what_is_made_of_it_is_made_once(self):
        make_digest()
        made = []
        for _ in range(2):
            [digest] = digest_cache.with_parts([self.read()])
            digest_cache.once(digest, "name", lambda: made.append(1))
        self.assertEqual(made, [1])

    def test_what_was_made_with_something_else_is_made_anew(self):
        make_digest()
        [digest] = digest_cache.with_parts([self.read()])
        made = []
        for given in ("one", "one", "other", "one"):

            def make(given=given):
                made.append(given)
                return f"of {given}"

            self.assertEqual(digest_cache.once(digest, "name", make, given=given), f"of {given}")
        self.assertEqual(made, ["one", "other", "one"])

    def test_a_transaction_neither_keeps_nor_takes(self):
        make_digest()
        [kept] = digest_cache.with_parts([self.read()])
        with transaction.atomic():
            [own] = digest_cache.with_parts([self.read()])
        self.assertIsNot(own, kept)
        self.assertFalse(digest_cache.is_kept(own))
        self.assertTrue(digest_cache.is_kept(kept))

    def test_no_more_are_kept_than_there_is_room_for(self):
        digests = [make_digest(f"2026-01-{day:02}") for day in (3, 4, 5)]
        with patch.object(digest_cache, "KEPT", 2):
            kept = [digest_cache.with_parts([digest])[0] for digest in digests]
            again = [digest_cache.with_parts([self.read(d.date)])[0] for d in reversed(digests)]
        self.assertEqual([a is k for a, k in zip(again, kept[::-1], strict=True)], [1, 1, 0])

    def test_what_has_changed_is_given_up_with_what_was_made_of_it(self):
        make_digest()
        for change in (lambda: save(self.read(), title="고친 제목"), site_version.move):
            [kept] = digest_cache.with_parts([self.read()])
            former = weakref.ref(kept)
            del kept
            with transaction.atomic():
                change()
            digest_cache.with_parts([self.read()])
            gc.collect()  # a digest and its articles have each other
            self.assertIsNone(former())

    def test_they_come_in_the_order_they_were_asked_for(self):
        digests = [make_digest(f"2026-01-{day:02}") for day in (3, 4, 5)]
        digest_cache.with_parts(digests[1:2])
        self.assertEqual(digest_cache.with_parts(digests[::-1]), digests[::-1])


class CountingTests(TestCase):
    """Software that does not say which digest it changes makes all of them be read again."""

    def test_changes_of_no_digest_are_all_but_those_of_one(self):
        digest = make_digest()
        before = site_version.changes_of_no_digest()
        site_version.move(digest)
        self.assertEqual(site_version.changes_of_no_digest(), before)
        site_version.move()
        self.assertEqual(site_version.changes_of_no_digest(), before + 1)
