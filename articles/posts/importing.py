"""Imports digest documents: finds the digest, parses, checks, and saves in one transaction each."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import document, preflight
from articles.changes import audit
from articles.digests import (
    diffing,
    editing,
    old_addresses,
    public_text,
    publishing,
    revisions,
    schedules,
)
from articles.digests.editing import Names
from articles.document import Document, DocumentError
from articles.models import AuditEntry, Digest
from articles.posts import reading
from articles.posts.first_import import NewDigest, add_corrections
from articles.posts.joining import JOIN, REFUSE, Part, by_day, joined, old_paths_of
from articles.posts.kept_feed_ids import KeptFeedIds, has_new_feed_id
from articles.posts.linked_publishers import with_known_publishers
from articles.posts.matching import uids
from articles.posts.post_files import PostFile, read_post
from articles.posts.renamed import with_names_here
from articles.posts.retrying import at_last
from articles.posts.unchanged import has_all_of
from articles.recognising import AUTO, Account
from articles.rules import hidden_text
from articles.rules.permalinks import OldPaths

CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"
ACTION = "imported"
READERS_HAVE = (Digest.Status.PUBLISHED, Digest.Status.SCHEDULED)
# Pictures and files of its own site that a post shows or links to. Each repeated part ends where
# the next picture, link or tag may begin, so no part of a text is scanned twice.
_MEDIA = re.compile(
    r"""!\[(?:[^\]!]|!(?!\[))*\]\(\s*<?(?P<shown>(?:[^)\s>\]]|\](?!\())+)"""
    r"""|\]\(\s*<?(?P<linked>/?(?:[^):\s>\]]|\](?!\())+\.\w{2,5})[)>\s]"""
    r"""|<img[^<>]+src=["'](?P<tag>[^"']+)"""
)


class Kept(DocumentError):
    """The import would lose work, so the digest was not changed; `force` overrides that."""


@dataclass(frozen=True)
class Outcome:
    """The result of one file: `status` is one of the four constants above.

    `errors` holds (line number, sentence) pairs of a refused file; `change` is the change to an
    existing digest; `media` lists the files that the post refers to. `is_published` says that this
    run published the digest, or that its post names a later hour at which it comes out.
    `is_held_back` says that publishing was asked for, but the post is not for readers.
    `is_schedule_cancelled` says that the post brought errors into a scheduled digest, which
    cancelled its schedule. `notices` are sentences for the user who imports. `warnings` are those
    of them that should not be missed: a date that does not count, an old address or feed id that
    is not kept. `account` says what became of each line of a post that was not refused. `is_exact`
    says that the post has the exact form, so that an export gives it back byte for byte.
    """

    name: str
    status: str
    errors: list[tuple[int, str]] = field(default_factory=list)
    change: diffing.DigestChange | None = None
    media: list[str] = field(default_factory=list)
    is_published: bool = False
    is_schedule_cancelled: bool = False
    is_held_back: bool = False
    notices: list[str] = field(default_factory=list)
    account: Account | None = None
    is_exact: bool = True
    warnings: list[str] = field(default_factory=list)


class _DryRun(Exception):
    """Rolls back the transaction of a dry run."""


def import_posts(
    posts: list[PostFile],
    *,
    publish: bool = False,
    force: bool = False,
    dry_run: bool = False,
    by=None,
    check: Callable[[Digest], None] | None = None,
    read_as: str = AUTO,
    old_site: str = "",
    same_day: str = REFUSE,
) -> Iterator[Outcome]:
    """Import each file on its own and yield its outcome; a bad file does not affect the others.

    With `publish`, drafts are published at the moment their post names, unless the post says that
    it is not for readers, or errors cancelled the digest's schedule. A post that is not for readers
    never changes a digest that readers have. A post that is identical to the digest of its day
    changes nothing. A different one changes the digest if nobody edited it since its last import,
    or with `force`. `dry_run` saves nothing and reports the same. `by` is the user who imports,
    None for a command. `check` is called with a locked digest before it is changed, and refuses
    with DocumentError. `read_as` is AUTO or EXACT: whether the tolerant reader may read what the
    exact one does not understand. `old_site` is the address of the site whose subscribers keep
    their items: digests that were never published here get the feed ids that it gave their posts.
    `same_day` is REFUSE or JOIN: what becomes of several posts for one day.
    """
    importer = Importer(publish, force, dry_run, by, check, read_as, old_site)
    groups = by_day(posts, importer.zone, read_as) if same_day == JOIN else [[p] for p in posts]
    for group in groups:
        yield from importer.take(group)


def media_of(text: str) -> list[str]:
    """Files of its own site that a post refers to, in order, without repetitions."""
    return [path for path in media_in(text) if "://" not in path]


def media_in(text: str) -> list[str]:
    """Pictures of any site that a post shows, and files of its own site, in order, without
    repetitions."""
    return list(dict.fromkeys(match[match.lastgroup] for match in _MEDIA.finditer(text)))


