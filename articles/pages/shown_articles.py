"""Articles as pages and feeds show them.

A `ShownArticle` holds everything that its templates read, as plain texts and numbers. The templates
get nothing else, so equal articles render equally. It contains no comments of editors.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language

from articles.models import Article, Correction, Picture
from articles.pages.ties import Ties
from articles.rules.hidden_text import shown, shown_line
from articles.rules.paths import path_to
from articles.rules.text import composed, language_of

# The width of the picture to use when the screen size is unknown.
USUAL_WIDTH = 800
# Rendered articles that a process keeps, of about 8 kB each.
KEPT = 100
# Citations are beside an article and corrections above it, whatever the order in its document.
PLACES = {"headline": "first", "citations": "first", "points": "points"}


@dataclass(frozen=True, slots=True)
class ShownCitation:
    """A citation. `href` is empty if it cannot be linked. `language` is that of the name, empty if
    there is none. `day` is the day of publication in ISO 8601, if known."""

    href: str
    name: str
    language: str
    is_portal: bool
    day: str | None


@dataclass(frozen=True, slots=True)
class ShownTag:
    """A tag. `language` is empty if the page need not declare it."""

    address: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """`src` and `srcset` are addresses for this page; `largest` is an absolute address."""

    src: str
    srcset: str
    largest: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article for templates. Its texts are Markdown where the fields of the article are. `day`
    is the path of its digest, where links in its texts start. `implications` are pairs of
    label and text. `first`, `after_points` and `last` are texts outside the fields, by place."""

    uid: str
    slug: str
    address: str
    day: str
    headline: str
    headline_language: str
    language: str
    points: tuple[str, ...]
    implications: tuple[tuple[str, str], ...]
    first: tuple[str, ...]
    after_points: tuple[str, ...]
    last: tuple[str, ...]
    picture: PictureFiles | None
    picture_alt: str
    picture_caption: str
    picture_credit: str
    drafted_by: str
    read_by: str
    citations: tuple[ShownCitation, ...]
    tags: tuple[ShownTag, ...]


def of(article: Article, pictures_at: str | None = None) -> ShownArticle:
    """What readers see of an article. Its parts must be loaded. `pictures_at` is the base address
    of pictures on this page, if it is not the public one."""
    other = texts_by_place(article)
    return ShownArticle(
        uid=str(article.uid),
        slug=article.slug,
        address=article.get_absolute_url(),
        day=article.digest.get_absolute_url(),
        headline=article.shown_headline,
        headline_language=article.headline_language,
        language=article.digest.language,
        points=tuple(filter(str.strip, map(shown, article.points))),
        implications=tuple(
            (capfirst(str(label)), shown(text)) for label, text in article.implications
        ),
        first=other["first"],
        after_points=other["points"],
        last=other["last"],
        picture=article.picture and _files(article.picture, pictures_at),
        picture_alt=shown_line(article.picture_alt),
        picture_caption=shown(article.picture_caption).strip(),
        picture_credit=shown(article.picture_credit).strip(),
        drafted_by=article.drafted_by,
        read_by=", ".join(article.signers) or shown(article.read_by).strip(),
        citations=citations(article),
        tags=tags(article),
    )


def texts_by_place(article: Article) -> dict[str, tuple[str, ...]]:
    """Markdown texts outside the fields of an article, by the place where readers find them:
    "first", "points" for those after the summary points, and "last"."""
    if not article.other:
        return _NOWHERE
    found = {place: [] for place in _NOWHERE}
    for row in article.other:
        if (text := shown(row["text"])).strip():
            found[PLACES.get(row["after"], "last")].append(text)
    return {place: tuple(texts) for place, texts in found.items()}


_NOWHERE: dict[str, tuple[str, ...]] = {"first": (), "points": (), "last": ()}


def citations(article: Article) -> tuple[ShownCitation, ...]:
    """The citations of an article, in order."""
    return tuple(
        ShownCitation(
            href=citation.href,
            name=composed(citation.publisher.name),
            language=citation.publisher.language,
            is_portal=citation.publisher.is_portal,
            day=citation.published_on and citation.published_on.isoformat(),
        )
        for citation in article.citations.all()
    )


def tags(article: Article) -> tuple[ShownTag, ...]:
    """The tags of an article. A name in Latin letters declares no language."""
    unsaid = ("en", settings.LANGUAGE_CODE)
    return tuple(
        ShownTag(
            address=tag.get_absolute_url(),
            name=tag.name,
            language="" if (language := language_of(tag.name, "")) in unsaid else language,
        )
        for tag in article.tags.all()
    )


def parts_on_page(
    shown: ShownArticle, number: int, corrections: Iterable[Correction], *, is_preview: bool
) -> SafeString:
    """Render the parts of an article on the page of its digest, which depend on nothing but the
    digest. `number` is its position there."""
    return _rendered(
        "articles/_article_parts.html",
        corrections,
        article=shown,
        number=number,
        is_preview=is_preview,
    )


def on_page(slug: str, number: int, parts: SafeString, ties: Ties | None) -> SafeString:
    """Render an article on the page of its digest from its parts, with what came before it."""
    context = {
        "slug": slug,
        "number": number,
        "parts": parts,
        "ties": ties,
        "site_language": settings.LANGUAGE_CODE,
    }
    return render_to_string("articles/_article.html", context)


def in_feed(shown: ShownArticle, corrections: Iterable[Correction]) -> SafeString:
    """Render an article in the body of a feed item, without its headline."""
    return _rendered(
        "articles/_feed_article.html",
        corrections,
        article=shown,
        day=settings.SITE_URL + shown.day,
    )


def _rendered(name: str, corrections: Iterable[Correction], **context: Hashable) -> SafeString:
    """A template of an article that needs nothing but its corrections and the context.

    What came of the last articles without corrections is kept, since a change of a digest mostly
    leaves all of its articles but one as they were.
    """
    notes = list(corrections)
    if notes or settings.DEBUG:  # equal corrections may differ in their texts
        return render_to_string(name, {**context, "corrections": notes})
    return _kept(name, get_language(), tuple(context.items()))


@lru_cache(maxsize=KEPT)
def _kept(
    name: str, _language: str | None, context: tuple[tuple[str, Hashable], ...]
) -> SafeString:
    return render_to_string(name, {**dict(context), "corrections": []})


def _files(picture: Picture, folder: str | None) -> PictureFiles:
    files = [(_address(picture, width, folder), width) for width in picture.widths]
    return PictureFiles(
        src=next((file for file, width in files if width >= USUAL_WIDTH), files[-1][0]),
        srcset=", ".join(f"{file} {width}w" for file, width in files),
        largest=settings.SITE_URL + _address(picture, picture.width, None),
        width=picture.width,
        height=picture.height,
    )


def _address(picture, width, folder):
    if folder:
        return f"{folder}{picture.uid}/{width}.webp"
    return path_to("picture", picture.uid, width)
