import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from articles.admin.display import status_badge
from articles.models import Article, Digest, Publisher
from articles.rules.lines import MAX_LINES
from tests.support.desk import DeskTestCase, add_url, change_url, filled, management, new_article
from tests.support.factories import make_article, make_digest


class ListTests(DeskTestCase):
    def test_the_box_of_a_row_is_as_django_makes_it(self):
        digest = make_digest(title='"><script>alert(1)</script> & 가')
        desk = admin.site.get_model_admin(Digest)
        for language in ("ko", "en"):
            with self.subTest(language), translation.override(language):
                made = admin.ModelAdmin.action_checkbox(desk, digest)
                self.assertEqual(desk.action_checkbox(digest), made)
                self.assertIn("&lt;script", made)

    def test_a_status_is_told_in_the_language_of_the_page(self):
        digest = make_digest(published=False)
        for language, label in (("ko", "초안"), ("en", "draft"), ("ko", "초안")):
            with self.subTest(language), translation.override(language):
                self.assertIn(label, status_badge(digest).lower())

    def test_results_are_counted_where_something_was_asked(self):
        make_digest(title="반도체 특집", published=False)
        url = reverse("admin:articles_digest_changelist")
        for asked, is_counted in (
            ({}, False),
            ({"o": "1"}, False),
            ({"q": "반도체"}, True),
            ({"status__exact": "draft"}, True),
        ):
            with self.subTest(asked):
                page = self.client.get(url, asked)
                self.assertEqual(page.context["cl"].result_count, 1)
                self.assertEqual("결과 1건" in page.content.decode(), is_counted)


