"""Digest documents into drafts: read, validate all of it, then save in one transaction each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from articles import audit, document, editing, publishing, revisions
from articles.addresses import comparison_key
from articles.document import ArticleText, Document, DocumentError
from articles.lines import CitationLine
from articles.models import Article, Citation, Digest, Publisher
from articles.text import unique_slug

MAX_POST_BYTES = 1_000_000
SUFFIXES = {".md", ".markdown"}

CREATED, PUBLISHED, UNCHANGED, REFUSED = "created", "published", "unchanged", "refused"


@dataclass(frozen=True)
class Outcome:
    """What became of one file: `status` is one of the four constants above.

    `errors` holds (line number, sentence) pairs of a refused file.
    """

    path: Path
    status: str
    errors: list[tuple[int, str]] = field(default_factory=list)


def find_posts(paths: list[Path]) -> list[Path]:
    """The Markdown files among the paths and below the directories, sorted by name.

    Raises FileNotFoundError for a path that does not exist.
    """
    found = []
    for path in paths:
        if path.is_dir():
            found += [file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES]
        elif path.is_file():
            found.append(path)
        else:
            raise FileNotFoundError(path)
    return sorted(set(found), key=lambda file: (file.name, file))


def import_posts(paths: list[Path], *, publish: bool = False) -> Iterator[Outcome]:
    """Import each file on its own, yielding its outcome; one bad file leaves the others alone.

    With `publish`, drafts are published on the moment their post names. A post that equals the
    digest of its day changes nothing; one that differs is refused, so nobody's work is lost.
    """
    run = _Run(publish)
    for path in paths:
        try:
            yield Outcome(path, run.take(path))
        except DocumentError as error:
            yield Outcome(path, REFUSED, error.errors)


class _Run:
    """One import: remembers which file gave which day, and the publishers met so far."""

    def __init__(self, publish: bool):
        self.publish = publish
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.sources: dict = {}
        self.publishers: dict[str, Publisher] = {}

    def take(self, path: Path) -> str:
        post = document.parse(read_post(path), self.zone)
        if post.date in self.sources:
            message = _("This post is for %(date)s, and so is %(file)s. One day has one digest.")
            names = {"date": post.date, "file": self.sources[post.date].name}
            raise DocumentError([(1, message % names)])
        self.sources[post.date] = path
        try:
            with transaction.atomic():
                return self._save(post)
        except BaseException:
            self.publishers.clear()  # some may have been rolled back
            raise

    def _save(self, post: Document) -> str:
        digest = Digest.objects.select_for_update().filter(date=post.date).first()
        if digest is None:
            digest = self._create(post)
            status = CREATED
        elif document_of(digest) == post:
            status = UNCHANGED
        else:
            message = _("There already is a different digest for %(date)s. It was left as it is.")
            raise DocumentError([(1, message % {"date": post.date})])
        if self.publish and digest.status == Digest.Status.DRAFT:
            if status == CREATED:
                audit.record("imported", digest=digest)
            publishing.publish(digest, at=post.stamp, unchecked=True)
            return PUBLISHED
        if status == CREATED:
            audit.record("imported", digest=digest)
            revisions.record(digest, note=_("Imported"))
        return status

    def _create(self, post: Document) -> Digest:
        digest = Digest.objects.create(
            date=post.date,
            title=post.title,
            introduction=post.introduction,
            language=post.language,
            front_matter=post.front_matter,
        )
        slugs: set[str] = set()
        articles = []
        for position, text in enumerate(post.articles, start=1):
            articles.append(_article(digest, position, text, slugs))
            slugs.add(articles[-1].slug)
        Article.objects.bulk_create(articles)
        Citation.objects.bulk_create(
            Citation(
                article=article,
                position=position,
                publisher=self._publisher(line),
                url=line.url,
                url_key=comparison_key(line.url),
                published_on=line.published_on,
            )
            for article, text in zip(articles, post.articles, strict=True)
            for position, line in enumerate(text.citations, start=1)
        )
        return digest

    def _publisher(self, line: CitationLine) -> Publisher:
        if line.publisher not in self.publishers:
            self.publishers[line.publisher] = editing.publisher_for(line)
        return self.publishers[line.publisher]


def read_post(path: Path) -> str:
    """The text of a file; raises DocumentError if it cannot be read, is too large or not UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        message = _("The file cannot be read: %(reason)s.") % {"reason": error.strerror}
        raise DocumentError([(1, message)]) from error
    if len(data) > MAX_POST_BYTES:
        message = _("The file is larger than %(limit)d bytes.") % {"limit": MAX_POST_BYTES}
        raise DocumentError([(1, message)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = _("The line is not UTF-8 (byte %(byte)s). Save the file in UTF-8.")
        raise DocumentError([(line, message % {"byte": hex(data[error.start])})]) from error


def document_of(digest: Digest) -> Document:
    """The document that a stored digest stands for, to compare with a parsed one."""
    articles = digest.articles.order_by("position").prefetch_related("citations__publisher")
    return Document(
        date=digest.date,
        stamp=digest.first_public_at,
        title=digest.title,
        introduction=digest.introduction,
        language=digest.language,
        front_matter=digest.front_matter,
        articles=[_article_text(article) for article in articles],
    )


def _article(digest: Digest, position: int, text: ArticleText, slugs: set[str]) -> Article:
    return Article(
        digest=digest,
        position=position,
        headline=text.headline,
        slug=unique_slug(text.headline, slugs),
        points=text.points,
        technical_significance=text.technical_significance,
        industry_impact=text.industry_impact,
        outlook=text.outlook,
    )


def _article_text(article: Article) -> ArticleText:
    return ArticleText(
        headline=article.headline,
        citations=[
            CitationLine(citation.publisher.name, citation.url, citation.published_on)
            for citation in article.citations.all()
        ],
        points=article.points,
        technical_significance=article.technical_significance,
        industry_impact=article.industry_impact,
        outlook=article.outlook,
    )
