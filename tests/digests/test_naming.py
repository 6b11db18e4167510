"""Names and addresses are what they would be if the desk had nothing hidden."""

import datetime as dt

from django.db import connection
from django.db.models.functions import Now
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.digests import editing, identifiers, moving, naming, publishing, revisions
from articles.models import Digest, Publisher, PublisherRedirect, Tag, TagRedirect
from articles.posts import importing
from articles.posts.post_files import PostFile
from articles.taxonomy import publishers, tags
from tests.support.desk import DeskTestCase, change_url, filled
from tests.support.factories import make_article, make_digest, publish
from tests.support.posts import POST

SOON, LATER = (dt.datetime(2999, 1, day, tzinfo=dt.UTC) for day in (1, 2))
# The same slug, and yet not the same tag or publisher.
ALIKE = ("Open-AI X", "Open AI X", "Open AI-X")
SLUG = "open-ai-x"


def draft(day, *, tags=(), publisher="한빛일보", headline="기사"):
    digest = make_digest(f"2026-01-{day:02}", articles=0, published=False)
    citation = (publisher, f"https://hanbit.example/{day}", None)
    make_article(digest, headline=headline, tags=tags, citations=[citation])
    return digest


def schedule(digest, at=SOON):
    return publishing.publish(Digest.objects.get(pk=digest.pk), at=at, unchecked=True)


def let_the_hour_come(digest):
    """Nothing runs then: readers have it because the database's clock says so."""
    Digest.objects.filter(pk=digest.pk).update(publish_at=Now() - dt.timedelta(seconds=1))


def slug_of(name, model=Tag):
    return model.objects.get(name=name).slug


def names_in(digest):
    data = revisions.snapshot(Digest.objects.get(pk=digest.pk))
    return [name for article in data["articles"] for name in article["tags"]]


class AddressTests(TestCase):
    def test_hidden_tags_do_not_number_those_that_readers_meet(self):
        draft(1, tags=[ALIKE[0]])
        schedule(draft(2, tags=[ALIKE[1]]))
        publish(draft(3, tags=[ALIKE[2]]))
        self.assertEqual(slug_of(ALIKE[2]), SLUG)
        self.assertEqual(self.client.get(f"/tags/{SLUG}/").status_code, 200)
        self.assertNotIn(SLUG, [slug_of(name) for name in ALIKE[:2]])

    def test_hidden_publishers_do_not_number_those_that_readers_meet(self):
        draft(1, publisher=ALIKE[0])
        schedule(draft(2, publisher=ALIKE[1]))
        publish(draft(3, publisher=ALIKE[2]))
        self.assertEqual(slug_of(ALIKE[2], Publisher), SLUG)
        self.assertEqual(self.client.get(f"/publishers/{SLUG}/").status_code, 200)

    def test_tags_that_readers_know_number_the_next_one(self):
        for day, name in enumerate(ALIKE, start=1):
            publish(draft(day, tags=[name], publisher=name))
        expected = [SLUG, f"{SLUG}-2", f"{SLUG}-3"]
        for model in (Tag, Publisher):
            self.assertEqual([slug_of(name, model) for name in ALIKE], expected)

    def test_what_readers_knew_keeps_its_address_when_they_lose_it(self):
        publishing.withdraw(publish(draft(1, tags=[ALIKE[0]], publisher=ALIKE[0])))
        publish(draft(2, tags=[ALIKE[1]], publisher=ALIKE[1]))
        for model in (Tag, Publisher):
            found = [slug_of(name, model) for name in ALIKE[:2]]
            self.assertEqual(found, [SLUG, f"{SLUG}-2"])

    def test_an_edit_of_what_readers_have_settles_too(self):
        draft(1, tags=[ALIKE[0]], publisher=ALIKE[0])
        public = publish(draft(2))
        data = revisions.snapshot(public)
        data["articles"][0] |= {"tags": [ALIKE[1]]}
        data["articles"][0]["citations"][0]["publisher"] = ALIKE[1]
        editing.write(public, data)
        identifiers.settle(public, public.published_at)
        for model in (Tag, Publisher):
            self.assertEqual(slug_of(ALIKE[1], model), SLUG)
            self.assertTrue(model.objects.get(name=ALIKE[1]).is_known)

    def test_an_article_moved_to_what_readers_have_brings_its_names(self):
        draft(1, tags=[ALIKE[0]])
        source, public = draft(2, tags=[ALIKE[1]]), publish(draft(3))
        moving.move_article(source.articles.get(), public)
        self.assertEqual(slug_of(ALIKE[1]), SLUG)

    def test_an_import_that_publishes_settles_too(self):
        draft(1, tags=[ALIKE[0], "gpu"], publisher=ALIKE[0])
        text = POST.replace("한빛일보", ALIKE[1])
        text = text.removesuffix("---\n") + f"주제: {ALIKE[1]}, GPU\n\n---\n"
        source = PostFile("2026-01-03-news.md", lambda _limit: text.encode())
        [outcome] = importing.import_posts([source], publish=True)
        self.assertEqual(outcome.status, importing.CREATED, outcome.errors)
        self.assertEqual(names_in(Digest.objects.get(date="2026-01-03")), [ALIKE[1], "GPU"])
        self.assertEqual(Publisher.objects.filter(is_known=False).count(), 1)
        for model in (Tag, Publisher):
            for row in model.objects.in_use():
                self.assertTrue(row.is_known, row)
                self.assertNotRegex(row.slug, r"-\d$")


