"""Filters and tags for templates that show digests.

They make no query if the parts of the digest are loaded.
"""

import math
import re

from django import template
from django.template.loader import render_to_string
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from articles.pages import digest_cache, imprints, shown_articles
from articles.pages.context_processors import site
from articles.rules import rendering
from articles.rules.hidden_text import shown
from articles.rules.text import SCRIPTS, language_of

CHARACTERS_A_MINUTE = 500
WORDS_A_MINUTE = 220

_SYLLABLES = re.compile(
    "(?:" + "|".join(SCRIPTS[name].pattern for name in ("hangul", "kana", "han")) + ")+"
)
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f0-9][A-Za-z\u00c0-\u024f0-9.,'’%-]*")
_ADDRESS = re.compile(r"https?://\S+")

register = template.Library()

register.filter("markdown", rendering.render)
register.filter("markdown_line", rendering.render_inline)


@register.filter
def language(text, default):
    """The language subtag that fits the script of `text`, for a `lang` attribute."""
    return language_of(text, default)


@register.simple_tag
def own_language(text, page_language):
    """A `lang` attribute for a text in another language than what surrounds it; else nothing."""
    own = language_of(text, page_language)
    return "" if own == page_language else format_html(' lang="{}"', own)


@register.simple_tag(takes_context=True)
def shown_article(context, article):
    """The article as the current page shows it. A view that serves pictures at another place than
    the public one sets `request.pictures_at`."""
    return shown_articles.of(article, getattr(context.get("request"), "pictures_at", None))


@register.simple_tag(takes_context=True)
def article_on_page(context, article, number):
    """An article on the page of its digest. It is cached for a cached digest, as long as its ties
    to other digests, in the context, are the same."""
    digest = article.digest
    ties = (context.get("ties") or {}).get(article.pk)

    def make():
        shown, corrections = shown_article(context, article), corrections_of(digest, article)
        is_preview = bool(context.get("is_preview"))
        parts = shown_articles.parts_on_page(shown, number, corrections, is_preview=is_preview)
        return shown_articles.on_page(article.slug, number, parts, ties)

    return digest_cache.once(digest, ("article", article.pk, get_language()), make, given=ties)


@register.simple_tag(takes_context=True)
def of_digest(context, template):
    """A part of a page that depends only on its digest. It is cached for a cached digest."""
    digest = context["digest"]

    def make(**page):
        return render_to_string(template, site() | {"digest": digest} | page)

    if not digest_cache.is_kept(digest):
        return make(request=context.get("request"), is_preview=context.get("is_preview"))
    return digest_cache.once(digest, (template, get_language(), imprints.current()), make)


@register.simple_tag
def article_in_feed(article, corrections):
    """An article in the body of a feed item, without its headline."""
    return shown_articles.in_feed(shown_articles.of(article), corrections)


@register.filter
def depths(digest):
    """The reading depths of a day's page: `name`, `label` and whole `minutes`, at least 1,
    shallowest first.

    Hangul, kana and Han are counted by the character, at the 500 a minute that Medium uses for
    Korean, Japanese and Chinese. Everything else is counted by the word, at 220 a minute: a
    little below the mean of 238 for English non-fiction in Brysbaert's review of 190 studies
    (Journal of Memory and Language 109, 2019), because names and terms crowd a digest.
    """
    return digest_cache.once(digest, ("depths", get_language()), lambda: _depths(digest))


def _depths(digest):
    # The text that each depth adds to the one before.
    sizes = [_size(texts(digest)) for texts in (_headlines, _short_texts, _long_texts)]
    names = {
        "headlines": _("Headlines"),
        "points": _("With key points"),
        "full": _("With implications"),
    }
    return [
        {"name": name, "label": label, "minutes": _minutes(sizes[:number])}
        for number, (name, label) in enumerate(names.items(), 1)
    ]


def _headlines(digest):
    yield shown(digest.introduction)
    yield from (article.shown_headline for article in digest.articles.all())


def _short_texts(digest):
    """The texts of articles without their implications."""
    for article in digest.articles.all():
        yield from map(shown, article.points)
        yield from (*other_text(article, "first"), *other_text(article, "points"))


def _long_texts(digest):
    for article in digest.articles.all():
        yield from (shown(text) for _label, text in article.implications)
        yield from other_text(article, "last")


def _size(texts):
    """The numbers of characters and of words in texts."""
    text = _ADDRESS.sub(" ", "\n".join(texts))
    return sum(map(len, _SYLLABLES.findall(text))), len(_LATIN_WORD.findall(text))


def _minutes(sizes):
    characters, words = map(sum, zip(*sizes, strict=True))
    return max(1, math.ceil(characters / CHARACTERS_A_MINUTE + words / WORDS_A_MINUTE))


@register.filter
def corrections_of(digest, article):
    """The corrections of a digest that concern one of its articles, oldest first."""
    return [note for note in digest.corrections.all() if note.article_id == article.pk]


@register.filter
def other_text(article, place):
    """Markdown texts of an article that fit no field: those for a place of `texts_by_place`."""
    return shown_articles.texts_by_place(article)[place]


@register.filter
def correction_notes(digest):
    """All corrections of a digest, oldest first, each with its article; None for the whole."""
    articles = {article.pk: article for article in digest.articles.all()}
    return [(note, articles.get(note.article_id)) for note in digest.corrections.all()]


@register.simple_tag
def weekdays():
    """The shortest and the full name of each weekday, Sunday first, as in the calendars."""
    shortest = [
        pgettext("shortest weekday", "Sun"),
        pgettext("shortest weekday", "Mon"),
        pgettext("shortest weekday", "Tue"),
        pgettext("shortest weekday", "Wed"),
        pgettext("shortest weekday", "Thu"),
        pgettext("shortest weekday", "Fri"),
        pgettext("shortest weekday", "Sat"),
    ]
    # Django numbers weekdays from Monday.
    return list(zip(shortest, [WEEKDAYS[6], *(WEEKDAYS[day] for day in range(6))], strict=True))
