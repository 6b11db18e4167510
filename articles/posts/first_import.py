"""A post whose day has no digest: made ready before its transaction, and saved in it."""

import datetime as dt
import uuid
from itertools import chain

from django.utils.translation import gettext as _

from articles import document, search
from articles.digests import editing, naming, publishing, revisions
from articles.document import Document
from articles.models import (
    Article,
    AuditEntry,
    Citation,
    Correction,
    Digest,
    Publisher,
    Tag,
    TaggedArticle,
    links_of,
    tags_by_name,
)
from articles.rules.lines import CitationLine
from articles.rules.remarks import shown_line
from articles.rules.text import Slugs

_OWN = (*editing.TEXT_FIELDS, "uid", "slug", "feed_id", "layout")


class Names:
    """The publishers and tags that an import has met so far, by the names in its posts."""

    def __init__(self):
        self.publishers: dict[str, Publisher] = {}
        self.tags: dict[str, Tag] = {}

    def forget(self) -> None:
        """Some may have been rolled back."""
        self.publishers.clear()
        self.tags.clear()

    def publisher(self, line: CitationLine) -> Publisher:
        if line.publisher not in self.publishers:
            self.publishers[line.publisher] = editing.publisher_for(line)
        return self.publishers[line.publisher]

    def find_tags(self, typed: list[str]) -> None:
        """Look up those that are not known yet, or make them."""
        if missing := set(typed) - self.tags.keys():
            self.tags |= tags_by_name(name for name in typed if name in missing)

    def settle(self, digest: Digest) -> None:
        """Give those that readers meet by a digest that was just saved names and addresses."""
        unknown = [
            row for row in (*self.tags.values(), *self.publishers.values()) if not row.is_known
        ]
        if unknown:
            naming.settle(digest)
            for row in unknown:
                row.refresh_from_db()


class NewDigest:
    """What of a new digest can be known without the database: nobody has to wait for that."""

    def __init__(self, post: Document, *, publish: bool):
        self.post, self.publish = post, publish
        self.data = document.to_snapshot(post, [str(uuid.uuid4()) for _article in post.articles])
        slugs = Slugs()
        for article in self.data["articles"]:
            article["slug"] = slugs.unique(shown_line(article["headline"]))
            article["feed_id"] = publishing.new_feed_id("article") if publish else ""
        self.found = [search.text_of(article) for article in self.data["articles"] if publish]

    def save(self, names: Names, by) -> tuple[Digest, list[AuditEntry]]:
        """The digest with all of its parts, and the audit row of its publication; call it in a
        transaction. Raises IntegrityError if the day has a digest after all."""
        digest, steps = self._save_own(by)
        articles = self._add_articles(digest)
        self._cite(articles, names)
        self._tag(digest, articles, names)
        add_corrections(digest, self.data["corrections"])
        self._keep(digest, by)
        return digest, steps

    def _save_own(self, by) -> tuple[Digest, list[AuditEntry]]:
        own = ("date", "title", "introduction", "language", "front_matter", "layout")
        digest = Digest(**{name: getattr(self.post, name) for name in own})
        if not self.publish:
            digest.save()
            return digest, []
        at = document.published_at(self.post)
        digest.revised_at = _last_correction(self.post, at)
        return digest, [publishing.publish_new(digest, at=at, by=by)]

    def _add_articles(self, digest: Digest) -> list[Article]:
        """The articles, without citations and tags."""
        shown = editing.pictures_of(self.data["articles"])
        articles = [
            Article(
                digest=digest,
                position=position,
                picture_id=shown.get(article["picture"]),
                **{name: article[name] for name in _OWN},
            )
            for position, article in enumerate(self.data["articles"], start=1)
        ]
        Article.objects.bulk_create(articles)
        return articles

    def _cite(self, articles: list[Article], names: Names) -> None:
        citations: list[Citation] = []
        for article, text in zip(articles, self.post.articles, strict=True):
            publishers = [names.publisher(line) for line in text.citations]
            citations += editing.citations_of(article, text.citations, publishers)
        Citation.objects.bulk_create(citations)

    def _tag(self, digest: Digest, articles: list[Article], names: Names) -> None:
        """Give the articles their tags, and the snapshot the names that those are kept by."""
        names.find_tags([name for text in self.post.articles for name in text.tags])
        pairs = list(zip(articles, self.post.articles, strict=True))
        links = [links_of(article, text.tags, names.tags) for article, text in pairs]
        if any(links):
            TaggedArticle.objects.bulk_create(chain(*links))
        if self.publish:
            names.settle(digest)
        for place, (own, (_article, text)) in enumerate(zip(links, pairs, strict=True)):
            data = self.data["articles"][place]
            data["tags"] = [link.name for link in own]
            if self.found and data["tags"] != text.tags:
                self.found[place] = search.text_of(data)

    def _keep(self, digest: Digest, by) -> None:
        """The first revision. Corrections are read back as they were stored; without any, all of
        it is known, which halves the time that a long archive takes."""
        if self.data["corrections"]:
            kept, found = revisions.snapshot(digest), None
        else:
            kept, found = revisions.assemble(digest, self.data["articles"], []), self.found
        note = _("Imported")
        revisions.keep(digest, kept, author=by, note=note, is_first=True, found=found)


def add_corrections(digest: Digest, corrections: list[dict]) -> None:
    """Corrections that a document tells of and the digest does not have."""
    if not corrections:
        return
    articles = {str(article.uid): article for article in digest.articles.all()}
    for correction in corrections:
        Correction.objects.get_or_create(
            digest=digest,
            article=articles.get(correction["article"]),
            text=correction["text"],
            corrected_at=correction["corrected_at"],
        )


def _last_correction(post: Document, published_at: dt.datetime) -> dt.datetime | None:
    corrections = [
        *post.corrections,
        *(c for article in post.articles for c in article.corrections),
    ]
    moments = (correction.corrected_at for correction in corrections)
    return max((moment for moment in moments if moment >= published_at), default=None)
