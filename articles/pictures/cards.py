"""Social cards: the picture of a day or an article that other sites show with a link to it.

A card consists of the text on it. Its mark is a hash of that text, so the picture at an address
never changes and may be cached forever. A card is drawn at the first request.
"""

import datetime as dt
import hashlib
import io
import json
import logging
import threading
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.utils.translation import ngettext
from PIL import Image, ImageDraw, ImageFont

from articles.models import Article, Digest
from articles.pictures import card_text
from articles.rules import times
from articles.rules.paths import path_to

SIZE = WIDTH, HEIGHT = 1200, 630  # recommended for Open Graph: 1.91 to 1
DESIGN = 1  # increase it whenever the drawing of cards changes
MEDIA_TYPE = "image/png"
HEADLINES = 4
MARGIN = 72
COLOURS = 48  # enough for antialiased letters in ink, indigo, red and grey on paper
PAPER, INK, MUTED, HAIRLINE = "#fdfdfb", "#1b1d22", "#484c54", "#cfd3d9"
INDIGO, SEAL = "#23406f", "#981f16"

# Where systems install fonts with Hangul, Han and kana, the best first.
FOLDERS = (
    "/usr/share/fonts/opentype/noto",  # Debian
    "/usr/share/fonts/google-noto-serif-cjk-fonts",  # Fedora
    "/usr/share/fonts/google-noto-sans-cjk-fonts",
    "/usr/share/fonts/noto-cjk",  # Arch
    "/usr/share/fonts/noto",  # Alpine
    "/usr/share/fonts/truetype/nanum",
    "/System/Library/Fonts",
)
HEADING_FILES = ("NotoSerifCJK-Bold.ttc", "NotoSansCJK-Bold.ttc", "NanumMyeongjoBold.ttf")
TEXT_FILES = ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc", "NanumGothic.ttf")
BOTH_FILES = ("AppleSDGothicNeo.ttc",)
# Suffix of the face's name in a font collection, by language.
FACES = {"ko": " KR", "zh": " SC", "ja": " JP"}

logger = logging.getLogger(__name__)
# Two threads must not use a font at once.
_drawing = threading.Lock()


@dataclass(frozen=True)
class Card:
    """`lines` are texts with their languages; `slug` is empty on the card of a day."""

    date: dt.date
    slug: str
    heading: str
    language: str
    label: str
    lines: tuple[tuple[str, str], ...]

    @property
    def mark(self) -> str:
        """16 hexadecimal digits, a hash of everything visible on the card."""
        fonts = [path.name for path in _fonts() or ()]
        written = [DESIGN, settings.SITE_NAME, settings.LANGUAGE_CODE, fonts, asdict(self)]
        return hashlib.sha256(json.dumps(written, default=str).encode()).hexdigest()[:16]

    @property
    def address(self) -> str:
        """The path of the picture."""
        if self.slug:
            return path_to("article-card", self.date, self.slug, self.mark)
        return path_to("day-card", self.date, self.mark)

    @property
    def description(self) -> str:
        """The alternative text of the picture."""
        return f"{settings.SITE_NAME}, {times.written_out(self.date)}: {self.heading}"


def of_digest(digest: Digest) -> Card | None:
    """The card of a day; None if no suitable font is installed."""
    if not _fonts():
        return None
    articles = list(digest.articles.all())
    lines = tuple((a.shown_headline, a.headline_language) for a in articles[:HEADLINES])
    label = ngettext("%(count)s article", "%(count)s articles", len(articles))
    label %= {"count": len(articles)}
    return Card(digest.date, "", digest.shown_title, digest.language, label, lines)


def of_article(article: Article) -> Card | None:
    """The card of an article; None if no suitable font is installed."""
    if not _fonts():
        return None
    digest = article.digest
    heading, language = article.shown_headline, article.headline_language
    return Card(digest.date, article.slug, heading, language, digest.shown_title, ())


def picture(card: Card) -> bytes:
    """The card as PNG: drawn once, then cached with other recently requested ones."""
    kept = caches["cards"]
    data = kept.get(card.mark)
    if data is None:
        with _drawing:
            data = _draw(card)
        try:
            kept.set(card.mark, data)
        except OSError:  # the card can be shown even if the disk is full
            logger.warning("A card could not be kept.", exc_info=True)
    return data


# Fonts


def _fonts() -> tuple[Path, Path] | None:
    """The font files for headings and for other text."""
    return _find(settings.CARD_FONT)