class ScheduleTests(TestCase):
    def test_of_two_schedules_the_earlier_hour_comes_first(self):
        draft(1, tags=[ALIKE[0]])
        schedule(draft(2, tags=[ALIKE[1]]), LATER)
        schedule(draft(3, tags=[ALIKE[2]]), SOON)
        self.assertEqual([slug_of(name) for name in ALIKE[1:]], [f"{SLUG}-2", SLUG])

    def test_another_hour_and_none_change_what_will_be(self):
        first, second = draft(2, tags=[ALIKE[1]]), draft(3, tags=[ALIKE[2]])
        schedule(first, SOON)
        schedule(second, LATER)
        self.assertEqual([slug_of(name) for name in ALIKE[1:]], [SLUG, f"{SLUG}-2"])
        schedule(first, LATER + dt.timedelta(days=1))
        self.assertEqual([slug_of(name) for name in ALIKE[1:]], [f"{SLUG}-2", SLUG])
        publishing.withdraw(second)
        self.assertEqual(slug_of(ALIKE[1]), SLUG)

    def test_what_came_out_by_itself_stays_as_readers_have_it(self):
        planned = schedule(draft(1, tags=[ALIKE[0]]))
        let_the_hour_come(planned)
        publish(draft(2, tags=[ALIKE[1]]))
        found = [slug_of(name) for name in ALIKE[:2]]
        self.assertEqual(found, [SLUG, f"{SLUG}-2"])
        self.assertTrue(Tag.objects.get(name=ALIKE[0]).is_known)

    def test_release_changes_nothing_that_readers_see(self):
        planned = schedule(draft(1, tags=["GPU"]))
        let_the_hour_come(planned)
        before = self.client.get("/tags/gpu/").content
        publishing.release(planned.pk)
        self.assertEqual(self.client.get("/tags/gpu/").content, before)
        self.assertTrue(Tag.objects.get().is_known)


