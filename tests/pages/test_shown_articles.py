"""Articles as pages and feeds show them."""

from unittest.mock import patch

from django.template.loader import render_to_string
from django.test import TestCase
from django.utils import translation

from articles.digests import publishing
from articles.models import Digest, Publisher
from articles.pages import parts, shown_articles
from articles.taxonomy.tags import rename
from tests.support.factories import make_article, make_digest, make_picture, publish

ADDRESS = "/2026/01/03/"


def digest_with_article(**fields):
    digest = make_digest(articles=0, published=False)
    article = make_article(digest, tags=["로봇"], **fields)
    publish(digest)
    return digest, article


def article_of(article, **options):
    digest = Digest.objects.get(pk=article.digest_id)
    parts.load([digest])
    [loaded] = digest.articles.all()
    return shown_articles.of(loaded, **options)


def page_of(shown, **options):
    return shown_articles.parts_on_page(shown, 1, [], **{"is_preview": False} | options)


class StoryTests(TestCase):
    def test_pages_follow_every_change_at_once(self):
        _digest, article = digest_with_article(picture=make_picture(), picture_alt="옛 그림")
        self.client.get(ADDRESS)
        changes = {
            "headline": "고친 제목",
            "points": ["고친 요점"],
            "technical_significance": "고친 의미",
            "outlook": "고친 전망",
            "picture_alt": "고친 그림",
            "picture_caption": "고친 설명",
            "picture_credit": "고친 출처",
            "read_by": "고친 이름",
            "other": [{"after": "points", "text": "고친 글"}],
        }
        for name, value in changes.items():
            setattr(article, name, value)
            article.save()
            text = value if isinstance(value, str) else "고친 글" if name == "other" else value[0]
            with self.subTest(name):
                self.assertContains(self.client.get(ADDRESS), text)
        rename(article.tags.get(), "고친 주제")
        self.assertContains(self.client.get(ADDRESS), "고친 주제")
        Publisher.objects.update(name="고친 매체")
        self.assertContains(self.client.get(ADDRESS), "고친 매체")

    def test_a_correction_stands_in_the_article_and_in_no_other(self):
        digest, article = digest_with_article()
        before = self.client.get(ADDRESS).content.decode()
        publishing.correct(digest, "제목의 숫자를 바로잡습니다.", article=article)
        self.assertContains(self.client.get(ADDRESS), 'class="correction"')
        self.assertContains(self.client.get("/feeds/digests.rss"), "숫자를 바로잡습니다")
        digest.corrections.all().delete()
        after = self.client.get(ADDRESS).content.decode()
        self.assertEqual(article_in(after), article_in(before))

    def test_a_change_of_one_article_renders_no_other_anew(self):
        digest = make_digest(articles=4)
        places = (ADDRESS, "/feeds/digests.rss", "/feeds/articles.atom")
        for place in places:
            self.client.get(place)
        article = digest.articles.all()[1]
        article.headline = "고친 제목"
        article.save()
        rendered = []

        def render(name, context):
            rendered.append(name)
            return render_to_string(name, context)

        with patch.object(shown_articles, "render_to_string", render):
            for place in places:
                self.assertContains(self.client.get(place), "고친 제목")
        self.assertEqual(rendered.count("articles/_article_parts.html"), 1)
        self.assertEqual(rendered.count("articles/_feed_article.html"), 1)

    def test_a_correction_is_shown_with_its_present_text(self):
        _digest, article = digest_with_article()
        note = publishing.correct(article.digest, "옛 말로 바로잡습니다.", article=article)
        shown = article_of(article)
        for text in ("옛 말로 바로잡습니다.", "새 말로 바로잡습니다."):
            note.text = text
            with self.subTest(text):
                html = shown_articles.parts_on_page(shown, 1, [note], is_preview=False)
                self.assertIn(text, html)
                self.assertIn(text, shown_articles.in_feed(shown, [note]))

    def test_each_language_has_its_own(self):
        _digest, article = digest_with_article()
        found = {}
        for language in ("ko", "en", "ko"):
            with translation.override(language):
                html = page_of(article_of(article))
            self.assertEqual(found.setdefault(language, html), html)
        self.assertIn("Citations", found["en"])
        self.assertIn("출처", found["ko"])

    def test_previews_and_their_pictures_are_not_for_the_public(self):
        _digest, article = digest_with_article(picture=make_picture(), picture_alt="그림")
        hidden = page_of(article_of(article, pictures_at="pictures/"), is_preview=True)
        public = page_of(article_of(article))
        self.assertIn('src="pictures/', hidden)
        self.assertNotIn(f'href="{ADDRESS}', hidden)
        self.assertIn('src="/pictures/', public)
        self.assertIn(f'href="{ADDRESS}', public)


def article_in(html):
    """The article of a page, without what the page says around it."""
    return html.partition("<article")[2].partition("</article>")[0]