class SavingTests(DeskTestCase):
    def test_an_untouched_form_changes_nothing(self):
        digest = make_digest(articles=2, published=False, introduction="첫 줄\n\n둘째 줄 \n")
        texts = {"points": ["- 기호", "가"], "outlook": "ㄱ\nㄴ"}
        make_article(digest, headline="셋째", tags=["칩", "AI"], **texts)
        self.assertSaved(self.save(digest))
        first = Digest.objects.values().get()
        articles = list(Article.objects.order_by("pk").values())
        revisions = digest.revisions.count()
        self.assertSaved(self.save(digest))
        self.assertEqual(Digest.objects.values().get(), first)
        self.assertEqual(list(Article.objects.order_by("pk").values()), articles)
        self.assertEqual(first["version"], digest.version)
        self.assertEqual(digest.revisions.count(), revisions)

    def test_a_publisher_whose_name_holds_the_separator_can_be_saved(self):
        digest = make_digest(articles=0, published=False)
        make_article(digest, citations=[("가|나", "https://a.example/1", "2026-01-03")])
        data = filled(digest, articles_0_outlook="고친 전망")
        self.assertSaved(self.save(digest, data))
        self.assertEqual(digest.articles.get().citations.get().publisher.name, "가|나")

    def test_everything_at_once(self):
        digest = make_digest(articles=5, published=False)
        kept = list(digest.articles.order_by("position"))
        data = filled(digest) | management(7)
        data |= new_article(5, "새 기사 가", 2, points="- 하나\r\n- 둘", tag_names="칩, AI 반도체")
        data |= new_article(
            6, "새 기사 나", 7, citation_lines="매체 | https://a.example/1 | 2026-01-03"
        )
        data |= {"articles-1-DELETE": "on", "articles-1-ORDER": 6, "articles-4-ORDER": 1}
        data |= {"articles-0-ORDER": 3, "articles-2-ORDER": 5, "articles-3-ORDER": 4}
        data |= {"articles-2-headline": "고친 제목"}
        self.assertSaved(self.save(digest, data))
        self.assertEqual(
            self.headlines(digest),
            [
                kept[4].headline,
                "새 기사 가",
                kept[0].headline,
                kept[3].headline,
                "고친 제목",
                "새 기사 나",
            ],
        )
        positions = digest.articles.order_by("position").values_list("position", flat=True)
        self.assertEqual(list(positions), [1, 2, 3, 4, 5, 6])
        new = digest.articles.get(headline="새 기사 가")
        self.assertEqual(new.points, ["하나", "둘"])
        self.assertEqual([tag.name for tag in new.tags.all()], ["칩", "AI 반도체"])
        self.assertEqual(digest.articles.get(position=6).citations.get().publisher.name, "매체")
        digest.refresh_from_db()
        self.assertEqual(digest.version, 2)
        revision = digest.revisions.get()
        self.assertEqual(revision.author, self.editor)
        self.assertEqual(len(revision.data["articles"]), 6)

    def test_a_new_digest_with_its_articles(self):
        data = {"date": "2026-03-01", "title": "삼일절", "language": "ko", "introduction": ""}
        data |= management(3) | {"version": ""}
        data |= new_article(0, "둘째", 2) | new_article(1, "첫째", 1) | new_article(2, "", 3)
        self.assertSaved(self.client.post(add_url(), data | {"_continue": "1"}))
        digest = Digest.objects.get()
        self.assertEqual(self.headlines(digest), ["첫째", "둘째"])
        self.assertEqual((digest.version, digest.revisions.count()), (1, 1))

    def test_two_articles_swap_headlines_and_slugs(self):
        digest = make_digest(articles=0, published=False)
        for headline in ("가", "나"):
            make_article(digest, headline=headline)
        data = filled(digest, articles_0_headline="나", articles_1_headline="가")
        self.assertSaved(self.save(digest, data))
        self.assertEqual(list(digest.articles.values_list("slug", flat=True)), ["나", "가"])

    def test_slugs_follow_headlines_until_the_article_was_published(self):
        draft, public = make_digest(published=False), make_digest("2026-01-04")
        old = public.articles.first().slug
        self.assertSaved(self.save(draft, filled(draft, articles_0_headline="바뀐 제목")))
        self.assertSaved(self.save(public, filled(public, articles_0_headline="바뀐 제목")))
        self.assertEqual(draft.articles.first().slug, "바뀐-제목")
        self.assertEqual(public.articles.first().slug, old)

    def test_articles_added_to_a_published_digest_get_feed_ids(self):
        digest = make_digest()
        data = filled(digest) | management(3) | new_article(2, "늦은 소식")
        self.assertSaved(self.save(digest, data))
        self.assertTrue(digest.articles.get(headline="늦은 소식").feed_id.startswith("tag:"))

    def test_numbers_alone_order_articles_where_there_is_no_script(self):
        for typed, expected in (
            ({"articles-3-ORDER": 2}, [1, 4, 2, 3, 5]),
            ({"articles-0-ORDER": 3}, [2, 3, 1, 4, 5]),
            ({"articles-0-ORDER": ""}, [2, 3, 4, 5, 1]),
        ):
            with self.subTest(typed=typed):
                Digest.objects.all().delete()
                digest = make_digest(articles=5, published=False)
                self.assertSaved(self.save(digest, filled(digest) | typed))
                numbers = [int(headline[0]) for headline in self.headlines(digest)]
                self.assertEqual(numbers, expected)

    def test_control_characters_are_not_stored(self):
        digest = make_digest(articles=1, published=False)
        data = filled(
            digest,
            title="제\x00목\x0b",
            articles_0_headline="기\x1b사",
            articles_0_points="하\x00나",
            articles_0_outlook="전\x07망\ud800".encode("utf-8", "replace").decode(),
        )
        self.assertSaved(self.save(digest, data))
        digest.refresh_from_db()
        article = digest.articles.get()
        self.assertEqual(
            (digest.title, article.headline, article.points), ("제목", "기사", ["하나"])
        )
        self.assertNotIn("\x07", article.outlook)

    def test_three_hundred_articles_are_saved(self):
        digest = make_digest(articles=0, published=False)
        data = filled(digest) | management(300)
        for index in range(300):
            data |= new_article(index, f"기사 {index}", 300 - index, points="점")
        self.assertSaved(self.save(digest, data))
        self.assertEqual(self.headlines(digest)[0], "기사 299")
        self.assertEqual(digest.articles.count(), 300)

    def test_the_first_of_many_articles_is_moved_to_their_end(self):
        digest = make_digest(articles=12, published=False)
        first, *others = self.headlines(digest)
        self.assertSaved(self.save(digest, filled(digest, articles_0_ORDER="13")))
        self.assertEqual(self.headlines(digest), [*others, first])

    def test_the_day_of_a_published_digest_stays(self):
        digest = make_digest()
        self.assertSaved(self.save(digest, date="2030-01-01"))
        digest.refresh_from_db()
        self.assertEqual(digest.date.isoformat(), "2026-01-03")


