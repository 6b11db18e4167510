import datetime as dt
import random
from unittest import mock

import pytest
from django.test import TestCase
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from articles.digests import editing, publishing, restoring, revisions
from articles.fields import IMPLICATION_FIELDS, In, Kind, names
from articles.models import Digest, PublisherDomain
from tests.support.factories import make_article, make_digest, make_picture, make_user, record

TEXTS = ["", "짧은 글", "**굵은** 글\n\n둘째 문단", "科技资讯", "A plain sentence."]
HEADLINES = ["하나", "둘", "둘", "새 가속기 공개", "科技资讯AI速递", "C# 그리고 F#"]
TAGS = ["AI", "로봇", "반도체", "규제"]
CITATIONS = [
    {"publisher": "한빛일보", "url": "https://hanbit.example/1", "published_on": "2026-01-03"},
    {"publisher": "새벽신문", "url": "https://dawn.example/2", "published_on": None},
]


def save(digest, data):
    """One save at the desk: write, count up, keep."""
    editing.write(digest, data)
    digest.version += 1
    digest.save()
    return record(digest)


def headlines(digest):
    return list(digest.articles.order_by("position").values_list("headline", flat=True))


class Edits:
    """Random edits of a snapshot, made from one reproducible seed."""

    def __init__(self, seed):
        self.pictures = [str(make_picture().uid) for _number in range(2)]
        self.random = random.Random(seed)  # noqa: S311 - reproducible, not secret

    def edit(self, data):
        pick = self.random
        articles = [dict(article) for article in data["articles"]]
        kind = pick.choice(["add", "delete", "move", "text", "tags", "citations", "digest"])
        data = data | {"articles": articles}
        if kind == "digest":
            return data | {"title": pick.choice(HEADLINES), "introduction": pick.choice(TEXTS)}
        if kind == "add" or not articles:
            articles.insert(pick.randrange(len(articles) + 1), self.article())
            return data
        index = pick.randrange(len(articles))
        if kind == "delete":
            del articles[index]
        elif kind == "move":
            articles.insert(pick.randrange(len(articles)), articles.pop(index))
        else:
            articles[index] |= getattr(self, kind)()
        return data

    def article(self):
        uid = f"{self.random.getrandbits(128):032x}"
        uid = "-".join([uid[:8], uid[8:12], uid[12:16], uid[16:20], uid[20:]])
        return {"uid": uid, **self.text(), **self.tags(), **self.citations()}

    def text(self):
        pick = self.random.choice
        points = self.random.sample(["요점 하나", "요점 둘", "요점 셋"], self.random.randrange(4))
        return {
            "headline": pick(HEADLINES),
            "points": points,
            "drafted_by": pick(["", "person", "ai"]),
            **{name: pick(["", "김민지"]) for name in names(In.NOTES, Kind.LINE)},
            "storyline": pick(["", "가속기 공개", "가속기  공개"]),
            **self.picture(),
            "other": pick([[], [{"after": "points", "text": "| 표 |\n|---|"}]]),
            "layout": pick([{}, {"rule": False}]),
            **{n: pick(TEXTS) for n in IMPLICATION_FIELDS},
        }

    def picture(self):
        """One of two pictures, or none; what is said of one goes with it."""
        uid = self.random.choice(["", *self.pictures])
        names = ("picture_alt", "picture_caption", "picture_credit")
        words = [self.random.choice(["말", "다른 말"]) if uid else "" for _name in names]
        return {"picture": uid, **dict(zip(names, words, strict=True))}

    def tags(self):
        return {"tags": self.random.sample(TAGS, self.random.randrange(len(TAGS)))}

    def citations(self):
        return {"citations": self.random.sample(CITATIONS, self.random.randrange(3))}


# Which rows are written, Python decides; that both engines keep them, the classes below see.
@pytest.mark.one_engine
class AnyEditsTests(HypothesisTestCase):
    @settings(max_examples=15)
    @given(st.integers(0, 2**32), st.data())
    def test_after_any_ten_edits_any_revision_comes_back_exactly(self, seed, data):
        digest = make_digest(articles=3, published=False)
        record(digest)
        edits = Edits(seed)
        for _edit in range(10):
            save(digest, edits.edit(revisions.snapshot(digest)))
        revision = data.draw(st.sampled_from(list(digest.revisions.order_by("number"))))
        restoring.restore(digest, revision)
        self.assertEqual(revisions.snapshot(Digest.objects.get()), revision.data)

    @settings(max_examples=5)
    @given(st.integers(0, 2**32), st.data())
    def test_so_does_any_article_of_any_revision(self, seed, data):
        digest = make_digest(articles=3, published=False)
        record(digest)
        edits = Edits(seed)
        for _edit in range(10):
            save(digest, edits.edit(revisions.snapshot(digest)))
        with_articles = [r for r in digest.revisions.order_by("number") if r.data["articles"]]
        revision = data.draw(st.sampled_from(with_articles))
        article = data.draw(st.sampled_from(revision.data["articles"]))
        before = revisions.snapshot(digest)["articles"]
        restoring.restore_article(digest, revision, article["uid"])
        after = revisions.snapshot(digest)["articles"]
        [restored] = [one for one in after if one["uid"] == article["uid"]]
        # A slug that another article has taken since is given up; nothing else is.
        self.assertEqual(restored | {"slug": ""}, article | {"slug": ""})
        self.assertEqual(
            [one for one in after if one["uid"] != article["uid"]],
            [one for one in before if one["uid"] != article["uid"]],
        )


