"""The page that the desk shows beside the form, from what is typed and not saved."""

import html
import re
from unittest.mock import patch
from urllib.parse import quote

import comrak
import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from articles.digests import publishing
from articles.document import ANCHORS
from articles.fields import IMPLICATION_FIELDS
from articles.models import Publisher, PublisherDomain, Tag
from articles.rules.lengths import LONGEST_TEXT
from tests.admin.test_roles import FORBIDDEN, LOGIN, OK, RoleTestCase
from tests.support.desk import DeskTestCase, filled, management, new_article
from tests.support.factories import make_article, make_digest, make_user

NEW = reverse("admin:articles_digest_preview")


def preview_url(digest):
    return reverse("admin:articles_digest_preview", args=[digest.pk])


def new_digest(*articles, **fields):
    """What is posted from the form of a new digest with rows of articles."""
    data = {"date": "2026-03-01", "title": "새 호", "language": "ko", "introduction": ""} | fields
    data |= management(len(articles)) | {"version": ""}
    for index, article in enumerate(articles):
        data |= new_article(index, article.pop("headline", ""), index + 1, **article)
    return data


def main(text):
    return re.search(r"<main.*</main>", text, re.DOTALL)[0]


def without_ties(text):
    """Without the links to earlier articles, which are not in the form."""
    found, count = re.subn(r'<div class="ties">.*?</div>', "", text, flags=re.DOTALL)
    assert count
    return found


class LivePreviewTestCase(DeskTestCase):
    def preview(self, data, digest=None):
        response = self.client.post(preview_url(digest) if digest else NEW, data)
        self.assertEqual(response.status_code, 200, response.content[:500])
        self.assertEqual(response["Content-Type"], "application/json")
        return response.json()

    def page(self, *articles, **fields):
        return main(self.preview(new_digest(*articles, **fields))["page"])


