"""Finds the citations in a line of text."""

import datetime as dt
import html
import re
from dataclasses import dataclass
from typing import NamedTuple

from articles.recognising.labels import CITATIONS, DATE, ORNAMENTS, PUBLISHER, bare, meaning
from articles.rules.addresses import domain_of
from articles.rules.dates import find_day_cited, read_day
from articles.rules.lines import MAX_PUBLISHER_LENGTH, CitationLine
from articles.rules.text import collapse, script_of
from articles.rules.validators import is_web_address

# A line with more words than these beside its links, names and days is prose.
MOST_WORDS_BESIDE, MOST_CHARACTERS_BESIDE = 4, 32
# A longer link text is a title, not a publisher's name.
MAX_NAME = 40
_LINK = re.compile(
    r"!?\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*<?(?P<url>(?:https?://|www\.)[^\s()<>]*"
    r"(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+[\"'][^\"']*[\"'])?\s*\)"
    r"|<(?P<auto>https?://[^\s<>]+)>|(?P<bare>(?:https?://|\bwww\.(?=\w+\.))[^\s<>|｜，、。]+)",
    re.IGNORECASE,
)
_AFTER_ADDRESS = ".,;:!?\"'`*_~…」』〉》）"
_DATE_WORDS = re.compile(
    r"발행일|게시일|작성일|보도일|입력|수정|날짜|일자|published(?: on| at)?|posted(?: on)?|date"
    r"|updated|accessed|retrieved|접속일|열람일|[(（][월화수목금토일](?:요일)?[)）]|\bvia\b|发布(?:日期|时间)?|日期|时间|公開日?|掲載日?|\bon\b|\bby\b",
    re.IGNORECASE,
)
_TIME = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?\b\s*(?:[ap]m\b|KST|UTC|JST|GMT)?", re.IGNORECASE)
# Link texts made of these words name nobody.
_GENERIC = re.compile(
    r"(?:(?:원문|기사|전문|뉴스|출처|보기|보러\s?가기|바로\s?가기|읽기|링크|확인|자세히|더|여기|클릭|하기|본문)\s*)+"
    r"|(?:(?:read|here|this|it|click|learn|more|the|full|article|view|source|original|link|web|post"
    r"|story|see|on|go|to|page|website|discussion|comments|\d+)\b\W*)+"
    r"|(?:点击|查看|阅读|閱讀|原文|全文|更多|详情|链接|社区|讨论|討論|続きを読む|こちら|元記事|记录)+|\W*",
    re.IGNORECASE,
)
_QUOTES = "\"'“”‘’「」"
_QUOTED = re.compile(r"[\"“].*[\"”]|['‘].*['’]")
_DOMAIN = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[.。!?！？][\"'”’」』)*_]*$|다$")
# Links that ask readers to do something are no citations.
_CALL = re.compile(
    r"(?:subscribe|unsubscribe|share|sign up|join|follow|upgrade|leave a comment|read online"
    r"|view (?:in|online)|get started|구독|공유|좋아요|댓글|이웃\s?추가|팔로우|웹에서 보기).{0,30}",
    re.IGNORECASE,
)
# `Post | https://… | 2026-01-02`
_OWN_FORM = re.compile(r"^([A-Z][^|\[\]]{0,39}?)\s?\|\s?(https?://[^\s|]+)\s?\|\s?([^|]{4,30})$")
_BRACKETED_DOMAIN = re.compile(r"\s*\((?:[\w-]+\.)+[a-z]{2,}\)$", re.IGNORECASE)


class Link(NamedTuple):
    start: int
    end: int
    text: str
    url: str


@dataclass(frozen=True)
class Cited:
    """The citations of a line, and the text beside them that is neither name nor day."""

    citations: list[CitationLine]
    beside: str
    is_prose: bool = False

    @property
    def is_alone(self) -> bool:
        """Whether the line has at most a few words beside its citations."""
        is_short = len(self.beside) <= MOST_CHARACTERS_BESIDE
        return not self.is_prose and is_short and len(self.beside.split()) <= MOST_WORDS_BESIDE

    @property
    def is_bare(self) -> bool:
        """Whether the line has nothing beside its citations."""
        return not self.is_prose and not self.beside