# Lines are refused in Python, before anything is written.
@pytest.mark.one_engine
class RefusalTests(DeskTestCase):
    def refused(self, digest, data):
        before = list(Article.objects.order_by("pk").values())
        response = self.save(digest, data)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(list(Article.objects.order_by("pk").values()), before)
        return response

    def test_line_errors_name_their_lines(self):
        digest = make_digest(articles=1)
        data = filled(
            digest,
            articles_0_points="짧다\r\n" + "길" * 200_001,
            articles_0_citation_lines="\r\n매체 | 주소\r\n매체 | https://a.example/ | 어제",
        )
        response = self.refused(digest, data)
        form = response.context["inline_admin_formsets"][0].formset.forms[0]
        self.assertEqual(len(form.errors["points"]), 1)
        self.assertIn("2", form.errors["points"][0])
        self.assertEqual(len(form.errors["citation_lines"]), 2)
        self.assertContains(response, "주소")
        self.assertContains(response, "길" * 200_001)

    def test_line_errors_in_english(self):
        digest = make_digest(articles=1)
        with self.settings(LANGUAGE_CODE="en"):
            response = self.refused(digest, filled(digest, articles_0_citation_lines="\n가 | 나"))
        self.assertContains(response, "Line 1: There is no address in this line.")

    def test_line_errors_in_korean(self):
        digest = make_digest(articles=1)
        response = self.refused(digest, filled(digest, articles_0_citation_lines="\n가 | 나"))
        self.assertContains(response, "1번째 줄: 이 줄에는 주소가 없습니다.")

    def test_all_kinds_of_wrong_lines_show_at_once(self):
        digest = make_digest(articles=1)
        lines = "가 | 나\r\nhttps://a.example/1\r\n다 | https://a.example/ | 어제"
        response = self.refused(digest, filled(digest, articles_0_citation_lines=lines))
        form = response.context["inline_admin_formsets"][0].formset.forms[0]
        self.assertEqual(len(form.errors["citation_lines"]), 2)

    def test_an_address_alone_is_enough_for_a_known_domain(self):
        digest = make_digest(articles=1, published=False)
        lines = "https://hanbit.example/known"
        self.assertSaved(self.save(digest, filled(digest, articles_0_citation_lines=lines)))
        self.assertEqual(digest.articles.get().citations.get().publisher.name, "한빛일보")

    def test_pasted_markdown_is_a_citation(self):
        digest = make_digest(articles=1, published=False)
        line = "[전자신문](https://www.etnews.com/1) - 발행일: 2026-01-02"
        self.assertSaved(self.save(digest, filled(digest, articles_0_citation_lines=line)))
        citation = digest.articles.get().citations.get()
        self.assertEqual(str(citation.published_on), "2026-01-02")
        self.assertEqual(citation.publisher, Publisher.objects.get(name="전자신문"))

    def test_an_error_keeps_texts_and_order_as_typed(self):
        digest = make_digest(articles=3, published=False)
        data = filled(digest) | management(4) | new_article(3, "새로 쓴 것", 1, outlook="새 전망")
        data |= {"articles-0-ORDER": 4, "articles-1-ORDER": 3, "articles-2-ORDER": 2}
        data |= {"title": "제" * 1_001, "articles-1-points": "고친 요점"}
        response = self.refused(digest, data)
        formset = response.context["inline_admin_formsets"][0].formset
        self.assertEqual(
            [form.prefix[-1] for form in formset.in_shown_order()], ["3", "2", "1", "0"]
        )
        for text in ("새로 쓴 것", "새 전망", "고친 요점"):
            self.assertContains(response, text)

    def test_long_texts_are_refused_with_a_sentence(self):
        digest = make_digest(articles=1, published=False)
        data = filled(
            digest,
            title="제" * 1_001,
            introduction="머" * 200_001,
            articles_0_headline="목" * 1_001,
            articles_0_outlook="전" * 200_001,
            articles_0_tag_names="짧다, " + "주" * 101,
        )
        response = self.refused(digest, data)
        self.assertEqual(set(response.context["adminform"].form.errors), {"title", "introduction"})
        form = response.context["inline_admin_formsets"][0].formset.forms[0]
        self.assertEqual(set(form.errors), {"headline", "outlook", "tag_names"})
        self.assertContains(response, "전" * 200_001)

    def test_too_many_lines_or_tags_are_refused_with_a_sentence(self):
        digest = make_digest(articles=1, published=False)
        many = ["글"] * (MAX_LINES + 1)
        data = filled(
            digest,
            articles_0_points="\n".join(many),
            articles_0_tag_names=", ".join(f"{text}{number}" for number, text in enumerate(many)),
        )
        response = self.refused(digest, data)
        form = response.context["inline_admin_formsets"][0].formset.forms[0]
        self.assertEqual(set(form.errors), {"points", "tag_names"})

    def test_line_breaks_count_as_one_character(self):
        digest = make_digest(articles=1, published=False)
        text = ("가" * 99 + "\r\n") * 50
        self.assertSaved(self.save(digest, filled(digest, articles_0_outlook=text)))


