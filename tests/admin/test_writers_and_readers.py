"""Whatever a writer does at the desk, readers have the same bytes as before.

All writes of the desk are tried by a writer: those of `desk_writes`, which has one for every page
that takes a POST, those that a writer can do to a digest in each of its states, and every address
with every method and without data. What a write does is taken back after it; with PostgreSQL all of
them are done one after the other at last.

After each write that wrote anything, the addresses in which everything shows somewhere are asked;
all that the site has is asked after all of them. That a write does something must be seen at the
database, by the writer's own hand or, where it is refused, by that of a superuser: data that are
not valid would prove nothing.
"""

import datetime as dt
import logging
from unittest import skipIf

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client, override_settings

from articles.digests import publishing
from articles.models import AuditEntry, Comment, Digest, Publisher, Tag
from articles.pictures import files
from tests.admin.matrix import METHODS, PAGES, POST, WRITER
from tests.admin.test_matrix import AddressesTestCase, pages_drawn
from tests.admin.test_writes import DeskWritesTestCase
from tests.admin.writers_writes import FORGED_BUTTONS, OUT, ExtraWrites
from tests.support import leaks
from tests.support.address_kinds import kind_of
from tests.support.desk import sign_in
from tests.support.factories import image_file, make_article, make_digest, make_user, record

NOON = dt.datetime(2026, 1, 20, 3, 0, tzinfo=dt.UTC)
Status = Digest.Status
# Pages of things that there are none of, or that change nothing for anybody.
UNLINKED = (
    *("/nothing/", "/2026/01/", "/2026/", "/archive/", "/corrections/", "/subscribe/", "/metrics"),
    *("/readyz", "/healthz", "/robots.txt", "/llms.txt", "/sitemap.xml", "/news-sitemap.xml"),
    *("/sitemaps/topics.xml", "/sitemaps/pages.xml", "/sitemaps/2026/03.xml", "/opensearch.xml"),
    *("/search/?q=기사", "/search/?tag=AI", "/search/?publisher=일보", "/topics/", "/tags/"),
    *("/publishers/", "/feed.xml", "/manifest.webmanifest", "/.well-known/security.txt"),
    *("/search/?q=몰래", "/tags/몰래/", "/publishers/몰래/", "/tags/gpu/feed.rss"),
)


# In these everything that readers see shows somewhere; validators of feeds, and so that of
# `digests-json`, are others with every change of the site.
TELLING = (
    *("home", "day", "day-json", "article", "archive", "corrections", "tags", "tag", "topics"),
    *("publishers", "publisher", "search", "digests-json", "tag-rss", "sitemap-topics", "readyz"),
)


class Public:
    """What readers get: all of it, and the few addresses of the kinds above."""

    def __init__(self):
        hidden = [digest.get_absolute_url() for digest in Digest.objects.order_by("date")]
        for model in (Tag, Publisher):
            hidden += [row.get_absolute_url() for row in model.objects.order_by("pk")]
        self.answers = leaks.crawl(Client())
        for address in (*hidden, *UNLINKED):
            if address not in self.answers:
                self.answers[address] = leaks.ask(Client(), address)
        kinds = {}
        for address, answer in self.answers.items():
            if answer.line[:3] in ("200", "503"):  # readyz: today's digest is missing
                kinds.setdefault(kind_of(address), address)
        self.few = [kinds[kind] for kind in TELLING]

    def changed(self):
        """The addresses that answer something else than at first."""
        return [a for a, before in self.answers.items() if leaks.ask(Client(), a) != before]

    def look_at_rows(self):
        """Note which rows the few addresses get."""
        self.reads = {address: leaks.reads(Client(), address) for address in self.few}
        self.rows = leaks.rows({one for reads in self.reads.values() for one in reads})

    def few_changed(self):
        """Those of the few. With the rows that it had at first, a page is the one it was: only
        those are asked that would get others."""
        rows = leaks.rows(self.rows)
        other = {read for read, found in rows.items() if found != self.rows[read]}
        asked = [a for a, reads in self.reads.items() if not other.isdisjoint(reads)]
        return [a for a in asked if leaks.ask(Client(), a) != self.answers[a]]