def only_calls(links: list[Link]) -> bool:
    return all(_CALL.fullmatch(bare(link.text)) for link in links)


def links_in(text: str) -> list[Link]:
    """The web links of a text: Markdown's, and bare addresses. Pictures are none."""
    found = []
    for match in _LINK.finditer(text):
        if match[0].startswith("!") or (match["text"] or "").startswith("!["):
            continue
        url, end = match["url"] or match["auto"] or match["bare"], match.end()
        if match["bare"]:
            short = _without_end(url)
            end -= len(url) - len(short)
            url = short
        url = f"https://{url}" if url.lower().startswith("www.") else url
        url = url.replace("&amp;", "&")
        if is_web_address(url):
            text_of = collapse(html.unescape(match["text"] or ""))
            found.append(Link(match.start(), end, text_of, url))
    return found


def cited_in(text: str, near: dt.date | None = None) -> Cited | None:
    """The citations of a line without its label; None if it has no link.

    The publisher is the link's text, or the name beside the address, unless that is a title or only
    says “link”. `near` is the digest's day, for dates without a year.
    """
    links = links_in(text)
    if not links or only_calls(links):
        return None
    if own := _in_own_form(text, near):
        return Cited([own], "")
    pieces = [text[before.end : link.start] for before, link in _pairs(links)]
    pieces.append(text[links[-1].end :])
    pieces = [ORNAMENTS.sub(" ", piece) for piece in pieces]
    rest, days = _days(pieces, near)
    names = [_names(piece) for piece in rest]
    citations = []
    for index, link in enumerate(links):
        day = days[index + 1] or (days[0] if index == 0 else None)
        publisher = _behind_title(link, names[index + 1]) if days[index + 1] else ""
        publisher = publisher or _publisher(link, names[index], names[index + 1], len(links) == 1)
        citations.append(CitationLine(publisher, link.url, day))
    used = {citation.publisher for citation in citations}
    beside = " ".join(name for piece in names for name in piece if name not in used)
    return Cited(citations, beside, _is_prose(text, links))


def _in_own_form(text: str, near: dt.date | None) -> CitationLine | None:
    """The citation of a line in the desk's form, where a name is one even if it is `Post`."""
    match = _OWN_FORM.match(text)
    day = read_day(match[3], near) if match else None
    return (
        CitationLine(match[1], match[2], day)
        if match and day and is_web_address(match[2])
        else None
    )


def _is_prose(text: str, links: list[Link]) -> bool:
    """Whether an address or link stands inside a sentence: words touch it on both sides, or it
    goes on with a particle, as in `[발표문](…)에서`."""
    for link in links:
        before, after = text[: link.start].rstrip(), text[link.end :]
        if after[:1].isalpha() or (
            after[:1] == " " and after[1:2].isalpha() and before[-1:].isalnum()
        ):
            return True
    return False


def _pairs(links: list[Link]) -> list[tuple[Link, Link]]:
    return list(zip([Link(0, 0, "", ""), *links], links, strict=False))


def _days(pieces: list[str], near: dt.date | None) -> tuple[list[str], list[dt.date | None]]:
    """The pieces without days, hours and the words for them, and the day of each."""
    rest, days = [], []
    for piece in pieces:
        found = find_day_cited(piece, near)
        days.append(found.day if found else None)
        if found:
            piece = f"{piece[: found.start]} {piece[found.end :]}"
        rest.append(_DATE_WORDS.sub(" ", _TIME.sub(" ", piece)))
    return rest, days


def _names(piece: str) -> list[str]:
    """The words of a piece between links, split at its separators."""
    parts = re.split(r"[|｜·•,，、;:：/()（）\[\]【】<>\n]|\s[-–—]\s|\s{3,}", piece)
    tidy = (part.strip(" \t\u3000*_`~-–—→#.") for part in parts)
    tidy = (part if _QUOTED.fullmatch(part) else part.strip(_QUOTES) for part in tidy)
    return [part for part in tidy if part and meaning(part) not in (CITATIONS, DATE, PUBLISHER)]


