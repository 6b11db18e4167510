"""Reading at the desk: each step is one POST about the text that was on the screen."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from articles.digests import editing, publishing, revisions, signing
from articles.models import AuditEntry, Digest, LeftOut, Signature, text_hash
from tests.support.desk import DeskTestCase, change_url
from tests.support.factories import make_article, make_digest, make_user, publish, record
from tests.support.pushes import hand_in, hand_in_json

DAY = dt.date(2026, 1, 3)


def url_of(digest, uid=None):
    return reverse("admin:articles_digest_reading", args=[digest.pk, *([uid] if uid else [])])


class ReadingTestCase(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.digest = make_digest(DAY, articles=0, published=False)
        for number in (1, 2, 3):
            citation = ("한빛일보", f"https://hanbit.example/{number}?utm_source=x", "2026-01-03")
            make_article(cls.digest, headline=f"{number}번 기사", citations=[citation])
        record(cls.digest)

    def articles(self):
        return revisions.snapshot(self.digest)["articles"]

    def uid(self, number):
        return self.articles()[number - 1]["uid"]

    def step(self, name, number=1, *, uid=None, **posted):
        uid = uid or self.uid(number)
        if "seen" not in posted:
            [article] = [one for one in self.articles() if one["uid"] == uid]
            posted["seen"] = text_hash(article)
        return self.client.post(url_of(self.digest, uid), {"step": name, **posted})

    def whole(self, name, **posted):
        return self.client.post(url_of(self.digest), {"step": name, **posted})

    def signed(self):
        data = revisions.snapshot(self.digest)
        uids = [article["uid"] for article in data["articles"]]
        return [uids.index(uid) + 1 for uid in signing.of_digest(data)]

    def told(self, response):
        return [str(message) for message in self.client.get(response.url).context["messages"]]

    def change(self, number, **fields):
        """Somebody else's save."""
        digest = Digest.objects.get(pk=self.digest.pk)
        data = revisions.snapshot(digest)
        data["articles"][number - 1] |= fields
        editing.write(digest, data)
        revisions.commit(digest)


class PageTests(ReadingTestCase):
    def test_it_begins_with_the_first_that_nobody_signed(self):
        signing.sign(self.digest, [self.uid(1)], by=self.editor)
        context = self.client.get(url_of(self.digest)).context
        self.assertEqual(context["article"]["uid"], self.uid(2))
        self.assertIn("1", context["progress"])
        self.assertEqual([place["is_signed"] for place in context["steps"]], [True, False, False])

    def test_figures_are_marked_in_excerpts_and_those_in_none_are_named(self):
        day = dt.date(2026, 1, 5)
        article = {"headline": "3조 원 투자, 75.82% 늘어", "points": ["<b>12곳</b>에 짓는다"]}
        excerpt = "투자는 <i>3조원</i>이다 & 12곳에 짓는다"
        article["citations"] = [{"url": "https://hanbit.example/9", "excerpt": excerpt}]
        digest = hand_in_json({"articles": [article]}, day=day).digest
        response = self.client.get(url_of(digest))
        self.assertContains(
            response, "투자는 &lt;i&gt;<mark>3조</mark>원&lt;/i&gt;이다 &amp; <mark>12</mark>곳"
        )
        self.assertEqual(response.context["missing"], ["75.82%"])
        self.assertContains(response, "아침 수집기")

    def test_findings_show_what_mending_changes_but_not_the_missing_signature(self):
        self.digest.articles.update(drafted_by="ai")
        context = self.client.get(url_of(self.digest)).context
        codes = [row["finding"].code for row in context["found"]]
        self.assertIn("address-not-canonical", codes)
        self.assertNotIn("unsigned", codes)
        [changes] = [row["changes"] for row in context["found"] if row["changes"]]
        self.assertEqual(changes[0].after, "https://hanbit.example/1")

    def test_a_signature_that_lapsed_is_told(self):
        signing.sign(self.digest, [self.uid(1)], by=self.editor)
        self.change(1, outlook="딴 전망")
        [row] = self.client.get(url_of(self.digest, self.uid(1))).context["signatures"]
        self.assertEqual((row["name"], row["counts"]), ("editor", False))

    def test_an_article_that_is_not_there_leads_to_the_others(self):
        response = self.client.get(url_of(self.digest, "00000000-0000-0000-0000-000000000001"))
        self.assertRedirects(response, url_of(self.digest))

    def test_the_form_the_first_page_and_the_push_lead_to_it(self):
        self.assertContains(self.client.get(change_url(self.digest)), url_of(self.digest))
        today = make_digest(timezone.localdate(), published=False)
        self.assertContains(self.client.get(reverse("admin:index")), url_of(today))
        push = hand_in("1", day=dt.date(2026, 1, 9)).push
        page = self.client.get(reverse("admin:articles_push_change", args=[push.pk]))
        self.assertContains(page, url_of(push.digest))


