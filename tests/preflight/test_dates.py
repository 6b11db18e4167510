import datetime as dt
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles.preflight.dates import dates_in
from tests.preflight.snapshots import RuleTests, article, digest, headline, source

SEOUL = ZoneInfo("Asia/Seoul")
# 04:27 on 3 January in Seoul, in milliseconds, with and without an id's prefix.
EPOCH_ID = "https://bharat.example/world/lapses-101767382041775.html"
EPOCH = "https://bharat.example/1767382041775"


def at(hour):
    return {"publish_at": f"2026-01-03T{hour}:00+09:00"}


def titled(title, date="2026-01-03"):
    return digest(title=title, date=date)


def named(slug, **fields):
    return digest(article(slug=slug), **fields)


class DateTests(RuleTests):
    CASES = {
        "date-differs-from-address": (
            [
                source("https://a.example/2026/01/02/x", "2026-01-03"),
                source("https://a.example/20260101000018", "2026-01-03"),
                source("https://a.example/view?date=20251230&n=1", "2026-01-03"),
                source(EPOCH, "2026-01-01"),
            ],
            [
                source("https://a.example/2026/01/03/x", "2026-01-03"),
                source("https://a.example/2026/01/02/20260103/x", "2026-01-03"),
                source("https://a.example/news/20119931", "2026-01-03"),
                source(EPOCH_ID, "2026-01-02"),
                source("https://a.example/2026/01/02/x", None),
            ],
        ),
        "source-newer-than-issue": (
            [
                source("https://a.example/1", "2026-01-04"),
                source("https://a.example/2026-01-05/doc", None),
                source(EPOCH_ID, **at("00:31")),
                source(EPOCH, None, published_at="2026-01-02T19:00:00+00:00"),
            ],
            [
                source("https://a.example/1", "2026-01-03"),
                source(EPOCH_ID, **at("07:00")),
                source(EPOCH_ID, **{"publish_at": "2026-01-03T00:31:05"}),
                source(EPOCH_ID),
                source("https://a.example/1", "2026-01-04", date=""),
            ],
        ),
        "source-old": (
            [
                source("https://a.example/1", "2025-12-26"),
                source("https://a.example/2025/12/01/x", None),
                source("https://a.example/1", "1999-01-01"),
            ],
            [
                source("https://a.example/1", "2025-12-27"),
                source("https://a.example/1", None),
                source("https://a.example/1", "2026-01-03", date="어제"),
            ],
        ),
        "title-date-differs": (
            [
                titled("2026-01-02 AI 뉴스"),
                titled("1월 2일 AI 뉴스"),
                titled("AI news, January 2"),
                titled("2025.1.3 AI 뉴스"),
                titled("AI news of 3 Jan 2025"),
            ],
            [
                titled("2026-01-03 AI 뉴스"),
                titled("2026년 1월 3일 AI 뉴스"),
                titled("January 3, 2026: AI"),
                titled("AI news of \u017fep 2 and 2 \u017feptember"),  # with the long s
                titled("AI 뉴스 2026-99-99"),
                titled("주말판: 1월 2일~1월 3일"),
                titled("AI 뉴스 1.2.3"),
                titled("2026-01-02 AI 뉴스", date=""),
            ],
        ),
        "slug-date-differs": (
            [
                digest(slug="2026-01-02-ai-news"),
                named("2025-01-03-소식"),
                digest(slug="2026-01-04"),
            ],
            [
                digest(slug="2026-01-03-ai-news"),
                named("소식-2025-01-03"),
                digest(slug="ai-news"),
                headline("2025-01-03 회고"),
            ],
        ),
    }


class AddressTests(SimpleTestCase):
    def dates(self, url, near="2026-01-03"):
        near = near and dt.date.fromisoformat(near)
        return [str(dated.day) for dated in dates_in(url, near=near, zone=SEOUL)]

    def test_dates_are_read_in_all_forms(self):
        for url in (
            "https://a.example/2026/01/03/x",
            "https://a.example/2026/1/3/x",
            "https://a.example/zx/ds/2026-01-03/doc-in8648151.shtml",
            "https://a.example/20260103000018",
            "https://a.example/view/20260103n02527",
            "https://a.example/view/AKR20260103000100001",
            "https://a.example/?date=20260103&idx=1",
            "https://a.example/1767382041",
            EPOCH,
            EPOCH_ID,
        ):
            self.assertEqual(self.dates(url), ["2026-01-03"], url)

    def test_other_numbers_are_no_dates(self):
        for url in (
            "https://a.example/2026/13/03/x",
            "https://a.example/20119931",
            "https://a.example/20110512",
            "https://a.example/article/001/0015123456",
            "https://a.example/8-2026-01-034",
            "https://2026-01-03.example/",
            "https://a.example/98765432109876543210",
        ):
            self.assertEqual(self.dates(url), [], url)

    def test_without_a_date_of_the_digest_only_separated_dates_are_certain(self):
        self.assertEqual(self.dates("https://a.example/2026/01/03", near=None), ["2026-01-03"])
        self.assertEqual(self.dates("https://a.example/20260103000018", near=None), [])

    def test_seconds_are_read_in_the_zone_of_the_site(self):
        [dated] = dates_in(EPOCH, near=dt.date(2026, 1, 3), zone=SEOUL)
        self.assertEqual(f"{dated.moment:%Y-%m-%d %H:%M %z}", "2026-01-03 04:27 +0900")
        [dated] = dates_in(EPOCH, near=dt.date(2026, 1, 3), zone=dt.UTC)
        self.assertEqual(str(dated.day), "2026-01-02")