# A preview is made of what is typed; `FuzzTests` asks both engines.
@pytest.mark.one_engine
class PageTests(LivePreviewTestCase):
    def test_everything_that_is_typed_is_shown(self):
        page = self.page(
            {
                "headline": "새 가속기",
                "points": "- 하나는 **둘**\r\n셋",
                "citation_lines": "새 매체 | https://a.example/1 | 2026.1.3.",
                "tag_names": "칩, ＡＩ",
                "outlook": "* 첫째\r\n* 둘째",
            },
            title="삼일절",
            introduction="**머리글**",
        )
        self.assertIn('<h1 lang="ko" dir="auto">삼일절</h1>', page)
        self.assertIn('datetime="2026-03-01"', page)
        self.assertIn("<strong>머리글</strong>", page)
        self.assertIn('<li dir="auto">하나는 <strong>둘</strong></li>', page)
        link = '<a href="https://a.example/1" rel="noopener" lang="ko" dir="auto">새 매체</a>'
        self.assertIn(link, page)
        self.assertIn('<time datetime="2026-01-03">', page)
        self.assertIn('<a href="/tags/ai/" dir="auto">AI</a>', page)
        self.assertIn("<li>첫째</li>", page)
        self.assertEqual(page.count("<dt>"), 1)

    def test_a_chinese_headline_is_marked_as_such(self):
        page = self.page({"headline": "华为发布新芯片"}, title="English news", language="en")
        self.assertRegex(page, '<h2 id="h_1" lang="zh" dir="auto"><a [^>]+>华为发布新芯片</a></h2>')
        self.assertIn('<h1 lang="en" dir="auto">', page)

    def test_a_public_digest_reads_as_its_public_page(self):
        make_digest("2026-01-02")
        make_digest("2026-01-04")
        digest = make_digest(articles=2, published=False, introduction="머리글 `a` <b>\n\n둘째")
        Publisher.objects.create(name="포털", slug="portal", is_portal=True)
        make_article(
            digest,
            headline="华为发布新芯片",
            citations=[
                ("포털", "https://portal.example/1", None),
                ("Wire", "https://b.example/", None),
            ],
            tags=["칩", "AI 반도체"],
        )
        make_article(digest, headline="1번째 기사의 제목", points=["- 기호"], outlook="")
        digest = publishing.publish(digest, unchecked=True)
        publishing.correct(digest, "날짜를 바로잡습니다.")
        publishing.correct(digest, "비율은 57%.", article=digest.articles.first())
        digest.refresh_from_db()
        public = self.client.get(digest.get_absolute_url()).content.decode()
        shown = self.preview(filled(digest), digest)["page"]
        self.assertEqual(main(shown).split(), without_ties(main(public)).split())
        self.assertIn("neighbours", main(shown))

    def test_what_is_typed_reads_as_it_does_after_saving(self):
        digest = make_digest(articles=3, published=False)
        data = filled(digest, articles_0_headline="바뀐 제목", articles_1_ORDER="9") | management(4)
        data |= new_article(
            3, "바뀐 제목", 2, points="가", citation_lines="새 매체 | https://a.example/"
        )
        shown = self.preview(data, digest)["page"]
        self.assertSaved(self.save(digest, data))
        digest = publishing.publish(digest, unchecked=True)
        public = self.client.get(digest.get_absolute_url()).content.decode()
        folio = r"<span>발행 .*?</span>|<p class=\"folio\">.*?</p>"
        self.assertEqual(
            re.sub(folio, "", main(shown), flags=re.DOTALL),
            re.sub(folio, "", main(public), flags=re.DOTALL),
        )

    def test_rows_are_in_the_order_typed_without_those_marked_and_blank(self):
        digest = make_digest(articles=3, published=False)
        data = filled(digest, articles_0_ORDER="3", articles_2_ORDER="1", articles_1_DELETE="on")
        data |= management(5) | new_article(3, "", 4) | new_article(4, "끝", 5)
        answer = self.preview(data, digest)
        found = re.findall(r'rel="bookmark">(.*?)</a></h2>', main(answer["page"]))
        self.assertEqual(found, ["3번째 기사의 제목", "1번째 기사의 제목", "끝"])
        self.assertEqual(list(answer["anchors"]), ["articles-2", "articles-0", "articles-4"])
        for slug in answer["anchors"].values():
            self.assertIn(f'<article class="story" id="{slug}"', answer["page"])

    def test_new_articles_do_not_take_corrections_of_the_whole(self):
        digest = make_digest(articles=1)
        publishing.correct(digest, "모두를 바로잡습니다.")
        digest.refresh_from_db()
        data = filled(digest) | management(2) | new_article(1, "새 기사", 2)
        page = main(self.preview(data, digest)["page"])
        self.assertEqual(page.count("모두를 바로잡습니다."), 1)

    def test_a_digest_that_is_gone_is_shown_as_a_new_one(self):
        digest = make_digest(articles=1, published=False)
        data, url = filled(digest), preview_url(digest)
        digest.delete()
        self.assertContains(self.client.post(url, data), "1\\ubc88\\uc9f8")


