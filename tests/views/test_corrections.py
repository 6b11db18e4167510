"""What readers are told of mistakes: at the article, in the day's head, and all in one list."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext as _

from articles.digests import diffing, publishing, revisions
from articles.models import Article, Correction, Digest
from articles.templatetags.corrections import what_changed
from tests.support.factories import make_article, make_digest

URL = "/corrections/"
NOW = dt.datetime(2026, 1, 3, 1, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def changes_of(digest, **fields):
    """What a save that gives the first article these fields would tell readers."""
    before = revisions.snapshot(digest)
    first, *others = before["articles"]
    return diffing.as_rows(
        diffing.compare(before, before | {"articles": [first | fields, *others]})
    )


def correct(digest, text, minutes=0, **options):
    with time_machine.travel(NOW + minutes * MINUTE, tick=False):
        return publishing.correct(digest, text, **options)


WHAT_CHANGED = '<details class="what-changed"'


class DayTests(TestCase):
    def setUp(self):
        self.digest = make_digest(articles=2)
        self.article = self.digest.articles.order_by("position").first()

    def page(self):
        return self.client.get(self.digest.get_absolute_url()).content.decode()

    def test_readers_may_open_what_changed_at_the_article(self):
        changes = changes_of(self.digest, outlook="내년에 더 작아질 전망.")
        correct(self.digest, "거꾸로 썼습니다.", article=self.article, changes=changes)
        page = self.page()
        start = page.index(WHAT_CHANGED)
        details = page[start : page.index("</details>", start)]
        self.assertIn("향후 전망", details)
        self.assertIn("<del>커질</del>", details)
        self.assertIn("<ins>작아질</ins>", details)
        self.assertLess(page.index(f'id="{self.article.slug}"'), start)
        self.assertNotIn('class="whose"', details)

    def test_what_changed_says_added_and_removed_in_words(self):
        changes = changes_of(self.digest, outlook="내년에 더 작아질 전망.")
        correct(self.digest, "거꾸로 썼습니다.", article=self.article, changes=changes)
        self.assertRegex(self.page(), r'<span class="hidden">[^<]+</span><del>')
        self.assertRegex(self.page(), r'<span class="hidden">[^<]+</span><ins>')

    def test_a_correction_of_the_whole_names_the_articles_it_changed(self):
        changes = changes_of(self.digest, outlook="내년에 더 작아질 전망.")
        correct(self.digest, "거꾸로 썼습니다.", changes=changes)
        page = self.page()
        self.assertIn(f'class="whose" lang="ko">{self.article.headline}</p>', page)
        self.assertLess(page.index(WHAT_CHANGED), page.index('class="stories"'))

    def test_without_changes_there_is_nothing_to_open(self):
        correct(self.digest, "이름을 잘못 썼습니다.", article=self.article)
        page = self.page()
        self.assertIn("이름을 잘못 썼습니다.", page)
        self.assertNotIn(WHAT_CHANGED, page)

    def test_scripts_in_changed_text_stay_text(self):
        changes = changes_of(self.digest, outlook="<script>alert(1)</script>")
        correct(self.digest, "고쳤습니다.", article=self.article, changes=changes)
        self.assertNotIn("<script>alert", self.page())
        self.assertIn("&lt;", self.page())

    def test_time_of_the_correction_is_one_machines_read(self):
        correct(self.digest, "고쳤습니다.")
        self.assertIn('datetime="2026-01-03T10:00:00+0900"', self.page())


@pytest.mark.one_engine
class WhatChangedTests(TestCase):
    def setUp(self):
        self.digest = make_digest(articles=2)

    def rows(self, **fields):
        return what_changed(Correction(changes=changes_of(self.digest, **fields)))

    def test_long_unchanged_text_is_cut_to_what_stands_beside_the_change(self):
        before = "가나다 " * 100
        self.digest.articles.filter(position=1).update(outlook=f"{before}열 {before}")
        [row] = self.rows(outlook=f"{before}스물 {before}")
        [field] = row["fields"]
        (_same, head), removed, added, (_kind, tail) = field["segments"]
        self.assertEqual((removed, added), (("removed", "열"), ("added", "스물")))
        self.assertLess(len(head), 50)
        self.assertRegex(head, r"^… ?가나다 .*가나다 $")
        self.assertRegex(tail, r"^ 가나다 .*가나다 …$")

    def test_text_without_blanks_is_cut_too(self):
        before = "人工智能" * 100
        self.digest.articles.filter(position=1).update(outlook=f"{before}十{before}")
        [row] = self.rows(outlook=f"{before}百{before}")
        self.assertLess(sum(len(text) for _kind, text in row["fields"][0]["segments"]), 100)

    def test_short_text_is_shown_whole(self):
        [row] = self.rows(outlook="내년에 더 작아질 전망.")
        texts = [text for kind, text in row["fields"][0]["segments"] if kind != "removed"]
        self.assertEqual("".join(texts), "내년에 더 작아질 전망.")

    def test_topics_and_order_are_no_text(self):
        self.assertEqual(self.rows(tags=["로봇"]), [])
        before = revisions.snapshot(self.digest)
        after = before | {"articles": before["articles"][::-1]}
        moved = diffing.as_rows(diffing.compare(before, after))
        self.assertEqual(what_changed(Correction(changes=moved)), [])

    def test_authorship_is_shown_in_words(self):
        [row] = self.rows(drafted_by="ai", read_by="김민지")
        self.assertEqual(
            [field["segments"] for field in row["fields"]],
            [[("added", Article.Drafting.AI.label)], [("added", "김민지")]],
        )

    def test_of_an_article_taken_out_only_the_headline_is_told(self):
        before = revisions.snapshot(self.digest)
        after = before | {"articles": before["articles"][1:]}
        rows = what_changed(Correction(changes=diffing.as_rows(diffing.compare(before, after))))
        headline = before["articles"][0]["headline"]
        self.assertEqual(
            [(r["kind"], r["headline"], r["fields"]) for r in rows], [("removed", headline, [])]
        )


class ListTests(TestCase):
    def test_every_correction_newest_first_with_its_digest(self):
        first, second = make_digest("2026-01-01"), make_digest("2026-01-02", title="이튿날")
        article = first.articles.get(position=2)
        correct(
            first, "먼저 고친 것.", article=article, changes=changes_of(first, outlook="새 전망.")
        )
        correct(second, "나중에 고친 것.", minutes=1)
        page = self.client.get(URL).content.decode()
        self.assertLess(page.index("나중에 고친 것."), page.index("먼저 고친 것."))
        self.assertIn(f'href="{article.get_absolute_url()}"', page)
        self.assertIn('href="/2026/01/02/"', page)
        self.assertIn("10:01 KST", page)
        self.assertIn("<ins>새</ins>", page)

    def test_before_the_first_correction_the_page_says_so(self):
        make_digest()
        response = self.client.get(URL)
        sentence = _("Nothing had to be corrected so far. When something does, it is told here.")
        self.assertContains(response, sentence)
        self.assertNotContains(response, "?before=")

    def test_every_page_leads_to_it(self):
        make_digest()
        for path in ("/", "/2026/01/03/", "/archive/", "/nowhere/"):
            with self.subTest(path):
                self.assertIn('href="/corrections/"', self.client.get(path).content.decode())

    def test_corrections_of_hidden_digests_change_nothing(self):
        correct(make_digest("2026-01-01"), "공개된 정정.")
        before = self.client.get(URL)
        hidden = make_digest("2026-01-02")
        correct(hidden, "비밀카나리아", minutes=1)
        publishing.withdraw(Digest.objects.get(pk=hidden.pk))
        draft = make_digest("2026-01-04", published=False)
        Correction.objects.create(digest=draft, text="비밀카나리아", corrected_at=NOW)
        after = self.client.get(URL)
        self.assertEqual((after.content, after["ETag"]), (before.content, before["ETag"]))

    def test_withdrawing_removes_the_corrections_of_a_digest_at_once(self):
        never = self.client.get(URL).content
        digest = make_digest()
        correct(digest, "곧 사라질 정정.", changes=changes_of(digest, outlook="곧 사라질 전망."))
        self.assertContains(self.client.get(URL), "곧 사라질")
        publishing.withdraw(Digest.objects.get())
        self.assertEqual(self.client.get(URL).content, never)

    def test_answers_like_every_public_page(self):
        correct(make_digest(), "정정.")
        response = self.client.get(URL, headers={"accept-encoding": "gzip"})
        self.assertFalse(response.cookies)
        self.assertIn("public", response["Cache-Control"])
        self.assertEqual(response["Vary"], "Accept-Encoding")
        again = self.client.get(
            URL, headers={"accept-encoding": "gzip", "if-none-match": response["ETag"]}
        )
        self.assertEqual((again.status_code, again.content), (304, b""))
        self.assertEqual(self.client.head(URL)["ETag"], self.client.get(URL)["ETag"])
        self.assertEqual(self.client.post(URL).status_code, 405)


class PagingTests(TestCase):
    def setUp(self):
        self.digest = make_digest()

    def texts(self, response):
        return [correction.text for correction in response.context["corrections"]]

    def test_older_ones_are_reached_by_key_and_each_is_shown_once(self):
        for number in range(45):
            correct(self.digest, f"정정 {number:02}", minutes=number)
        shown, response = [], self.client.get(URL)
        while True:
            shown += self.texts(response)
            older = response.context["older"]
            if not older:
                break
            response = self.client.get(URL, {"before": older})
        self.assertEqual(shown, [f"정정 {number:02}" for number in reversed(range(45))])
        self.assertContains(response, f'rel="canonical" href="http://testserver{URL}?before=')

    def test_corrections_of_one_moment_stay_on_one_page(self):
        for number in range(25):
            correct(self.digest, f"정정 {number:02}")
        correct(self.digest, "더 오래된 정정", minutes=-1)
        first = self.client.get(URL)
        self.assertEqual(len(self.texts(first)), 25)
        second = self.client.get(URL, {"before": first.context["older"]})
        self.assertEqual(self.texts(second), ["더 오래된 정정"])

    def test_nonsense_keys_are_not_found(self):
        correct(self.digest, "정정")
        good = "2026-01-03T01:00:00.000000Z"
        for before in (
            "",
            "yesterday",
            "5",
            "2026-01-03",
            f"{good}0",
            good[:-1],
            "9" * 400,
            "2026-02-30T01:00:00.000000Z",
            "0000-01-01T00:00:00.000000Z",
            "0001-01-01T00:00:00.000000Z",
            good,
        ):
            with self.subTest(before):
                self.assertEqual(self.client.get(URL, {"before": before}).status_code, 404)

    # The number of queries is the same whichever engine answers them.
    @pytest.mark.one_engine
    def test_costs_do_not_grow_with_the_number_of_corrections(self):
        correct(self.digest, "하나")
        few = self.queries()
        for number in range(1, 40):
            digest = make_digest(NOW.date() + dt.timedelta(days=number))
            Correction.objects.create(
                digest=digest,
                article=digest.articles.first(),
                text="또 하나",
                corrected_at=NOW + number * MINUTE,
                changes=changes_of(digest, outlook="새 전망."),
            )
        Digest.objects.update(publish_at=NOW)
        self.assertEqual(self.queries(), few)
        self.assertEqual(few, 3)

    def queries(self):
        with CaptureQueriesContext(connection) as context:
            self.client.get(URL)
        return len(context)


# Texts are compared in Python.
@pytest.mark.one_engine
class AuthorshipTests(TestCase):
    def page(self, **fields):
        digest = make_digest(articles=0, published=False)
        make_article(digest, **fields)
        publishing.publish(digest, unchecked=True)
        return self.client.get(digest.get_absolute_url()).content.decode()

    def test_who_wrote_and_who_read_stands_under_the_article_in_one_line(self):
        written, read = _("Written by a person"), _("checked by %(name)s") % {"name": "김민지"}
        page = self.page(drafted_by="person", read_by="김민지")
        self.assertInHTML(f'<p class="authorship">{written} · {read}</p>', page)

    def test_one_of_both_stands_alone(self):
        page = self.page(read_by="김민지")
        read = _("checked by %(name)s") % {"name": "김민지"}
        self.assertInHTML(f'<p class="authorship">{read}</p>', page)

    def test_nothing_stands_there_while_nobody_said_so(self):
        self.assertNotIn("authorship", self.page())
