"""Chooses between the exact reader and the tolerant one, and gives the exact reader an account."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from articles import document
from articles.document import ArticleText, Document, DocumentError
from articles.document.model import any_picture
from articles.fields import IMPLICATION_FIELDS
from articles.recognising.account import Account, Fate, words_of
from articles.recognising.citations import links_in
from articles.recognising.headers import header_of
from articles.recognising.labels import HEADLINE, meaning
from articles.recognising.reading import Recognised, recognise
from articles.recognising.splitting import has_marks
from articles.recognising.unwrapping import has_thoughts

# The part of a post's articles that the exact reader may leave without a field.
MUCH = 0.4
AUTO, EXACT = "auto", "exact"
READ_AS = (AUTO, EXACT)


@dataclass(frozen=True)
class Reading:
    """The articles of a text and what stands around them, with the account. `exact` says that the
    text has the exact form, so that it is written back as it is. `notices` are sentences about what
    is to be checked."""

    date: dt.date | None
    title: str
    introduction: str
    articles: list[ArticleText]
    account: Account
    exact: bool
    notices: list[str] = field(default_factory=list)


def read_articles(
    text: str,
    zone: ZoneInfo,
    has_picture: Callable[[str], bool] = any_picture,
    day: dt.date | None = None,
) -> Reading:
    """Read articles that were pasted or handed in, with the reader that places more of the text.

    The exact reader wins if both place as much. Never refuses anything.
    """
    found = recognise(text, zone, day=day)
    try:
        exact = document.parse_articles(text, zone, has_picture)
    except DocumentError:
        exact = None
    if (
        exact
        and not needs_tolerance(text)
        and not _has_labels(exact.articles)
        and _weight(exact.articles) >= _weight(found.articles)
    ):
        account = exact_account(exact.articles, exact.introduction, text.count("\n") + 1)
        return Reading(
            exact.date, exact.title, exact.introduction, exact.articles, account, exact=True
        )
    return Reading(
        found.date, found.title, found.introduction, found.articles, found.account, exact=False
    )


def needs_tolerance(text: str) -> bool:
    """Whether a text has what the exact reader would keep for readers although it is none of their
    business: a model's thoughts, its marks for citations, or keys and values above the text."""
    header = header_of(text.removeprefix("\ufeff").replace("\r", "").split("\n"))
    return has_thoughts(text) or has_marks(text) or bool(header and header.is_loose)


def _has_labels(articles: list[ArticleText]) -> bool:
    """Whether the heading of all sources, or of another part, is among the headlines."""
    names = {meaning(article.headline) for article in articles}
    return len(articles) > 1 and bool(names - {"", HEADLINE})


def has_article(articles: list[ArticleText], account: Account) -> bool:
    """Whether anything tells that a text has an article; without that, all of it is a guess."""
    is_labelled = any(entry.article and entry.fate is Fate.PLACED for entry in account.entries)
    return is_labelled or any(article.headline for article in articles)


def prefers(found: Recognised, exact: Document) -> bool:
    """Whether the tolerant reader should read a post that the exact one reads, too.

    The exact reader keeps the file byte for byte. So the tolerant one must place more without a
    guess, and see the same number of articles unless the exact one places little.
    """
    weight = _weight(exact.articles)
    others = (other.text for article in exact.articles for other in article.other)
    left = sum(len(words_of(text)) for text in others)
    placed = _weight(found.articles) - found.account.words[Fate.GUESSED]
    is_same_number = len(found.articles) == len(exact.articles)
    return placed > weight and (is_same_number or left > MUCH * (weight + left))


def has_unplaced(exact: Document) -> bool:
    """Whether the exact reader left text of a post without a field."""
    return bool(exact.introduction) or any(article.other for article in exact.articles)


def exact_account(articles: list[ArticleText], introduction: str, lines: int) -> Account:
    """The account of an exact reading of so many lines: each article, and its other text."""
    account = Account()
    if introduction:
        first = articles[0].line - 1 if articles else lines
        account.add([(max(first, 1), introduction)], Fate.PLACED, "introduction")
    ends = [article.line - 1 for article in articles[1:]] + [lines]
    for number, (article, end) in enumerate(zip(articles, ends, strict=True), start=1):
        placed = "\n".join(_texts(article))
        account.add([(article.line, placed)], Fate.PLACED, "article", article=number)
        for other in article.other:
            account.add([(end, other.text)], Fate.OTHER, "other", article=number)
    return account


def _weight(articles: Iterable[ArticleText]) -> int:
    """How much is in fields, in words. A citation, a link or a picture counts like a sentence."""
    return sum(
        sum(len(words_of(text)) for text in [*_texts(article), *_picture_texts(article)])
        + 8 * (len(article.citations) + bool(article.picture))
        + 8 * sum(len(links_in(text)) for text in _texts(article))
        for article in articles
    )


def _picture_texts(article: ArticleText) -> list[str]:
    picture = article.picture
    return [picture.address, picture.alt, picture.caption, picture.credit] if picture else []


def _texts(article: ArticleText) -> list[str]:
    implications = [getattr(article, name) for name in IMPLICATION_FIELDS]
    return [article.headline, *article.points, *implications, *article.tags]