@pytest.mark.one_engine
class FrontMatterTests(DeskTestCase):
    def test_imported_front_matter_is_shown_but_not_an_input(self):
        digest = make_digest(published=False, front_matter={"layout": "새 글"})
        page = self.client.get(change_url(digest))
        self.assertContains(page, "새 글")
        self.assertContains(page, "collapse")
        self.assertSaved(self.save(digest, filled(digest, title="고침", front_matter="{}")))
        digest.refresh_from_db()
        self.assertEqual(digest.front_matter, {"layout": "새 글"})

    def test_without_front_matter_there_is_nothing_to_unfold(self):
        page = self.client.get(change_url(make_digest(published=False)))
        self.assertNotContains(page, "imported_front_matter")


class QueryTests(DeskTestCase):
    def queries(self, url):
        with CaptureQueriesContext(connection) as queries:
            self.assertEqual(self.client.get(url).status_code, 200)
        return [query["sql"] for query in queries]

    def count(self, url):
        return len(self.queries(url))

    def test_the_form_asks_nothing_twice(self):
        for digest in (make_digest(), make_digest("2026-01-04", published=False)):
            queries = self.queries(change_url(digest))
            self.assertEqual(len(set(queries)), len(queries))

    def test_the_form_reads_the_articles_once(self):
        """Once with what readers see, and once with what only the desk has."""
        queries = self.queries(change_url(make_digest(published=False)))
        for column in ("is_ready", "technical_significance"):
            name = f'"articles_article"."{column}"'
            self.assertEqual(len([query for query in queries if name in query]), 1)

    def test_the_form_costs_the_same_for_any_number_of_articles(self):
        small, large = make_digest(articles=2), make_digest("2026-01-04", articles=10)
        self.count(change_url(small))
        self.assertEqual(self.count(change_url(small)), self.count(change_url(large)))

    def test_a_save_costs_the_same_for_any_number_of_articles(self):
        small = make_digest(articles=2, published=False)
        large = make_digest("2026-01-04", articles=10, published=False)
        costs = []
        for digest in (small, large):
            for headline in ("하나", "둘"):
                digest.refresh_from_db()
                data = filled(digest, articles_1_headline=headline)
                with CaptureQueriesContext(connection) as queries:
                    self.assertSaved(self.save(digest, data))
            self.assertEqual(digest.articles.get(position=2).headline, headline)
            costs.append(len(queries))
        self.assertEqual(*costs)

    def test_the_list_costs_the_same_for_any_number_of_digests(self):
        url = reverse("admin:articles_digest_changelist")
        make_digest()
        self.count(url)
        one = self.count(url)
        for day in range(4, 9):
            make_digest(f"2026-01-0{day}", published=day % 2 == 0)
        self.assertEqual(self.count(url), one)
