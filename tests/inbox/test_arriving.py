"""What comes in: each page once, whoever has it, and no flood hides the others."""

from io import StringIO
from unittest.mock import patch

import time_machine
from django.core.management import call_command
from django.test import TestCase

from articles.inbox import ageing, arriving, listing, pasting
from articles.models import Arrival, AuditEntry, Candidate, OriginDay
from articles.rules.lines import LineErrors
from tests.inbox.candidates import make_candidate, page
from tests.support.factories import make_user

MORNING = "2026-01-03T06:00:00+09:00"
State = Candidate.State


def fates(outcomes):
    return [outcome.fate for outcome in outcomes]


class ArrivingTests(TestCase):
    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))

    def test_addresses_of_one_page_are_one_candidate_with_several_origins(self):
        urls = (
            *("https://www.hanbit.example/1?utm_source=x", "http://m.hanbit.example/1/"),
            "https://hanbit.example/1#top",
        )
        for url, origin in zip(urls, ("feed:1", "program:2", "pasted"), strict=True):
            arriving.take([page(url=url)], origin)
        candidate = Candidate.objects.get()
        self.assertEqual(candidate.url, urls[0])
        came = candidate.arrivals.values_list("origin", flat=True)
        self.assertEqual(list(came), ["feed:1", "program:2", "pasted"])

    def test_the_same_again_changes_nothing(self):
        self.assertEqual(fates(arriving.take([page(), page()], "feed:1")), ["new", "known"])
        before = list(Candidate.objects.values())
        self.assertEqual(fates(arriving.take([page()], "feed:1")), ["known"])
        self.assertEqual(list(Candidate.objects.values()), before)
        self.assertEqual(
            (Arrival.objects.count(), OriginDay.objects.get(origin="feed:1").came), (1, 1)
        )

    def test_what_a_candidate_lacks_may_come_later_and_nothing_is_replaced(self):
        make_candidate(title="첫 제목", score=1)
        arriving.take(
            [page(title="다른 제목", publisher="한빛일보", excerpt="본문", score=3)], "feed:1"
        )
        found = Candidate.objects.get()
        self.assertEqual(
            (found.title, found.publisher, found.excerpt), ("첫 제목", "한빛일보", "본문")
        )
        self.assertEqual(found.score, 3)

    def test_a_decided_candidate_stays_as_it_is(self):
        candidate = make_candidate()
        Candidate.objects.update(state=State.REJECTED, reason="광고")
        arriving.take([page(excerpt="본문")], "feed:1")
        candidate.refresh_from_db()
        self.assertEqual((candidate.state, candidate.excerpt), (State.REJECTED, ""))

    def test_texts_are_cleaned_and_cut(self):
        found = make_candidate(title="가\x00 나\n" + "x" * 400, excerpt="b\x07" * 5_000)
        self.assertEqual(found.title, ("가 나 " + "x" * 400)[:300])
        self.assertEqual(found.excerpt, "b" * 4_000)
        self.assertEqual(found.language, "ko")

    def test_what_is_no_address_is_refused_with_a_sentence(self):
        for url in ("", "javascript:alert(1)", "ftp://a.example/", "https://user@a.example/"):
            [outcome] = arriving.take([page(url=url)], "feed:1")
            self.assertEqual((outcome.fate, outcome.candidate), ("refused", None))
            self.assertIn("https://", outcome.why)
        self.assertFalse(Candidate.objects.exists())

    def test_an_origin_has_its_day_full_and_the_others_go_on(self):
        with patch.object(arriving, "MOST_A_DAY", 3):
            pages = [page(number) for number in range(5)]
            told = fates(arriving.take(pages, "feed:1"))
            self.assertEqual(told, ["new"] * 3 + ["too-many"] * 2)
            self.assertEqual(
                fates(arriving.take(pages, "feed:1")), ["known"] * 3 + ["too-many"] * 2
            )
            self.assertEqual(fates(arriving.take(pages[4:], "feed:2")), ["new"])
            self.assertEqual(OriginDay.objects.get(origin="feed:1").dropped, 4)
            self.clock.move_to("2026-01-04T06:00:00+09:00")
            self.assertEqual(
                fates(arriving.take(pages, "feed:1")), ["known"] * 3 + ["new", "known"]
            )

    def test_a_flood_does_not_stand_before_the_others(self):
        arriving.take([page(number) for number in range(100)], "feed:1")
        arriving.take([page(200), page(201)], "program:1")
        first = [row.url for row in listing.rows(listing.Filters())[:4]]
        ends = [url.rpartition("/")[2] for url in first]
        self.assertEqual(ends, ["0", "200", "1", "201"])

    def test_the_best_of_an_origin_come_first(self):
        scores = (0.1, None, 7, 3)
        arriving.take([page(n, score=score) for n, score in enumerate(scores)], "program:1")
        shown = [row.score for row in listing.rows(listing.Filters())]
        self.assertEqual(shown, [7, 3, 0.1, None])

    def test_similar_titles_are_a_hint_and_stay_apart(self):
        title = "한빛반도체, 새 메모리 공장 가동 시작"
        arriving.take([page(1, title), page(2, "가람전자 주가 급락에 투자자 불안")], "feed:1")
        arriving.take([page(3, f"{title}…하반기 증설"), page(4, f"[속보] {title}")], "feed:2")
        shown = {row.candidate.url[-1]: row.others for row in self.shown()}
        self.assertEqual(shown, {"1": 2, "2": 0, "3": 2, "4": 2})
        group = Candidate.objects.get(url__endswith="/1").alike
        alike = listing.rows(listing.Filters(alike=group))
        self.assertEqual({row.url[-1] for row in alike}, {"1", "3", "4"})

    def test_what_a_person_or_program_brings_is_in_the_trail_and_a_poll_is_not(self):
        arriving.take([page(1)], "feed:1")
        self.assertFalse(AuditEntry.objects.exists())
        arriving.take([page(2)], "pasted", by=make_user())
        arriving.take([page(3)], "program:1", program="새벽 수집기")
        rows = AuditEntry.objects.order_by("pk").values_list("action", "actor_name")
        self.assertEqual(
            list(rows), [("candidates-came", "minji"), ("candidates-came", "새벽 수집기")]
        )

    def shown(self):
        return listing.shown(listing.rows(listing.Filters()))


