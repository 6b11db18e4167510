"""Metadata in the head of a page. It needs no query if the parts of the digest are loaded."""

from django import template
from django.conf import settings

from articles.models import Article
from articles.pages import headings, structured_data
from articles.pages.ties import NOTHING
from articles.pictures import cards
from articles.rules import rendering

LOCALES = {"ko": "ko_KR", "en": "en_US"}

register = template.Library()

register.filter("heading", headings.heading)
register.filter("heading_in_a_list", headings.in_a_list)
register.filter("json_data", rendering.json_data)
register.filter("last_changed_at", structured_data.last_changed_at)
register.simple_tag(structured_data.breadcrumbs, name="breadcrumbs")
register.simple_tag(structured_data.of_site, name="site_data")
register.simple_tag(structured_data.of_about, name="about_data")
register.simple_tag(structured_data.of_storyline, name="storyline_data")


@register.filter
def card(page):
    """The social card of a digest or an article; None if there is none."""
    return cards.of_article(page) if isinstance(page, Article) else cards.of_digest(page)


@register.simple_tag(takes_context=True)
def page_data(context, page, card):
    """The structured data of a digest or an article with its social card. An article's page has
    the article's `ties` in its context."""
    if isinstance(page, Article):
        return structured_data.of_article(page, card, context.get("ties") or NOTHING)
    return structured_data.of_digest(page, card)


@register.filter
def digest_of(page):
    """The digest of a page that shows a digest or one of its articles."""
    return page.digest if isinstance(page, Article) else page


@register.filter
def tag_names(page):
    """The tag names of an article, or of all articles of a digest, without repetitions."""
    articles = [page] if isinstance(page, Article) else page.articles.all()
    return list(dict.fromkeys(tag.name for article in articles for tag in article.tags.all()))


@register.simple_tag
def locale(language=None):
    """The language in the notation of Open Graph: `ko_KR`."""
    return LOCALES[language or settings.LANGUAGE_CODE]
