"""The heading of a digest's page, where its own title says no more than the day."""

import re
import unicodedata

from django.conf import settings
from django.utils.translation import ngettext

from articles.models import Digest
from articles.rules.dates import find_day
from articles.rules.hidden_text import shown_line
from articles.rules.text import composed, fold

_WORD = re.compile(r"\w+")
# What the titles of a series of digests say beside the day, whatever is in them.
_OF_EVERY_DAY = {
    *("ai", "it", "tech", "the", "daily", "digest", "news", "newsletter", "briefing", "of", "for"),
    *("오늘의", "오늘", "뉴스", "소식", "다이제스트", "브리핑", "데일리", "일간", "모음", "기술"),
    *("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("월", "화", "수", "목", "금", "토", "일", "제", "호"),
}


def heading(digest: Digest) -> str:
    """The title as readers see it; or, if it is only a date, the first headline and how many more
    articles there are. The articles must be loaded."""
    articles = digest.articles.all()
    return _heading(digest, articles[0].shown_headline if articles else "", len(articles))


def in_a_list(digest: Digest) -> str:
    """The same for a digest of `newest_linked` or `neighbours_of`, whose articles are not all
    loaded."""
    return _heading(digest, composed(shown_line(digest.lead or "")), digest.article_count or 0)


def _heading(digest: Digest, lead: str, articles: int) -> str:
    title = digest.shown_title
    if not lead or not is_only_a_date(title, digest):
        return title
    others = articles - 1
    if not others:
        return lead
    sentence = ngettext("%(lead)s and %(count)d more", "%(lead)s and %(count)d more", others)
    return sentence % {"lead": lead, "count": others}


def is_only_a_date(title: str, digest: Digest) -> bool:
    """Whether a title has the day and otherwise only words that would fit every digest of the
    site: `2026-01-03 AI 뉴스`."""
    text = unicodedata.normalize("NFKC", title)
    found = find_day(text, near=digest.date)
    if found is None:
        return False
    rest = fold(f"{text[: found.start]} {text[found.end :]}")
    return set(_WORD.findall(rest)) <= _OF_EVERY_DAY | set(_WORD.findall(fold(settings.SITE_NAME)))