class AgeingTests(TestCase):
    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))

    def after(self, day):
        self.clock.move_to(f"{day}T00:00:30+09:00")
        return ageing.wake(), ageing.expire(), ageing.forget()

    def test_what_nobody_decided_about_expires_after_a_fortnight(self):
        candidate = make_candidate(excerpt="본문")
        self.assertEqual(self.after("2026-01-16"), (0, 0, 0))
        self.assertEqual(self.after("2026-01-17"), (0, 1, 0))
        candidate.refresh_from_db()
        self.assertEqual((candidate.state, candidate.excerpt), (State.EXPIRED, ""))

    def test_what_expired_does_not_come_back_from_a_feed_but_from_a_person(self):
        make_candidate(origin="feed:1")
        self.after("2026-01-17")
        arriving.take([page()], "feed:2")
        self.assertEqual(Candidate.objects.get().state, State.EXPIRED)
        arriving.take([page(excerpt="본문")], "pasted", by=make_user())
        candidate = Candidate.objects.get()
        self.assertEqual((candidate.state, candidate.excerpt), (State.NEW, "본문"))
        self.assertEqual(f"{candidate.listed_on}", "2026-01-17")

    def test_what_is_parked_comes_back_on_its_day_at_the_top(self):
        make_candidate()
        Candidate.objects.update(state=State.PARKED, parked_until="2026-01-20")
        self.assertEqual(self.after("2026-01-19"), (0, 0, 0))
        self.assertEqual(self.after("2026-01-20"), (1, 0, 0))
        make_candidate(2)
        first = listing.rows(listing.Filters())[0]
        self.assertEqual((first.url[-1], first.parked_until), ("1", None))

    def test_run_due_does_it(self):
        make_candidate(1)
        make_candidate(2)
        parked = Candidate.objects.filter(url__endswith="2")
        parked.update(state=State.PARKED, parked_until="2026-01-18")
        self.clock.move_to("2026-01-18T06:00:00+09:00")
        call_command("run_due", stdout=StringIO())
        states = list(Candidate.objects.order_by("pk").values_list("state", flat=True))
        self.assertEqual(states, [State.EXPIRED, State.NEW])

    def test_the_rest_is_forgotten_after_three_months(self):
        make_candidate(1)
        make_candidate(2)
        Candidate.objects.filter(url__endswith="1").update(state=State.REJECTED, reason="광고")
        self.after("2026-01-17")
        self.assertEqual(self.after("2026-04-02")[2], 0)
        self.assertEqual(self.after("2026-04-04")[2], 2)


class PastingTests(TestCase):
    def test_addresses_have_titles_or_none(self):
        text = """https://a.example/1

- 새 칩 공개 https://a.example/2
https://a.example/3 - 공장 가동, 하반기
[증설 발표](https://a.example/4)
HTTPS://a.example/5.
한빛일보 | https://a.example/6 | 2026-01-02
"""
        found = [(each.url, each.title) for each in pasting.read(text)]
        self.assertEqual(
            found,
            [
                ("https://a.example/1", ""),
                ("https://a.example/2", "새 칩 공개"),
                ("https://a.example/3", "공장 가동, 하반기"),
                ("https://a.example/4", "증설 발표"),
                ("https://a.example/5", ""),
                ("https://a.example/6", ""),
            ],
        )
        last = pasting.read(text)[-1]
        self.assertEqual((last.publisher, f"{last.published_on}"), ("한빛일보", "2026-01-02"))

    def test_signs_around_an_address_are_part_of_nothing(self):
        for line, title in (
            ("새 칩 공개 (https://a.example/1)", "새 칩 공개"),
            ("한빛(주) [https://a.example/1] 증설", "한빛(주) 증설"),
            ("“https://a.example/1”", ""),
            ("새 칩 공개: https://a.example/1\u200b", "새 칩 공개"),
            ("새 칩 공개 www.a.example/1.", "새 칩 공개"),
        ):
            with self.subTest(line):
                (page,) = pasting.read(line)
                self.assertEqual(page.url.replace("www.", ""), "https://a.example/1")
                self.assertEqual(page.title, title)

    def test_every_line_that_is_not_understood_is_told(self):
        with self.assertRaises(LineErrors) as raised:
            pasting.read("https://a.example/1\n제목뿐\nhttps://a.example/2 https://a.example/3")
        self.assertEqual([number for number, _sentence in raised.exception.errors], [2, 3])
