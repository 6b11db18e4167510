"""The list of candidates at the desk, as it works without a script: each step is a plain POST."""

import datetime as dt

import time_machine
from django.contrib.auth.models import Group
from django.test import TestCase
from django.urls import reverse

from articles.inbox import arriving, listing
from articles.models import Article, Candidate, Digest
from tests.inbox.candidates import make_candidate, make_feed, page
from tests.support.factories import make_digest, make_user

LIST = "admin:articles_candidate_changelist"
STEP = "admin:articles_candidate_step"
OFFER = "admin:articles_candidate_offer"
MORNING = "2026-01-03T06:00:00+09:00"
DAY = dt.date(2026, 1, 3)
State = Candidate.State


class DeskTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.writer = make_user("writer")
        cls.writer.groups.set([Group.objects.get(name="writer")])

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        self.client.force_login(self.writer)

    def list(self, **query):
        return self.client.get(reverse(LIST), query)

    def step(self, candidate, step, **fields):
        data = {"candidate": candidate.pk, "step": step} | fields
        return self.client.post(reverse(STEP), data, follow=True)

    def state(self, candidate):
        candidate.refresh_from_db()
        return candidate.state


class ListTests(DeskTestCase):
    def test_a_writer_sees_what_came_in_and_selects_the_first(self):
        make_digest("2026-01-02")
        make_candidate(url="https://hanbit.example/2026/01/02/1", title="이미 실린 <b>소식</b>")
        make_feed(moved_to="https://feeds.example/new")
        page = self.list()
        self.assertContains(page, "이미 실린 &lt;b&gt;소식&lt;/b&gt;")
        self.assertContains(page, "2026-01-02에 실음")
        self.assertEqual(page.content.decode().count(" checked>"), 1)
        self.assertContains(page, '<b class="inbox-trouble">1')

    def test_an_address_that_is_none_is_no_link(self):
        make_candidate()
        Candidate.objects.update(url="https://user@a.example/")
        self.assertNotContains(self.list(), 'href="https://user@a')

    def test_filters_and_tabs(self):
        arriving.take([page(1, "칩 공장"), page(2, "로봇 팔", publisher="가람")], "pasted")
        arriving.take([page(3, "은행 창구")], "page")
        for query, numbers in (
            ({}, "132"),
            ({"q": "칩"}, "1"),
            ({"q": "가람"}, "2"),
            ({"origin": "page"}, "3"),
            ({"state": "parked"}, ""),
            ({"state": "odd", "start": "odd", "alike": "x", "at": "1.2"}, "132"),
        ):
            with self.subTest(query):
                rows = self.list(**query).context["rows"]
                found = "".join(row["candidate"].url[-1] for row in rows)
                self.assertEqual(found, numbers)

    def test_long_lists_are_paged_by_key(self):
        arriving.take([page(number) for number in range(listing.PER_PAGE + 5)], "pasted")
        first = self.list()
        second = self.client.get(first.context["older"])
        self.assertEqual((len(first.context["rows"]), len(second.context["rows"])), (50, 5))
        self.assertEqual(second.context["older"], "")
        keys = {row["candidate"].pk for each in (first, second) for row in each.context["rows"]}
        self.assertEqual(len(keys), 55)

    def test_ten_thousand_candidates_cost_the_same_queries_as_ten(self):
        counts = []
        for total in (10, 90):
            arriving.take([page(number) for number in range(total)], "pasted")
            with self.assertNumQueries(FuzzyCount(counts)):
                self.list()
        self.assertEqual(counts[0], counts[1])

    def test_who_may_only_look_gets_no_steps(self):
        self.client.force_login(make_user("reader", permissions=["view_candidate"]))
        candidate = make_candidate()
        self.assertNotContains(self.list(), "inbox-steps")
        self.assertEqual(self.step(candidate, "choose").status_code, 403)


class FuzzyCount(int):
    """Equal to any number of queries, which it notes."""

    def __new__(cls, noted):
        number = super().__new__(cls)
        number.noted = noted
        return number

    def __eq__(self, other):
        self.noted.append(other)
        return True

    __hash__ = int.__hash__


