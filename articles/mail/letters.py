"""The digest of a day as a mail: HTML that mail programs show, and plain text.

It is made from the same articles as the page and the feeds, in the language of the digest. Gmail
cuts a mail off after 102 kB and hides the rest, so a long digest ends with the headlines of its
last articles and a link to read on.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import Truncator

from articles.mail.plain import line_of, text_of
from articles.models import Article, Correction, Digest
from articles.pages import headings, parts, shown_articles
from articles.rules import times
from articles.rules.rendering import plain
from articles.rules.text import clean, collapse

# Bytes of HTML. Gmail clips at 102 kB, and services add what they need: 102,000 less a tenth.
MAX_BYTES = 92_000
MAX_SUBJECT = 200  # characters
MAX_PREHEADER = 140  # mailboxes show 40 to 140 characters
MAX_INTRODUCTION = 20_000  # bytes of HTML; a longer one is told in its first lines
MAX_HEADLINES_LEFT = 60
MAX_CORRECTIONS = 10
# Where the articles go in the finished frame, and the link of the service.
_ARTICLES, UNSUBSCRIBE = "articles-are-put-here", "https://unsubscribe.invalid/"


_GAP = re.compile(r"\n{4,}")


@dataclass(frozen=True)
class Letter:
    """`subject` and `preheader` are one line of plain text. `is_whole` says whether all articles
    are in it. UNSUBSCRIBE in `html` and `text` stands for the link of the service, if one was
    asked for."""

    subject: str
    preheader: str
    html: str
    text: str
    language: str
    is_whole: bool

    @property
    def size(self) -> int:
        """The size of the HTML in bytes."""
        return len(self.html.encode())


@dataclass
class _Draft:
    """What a letter is made of."""

    digest: Digest
    pictures_at: str | None
    can_unsubscribe: bool
    corrections: Sequence[Correction]
    articles: Sequence[Article] = ()
    rest: list[Article] = field(default_factory=list)

    @property
    def day(self) -> str:
        return settings.SITE_URL + self.digest.get_absolute_url()


def letter_of(
    digest: Digest, *, pictures_at: str | None = None, can_unsubscribe: bool = False
) -> Letter:
    """The mail of a digest, public or not; at most nine queries.

    `pictures_at` is the base address of pictures, if it is not the public one.
    """
    parts.load([digest])
    draft = _Draft(digest, pictures_at, can_unsubscribe, _recent_corrections(digest))
    with translation.override(digest.language):
        return _written(draft)


def _written(draft: _Draft) -> Letter:
    context = _context(draft)
    style = render_to_string("mail/style.css")
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True, extra_css=style)
    articles = list(draft.digest.articles.all())
    pieces = [inliner.inline_fragment(_article(draft, a), style) for a in articles]
    number = _how_many(pieces, MAX_BYTES - _frame_size(inliner, context, articles))
    context["rest"] = articles[number:][:MAX_HEADLINES_LEFT]
    frame = _frame(inliner, context)
    return Letter(
        subject=context["subject"],
        preheader=context["preheader"],
        html=clean(frame.replace(_ARTICLES, "".join(pieces[:number]), 1)),
        text=_text(context | _plain_parts(draft)),
        language=draft.digest.language,
        is_whole=number == len(articles),
    )


def _text(context: dict[str, Any]) -> str:
    """The plain form, with at most two empty lines at a place."""
    text = clean(render_to_string("mail/digest.txt", context))
    return _GAP.sub("\n\n\n", text).strip() + "\n"


def _how_many(pieces: Sequence[str], room: int) -> int:
    """How many of the first pieces fit into so many bytes."""
    for number, piece in enumerate(pieces):
        room -= len(piece.encode())
        if room < 0:
            return number
    return len(pieces)


def _frame_size(
    inliner: css_inline.CSSInliner, context: dict[str, Any], articles: list[Article]
) -> int:
    """The bytes around the articles, if all but the headlines were left out."""
    return len(_frame(inliner, context | {"rest": articles[:MAX_HEADLINES_LEFT]}).encode())


def _frame(inliner: css_inline.CSSInliner, context: dict[str, Any]) -> str:
    """The mail without its articles. What cannot be inlined, such as dark colours, is in its
    head."""
    frame = inliner.inline(render_to_string("mail/digest.html", context))
    style = " ".join(render_to_string("mail/dark.css").split())
    return frame.replace("</head>", f"<style>{style}</style></head>", 1)


def _context(draft: _Draft) -> dict[str, Any]:
    digest = draft.digest
    introduction = render_to_string("mail/_introduction.html", {"digest": digest, "day": draft.day})
    is_long = len(introduction.encode()) > MAX_INTRODUCTION
    subject = Truncator(collapse(clean(headings.heading(digest)))).chars(MAX_SUBJECT)
    return {
        "digest": digest,
        "day": draft.day,
        "date": times.written_out(digest.date),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "subject": subject,
        "preheader": _preheader(digest, subject),
        "introduction": "" if is_long else introduction,
        "summary": Truncator(digest.summary).chars(1_000) if is_long else "",
        "corrections": draft.corrections,
        "own_corrections": [note for note in digest.corrections.all() if not note.article_id],
        "articles_here": _ARTICLES,
        "number": len(digest.articles.all()),
        "unsubscribe": UNSUBSCRIBE if draft.can_unsubscribe else "",
    }


def _preheader(digest: Digest, subject: str) -> str:
    """What mailboxes show beside the subject: the introduction, else the headlines that the
    subject does not say."""
    said = plain(digest.introduction) or " · ".join(
        headline
        for article in digest.articles.all()
        if not subject.startswith(headline := article.shown_headline)
    )
    return Truncator(collapse(clean(said))).chars(MAX_PREHEADER)


def _article(draft: _Draft, article: Article) -> str:
    shown = shown_articles.of(article, draft.pictures_at)
    notes = [note for note in draft.digest.corrections.all() if note.article_id == article.pk]
    context = {
        "article": shown,
        "notes": notes,
        "day": draft.day,
        "site_url": settings.SITE_URL,
        "pictures_from": "" if draft.pictures_at else settings.SITE_URL,
    }
    return render_to_string("mail/_article.html", context)


def _plain_parts(draft: _Draft) -> dict[str, Any]:
    """The texts of the plain form. All articles are in it: nobody cuts a plain text off."""
    digest, day = draft.digest, draft.day
    return {
        "introduction": text_of(digest.introduction, day),
        "corrections": [_correction_text(note) for note in draft.corrections],
        "own_corrections": [
            _correction_text(note) for note in digest.corrections.all() if not note.article_id
        ],
        "articles": [_article_text(draft, article) for article in digest.articles.all()],
    }


def _correction_text(note: Correction) -> dict[str, str]:
    about = note.article or note.digest
    return {
        "day": note.digest.date.isoformat(),
        "title": note.article.shown_headline if note.article else note.digest.shown_title,
        "text": text_of(note.text, settings.SITE_URL + note.digest.get_absolute_url()),
        "address": settings.SITE_URL + about.get_absolute_url(),
    }


def _article_text(draft: _Draft, article: Article) -> dict[str, Any]:
    shown, day = shown_articles.of(article), draft.day
    notes = [note for note in draft.digest.corrections.all() if note.article_id == article.pk]
    return {
        "headline": shown.headline,
        "corrections": [text_of(note.text, day) for note in notes],
        "first": [text_of(text, day) for text in shown.first],
        "points": [line_of(point, day) for point in shown.points],
        "after_points": [text_of(text, day) for text in shown.after_points],
        "implications": [(label, text_of(text, day)) for label, text in shown.implications],
        "last": [text_of(text, day) for text in shown.last],
        "citations": shown.citations,
        "authorship": plain(render_to_string("articles/_authorship.html", {"article": shown})),
    }


def _recent_corrections(digest: Digest) -> list[Correction]:
    """What was corrected in other public digests since the one before came out, oldest first: those
    who read by mail would not see it otherwise."""
    before = Digest.objects.published().filter(date__lt=digest.date).order_by("-date").first()
    since = before and before.first_public_at
    if since is None:
        return []
    until = (digest.first_public_at or digest_end(digest)) + dt.timedelta(seconds=1)
    notes = Correction.objects.published().filter(corrected_at__gte=since, corrected_at__lt=until)
    notes = notes.exclude(digest=digest).select_related("digest", "article")
    found = sorted(notes.order_by("-corrected_at")[:MAX_CORRECTIONS], key=lambda n: n.corrected_at)
    for note in found:
        if note.article:
            note.article.digest = note.digest
    return found


def digest_end(digest: Digest) -> dt.datetime:
    """A moment after the day of a digest, for one that has no hour yet."""
    return dt.datetime.combine(digest.date, dt.time(), dt.UTC) + dt.timedelta(days=2)
