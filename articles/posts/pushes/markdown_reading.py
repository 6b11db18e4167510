"""Reads a push in Markdown, with the exact reader or the tolerant one."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.document import Document, DocumentError
from articles.posts import reading
from articles.posts.importing import media_in
from articles.posts.linked_publishers import with_known_publishers
from articles.posts.post_files import PostFile
from articles.posts.pushes.problems import MALFORMED, UNUSABLE, Problem, Refused
from articles.posts.pushes.pushed import PushedArticle, PushedDigest, own_text
from articles.posts.reading import ReadPost
from articles.recognising import has_article
from articles.rules.text import clean, find_forbidden

MEDIA_TYPE = "text/markdown"
MAX_NAMED = 10


def read(content: bytes, day: dt.date) -> PushedDigest:
    """Read Markdown in UTF-8 as the digest of that day. Raises Refused with the lines."""
    decoded = _decoded(content)
    text = clean(decoded)
    file = PostFile(f"{day}-push.md", lambda _limit: content)
    try:
        found = reading.read(file, text, _zone())
    except DocumentError as error:
        problems = [Problem(sentence, line=line) for line, sentence in error.errors]
        raise Refused(UNUSABLE, problems) from error
    if not has_article(found.document.articles, found.account):
        sentence = _(
            "There is no article in this text. An article begins with a headline, such as "
            "“## Headline” or a line in bold type."
        )
        raise Refused(UNUSABLE, [Problem(sentence, line=1)])
    post = with_known_publishers(found.document)
    return PushedDigest(
        title=post.title,
        introduction=post.introduction,
        language=post.language,
        articles=[
            PushedArticle(own_text(article), number)
            for number, article in enumerate(post.articles, start=1)
        ],
        reading={"media_type": MEDIA_TYPE, "exact": found.exact, **found.account.as_json()},
        notices=list(_notices(found, decoded)),
        front_matter=post.front_matter,
    )


def day_in(content: bytes) -> dt.date | None:
    """The day that a text says it is for, in its front matter or its first heading; None if it says
    none. Raises Refused if it is no text."""
    text = clean(_decoded(content))
    try:
        found = reading.read(PostFile("push.md", lambda _limit: content), text, _zone())
    except DocumentError:
        return None
    return found.document.date


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        sentence = _("The text is not in UTF-8. Save and send it as UTF-8.")
        raise Refused(MALFORMED, [Problem(sentence, line=line)]) from error


def _notices(found: ReadPost, text: str) -> Iterator[str]:
    yield from found.document.notices
    yield from found.warnings
    post = found.document
    if any(article.read_by or article.drafted_by for article in post.articles):
        yield not_signed()
    if _has_corrections(post):
        yield not_corrected()
    pictures = [article.picture.address for article in post.articles if article.picture]
    if media := list(dict.fromkeys([*pictures, *media_in(clean(text))])):
        yield not_fetched(media)
    if find_forbidden(text):
        yield _("Control characters in the texts are left out.")


def _has_corrections(post: Document) -> bool:
    return bool(post.corrections) or any(article.corrections for article in post.articles)


def not_signed() -> str:
    """What is told if a push says who wrote or read an article."""
    return _(
        "Who drafted or read an article is not taken from a program. Its articles count as drafted "
        "with AI help, and a person says at the desk who read them."
    )


def not_corrected() -> str:
    return _("Corrections are not taken from a program. An editor publishes them at the desk.")


def not_fetched(addresses: list[str]) -> str:
    """What is told about pictures and files that a push names."""
    named = ", ".join(addresses[:MAX_NAMED])
    more = len(addresses) - MAX_NAMED
    if more > 0:
        named += " " + ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
    return _("Pictures are not fetched. Add these at the desk: %(addresses)s") % {
        "addresses": named
    }
