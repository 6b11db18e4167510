"""After every kind of change, each page of the store is the one that would be made from scratch.

The store keeps a page that a change does not touch. Here the whole site is asked after each of
many changes in a random order: through the store, and of Django with empty memories.
"""

import datetime as dt
import random
from contextlib import contextmanager
from unittest.mock import patch

from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from articles.changes import showing, site_version
from articles.digests import editing, publishing, restoring, revisions, signing
from articles.digests.moving import move_article
from articles.models import Digest, Imprint, PlannedGap, Publisher, Storyline, Tag
from articles.pages import digest_cache, imprints, inputs
from articles.serving.page_store.front import Front
from articles.storylines import keeping
from articles.taxonomy import tags
from articles.views import search
from tests.serving.page_store.test_front import ask, wait_for_renewals
from tests.support.factories import make_article, make_digest, make_user, publish, record

DAYS = ("2025-12-31", "2026-01-02", "2026-01-03")
PATHS = (
    *("/", "/2026/", "/2026/01/", "/archive/", "/corrections/", "/about/"),
    *(f"/{day.replace('-', '/')}/" for day in DAYS),
    *(f"/{day.replace('-', '/')}/첫-소식/" for day in DAYS),
    *("/2026/01/03.md", "/2026/01/03/첫-소식.json", "/tags/", "/tags/반도체/", "/topics/"),
    *("/publishers/", "/publishers/한빛일보/", "/storylines/공장/", "/llms.txt"),
    *("/sitemaps/2026/01.xml", "/news-sitemap.xml", "/feeds/digests.rss", "/feeds/articles.json"),
)


