import datetime as dt
from unittest.mock import patch

from django.core.exceptions import PermissionDenied
from django.test import TestCase

from articles.digests import moving, publishing, revisions, starting
from articles.models import Article, Correction, Digest, DigestTemplate
from tests.support.factories import make_article, make_digest, make_user, record

TODAY = dt.date(2026, 11, 23)


def day(number):
    return TODAY + dt.timedelta(days=number)


class NextDayTests(TestCase):
    def next_day(self):
        with patch("articles.digests.starting.timezone.localdate", return_value=TODAY):
            return starting.next_day()

    def given(self, *numbers):
        for number in numbers:
            make_digest(day(number), articles=0, published=False)

    def test_the_first_day_is_today(self):
        self.assertEqual(self.next_day(), TODAY)

    def test_today_is_done_so_it_is_tomorrow(self):
        self.given(-1, 0)
        self.assertEqual(self.next_day(), day(1))

    def test_days_that_passed_are_not_made_up_for(self):
        self.given(-30)
        self.assertEqual(self.next_day(), TODAY)

    def test_the_day_after_what_is_planned(self):
        self.given(0, 1, 2)
        self.assertEqual(self.next_day(), day(3))

    def test_a_day_far_ahead_does_not_carry_along(self):
        self.given(0, 400)
        self.assertEqual(self.next_day(), day(1))

    def test_never_a_day_that_is_taken(self):
        self.given(7, 8, 9)
        self.assertEqual(self.next_day(), day(10))


class TemplateTests(TestCase):
    def test_every_placeholder(self):
        pattern = "{date} {year}년 {month}월 {day}일 {weekday} {뜻없음}"
        title = starting.title_for(pattern, dt.date(2026, 1, 3), "ko")
        self.assertEqual(title, "2026-01-03 2026년 1월 3일 토요일 {뜻없음}")
        self.assertEqual(starting.unknown_placeholders(pattern), ["뜻없음"])
        self.assertEqual(starting.title_for("{weekday}", dt.date(2026, 1, 3), "en"), "Saturday")

    def test_a_draft_with_title_introduction_and_language(self):
        user = make_user(permissions=["add_digest"])
        template = DigestTemplate.objects.create(
            name="주말", title_pattern="{date} Weekend", introduction="**Hi**", language="en"
        )
        digest = starting.from_template(template, day(1), by=user)
        self.assertEqual(digest.title, "2026-11-24 Weekend")
        self.assertEqual((digest.introduction, digest.language), ("**Hi**", "en"))
        self.assertEqual((digest.status, digest.feed_id), ("draft", ""))
        self.assertEqual(digest.revisions.get().author, user)

    def test_a_taken_day_and_a_user_who_may_not(self):
        make_digest(day(1), articles=0, published=False)
        template = starting.default_template()
        with self.assertRaises(starting.NotAllowed):
            starting.from_template(template, day(1))
        with self.assertRaises(PermissionDenied):
            starting.from_template(template, day(2), by=make_user())
        self.assertEqual(Digest.objects.count(), 1)

    def test_without_a_template_titles_follow_the_newest(self):
        self.assertEqual(
            starting.from_template(starting.default_template(), TODAY).title, "2026-11-23"
        )
        for old, new in (
            ("2026-11-23 AI 뉴스", "2026-11-24 AI 뉴스"),
            ("2026년 11월 23일 소식", "2026-11-24 소식"),
            ("11월 23일의 소식", "2026-11-24의 소식"),
            ("날짜 없는 제목", "2026-11-24"),
        ):
            with self.subTest(old):
                Digest.objects.update(title=old)
                template = starting.default_template()
                title = starting.title_for(template.title_pattern, day(1), template.language)
                self.assertEqual(title, new)

    def test_the_first_template_is_the_default(self):
        first = DigestTemplate.objects.create(name="나", title_pattern="{date}")
        DigestTemplate.objects.create(name="가", title_pattern="{date}")
        self.assertEqual(starting.default_template(), first)


class DuplicateTests(TestCase):
    def test_texts_without_identity(self):
        digest = make_digest(articles=1, introduction="머리글", front_matter={"layout": "post"})
        make_article(digest, headline="둘째", tags=["로봇", "AI"])
        copy = starting.duplicate(
            Digest.objects.get(), day(0), by=make_user(permissions=["add_digest"])
        )
        before, after = revisions.snapshot(digest), revisions.snapshot(copy)
        self.assertEqual(
            (copy.status, copy.title, copy.front_matter), ("draft", "2026-11-23 AI 뉴스", {})
        )
        self.assertEqual((copy.feed_id, copy.introduction), ("", "머리글"))
        own = {"uid", "feed_id"}
        for one, other in zip(before["articles"], after["articles"], strict=True):
            self.assertNotEqual(one["uid"], other["uid"])
            self.assertEqual(other["feed_id"], "")
            texts = [{key: a[key] for key in a.keys() - own} for a in (one, other)]
            self.assertEqual(*texts)
        self.assertEqual(copy.revisions.get().data, after)

    def test_a_taken_day(self):
        digest = make_digest()
        with self.assertRaises(starting.NotAllowed):
            starting.duplicate(digest, digest.date)


class MoveTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(
            permissions=["add_digest", "change_digest", "publish_digest", "withdraw_digest"]
        )
        cls.writer = make_user("writer", permissions=["add_digest", "change_digest"])
        cls.source = make_digest(articles=1, published=False)
        cls.article = make_article(cls.source, headline="옮길 기사", tags=["로봇", "AI"])
        make_article(cls.source, headline="남을 기사")
        cls.target = make_digest("2026-01-05", articles=1, published=False)
        for digest in (cls.source, cls.target):
            record(digest)

    def move(self, to=None, by=None):
        return moving.move_article(self.article, to or self.target, by=by or self.editor)

    def snapshot_of(self, digest):
        return revisions.snapshot(Digest.objects.get(pk=digest.pk))

    def test_everything_goes_along(self):
        before = self.snapshot_of(self.source)["articles"][1]
        self.assertEqual(self.move(by=self.writer), self.target)
        self.assertEqual(self.snapshot_of(self.target)["articles"][1], before)
        self.assertEqual(
            list(self.source.articles.order_by("position").values_list("position", "headline")),
            [(1, "1번째 기사의 제목"), (2, "남을 기사")],
        )

    def test_both_histories_tell_of_it(self):
        self.move()
        for digest, other in ((self.source, "2026-01-05"), (self.target, "2026-01-03")):
            digest.refresh_from_db()
            newest = digest.revisions.order_by("number").last()
            self.assertEqual((digest.version, newest.version, newest.author), (2, 2, self.editor))
            self.assertIn("옮길 기사", newest.note)
            self.assertIn(other, newest.note)

    def test_a_slug_that_is_taken_there_is_numbered(self):
        make_article(self.target, headline="옮길 기사")
        self.move()
        self.article.refresh_from_db()
        self.assertEqual(self.article.slug, "옮길-기사-2")

    def test_a_day_without_a_digest_gets_a_draft(self):
        target = self.move(dt.date(2026, 2, 1), by=self.writer)
        self.assertEqual((target.status, target.articles.get().headline), ("draft", "옮길 기사"))

    def test_a_headline_of_full_length_fits_the_note(self):
        Article.objects.filter(pk=self.article.pk).update(headline="가" * 300)
        self.move()

    def test_out_of_and_into_what_is_public_needs_the_permission_to_publish(self):
        for public in (self.source, self.target):
            publishing.publish(public, unchecked=True)
            with self.subTest(public=public.date), self.assertRaises(PermissionDenied):
                self.move(by=self.writer)
            publishing.withdraw(public)
        self.assertEqual(self.source.articles.count(), 3)

    def test_a_public_article_keeps_its_feed_id_and_corrections(self):
        publishing.publish(self.source, unchecked=True)
        self.article.refresh_from_db()
        publishing.correct(self.source, "고침", by=self.editor, article=self.article)
        feed_id = self.article.feed_id
        publishing.publish(self.target, unchecked=True)
        self.move()
        moved = Article.objects.get(pk=self.article.pk)
        self.assertEqual((moved.digest, moved.feed_id), (self.target, feed_id))
        self.assertEqual(Correction.objects.get().digest, self.target)

    def test_a_new_article_in_a_public_digest_gets_its_feed_id(self):
        publishing.publish(self.target, unchecked=True)
        self.move()
        self.assertTrue(Article.objects.get(pk=self.article.pk).feed_id)

    def test_the_last_article_of_a_public_digest_stays(self):
        lone = make_digest("2026-01-07", articles=1)
        with self.assertRaises(starting.NotAllowed):
            moving.move_article(lone.articles.get(), self.target, by=self.editor)
        self.assertEqual(lone.articles.count(), 1)

    def test_a_faulty_article_stays_a_draft_and_its_line_is_named(self):
        unread = [[0, "한빛일보"]]
        Article.objects.filter(pk=self.article.pk).update(unread_citations=unread)
        publishing.publish(self.target, unchecked=True)
        with self.assertRaises(starting.NotAllowed) as refused:
            self.move()
        for words in ("2", "옮길 기사", "1번째 줄"):
            self.assertIn(words, str(refused.exception))
        self.assertEqual(self.source.articles.count(), 3)

    def test_moving_to_where_it_is(self):
        with self.assertRaises(starting.NotAllowed):
            self.move(self.source.date)

    def test_moving_what_somebody_else_moved(self):
        stale = Article.objects.get(pk=self.article.pk)
        self.move()
        with self.assertRaises(starting.NotAllowed):
            moving.move_article(stale, dt.date(2026, 2, 1), by=self.editor)
        self.assertFalse(Digest.objects.filter(date="2026-02-01").exists())