def _behind_title(link: Link, after: list[str]) -> str:
    """The publisher that stands with a day behind a link whose text has as many words as a title;
    empty if there is none."""
    words = len(bare(link.text).split())
    is_title = words >= (4 if script_of(link.text) == "hangul" else 6)
    names = [name for name in after[:1] if len(name) <= MAX_NAME and not _QUOTED.fullmatch(name)]
    return next((name for name in names if is_title and not _GENERIC.fullmatch(name)), "")


def _publisher(link: Link, before: list[str], after: list[str], is_only: bool) -> str:
    """The publisher that a link names; empty if nothing does."""
    text = bare(link.text)
    if text and not _is_title(text) and _is_name(text, link.url):
        name = _BRACKETED_DOMAIN.sub("", link.text).strip()
        return "" if _DOMAIN.fullmatch(text) else name[:MAX_PUBLISHER_LENGTH]
    # Of several words before, a title in quotes is no name if another one is there.
    before = [name for name in before if not _QUOTED.fullmatch(name)] or before
    beside = [*(after[:1] if is_only or not before else []), *before[-1:]]
    if not link.text:
        beside = [*before[-1:], *after[:1]]
    beside = [name.strip(_QUOTES) for name in beside]
    names = [name for name in beside if len(name) <= MAX_NAME and _is_name(name, link.url)]
    return next((name for name in names if not _DOMAIN.fullmatch(name)), "")


def _is_name(text: str, url: str) -> bool:
    """Whether words name a publisher. Those that mostly name nobody, such as `Post`, do so if the
    site is called that: `post.example`, `thepost.example`, `harbourpost.example`."""
    is_label = meaning(text) in (CITATIONS, DATE)
    if not is_label and not _GENERIC.fullmatch(text):
        return True
    labels = domain_of(url).split(".")[:-1]
    site = next((label for label in reversed(labels) if len(label) > 3), "")
    word = re.sub(r"^the\b|\W", "", text.casefold())
    is_site = site.removeprefix("the") == word or (not is_label and site.endswith(word))
    return text[:1].isupper() and bool(word) and is_site


def _is_title(text: str) -> bool:
    return len(text) > MAX_NAME or len(text.split()) > 6


def _without_end(url: str) -> str:
    """An address without the signs of the sentence that it ends."""
    url = url.rstrip(_AFTER_ADDRESS)
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(_AFTER_ADDRESS)
    return url


def citations_behind(text: str, near: dt.date | None = None) -> tuple[str, Cited] | None:
    """The sentence with which a text begins, and the citations behind it: links in brackets, or
    links after its end such as `… 내렸다. [출처](…)`. None if there are none."""
    plain = text.rstrip(" .。*_")
    start = _open_bracket(plain) if plain.endswith((")", "）")) else -1
    if start > 0 and plain[start - 1] != "]":
        before, group = text[:start].rstrip(), plain[start + 1 : -1]
        before += text[len(plain) :].strip()
    else:
        start = _first_of_last_links(text)
        before, group = _without_ornament_behind(text[:start]).rstrip(), text[start:]
        before += text[len(text.rstrip(".。")) :]
        if not _ENDS_SENTENCE.search(before):
            return None
    cited = cited_in(group, near)
    is_filled = any(char.isalpha() for char in before)
    return (before, cited) if cited and cited.is_bare and is_filled else None


def _without_ornament_behind(text: str) -> str:
    """A text without the picture at its end, as one before a link."""
    words = text.rstrip().rsplit(maxsplit=1)
    return words[0] if len(words) == 2 and ORNAMENTS.fullmatch(words[1]) else text


def _open_bracket(text: str) -> int:
    """The place of the bracket that the last one closes; -1 if there is none."""
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] in ")）") - (text[place] in "(（")
        if depth == 0:
            return place
    return -1


def _first_of_last_links(text: str) -> int:
    """Where the links begin with which a text ends, with at most commas between."""
    start = len(text)
    for link in reversed(links_in(text)):
        if link.text == "" or text[link.end : start].strip(" ,·|/.。"):
            break
        start = link.start
    return start


def ends_sentence(text: str) -> bool:
    return bool(_ENDS_SENTENCE.search(text))