@cache
def _find(named: Path | None) -> tuple[Path, Path] | None:
    if named:
        return named, named
    heading = _installed(HEADING_FILES + BOTH_FILES)
    text = _installed(TEXT_FILES + BOTH_FILES)
    return (heading or text, text or heading) if heading or text else None


def _installed(names: tuple[str, ...]) -> Path | None:
    paths = (Path(folder) / name for name in names for folder in FOLDERS)
    return next((path for path in paths if path.is_file()), None)


@cache
def _face(path: Path, language: str) -> int:
    """The index of the face for a language in a font collection."""
    for index in range(16):
        try:
            family, _style = ImageFont.truetype(path, 10, index=index).getname()
        except OSError:  # there are no more faces
            break
        if FACES.get(language, FACES["ko"]) in (family or ""):
            return index
    return 0


@cache
def _heading_font(size: int, language: str = "ko") -> ImageFont.FreeTypeFont:
    path = _fonts()[0]
    return ImageFont.truetype(path, size, index=_face(path, language))


@cache
def _text_font(size: int, language: str = "ko") -> ImageFont.FreeTypeFont:
    path = _fonts()[1]
    return ImageFont.truetype(path, size, index=_face(path, language))


# Drawing


def _draw(card: Card) -> bytes:
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    _draw_masthead(draw, card)
    if card.lines:
        _draw_heading(draw, card, top=178, bottom=300, sizes=(60, 52, 46))
        _draw_lines(draw, card, top=322)
    else:
        _draw_heading(draw, card, top=184, bottom=524, sizes=(84, 76, 68, 60, 54, 48))
    _draw_foot(draw, card)
    file = io.BytesIO()
    image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=False)
    return file.getvalue()


def _draw_masthead(draw, card):
    """Draw the name of the site and the date over the double rule."""
    right = WIDTH - MARGIN
    font = _text_font(30)
    date = times.written_out(card.date)
    draw.text((right, 108), date, INK, font, anchor="rs")
    room = right - MARGIN - font.getlength(date) - 40
    name = card_text.shortened(settings.SITE_NAME, room, _heading_font(44).getlength)
    draw.text((MARGIN, 108), name, INK, _heading_font(44), anchor="ls")
    draw.rectangle((MARGIN, 132, right, 137), INK)
    draw.rectangle((MARGIN, 143, right, 144), INK)


def _draw_heading(draw, card, *, top, bottom, sizes):
    """Draw the heading as large as it fits between `top` and `bottom`, centred vertically."""
    room = bottom - top
    for size in sizes:
        font = _heading_font(size, card.language)
        leading = round(size * 1.3)
        most = room // leading
        lines = card_text.wrapped(card.heading, WIDTH - 2 * MARGIN, font.getlength)
        if len(lines) <= most:
            lines = card_text.balanced(card.heading, WIDTH - 2 * MARGIN, font.getlength)
            break
    else:
        lines = card_text.cut(lines, most, WIDTH - 2 * MARGIN, font.getlength)
    y = top + (room - leading * len(lines)) // 2 + leading // 2
    for line in lines:
        draw.text((MARGIN, y), line, INK, font, anchor="lm")
        y += leading


def _draw_lines(draw, card, *, top):
    """Draw the first headlines with their numbers, one line each, between hairlines."""
    for number, (text, language) in enumerate(card.lines, 1):
        y = top + 52 * (number - 1)
        draw.line((MARGIN, y, WIDTH - MARGIN, y), HAIRLINE)
        draw.text((MARGIN, y + 27), str(number), INDIGO, _heading_font(28), anchor="lm")
        font = _text_font(28, language)
        text = card_text.shortened(text, WIDTH - 2 * MARGIN - 48, font.getlength)
        draw.text((MARGIN + 48, y + 27), text, INK, font, anchor="lm")


def _draw_foot(draw, card):
    """Draw the name of the digest or site, the host, and the red of the seal."""
    right, y = WIDTH - MARGIN, 580
    draw.line((MARGIN, 544, right, 544), INK)
    draw.rectangle((right - 20, y - 14, right, y + 14), SEAL)
    font = _text_font(26)
    draw.text((right - 36, y), settings.SITE_HOST, MUTED, font, anchor="rm")
    room = right - MARGIN - 76 - font.getlength(settings.SITE_HOST)
    label = card_text.shortened(card.label, room, font.getlength)
    draw.text((MARGIN, y), label, INDIGO, font, anchor="lm")