class ReadersTestCase:
    """With logs off, a clock that stands, and accounts that have no second factor."""

    def setUp(self):
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        traveller = time_machine.travel(NOON, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)
        # Readers may know that today's digest is missing, but not what the desk has of it.
        hours = {weekday: dt.time(7) for weekday in range(7)}
        self.enterContext(override_settings(DIGEST_DEADLINE=hours))
        super().setUp()

    @classmethod
    def make_names_that_readers_know(cls, digests, tags, outlets):
        """A second digest that readers have, with what drafts have too; a draft of today."""
        picture = files.store(image_file())
        shown_day = make_digest("2026-01-18", articles=0, published=False)
        for number, (tag, outlet) in enumerate(zip(tags, outlets, strict=True)):
            cited = [(outlet.name, f"https://outlet{number}.example/1", "2026-01-18")]
            shown = {"picture": picture, "picture_alt": "칩"} if number else {}
            named = {"headline": f"{tag.name} 소식", "tags": [tag.name, "공통"]}
            make_article(shown_day, citations=cited, **named, **shown)
        shown_day = publishing.publish(shown_day, at=NOON - dt.timedelta(days=2), unchecked=True)
        publishing.correct(
            shown_day, "둘을 셋으로 바로잡습니다.", article=shown_day.articles.first()
        )
        for status in (Status.DRAFT, Status.IN_REVIEW, Status.WITHDRAWN):
            digest = digests[status]
            cited = [(outlets[0].name, "https://outlet0.example/2", None)]
            named = {"headline": f"몰래 {status}", "tags": [tags[0].name, "공통", "비밀"]}
            article = make_article(digest, citations=cited, **named)
            digest.version += 1
            digest.save()
            record(digest)
            Comment.objects.create(article_uid=article.uid, text="확인", created_at=NOON)
        cls.shown_day, cls.picture = shown_day, picture
        cls.today = make_digest("2026-01-20", published=False)


# Tables that every request of a member of the desk may write to.
OF_LOGINS = {"django_session", "axes_accesslog", "axes_accessattempt"}
# Tables of what is typed and not saved, and of who is at which page.
OF_TYPING = {"articles_workingcopy", "articles_presence"}
# What nobody can do in that state, whatever the data are, and what never writes anything.
FOR_NOBODY = {
    *(f"{status} submit" for status in (Status.IN_REVIEW, *OUT)),
    *(f"{status} send-back" for status in Status if status != Status.IN_REVIEW),
    *(f"{status} correction" for status in Status if status != Status.PUBLISHED),
    *(
        f"{status} delete{more}"
        for status in (*OUT, Status.WITHDRAWN)
        for more in ("", "_selected")
    ),
    *(f"{status} withdraw_selected" for status in Status if status not in OUT),
    *(f"{status} preview link" for status in (Status.PUBLISHED, Status.WITHDRAWN)),
    *(f"{status} move to {status}" for status in Status),
    *(f"{status} {name}" for status in Status for name in ("preview", "findings")),
    *(f"published {name}" for name in ("press _publish_now", "press _schedule")),
    "published publish_selected",
    *(f"{status} save readers' day" for status in (Status.DRAFT, Status.IN_REVIEW)),
    *(f"readers' add {button}" for button in ("_continue", "_submit", *FORGED_BUTTONS)),
    *(f"add tag {name}" for name in ("ai", "ＡＩ", "공통")),
    *(f"add publisher {name} 일보" for name in ("일보", "일 보")),
    "articles_publisher_delete",  # who is cited stays
}


