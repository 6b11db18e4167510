"""The page of one article, its twins, and what leads there."""

import datetime as dt
import json
import unicodedata
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.test import TestCase

from articles import document
from articles.digests import editing, identifiers, preview_links, publishing, restoring, revisions
from articles.models import Article, Digest
from tests.support.factories import make_article, make_digest, publish, record

# Pages are made of plain rows, for which `test_leaks.WorkTests` asks both engines at every address.
pytestmark = pytest.mark.one_engine

FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
SEOUL = ZoneInfo("Asia/Seoul")
PAGE = "/2026/01/03/" + quote("새-가속기-공개") + "/"


def make_day(day="2026-01-03", headlines=("앞 기사", "새 가속기 공개", "뒤 기사"), **fields):
    digest = make_digest(day, articles=0, published=False)
    for headline in headlines:
        make_article(digest, headline=headline, **fields)
    return publish(digest)


class ArticlePageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_day(tags=["반도체"], read_by="김민지")
        cls.article = cls.digest.articles.get(slug="새-가속기-공개")

    def test_it_shows_one_article_whole(self):
        publishing.correct(self.digest, "비율은 57%.", article=self.article)
        response = self.client.get(PAGE)
        self.assertContains(
            response, '<h1 id="h_1" lang="ko" dir="auto">새 가속기 공개</h1>', html=True
        )
        for text in (
            "둘째 요점",
            "산업이 바뀐다.",
            "내년에 더 커질 전망.",
            "한빛일보",
            "비율은 57%.",
        ):
            self.assertContains(response, text)
        self.assertContains(response, "김민지")
        self.assertContains(response, 'class="points"', count=1)

    def test_it_leads_to_its_neighbours_and_to_the_digest(self):
        page = self.client.get(PAGE).content.decode()
        main = page[page.index("<main") :]
        self.assertIn(f'href="/2026/01/03/{quote("앞-기사")}/" rel="prev"', main)
        self.assertIn(f'href="/2026/01/03/{quote("뒤-기사")}/" rel="next"', main)
        self.assertIn('class="whole" href="/2026/01/03/"', main)
        self.assertIn(f'href="/2026/01/03/#{self.article.slug}"', main)

    def test_first_has_none_before_it_and_last_none_after_it(self):
        first = self.client.get(f"/2026/01/03/{quote('앞-기사')}/")
        self.assertNotContains(first, 'rel="prev"')
        self.assertContains(first, 'rel="next"')
        last = self.client.get(f"/2026/01/03/{quote('뒤-기사')}/")
        self.assertContains(last, 'rel="prev"')
        self.assertNotContains(last, 'rel="next"')

    def test_it_is_its_own_canonical_address(self):
        canonical = f'<link rel="canonical" href="http://testserver{PAGE}">'
        self.assertContains(self.client.get(PAGE), canonical, count=1, html=True)

    def test_lists_lead_to_it_and_contents_to_its_place(self):
        day = self.client.get("/2026/01/03/")
        self.assertContains(day, f'<a href="{PAGE}" rel="bookmark">')
        self.assertContains(day, f'<a href="#{self.article.slug}"')
        for path in ("/2026/01/", "/tags/" + quote("반도체") + "/"):
            self.assertContains(self.client.get(path), f'href="{PAGE}"')
        publishing.correct(self.digest, "비율은 57%.", article=self.article)
        self.assertContains(self.client.get("/corrections/"), f'href="{PAGE}"')

    def test_a_preview_leads_nowhere(self):
        draft = make_day("2026-01-04")
        publishing.withdraw(draft)
        Digest.objects.filter(pk=draft.pk).update(status=Digest.Status.IN_REVIEW)
        _link, token = preview_links.make(Digest.objects.get(pk=draft.pk))
        response = self.client.get(f"/preview/{token}/")
        self.assertContains(response, "새 가속기 공개")
        self.assertNotContains(response, "/2026/01/04/")
        self.assertNotContains(response, "data-copy")

    def test_it_costs_the_same_in_a_short_digest_and_in_a_long_one(self):
        long = make_day("2026-01-05", [f"{n}째 기사" for n in range(12)], tags=["반도체"])
        paths = (PAGE, long.articles.last().get_absolute_url())
        for path in paths:
            with self.assertNumQueries(10):
                self.assertEqual(self.client.get(path).status_code, 200)


class AddressTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_day(headlines=("NVIDIA 새 가속기", "뒤 기사"))
        cls.address = cls.digest.articles.first().get_absolute_url()

    def redirect_of(self, slug):
        return self.client.get(f"/2026/01/03/{quote(slug)}/")

    def test_other_spellings_lead_to_the_one_address(self):
        slug = "nvidia-새-가속기"
        for written in (slug.upper(), unicodedata.normalize("NFD", slug), "ｎｖｉｄｉａ-새-가속기"):
            with self.subTest(written):
                self.assertRedirects(self.redirect_of(written), self.address, status_code=301)

    def test_an_address_outlives_a_new_headline(self):
        data = revisions.snapshot(self.digest)
        data["articles"][0]["headline"] = "전혀 다른 제목"
        editing.write(self.digest, data)
        self.assertContains(self.client.get(self.address), "전혀 다른 제목")

    def test_an_article_that_came_back_is_found_at_its_old_address(self):
        """Taken out, its address went to another article of that name, which was taken out, too."""
        original = self.digest.revisions.first()
        slug = "nvidia-새-가속기"
        uid = str(self.digest.articles.first().uid)
        self.take_out(slug)
        make_article(self.digest, headline="NVIDIA 새 가속기")
        identifiers.settle(self.digest, self.digest.published_at)
        record(self.digest)
        restoring.restore_article(self.digest, original, uid)
        back = Article.objects.get(uid=uid)
        self.assertEqual(back.slug, f"{slug}-2")
        self.assertEqual(self.redirect_of(slug).status_code, 200)
        self.take_out(slug)
        self.assertRedirects(self.redirect_of(slug), back.get_absolute_url(), status_code=301)
        self.take_out(back.slug)
        self.assertEqual(self.redirect_of(slug).status_code, 404)

    def test_what_was_never_public_is_not_found_by_its_old_slug(self):
        draft = make_digest("2026-01-04", articles=0, published=False)
        make_article(draft, headline="처음 제목")
        record(draft)
        data = revisions.snapshot(draft)
        data["articles"][0]["headline"] = "나중 제목"
        editing.write(draft, data)
        publish(draft)
        self.assertEqual(self.client.get(f"/2026/01/04/{quote('나중-제목')}/").status_code, 200)
        self.assertEqual(self.client.get(f"/2026/01/04/{quote('처음-제목')}/").status_code, 404)

    def take_out(self, slug):
        data = revisions.snapshot(self.digest)
        data["articles"] = [text for text in data["articles"] if text["slug"] != slug]
        editing.write(self.digest, data)
        record(self.digest)


class TwinTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_day(tags=["반도체"])
        Digest.objects.update(introduction="머리말 문장")
        cls.article = cls.digest.articles.get(slug="새-가속기-공개")
        publishing.correct(cls.digest, "날짜를 바로잡습니다.")
        publishing.correct(cls.digest, "비율은 57%.", article=cls.article)
        publishing.correct(cls.digest, "이름은 벽람.", article=cls.digest.articles.first())
        cls.markdown, cls.json = f"{PAGE[:-1]}.md", f"{PAGE[:-1]}.json"

    def test_markdown_is_a_digest_document_with_that_article(self):
        response = self.client.get(self.markdown)
        self.assertEqual(response["Content-Type"], "text/markdown; charset=utf-8")
        found = document.parse(response.content.decode(), SEOUL)
        self.assertEqual([article.headline for article in found.articles], ["새 가속기 공개"])
        self.assertEqual((found.date, found.introduction), (self.digest.date, ""))
        self.assertEqual([c.text for c in found.articles[0].corrections], ["비율은 57%."])
        self.assertEqual(found.corrections, [])

    def test_json_is_the_json_document_with_that_article(self):
        response = self.client.get(self.json)
        self.assertEqual(response["Content-Type"], "application/json")
        found = json.loads(response.content)
        whole = json.loads(self.client.get("/2026/01/03.json").content)
        self.assertEqual(found["articles"], [whole["articles"][1]])
        self.assertEqual(found["articles"][0]["page"], f"http://testserver{PAGE}")
        self.assertEqual((found["introduction"], found["corrections"]), ("", []))
        for name in ("id", "url", "date", "title", "published_at", "updated_at"):
            self.assertEqual(found[name], whole[name])

    def test_page_and_twins_lead_to_each_other(self):
        response = self.client.get(PAGE)
        self.assertEqual(
            response["Link"].split(", </static/", 1)[0],
            f'<http://testserver{self.markdown}>; rel="alternate"; type="text/markdown", '
            f'<http://testserver{self.json}>; rel="alternate"; type="application/json"',
        )
        page = f"<http://testserver{PAGE}>"
        for twin, other in ((self.markdown, self.json), (self.json, self.markdown)):
            self.assertContains(response, f'href="http://testserver{twin}">', count=1)
            answer = self.client.get(twin)
            links = answer["Link"].split(", ")
            self.assertEqual(links[0], f'{page}; rel="canonical"; type="text/html"')
            self.assertEqual(links[1], f'{page}; rel="alternate"; type="text/html"')
            self.assertIn(f'<http://testserver{other}>; rel="alternate"', links[2])
            self.assertEqual(answer["X-Robots-Tag"], "noindex")


class HiddenTests(TestCase):
    """What readers cannot see answers like what never was."""

    @classmethod
    def setUpTestData(cls):
        make_day("2026-01-01")
        draft, scheduled, withdrawn = (
            make_digest(day, articles=0, published=False)
            for day in ("2026-01-02", "2026-01-03", "2026-01-04")
        )
        for digest in (draft, scheduled, withdrawn):
            make_article(digest, headline="새 가속기 공개")
        publishing.publish(scheduled, at=FUTURE, unchecked=True)
        publishing.withdraw(publish(withdrawn))

    def test_hidden_articles_answer_like_those_that_never_were(self):
        for end in ("/", ".md", ".json"):
            paths = [f"/2026/01/0{day}/{quote('새-가속기-공개')}{end}" for day in (2, 3, 4, 9)]
            paths.append(f"/2026/01/01/{quote('없는-기사')}{end}")
            answers = [self.client.get(path) for path in paths]
            for path, answer in zip(paths, answers, strict=True):
                with self.subTest(path):
                    self.assertEqual(answer.status_code, 404)
                    self.assertEqual(answer.headers, answers[-1].headers)
                    self.assertEqual(answer.content, answers[-1].content)

    def test_only_reading_is_allowed(self):
        for end in ("/", ".md", ".json"):
            path = f"/2026/01/01/{quote('새-가속기-공개')}{end}"
            self.assertEqual(self.client.post(path).status_code, 405)
            self.assertEqual(self.client.head(path).content, b"")