@pytest.mark.one_engine
class InvalidTests(LivePreviewTestCase):
    def test_lines_that_cannot_be_read_are_shown_as_typed(self):
        page = self.page(
            {
                "headline": "기사",
                "citation_lines": "한빛 | 주소가 아님\r\na | b | c | d\r\nhttps://unknown.example/1",
                "points": "가" * 1_500 + "\r\n나",
                "tag_names": "긴" * 60,
            }
        )
        for text in ("한빛 | 주소가 아님", "a | b | c | d", ">unknown.example<"):
            self.assertIn(text, page)
        self.assertIn("가" * 1_500, page)
        self.assertIn("긴" * 60, page)

    def test_a_day_that_is_none_leaves_the_stored_one(self):
        digest = make_digest(published=False)
        for date in ("", "2026-13-01", "내일"):
            page = self.preview(filled(digest, date=date), digest)["page"]
            self.assertIn('class="date" datetime="2026-01-03"', page)
        self.assertIn("<h1", self.page(date="", title="", language="xx"))

    def test_nothing_posted_is_an_empty_page(self):
        self.assertEqual(self.preview({})["anchors"], {})

    def test_a_headline_that_is_missing_does_not_hide_its_article(self):
        self.assertIn('<li dir="auto">요점</li>', self.page({"points": "요점"}))

    def test_too_much_is_refused_in_words(self):
        response = self.client.post(NEW, new_digest(introduction="가" * 300_001))
        self.assertEqual(response.status_code, 413)
        self.assertTrue(response.json()["problem"])

    def test_nothing_longer_than_a_field_is_rendered(self):
        fields = ["points", *IMPLICATION_FIELDS, *(f"other_{anchor}" for anchor in ANCHORS)]
        names = ["introduction", *(f"articles-0-{name}" for name in fields)]
        longest = dict.fromkeys(names, LONGEST_TEXT)
        made = self.enterContext(patch.object(comrak, "render_markdown", return_value=""))
        for name in [*new_digest({}), *longest]:
            with self.subTest(name):
                made.reset_mock()
                self.preview(new_digest({"headline": "기사"}) | {name: "&" * 290_000})
                lengths = [len(call.args[0]) for call in made.call_args_list]
                self.assertLessEqual(max(lengths, default=0), longest.get(name, 0) + 1)

    def test_rows_beyond_reason_are_not_read(self):
        data = new_digest({"headline": "첫 기사"}) | {"articles-TOTAL_FORMS": "99999999"}
        self.assertEqual(len(self.preview(data)["anchors"]), 1)

    def test_a_place_of_thousands_of_digits(self):
        data = new_digest({"headline": "첫 기사"}) | {"articles-0-ORDER": "9" * 5_000}
        self.assertEqual(len(self.preview(data)["anchors"]), 1)

    def test_one_row_twice(self):
        digest = make_digest(articles=1, published=False)
        twice = {
            name.replace("articles-0-", "articles-1-"): value
            for name, value in filled(digest).items()
            if name.startswith("articles-0-")
        }
        answer = self.preview(filled(digest) | management(2) | twice, digest)
        self.assertEqual(len(set(answer["anchors"].values())), 2)


@pytest.mark.one_engine
class SafetyTests(LivePreviewTestCase):
    def test_markup_and_addresses_are_cleaned_as_on_the_site(self):
        bad = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
        page = self.page(
            {
                "headline": bad,
                "points": bad,
                "outlook": bad,
                "tag_names": bad,
                "citation_lines": f"{bad}\r\nx | javascript:alert(1)\r\n[y](javascript:alert(1))",
            },
            title=bad,
            introduction=bad,
        )
        self.assertNotRegex(page, r"<script|<img|<[^>]*\son\w+=|href=\"(?!https?:|/|#)[^\"]")
        self.assertIn(html.escape("<script>alert(1)</script>"), page)

    def test_nothing_is_written(self):
        digest = make_digest(articles=2, published=False)
        data = filled(digest, title="바뀐 제목", articles_0_headline="바뀐 기사") | management(3)
        data |= new_article(
            2, "새 기사", 3, tag_names="새 주제", citation_lines="새 매체 | https://new.example/1"
        )
        before = everything()
        with CaptureQueriesContext(connection) as queries:
            self.preview(data, digest)
        self.preview(new_digest({"headline": "새 기사", "tag_names": "새 주제"}))
        self.assertEqual(everything(), before)
        written = [q["sql"] for q in queries if re.match("INSERT|UPDATE|DELETE", q["sql"])]
        self.assertEqual(written, [])

    def test_the_cost_does_not_grow_with_the_articles(self):
        small = make_digest("2025-11-03", articles=1, published=False)
        large = make_digest("2026-01-03", articles=12, published=False)
        few, data = filled(small), filled(large)
        self.preview(few, small)  # what is asked only once
        with CaptureQueriesContext(connection) as queries:
            self.preview(few, small)
        with self.assertNumQueries(len(queries)):
            self.preview(data, large)

    def test_publishers_and_tags_that_exist_are_used(self):
        owner = Publisher.objects.create(name="한빛일보", slug="hanbit", is_portal=True)
        PublisherDomain.objects.create(domain="hanbit.example", publisher=owner)
        Tag.objects.create(name="AI 반도체", slug="ai-chips", is_known=True)
        page = self.page(
            {
                "headline": "기사",
                "citation_lines": "https://www.hanbit.example/1\r\n한빛일보 | https://a.example/",
                "tag_names": "ai 반도체, AI 반도체",
            }
        )
        self.assertEqual(page.count(">한빛일보</a>"), 2)
        self.assertEqual(page.count('class="portal"'), 2)
        self.assertEqual(page.count('<a href="/tags/ai-chips/" dir="auto">AI 반도체</a>'), 1)

    def test_tags_that_readers_do_not_know_are_spelled_as_here(self):
        Tag.objects.create(name="AI 반도체", slug="ai-chips")
        page = self.page({"headline": "기사", "tag_names": "ai 반도체"})
        address = f"/tags/{quote('ai-반도체')}/"
        self.assertEqual(page.count(f'<a href="{address}" dir="auto">ai 반도체</a>'), 1)

    def test_answers_are_never_kept(self):
        response = self.client.post(NEW, new_digest())
        self.assertIn("no-store", response["Cache-Control"])
        self.assertIn("frame-ancestors 'none'", response["Content-Security-Policy"])
        self.assertEqual(response["X-Frame-Options"], "DENY")

    def test_the_page_with_the_form_frames_nothing_from_an_address(self):
        page = self.client.get(reverse("admin:articles_digest_add"))
        self.assertContains(page, '<iframe sandbox="allow-same-origin"')
        self.assertContains(page, f'data-live-preview="{NEW}"')
        self.assertNotIn("frame-src", page["Content-Security-Policy"])