class StepsTests(DeskTestCase):
    def test_choosing_leads_to_the_article_in_the_form(self):
        candidate = make_candidate(title="새 라인")
        answer = self.step(candidate, "choose")
        digest = Digest.objects.get(date=DAY)
        address = reverse("admin:articles_digest_change", args=[digest.pk])
        self.assertEqual(answer.redirect_chain, [(f"{address}#articles-0", 302)])
        self.assertContains(answer, "새 라인")

    def test_choosing_for_a_day_and_choosing_and_staying(self):
        first, second = make_candidate(1), make_candidate(2)
        self.step(first, "day", day="2026-01-05")
        answer = self.step(second, "stay")
        self.assertContains(answer, "기사 열기")
        days = Article.objects.order_by("digest__date").values_list("digest__date", flat=True)
        self.assertEqual([f"{day}" for day in days], ["2026-01-03", "2026-01-05"])

    def test_the_next_one_is_selected_and_the_filter_stays(self):
        rows = [make_candidate(number, title=f"칩 {number}") for number in range(3)]
        make_candidate(9, title="다른 것")
        answer = self.step(rows[0], "", reject="광고", back="q=칩")
        [selected] = [row for row in answer.context["rows"] if row["is_selected"]]
        self.assertEqual(selected["candidate"], rows[1])
        self.assertEqual(len(answer.context["rows"]), 2)
        self.assertEqual((self.state(rows[0]), rows[0].reason), (State.REJECTED, "광고"))

    def test_steps_are_undone_one_after_the_other(self):
        first, second = make_candidate(1), make_candidate(2)
        self.step(first, "park", until="2026-01-06")
        self.step(second, "choose")
        self.assertContains(self.list(), f"2026-01-03에 채택함: “{second.title}”")
        undo = {"step": "undo"}
        for _time in range(3):
            self.client.post(reverse(STEP), undo)
        self.assertEqual((self.state(first), self.state(second)), (State.NEW, State.NEW))
        self.assertFalse(Article.objects.exists())

    def test_a_refusal_is_told_and_nothing_happens(self):
        make_digest(DAY)
        candidate = make_candidate()
        answer = self.step(candidate, "choose")
        self.assertContains(answer, "다른 날을 고르세요")
        self.assertEqual(self.state(candidate), State.NEW)
        for fields in ({"step": ""}, {"step": "choose", "candidate": ""}, {"step": "odd"}):
            answer = self.client.post(reverse(STEP), fields, follow=True)
            self.assertContains(answer, "단추를 누르세요")
        for step, fields in (("day", {"day": "x"}), ("park", {"until": ""})):
            self.assertEqual(self.step(candidate, step, **fields).status_code, 400)

    def test_a_rejected_one_can_be_made_new_again(self):
        candidate = make_candidate()
        self.step(candidate, "", reject="광고")
        self.assertContains(self.list(state="rejected"), "광고")
        self.step(candidate, "renew", back="state=rejected")
        self.assertEqual(self.state(candidate), State.NEW)


class BringingTests(DeskTestCase):
    def test_pasted_addresses_come_in_and_mistakes_keep_the_text(self):
        address = reverse("admin:articles_candidate_paste")
        answer = self.client.post(address, {"list": "https://a.example/1\n제목뿐"})
        self.assertContains(answer, "제목뿐</textarea>")
        self.assertContains(answer, "2번째 줄")
        self.assertFalse(Candidate.objects.exists())
        text = "https://a.example/1 새 소식\nhttps://a.example/1?utm_source=x"
        answer = self.client.post(address, {"list": text}, follow=True)
        self.assertContains(answer, "후보 1건이 들어왔습니다.")
        self.assertEqual(Candidate.objects.get().title, "새 소식")

    def test_the_bookmarklet_opens_a_form_and_only_a_post_brings_in(self):
        page = {
            "url": "https://a.example/1?utm_source=x",
            "title": "제목 <i>",
            "excerpt": "고른 글",
        }
        form = self.client.get(reverse(OFFER), page)
        self.assertContains(form, 'value="제목 &lt;i&gt;"')
        self.assertFalse(Candidate.objects.exists())
        answer = self.client.post(reverse(OFFER), page, follow=True)
        candidate = Candidate.objects.get()
        self.assertEqual((candidate.title, candidate.excerpt), ("제목 <i>", "고른 글"))
        self.assertEqual(candidate.arrivals.get().origin, "page")
        self.assertTrue(answer.context["rows"][0]["is_selected"])
        Candidate.objects.update(state=State.REJECTED, reason="광고")
        answer = self.client.post(reverse(OFFER), page, follow=True)
        self.assertContains(answer, "이미 있는 후보입니다(제외)")
        wrong = self.client.post(reverse(OFFER), {"url": "javascript:x", "title": "제목"})
        self.assertContains(wrong, 'value="제목"')

    def test_the_bookmarklet_leads_through_the_log_in(self):
        self.client.logout()
        query = {"url": "https://a.example/1", "title": "제목"}
        answer = self.client.get(reverse(OFFER), query)
        login = self.client.post(answer.url, {"username": "writer", "password": "correct horse"})
        form = self.client.get(login.url)
        self.assertContains(form, 'value="https://a.example/1"')
        self.assertContains(form, 'value="제목"')

    def test_the_bookmarklet_is_one_line_of_a_script_that_asks_nobody(self):
        answer = self.client.get(reverse("admin:articles_candidate_paste"))
        code = answer.context["bookmarklet"]
        self.assertTrue(code.startswith("javascript:("))
        self.assertIn(f"http://testserver{reverse(OFFER)}?url=", code)
        self.assertNotIn("\n", code)


class OriginsTests(DeskTestCase):
    def test_each_origin_is_told_by_what_became_of_it(self):
        feed = make_feed(name="한빛 피드")
        origin = f"feed:{feed.pk}"
        rows = [make_candidate(number, origin=origin) for number in range(5)]
        make_candidate(9, origin="program:1")
        self.step(rows[0], "", reject="광고")
        self.step(rows[1], "", reject="광고")
        self.step(rows[2], "choose")
        make_digest("2026-01-02")
        arriving.take([page(url="https://hanbit.example/2026/01/02/1")], origin)
        found = self.client.get(reverse("admin:articles_candidate_origins")).context["rows"]
        self.assertEqual([row.name for row in found], ["한빛 피드", "program:1"])
        row = found[0]
        self.assertEqual((row.came, row.chosen, row.published, row.waiting), (6, 1, 1, 3))
        self.assertEqual(row.reasons, [("광고", 2)])