class SpellingTests(TestCase):
    def test_a_draft_does_not_decide_how_readers_see_a_tag_spelled(self):
        hidden = draft(1, tags=["gPU", "칩"])
        public = publish(draft(2, tags=["GPU"]))
        self.assertEqual(names_in(public), ["GPU"])
        self.assertContains(self.client.get("/tags/gpu/"), "GPU")
        self.assertNotContains(self.client.get("/tags/gpu/"), "gPU")
        self.assertEqual(names_in(hidden), ["GPU", "칩"])

    def test_each_draft_spells_it_as_it_was_typed_there(self):
        first, second = draft(1, tags=["gPU"]), draft(2, tags=["Gpu", "gpu"])
        self.assertEqual([names_in(first), names_in(second)], [["gPU"], ["Gpu"]])
        self.assertEqual(Tag.objects.count(), 1)

    def test_what_is_scheduled_first_decides_once_it_is_out(self):
        draft(1, tags=["gPU"])
        planned = schedule(draft(2, tags=["GPU"]))
        draft(3, tags=["gpu"])
        let_the_hour_come(planned)
        page = self.client.get(planned.get_absolute_url())
        self.assertContains(page, "GPU")
        self.assertContains(self.client.get("/tags/gpu/"), "GPU")

    def test_readers_see_the_spelling_that_they_know(self):
        publish(draft(1, tags=["GPU"]))
        self.assertEqual(names_in(publish(draft(2, tags=["gpu"]))), ["GPU"])

    def test_a_new_name_is_the_name_everywhere(self):
        hidden = draft(1, tags=["gPU"])
        tags.rename(Tag.objects.get(), "그래픽 칩")
        self.assertEqual(names_in(hidden), ["그래픽 칩"])
        self.assertEqual(names_in(publish(hidden)), ["그래픽 칩"])


class FormerNameTests(TestCase):
    def test_what_a_tag_was_called_before_readers_met_it_is_in_no_address(self):
        hidden = draft(1, tags=["비밀 계획"])
        tags.rename(Tag.objects.get(), "신제품")
        publish(hidden)
        self.assertEqual(Tag.objects.get().slug, "신제품")
        self.assertEqual(self.client.get("/tags/비밀-계획/").status_code, 404)

    def test_an_address_from_before_readers_met_it_leads_nowhere(self):
        hidden = draft(1, tags=["비밀 계획"])
        tags.rename(Tag.objects.get(), "신제품", new_address=True)
        publish(hidden)
        for address in ("/tags/비밀-계획/", "/tags/비밀-계획/feed.rss"):
            self.assertEqual(self.client.get(address).status_code, 404, address)
        self.assertEqual(Tag.objects.present_name("비밀 계획"), "신제품")

    def test_an_address_that_readers_knew_leads_on(self):
        publish(draft(1, tags=["신제품"]))
        tags.rename(Tag.objects.get(), "새 칩", new_address=True)
        for end in ("", "feed.rss"):
            self.assertEqual(self.client.get(f"/tags/신제품/{end}").status_code, 301)

    def test_a_new_address_of_what_readers_know_is_not_numbered_by_what_is_hidden(self):
        draft(1, tags=[ALIKE[0]])
        publish(draft(2, tags=["신제품"]))
        tags.rename(Tag.objects.get(name="신제품"), ALIKE[1], new_address=True)
        self.assertEqual(slug_of(ALIKE[1]), SLUG)

    def test_merging_what_is_hidden_leaves_no_trace_for_readers(self):
        draft(1, tags=["비밀 계획"], publisher="비밀 매체")
        publish(draft(2, tags=["신제품"], publisher="새 매체"))
        tags.merge([Tag.objects.get(name="비밀 계획")], Tag.objects.get(name="신제품"))
        publishers.merge(
            [Publisher.objects.get(name="비밀 매체")], Publisher.objects.get(name="새 매체")
        )
        for address in ("/tags/비밀-계획/", "/publishers/비밀-매체/"):
            self.assertEqual(self.client.get(address).status_code, 404, address)
        self.assertEqual([TagRedirect.objects.count(), PublisherRedirect.objects.count()], [1, 1])

    def test_what_is_hidden_takes_no_address_that_readers_knew(self):
        publish(draft(1, publisher="옛 매체"))
        publish(draft(2, publisher="새 매체"))
        target = Publisher.objects.get(name="새 매체")
        publishers.merge([Publisher.objects.get(name="옛 매체")], target)
        draft(3, publisher="옛 매체")  # a hidden one, at the former address of the other
        publishers.merge([Publisher.objects.get(name="옛 매체")], target)
        self.assertEqual(self.client.get("/publishers/옛-매체/").status_code, 301)

    def test_what_readers_know_may_become_one_with_what_they_do_not(self):
        draft(1, tags=["gPU", ALIKE[0]], publisher=ALIKE[0])
        draft(2, tags=[ALIKE[1]], publisher=ALIKE[1])
        publish(draft(3, tags=["신제품"], publisher="새 매체"))
        tags.merge([Tag.objects.get(name="신제품")], Tag.objects.get(name=ALIKE[1]))
        publishers.merge(
            [Publisher.objects.get(name="새 매체")], Publisher.objects.get(name=ALIKE[1])
        )
        for model, old in ((Tag, "/tags/신제품/"), (Publisher, "/publishers/새-매체/")):
            row = model.objects.get(name=ALIKE[1])
            self.assertEqual((row.slug, row.is_known), (SLUG, True))
            response = self.client.get(old)
            self.assertRedirects(response, row.get_absolute_url(), status_code=301)


