"""Remains of copied text: bylines, photo credits, notices, placeholders, invisible characters."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.preflight.checked import CheckedDigest, Passage, Place
from articles.preflight.findings import Found, Severity, rule
from articles.rules.text import find_forbidden

_FIELD_NAMES = (
    "date|day|month|year|time|title|headline|summary|introduction|content|text|url|link|source"
    "|publisher|author|name|tag|tags|slug|날짜|제목|요약|내용|본문|출처|매체|기자|이름|링크"
)
# Certain: no finished text contains these, except in code.
_TEMPLATE = re.compile(
    r"\{\{[^{}\n]{0,200}\}\}|\{%[^{}\n]{0,200}%\}|<%[^<>\n]{0,200}%>"
    rf"|\$?\{{(?i:{_FIELD_NAMES})\}}|(?i:\blorem ipsum\b)"
    r"|^\W{0,3}TODO\W{0,3}$|\b(?:TODO|FIXME)\s?[:：]"
)
_PLACEHOLDER = re.compile(
    r"\{\{|\{%|\$?\{[\w. -]{1,40}\}|\bTO-?DO\b|\bTBD\b|\bX{3,}\b|[○◯]{3,}|\bYYYY-MM-DD\b"
    r"|^(?:제목|내용|본문|요약|출처)[을를]? ?입력(?:하세요|해 ?주세요|하십시오)?\.?$"
    r"|\[(?:제목|내용|본문|요약|출처|날짜)\]|^(?:여기에|추후 작성|작성 예정|내용 없음)"
)
_MEDIUM = "사진|영상|동영상|그래픽|이미지|표|자료|인포그래픽"
_IN_BRACKETS = (
    rf"[(\[（<](?:관련 ?)?(?:{_MEDIUM})(?:[·/, ]?(?:{_MEDIUM}))?"
    r"(?: ?(?:포함|있음|첨부|참조|참고|제공|출처|캡처|캡쳐))?"
    r"(?: ?[=:：/|][^()\[\]<>\n]{0,60})?[)\]）>]"
    r"|[(\[](?:photo|video|image|graphic)s?(?: (?:included|attached|credit))?"
    r"(?: ?[:=/][^()\[\]\n]{0,60})?[)\]]"
)
_PHOTO = re.compile(
    rf"{_IN_BRACKETS}"
    rf"|(?:^|[/▲△■])\s?(?:{_MEDIUM}) ?(?:제공|출처)? ?=|(?:{_MEDIUM}) ?(?:제공|출처) ?[=:：]",
    re.IGNORECASE,
)
# What can be taken out as it stands: the others do not say where they end, and what a bracket
# follows is a link.
PHOTO_IN_BRACKETS = re.compile(
    rf"(?<![ \u00a0\u3000])[ \u00a0\u3000]*(?:{_IN_BRACKETS})(?![(\[])", re.IGNORECASE
)
# Most names have three syllables; “로봇 기자” or “인공지능 기자” is a subject, not a byline.
_BYLINE = re.compile(
    r"[가-힣]{2,4} ?(?:[가-힣]{2,4})?(?:기자|특파원|통신원|논설위원) ?="
    r"|(?<![가-힣])[가-힣]{3} ?(?:기자|특파원)[\])]|(?:^|[.!?] ?)[가-힣]{2,4} ?기자$"
    r"|\[[가-힣]{2,6}=[가-힣A-Za-z0-9]{2,10}\]|\([가-힣]{2,6}=(?:연합뉴스|뉴스1|뉴시스)\)"
    r"|^(?:By|BY) [A-Z][a-z]+ [A-Z][a-z]+$"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_NOTICE = re.compile(
    r"무단 ?전재|전재[^\n]{0,10}재배포 ?금지|저작권자 ?[(©ⓒ]|All rights reserved|[©ⓒ] ?\w",
    re.IGNORECASE,
)
# Zero-width signs, soft hyphen, direction marks, object replacement; emoji joiners are allowed.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffc]")
_BROKEN = re.compile("\ufffd")


@rule(
    "template-residue",
    Severity.ERROR,
    gettext_lazy("Left over from a template"),
    gettext_lazy("Replace it with the text that belongs there."),
)
def template_residue(digest: CheckedDigest) -> Iterator[Found]:
    yield from _matches(digest, _TEMPLATE, _("“%(text)s” was left over from a template."))


@rule(
    "placeholder",
    Severity.WARNING,
    gettext_lazy("Placeholder"),
    gettext_lazy("Replace it with the text that belongs there."),
)
def placeholder(digest: CheckedDigest) -> Iterator[Found]:
    """A warning, since it may be intended; template code is an error, since it never is."""
    sentence = _("“%(text)s” looks like a placeholder.")
    for passage in digest.passages:
        if not _TEMPLATE.search(passage.prose):
            yield from _first(passage, _PLACEHOLDER, sentence)


@rule(
    "photo-credit",
    Severity.WARNING,
    gettext_lazy("Refers to a picture"),
    gettext_lazy("Remove it: the picture did not come along."),
)
def photo_credit(digest: CheckedDigest) -> Iterator[Found]:
    yield from _matches(digest, _PHOTO, _("“%(text)s” refers to a picture on the cited page."))


@rule(
    "byline",
    Severity.WARNING,
    gettext_lazy("Byline of the cited page"),
    gettext_lazy("Remove it: the citation above says so."),
)
def byline(digest: CheckedDigest) -> Iterator[Found]:
    yield from _matches(digest, _BYLINE, _("“%(text)s” is the byline of the cited page."))


@rule(
    "email-address",
    Severity.WARNING,
    gettext_lazy("E-mail address"),
    gettext_lazy("Remove the address."),
)
def email_address(digest: CheckedDigest) -> Iterator[Found]:
    yield from _matches(digest, _EMAIL, _("“%(text)s” is an e-mail address."))


@rule(
    "copyright-notice",
    Severity.WARNING,
    gettext_lazy("Notice of the cited page"),
    gettext_lazy("Remove what is not part of the article."),
)
def copyright_notice(digest: CheckedDigest) -> Iterator[Found]:
    yield from _matches(digest, _NOTICE, _("“%(text)s” is a notice of the cited page."))


@rule(
    "broken-character",
    Severity.WARNING,
    gettext_lazy("Broken character"),
    gettext_lazy("Look at the cited page and type the character again."),
)
def broken_character(digest: CheckedDigest) -> Iterator[Found]:
    for passage in digest.passages:
        if _BROKEN.search(passage.text):
            sentence = _("A character was lost when this text was copied (shown as �).")
            yield Found(passage.place, sentence, passage.text)


@rule(
    "control-character",
    Severity.ERROR,
    gettext_lazy("Control character"),
    gettext_lazy("Type this part of the text again."),
)
def control_character(digest: CheckedDigest) -> Iterator[Found]:
    """Characters that XML 1.0 forbids, so that no feed may contain them, in any field."""
    for place, text in _all_texts(digest):
        forbidden = find_forbidden(text)
        if forbidden:
            sentence = _("The text holds the control character %(code)s.")
            yield Found(place, sentence % {"code": f"U+{ord(forbidden[0]):04X}"}, text)


@rule(
    "invisible-character",
    Severity.WARNING,
    gettext_lazy("Invisible character"),
    gettext_lazy("Type this part of the text again."),
)
def invisible_character(digest: CheckedDigest) -> Iterator[Found]:
    """These characters break words for search and reverse the direction of a line."""
    for place, text in _all_texts(digest):
        invisible = _INVISIBLE.search(text)
        if invisible:
            sentence = _("The text holds the invisible character %(code)s after “%(before)s”.")
            before = text[max(0, invisible.start() - 10) : invisible.start()]
            params = {"code": f"U+{ord(invisible[0]):04X}", "before": before}
            yield Found(place, sentence % params, text)


def _matches(digest: CheckedDigest, pattern: re.Pattern[str], sentence: str) -> Iterator[Found]:
    for passage in digest.passages:
        yield from _first(passage, pattern, sentence)


def _first(passage: Passage, pattern: re.Pattern[str], sentence: str) -> Iterator[Found]:
    match = pattern.search(passage.prose)
    if match:
        found = match[0].strip()[:80]
        yield Found(passage.place, sentence % {"text": found}, passage.text)


def _all_texts(digest: CheckedDigest) -> Iterator[tuple[Place, str]]:
    for passage in digest.passages:
        yield passage.place, passage.text
    for article in digest.articles:
        for citation in article.citations:
            yield citation.place, "" if citation.is_line else citation.publisher
            yield citation.place, citation.url
        for tag in article.tags:
            yield article.place("tags"), tag
