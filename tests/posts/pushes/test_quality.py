"""How good the pushes of programs were, and what editors changed in them."""

import datetime as dt
from unittest import mock

import time_machine
from django.db import connection
from django.test import SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.digests import diffing, revisions
from articles.models import Article
from articles.posts.pushes import quality
from tests.support.factories import make_digest
from tests.support.push_rows import (
    entries_of,
    make_program,
    make_push,
    make_suggestion,
)

NOW = dt.datetime(2026, 1, 20, 3, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
EMPTY = dict.fromkeys(quality.FIELDS, "") | {"points": [], "citations": [], "tags": [], "other": []}


def judge(*pairs, effort=None):
    contents = [(EMPTY | before, now if now is None else EMPTY | now) for before, now in pairs]
    return quality.judge(contents, effort or diffing.Effort())


class JudgeTests(SimpleTestCase):
    def test_articles_stay_change_or_go(self):
        same = {"headline": "하나"}
        fates = judge((same, same), (same, {"headline": "둘"}), (same, None))
        self.assertEqual((fates.untouched, fates.edited, fates.deleted), (1, 1, 1))
        self.assertEqual(fates.untouched_share, 1 / 3)

    def test_changed_words_are_counted_on_both_sides_by_field(self):
        before = {"headline": "하나 둘 셋 넷", "outlook": "같은 말"}
        fates = judge((before, before | {"headline": "하나 둘 셋 다섯"}))
        self.assertEqual(fates.words["headline"], (8, 2))
        self.assertEqual(fates.words["outlook"], (4, 0))
        self.assertEqual(fates.shares, [("headline", 0.25)])

    def test_a_text_that_was_added_or_emptied_changed_wholly(self):
        text = {"outlook": "새로운 전망"}
        self.assertEqual(judge(({}, text)).shares, [("outlook", 1.0)])
        self.assertEqual(judge((text, {})).shares, [("outlook", 1.0)])

    def test_the_most_changed_field_comes_first(self):
        before = {"headline": "하나 둘", "outlook": "셋 넷 다섯 여섯"}
        after = {"headline": "하나 열", "outlook": "셋 넷 다섯 열"}
        names = [name for name, _share in judge((before, after)).shares]
        self.assertEqual(names, ["headline", "outlook"])

    def test_another_spelling_of_a_tag_is_no_edit(self):
        self.assertEqual(judge(({"tags": ["AI"]}, {"tags": ["ai"]})).untouched, 1)

    def test_who_read_it_and_its_picture_are_no_edit(self):
        for name in ("read_by", "drafted_by", "picture", "picture_alt"):
            self.assertNotIn(name, quality.FIELDS)

    def test_without_effort_an_edit_counts_and_its_words_do_not(self):
        pair = {"headline": "하나 둘"}, {"headline": "하나 셋"}
        fates = judge(pair, pair, effort=diffing.Effort(steps=1))
        self.assertEqual(fates.edited, 2)
        self.assertEqual(fates.words["headline"][0], 4)
        self.assertEqual(judge(pair, effort=diffing.Effort(steps=0)).words["headline"], (0, 0))


class QualityTestCase(TestCase):
    def setUp(self):
        self.enterContext(time_machine.travel(NOW, tick=False))
        self.program = make_program()

    def push(self, days_ago=0, program=None, **fields):
        at = NOW - days_ago * DAY
        date = timezone.localdate(at)
        number = self.program.pushes.count()
        fields.setdefault("text", f"{number}")
        return make_push(program or self.program, date, received_at=at, **fields)

    def row(self):
        [row] = quality.recent()
        return row


class RecentTests(QualityTestCase):
    def test_nothing_came_is_no_row(self):
        self.push(days_ago=31)
        self.assertEqual(quality.recent(), [])

    def test_pushes_refusals_and_the_median_of_what_was_recognised(self):
        for share in (0.5, 0.9, 1.0):
            self.push(share=share)
        self.push(outcome="refused")
        row = self.row()
        self.assertEqual((row.pushes, row.refused, row.recognised), (4, 1, 0.9))

    def test_what_was_only_refused_has_no_share(self):
        self.push(outcome="refused")
        self.assertIsNone(self.row().recognised)

    def test_each_program_has_a_row_by_name(self):
        self.push()
        self.push(program=make_program("aurora"))
        self.assertEqual([row.program.name for row in quality.recent()], ["aurora", "horizon"])

    def test_what_editors_did_afterwards(self):
        digest = make_digest(articles=4, published=False)
        self.push(articles=entries_of(digest))
        first, second, third, _fourth = digest.articles.order_by("position")
        first.delete()
        Article.objects.filter(pk=second.pk).update(outlook="내년에 더 작아질 전망.")
        Article.objects.filter(pk=third.pk).update(read_by="김민지")
        fates = self.row().fates
        self.assertEqual((fates.untouched, fates.edited, fates.deleted), (2, 1, 1))
        self.assertEqual([name for name, _share in fates.shares], ["outlook"])

    def test_an_article_that_moved_to_another_day_is_not_gone(self):
        digest = make_digest(articles=1, published=False)
        self.push(articles=entries_of(digest))
        digest.articles.update(digest=make_digest("2026-02-01", articles=0, published=False))
        self.assertEqual(self.row().fates.untouched, 1)

    def test_only_the_newest_text_of_a_program_counts(self):
        digest = make_digest(articles=1, published=False)
        [entry] = entries_of(digest)
        old = entry["content"] | {"headline": "먼저 보낸 제목"}
        self.push(articles=[entry | {"content": old}])
        self.push(articles=[entry | {"fate": "replaced"}])
        self.push(articles=[entry | {"fate": "unchanged", "content": None}])
        self.assertEqual((self.row().fates.untouched, self.row().fates.edited), (1, 0))

    def test_what_was_undone_was_not_written(self):
        digest = make_digest(articles=1, published=False)
        self.push(articles=entries_of(digest), undone_at=NOW)
        digest.articles.all().delete()
        self.assertEqual(self.row().fates.written, 0)

    def test_the_most_frequent_findings_per_article(self):
        def found(code, article=1):
            return {"code": code, "article": article}

        digest = make_digest(articles=2, published=False)
        codes = ["a", "a", "a", "b", "b", "c", "d"]
        findings = [
            *map(found, sorted(codes)),
            found("e", None),
            found("e", None),
            found("e", None),
        ]
        self.push(articles=entries_of(digest), findings=findings[:1])
        self.push(articles=entries_of(digest), findings=findings)
        self.assertEqual(self.row().findings, [("a", 1.5), ("b", 1.0), ("c", 0.5)])

    def test_suggestions_taken_against_dismissed(self):
        digest = make_digest(articles=1, published=False)
        push = self.push(digest=digest)
        for status in ("taken", "taken", "dismissed", "waiting", "replaced"):
            make_suggestion(push, digest, status=status)
        self.assertEqual((self.row().taken, self.row().dismissed), (2, 1))

    def test_the_weeks_end_today(self):
        digest = make_digest(articles=2, published=False)
        first, second = entries_of(digest)
        for days_ago, share in ((0, 1.0), (6, 0.8), (7, 0.5), (29, 0.1)):
            self.push(days_ago=days_ago, share=share)
        self.push(days_ago=8, articles=[first], share=0.7)
        self.push(days_ago=2, articles=[second], share=0.9)
        digest.articles.filter(uid=first["uid"]).delete()
        weeks = self.row().weeks
        self.assertEqual([week.pushes for week in weeks], [1, 0, 0, 2, 3])
        self.assertEqual([week.recognised for week in weeks], [0.1, None, None, 0.6, 0.9])
        self.assertEqual([week.untouched for week in weeks], [None, None, None, 0.0, 1.0])
        self.assertEqual(weeks[-1].last, dt.date(2026, 1, 20))

    def test_of_one_day_only_the_newest_pushes_are_looked_through(self):
        digest = make_digest(articles=2, published=False)
        first, second = entries_of(digest)
        self.push(articles=[first])
        for _number in range(quality.MAX_OF_DAY):
            self.push(articles=[second])
        self.assertEqual(self.row().fates.written, 1)

    def test_the_number_of_queries_does_not_grow(self):
        digest = make_digest(articles=1, published=False)
        self.push(articles=entries_of(digest))
        with CaptureQueriesContext(connection) as queries:
            quality.recent()
        for days_ago in range(1, 20):
            other = make_digest(NOW.date() + days_ago * DAY, articles=3, published=False)
            self.push(days_ago=days_ago, articles=entries_of(other))
            self.push(days_ago=days_ago, program=make_program(f"p{days_ago}"))
        with self.assertNumQueries(len(queries)):
            self.assertEqual(len(quality.recent()), 20)


class ContentsTests(TestCase):
    def test_articles_are_as_in_a_snapshot_in_any_number(self):
        digests = [make_digest(f"2026-01-0{day}", articles=3) for day in (1, 2)]
        expected = {
            article["uid"]: article
            for digest in digests
            for article in revisions.snapshot(digest)["articles"]
        }
        gone = "8c3b2f6e-5f54-4f0e-9d0b-111111111111"
        for most in (2, 900):
            with self.subTest(most), mock.patch.object(revisions, "MAX_AT_ONCE", most):
                self.assertEqual(revisions.contents_of({*expected, gone}), expected)
        self.assertEqual(revisions.contents_of(()), {})