class WritersAndReadersTests(ReadersTestCase, ExtraWrites, DeskWritesTestCase):
    who = "writer"

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.me = make_user("writer")
        cls.me.groups.set([Group.objects.get(name="writer")])
        tags, outlets = [cls.tag, cls.other_tag], [cls.outlet, cls.other_outlet]
        cls.make_names_that_readers_know(cls.digests, tags, outlets)

    def setUp(self):
        super().setUp()
        self.public = Public()

    def at_the_desk(self):
        """All but what concerns the writer's own account, which asks for a second factor then."""
        yield from self.extra()
        yield from (*self.to_digests(), *self.steps(), *self.to_content(), *self.to_people())
        yield from (*self.to_programs(), *self.to_candidates(), *self.quiet())

    # With the other engine all of them are done one after the other, below.
    @pytest.mark.one_engine
    def test_no_write_of_a_writer_changes_a_byte_that_readers_get(self):
        written, idle = [], []
        self.public.look_at_rows()
        nothing = {write.name for write in self.quiet()}
        for write in (*self.at_the_desk(), *self.to_own_account()):
            with self.subTest(write.name):
                with self.undone():
                    tables, _entries = self.sent(write)
                    if self.tables - OF_LOGINS:
                        self.assertEqual(self.public.few_changed(), [])
                if tables:
                    written.append(write)
                elif write.name not in nothing and not self.could_be_done(write):
                    idle.append(write.name)
        self.assertEqual(set(idle), FOR_NOBODY)
        self.assertGreater(len(written), 100)
        self.assertEveryPageWasUsed(written)
        Digest.objects.filter(pk=self.shown_day.pk).update(title="몰래")
        self.assertNotEqual(self.public.few_changed(), [])

    def could_be_done(self, write):
        """Whether a superuser writes something with the same data: else it proves nothing that a
        writer does not."""
        with self.undone():
            sign_in(self.client, self.root)
            tables, _entries = self.sent(write)
        return bool(tables or self.tables & OF_TYPING)

    def assertEveryPageWasUsed(self, written):
        """A writer's write went through on each page that lets one in and writes anything. What is
        done from lists is for others, all of it."""
        admitted = {
            name
            for name, page in PAGES.items()
            if POST in page.methods and WRITER in page.admitted(POST)
            if not name.endswith("_changelist")
        }
        writing = {write.page for write in self.writes()}
        self.assertEqual((admitted & writing) - {write.page for write in written}, set())

    @skipIf(connection.vendor == "sqlite", "Each of the writes is looked at by itself with SQLite.")
    def test_after_all_of_them_readers_have_what_they_had(self):
        before = AuditEntry.objects.count()
        for write in self.at_the_desk():
            self.client.force_login(self.me)
            with self.subTest(write.name):
                self.sent(write)
        self.assertGreater(AuditEntry.objects.count(), before + 50)
        self.assertEqual(self.public.changed(), [])


def is_logged_in(client):
    """Whether the client has a session still: one that it logged out of was taken from it."""
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return bool(cookie and cookie.value)


@pytest.mark.one_engine
class AddressesAndReadersTests(ReadersTestCase, AddressesTestCase):
    """Every address of the desk, without data, by a writer: with every method, where the matrix of
    answers asks with it."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        tags = [Tag.objects.get(), Tag.objects.create(name="GPU")]
        outlets = [Publisher.objects.create(name=name, slug=name) for name in ("일보", "신문")]
        cls.make_names_that_readers_know(cls.digests, tags, outlets)

    def test_no_method_changes_a_byte_that_readers_get(self):
        public, client = Public(), Client(raise_request_exception=False)
        self.know_accounts()
        asked = 0
        for key, state, address in self.addresses():
            for method in (m for m in METHODS if PAGES[key].roles_to_ask(m, state)):
                if not is_logged_in(client):
                    client.force_login(self.people[WRITER])
                with pages_drawn(False):
                    client.generic(method, address)
                asked += 1
        self.assertGreater(asked, 500)
        self.assertEqual(public.changed(), [])
