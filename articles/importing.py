"""Digest documents into digests: resolve, read, check all of it, save in one transaction each."""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from articles import audit, diffing, document, editing, pictures, publishing, revisions
from articles.addresses import comparison_key
from articles.document import Document, DocumentError
from articles.lines import CitationLine
from articles.models import (
    Article,
    AuditEntry,
    Citation,
    Correction,
    Digest,
    Publisher,
    Tag,
    TaggedArticle,
    tags_by_name,
)
from articles.posts import Source, read_post
from articles.text import unique_slug

CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"
ACTION = "imported"
# Pictures and files that a post shows or links to by an address of its own site.
_MEDIA = re.compile(
    r"""!\[[^\]]*\]\(\s*<?(?P<shown>[^)\s>]+)|\]\(\s*<?(?P<linked>/?[^):\s>]+\.\w{2,5})[)>\s]"""
    r"""|<img[^>]+src=["'](?P<tag>[^"']+)"""
)


class Kept(DocumentError):
    """The digest was left as it is, since the import would lose work; `force` overrides that."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file: `status` is one of the four constants above.

    `errors` holds (line number, sentence) pairs of a refused file; `change` what the file would
    change or has changed in a digest that was there; `media` the files it refers to; `is_published`
    whether it has been published by this run.
    """

    name: str
    status: str
    errors: list[tuple[int, str]] = field(default_factory=list)
    change: diffing.DigestChange | None = None
    media: list[str] = field(default_factory=list)
    is_published: bool = False


class _DryRun(Exception):
    """Rolls back what would have been saved."""


def import_posts(
    sources: list[Source],
    *,
    publish: bool = False,
    force: bool = False,
    dry_run: bool = False,
    by=None,
    check: Callable[[Digest], None] | None = None,
) -> Iterator[Outcome]:
    """Import each file on its own, yielding its outcome; one bad file leaves the others alone.

    With `publish`, drafts are published on the moment their post names. A post that would be
    written just as the digest of its day is now changes nothing. One that differs changes the
    digest if nobody edited that since its last import, or with `force`. `dry_run` saves nothing
    and reports the same. `by` is the user who imports, None for a command. `check` is asked before
    a digest that is there is changed, with the digest locked, and refuses with DocumentError.
    """
    run = _Run(publish, force, dry_run, by, check)
    for source in sources:
        try:
            yield run.take(source)
        except Kept as error:
            yield Outcome(source.name, REFUSED, error.errors, change=run.change)
        except DocumentError as error:
            yield Outcome(source.name, REFUSED, error.errors)


def media_of(text: str) -> list[str]:
    """Files of its own site that a post refers to, in order, each once."""
    found = (match[match.lastgroup] for match in _MEDIA.finditer(text))
    return list(dict.fromkeys(path for path in found if "://" not in path))