class StepTests(ReadingTestCase):
    def test_signing_leads_to_the_next_that_nobody_signed_and_then_to_the_end(self):
        for number, following in ((2, 3), (3, 1), (1, None)):
            uid = following and self.uid(following)
            self.assertRedirects(self.step("sign", number), url_of(self.digest, uid))
        context = self.client.get(url_of(self.digest)).context
        self.assertNotIn("article", context)
        self.assertTrue(context["may_publish"])
        self.assertEqual(AuditEntry.objects.filter(action="signed").count(), 3)

    def test_another_text_than_the_one_on_the_screen_gets_no_step_and_is_shown(self):
        seen = text_hash(self.articles()[0])
        self.change(1, outlook="딴 전망")
        for name, more in (("sign", {}), ("mend", {}), ("move", {}), ("out", {"reason": "weak"})):
            with self.subTest(name):
                response = self.step(name, seen=seen, **more)
                self.assertRedirects(
                    response, url_of(self.digest, self.uid(1)), fetch_redirect_response=False
                )
                page = self.client.get(response.url)
                self.assertContains(page, "딴 전망")
                self.assertIn("고쳤습니다", str(*page.context["messages"]))
        self.assertEqual((self.signed(), len(self.articles())), ([], 3))
        self.assertFalse(LeftOut.objects.exists())

    def test_an_article_that_left_meanwhile_is_told(self):
        article = self.articles()[0]
        Digest.objects.get().articles.filter(uid=article["uid"]).delete()
        response = self.step("sign", uid=article["uid"], seen=text_hash(article))
        self.assertIn("지웠습니다", "".join(self.told(response)))
        self.assertFalse(Signature.objects.exists())

    def test_mending_stays_at_the_article_and_ends_its_signature(self):
        self.step("sign", 1)
        response = self.step("mend", 1)
        self.assertRedirects(response, url_of(self.digest, self.uid(1)))
        self.assertEqual(self.articles()[0]["citations"][0]["url"], "https://hanbit.example/1")
        self.assertEqual(self.signed(), [])

    def test_moving_leads_to_the_draft_of_tomorrow(self):
        uid, following = self.uid(1), self.uid(2)
        self.assertRedirects(self.step("move", 1), url_of(self.digest, following))
        tomorrow = Digest.objects.get(date=DAY + dt.timedelta(days=1))
        self.assertEqual(str(tomorrow.articles.get().uid), uid)

    def test_a_schedule_of_tomorrow_that_the_article_ends_is_told(self):
        tomorrow = make_digest(DAY + dt.timedelta(days=1), published=False)
        later = timezone.now() + dt.timedelta(days=1)
        publishing.publish(tomorrow, at=later, unchecked=True)
        self.digest.articles.update(drafted_by="ai")
        told = self.told(self.step("move", 1))
        self.assertTrue(any("2026-01-04" in sentence and "취소" in sentence for sentence in told))

    def test_signing_again_is_no_step_to_undo(self):
        signing.sign(self.digest, [self.uid(1)], by=self.editor)
        self.step("sign", 1)
        self.whole("undo")
        self.assertEqual(self.signed(), [1])

    def test_leaving_out_needs_a_reason(self):
        following = self.uid(3)
        self.step("out", 2, reason="other", words="  ")
        self.assertEqual(len(self.articles()), 3)
        response = self.step("out", 2, reason="other", words="어제 나감")
        self.assertRedirects(response, url_of(self.digest, following))
        self.assertEqual(LeftOut.objects.get().why, "어제 나감")

    def test_each_step_is_undone_the_newest_first(self):
        before = [article | {"slug": ""} for article in self.articles()]
        self.step("sign", 1)
        self.step("mend", 2)
        self.step("out", 2, reason="weak")
        self.step("move", 1)
        self.assertEqual(len(self.articles()), 1)
        for _step in range(4):
            self.whole("undo")
        self.assertEqual([article | {"slug": ""} for article in self.articles()], before)
        self.assertEqual((self.signed(), LeftOut.objects.count()), ([], 0))
        self.assertRedirects(self.whole("undo"), url_of(self.digest))

    def test_what_somebody_changed_since_is_not_undone(self):
        self.step("mend", 1)
        self.change(1, outlook="딴 전망")
        self.assertIn("그대로", "".join(self.told(self.whole("undo"))))
        self.assertEqual(self.articles()[0]["outlook"], "딴 전망")

    def test_steps_of_another_digest_are_not_undone_here(self):
        self.step("sign", 1)
        other = make_digest(DAY + dt.timedelta(days=5), published=False)
        self.client.post(url_of(other), {"step": "undo"})
        self.assertEqual(self.signed(), [1])


