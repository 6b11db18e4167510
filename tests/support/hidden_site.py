"""A site with digests that readers must not see. Every word in it is unique."""

import datetime as dt
import uuid

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django.utils import timezone

from articles.changes import audit
from articles.digests import assigning, editing, publishing, revisions, trash
from articles.inbox import arriving
from articles.inbox.arriving import Found
from articles.models import (
    AcceptedFinding,
    Article,
    Digest,
    DigestTemplate,
    Excerpt,
    FollowedFeed,
    OldAddress,
    Picture,
    Presence,
    Program,
    Publisher,
    PublisherDomain,
    PublisherRedirect,
    RejectionReason,
    Tag,
    TagProposal,
    TagRedirect,
    WorkingCopy,
)
from articles.pictures import files
from articles.rules.text import slugify
from articles.taxonomy import publishers, tags, vocabulary
from tests.support import pushes
from tests.support.canaries import canary
from tests.support.factories import make_article, make_digest

TODAY = dt.date(2026, 1, 10)
NOON = dt.datetime(2026, 1, 10, 3, 0, tzinfo=dt.UTC)  # in Seoul
HOUR = dt.timedelta(hours=1)
PUBLIC, SHARED_TAG, SHARED_STORY = dt.date(2026, 1, 3), "반도체", "새해 이야기"
# Days of digests that readers must not see. A draft for today must not change what the site says
# about today's digest; the withdrawn one lies between days that readers know.
DAYS = {
    "draft": TODAY,
    "scheduled": dt.date(2026, 1, 12),
    "withdrawn": dt.date(2026, 1, 4),
    "deleted": dt.date(2025, 12, 30),
    "other": dt.date(2026, 1, 7),
}
NO_DAY = dt.date(2026, 1, 8)
# A tag, a publisher and another tag. They have the same slug or the same folded name as those of
# the other digests. Readers meet one of them whether or not the desk has the others.
ALIKE = {
    "public": ("Open AI X", "GPU"),
    "draft": ("Open-AI X", "gPU"),
    "scheduled": ("Open AI-X", "Gpu"),
    "deleted": ("Open-AI-X", "gpu"),
}