class RestoreTests(TestCase):
    def setUp(self):
        self.digest = make_digest(articles=4, published=False)
        self.first = record(self.digest)

    def change(self, **fields):
        return save(self.digest, revisions.snapshot(self.digest) | fields)

    def drop(self, *places):
        articles = revisions.snapshot(self.digest)["articles"]
        kept = [article for place, article in enumerate(articles, 1) if place not in places]
        return self.change(articles=kept)

    def uid(self, place):
        return self.first.data["articles"][place - 1]["uid"]

    def test_a_restore_is_a_save_of_its_own(self):
        user = make_user()
        self.change(title="새 제목")
        made = restoring.restore(self.digest, self.first, by=user, version=2)
        self.assertEqual((made.number, made.version, made.author), (3, 3, user))
        self.assertIn("1", made.note)
        self.assertEqual(made.data, self.first.data)
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.version, 3)

    def test_nothing_to_restore_is_no_revision(self):
        self.assertIsNone(restoring.restore(self.digest, self.first))
        self.assertIsNone(restoring.restore_article(self.digest, self.first, self.uid(2)))
        self.digest.refresh_from_db()
        self.assertEqual((self.digest.version, self.digest.revisions.count()), (1, 1))

    def test_a_digest_saved_meanwhile_is_not_overwritten(self):
        self.change(title="새 제목")
        for restore in (
            lambda: restoring.restore(self.digest, self.first, version=1),
            lambda: restoring.restore_article(self.digest, self.first, self.uid(1), version=1),
        ):
            self.assertRaises(publishing.Stale, restore)
        self.assertEqual(Digest.objects.get().title, "새 제목")

    def test_one_article_is_replaced_in_its_place(self):
        articles = revisions.snapshot(self.digest)["articles"]
        changed = [article | {"headline": article["headline"] + "!"} for article in articles]
        self.change(articles=changed[::-1], title="그대로")
        restoring.restore_article(self.digest, self.first, self.uid(2))
        expected = [
            "4번째 기사의 제목!",
            "3번째 기사의 제목!",
            "2번째 기사의 제목",
            "1번째 기사의 제목!",
        ]
        self.assertEqual(headlines(self.digest), expected)
        self.assertEqual(Digest.objects.get().title, "그대로")

    def test_a_deleted_article_returns_after_the_one_it_followed(self):
        for gone, back, expected in (
            ((3,), 3, [1, 2, 3, 4]),
            ((2, 3), 3, [1, 3, 4]),
            ((1,), 1, [1, 2, 3, 4]),
            ((1, 2), 2, [2, 3, 4]),
            ((4,), 4, [1, 2, 3, 4]),
        ):
            with self.subTest(gone=gone):
                self.drop(*gone)
                restoring.restore_article(self.digest, self.first, self.uid(back))
                places = [self.uid(number) for number in expected]
                present = self.digest.articles.order_by("position").values_list("uid", flat=True)
                self.assertEqual(list(map(str, present)), places)
                restoring.restore(self.digest, self.first)

    def test_an_article_the_revision_does_not_have(self):
        with self.assertRaises(restoring.NotAllowed):
            restoring.restore_article(self.digest, self.first, "nothing")

    def test_a_revision_of_another_digest_is_refused(self):
        other = make_digest("2026-01-04", published=False)
        with self.assertRaises(restoring.NotAllowed):
            restoring.restore(other, self.first)

    def test_the_date_of_a_draft_comes_back(self):
        self.change(date="2026-02-01")
        restoring.restore(self.digest, self.first)
        self.assertEqual(Digest.objects.get().date, dt.date(2026, 1, 3))

    def test_the_date_stays_if_it_is_another_digests_by_now(self):
        self.change(date="2026-02-01", title="새 제목")
        make_digest("2026-01-03", published=False)
        restoring.restore(self.digest, self.first)
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.date, dt.date(2026, 2, 1))
        self.assertEqual(self.digest.title, self.first.data["title"])

    def test_a_publisher_that_is_not_found_any_more_is_named_by_its_domain(self):
        citation = {"publisher": "", "url": "https://hanbit.example/1", "published_on": None}
        data = self.first.data
        data["articles"][0]["citations"] = [citation]
        self.first.save()
        PublisherDomain.objects.all().delete()
        restoring.restore(self.digest, self.first)
        article = self.digest.articles.order_by("position")[0]
        self.assertEqual(article.citations.get().publisher.name, "hanbit.example")