class PublisherFormTests(DeskTestCase):
    def change(self, publisher, **fields):
        url = reverse("admin:articles_publisher_change", args=[publisher.pk])
        domains = {"domains-TOTAL_FORMS": 0, "domains-INITIAL_FORMS": 0}
        return self.client.post(url, domains | {"name": publisher.name} | fields)

    def test_an_address_left_blank_is_not_numbered_by_what_is_hidden(self):
        draft(1, publisher=ALIKE[0])
        publish(draft(2, publisher="새 매체"))
        publisher = Publisher.objects.get(name="새 매체")
        self.change(publisher, name=ALIKE[1], slug="")
        self.assertEqual(slug_of(ALIKE[1], Publisher), SLUG)
        self.assertEqual(self.client.get("/publishers/새-매체/").status_code, 301)

    def test_a_typed_address_stays_when_readers_meet_it(self):
        hidden = draft(1, publisher="새 매체")
        self.change(Publisher.objects.get(name="새 매체"), slug="New_Media")
        publish(hidden)
        self.assertEqual(slug_of("새 매체", Publisher), "New_Media")
        self.assertEqual(self.client.get("/publishers/새-매체/").status_code, 404)

    def test_a_typed_address_makes_way_for_what_readers_meet(self):
        hidden = draft(1, publisher="다른 매체")
        self.change(Publisher.objects.get(name="다른 매체"), slug="새-매체")
        publish(draft(2, publisher="새 매체"))
        self.assertEqual(slug_of("새 매체", Publisher), "새-매체")
        publish(hidden)
        self.assertEqual(slug_of("다른 매체", Publisher), "다른-매체")

    def test_a_form_that_was_open_meanwhile_takes_nothing_back(self):
        hidden = draft(1, publisher="새 매체")
        stale = Publisher.objects.get(name="새 매체")
        publish(hidden)
        self.change(stale, slug=stale.slug, home_page="https://new.example/")
        self.assertTrue(Publisher.objects.get(name="새 매체").is_known)