def picture_uid(kind: str) -> uuid.UUID:
    """A uid that is the same on every site, as if somebody had guessed it."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"picture of {kind}")


def hidden_picture(kind: str) -> Picture:
    """A picture with existing files, so that only the gate keeps it from readers."""
    uid = picture_uid(kind)
    for width in (480, 600):
        if not default_storage.exists(files.file_name(uid, width)):
            default_storage.save(files.file_name(uid, width), ContentFile(canary(kind).encode()))
    size = {"width": 600, "height": 300, "widths": [480, 600]}
    return Picture.objects.get_or_create(uid=uid, defaults=size)[0]


# The site


class Site:
    """A site with one published digest and, with `hidden`, everything that readers must not see.

    The common part of both sites has the same texts and times. Primary keys differ.
    """

    def __init__(self, *, hidden):
        self.places = []  # of everything that readers must never see
        self.spoken = {}  # by kind: places of the digests that come out
        self.is_hidden = hidden
        if hidden:
            self._make_hidden()
        self.public = make_digest(PUBLIC, articles=0, published=False, title="새해 첫 소식")
        for number in (1, 2):
            named = {"tags": [SHARED_TAG], "storyline": SHARED_STORY}
            make_article(self.public, headline=f"{number}번째 소식", **named)
        self._add_what_was_hidden(self.public)
        self._come_out(self.public, "public", at=NOON - 7 * 24 * HOUR)
        publishing.correct(self.public, "둘을 셋으로 바로잡습니다.")
        if hidden:
            self._work_at(self.public)

    def hidden_word(self, place):
        self.places.append(place)
        return canary(place)

    def write(self, kind, **fields):
        """A draft in which each text is a canary of its own."""
        day, said = DAYS[kind], self.spoken.setdefault(kind, [])

        def word(field):
            said.append(f"{kind} {field}")
            return canary(said[-1])

        digest = make_digest(
            day,
            articles=0,
            published=False,
            title=word("title"),
            introduction=word("lead"),
            **fields,
        )
        line = word("storyline 1")
        for number in (1, 2):
            host = canary(f"{kind} host {number}")[:11].lower()
            said.append(f"{kind} host {number}")
            address = f"https://{host}.example/{word(f'path {number}')}?q={word(f'query {number}')}"
            alike = ALIKE.get(kind, ())
            citations = [(word(f"publisher {number}"), address, day.isoformat())]
            citations += [(name, f"https://alike.example/{day}", None) for name in alike[:1]]
            make_article(
                digest,
                headline=word(f"headline {number}"),
                points=[word(f"point {number}")],
                technical_significance=word(f"technical {number}"),
                industry_impact=word(f"industry {number}"),
                outlook=word(f"outlook {number}"),
                read_by=word(f"reader {number}"),
                drafted_by="ai",
                picture=hidden_picture(kind),
                picture_alt=word(f"alt {number}"),
                picture_caption=word(f"caption {number}"),
                picture_credit=word(f"credit {number}"),
                citations=citations,
                tags=[word(f"tag {number}"), SHARED_TAG, *alike],
                storyline=line,
            )
        return digest

    def _add_what_was_hidden(self, draft):
        """Add articles, names and addresses that changed before readers saw them."""
        name, tag = ALIKE["public"]
        citation = (name, "https://alike.example/public", None)
        make_article(draft, headline="셋째 소식", tags=[name, tag], citations=[citation])
        make_article(draft, headline="넷째 소식", tags=["신제품"])
        if self.is_hidden:
            self._hide_what_was_before(draft, Publisher.objects.get(name=name))

    def _hide_what_was_before(self, draft, publisher):
        *others, third, fourth = revisions.snapshot(draft)["articles"]
        longer = third | {"headline": f"셋째 소식 {self.hidden_word('words taken out')}"}
        namesake = fourth | {"uid": str(uuid.uuid4()), "slug": "", "tags": []}
        for articles in ([*others, longer, namesake, fourth], [*others, third, fourth]):
            data = revisions.snapshot(draft) | {"articles": articles}
            editing.write(draft, data)
            draft.refresh_from_db()
        tag = Tag.objects.get(name="신제품")
        for name in (self.hidden_word("former name of a tag"), "신제품"):
            tags.rename(tag, name, new_address=True)
        word = slugify(self.hidden_word("former address of an outlet"))
        publishers.keep_address(word, publisher, is_known=publisher.is_known)

    # Events

    def schedule(self, at):
        """A digest scheduled for a time of the database's clock."""
        digest = Digest.objects.filter(date=DAYS["scheduled"]).first() or self.write("scheduled")
        if digest.status == Digest.Status.SCHEDULED:
            publishing.withdraw(digest)
        publishing.publish(digest, at=at, unchecked=True)
        self._settle(digest, "scheduled")

    def publish_other(self):
        digest = Digest.objects.filter(date=DAYS["other"]).first() or self.write("other")
        self._come_out(digest, "other", at=NOON - 2 * 24 * HOUR)
        publishing.correct(digest, canary("other correction"), article=digest.articles.first())
        self.spoken["other"].append("other correction")

    def withdraw_other(self):
        digest = Digest.objects.get(date=DAYS["other"])
        publishing.withdraw(digest, note=self.hidden_word("other reason"))

    # Hidden content

    def _make_hidden(self):
        self.author = self._person("author")
        draft = self.write("draft", front_matter={"key": self.hidden_word("front matter")})
        publishing.submit(draft, note=self.hidden_word("note of submission"))
        self._leave_line(draft, "line of a draft")
        editing.set_storyline(draft.articles.last(), SHARED_STORY)
        self._discuss(draft)
        self.schedule(now() + HOUR)
        withdrawn = self.write("withdrawn")
        self._come_out(withdrawn, "withdrawn", at=NOON - 5 * 24 * HOUR)
        word = self.hidden_word("correction of the withdrawn")
        publishing.correct(withdrawn, word, article=withdrawn.articles.first())
        publishing.withdraw(withdrawn, note=self.hidden_word("reason"))
        trash.delete(self.write("deleted"), by=None)
        self.write("other")
        self._leave_traces()

    def _person(self, kind):
        names = {
            name: self.hidden_word(f"{kind} {name}")
            for name in ("username", "first_name", "last_name")
        }
        email = f"{canary(kind)[:11]}@desk.example"
        return User.objects.create_superuser(**names, email=email, password="correct horse")

    def _discuss(self, digest):
        """Add comments, assignees and accepted findings."""
        for article in digest.articles.all():
            word = self.hidden_word(f"comment {digest.date} {article.position}")
            change = {"assignee": self.author.pk, "comment": word, "is_ready": True}
            assigning.apply(digest, {str(article.uid): change}, by=self.author)
        AcceptedFinding.objects.create(
            digest=digest,
            key="key",
            code="code",
            sentence=self.hidden_word(f"finding {digest.date}"),
            reason=self.hidden_word(f"acceptance {digest.date}"),
            accepted_at=timezone.now(),
            author=self.author,
        )
        Presence.objects.create(
            digest=digest, user=self.author, since=timezone.now(), seen_at=timezone.now()
        )

    def _leave_line(self, digest, place):
        """Add a line among the citations that is not understood."""
        digest.articles.filter(position=1).update(unread_citations=[[0, self.hidden_word(place)]])

    def _name_and_propose(self, hidden_tag):
        """Give a hidden tag an alias that readers may look for, and propose it for an article that
        they have not, and a tag that they know besides."""
        vocabulary.set_aliases(hidden_tag, [self.hidden_word("alias of a tag"), "새해"])
        article = Article.objects.filter(digest__status=Digest.Status.DRAFT).earliest("pk")
        for tag in (hidden_tag, Tag.objects.get(name=SHARED_TAG)):
            TagProposal.objects.create(tag=tag, article_uid=article.uid, weight=10)

    def _leave_traces(self):
        """Leave tags, publishers and templates that no reader has met."""
        tag = Tag.objects.create(name=self.hidden_word("tag in no article"))
        self.old_slug = tag.slug
        tags.rename(tag, self.hidden_word("new name of the tag"), new_address=True)
        hidden_tag = Tag.objects.get(name=canary("draft tag 1"))
        word = slugify(self.hidden_word("old address of a tag"))
        TagRedirect.objects.create(slug=word, tag=hidden_tag)
        tags.describe(hidden_tag, self.hidden_word("description of a tag"))
        self._name_and_propose(hidden_tag)
        name = self.hidden_word("outlet")
        outlet = Publisher.objects.create(name=name, slug=slugify(name))
        PublisherDomain.objects.create(publisher=outlet, domain=f"{name[:11].lower()}.example")
        word = slugify(self.hidden_word("old address of a digest"))
        hidden = Digest.objects.filter(status=Digest.Status.DRAFT).earliest("pk")
        OldAddress.objects.create(path=f"/{word}", digest=hidden)
        word = slugify(self.hidden_word("old address of an outlet"))
        PublisherRedirect.objects.create(slug=word, publisher=outlet)
        DigestTemplate.objects.create(
            name=self.hidden_word("template"), title_pattern=self.hidden_word("pattern")
        )
        audit.record("changed", by=self.author, target=self.hidden_word("target"))

    def _work_at(self, digest):
        """Start an edit of a public digest that is not public yet."""
        self._leave_line(digest, "line of a public digest")  # which no editor can leave there
        word = self.hidden_word
        # As if a draft, which is gone by now, followed it up.
        editing.set_storyline(digest.articles.last(), word("storyline of one article"))
        fields = [["title", word("typed title")], ["articles-0-headline", word("typed headline")]]
        WorkingCopy.objects.create(
            user=self.author, digest=digest, version=digest.version, fields=fields, sequence=1
        )
        data = revisions.snapshot(digest) | {"title": word("rescued title")}
        revisions.keep(digest, data, kind=revisions.Kind.RESCUED, note=word("rescue"))
        self._discuss(digest)
        self._push(digest)
        self._bring(digest)

    def _bring(self, digest):
        """Bring in candidates: one that waits, and one whose article readers have."""
        word, article = self.hidden_word, digest.articles.get(position=2)
        page = f"https://hanbit.example/{slugify(word('address of a candidate'))}"
        waiting = Found(page, word("title of a candidate"), excerpt=word("excerpt of a candidate"))
        cited = article.citations.get().url
        used = Found(cited, word("title of a used one"), excerpt=word("excerpt of a used one"))
        origin = f"program:{Program.objects.latest('pk').pk}"
        row = arriving.take([waiting, used], origin)[1].candidate
        row.state, row.article_uid = row.State.CHOSEN, article.uid
        row.save()
        kept = {"article_uid": article.uid, "url_key": row.url_key, "candidate": row}
        Excerpt.objects.create(text=row.excerpt, **kept)
        feed = word("address of a followed feed")
        FollowedFeed.objects.create(
            name=word("name of a followed feed"),
            address=f"https://{feed[:11].lower()}.example/{slugify(feed)}",
            next_at=NOON,
        )
        RejectionReason.objects.create(name=word("reason of the desk"))

    def _push(self, digest):
        """Hand in a text of a program for a digest that readers have, and let it wait."""
        word = self.hidden_word
        pushed = [
            pushes.article("2026/01/03/1", "1번째 소식", point=word("suggested point")),
            pushes.article(
                "2026/01/03/9",
                word("suggested headline"),
                technical=word("suggested text"),
            ),
        ]
        by = word("program")[:50]
        for title in ("새해 첫 소식", word("suggested title")):
            pushes.hand_in(*pushed, by=by, day=digest.date, title=title)
        cited = {"url": "https://hanbit.example/2026/01/03/1", "excerpt": word("excerpt")}
        article = {"headline": "1번째 소식", "citations": [cited]}
        pushes.hand_in_json({"articles": [article]}, by=by, day=digest.date)
        assert digest.pushes.filter(excerpts__text=canary("excerpt")).exists()
        fields = set(digest.suggestions.values_list("field", flat=True))
        assert fields >= {"points", "", "title"}, fields

    # Making two sites alike

    def _come_out(self, digest, kind, *, at):
        publishing.publish(digest, at=at, unchecked=True)
        self._settle(digest, kind)

    def _settle(self, digest, kind):
        """Replace random identifiers: those of the same digest are the same on both sites."""
        Digest.objects.filter(pk=digest.pk).update(feed_id=f"tag:testserver,2026:digest/{kind}")
        for article in digest.articles.all():
            feed_id = f"tag:testserver,2026:article/{kind}/{article.position}"
            Article.objects.filter(pk=article.pk).update(feed_id=feed_id)

    def unseen(self, *kinds):
        """The places of everything that readers must not see while digests of `kinds` are out."""
        hidden = [place for kind in self.spoken if kind not in kinds for place in self.spoken[kind]]
        return [*self.places, *hidden]


def now():
    """The database's clock, which decides what readers see."""
    return ContentType.objects.values_list(Now(), flat=True)[0]