class PublishedTests(TestCase):
    def setUp(self):
        self.digest = make_digest(articles=0, published=False, date="2026-02-03")
        for headline in ("하나", "둘"):
            make_article(self.digest, headline=headline)
        self.draft = record(self.digest)
        self.digest = publishing.publish(self.digest, unchecked=True)
        self.published = self.digest.revisions.get(number=2)

    def change(self, **fields):
        return save(self.digest, revisions.snapshot(self.digest) | fields)

    def identities(self):
        return list(self.digest.articles.order_by("position").values_list("slug", "feed_id"))

    def test_addresses_and_feed_ids_are_kept(self):
        before = self.identities()
        articles = [a | {"headline": a["headline"] + "!"} for a in self.published.data["articles"]]
        self.change(articles=articles[::-1])
        restoring.restore(self.digest, self.draft)
        self.assertEqual(self.identities(), before)
        self.assertEqual(headlines(self.digest), ["하나", "둘"])

    def test_a_deleted_article_gets_back_what_readers_knew_even_from_before_publication(self):
        before = self.identities()
        for restore in (
            lambda: restoring.restore(self.digest, self.draft),
            lambda: restoring.restore_article(
                self.digest, self.draft, self.draft.data["articles"][0]["uid"]
            ),
        ):
            self.change(articles=self.published.data["articles"][1:])
            restore()
            self.assertEqual(self.identities(), before)

    def test_an_article_that_was_never_out_gets_a_feed_id_when_it_comes_out(self):
        publishing.withdraw(self.digest)
        self.digest.refresh_from_db()
        new = self.published.data["articles"][0] | {
            "uid": "8c3b2f6e-5f54-4f0e-9d0b-111111111111",
            "headline": "새 기사",
            "slug": "",
            "feed_id": "",
        }
        with_new = self.change(articles=[*self.published.data["articles"], new])
        self.change(articles=self.published.data["articles"])
        restoring.restore(self.digest, with_new)
        self.assertEqual(self.digest.articles.get(position=3).feed_id, "")
        publishing.publish(self.digest, unchecked=True)
        self.assertTrue(self.digest.articles.get(position=3).feed_id)

    def test_status_times_and_date_stay(self):
        later = self.digest.published_at
        data = self.draft.data | {"date": "2026-03-01", "title": "다른 날"}
        self.draft.data = data
        self.draft.save()
        restoring.restore(self.digest, self.draft)
        digest = Digest.objects.published().get()
        self.assertEqual((digest.date, digest.title), (dt.date(2026, 2, 3), "다른 날"))
        self.assertEqual(digest.published_at, later)

    def test_readers_are_not_left_with_an_empty_digest(self):
        self.draft.data = self.draft.data | {"articles": []}
        self.draft.save()
        with self.assertRaises(restoring.NotAllowed):
            restoring.restore(self.digest, self.draft)
        publishing.withdraw(self.digest)
        restoring.restore(self.digest, self.draft)
        self.assertEqual(self.digest.articles.count(), 0)

    def test_a_returning_article_gets_its_corrections_back(self):
        article = self.digest.articles.get(position=1)
        correction = publishing.correct(self.digest, "날짜를 고쳤습니다.", article=article)
        self.digest.refresh_from_db()
        corrected = self.digest.revisions.order_by("-number").first()
        self.change(articles=self.published.data["articles"][1:])
        correction.refresh_from_db()
        self.assertIsNone(correction.article)
        restoring.restore_article(self.digest, corrected, str(article.uid))
        correction.refresh_from_db()
        self.assertEqual(correction.article.uid, article.uid)


class SchemaTests(TestCase):
    def setUp(self):
        self.digest = make_digest(published=False)
        self.revision = record(self.digest)

    def test_a_newer_schema_is_refused_in_a_sentence(self):
        self.revision.schema = revisions.SCHEMA + 1
        self.revision.save()
        with self.assertRaises(revisions.Unreadable):
            restoring.restore(self.digest, self.revision)
        self.assertIsNone(revisions.at_version(self.digest, self.digest.version))

    def test_older_schemas_are_upgraded_step_by_step(self):
        steps = {
            revisions.SCHEMA: lambda data: data | {"title": data["title"] + " 둘"},
            revisions.SCHEMA + 1: lambda data: data | {"title": data["title"] + " 셋"},
        }
        later = revisions.SCHEMA + 2
        with mock.patch.multiple(revisions, SCHEMA=later, UPGRADES=steps):
            restoring.restore(self.digest, self.revision)
        self.assertEqual(Digest.objects.get().title, "2026-01-03 AI 뉴스 둘 셋")
        self.revision.refresh_from_db()
        self.assertEqual(self.revision.data["title"], "2026-01-03 AI 뉴스")
