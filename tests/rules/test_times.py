"""Wall-clock times around changes of the clocks, and how moments are written out."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from articles.rules import times
from articles.rules.times import DoubledHour, SkippedHour

NEW_YORK, SEOUL = ZoneInfo("America/New_York"), ZoneInfo("Asia/Seoul")
LORD_HOWE, BEIRUT = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Beirut")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def at(text, zone):
    wall = dt.datetime.fromisoformat(text)
    return times.at(wall.date(), wall.time(), zone)


class AtTests(SimpleTestCase):
    def assertSkipped(self, text, zone, before, after):
        with self.assertRaises(SkippedHour) as caught:
            at(text, zone)
        error = caught.exception
        self.assertEqual((error.before.isoformat(), error.after.isoformat()), (before, after))
        self.assertEqual({error.before.tzinfo, error.after.tzinfo}, {zone})
        return str(error)

    def assertDoubled(self, text, zone, first, second):
        with self.assertRaises(DoubledHour) as caught:
            at(text, zone)
        error = caught.exception
        self.assertEqual((error.first.isoformat(), error.second.isoformat()), (first, second))
        self.assertEqual({error.first.tzinfo, error.second.tzinfo}, {zone})
        return str(error)

    def test_an_ordinary_time_is_one_moment(self):
        self.assertEqual(at("2026-01-03 08:00", SEOUL).isoformat(), "2026-01-03T08:00:00+09:00")
        self.assertEqual(at("2026-07-03 08:00", NEW_YORK).isoformat(), "2026-07-03T08:00:00-04:00")

    def test_new_york_skips_an_hour(self):
        before, after = "2026-03-08T01:59:00-05:00", "2026-03-08T03:00:00-04:00"
        for text in ("2026-03-08 02:00", "2026-03-08 02:30", "2026-03-08 02:59:59"):
            with self.subTest(text):
                self.assertSkipped(text, NEW_YORK, before, after)
        self.assertEqual(at("2026-03-08 01:59", NEW_YORK).isoformat(), before)
        self.assertEqual(at("2026-03-08 03:00", NEW_YORK).isoformat(), after)

    def test_new_york_doubles_an_hour(self):
        for minute in ("00", "30", "59"):
            self.assertDoubled(
                f"2026-11-01 01:{minute}",
                NEW_YORK,
                f"2026-11-01T01:{minute}:00-04:00",
                f"2026-11-01T01:{minute}:00-05:00",
            )
        self.assertEqual(at("2026-11-01 02:00", NEW_YORK).isoformat(), "2026-11-01T02:00:00-05:00")

    def test_lord_howe_moves_its_clocks_by_half_an_hour(self):
        self.assertSkipped(
            "2026-10-04 02:15",
            LORD_HOWE,
            "2026-10-04T01:59:00+10:30",
            "2026-10-04T02:30:00+11:00",
        )
        self.assertEqual(at("2026-10-04 02:30", LORD_HOWE).isoformat(), "2026-10-04T02:30:00+11:00")
        self.assertDoubled(
            "2026-04-05 01:45",
            LORD_HOWE,
            "2026-04-05T01:45:00+11:00",
            "2026-04-05T01:45:00+10:30",
        )
        self.assertEqual(at("2026-04-05 01:15", LORD_HOWE).isoformat(), "2026-04-05T01:15:00+11:00")

    def test_seoul_skips_nothing_today_but_did_in_1988(self):
        for hour in range(24):
            at(f"2026-05-10 {hour:02}:30", SEOUL)
        self.assertSkipped(
            "1988-05-08 02:30", SEOUL, "1988-05-08T01:59:00+09:00", "1988-05-08T03:00:00+10:00"
        )

    def test_midnight_itself_may_be_skipped(self):
        said = self.assertSkipped(
            "2018-11-04 00:00",
            SAO_PAULO,
            "2018-11-03T23:59:00-03:00",
            "2018-11-04T01:00:00-02:00",
        )
        self.assertIn("2018-11-03 23:59", said)
        self.assertSkipped(
            "2026-03-29 00:30", BEIRUT, "2026-03-28T23:59:00+02:00", "2026-03-29T01:00:00+03:00"
        )

    def test_the_hour_before_midnight_may_be_doubled(self):
        for text, zone, first, second in (
            ("2018-02-17 23:30", SAO_PAULO, "-02:00", "-03:00"),
            ("2026-10-24 23:30", BEIRUT, "+03:00", "+02:00"),
        ):
            wall = text.replace(" ", "T") + ":00"
            self.assertDoubled(text, zone, wall + first, wall + second)

    def test_a_whole_day_may_be_skipped(self):
        self.assertSkipped(
            "2011-12-30 12:00",
            ZoneInfo("Pacific/Apia"),
            "2011-12-29T23:59:00-10:00",
            "2011-12-31T00:00:00+14:00",
        )

    def test_sentences_name_the_zone_and_the_change(self):
        with translation.override("en"):
            skipped = self.assertSkipped(
                "2026-03-08 02:30",
                NEW_YORK,
                "2026-03-08T01:59:00-05:00",
                "2026-03-08T03:00:00-04:00",
            )
            doubled = self.assertDoubled(
                "2026-11-01 01:30",
                NEW_YORK,
                "2026-11-01T01:30:00-04:00",
                "2026-11-01T01:30:00-05:00",
            )
        self.assertEqual(
            skipped,
            "There is no 02:30 on 2026-03-08 in America/New_York: the clocks go forward from "
            "01:59 EST (UTC-5) to 03:00 EDT (UTC-4). Choose one of these two.",
        )
        self.assertEqual(
            doubled,
            "01:30 comes twice on 2026-11-01 in America/New_York, because the clocks go back: "
            "first as 01:30 EDT (UTC-4), then as 01:30 EST (UTC-5). Choose one of these two.",
        )

    def test_every_hour_of_a_year_is_one_moment_none_or_two(self):
        """Against UTC counted through, without what `zoneinfo` says about folds."""
        for zone, skipped, doubled in ((NEW_YORK, 2, 2), (LORD_HOWE, 1, 1), (SEOUL, 0, 0)):
            moments = {}
            start = dt.datetime(2025, 12, 30, tzinfo=dt.UTC)
            for half_hours in range(2 * 24 * 369):
                moment = start + dt.timedelta(minutes=30 * half_hours)
                wall = moment.astimezone(zone).replace(tzinfo=None)
                moments.setdefault(wall, []).append(moment)
            counts = {0: 0, 1: 0, 2: 0}
            for half_hours in range(2 * 24 * 365):
                wall = dt.datetime(2026, 1, 1) + dt.timedelta(minutes=30 * half_hours)  # noqa: DTZ001
                expected = moments.get(wall, [])
                counts[len(expected)] += 1
                self.assertEqual(self.moments_of(wall, zone), expected, (wall, zone))
            self.assertEqual((counts[0], counts[2]), (skipped, doubled))

    def moments_of(self, wall, zone):
        """In UTC: Python never calls a time in a doubled hour equal to one of another zone."""
        try:
            moments = [times.at(wall.date(), wall.time(), zone)]
        except SkippedHour:
            moments = []
        except DoubledHour as doubled:
            moments = [doubled.first, doubled.second]
        return [moment.astimezone(dt.UTC) for moment in moments]

    @given(
        st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2037, 1, 1)),  # noqa: DTZ001
        st.sampled_from([NEW_YORK, LORD_HOWE, SEOUL, SAO_PAULO, BEIRUT]),
    )
    def test_whatever_comes_out_shows_the_wall_clock_time_asked_for(self, wall, zone):
        try:
            moments = [times.at(wall.date(), wall.time(), zone)]
        except DoubledHour as doubled:
            moments = [doubled.first, doubled.second]
            self.assertLess(doubled.first.astimezone(dt.UTC), doubled.second.astimezone(dt.UTC))
        except SkippedHour as skipped:
            gap = skipped.after.astimezone(dt.UTC) - skipped.before.astimezone(dt.UTC)
            self.assertEqual(gap, dt.timedelta(minutes=1))
            self.assertLess(skipped.before.replace(tzinfo=None), wall)
            self.assertGreater(skipped.after.replace(tzinfo=None), wall)
            return
        for moment in moments:
            there_and_back = moment.astimezone(dt.UTC).astimezone(zone)
            self.assertEqual(there_and_back.replace(tzinfo=None, fold=0), wall)


class ShownTests(SimpleTestCase):
    MOMENT = dt.datetime(2026, 1, 2, 22, 0, tzinfo=dt.UTC)

    def test_zone_is_always_named_with_its_offset(self):
        for name, text in {
            "Asia/Seoul": "2026-01-03 07:00 KST (UTC+9)",
            "America/New_York": "2026-01-02 17:00 EST (UTC-5)",
            "Europe/London": "2026-01-02 22:00 GMT (UTC+0)",
            "Asia/Kolkata": "2026-01-03 03:30 IST (UTC+5:30)",
            "America/St_Johns": "2026-01-02 18:30 NST (UTC-3:30)",
            "America/Sao_Paulo": "2026-01-02 19:00 America/Sao_Paulo (UTC-3)",
            "UTC": "2026-01-02 22:00 UTC",
        }.items():
            with self.subTest(name):
                self.assertEqual(times.shown(self.MOMENT, ZoneInfo(name)), text)

    def test_the_two_moments_of_a_doubled_hour_look_different(self):
        first = dt.datetime(2026, 11, 1, 5, 30, tzinfo=dt.UTC)
        shown = [times.shown(first + dt.timedelta(hours=hour), NEW_YORK) for hour in (0, 1)]
        self.assertEqual(shown, ["2026-11-01 01:30 EDT (UTC-4)", "2026-11-01 01:30 EST (UTC-5)"])

    def test_offsets_of_local_mean_time_have_seconds(self):
        moment = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
        self.assertEqual(times.shown(moment, SEOUL), "1900-01-01 08:27 LMT (UTC+8:27:52)")
