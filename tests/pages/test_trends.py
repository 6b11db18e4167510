"""What is counted by the week, and of which articles."""

import datetime as dt

from django.test import SimpleTestCase, TestCase

from articles.digests import publishing
from articles.models import Publisher, Tag
from articles.pages import trends
from tests.support.factories import make_article, make_digest, publish

LAST = dt.date(2026, 1, 31)


def write(date, *articles, published=True):
    """A digest of articles, each given as (tags, publishers)."""
    digest = make_digest(date, articles=0, published=False)
    for number, (tags, publishers) in enumerate(articles, start=1):
        citations = [(name, f"https://{number}.example/{n}") for n, name in enumerate(publishers)]
        make_article(digest, headline=f"{number}번째", tags=tags, citations=citations)
    return publish(digest) if published else digest


class PeriodTests(SimpleTestCase):
    def test_weeks_are_whole_and_end_with_the_last_day(self):
        period = trends.Period(LAST, 4)
        self.assertEqual(period.first, dt.date(2026, 1, 4))
        days = period.days()
        self.assertEqual(days[0], (dt.date(2026, 1, 4), dt.date(2026, 1, 10)))
        self.assertEqual(days[-1], (dt.date(2026, 1, 25), LAST))
        for number, (first, last) in enumerate(days):
            self.assertEqual((period.week_of(first), period.week_of(last)), (number, number))

    def test_the_weeks_before_end_the_day_before(self):
        self.assertEqual(trends.Period(LAST, 4).before(12).last, dt.date(2026, 1, 3))

    def test_the_calendar_may_end(self):
        period = trends.Period(dt.date(1, 1, 10), 104)
        self.assertEqual(period.first, dt.date.min)
        self.assertEqual(len(period.days()), 104)
        self.assertEqual(period.before(12).first, dt.date.min)


class CountTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        write("2026-01-31", (["칩", "AI"], ["가"]), (["칩"], ["가", "나"]), ([], []))
        write("2026-01-25", (["칩"], ["나"]))
        write("2026-01-24", (["로봇"], ["가"]))
        write("2026-01-03", (["칩", "로봇"], ["다"]))
        write("2026-01-30", (["칩"], ["라"]), published=False)
        cls.chip = Tag.objects.get(name="칩")

    def setUp(self):
        self.month = trends.Period(LAST, 4)

    def test_it_ends_with_the_newest_digest_of_readers(self):
        make_digest("2026-02-10", published=False)
        self.assertEqual(trends.period(4), self.month)

    def test_weeks_hold_published_articles_only(self):
        weeks = trends.by_week(self.month.tagged(self.chip), self.month)
        self.assertEqual(weeks, [0, 0, 0, 3])
        self.assertEqual(trends.by_week(self.month.articles, self.month), [0, 0, 1, 4])

    def test_topics_are_counted_by_the_article(self):
        names = [(t.name, t.recent_articles) for t in self.most_used()]
        self.assertEqual(names, [("칩", 3), ("AI", 1), ("로봇", 1)])

    def most_used(self):
        return trends.most_used(Tag, self.month.tag_counts)

    def test_parts_of_a_period_have_what_they_would_read_themselves(self):
        whole = trends.Period(LAST, 16)
        for part in (whole.latest(4), whole.latest(4).before(12), whole.latest(1).before(2)):
            with self.subTest(part):
                alone = trends.Period(part.last, part.weeks)
                with self.assertNumQueries(3 if part.weeks == 4 else 0):
                    found = part.articles, sorted(part.tags)
                self.assertEqual(found, (alone.articles, sorted(alone.tags)))

    def test_days_outside_a_period_are_read(self):
        before = trends.Period(LAST, 1).before(4)
        self.assertEqual(sorted(before.articles.values()), [0, 3])

    def test_what_goes_along_with_a_topic(self):
        related = trends.related(self.chip, self.month.tags)
        self.assertEqual([tag.name for tag in related], ["AI"])

    def test_sources_are_counted_by_the_article(self):
        Publisher.objects.filter(name="나").update(is_portal=True)
        mix = trends.citations(self.month)
        self.assertEqual((mix.articles, mix.without), (4, 1))
        self.assertEqual((mix.single_citation, mix.with_portal), (3, 2))
        counts = [(p.name, p.recent_articles) for p in mix.publishers]
        self.assertEqual(counts, [("가", 3), ("나", 2)])
        self.assertEqual(mix.scripts, [("hangul", 5)])

    def test_two_citations_of_one_publisher_are_one_source(self):
        write("2026-01-29", (["칩"], ["가", "가"]))
        self.assertEqual(trends.citations(trends.Period(LAST, 4)).single_citation, 4)

    def test_headlines_by_script(self):
        self.assertEqual(trends.headline_scripts(self.month), [("hangul", 5)])


class ChangeTests(TestCase):
    def setUp(self):
        write("2026-01-31", *[(["칩"], [])] * 4, (["로봇"], []))
        write("2026-01-03", (["칩"], []), *[(["로봇"], [])] * 8, (["드문"], []))

    def changes(self):
        return trends.changes(trends.Period(LAST, 4))

    def test_shares_are_compared_not_numbers(self):
        chip, robot = self.changes()
        self.assertEqual((chip.tag.name, chip.recent, chip.earlier), ("칩", 4, 1))
        self.assertEqual((chip.recent_share, chip.earlier_share, chip.points), (80, 10, 70))
        self.assertEqual((robot.tag.name, robot.points, robot.size), ("로봇", -60, 60))

    def test_rare_topics_are_left_out(self):
        self.assertNotIn("드문", [change.tag.name for change in self.changes()])

    def test_without_weeks_before_nothing_changed(self):
        publishing.withdraw(
            Tag.objects.get(name="드문").tagged_articles.get().content_object.digest
        )
        self.assertEqual(self.changes(), [])
