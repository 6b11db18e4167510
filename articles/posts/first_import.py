"""A post for a day without a digest: prepared before its transaction, and saved in it."""

import datetime as dt
import uuid

from django.utils.translation import gettext as _

from articles import document, search
from articles.digests import editing, identifiers, publishing, revisions
from articles.digests.editing import Names
from articles.document import Document
from articles.models import AuditEntry, Correction, Digest
from articles.posts.unchanged import missing_corrections
from articles.rules.hidden_text import shown_line
from articles.rules.text import Slugs


class NewDigest:
    """Prepares a new digest as far as possible before the transaction, which keeps locks short."""

    def __init__(self, post: Document, *, publish: bool):
        self.post, self.publish = post, publish
        self.data = document.to_snapshot(post, [str(uuid.uuid4()) for _article in post.articles])
        slugs = Slugs()
        for article in self.data["articles"]:
            article["slug"] = slugs.unique(shown_line(article["headline"]))
            article["feed_id"] = identifiers.new_feed_id("article") if publish else ""
        self.found = [search.text_of(article) for article in self.data["articles"] if publish]

    def save(self, names: Names, by) -> tuple[Digest, list[AuditEntry]]:
        """The digest with all its parts, and the audit row of its publication. Call it in a
        transaction. Raises IntegrityError if the day has a digest by then."""
        digest, steps = self._save_own(by)
        self._add_articles(digest, names)
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

    def _add_articles(self, digest: Digest, names: Names) -> None:
        """Add the articles. Afterwards the snapshot has the stored names of their tags and
        storylines."""
        texts = self.data["articles"]
        links = editing.add_articles(digest, texts, names)
        if self.publish:
            names.settle(digest)
        for place, (text, own) in enumerate(zip(texts, links, strict=True)):
            typed = text["tags"], text["storyline"]
            text["tags"] = [link.name for link in own.tags]
            text["storyline"] = own.storyline.name if own.storyline else ""
            if self.found and (text["tags"], text["storyline"]) != typed:
                self.found[place] = search.text_of(text)

    def _keep(self, digest: Digest, by) -> None:
        """Keep the first revision. With corrections, the snapshot is read back from the database.
        Without any it is already known, which halves the time that a long archive takes."""
        if self.data["corrections"]:
            kept, found = revisions.snapshot(digest), None
        else:
            kept, found = revisions.assemble(digest, self.data["articles"], []), self.found
        note = _("Imported")
        revisions.keep(digest, kept, author=by, note=note, is_first=True, found=found)


def add_corrections(digest: Digest, corrections: list[dict]) -> None:
    """Add the corrections of a document that the digest does not have yet."""
    if not corrections:
        return
    articles = {str(article.uid): article for article in digest.articles.all()}
    uids = {article.pk: uid for uid, article in articles.items()}
    present = [
        {
            "article": uids.get(correction.article_id),
            "text": correction.text,
            "corrected_at": correction.corrected_at.isoformat(),
        }
        for correction in digest.corrections.all()
    ]
    for correction in missing_corrections(present, corrections):
        Correction.objects.create(
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