class _Run:
    """One import: remembers which file gave which day, and the publishers and tags met so far.

    One that is renamed during the import goes on being found by its old name. One that is deleted
    makes the next post fail that needs it, which is then tried again with what there is.
    """

    def __init__(self, publish: bool, force: bool, dry_run: bool, by, check):
        self.publish, self.force, self.dry_run = publish, force, dry_run
        self.by, self.check = by, check
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.days: dict = {}
        self.publishers: dict[str, Publisher] = {}
        self.tags: dict[str, Tag] = {}
        self.change: diffing.DigestChange | None = None

    def take(self, source: Source) -> Outcome:
        self.change = None
        text = read_post(source)
        post = document.parse(text, self.zone, pictures.exists)
        if post.date in self.days:
            message = _("This post is for %(date)s, and so is %(file)s. One day has one digest.")
            names = {"date": post.date, "file": self.days[post.date]}
            raise DocumentError([(1, message % names)])
        self.days[post.date] = source.name
        post.layout["file"] = source.stem
        try:
            status, is_published = self._in_transaction(post, text)
        except IntegrityError:
            status, is_published = self._in_transaction(post, text)
        return Outcome(source.name, status, [], self.change, media_of(text), is_published)

    def _in_transaction(self, post: Document, text: str) -> tuple[str, bool]:
        saved = None
        try:
            with transaction.atomic():
                saved = self._save(post, text)
                if self.dry_run:
                    raise _DryRun
        except _DryRun:
            self._forget()
        except BaseException:
            self._forget()
            raise
        return saved

    def _forget(self) -> None:
        """Some publishers and tags may have been rolled back."""
        self.publishers.clear()
        self.tags.clear()

    def _save(self, post: Document, text: str) -> tuple[str, bool]:
        digest = Digest.objects.select_for_update().filter(date=post.date).first()
        steps: list[AuditEntry] = []
        if digest is None:
            digest, status = self._create(post, steps), CREATED
        else:
            status = self._update(digest, post, text)
        is_published = self.publish and (status == CREATED or digest.status == Digest.Status.DRAFT)
        if is_published and status != CREATED:
            at = document.published_at(post)
            digest = publishing.publish(digest, at=at, by=self.by, unchecked=True)
        elif status == UPDATED:
            revisions.record(digest, author=self.by, note=_("Imported"))
        if status != UNCHANGED:
            detail = {"status": status, "version": digest.version}
            audit.record_all([*steps, audit.entry_for(ACTION, digest, by=self.by, detail=detail)])
        return status, is_published

    # A digest that is there

    def _update(self, digest: Digest, post: Document, text: str) -> str:
        present = revisions.snapshot(digest)
        if document.write(document.from_snapshot(present, self.zone)) == text:
            return UNCHANGED
        if self.check:
            self.check(digest)
        wanted = document.to_snapshot(post, _uids(post, present))
        self.change = diffing.compare(present, present | wanted)
        if not self.force:
            self._refuse_loss(digest, present)
        self._count_up(digest, wanted)
        return UPDATED

    def _refuse_loss(self, digest: Digest, present: dict) -> None:
        gone = sum(article.kind == diffing.REMOVED for article in self.change.articles)
        there = len(present["articles"])
        if was_edited_since_import(digest, present):
            message = _(
                "The digest of %(date)s was edited here since this post was imported. It was left "
                "as it is."
            )
        elif gone > there / 2:  # a file cut short, or that of a single article
            message = _(
                "The digest of %(date)s has %(there)d articles, of which this post lacks %(gone)d. "
                "It was left as it is. Import the whole issue, or overwrite it if they are to go."
            )
        else:
            return
        raise Kept([(1, message % {"date": digest.date, "there": there, "gone": gone})])

    def _count_up(self, digest: Digest, wanted: dict) -> None:
        editing.write(digest, wanted)
        _add_corrections(digest, wanted["corrections"])
        if digest.feed_id:
            publishing.fix_feed_ids(digest, digest.first_public_at)
        digest.version += 1
        digest.save()

    # A new one

    def _create(self, post: Document, steps: list[AuditEntry]) -> Digest:
        """A digest with all of its parts; `steps` gets the audit row of its publication."""
        digest = Digest(
            date=post.date,
            title=post.title,
            introduction=post.introduction,
            language=post.language,
            front_matter=post.front_matter,
            layout=post.layout,
        )
        if self.publish:
            at = document.published_at(post)
            digest.revised_at = _last_correction(post, at)
            steps.append(publishing.publish_new(digest, at=at, by=self.by))
        else:
            digest.save()
        articles, data = self._add_articles(digest, post)
        self._cite(articles, post)
        self._tag(articles, data)
        _add_corrections(digest, data["corrections"])
        self._keep_first(digest, data)
        return digest

    def _add_articles(self, digest: Digest, post: Document) -> tuple[list[Article], dict]:
        """The articles without citations and tags, and the post as a snapshot."""
        data = document.to_snapshot(post, [str(uuid.uuid4()) for _article in post.articles])
        slugs: list[str] = []
        for article in data["articles"]:
            slugs.append(unique_slug(article["headline"], slugs))
            article["slug"] = slugs[-1]
            article["feed_id"] = publishing.new_feed_id("article") if self.publish else ""
        own = (*editing.TEXT_FIELDS, "uid", "slug", "feed_id", "layout")
        shown = editing.pictures_of(data["articles"])
        articles = [
            Article(
                digest=digest,
                position=position,
                picture_id=shown.get(article["picture"]),
                **{name: article[name] for name in own},
            )
            for position, article in enumerate(data["articles"], start=1)
        ]
        Article.objects.bulk_create(articles)
        return articles, data

    def _keep_first(self, digest: Digest, data: dict) -> None:
        """The first revision. Corrections are read back as they were stored; without any, all of
        it is known, which halves the time that a long archive takes."""
        if data["corrections"]:
            kept = revisions.snapshot(digest)
        else:
            kept = revisions.assemble(digest, data["articles"], [])
        revisions.keep(digest, kept, author=self.by, note=_("Imported"), is_first=True)

    def _cite(self, articles: list[Article], post: Document) -> None:
        citations: list[Citation] = []
        for article, text in zip(articles, post.articles, strict=True):
            publishers = [self._publisher(line) for line in text.citations]
            citations += editing.citations_of(article, text.citations, publishers)
        Citation.objects.bulk_create(citations)

    def _tag(self, articles: list[Article], data: dict) -> None:
        """Give new articles their tags, and `data` the names that those are kept by."""
        typed = dict.fromkeys(name for article in data["articles"] for name in article["tags"])
        if missing := typed.keys() - self.tags.keys():
            self.tags |= tags_by_name(name for name in typed if name in missing)
        rows: list[TaggedArticle] = []
        for article, text in zip(articles, data["articles"], strict=True):
            known = (self.tags.get(name) for name in text["tags"])
            tags = list(dict.fromkeys(tag for tag in known if tag))
            text["tags"] = [tag.name for tag in tags]
            rows += [TaggedArticle(content_object=article, tag=tag) for tag in tags]
        if rows:
            TaggedArticle.objects.bulk_create(rows)

    def _publisher(self, line: CitationLine) -> Publisher:
        if line.publisher not in self.publishers:
            self.publishers[line.publisher] = editing.publisher_for(line)
        return self.publishers[line.publisher]


