"""A crawler that requests everything a stranger may think of, and looks for canaries."""

import html
import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import cycle
from urllib.parse import quote

from django.db import connection
from django.test import Client
from django.urls import get_resolver

from articles.rules.text import slugify
from tests.admin.matrix import walk
from tests.support.canaries import canary, needles
from tests.support.hidden_site import (
    ALIKE,
    DAYS,
    NO_DAY,
    PUBLIC,
    SHARED_STORY,
    SHARED_TAG,
    picture_uid,
)

# The crawler


@dataclass(frozen=True)
class Answer:
    """Everything that a client learns from one response."""

    line: str
    headers: tuple
    cookies: str
    body: bytes

    @classmethod
    def of(cls, response):
        body = b"".join(response) if response.streaming else response.content
        line = f"{response.status_code} {response.reason_phrase}"
        return cls(line, tuple(sorted(response.items())), response.cookies.output(), body)

    def everything(self):
        head = "\n".join([self.line, *(f"{n}: {v}" for n, v in self.headers), self.cookies])
        return head.encode() + b"\n" + self.body


CONDITIONS = (
    {"If-None-Match": "*"},
    {"If-None-Match": '"0123456789abcdef0123456789abcdef"'},
    {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"},
    {"Range": "bytes=0-9"},
)
FEW = 10
LINK = re.compile(r'(?:href|src|content)="(?:http://testserver)?(/(?!/|static/)[^"#]*)')

# A guessed hash for the address of a card.
MARK = "0123456789abcdef"


def ask(client, address, method="GET", headers=None):
    return Answer.of(client.generic(method, address, headers=headers))


def questions(addresses, closely=()):
    """(method, address, headers) of all requests. Each address in `closely` is also requested in
    other ways. If there are many, each gets only one of these ways, in turn, since there are many
    guesses for each kind of address."""
    yield from (("GET", address, ()) for address in addresses)
    ways = [("HEAD", ()), ("OPTIONS", ())]
    ways += [("GET", tuple(condition.items())) for condition in CONDITIONS]
    for number, address in enumerate(closely):
        turn = number % len(ways)
        for method, headers in ways if len(closely) < FEW else ways[turn : turn + 1]:
            yield method, address, headers


class Work:
    """Collects the queries of a request, and the number of rows of each."""

    def __init__(self):
        self.asked = []

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith(("SELECT", "WITH")):
            self.asked.append((sql, params))
        return result

    def reads(self):
        return [(sql, tuple(params or ())) for sql, params in self.asked]

    def done(self):
        found = []
        with connection.cursor() as cursor:
            for sql, params in self.asked:
                cursor.execute(sql, params)
                found.append((sql, len(cursor.fetchall())))
        return found


def work(client, address):
    """The cost of an address: its statements with their numbers of rows."""
    return _work(client, address).done()


def reads(client, address):
    """The queries of a request for an address, to be repeated with `rows`."""
    return _work(client, address).reads()


def rows(reads):
    """The rows that each statement returns now."""
    found = {}
    with connection.cursor() as cursor:
        for sql, params in reads:
            cursor.execute(sql, params or None)
            found[sql, params] = cursor.fetchall()
    return found


def _work(client, address):
    collected = Work()
    with connection.execute_wrapper(collected):
        ask(client, address)
    return collected


def answers(client, addresses, closely=()):
    return {
        (method, address, headers): ask(client, address, method, dict(headers))
        for method, address, headers in questions(addresses, closely)
    }


class Looks:
    """What one site answers a stranger, from one moment to the next.

    An answer is made of what was asked, of the rows that it takes, and of a clock that stands: with
    the rows of the moment before, it is the answer of then. Every twentieth is asked all the same,
    others at each moment. Public pages are asked for by the visitors, by turns, if there are any,
    and whatever else is asked comes from a stranger.
    """

    def __init__(self, visitors=()):
        self.stranger = Client()  # one for all: each would load the middleware anew
        self.visitors = cycle(visitors)
        self.askers = {}
        self.answers, self.reads, self.rows = {}, {}, {}
        self.turn = 0

    def look(self, addresses, closely=()):
        """The answers at this moment, by question."""
        present = rows(self.rows)
        other = {read for read, found in present.items() if found != self.rows[read]}
        for question in [q for q, reads in self.reads.items() if not other.isdisjoint(reads)]:
            del self.reads[question]
        asked = list(questions(addresses, closely))
        for number, question in enumerate(asked, start=self.turn):
            if question not in self.reads:
                self._ask(question)
            elif number % 20 == 0:
                before = self.answers[question]
                self._ask(question)
                assert self.answers[question] == before, question
        self.turn += 1
        self.rows = present | rows({r for q in asked for r in self.reads[q] if r not in present})
        return {question: self.answers[question] for question in asked}

    def _ask(self, question):
        method, address, headers = question
        work, asker = Work(), self._asker(question)
        with connection.execute_wrapper(work):
            self.answers[question] = ask(asker, address, method, dict(headers))
        self.stranger.cookies.clear()
        self.reads[question] = work.reads()

    def _asker(self, question):
        method, address, headers = question
        if method != "GET" or headers or address.startswith("/admin"):
            return self.stranger
        if address not in self.askers:
            self.askers[address] = next(self.visitors, self.stranger)
        return self.askers[address]


def crawl(client, *starts):
    """The answers, by address, of everything that public pages of this site link to, starting at
    the home page or at other addresses."""
    found, waiting = {}, list(starts or ("/",))
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        found[address] = ask(client, address)
        body = found[address].body.decode(errors="replace")
        waiting += [html.unescape(link) for link in LINK.findall(body)]
    return found


def leaks(answer, address, places):
    """The places whose words are in an answer, unless they were in the request."""
    asked = address.lower().encode()
    found = spoken_in(answer.everything(), tuple(places))
    return [p for p in found if not any(form in asked for form in needles(p)[0])]


@cache
def spoken_in(whole, places):
    small, found = whole.lower(), []
    for place in places:
        plain, exact = needles(place)
        if any(form in small for form in plain) or any(form in whole for form in exact):
            found.append(place)
    return found


def known_by(answer, address):
    """An answer without the validators of a feed. They come from the version of the site, which
    depends on all that readers ever saw: two sites with the same present content differ in it."""
    if not FEED.match(address):
        return answer
    headers = tuple(pair for pair in answer.headers if pair[0] not in ("ETag", "Last-Modified"))
    return replace(answer, headers=headers)


# Addresses that a stranger may guess

FEEDS, KINDS = ("digests", "articles", "corrections"), ("rss", "atom", "json")
FEED = re.compile(r"/(?:feeds|(?:tags|storylines)/[^/]+/feed)[/.]")


def public_patterns():
    """Names of all URL patterns outside the desk."""
    for route, pattern in walk(get_resolver().url_patterns):
        if not route.startswith("admin/"):
            yield pattern.name


def words():
    """Texts that name hidden things, in the spelling of addresses."""
    kinds = [*DAYS, "nothing"]
    return [slugify(canary(f"{kind} tag 1")) for kind in kinds] + [
        slugify(canary(place))
        for place in ("tag in no article", "old address of a tag", "outlet", "former name of a tag")
    ]


def outlets():
    """Slugs of publishers, including hidden ones and former addresses."""
    places = [f"{kind} publisher 1" for kind in DAYS]
    places += ["old address of an outlet", "former address of an outlet"]
    return ["nothing", *(slugify(canary(place)) for place in places)]


def stories():
    """Slugs of storylines, including hidden ones and of a public article that is alone in one."""
    places = [*(f"{kind} storyline 1" for kind in DAYS), "storyline of one article", "nothing"]
    return [quote(slugify(name)) for name in (SHARED_STORY, *map(canary, places))]


def guesses():
    """Addresses by the name of their URL pattern; under "" those that match no pattern."""
    days = [f"{day:%Y/%m/%d}" for day in (PUBLIC, *DAYS.values(), NO_DAY)]
    slugs = [slugify(canary(f"{kind} headline 1")) for kind in DAYS]
    articles = [*zip(days[1:], slugs, strict=False), *((days[0], slug) for slug in slugs)]
    tags = [quote(slug) for slug in [slugify(SHARED_TAG), *words()]]
    publishers = [quote(slug) for slug in [*outlets(), *words()]]
    alike = [name for names in ALIKE.values() for name in names]
    return {
        "home": ["/", "/?preview=1", "/?page=2", "/?date=2026-01-10", "/index.html", "/.json"],
        "day": [f"/{day}/" for day in days]
        + [f"/{day}{end}" for day in days for end in ("", "/amp/", "/?preview=1")],
        "article": [f"/{day}/{quote(slug)}{end}" for day, slug in articles for end in ("/", "")]
        + [f"/{days[0]}/{quote(slug.upper())}/" for slug in slugs],
        "article-markdown": [f"/{day}/{quote(slug)}.md" for day, slug in articles],
        "article-json": [f"/{day}/{quote(slug)}.json" for day, slug in articles],
        "day-markdown": [f"/{day}.md" for day in days] + ["/2026/02/30.md", "/2026/01.md"],
        "day-json": [f"/{day}.json" for day in days] + ["/2026/02/30.json"],
        "year": ["/2026/", "/2025/", "/2024/", "/2025", "/2026.json"],
        "month": ["/2026/01/", "/2025/12/", "/2025/11/", "/2025/12", "/2026/1/"],
        "archive": ["/archive/", "/archive", "/archive/?page=2"]
        + [f"/archive/?before={year}" for year in ("2025", "2026", "2027", "9999", "0000", "x")],
        "corrections": ["/corrections/", "/corrections/?before=x"]
        + [f"/corrections/?before=2026-01-{day:02}T00:00:00.000000Z" for day in (4, 10, 11, 30)],
        "tags": [
            "/tags/",
            "/tags",
            "/tags/?q=kq",
            "/tags/?page=2",
            "/tags/?after=0",
            "/tags/?after=",
        ]
        + [f"/tags/?after={tag}" for tag in tags],
        "topics": [
            "/topics/",
            "/topics",
            "/topics/?weeks=104",
            "/topics/?weeks=x",
            "/topics/?a=&b=",
        ]
        + [f"/topics/?a={tag}&b={tags[0]}&weeks=12" for tag in tags],
        "publishers": ["/publishers/", "/publishers", "/publishers/?after=0"]
        + [f"/publishers/?after={publisher}" for publisher in publishers],
        "publisher": [
            f"/publishers/{publisher}{end}"
            for publisher in publishers
            for end in ("/", "", "/?before=2026-01-11", "/?before=x")
        ],
        "tag": [f"/tags/{slugify(name)}{end}/" for name in alike for end in ("", "-2", "-3")]
        + [f"/tags/{tag}/" for tag in tags]
        + [f"/tags/{tag}{end}" for tag in tags for end in ("", "/?before=2026-01-11")],
        "storyline": [
            f"/storylines/{story}{end}"
            for story in stories()
            for end in ("/", "", "/?before=2026-01-11")
        ],
        **{
            f"storyline-{kind}": [f"/storylines/{story}/feed.{kind}" for story in stories()[:3]]
            for kind in KINDS
        },
        "storyline-month": [f"/storylines/{story}/feed/2026-01.atom" for story in stories()[:2]],
        "storyline-before": [
            f"/storylines/{stories()[0]}/feed/before/20260112T000000.000000Z.json"
        ],
        "picture": [
            f"/pictures/{picture_uid(kind)}/{width}.webp"
            for kind in (*DAYS, "nothing")
            for width in (480, 600, 601, 1200)
        ],
        "preview-link-picture": [
            f"/preview/{'A' * 43}/pictures/{picture_uid(kind)}/600.webp" for kind in DAYS
        ],
        "search": ["/search/", "/search", "/search/?q=", "/search/?q=x&before=x"]
        + [f"/search/?q={quote(words)}" for words in (SHARED_TAG, "소식", "Kq*")]
        + [
            f"/search/?{name}={quote(canary(f'{kind} {place} 1'))}"
            for kind in DAYS
            for name, place in (
                *(("q", "outlook"), ("tag", "tag")),
                *(("publisher", "publisher"), ("storyline", "storyline")),
            )
        ]
        + [f"/search/?{name}={quote(text)}" for name in ("tag", "publisher") for text in alike]
        + [f"/search/?tag={tag}" for tag in tags]
        + [f"/search/?publisher={publisher}" for publisher in publishers]
        + [f"/search/?q={quote('소식')}&before={day.toordinal() * 2**20}" for day in DAYS.values()],
        "preview-link": [f"/preview/{'A' * 43}/", "/preview/", f"/preview/{'0' * 64}/"],
        **{f"{feed}-{kind}": [f"/feeds/{feed}.{kind}"] for feed in FEEDS for kind in KINDS},
        **{f"{feed}-month": [f"/feeds/{feed}/2026-01.json"] for feed in FEEDS},
        **{
            f"{feed}-before": [f"/feeds/{feed}/before/202601{day}T000000.000000Z.json"]
            for feed, day in zip(FEEDS, ("05", "09", "13"), strict=True)
        },
        "tag-rss": [f"/tags/{tag}/feed.rss" for tag in tags],
        **{f"tag-{kind}": [f"/tags/{tag}/feed.{kind}" for tag in tags[:2]] for kind in KINDS[1:]},
        "tag-month": [f"/tags/{tag}/feed/2026-01.atom" for tag in tags[:2]],
        "tag-before": [f"/tags/{tags[0]}/feed/before/20260112T000000.000000Z.json"],
        "old-feed": ["/feed.xml", "/feed", "/feed/", "/rss.xml", "/atom.xml", "/feed.json"],
        "day-card": [f"/cards/{day}.{MARK}.png" for day in days],
        "article-card": [
            f"/cards/{day}/{quote(slug)}.{MARK}.png"
            for day, slug in zip(days[1:], slugs, strict=False)
        ],
        "sitemap": ["/sitemap.xml", "/sitemap.xml?page=2", "/sitemap_index.xml"],
        "sitemap-month": [f"/sitemaps/{month}.xml" for month in ("2026/01", "2025/12", "2026/02")],
        "sitemap-decade": ["/sitemaps/2020s.xml", "/sitemaps/2010s.xml"],
        "sitemap-pages": ["/sitemaps/pages.xml", "/sitemaps/"],
        "sitemap-topics": ["/sitemaps/topics.xml", "/sitemaps/topics.xml?page=2"],
        "news-sitemap": ["/news-sitemap.xml"],
        "robots": ["/robots.txt"],
        "llms": ["/llms.txt", "/llms-full.txt"],
        "opensearch": ["/opensearch.xml"],
        "manifest": ["/manifest.webmanifest", "/manifest.json"],
        "security-txt": ["/.well-known/security.txt", "/security.txt"],
        "favicon": ["/favicon.ico"],
        "about": ["/about/", "/about"],
        "subscribe": ["/subscribe/", "/subscribe", "/subscribe/?page=2"],
        "api-digests": ["/api/v1/digests", "/api/v1/digests?from=2026-01-01&to=2026-01-31"],
        "api-digest": [f"/api/v1/digests/{day.replace('/', '-')}" for day in days],
        "api-pushes": [f"/api/v1/digests/{day.replace('/', '-')}/pushes" for day in days],
        "api-candidates": [
            "/api/v1/candidates",
            "/api/v1/candidates?from=2026-01-01&to=2026-01-07",
        ],
        "api-nowhere": ["/api/", "/api", "/api/v1", "/api/v1/digests/2026-02-30"],
        "healthz": ["/healthz", "/healthz/"],
        "readyz": ["/readyz", "/readyz?exclude=database", "/readyz?exclude=nothing"],
        "metrics": ["/metrics", "/metrics/"],
        "": [
            *("/.well-known/", "/cards/", "/media/", "/search/"),
            *(f"/search/?q={quote(canary(f'{kind} headline 1'))}" for kind in DAYS),
            *("/feeds/", "/feeds/all.rss", "/feeds/digests/", "/comments/feed/"),
            *("/admin/", "/admin/articles/digest/", "/admin/nowhere/", "/admin/r/1/1/"),
            *(f"/admin/articles/digest/{pk}/change/" for pk in range(1, 9)),
        ],
    }