class ArticleTests(DeskTestCase):
    def slugs(self, digest):
        return list(digest.articles.order_by("position").values_list("slug", flat=True))

    def test_words_taken_out_of_a_headline_are_not_in_its_address(self):
        hidden = draft(1, headline="새 칩 비밀")
        self.assertSaved(self.save(hidden, filled(hidden, articles_0_headline="새 칩")))
        self.assertEqual(self.slugs(publish(hidden)), ["새-칩"])

    def test_an_article_that_was_taken_out_does_not_number_another(self):
        hidden = draft(1, headline="새 칩")
        make_article(hidden, headline="새 칩")
        hidden.articles.first().delete()
        hidden.articles.update(position=1)
        self.assertEqual(self.slugs(hidden), ["새-칩-2"])
        self.assertEqual(self.slugs(publish(hidden)), ["새-칩"])

    def test_until_the_hour_an_address_follows_the_headline(self):
        planned = schedule(draft(1, headline="비밀"))
        self.assertSaved(self.save(planned, filled(planned, articles_0_headline="새 칩")))
        self.assertEqual(self.slugs(planned), ["새-칩"])
        publishing.withdraw(planned)
        planned.refresh_from_db()
        self.assertSaved(self.save(planned, filled(planned, articles_0_headline="다른 칩")))
        self.assertEqual(self.slugs(publish(planned)), ["다른-칩"])

    def test_what_is_added_after_a_withdrawal_follows_its_headline_too(self):
        digest = publishing.withdraw(publish(draft(1, headline="새 칩")))
        make_article(digest, headline="비밀")
        self.assertSaved(self.save(digest, filled(digest, articles_0_outlook="다른 전망.")))
        digest.refresh_from_db()
        data = filled(digest, articles_0_headline="옛 칩", articles_1_headline="공개")
        self.assertSaved(self.save(digest, data))
        digest.refresh_from_db()
        self.assertEqual(self.slugs(publish(digest)), ["새-칩", "공개"])

    def test_addresses_that_readers_have_stay(self):
        public = publish(draft(1, headline="새 칩"))
        self.assertSaved(self.save(public, filled(public, articles_0_headline="다른 칩")))
        make_article(public, headline="새 칩")
        identifiers.settle(public, public.published_at)
        self.assertEqual(self.slugs(public), ["새-칩", "새-칩-2"])

    def test_slugs_change_places(self):
        hidden = draft(1, headline="새 칩")
        make_article(hidden, headline="새 칩")
        first, second = hidden.articles.order_by("position")
        for article, slug in ((first, "x"), (second, "새-칩"), (first, "새-칩-2")):
            article.slug = slug
            article.save()
        self.assertEqual(self.slugs(publish(hidden)), ["새-칩", "새-칩-2"])

    def test_the_form_shows_each_draft_its_own_spelling(self):
        draft(1, tags=["gPU"])
        second = draft(2, tags=["Gpu"])
        self.assertContains(self.client.get(change_url(second)), "Gpu")
        self.assertSaved(self.save(second, title="새 제목"))
        self.assertEqual(names_in(second), ["Gpu"])


class LastVersionTests(TestCase):
    """What a node of the last version wrote while the others were updated."""

    def setUp(self):
        self.public = publish(draft(1, tags=[ALIKE[0]], publisher=ALIKE[0]))
        for model in (Tag, Publisher):
            model.objects.update(is_known=False)

    def test_what_readers_have_keeps_its_address(self):
        publish(draft(2, tags=[ALIKE[1]], publisher=ALIKE[1]))
        for model in (Tag, Publisher):
            found = [slug_of(name, model) for name in ALIKE[:2]]
            self.assertEqual(found, [SLUG, f"{SLUG}-2"])

    def test_what_readers_have_is_noted_with_the_next_change(self):
        publishing.correct(self.public, "바로잡습니다.")
        for model in (Tag, Publisher):
            self.assertTrue(model.objects.get().is_known)
            self.assertEqual(slug_of(ALIKE[0], model), SLUG)


class SettlingTests(TestCase):
    def test_new_names_of_one_digest_are_numbered_in_their_order(self):
        public = publish(draft(1, tags=list(ALIKE)))
        self.assertEqual(names_in(public), list(ALIKE))
        self.assertEqual([slug_of(name) for name in ALIKE], [SLUG, f"{SLUG}-2", f"{SLUG}-3"])

    def test_settling_again_changes_nothing(self):
        draft(1, tags=[ALIKE[0]])
        schedule(draft(2, tags=[ALIKE[1]]))
        publish(draft(3, tags=[ALIKE[2]]))
        before = [list(model.objects.order_by("pk").values()) for model in (Tag, Publisher)]
        naming.settle()
        after = [list(model.objects.order_by("pk").values()) for model in (Tag, Publisher)]
        self.assertEqual(after, before)

    def test_many_new_names_cost_as_many_queries_as_one(self):
        one = publish(draft(1, tags=["메모리"]))
        many = publish(draft(2, tags=[f"칩 {number}" for number in range(9)]))
        self.assertEqual(self.queries_of_settling(many), self.queries_of_settling(one))

    def queries_of_settling(self, digest):
        Tag.objects.update(is_known=False)
        with CaptureQueriesContext(connection) as queries:
            naming.settle(digest)
        self.assertFalse(Tag.objects.filter(article__digest=digest, is_known=False).exists())
        return len(queries)