def was_edited_since_import(digest: Digest, present: dict) -> bool:
    """Whether the digest's text is another than that of its last import, or it never had one."""
    entries = AuditEntry.objects.filter(digest_id=digest.pk, action=ACTION)
    last = entries.order_by("-pk").first()
    imported = last and revisions.at_version(digest, last.detail["version"])
    return not imported or bool(diffing.compare(imported, present))


def _uids(post: Document, present: dict) -> list[str]:
    """For each article of a post the permanent id of the one it is here: by its headline, else by
    a source, else by its place; a new one if it is none of them."""
    left = {article["uid"]: article for article in present["articles"]}
    chosen: list[str | None] = [None] * len(post.articles)

    def choose(matches):
        for index, article in enumerate(post.articles):
            if chosen[index] is None:
                found = next(
                    (u for u, other in left.items() if matches(index, article, other)), None
                )
                if found:
                    chosen[index] = found
                    del left[found]

    places = {article["uid"]: place for place, article in enumerate(present["articles"])}
    choose(lambda index, article, other: article.headline == other["headline"])
    choose(lambda index, article, other: bool(_keys(article.citations) & _stored_keys(other)))
    choose(lambda index, article, other: places[other["uid"]] == index)
    return [uid or str(uuid.uuid4()) for uid in chosen]


def _keys(citations: list[CitationLine]) -> set[str]:
    return {comparison_key(citation.url) for citation in citations}


def _stored_keys(article: dict) -> set[str]:
    return {comparison_key(citation["url"]) for citation in article["citations"]}


def _last_correction(post: Document, published_at: dt.datetime) -> dt.datetime | None:
    corrections = [
        *post.corrections,
        *(c for article in post.articles for c in article.corrections),
    ]
    moments = (correction.corrected_at for correction in corrections)
    return max((moment for moment in moments if moment >= published_at), default=None)


def _add_corrections(digest: Digest, corrections: list[dict]) -> None:
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