class PublishingTests(ReadingTestCase):
    press = property(lambda self: reverse("admin:articles_digest_press", args=[self.digest.pk]))

    def sign_all(self):
        for number in (1, 2, 3):
            self.step("sign", number)

    def test_the_end_leads_to_the_page_that_asks_before_publishing(self):
        self.assertNotContains(self.client.get(url_of(self.digest)), self.press)
        self.sign_all()
        self.assertContains(self.client.get(url_of(self.digest)), self.press)

    def test_writers_do_not_publish(self):
        self.client.force_login(make_user("writer", permissions=["change_digest", "view_digest"]))
        self.sign_all()
        self.assertEqual(self.signed(), [1, 2, 3])
        self.assertNotContains(self.client.get(url_of(self.digest)), self.press)

    def test_who_may_not_read_a_scheduled_digest_is_told_so_in_words(self):
        later = timezone.now() + dt.timedelta(days=1)
        publishing.publish(self.digest, at=later, unchecked=True)
        self.client.force_login(make_user("writer", permissions=["change_digest", "view_digest"]))
        page = self.client.get(url_of(self.digest))
        self.assertContains(page, "권한", status_code=403)
        self.assertContains(page, reverse("admin:index"), status_code=403)

    def test_what_is_no_step_is_refused(self):
        for posted in ({}, {"step": "publish"}, {"step": "sign"}):
            response = self.client.post(url_of(self.digest), posted)
            self.assertEqual(response.status_code, 400)

    def test_of_what_readers_have_articles_are_signed_and_the_rest_is_for_the_form(self):
        publishing.publish(self.digest, unchecked=True)
        page = self.client.get(url_of(self.digest))
        self.assertFalse(page.context["is_open"])
        self.assertNotContains(page, 'value="mend"')
        before = self.articles()
        for name, more in (("mend", {}), ("move", {}), ("out", {"reason": "weak"})):
            self.assertIn("독자", "".join(self.told(self.step(name, **more))))
        self.assertEqual(self.articles(), before)
        self.step("sign", 1)
        self.assertEqual(self.signed(), [1])


class WhyTests(ReadingTestCase):
    def test_the_push_and_the_program_show_why_an_article_left(self):
        push = hand_in("1", "2", day=dt.date(2026, 1, 9)).push
        self.digest = push.digest
        self.step("out", 1, reason="other", words="한 곳에만 있음")
        program = reverse("admin:articles_program_change", args=[push.program.pk])
        for url in (reverse("admin:articles_push_change", args=[push.pk]), program):
            self.assertContains(self.client.get(url), "한 곳에만 있음")
        listed = self.client.get(reverse("admin:articles_push_changelist"))
        self.assertContains(listed, "다른 이유 1")
        self.whole("undo")
        self.assertNotContains(self.client.get(program), "한 곳에만 있음")


class FollowingTests(ReadingTestCase):
    def setUp(self):
        super().setUp()
        earlier = make_digest("2026-01-02", articles=0, published=False)
        self.old = make_article(earlier, headline="1번 기사", citations=[])
        record(publish(earlier))

    def storylines(self):
        both = (self.old.digest, self.digest)
        return [revisions.snapshot(digest)["articles"][0]["storyline"] for digest in both]

    def test_one_press_makes_both_articles_one_story_and_undo_takes_it_back(self):
        page = self.client.get(url_of(self.digest, self.uid(1)))
        self.assertContains(page, f'name="earlier" value="{self.old.uid}"')
        response = self.step("follow", earlier=str(self.old.uid))
        self.assertRedirects(response, url_of(self.digest, self.uid(1)))
        self.assertEqual(self.storylines(), ["1번 기사"] * 2)
        page = self.client.get(url_of(self.digest, self.uid(1)))
        self.assertNotContains(page, 'name="earlier"')
        self.whole("undo")
        self.assertEqual(self.storylines(), [""] * 2)

    def test_what_is_no_article_is_not_followed_up(self):
        for earlier in ("", "x", self.uid(2)):
            self.step("follow", earlier=earlier)
        self.assertEqual(self.storylines(), [""] * 2)