class KeptPagesTests(TransactionTestCase):
    serialized_rollback = True

    def setUp(self):
        for day in DAYS:
            digest = make_digest(day, articles=1, published=False)
            make_article(digest, headline="첫 소식", tags=["반도체"], storyline="공장")
            publish(digest)
        self.chief = make_user("chief", is_superuser=True)
        self.front = Front(
            get_wsgi_application(), max_bytes=50_000_000, renewed=0, most_wanted=tuple
        )
        self.front.preparing._number = len(PATHS)
        self.enterContext(patch.object(showing, "STILL", 0.0))
        self.enterContext(patch.object(showing.preparation, "asked", self.asked))
        self.number = self.kept = self.prepared = 0
        self.before = {}
        self.random = random.Random(20260103)  # noqa: S311 - reproducible, not secret

    def any_digest(self):
        return self.random.choice(Digest.objects.published().order_by("pk"))

    # Changes

    def save(self, **changes):
        with transaction.atomic():
            digest = editing.lock(self.any_digest())
            editing.write(digest, revisions.snapshot(digest) | changes)
            digest.version += 1
            digest.save()
            record(digest)

    def a_title(self):
        self.save(title=f"제목 {self.random.random()}")

    def an_introduction(self):
        self.save(introduction=f"머리말 {self.random.random()}")

    def articles(self):
        with transaction.atomic():
            digest = editing.lock(self.any_digest())
            data = revisions.snapshot(digest)
            article = self.random.choice(data["articles"])
            article["headline"] = f"기사 {self.random.random()}"
            article["tags"] = [*article["tags"], self.random.choice(["메모리", "전력", "로봇"])]
            data["articles"].reverse()
            editing.write(digest, data)
            digest.version += 1
            digest.save()
            record(digest)

    def a_correction(self):
        digest = self.any_digest()
        article = self.random.choice([None, digest.articles.first()])
        publishing.correct(digest, "바로잡습니다.", article=article)

    def withdrawal_and_publication(self):
        digest = self.any_digest()
        publishing.withdraw(digest)
        self.compare()
        publishing.publish(Digest.objects.get(pk=digest.pk), unchecked=True)

    def a_new_digest(self):
        day = Digest.objects.order_by("date").last().date + dt.timedelta(days=1)
        digest = make_digest(day, articles=1, published=False)
        make_article(digest, headline="나중 소식", tags=["반도체"], storyline="공장")
        publish(digest)

    def a_schedule_that_comes_true(self):
        day = Digest.objects.order_by("date").last().date + dt.timedelta(days=1)
        digest = make_digest(day, published=False)
        publishing.publish(digest, at=timezone.now() + dt.timedelta(hours=1), unchecked=True)
        self.compare()
        passed = timezone.now() - dt.timedelta(seconds=1)
        Digest.objects.filter(pk=digest.pk).update(publish_at=passed)
        self.compare()
        publishing.release(digest.pk)

    def an_article_on_another_day(self):
        target, source = Digest.objects.published().order_by("-date")[:2]
        move_article(source.articles.last(), target, by=None)

    def an_old_version(self):
        digest = self.any_digest()
        self.a_title()
        digest.refresh_from_db()
        if old := digest.revisions.order_by("number").first():
            restoring.restore(digest, old, by=None, version=digest.version)

    def a_signature(self):
        digest = self.any_digest()
        with transaction.atomic():
            digest = editing.lock(digest)
            signing.sign(digest, [str(digest.articles.first().uid)], by=self.chief)

    def a_tag_by_another_name(self):
        tag = self.random.choice(Tag.objects.in_use().order_by("pk"))
        tags.rename(tag, f"주제 {self.random.random()}", new_address=self.random.random() < 0.5)

    def a_tag_merged(self):
        found = list(Tag.objects.in_use().order_by("pk")[:2])
        if len(found) == 2:
            tags.merge(found[:1], found[1])

    def a_storyline_by_another_name(self):
        storyline = Storyline.objects.order_by("pk").first()
        keeping.rename(storyline, f"줄기 {self.random.random()}", new_address=True)

    def at_the_desk(self, row):
        """As `PublicRowsMixin` saves it."""
        with transaction.atomic():
            row.save()
            site_version.move()

    def a_publisher(self):
        publisher = self.random.choice(Publisher.objects.order_by("pk"))
        publisher.name, publisher.is_portal = f"신문 {self.random.random()}", True
        self.at_the_desk(publisher)

    def an_imprint(self):
        phone = str(self.random.random())
        self.at_the_desk(Imprint(pk=Imprint.ONLY, publisher="김발행", phone=phone))

    def a_planned_gap(self):
        day = dt.date(2026, 1, 1) - dt.timedelta(days=self.random.randrange(20))
        self.at_the_desk(PlannedGap(date=day, reason="쉬는 날"))

    def a_draft(self):
        digest = make_digest(dt.date(2027, 1, 1) + dt.timedelta(days=self.number), published=False)
        make_article(digest, headline="숨은 소식", tags=["반도체"], storyline="공장")

    # Comparing

    @contextmanager
    def asked(self, folder, seconds):
        """The pages of every second change are made before it shows, half of them as if by another
        process."""
        if self.number % 2:
            process = self.front.preparing
            process.hold()
            prepared = process.make()
            if prepared and self.number % 4 == 1:
                process.hold()
                prepared = process.take(prepared.pages)
            self.prepared += prepared is not None
        yield []

    def compare(self):
        state = self.front.versions.read()
        before, self.before = self.before, {}
        answers = {path: ask(self.front, path) for path in PATHS}
        self.forget()
        for path, (status, headers, body) in answers.items():
            key = path.encode().decode("latin-1")
            self.before[key] = page = self.front.store.peek(key, state)
            self.kept += page is not None and before.get(key) is page
            fresh = self.client.get(path, headers={"Host": "testserver"})
            self.assertEqual(status, fresh.status_code, path)
            self.assertEqual(body, fresh.content, path)
            self.assertEqual(headers.get("ETag"), fresh.headers.get("ETag"), path)

    def forget(self):
        """Let nothing that was made before a change help to make a page after it."""
        digest_cache.forget()
        inputs.forget()
        search._places.cache_clear()
        imprints._Memory.place = None

    def test_every_page_after_every_change(self):
        changes = [
            *(self.a_title, self.an_introduction, self.articles, self.a_correction),
            *(self.withdrawal_and_publication, self.a_new_digest, self.an_article_on_another_day),
            *(self.a_schedule_that_comes_true, self.an_old_version, self.a_signature),
            *(self.a_tag_by_another_name, self.a_tag_merged, self.a_storyline_by_another_name),
            *(self.a_publisher, self.an_imprint, self.a_planned_gap, self.a_draft),
        ]
        self.random.shuffle(changes)
        self.compare()
        for self.number, change in enumerate(changes):
            with self.subTest(change.__name__):
                change()
                self.compare()
        self.assertGreater(self.kept, len(PATHS))
        self.assertGreater(self.prepared, 5)


class ImprintTests(TestCase):
    """It is in the memory of a process, which pages are made with before a change shows."""

    def setUp(self):
        for each in (request_started, request_finished):  # as Django's own test client does
            each.disconnect(close_old_connections)
            self.addCleanup(each.connect, close_old_connections)
        self.stamp = 1
        self.enterContext(patch.object(site_version.signal, "value", lambda: self.stamp))
        self.addCleanup(wait_for_renewals)
        make_digest(DAYS[0])

    def test_a_new_one_is_in_the_pages_that_are_made_before_it_shows(self):
        front = Front(get_wsgi_application(), max_bytes=10_000_000, most_wanted=lambda: ["/"])
        ask(front)
        for name in ("김발행", "이발행"):
            Imprint(pk=Imprint.ONLY, publisher=name).save()
            site_version.move()
            front.preparing.hold()
            self.assertIsNotNone(front.preparing.make())
            self.stamp += 1
            front.versions.known()
            self.assertIn(name, ask(front)[2].decode())
