"""Tags proposed for an archive: found in its texts, and given to articles when an editor agrees."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from articles.changes import audit
from articles.digests import naming
from articles.digests.permissions import require
from articles.fields import IMPLICATION_FIELDS
from articles.models import Article, Digest, Tag, TaggedArticle, TagProposal, links_of
from articles.recognising.tag_words import ENOUGH, MAX_OFFERED, Named, Vocabulary
from articles.rules.text import fold
from articles.taxonomy import tags, vocabulary

State = TagProposal.State
ARTICLES_AT_ONCE = 200
MOST_CONFIRMED = 500
SAMPLES = 3


@dataclass
class Proposed:
    """The result of a run: how many articles it read, how many each tag is proposed for, and a few
    of their days and headlines."""

    articles: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[tuple[dt.date, str]]] = field(default_factory=dict)

    def add(self, tag: str, article: Article) -> None:
        self.counts[tag] += 1
        samples = self.samples.setdefault(tag, [])
        if len(samples) < SAMPLES:
            samples.append((article.digest.date, article.headline))


@dataclass(frozen=True)
class Step:
    """What is done with proposed articles: its `action` in the audit trail, the function that does
    it, which returns the uids of the changed articles, the `note` for so many articles in the
    history, and the columns of the proposals afterwards."""

    action: str
    act: Callable[[Digest, Tag, list[UUID]], list[UUID]]
    note: Callable[[int], str]
    decided: dict[str, object]


def propose(
    named: Iterable[Named],
    *,
    since: dt.date | None = None,
    is_kept: bool = True,
    progress: Callable[[int], None] = lambda number: None,
) -> Proposed:
    """Look for the words of tags in all articles, or in those of digests from a day on.

    With `is_kept`, open proposals become what was found; what was decided stays and is not proposed
    again. Otherwise nothing is written. Each batch of articles is a transaction of its own, so that
    memory and locks do not grow with the archive.
    """
    result, words = Proposed(), Vocabulary(named)
    for articles in _batches(since):
        with transaction.atomic():
            _propose_for(articles, words, result, is_kept=is_kept)
        result.articles += len(articles)
        progress(result.articles)
    if is_kept:
        open_ones = TagProposal.objects.filter(state=State.OPEN)
        open_ones.exclude(article_uid__in=_existing()).delete()
    return result


def waiting() -> list[Tag]:
    """The tags with open proposals, those with the most first, each with its number `open`."""
    is_open = Q(proposals__state=State.OPEN, proposals__article_uid__in=_existing())
    found = Tag.objects.annotate(open=Count("proposals", filter=is_open)).filter(open__gt=0)
    return list(found.order_by("-open", "name"))


def waiting_for(tag: Tag) -> QuerySet[TagProposal]:
    """The open proposals of a tag, the weightiest first, without those of deleted articles."""
    return _rows(tag, State.OPEN).filter(article_uid__in=_existing())


def confirm(tag: Tag, uids: Sequence[UUID], *, by=None) -> int:
    """Give a tag to these articles, as far as it is proposed for them: at most MOST_CONFIRMED, each
    digest in a transaction of its own. Returns the number of articles that got it.

    Raises PermissionDenied.
    """
    require(by, *vocabulary.PERMISSIONS)
    rows = _rows(tag, State.OPEN).filter(article_uid__in=uids[:MOST_CONFIRMED])
    decided = {"state": State.CONFIRMED, "decided_at": timezone.now(), "decided_by": by}
    step = Step("tagged", _add, _added, decided)
    return sum(_change(step, tag, digest, rows, by=by) for digest in _digests_of(rows))


def refuse(tag: Tag, uids: Sequence[UUID] | None = None, *, by=None) -> int:
    """Do not give a tag to these articles (None: to any that it is proposed for), and do not
    propose it for them again. Returns their number. Raises PermissionDenied."""
    require(by, *vocabulary.PERMISSIONS)
    rows = _rows(tag, State.OPEN)
    rows = rows if uids is None else rows.filter(article_uid__in=uids)
    with transaction.atomic():
        decided = {"state": State.REFUSED, "decided_at": timezone.now(), "decided_by": by}
        if count := rows.update(**decided):
            detail = {"articles": count}
            audit.record("tag-refused", by=by, target=audit.target_of(tag), detail=detail)
    return count


def undo(tag: Tag, moment: dt.datetime, *, by=None) -> int:
    """Take a tag back from the articles that got it at that moment, and propose it for them again.
    Returns their number. Raises PermissionDenied."""
    require(by, *vocabulary.PERMISSIONS)
    rows = _rows(tag, State.CONFIRMED).filter(decided_at=moment)
    reopened = {"state": State.OPEN, "decided_at": None, "decided_by": None}
    step = Step("untagged", _take_back, _taken_back, reopened)
    return sum(_change(step, tag, digest, rows, by=by) for digest in _digests_of(rows))


def _batches(since: dt.date | None) -> Iterator[list[Article]]:
    """The articles in batches, by primary key."""
    columns = ("uid", "headline", "points", *IMPLICATION_FIELDS, "digest__date")
    articles = Article.objects.select_related("digest").only(*columns).order_by("pk")
    if since is not None:
        articles = articles.filter(digest__date__gte=since)
    last = 0
    while batch := list(articles.filter(pk__gt=last)[:ARTICLES_AT_ONCE]):
        yield batch
        last = batch[-1].pk


def _propose_for(
    articles: list[Article], words: Vocabulary, result: Proposed, *, is_kept: bool
) -> None:
    pks = {article.pk for article in articles}
    links = TaggedArticle.objects.filter(content_object__in=pks).select_related("tag")
    has: dict[int, list[str]] = {}
    for link in links:
        has.setdefault(link.content_object_id, []).append(link.tag.name)
    rows = TagProposal.objects.filter(article_uid__in=[article.uid for article in articles])
    present = {(row.article_uid, row.tag.folded): row for row in rows.select_related("tag")}
    wanted: dict[tuple[UUID, str], int] = {}
    for article in articles:
        text = {
            name: getattr(article, name) for name in ("headline", "points", *IMPLICATION_FIELDS)
        }
        text["tags"] = has.get(article.pk, [])
        for found in vocabulary.missing_in(text, words)[:MAX_OFFERED]:
            key = article.uid, fold(found.tag)
            row = present.get(key)
            if found.weight >= ENOUGH and (row is None or row.state == State.OPEN):
                wanted[key] = found.weight
                result.add(found.tag, article)
    if is_kept:
        _keep(present, wanted)


def _keep(
    present: dict[tuple[UUID, str], TagProposal], wanted: dict[tuple[UUID, str], int]
) -> None:
    """Make the open proposals of some articles equal to what was found."""
    is_open = {key: row for key, row in present.items() if row.state == State.OPEN}
    stale = {key for key, row in is_open.items() if wanted.get(key) != row.weight}
    TagProposal.objects.filter(pk__in=[is_open[key].pk for key in stale]).delete()
    fresh = [key for key in wanted if key not in is_open or key in stale]
    sought = Tag.objects.filter(folded__in={name for _uid, name in fresh})
    pks = dict(sought.values_list("folded", "pk"))
    TagProposal.objects.bulk_create(
        [
            TagProposal(tag_id=pks[name], article_uid=uid, weight=wanted[uid, name])
            for uid, name in fresh
            if name in pks
        ],
        ignore_conflicts=True,  # somebody decided it meanwhile
    )


def _existing():
    return Article.objects.values("uid")


def _rows(tag: Tag, state: State):
    return TagProposal.objects.filter(tag=tag, state=state)


def _digests_of(rows) -> list[int]:
    """The digests of the articles of proposals, as primary keys in the order of their locks."""
    articles = Article.objects.filter(uid__in=rows.values("article_uid"))
    return sorted(set(articles.values_list("digest", flat=True)))


@transaction.atomic
def _change(step: Step, tag: Tag, pk: int, rows, *, by) -> int:
    """Take a step with the articles of one digest that these proposals name, and note the decision.
    Returns the number of articles that were changed."""
    digest = Digest.objects.select_for_update().filter(pk=pk).first()
    tag = Tag.objects.select_for_update().filter(pk=tag.pk).first()
    if digest is None or tag is None:
        return 0
    mine = rows.filter(article_uid__in=digest.articles.values("uid"))
    proposed = dict(mine.values_list("article_uid", "pk"))
    changed = step.act(digest, tag, list(proposed))
    decided = TagProposal.objects.filter(pk__in=proposed.values())
    decided.filter(article_uid__in=changed).update(**step.decided)
    # An editor has done by hand what the step would do.
    decided.exclude(article_uid__in=changed).delete()
    if changed:
        naming.settle(digest)
        tags.record(
            [digest], by, step.note(len(changed)) % {"tag": tag.name, "count": len(changed)}
        )
    if proposed:
        detail = {"articles": len(changed), "tag": tag.name}
        audit.record(step.action, by=by, digest=digest, detail=detail)
    return len(changed)


def _added(count: int) -> str:
    return ngettext(
        "Tag “%(tag)s” added to %(count)d article",
        "Tag “%(tag)s” added to %(count)d articles",
        count,
    )


def _taken_back(count: int) -> str:
    return ngettext(
        "Tag “%(tag)s” taken back from %(count)d article",
        "Tag “%(tag)s” taken back from %(count)d articles",
        count,
    )


def _add(digest: Digest, tag: Tag, uids: list[UUID]) -> list[UUID]:
    """Give the tag to the articles that do not have it. Returns their uids."""
    articles = list(
        digest.articles.filter(uid__in=uids).exclude(
            pk__in=tag.tagged_articles.values("content_object")
        )
    )
    links = [links_of(article, [tag.name], {tag.name: tag}) for article in articles]
    TaggedArticle.objects.bulk_create(chain(*links))
    return [article.uid for article in articles]


def _take_back(digest: Digest, tag: Tag, uids: list[UUID]) -> list[UUID]:
    """Take the tag from the articles that have it. Returns their uids."""
    links = tag.tagged_articles.filter(content_object__digest=digest, content_object__uid__in=uids)
    taken = list(links.values_list("content_object__uid", flat=True))
    links.delete()
    return taken