def not_for_readers(part: Part) -> str:
    """The reason why a post is not for readers: a folder of drafts, a mark in its front matter, or
    a fault that only a draft may have. Empty if it is for readers."""
    if part.file.is_draft:
        return _("it lies in a folder of drafts")
    post = part.read.document
    found = document.not_for_readers(post.front_matter)
    if not found and not (part.read.exact and post.front_matter):
        found = document.not_for_readers_by_lines(part.text)
    return found or _fault_of(post)


def _fault_of(post: Document) -> str:
    """The first fault of a post that only a draft may have, in words; empty if it has none."""
    data = document.to_snapshot(post, [str(number) for number in range(len(post.articles))])
    found = public_text.told(preflight.faults(data), data)
    return found[0].rstrip(".") if found else ""


def _notices(text: str, hidden_by: str) -> Iterator[str]:
    if hidden_by:
        message = _("Not published, because it is not for readers (%(reason)s).")
        yield message % {"reason": hidden_by}
    count = len(hidden_text.find(text))
    if count:
        message = ngettext(
            "Readers do not see %(count)d comment or tag of Liquid in it.",
            "Readers do not see %(count)d comments and tags of Liquid in it.",
            count,
        )
        yield message % {"count": count}


class Importer:
    """One import. It caches which file gave which day, and the publishers and tags it has met.

    A name that is changed during the import is still found by its former spelling. A concurrent
    change (deletion, creation, write) fails the post that depended on it; that post is retried. The
    options are those of `import_posts`.
    """

    def __init__(
        self,
        publish: bool = False,
        force: bool = False,
        dry_run: bool = False,
        by=None,
        check: Callable[[Digest], None] | None = None,
        read_as: str = AUTO,
        old_site: str = "",
    ):
        self.read_as = read_as
        self.publish, self.force, self.dry_run = publish, force, dry_run
        self.by, self.check = by, check
        self.feed_ids = KeptFeedIds(old_site)
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.days: dict[dt.date, list[str]] = {}  # the files of each day
        self.names = Names()
        self.taken: set[dt.date] | None = None  # cache of the days that have a digest
        # The state of the current post.
        self.change: diffing.DigestChange | None = None
        self.is_schedule_cancelled = False
        self.hidden_by = ""
        self.is_draft = False
        self.old_paths: list[OldPaths] = []
        self.warnings: list[str] = []

    def take(self, files: list[PostFile]) -> Iterator[Outcome]:
        """Import one post, or the posts of one day as one digest."""
        parts = []
        for file in files:
            try:
                text = read_post(file)
                parts.append(Part(file, text, reading.read(file, text, self.zone, self.read_as)))
            except DocumentError as error:
                yield Outcome(file.name, REFUSED, error.errors)
        if parts:
            yield from self._take(parts)

    def _take(self, parts: list[Part]) -> Iterator[Outcome]:
        self.change, self.is_schedule_cancelled = None, False
        try:
            outcome = self._import(parts)
        except Kept as error:
            outcome = Outcome("", REFUSED, error.errors, change=self.change)
        except DocumentError as error:
            outcome = Outcome("", REFUSED, error.errors)
        for part in parts:
            own = {"account": part.read.account, "is_exact": part.read.exact}
            yield replace(outcome, name=part.file.name, **own)

    def _import(self, parts: list[Part]) -> Outcome:
        post = with_known_publishers(joined(parts))
        first, text = parts[0], "\n".join(part.text for part in parts)
        self._refuse_second(post, first.file)
        post.layout["file"] = first.file.stem
        self.old_paths = [old_paths_of(part, post.date) for part in parts]
        unkept = self.feed_ids.keep(post, first.file)
        hidden = map(not_for_readers, parts)
        self.hidden_by = next(filter(None, hidden), "")
        status, is_published = at_last(lambda: self._in_transaction(post, text))
        is_held_back = bool(self.hidden_by) and self.publish and self.is_draft
        read = [sentence for part in parts for sentence in part.read.warnings]
        warnings = [*read, *self.warnings, *unkept]
        notices = [*post.notices, *_notices(text, self.hidden_by if is_held_back else "")]
        return Outcome(
            name="",
            status=status,
            change=self.change,
            media=media_of(text),
            is_published=is_published,
            is_held_back=is_held_back,
            is_schedule_cancelled=self.is_schedule_cancelled,
            notices=[*notices, *warnings],
            warnings=warnings,
        )

    def _refuse_second(self, post: Document, file: PostFile) -> None:
        """Refuse a post for a day that another post of this run has, and name all of them."""
        files = self.days.setdefault(post.date, [])
        files.append(file.name)
        if len(files) > 1:
            message = _(
                "This post is for %(date)s, and so is %(file)s. One day has one digest. Choose to "
                "join the posts of one day (--same-day join), or change the day of one."
            )
            others = ", ".join(name for name in files if name != file.name)
            raise DocumentError([(1, message % {"date": post.date, "file": others})])

    def _in_transaction(self, post: Document, text: str) -> tuple[str, bool]:
        saved, new = None, self._new_digest(post)
        try:
            with transaction.atomic():
                saved = self._save(post, text, new)
                if self.dry_run:
                    raise _DryRun
        except _DryRun:
            self.names.forget()
        except BaseException:
            self.names.forget()
            self.taken = None
            raise
        return saved

    def _new_digest(self, post: Document) -> NewDigest | None:
        if self.taken is None:
            self.taken = set(Digest.objects.values_list("date", flat=True))
        return None if post.date in self.taken else self._new(post)

    def _new(self, post: Document) -> NewDigest:
        return NewDigest(post, publish=self.publish and not self.hidden_by)

    def _save(self, post: Document, text: str, new: NewDigest | None) -> tuple[str, bool]:
        present = Digest.objects.select_for_update().filter(date=post.date)
        digest = None if new else present.first()
        if digest is None:
            new = new or self._new(post)
            digest, steps = new.save(self.names, self.by)
            status = CREATED
        else:
            status, steps = self._update(digest, post, text), []
        self.warnings = old_addresses.claim(digest, self.old_paths, is_new=status == CREATED)
        self.is_draft = status == CREATED or digest.status == Digest.Status.DRAFT
        may_be_published = status == CREATED or _may_be_published(digest)
        is_published = self.publish and may_be_published and not self.hidden_by
        if is_published and status != CREATED:
            at = document.published_at(post)
            digest = publishing.publish(digest, at=at, by=self.by, unchecked=True)
        elif status == UPDATED:
            before = digest.status
            schedules.commit(digest, by=self.by, note=_("Imported"))
            self.is_schedule_cancelled = digest.status != before
        if status != UNCHANGED:
            detail = {"status": status, "version": digest.version}
            audit.record_all([*steps, audit.entry_for(ACTION, digest, by=self.by, detail=detail)])
        return status, is_published

    def _update(self, digest: Digest, post: Document, text: str) -> str:
        present = revisions.snapshot(digest)
        is_same = document.write(document.from_snapshot(present, self.zone)) == text
        if not has_new_feed_id(digest, post) and is_same:
            return UNCHANGED
        imported = last_import(digest)
        said = document.to_snapshot(post, uids(post, present))
        wanted = with_names_here(said, imported, present)
        if has_all_of(present, wanted):
            return UNCHANGED
        if self.check:
            self.check(digest)
        self.change = diffing.compare(present, present | wanted)
        if self.hidden_by and digest.status in READERS_HAVE:
            message = _(
                "This post is not for readers (%(reason)s), but readers have the digest of "
                "%(date)s or will have it. The digest was left as it is. Withdraw it first, or "
                "change the post."
            )
            details = {"reason": self.hidden_by, "date": digest.date}
            raise DocumentError([(1, message % details)])
        if not self.force:
            self._refuse_loss(digest, imported, present)
        if publishing.release(digest.pk):  # first keep what readers had at the scheduled hour
            digest.refresh_from_db()
        editing.write(digest, wanted, now=digest.first_public_at)
        add_corrections(digest, wanted["corrections"])
        return UPDATED

    def _refuse_loss(self, digest: Digest, imported: dict | None, present: dict) -> None:
        gone = sum(article.kind == diffing.REMOVED for article in self.change.articles)
        there = len(present["articles"])
        if was_edited_since_import(imported, present):
            message = _(
                "The digest of %(date)s was edited here since this post was imported. It was left "
                "as it is."
            )
        elif gone > there / 2:  # a truncated file, or one with a single article
            message = _(
                "The digest of %(date)s has %(there)d articles, of which this post lacks %(gone)d. "
                "It was left as it is. Import the whole digest, or overwrite it if they are to go."
            )
        else:
            return
        raise Kept([(1, message % {"date": digest.date, "there": there, "gone": gone})])


def _may_be_published(digest: Digest) -> bool:
    """Whether an existing digest is a draft whose schedule was not cancelled because of errors."""
    return digest.status == Digest.Status.DRAFT and not schedules.lost_by(digest)


def last_import(digest: Digest) -> dict | None:
    """The digest's text as it was imported last; None if that is not known."""
    entries = AuditEntry.objects.filter(digest_id=digest.pk, action=ACTION)
    last = entries.order_by("-pk").first()
    return last and revisions.at_version(digest, last.detail["version"])


def was_edited_since_import(imported: dict | None, present: dict) -> bool:
    """Whether a digest's text differs from its last import, or it was never imported. New names of
    publishers and tags are no edits."""
    if not imported:
        return True
    return bool(diffing.compare(with_names_here(imported, imported, present), present))