@pytest.mark.one_engine
class PermissionTests(RoleTestCase):
    def test_who_may_preview_a_draft_and_a_new_digest(self):
        digest = make_digest(published=False)
        for url, data in ((preview_url(digest), filled(digest)), (NEW, new_digest())):
            with self.subTest(url):
                answers = self.answers(lambda url=url, data=data: self.client.post(url, data))
                self.assertEqual(answers, [LOGIN, FORBIDDEN, OK, OK])

    def test_only_post_is_allowed(self):
        self.client.force_login(self.editor)
        for url in (NEW, preview_url(make_digest())):
            self.assertEqual(self.client.get(url).status_code, 405)

    def test_a_token_is_needed(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.editor)
        self.assertEqual(client.post(NEW, new_digest()).status_code, FORBIDDEN)

    def test_whoever_only_reads_gets_no_pane(self):
        self.client.force_login(self.writer)
        url = reverse("admin:articles_digest_change", args=[make_digest().pk])
        self.assertNotContains(self.client.get(url), "data-live-preview")


FIELDS = [
    *("date", "title", "language", "introduction", "version"),
    *("articles-TOTAL_FORMS", "articles-INITIAL_FORMS"),
    *(
        f"articles-{row}-{name}"
        for row in (0, 1)
        for name in (
            *("uid", "headline", "points", "citation_lines", "tag_names", "outlook"),
            *("ORDER", "DELETE"),
        )
    ),
]
VALUES = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="|[]()<>#*-, \r\n\x00\ufffehtps:/.가漢1290", max_size=60),
    st.sampled_from(["", "0", "-1", "2", "1e9", "²", "9999-12-31", "0001-01-01", "on", "ko"]),
)


class FuzzTests(HypothesisTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make_user(is_superuser=True)
        cls.digest = make_digest(articles=2, published=False)

    @settings(
        max_examples=60,
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
    )
    @given(st.dictionaries(st.sampled_from(FIELDS), VALUES), st.booleans())
    def test_whatever_is_posted_is_answered_kindly(self, typed, is_new):
        client = Client()
        client.force_login(self.user)
        data = (new_digest({"headline": "가"}, {}) if is_new else filled(self.digest)) | typed
        response = client.post(NEW if is_new else preview_url(self.digest), data)
        self.assertEqual(response.status_code, 200, response.content[:300])
        self.assertIn("</main>", response.json()["page"])


def everything():
    """All rows of this app and how many there are of the others."""
    own = apps.get_app_config("articles").get_models()
    return [list(model.objects.order_by("pk").values()) for model in own] + [
        model._default_manager.count()
        for model in apps.get_models()
        if model._meta.app_label not in ("articles", "sessions")
    ]
